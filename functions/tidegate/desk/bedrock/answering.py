"""What an answer of inference looks like on the wire, in each of the four operations, and how trouble ends it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel

from tidegate.desk.bedrock import reply
from tidegate.desk.bedrock.bodies import FAMILIES, Said, family, usage
from tidegate.desk.bedrock.catalog import Foundation
from tidegate.desk.bedrock.reply import Piece, Reply
from tidegate.desk.bedrock.trouble import Trouble


@dataclass(frozen=True, slots=True)
class _Event:
    data: bytes
    seconds: float = 0.0
    delta: bool = False


def answered(operation: OperationModel, model: Foundation, said: Said, trouble: Trouble) -> Reply:
    """Return an answer, or what trouble leaves of it."""
    if not streams(operation):
        return reply.answer(operation, _whole(operation, said), trouble.seconds + duration(model, said))
    events, headers = list(_events(operation, model, said)), {}
    if operation.name == "InvokeModelWithResponseStream":
        headers = {"X-Amzn-Bedrock-Content-Type": "application/json"}
    broken = trouble.refusal is not None or trouble.cut
    if broken:
        events = _until(events, trouble)
    pieces = [Piece(each.seconds, each.data) for each in events]
    if trouble.refusal:
        pieces.append(Piece(0.0, reply.error_event(operation, trouble.refusal)))
    first = Piece(trouble.seconds + pieces[0].after, pieces[0].data) if pieces else Piece(trouble.seconds, b"")
    return reply.streamed(headers, (first, *pieces[1:]), cut=trouble.cut)


def streams(operation: OperationModel) -> bool:
    """Return whether an operation answers in pieces."""
    return operation.has_event_stream_output


def duration(model: Foundation, said: Said) -> float:
    """Return how long a model takes for an answer, seconds."""
    return model.first_token_seconds + said.output_tokens * model.seconds_per_token


def _whole(operation: OperationModel, said: Said) -> dict[str, Any]:
    if operation.name == "InvokeModel":
        body = json.dumps(FAMILIES[family(said.model)].answer(said)).encode()
        return {"body": body, "contentType": "application/json"}
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": said.text}]}},
        "stopReason": _reason(said),
        "usage": usage(said),
        "metrics": {"latencyMs": said.milliseconds},
    }


def _events(operation: OperationModel, model: Foundation, said: Said) -> Iterator[_Event]:
    """All events of a stream: the first token takes longest, then each piece takes its share of the tokens."""
    each = said.output_tokens / len(said.deltas) * model.seconds_per_token
    if operation.name == "ConverseStream":
        yield _Event(reply.event(operation, "messageStart", {"role": "assistant"}), model.first_token_seconds)
        for delta in said.deltas:
            piece = {"delta": {"text": delta}, "contentBlockIndex": 0}
            yield _Event(reply.event(operation, "contentBlockDelta", piece), each, delta=True)
        yield _Event(reply.event(operation, "contentBlockStop", {"contentBlockIndex": 0}))
        yield _Event(reply.event(operation, "messageStop", {"stopReason": _reason(said)}))
        told = {"usage": usage(said), "metrics": {"latencyMs": said.milliseconds}}
        yield _Event(reply.event(operation, "metadata", told))
        return
    kind = FAMILIES[family(said.model)]
    for number, chunk in enumerate(kind.chunks(said)):
        delta = kind.before <= number < kind.before + len(said.deltas)
        data = reply.event(operation, "chunk", {"bytes": json.dumps(chunk).encode()})
        yield _Event(data, model.first_token_seconds if number == 0 else each if delta else 0.0, delta=delta)


def _until(events: list[_Event], trouble: Trouble) -> list[_Event]:
    """Return what still leaves before the stream breaks."""
    if trouble.before_start:
        return []
    left, deltas = list[_Event](), 0
    for each in events:
        if deltas == (trouble.after_deltas or 0) and (each.delta or deltas):
            break
        deltas += each.delta
        left.append(each)
    return left


def _reason(said: Said) -> str:
    return "max_tokens" if said.stopped else "end_turn"
