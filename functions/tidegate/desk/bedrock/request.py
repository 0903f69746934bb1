"""What a request asks for: the inverse of botocore's serializer for rest-json, and its own validator on the result.

Source: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.model import ListShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

from tidegate.desk.bedrock.models import CONTROL, RUNTIME
from tidegate.desk.bedrock.refusal import DENIED, MALFORMED, Refusal, Refused, invalid

_SCOPE: Final = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/bedrock/aws4_request")
_LABEL: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request as it arrives; `url` with or without a host."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation in a Region, with parameters as boto3 takes them."""

    region: str
    operation: OperationModel
    parameters: Mapping[str, Any]


def asked(request: Request) -> Asked:
    """Return what is asked for. Raises `Refused`."""
    region = region_of(request)
    if not region:
        # MissingAuthenticationToken in an account; for a client both are a 403.
        raise Refused(Refusal(DENIED.code, "Missing Authentication Token"))
    operation, parameters = operation_of(request)
    shape = operation.input_shape
    if shape is not None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        parameters |= _located(shape, headers, parse_qs(urlsplit(request.url).query))
        parameters |= _body(shape, request.body)
        _refuse(shape, parameters)
    return Asked(region, operation, parameters)


def region_of(request: Request) -> str:
    """Return the Region that a request is signed for; an empty text if it isn't signed for any."""
    signed = next((value for name, value in request.headers.items() if name.lower() == "authorization"), "")
    scope = _SCOPE.search(signed)
    return scope["region"] if scope else ""


def operation_of(request: Request) -> tuple[OperationModel, dict[str, Any]]:
    """Return the operation of a path and what its labels say. Raises `Refused` for an operation of nobody."""
    path = urlsplit(request.url).path
    for method, pattern, operation in _routes():
        if method == request.method and (found := pattern.fullmatch(path)):
            return operation, {name: unquote(value) for name, value in found.groupdict().items()}
    raise Refused(Refusal("ResourceNotFoundException", f"no operation of Bedrock: {request.method} {path}"))


@cache
def _routes() -> list[tuple[str, re.Pattern[str], OperationModel]]:
    """All operations: bedrock-runtime's begin with /model, /guardrail or /async-invoke, so that none is ambiguous."""
    found: list[tuple[str, re.Pattern[str], OperationModel]] = []
    for service in (RUNTIME, CONTROL):
        for name in service.operation_names:
            operation = service.operation_model(name)
            labels = {each.serialization.get("name", key): key for key, each in _members(operation.input_shape)}
            path = _LABEL.sub(
                lambda label, labels=labels: f"(?P<{labels.get(label[1], label[1])}>[^/]+)",
                operation.http["requestUri"],
            )
            found.append((operation.http["method"], re.compile(path), operation))
    return found


def _members(shape: StructureShape | None) -> list[tuple[str, Shape]]:
    return list(shape.members.items()) if shape else []


def _located(shape: StructureShape, headers: Mapping[str, str], query: Mapping[str, list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, member in shape.members.items():
        where, name = member.serialization.get("location"), member.serialization.get("name", key)
        said = headers.get(name.lower()) if where == "header" else query.get(name, [None])[0]
        if where in ("header", "querystring") and said is not None:
            found[key] = int(said) if member.type_name in ("integer", "long") else said
    return found


def _body(shape: StructureShape, body: bytes) -> dict[str, Any]:
    if payload := shape.serialization.get("payload"):
        return {payload: body}
    if not body:
        return {}
    try:
        said = json.loads(body)
    except ValueError:
        raise Refused(MALFORMED) from None
    if not isinstance(said, dict):
        raise Refused(MALFORMED)
    # What the service model doesn't know stays in, so that the validator can name it.
    return python_of(shape, said)


def python_of(shape: Shape, said: Any) -> Any:
    """Return a JSON value as boto3 would take it: blobs are bytes there."""
    if isinstance(shape, StructureShape) and isinstance(said, dict) and not getattr(shape, "is_document_type", False):
        known = cast(dict[str, Any], said)
        return {key: python_of(shape.members[key], one) if key in shape.members else one for key, one in known.items()}
    if isinstance(shape, ListShape) and isinstance(said, list):
        return [python_of(shape.member, one) for one in cast(list[Any], said)]
    if shape.type_name == "blob" and isinstance(said, str):
        return base64.b64decode(said)
    return cast(Any, said)


def _refuse(shape: StructureShape, parameters: Mapping[str, Any]) -> None:
    report = ParamValidator().validate(dict(parameters), shape)
    if report.has_errors():
        raise invalid(report.generate_report())
    for key, member in shape.members.items():
        pattern = member.metadata.get("pattern")
        if member.serialization.get("location") == "uri" and pattern and not re.fullmatch(pattern, parameters[key]):
            raise invalid(
                f"Value '{parameters[key]}' at '{key}' failed to satisfy regular expression pattern: {pattern}"
            )
