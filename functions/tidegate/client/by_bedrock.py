"""Speaks with Bedrock's routes: by Converse, on a client whose hooks send each request to the Region of its route."""

from collections.abc import Callable, Iterator
from typing import Any

from tidegate.client.follower import Call, Follower
from tidegate.client.hooks import PREFIX
from tidegate.client.resume import leading
from tidegate.client.saying import Piece, Question, Usage
from tidegate.client.stream import Late
from tidegate.policy.document import Candidate


class Bedrock:
    """One client for all Regions."""

    def __init__(self, client: Callable[[str], Any], follower: Follower) -> None:
        """Take what returns an attached client of bedrock-runtime; one that has no Region yet gets that of a route."""
        self._client = client
        self._follower = follower

    def pieces(self, route: Candidate, question: Question, *, stream: bool, left: float) -> Iterator[Piece]:
        """Ask a route once. Raises what boto3 raises."""
        now = self._follower.clock.ticks()
        call = Call(
            follower=self._follower,
            model="",
            epoch=0,
            routes=(route,),
            route=route,
            params=question.params,
            began=now,
            ends=now + left,
            steered=True,
        )
        client, asked = self._client(route.region), {"modelId": PREFIX, **question.params}
        with leading(call):
            answer = client.converse_stream(**asked) if stream else client.converse(**asked)
        if stream:
            # A stream that is led has no wrapper of its own: until its first output, the clock is looked at here.
            yield from _said(answer["stream"], late=lambda: self._follower.left(call) <= 0)
            return
        yield "".join(one.get("text", "") for one in answer["output"]["message"]["content"])
        yield _usage(answer.get("usage", {}))


def _said(events: Any, late: Callable[[], bool]) -> Iterator[Piece]:
    began = False
    try:
        for event in events:
            began = began or "contentBlockDelta" in event
            if not began and late():
                raise Late
            if text := event.get("contentBlockDelta", {}).get("delta", {}).get("text"):
                yield text
            if usage := event.get("metadata", {}).get("usage"):
                yield _usage(usage)
    finally:
        events.close()


def _usage(said: Any) -> Usage:
    return Usage(input_tokens=said.get("inputTokens"), output_tokens=said.get("outputTokens"))
