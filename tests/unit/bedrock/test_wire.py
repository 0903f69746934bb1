"""What the fake reads and writes, seen by botocore's own serializer and parser."""

from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.eventstream import EventStreamBuffer
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

from tidegate.desk.bedrock import reply, trouble
from tidegate.desk.bedrock.models import CONTROL, RUNTIME
from tidegate.desk.bedrock.refusal import NOT_READY, Refused
from tidegate.desk.bedrock.request import Asked, Request, asked

SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKID/20260302/eu-west-3/bedrock/aws4_request, SignedHeaders=host"
}
ARN = "arn:aws:bedrock:eu-west-3:123456789012:application-inference-profile/a1b2c3d4e5f6"
HELLO = [{"role": "user", "content": [{"text": "hello"}]}]


def read(operation: str, parameters: dict[str, Any]) -> Asked:
    """What the fake reads of what botocore writes."""
    service = RUNTIME if operation in RUNTIME.operation_names else CONTROL
    made = create_serializer("rest-json").serialize_to_request(parameters, service.operation_model(operation))
    query = "&".join(f"{key}={value}" for key, value in made["query_string"].items())
    body = made["body"] if isinstance(made["body"], bytes) else made["body"].encode()
    return asked(Request(made["method"], f"{made['url_path']}?{query}", {**made["headers"], **SIGNED}, body))


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("Converse", {"modelId": "amazon.nova-lite-v1:0", "messages": HELLO}),
        ("Converse", {"modelId": ARN, "messages": HELLO, "inferenceConfig": {"maxTokens": 9, "temperature": 0.5}}),
        (
            "ConverseStream",
            {"modelId": ARN, "messages": HELLO, "additionalModelRequestFields": {"top_k": [1, {"a": 2}]}},
        ),
        ("InvokeModel", {"modelId": ARN, "body": b"{}", "accept": "application/json", "serviceTier": "flex"}),
        ("GetInferenceProfile", {"inferenceProfileIdentifier": ARN}),
        ("ListFoundationModels", {"byInferenceType": "PROVISIONED"}),
        ("ListInferenceProfiles", {"maxResults": 3, "typeEquals": "APPLICATION"}),
    ],
)
def test_parameters_come_back_as_they_were_said(operation: str, parameters: dict[str, Any]) -> None:
    found = read(operation, parameters)
    assert (found.region, found.operation.name, found.parameters) == ("eu-west-3", operation, parameters)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Request("POST", "/model/a.b/converse", {}, b"{}"), "AccessDeniedException"),
        (Request("POST", "/nothing", SIGNED, b"{}"), "ResourceNotFoundException"),
        (Request("POST", "/model/a.b/converse", SIGNED, b"{"), "ValidationException"),
        (Request("POST", "/model/a.b/converse", SIGNED, b"[]"), "ValidationException"),
        (Request("POST", "/model/a.b/converse", SIGNED, b'{"messages": [{"role": "user"}]}'), "ValidationException"),
        (Request("POST", "/model/a.b/converse", SIGNED, b'{"temperature": 1}'), "ValidationException"),
        (Request("POST", "/model/a%20b/converse", SIGNED, b"{}"), "ValidationException"),
    ],
)
def test_what_is_no_request_is_refused(request_: Request, code: str) -> None:
    with pytest.raises(Refused) as caught:
        asked(request_)
    assert caught.value.refusal.code == code


@given(
    st.dictionaries(st.text("abc:-", min_size=1, max_size=9), st.text(max_size=20), max_size=3), st.binary(max_size=99)
)
def test_botocore_reads_every_message_of_a_stream(headers: dict[str, str], payload: bytes) -> None:
    buffer = EventStreamBuffer()
    buffer.add_data(reply.message(headers, payload) * 2)
    messages: Any = buffer
    assert [(dict(each.headers), each.payload) for each in messages] == [(headers, payload)] * 2


def test_an_answer_that_the_service_model_does_not_know_is_never_given() -> None:
    with pytest.raises(ValueError, match="stopReason"):
        reply.answer(RUNTIME.operation_model("Converse"), {"output": {}})


def test_an_error_is_parsed_as_one() -> None:
    made = reply.refuse(NOT_READY)
    said = {"body": made.body, "headers": HeadersDict(made.headers), "status_code": made.status}
    parser: Any = create_parser("rest-json")
    parsed = parser.parse(said, RUNTIME.operation_model("Converse").output_shape)
    assert parsed["Error"] == {"Code": NOT_READY.code, "Message": NOT_READY.message}


def test_no_stream_carries_an_error_that_the_service_model_does_not_give_it() -> None:
    with pytest.raises(ValueError, match="throttlingException"):
        trouble.in_stream(NOT_READY)
