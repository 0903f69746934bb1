"""How an answer travels: rest-json for plain ones, binary event streams for those that come in pieces.

Sources: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html (errors too) and
https://smithy.io/2.0/aws/amazon-eventstream.html
"""

import base64
import json
from binascii import crc32
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from struct import pack
from typing import Any, Final

from botocore.model import ListShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

from tidegate.desk.bedrock.refusal import Refusal

_JSON: Final = "application/json"
_STREAM: Final = "application/vnd.amazon.eventstream"
_TEXT_HEADER: Final = 7
"""The type of a header's value that is text."""

_ids: Final = count(1)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that leave together, `after` seconds after those before."""

    after: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer. `cut`: the connection breaks after the last piece, before the answer is whole."""

    status: int
    headers: Mapping[str, str]
    pieces: tuple[Piece, ...]
    cut: bool = False

    @property
    def body(self) -> bytes:
        """All bytes, however long they take."""
        return b"".join(one.data for one in self.pieces)

    @property
    def seconds(self) -> float:
        """How long the whole answer takes."""
        return sum(one.after for one in self.pieces)

    @property
    def streams(self) -> bool:
        """Whether it comes in pieces."""
        return self.headers.get("Content-Type") == _STREAM


def refuse(refusal: Refusal, after: float = 0.0) -> Reply:
    """Return an error as rest-json tells it: the code in a header, the message in the body."""
    headers = {
        **_headers(_JSON),
        "x-amzn-ErrorType": f"{refusal.code}:http://internal.amazon.com/coral/com.amazon.bedrock/",
    }
    return Reply(refusal.status, headers, (Piece(after, json.dumps({"message": refusal.message}).encode()),))


def answer(operation: OperationModel, said: Mapping[str, Any], after: float = 0.0) -> Reply:
    """Return a plain answer; `said` as boto3 gives it back."""
    shape = operation.output_shape
    if shape is None:
        return Reply(200, _headers(_JSON), (Piece(after, b"{}"),))
    _check(shape, said)
    headers = _headers(_JSON)
    for key, member in shape.members.items():
        if member.serialization.get("location") == "header" and key in said:
            headers[member.serialization.get("name", key)] = str(said[key])
    payload = shape.serialization.get("payload")
    body = said[payload] if payload else json.dumps(_json_of(shape, said)).encode()
    return Reply(200, headers, (Piece(after, body),))


def streamed(headers: Mapping[str, str], pieces: tuple[Piece, ...], *, cut: bool = False) -> Reply:
    """Return an answer that comes in pieces; `headers` are the operation's own."""
    return Reply(200, {**_headers(_STREAM), **headers}, pieces, cut)


def event(operation: OperationModel, kind: str, said: Mapping[str, Any]) -> bytes:
    """Return one event of a stream."""
    shape = _events(operation).members[kind]
    assert isinstance(shape, StructureShape)  # noqa: S101 - every event of Bedrock's streams is one
    _check(shape, said)
    body = json.dumps(_json_of(shape, said)).encode()
    return message({":event-type": kind, ":content-type": _JSON, ":message-type": "event"}, body)


def error_event(operation: OperationModel, refusal: Refusal) -> bytes:
    """Return the event by which a stream ends that had begun with a 200."""
    kind = refusal.code[0].lower() + refusal.code[1:]
    if kind not in _events(operation).members:
        raise ValueError(f"{refusal.code}: streams of {operation.name} carry {', '.join(_events(operation).members)}")
    headers = {":exception-type": kind, ":content-type": _JSON, ":message-type": "exception"}
    return message(headers, json.dumps({"message": refusal.message}).encode())


def message(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Return one message of an event stream: prelude, headers and payload, each with its checksum."""
    said = [(name.encode(), value.encode()) for name, value in headers.items()]
    packed = b"".join(
        pack("!B", len(name)) + name + pack("!BH", _TEXT_HEADER, len(value)) + value for name, value in said
    )
    prelude = pack("!II", 16 + len(packed) + len(payload), len(packed))
    whole = prelude + pack("!I", crc32(prelude)) + packed + payload
    return whole + pack("!I", crc32(whole))


def _events(operation: OperationModel) -> StructureShape:
    stream = operation.get_event_stream_output()
    if not isinstance(stream, StructureShape):
        raise TypeError(f"{operation.name} answers no stream")
    return stream


def _headers(content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type, "x-amzn-RequestId": f"00000000-0000-4000-8000-{next(_ids):012d}"}


def _check(shape: StructureShape, said: Mapping[str, Any]) -> None:
    """Refuse to answer what the service model doesn't know: the fake itself would be wrong."""
    report = ParamValidator().validate(dict(said), shape)
    if report.has_errors():
        raise ValueError(f"no {shape.name}: {report.generate_report()}")


def _json_of(shape: Shape, said: Any) -> Any:
    if isinstance(shape, StructureShape) and not getattr(shape, "is_document_type", False):
        plain = {key: one for key, one in shape.members.items() if "location" not in one.serialization and key in said}
        return {one.serialization.get("name", key): _json_of(one, said[key]) for key, one in plain.items()}
    if isinstance(shape, ListShape):
        return [_json_of(shape.member, one) for one in said]
    if isinstance(said, bytes):
        return base64.b64encode(said).decode()
    return said.isoformat().replace("+00:00", "Z") if isinstance(said, datetime) else said
