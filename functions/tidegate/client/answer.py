"""An answer of `chat`, as it comes."""

from collections.abc import Iterator

from tidegate.client.course import Failed
from tidegate.client.follower import Call
from tidegate.client.saying import Piece, Reply, Usage


class Answer:
    """An answer that comes in pieces: iterate over its text. What it says of itself is known once it has begun."""

    def __init__(self, call: Call, pieces: Iterator[Piece]) -> None:
        """Take a call and what it yields."""
        self._call = call
        self._pieces = pieces
        self.usage = Usage()

    def __iter__(self) -> Iterator[str]:
        for piece in self._pieces:
            if isinstance(piece, str):
                yield piece
            else:
                self.usage = piece

    @property
    def route(self) -> str:
        """Name of the route that answers."""
        return self._call.route.name

    @property
    def epoch(self) -> int:
        """Of the document that was followed."""
        return self._call.epoch

    @property
    def failed(self) -> tuple[Failed, ...]:
        """What did not answer before."""
        return self._call.failed

    def whole(self) -> Reply:
        """Return the answer once all of it has come."""
        text = "".join(self)
        return Reply(
            text=text,
            model=self._call.model,
            route=self.route,
            epoch=self.epoch,
            failed=self.failed,
            usage=self.usage,
        )
