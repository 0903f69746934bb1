"""A world of Regions: profiles with destinations, quotas of their own, and what the log and the metrics say."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.integration.bedrock.conftest import Bedrock
from tests.integration.bedrock.test_calls import HELLO, code
from tidegate.desk.bedrock import trouble
from tidegate.desk.bedrock.catalog import CLAUDE, EU, NOVA
from tidegate.desk.bedrock.quota import Quota
from tidegate.desk.bedrock.things import Alias, Foundation

OURS = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3d4e5f6"
TUNED = "arn:aws:bedrock:eu-central-1:123456789012:custom-model-deployment/a1b2c3d4e5f6"
RENTED = "arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/a1b2c3d4e5f6"


def ask(client: Any, model: str = CLAUDE, most: int = 100) -> str:
    return code(client, modelId=model, inferenceConfig={"maxTokens": most})


@pytest.mark.parametrize(
    ("called", "counted_with", "without"),
    [
        (CLAUDE, [CLAUDE], [f"eu.{CLAUDE}", f"global.{CLAUDE}", NOVA, TUNED, RENTED]),
        (f"eu.{CLAUDE}", [OURS], [CLAUDE, f"global.{CLAUDE}", TUNED]),
        (OURS, [f"eu.{CLAUDE}"], [CLAUDE]),
        (TUNED, [TUNED], [CLAUDE, RENTED]),
    ],
)
def test_a_quota_belongs_to_a_model_a_scope_and_a_source_region(
    bedrock: Bedrock, called: str, counted_with: list[str], without: list[str]
) -> None:
    things = (Alias(arn=OURS, of=f"eu.{CLAUDE}"), Alias(arn=TUNED, of=CLAUDE), Alias(arn=RENTED, of=CLAUDE))
    bedrock.fake.catalog.add(*things)
    bedrock.fake.limit("eu-central-1", called, Quota(requests_per_minute=1))
    client, elsewhere = bedrock.client(), bedrock.client("eu-west-1")
    assert ask(client, called) == "ok"
    assert {ask(client, each) for each in counted_with} == {"ThrottlingException"}
    assert {ask(client, each) for each in without} == {"ok"}
    assert ask(elsewhere, CLAUDE) == "ok"


def test_an_unset_limit_reserves_the_longest_answer_and_an_answer_costs_five_times_its_tokens(bedrock: Bedrock) -> None:
    bedrock.fake.limit("eu-central-1", CLAUDE, Quota(tokens_per_minute=64_100))
    client = bedrock.client()
    assert code(client) == "ok"
    assert bedrock.fake.used("eu-central-1", CLAUDE)[1] == 6 + 24 * 5
    assert code(client) == "ThrottlingException", "it would have answered in 24 tokens, and reserves 64,000"
    assert ask(client) == "ok"
    assert [each.reserved for each in bedrock.fake.calls] == [64_006, 0, 106]


def test_a_minute_later_the_quota_is_whole_again_and_a_day_later_the_days(bedrock: Bedrock) -> None:
    bedrock.fake.limit("eu-central-1", CLAUDE, Quota(requests_per_minute=1, tokens_per_day=300))
    client, came = bedrock.client(), list[str]()
    for seconds in (0, 30, 31, 61, 61, 86_400):
        bedrock.clock.wait(seconds)
        try:
            client.converse(modelId=CLAUDE, messages=HELLO, inferenceConfig={"maxTokens": 100})
            came.append("ok")
        except ClientError as error:
            came.append(str(error).rsplit(": ", 1)[1].removesuffix(", please wait before trying again."))
    assert came == ["ok", "Too many requests", "ok", "Too many tokens per day", "Too many tokens per day", "ok"]


def test_a_slow_route_takes_its_time_on_the_clock_and_holds_its_reservation(bedrock: Bedrock) -> None:
    slow = Foundation(id=NOVA, regions=EU, first_token_seconds=1.0, seconds_per_token=0.5)
    bedrock.fake.catalog.add(slow)
    before = bedrock.clock.at
    answer = bedrock.client().converse(modelId=NOVA, messages=HELLO, inferenceConfig={"maxTokens": 10})
    assert bedrock.clock.at - before == 1 + 10 * 0.5
    assert answer["metrics"]["latencyMs"] == 6000
    stream = bedrock.client().converse_stream(modelId=NOVA, messages=HELLO, inferenceConfig={"maxTokens": 10})["stream"]
    assert next(iter(list(stream)[-1])) == "metadata"
    assert [each.seconds for each in bedrock.fake.calls] == [6.0, 6.0]


def test_trouble_meets_its_route_alone_and_ends_with_its_time(bedrock: Bedrock) -> None:
    bedrock.fake.script(trouble.UNAVAILABLE, region="eu-central-1", model=CLAUDE, seconds=60)
    home, other = bedrock.client(), bedrock.client("eu-west-1")
    assert (ask(home), ask(home, NOVA), ask(other)) == ("ServiceUnavailableException", "ok", "ok")
    bedrock.clock.wait(60)
    assert ask(home) == "ok"
    bedrock.fake.script(trouble.DENIED)
    assert ask(other) == "AccessDeniedException"
    bedrock.fake.forgive()
    assert ask(other) == "ok"


@pytest.mark.parametrize(
    ("profile", "places"),
    [
        (f"eu.{CLAUDE}", set(EU)),
        (f"global.{CLAUDE}", {"eu-central-1", ""}),
        (OURS, set(EU)),
        (TUNED, {"eu-central-1"}),
    ],
)
def test_data_goes_to_one_of_the_destinations_and_the_log_says_which(
    bedrock: Bedrock, profile: str, places: set[str]
) -> None:
    bedrock.fake.catalog.add(Alias(arn=OURS, of=f"eu.{CLAUDE}"), Alias(arn=TUNED, of=CLAUDE))
    client = bedrock.client()
    assert {ask(client, profile) for _ in range(8)} == {"ok"}
    assert {each.processed for each in bedrock.fake.called("eu-central-1", profile)} == places
    assert bedrock.fake.called("us-east-1") == []


def test_a_profile_tells_its_destinations_and_a_global_one_leaves_them_open(bedrock: Bedrock) -> None:
    bedrock.fake.catalog.add(Alias(arn=OURS, of=f"eu.{CLAUDE}"))
    control = bedrock.client(service="bedrock")

    def regions(profile: str) -> list[str]:
        said = control.get_inference_profile(inferenceProfileIdentifier=profile)
        return [each["modelArn"].split(":")[3] for each in said["models"]]

    assert regions(f"eu.{CLAUDE}") == list(EU)
    assert regions(f"global.{CLAUDE}") == ["eu-central-1", ""]
    assert regions(OURS) == list(EU)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        regions(f"us.{CLAUDE}")
    pages = control.get_paginator("list_inference_profiles").paginate(PaginationConfig={"PageSize": 3})
    assert len([each for page in pages for each in page["inferenceProfileSummaries"]]) == 4


def test_a_region_says_which_models_can_be_rented(bedrock: Bedrock) -> None:
    bedrock.fake.catalog.add(Foundation(id=NOVA, regions=EU, inference_types=("ON_DEMAND", "PROVISIONED")))
    said = bedrock.client(service="bedrock").list_foundation_models(byInferenceType="PROVISIONED")
    assert [each["modelId"] for each in said["modelSummaries"]] == [NOVA]


def test_a_model_without_on_demand_is_called_through_a_profile_only(bedrock: Bedrock) -> None:
    bedrock.fake.catalog.add(Foundation(id=CLAUDE, regions=EU, inference_types=("INFERENCE_PROFILE",)))
    client = bedrock.client()
    assert (ask(client), ask(client, f"eu.{CLAUDE}")) == ("ValidationException", "ok")


def test_the_control_plane_can_be_troubled_too(bedrock: Bedrock) -> None:
    bedrock.fake.script(trouble.TOO_MANY_REQUESTS, operation="GetInferenceProfile", calls=1)
    control = bedrock.client(service="bedrock")
    assert ask(bedrock.client()) == "ok"
    with pytest.raises(ClientError, match="ThrottlingException"):
        control.get_inference_profile(inferenceProfileIdentifier=f"eu.{CLAUDE}")
    assert control.get_inference_profile(inferenceProfileIdentifier=f"eu.{CLAUDE}")["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("what", "names"),
    [
        (
            None,
            {"Invocations", "InvocationLatency", "InputTokenCount", "OutputTokenCount", "EstimatedTPMQuotaUsage"},
        ),
        (trouble.TOO_MANY_TOKENS, {"InvocationThrottles"}),
        (trouble.TOO_MANY_PER_DAY, {"InvocationThrottles"}),
        (trouble.NOT_READY, {"InvocationClientErrors"}),
        (trouble.INVALID, {"InvocationClientErrors"}),
        (trouble.UNAVAILABLE, {"InvocationServerErrors"}),
        (trouble.CUT, {"InvocationServerErrors"}),
    ],
)
def test_a_call_counts_as_an_invocation_or_as_one_of_the_failures(
    bedrock: Bedrock, what: trouble.Trouble | None, names: set[str]
) -> None:
    if what:
        bedrock.fake.script(what)
    with pytest.raises(ConnectionClosedError) if what is trouble.CUT else nullcontext():
        ask(bedrock.client(), f"eu.{CLAUDE}")
    assert {each.name for each in bedrock.fake.data} == names
    assert {(each.region, each.model_id) for each in bedrock.fake.data} == {("eu-central-1", f"eu.{CLAUDE}")}
    assert {each.value for each in bedrock.fake.data if each.name == "EstimatedTPMQuotaUsage"} <= {6 + 5 * 24}


def test_fifty_threads_share_one_quota_to_the_last_request(bedrock: Bedrock) -> None:
    bedrock.fake.limit("eu-central-1", CLAUDE, Quota(requests_per_minute=60))
    client = bedrock.client()
    with ThreadPoolExecutor(50) as threads:
        came = Counter(threads.map(ask, [client] * 200))
    assert came == {"ok": 60, "ThrottlingException": 140}
