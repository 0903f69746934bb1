"""Conversations with a model by its name, whatever kind of route answers: the same way on for all of them."""

from collections.abc import Callable, Iterator
from functools import partial
from threading import Lock
from typing import Any, Final, get_args

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from tidegate.client.answer import Answer
from tidegate.client.attaching import join
from tidegate.client.by_bedrock import Bedrock
from tidegate.client.by_provider import EXTRA, Provider, installed
from tidegate.client.errors import NoRoute, Unavailable, classified, noted
from tidegate.client.follower import Call, Follower
from tidegate.client.keys import Keys
from tidegate.client.options import Options, follower, service_client
from tidegate.client.saying import Piece, Question, Speaker, Usage
from tidegate.client.stream import Cut
from tidegate.policy.document import Candidate
from tidegate.policy.kind import BEDROCK, Kind

_FAILS: Final = (Unavailable, ClientError, BotoCoreError, HTTPError, OSError)
"""What an attempt may end with; anything else is a mistake, and no failure of a route."""

_ALL: Final[tuple[str, ...]] = get_args(Kind)
"""A kind that this release doesn't know is passed over: a later one may have published it."""


class Talk:
    """Conversations with the models of a stage, or of a source of documents. For any number of threads."""

    def __init__(self, options: Options, client: Any = None, *, extra: Callable[[], bool] = installed) -> None:
        """Follow what `options` say; `client` is one of bedrock-runtime, made when it is needed.

        `extra` tells whether other kinds of routes can be spoken with.
        """
        self._extra = extra
        self._options = options
        self._follower: Follower = follower(options)
        self._given = client
        self._lock = Lock()
        self._made: Any = None
        self._bedrock = Bedrock(self._client, self._follower)
        self._provider = Provider(Keys(partial(service_client, options)), options.clock.ticks)

    def ask(self, model: str, question: Question, *, stream: bool) -> Answer:
        """Ask a model. Returns once the answer has begun; of a stream, the rest comes as it is read.

        Raises:
            NoRoute: there is no route that may be taken.
            Unavailable: the last route failed, and it is not one of AWS's.
            ValueError: the client that was given is attached with a narrower boundary.
            Exception: the error of the last route, as boto3 raises it.
        """
        if self._given is not None:
            # It may have been attached with a boundary since the last question.
            join(self._given, self._follower)
        call = self._begin(model, question)
        while True:
            left = self._follower.left(call)
            pieces = self._speaker(call.route).pieces(call.route, question, stream=stream, left=left)
            try:
                first = next(pieces, None)
                if first is None:
                    raise Cut
            except _FAILS as error:
                self._onward(call, error)
                continue
            self._follower.answered(call)
            return Answer(call, self._watched(call, first, pieces))

    def _begin(self, model: str, question: Question) -> Call:
        extra = self._extra()
        begin = partial(self._follower.begin, model, question.params, _ALL if extra else BEDROCK, alike=False)
        try:
            call = begin()
        except NoRoute as error:
            if extra:
                raise
            raise NoRoute(f"{error}; for routes of other providers: {EXTRA}") from None
        asked = next((one.region for one in call.routes if one.kind in BEDROCK), None)
        only = None if asked is None else join(self._client(asked), self._follower).only(self._follower)
        return begin(only=only) if only else call

    def _onward(self, call: Call, error: Exception) -> None:
        """Lead a call to its next route. Raises the call's error if there is none."""
        failure = classified(error)
        if failure == "unknown":
            raise error
        step = self._follower.failed(call, failure, error)
        if step is None:
            raise noted(call.error, call.noted()) from None
        self._follower.clock.pause(step.pause)

    def _watched(self, call: Call, first: Piece, rest: Iterator[Piece]) -> Iterator[Piece]:
        """Yield an answer that has begun: from here on an error is the caller's."""
        yield first
        try:
            for piece in rest:
                if isinstance(piece, Usage):
                    self._follower.used(call, {"outputTokens": piece.output_tokens})
                yield piece
        except _FAILS as error:
            self._follower.late(call, classified(error), error)
            raise

    def _speaker(self, route: Candidate) -> Speaker:
        return self._bedrock if route.kind in BEDROCK else self._provider

    def _client(self, region: str) -> Any:
        with self._lock:
            if self._made is None:
                self._made = self._given or service_client(self._options, "bedrock-runtime", region)
                join(self._made, self._follower)
            return self._made
