"""Bedrock in the emulated Region: its calls pass the same door as all others, on the same clock, to its fake."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ResponseStreamingError

from tidegate.desk.bedrock import trouble
from tidegate.desk.bedrock.catalog import CLAUDE, NOVA, US
from tidegate.desk.bedrock.refusal import TOO_MANY_TOKENS
from tidegate.desk.bedrock.things import Alias, Foundation
from tidegate.desk.region.iam import enforce
from tidegate.desk.region.place import REGION
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Fault

HELLO: list[Any] = [{"role": "user", "content": [{"text": "hello"}]}]
ACCOUNT_ARN = f"arn:aws:bedrock:{REGION}:123456789012"
TUNED = f"{ACCOUNT_ARN}:custom-model-deployment/a1b2c3d4e5f6"
OURS = f"{ACCOUNT_ARN}:application-inference-profile/a1b2c3d4e5f6"


def model(region: str, name: str = CLAUDE) -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{name}"


def code(client: Any, model_id: str = CLAUDE, operation: str = "converse") -> str:
    try:
        getattr(client, operation)(modelId=model_id, messages=HELLO)
    except ClientError as error:
        said: Any = error.response
        return said["Error"]["Code"]
    return "ok"


def counted(region: Region, name: str, stat: str = "Sum") -> list[float]:
    """A metric of the model in the home Region, minute by minute."""
    metric = {"Namespace": "AWS/Bedrock", "MetricName": name, "Dimensions": [{"Name": "ModelId", "Value": CLAUDE}]}
    query = {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}
    began, ended = "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"
    said = region.client("cloudwatch").get_metric_data(
        MetricDataQueries=[query], StartTime=began, EndTime=ended, ScanBy="TimestampAscending"
    )
    return said["MetricDataResults"][0]["Values"]


def test_a_call_to_any_region_reaches_the_fake_and_nobody_elses_time_passes(region: Region) -> None:
    before = region.world.now()
    for where in (REGION, "eu-west-1"):
        answer = region.client("bedrock-runtime", where).converse(modelId=CLAUDE, messages=HELLO)
        assert answer["output"]["message"]["content"][0]["text"].startswith(f"[{where} {CLAUDE}]")
    assert [each.region for each in region.bedrock.calls] == [REGION, "eu-west-1"]
    assert (region.world.now(), region.timeline) == (before, ())


def test_an_applications_call_takes_its_time_and_stands_in_the_timeline_without_its_prompt(region: Region) -> None:
    region.bedrock.catalog.add(Foundation(id=CLAUDE, regions=US, first_token_seconds=2.0, seconds_per_token=0.25))
    client, before = region.client("bedrock-runtime"), region.world.now()
    with region.world.calling("application", "chat-1"):
        client.converse(modelId=CLAUDE, messages=HELLO)
        stream = client.converse_stream(modelId=CLAUDE, messages=HELLO)["stream"]
        assert region.world.now() - before == pytest.approx(0.05 + 8 + 0.05)
        assert len(list(stream)) == 10
    assert region.world.now() - before == pytest.approx(0.05 + 8 + 0.05 + 8)
    told = [(each.actor, each.text) for each in region.timeline]
    assert told == [("application", "bedrock:Converse"), ("application", "bedrock:ConverseStream")]
    assert "hello" not in json.dumps([each.data for each in region.timeline])


def test_errors_and_lost_connections_stand_in_the_timeline(region: Region) -> None:
    client = region.client("bedrock-runtime")
    for what in (trouble.TOO_MANY_REQUESTS, trouble.CUT):
        region.bedrock.script(what, calls=1)
    with region.world.calling("application", "chat-1"):
        assert code(client) == "ok", "botocore tries again by itself"
    assert [each.text for each in region.timeline] == [
        "bedrock:Converse -> ThrottlingException",
        "bedrock:Converse -> ConnectionClosedError",
        "bedrock:Converse",
    ]


def test_a_stream_can_break_while_it_is_read(region: Region) -> None:
    region.bedrock.script(trouble.cut_stream(after_deltas=2))
    stream = region.client("bedrock-runtime").converse_stream(modelId=CLAUDE, messages=HELLO)["stream"]
    came = list[Any]()
    with pytest.raises(ResponseStreamingError):
        came.extend(stream)
    assert len(came) == 3


def test_chaos_meets_bedrock_as_it_meets_every_service(region: Region) -> None:
    def refuse(call: Call) -> Fault | None:
        wanted = (call.service, call.operation, call.parameters) == (
            "bedrock",
            "GetInferenceProfile",
            {"inferenceProfileIdentifier": f"us.{CLAUDE}", "region": REGION},
        )
        return Fault(403, "AccessDeniedException") if wanted else None

    region.chaos(refuse)
    with region.world.calling("tidegate"), pytest.raises(ClientError, match="an injected fault"):
        region.client("bedrock").get_inference_profile(inferenceProfileIdentifier=f"us.{CLAUDE}")


def test_its_metrics_are_in_cloudwatch_by_minute_and_an_alarm_on_their_ratio_rings(region: Region) -> None:
    dimensions = [{"Name": "ModelId", "Value": CLAUDE}]

    def part(name: str, metric: str) -> dict[str, Any]:
        of = {"Namespace": "AWS/Bedrock", "MetricName": metric, "Dimensions": dimensions}
        return {"Id": name, "MetricStat": {"Metric": of, "Period": 60, "Stat": "Sum"}, "ReturnData": False}

    ratio = {"Id": "ratio", "Expression": "100 * FILL(t, 0) / (FILL(t, 0) + FILL(i, 0))", "ReturnData": True}
    region.client("cloudwatch").put_metric_alarm(
        AlarmName="throttled",
        Metrics=[ratio, part("t", "InvocationThrottles"), part("i", "Invocations")],
        EvaluationPeriods=1,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    client = region.client("bedrock-runtime")
    for minute in range(2):
        region.bedrock.script(trouble.refused(TOO_MANY_TOKENS), calls=minute)
        for _ in range(10):
            code(client)
        region.run(70)
        assert region.alarms == {"throttled": "ALARM" if minute else "OK"}
    assert counted(region, "Invocations") == [10, 10]
    assert counted(region, "InvocationThrottles") == [1]
    assert counted(region, "EstimatedTPMQuotaUsage", "Average") == [2 + 5 * 24] * 2


CONVERSE = ("bedrock-runtime", "converse")
STREAM = ("bedrock-runtime", "converse_stream")
PROFILE = ("bedrock", "get_inference_profile")
GLOBALLY = {"StringEquals": {"aws:RequestedRegion": "unspecified"}}


def allow(action: str, *resources: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": list(resources), **more}


ROLES: list[Any] = [
    (CONVERSE, CLAUDE, [allow("bedrock:InvokeModel", model(REGION))], "ok"),
    (CONVERSE, CLAUDE, [allow("bedrock:InvokeModel", model("eu-west-1"))], "AccessDeniedException"),
    (CONVERSE, CLAUDE, [allow("bedrock:Converse", "*")], "AccessDeniedException"),
    (STREAM, CLAUDE, [allow("bedrock:InvokeModel", "*")], "AccessDeniedException"),
    (STREAM, CLAUDE, [allow("bedrock:InvokeModelWithResponseStream", "*")], "ok"),
    (
        CONVERSE,
        f"us.{NOVA}",
        [allow("bedrock:InvokeModel", f"{ACCOUNT_ARN}:inference-profile/us.{NOVA}", model("us-*", NOVA))],
        "ok",
    ),
    (CONVERSE, f"us.{NOVA}", [allow("bedrock:InvokeModel", model("us-*", NOVA))], "AccessDeniedException"),
    (
        CONVERSE,
        f"us.{NOVA}",
        [allow("bedrock:InvokeModel", f"{ACCOUNT_ARN}:inference-profile/*", model(REGION, NOVA))],
        "AccessDeniedException",
    ),
    (
        CONVERSE,
        f"global.{NOVA}",
        [
            allow("bedrock:InvokeModel", f"{ACCOUNT_ARN}:inference-profile/*", model(REGION, NOVA)),
            allow("bedrock:InvokeModel", model("", NOVA), Condition=GLOBALLY),
        ],
        "ok",
    ),
    (CONVERSE, TUNED, [allow("bedrock:InvokeModel", TUNED)], "ok"),
    (CONVERSE, TUNED, [allow("bedrock:InvokeModel", model("*"))], "AccessDeniedException"),
    (CONVERSE, OURS, [allow("bedrock:InvokeModel", OURS, model("us-*"))], "ok"),
    (CONVERSE, "amazon.nothing-v1:0", [allow("bedrock:InvokeModel", "*")], "ValidationException"),
    (PROFILE, f"us.{NOVA}", [allow("bedrock:GetInferenceProfile", f"{ACCOUNT_ARN}:inference-profile/us.*")], "ok"),
    (PROFILE, f"us.{NOVA}", [allow("bedrock:GetInferenceProfile", OURS)], "AccessDeniedException"),
]


@pytest.mark.parametrize(("call", "called", "statements", "answer"), ROLES)
def test_a_role_needs_the_model_and_every_place_that_a_profile_takes_it_to(
    region: Region, call: tuple[str, str], called: str, statements: list[Any], answer: str
) -> None:
    region.bedrock.catalog.add(Alias(arn=TUNED, of=CLAUDE), Alias(arn=OURS, of=f"us.{CLAUDE}"))
    service, operation = call
    client = enforce.assume(region.clients, statements)(service)
    if service == "bedrock":
        try:
            client.get_inference_profile(inferenceProfileIdentifier=called)
        except ClientError as error:
            said: Any = error.response
            assert said["Error"]["Code"] == answer
        else:
            assert answer == "ok"
    else:
        assert code(client, called, operation) == answer
    assert bool(region.denied) is (answer == "AccessDeniedException")
