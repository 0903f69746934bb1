"""boto3 takes the fake for Bedrock: all four operations, their answers and their errors."""

import json
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EventStreamError

from tests.integration.bedrock.conftest import Bedrock
from tidegate.desk.bedrock import trouble
from tidegate.desk.bedrock.catalog import CLAUDE, LLAMA, NOVA
from tidegate.desk.bedrock.refusal import TOO_MANY_TOKENS
from tidegate.desk.bedrock.trouble import Trouble

HELLO: list[Any] = [{"role": "user", "content": [{"text": "When does the tide turn?"}]}]
TURNS: list[Any] = [{"role": "user", "content": "When does the tide turn?"}]
BODIES: dict[str, dict[str, Any]] = {
    CLAUDE: {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 8, "messages": TURNS},
    NOVA: {"messages": HELLO, "inferenceConfig": {"maxTokens": 8}},
    LLAMA: {"prompt": "When does the tide turn?", "max_gen_len": 8},
}


def code(client: Any, **said: Any) -> str:
    """The code of what Converse answers."""
    try:
        client.converse(**{"modelId": CLAUDE, "messages": HELLO} | said)
    except ClientError as error:
        return code_of(error)[0]
    return "ok"


def code_of(error: ClientError) -> tuple[str, int]:
    """Code and HTTP status of an error."""
    response: Any = error.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_an_answer_says_which_region_and_model_gave_it_and_how_long_it_was(bedrock: Bedrock) -> None:
    answer = bedrock.client("eu-west-1").converse(
        modelId=CLAUDE, messages=HELLO, inferenceConfig={"maxTokens": 8}, system=[{"text": "Be brief."}]
    )
    text = answer["output"]["message"]["content"][0]["text"]
    assert text.startswith(f"[eu-west-1 {CLAUDE}]")
    assert answer["stopReason"] == "max_tokens"
    assert answer["usage"] == {"inputTokens": 9, "outputTokens": 8, "totalTokens": 17}


def test_a_stream_comes_in_the_order_that_the_api_reference_gives(bedrock: Bedrock) -> None:
    events = list(bedrock.client().converse_stream(modelId=NOVA, messages=HELLO)["stream"])
    kinds = [next(iter(each)) for each in events]
    assert kinds == [
        "messageStart",
        *["contentBlockDelta"] * 6,
        "contentBlockStop",
        "messageStop",
        "metadata",
    ]
    assert events[-1]["metadata"]["usage"]["outputTokens"] == 24


@pytest.mark.parametrize("model", BODIES)
def test_a_body_is_read_as_its_maker_wants_it(bedrock: Bedrock, model: str) -> None:
    client, body = bedrock.client("us-east-1"), json.dumps(BODIES[model])
    whole = json.loads(client.invoke_model(modelId=model, body=body)["body"].read())
    chunks = client.invoke_model_with_response_stream(modelId=model, body=body)["body"]
    told = "".join(json.dumps(json.loads(each["chunk"]["bytes"])) for each in chunks)
    assert f"[us-east-1 {model}]" in json.dumps(whole)
    assert f"[us-east-1 {model}]" in told
    assert [each.output_tokens for each in bedrock.fake.calls] == [8, 8]


def test_a_body_for_another_maker_is_malformed(bedrock: Bedrock) -> None:
    with pytest.raises(ClientError, match="Malformed input request"):
        bedrock.client().invoke_model(modelId=CLAUDE, body=json.dumps(BODIES[NOVA]))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({}, "ok"),
        ({"modelId": f"eu.{CLAUDE}"}, "ok"),
        ({"modelId": f"arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.{CLAUDE}"}, "ok"),
        ({"modelId": f"arn:aws:bedrock:eu-central-1::foundation-model/{CLAUDE}"}, "ok"),
        ({"modelId": f"us.{CLAUDE}"}, "ValidationException"),
        ({"modelId": LLAMA}, "ValidationException"),
        (
            {"modelId": "arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/abcdefghijkl"},
            "ResourceNotFoundException",
        ),
        ({"inferenceConfig": {"maxTokens": 64_001}}, "ValidationException"),
        ({"messages": [{"role": "user", "content": [{"text": "tide" * 200_000}]}]}, "ValidationException"),
    ],
)
def test_what_can_be_called_in_a_region(bedrock: Bedrock, said: dict[str, Any], answer: str) -> None:
    assert code(bedrock.client(), **said) == answer


@pytest.mark.parametrize(
    ("what", "answer", "status"),
    [
        (trouble.TOO_MANY_REQUESTS, "ThrottlingException", 429),
        (trouble.TOO_MANY_TOKENS, "ThrottlingException", 429),
        (trouble.TOO_MANY_PER_DAY, "ThrottlingException", 429),
        (trouble.NOT_READY, "ModelNotReadyException", 429),
        (trouble.UNAVAILABLE, "ServiceUnavailableException", 503),
        (trouble.FAILED, "InternalServerException", 500),
        (trouble.DENIED, "AccessDeniedException", 403),
        (trouble.MISSING, "ResourceNotFoundException", 404),
        (trouble.INVALID, "ValidationException", 400),
        (trouble.TOO_LONG, "ValidationException", 400),
        (trouble.in_stream(TOO_MANY_TOKENS), "ThrottlingException", 429),
    ],
)
def test_scripted_errors_come_with_the_status_of_the_service_model(
    bedrock: Bedrock, what: Trouble, answer: str, status: int
) -> None:
    bedrock.fake.script(what, model=CLAUDE, calls=1)
    client = bedrock.client()
    with pytest.raises(ClientError) as caught:
        client.converse(modelId=CLAUDE, messages=HELLO)
    assert code_of(caught.value) == (answer, status)
    assert code(client) == "ok", "it was the trouble of one call"


def test_a_connection_that_is_cut_is_no_answer(bedrock: Bedrock) -> None:
    bedrock.fake.script(trouble.CUT, calls=1)
    with pytest.raises(ConnectionClosedError):
        bedrock.client().converse(modelId=CLAUDE, messages=HELLO)


@pytest.mark.parametrize(
    ("what", "error", "events"),
    [
        (trouble.in_stream(TOO_MANY_TOKENS), EventStreamError, 1),
        (trouble.in_stream(TOO_MANY_TOKENS, after_deltas=2), EventStreamError, 3),
        (Trouble(refusal=TOO_MANY_TOKENS, after_deltas=0, before_start=True), EventStreamError, 0),
        (trouble.cut_stream(after_deltas=2), Exception, 3),
        (trouble.cut_stream(), Exception, 1),
    ],
)
def test_a_stream_that_began_well_can_end_badly(
    bedrock: Bedrock, what: Trouble, error: type[Exception], events: int
) -> None:
    bedrock.fake.script(what, calls=1)
    stream, came = bedrock.client().converse_stream(modelId=CLAUDE, messages=HELLO)["stream"], list[Any]()
    with closing(stream), pytest.raises(error):
        came.extend(stream)
    assert len(came) == events
