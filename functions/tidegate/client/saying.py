"""What is asked and answered in `chat`, the same for every kind of route."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tidegate.client.course import Failed
from tidegate.policy.document import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A conversation so far, and how it is to go on."""

    messages: Sequence[Mapping[str, str]]
    """Each with `role`, which is `user` or `assistant`, and `content`."""

    system: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None

    @property
    def params(self) -> dict[str, object]:
        """What it is in the words of Converse, which the estimates are made of."""
        inference = {"maxTokens": self.max_tokens, "temperature": self.temperature}
        said: dict[str, object] = {
            "messages": [{"role": one["role"], "content": [{"text": one["content"]}]} for one in self.messages],
            "inferenceConfig": {key: value for key, value in inference.items() if value is not None},
        }
        return said | ({"system": [{"text": self.system}]} if self.system else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one request; None: the route didn't say."""

    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, and how it came about."""

    text: str
    model: str
    route: str
    """Name of the route that answered."""

    epoch: int
    failed: tuple[Failed, ...]
    """What did not answer before."""

    usage: Usage


type Piece = str | Usage
"""Of an answer: some text, or what it has cost."""


class Speaker(Protocol):
    """Speaks with one kind of route."""

    def pieces(self, route: Candidate, question: Question, *, stream: bool, left: float) -> Iterator[Piece]:
        """Ask a route, and return its answer: as it comes, or all of it in one piece.

        Nothing is asked before the first piece is wanted. `left` is how many seconds there are for it.
        """
        ...
