"""One call's way along the routes of its model: where it begins, where it goes on, and what is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from tidegate.client.choice import choose, roomy, same_family
from tidegate.client.clock import REAL, Clock
from tidegate.client.course import LEAST_SECONDS, Failed, Step, at_once, broken, onward, shown
from tidegate.client.errors import heard
from tidegate.client.happened import Answered, GaveUp, Happened, OnEvent, SteppedDown, tell
from tidegate.client.measure import tokens
from tidegate.client.reporter import Reporter
from tidegate.client.store import Source
from tidegate.client.time_left import ends
from tidegate.policy.document import Candidate, Document
from tidegate.policy.failures import Failure


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of the application. It changes as the call goes on: botocore's events share nothing else."""

    follower: "Follower"
    """Whoever began it finishes it, also when the client has been attached anew meanwhile."""

    model: str
    epoch: int
    routes: tuple[Candidate, ...]
    route: Candidate
    """The one that is asked now."""

    params: Mapping[str, Any]
    """As the application gave them."""

    began: float
    ends: float
    """Both on the clock of ticks."""

    steered: bool = False
    """Whether somebody else chooses the routes: then this is one attempt, and nothing is told of it."""

    failed: tuple[Failed, ...] = ()
    errors: list[Exception] = field(default_factory=list[Exception])
    note: dict[str, object] = field(default_factory=dict[str, object])
    """What the answer's metadata say of the way to it."""

    @property
    def error(self) -> Exception:
        """The error that the caller is shown."""
        return self.errors[shown(self.failed)]

    def noted(self) -> dict[str, object]:
        """Return the note, brought up to date. It stays the same object: a stream's was handed out already."""
        failed = [{"route": one.route, "failure": one.failure} for one in self.failed]
        self.note.update(model=self.model, route=self.route.name, epoch=self.epoch, failed=failed)
        return self.note


type Chosen = dict[object, tuple[Document, bool, tuple[Candidate, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Follows the documents of a source. Shared by all threads."""

    source: Source
    reporter: Reporter | None = None
    pin: tuple[str, ...] | None = None
    every_region: bool = False
    """Whether the client's own endpoint takes requests for all Regions, although it doesn't look so."""

    deadline_seconds: float = inf
    on_event: OnEvent | None = None
    clock: Clock = REAL
    chosen: Chosen = field(default_factory=dict[object, tuple[Document, bool, tuple[Candidate, ...]]])
    """What was found of a document: every call would find the same again."""

    def begin(
        self, model: str, params: Mapping[str, Any], kinds: tuple[str, ...], *, alike: bool, only: str | None = None
    ) -> Call:
        """Return a new call to a model, at its first route.

        `kinds` are those that the caller can speak with. `alike`: only routes that take the same body will do. `only`:
        the one Region in which Bedrock can be called; None: all.

        Raises:
            NoRoute: there is no route that may be taken.
        """
        began = self.clock.ticks()
        document = self.source.document(model)
        routes = self._routes(document, kinds, alike=alike, only=only)
        if any(one.max_context for one in routes):
            routes = roomy(routes, tokens(params))
        return Call(
            follower=self,
            model=model,
            epoch=document.epoch,
            routes=routes,
            route=routes[0],
            params=params,
            began=began,
            ends=ends(self.deadline_seconds, began),
        )

    def _routes(
        self, document: Document, kinds: tuple[str, ...], *, alike: bool, only: str | None
    ) -> tuple[Candidate, ...]:
        """Return what a call may take. It is the same until another document is read, or this one expires."""
        expired = self.clock.now() >= document.until
        key = (document.model, kinds, alike, only)
        known = self.chosen.get(key)
        if known and known[0] is document and known[1] == expired:
            return known[2]
        routes = choose(document, expired=expired, kinds=kinds, pin=self.pin, only=only)
        if alike:
            routes = same_family(routes, document.home)
        self.chosen[key] = (document, expired, routes)
        return routes

    def left(self, call: Call) -> float:
        """Return how many seconds a call still has."""
        return call.ends - self.clock.ticks()

    def failed(self, call: Call, failure: Failure, error: Exception) -> Step | None:
        """Take note of a failure, and lead the call on to the next route; None: it ends, with `call.error`."""
        name, left = call.route.name, self.left(call)
        call.failed += (Failed(name, failure),)
        call.errors.append(error)
        if call.steered:
            return None
        # That an answer took longer than this caller had is no fault of the route.
        if at_once(failure) and heard(error) and not (failure == "unavailable" and left < LEAST_SECONDS):
            self._report(call, name, failure)
        step = onward(call.routes, call.failed, left=left, chance=self.clock.chance())
        if step is None:
            self.tell(GaveUp(model=call.model, failed=call.failed))
            return None
        call.route = step.route
        self.tell(SteppedDown(model=call.model, route=name, failure=failure, onward=step.route.name, pause=step.pause))
        return step

    def answered(self, call: Call) -> None:
        """Take note of an answer: only now is it known which of the failures were the routes' own."""
        if call.steered:
            return
        told = [one for one, error in zip(call.failed, call.errors, strict=True) if heard(error)]
        for one in broken(told):
            self._report(call, one.route, one.failure)
        if self.on_event:
            seconds = self.clock.ticks() - call.began
            self.tell(
                Answered(model=call.model, route=call.route.name, epoch=call.epoch, seconds=seconds, failed=call.failed)
            )

    def used(self, call: Call, usage: Mapping[str, Any] | None) -> None:
        """Take note of what an answer says of its length."""
        if self.reporter and usage:
            self.reporter.answered(call.model, usage.get("outputTokens"))

    def late(self, call: Call, failure: Failure, error: Exception) -> None:
        """Take note of a failure in the middle of an answer, which the caller gets."""
        if at_once(failure) and heard(error) and not call.steered:
            self._report(call, call.route.name, failure)

    def tell(self, what: Happened) -> None:
        """Tell the application's hook."""
        tell(self.on_event, what)

    def _report(self, call: Call, route: str, failure: Failure) -> None:
        if self.reporter:
            self.reporter.failed(call.model, route, failure, epoch=call.epoch, params=call.params)
