"""What an answer of inference looks like on the wire, in each of the four operations, and how trouble ends it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel

from tidegate.desk.bedrock import reply
from tidegate.desk.bedrock.bodies import FAMILIES, family
from tidegate.desk.bedrock.reply import Piece, Reply
from tidegate.desk.bedrock.said import Said, usage
from tidegate.desk.bedrock.things import Foundation
from tidegate.desk.bedrock.trouble import Trouble


@dataclass(frozen=True, slots=True)
class _Event:
    data: bytes
    seconds: float = 0.0
    delta: bool = False


def answered(operation: OperationModel, model: Foundation, said: Said, trouble: Trouble) -> Reply:
    """Return an answer, or what trouble leaves of it."""
    if not streams(operation):
        whole = duration(model, said.output_tokens)
        return reply.answer(operation, _whole(operation, said), trouble.seconds + whole)
    headers = {}
    if operation.name == "InvokeModelWithResponseStream":
        headers = {"X-Amzn-Bedrock-Content-Type": "application/json"}
    pieces = tuple(_troubled(operation, list(_events(operation, model, said)), trouble))
    return reply.streamed(headers, pieces, cut=trouble.cut)


def streams(operation: OperationModel) -> bool:
    """Return whether an operation answers in pieces."""
    return operation.has_event_stream_output


def duration(model: Foundation, tokens: int) -> float:
    """Return how long a model takes for an answer of so many tokens, seconds."""
    return model.first_token_seconds + tokens * model.seconds_per_token


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


def _troubled(operation: OperationModel, events: list[_Event], trouble: Trouble) -> Iterator[Piece]:
    """Return the pieces that leave: up to the trouble, then the pause that it makes, then its error or the rest."""
    place = _place(events, trouble)
    yield from (Piece(each.seconds, each.data) for each in events[:place])
    if trouble.refusal:
        yield Piece(trouble.seconds, reply.error_event(operation, trouble.refusal))
    elif trouble.cut:
        yield Piece(trouble.seconds, b"")
    else:
        yield Piece(trouble.seconds + events[place].seconds, events[place].data)
        yield from (Piece(each.seconds, each.data) for each in events[place + 1 :])


def _place(events: list[_Event], trouble: Trouble) -> int:
    """Return before which event trouble comes."""
    if trouble.after_deltas is None or trouble.before_start:
        return 0
    deltas = [number for number, each in enumerate(events) if each.delta]
    return deltas[trouble.after_deltas] if trouble.after_deltas < len(deltas) else deltas[-1] + 1


def _reason(said: Said) -> str:
    return "max_tokens" if said.stopped else "end_turn"
