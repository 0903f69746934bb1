"""Follows a drill on a model until its route is back: what was decided, what applications could read, and the verdict.

For machines, beside what `throttle_drill.py` says: `passed`; `checks`: `name`, `passed`, `said` (a sentence);
`timeline`: `t` (seconds after the report), `kind` (reported, decided, published), `text`.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import throttle_drill
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.layout import grid, head, words
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.proving import verdict
from tidegate.desk.operate.targets import decision_id
from tidegate.desk.operate.throttle_drill import Begun
from tidegate.desk.operate.times import Times
from tidegate.fleet.drill import Check
from tidegate.journal import layout
from tidegate.journal.decision import Decision
from tidegate.journal.entries import read_decision
from tidegate.model.aws import SsmDocuments
from tidegate.model.drill import STEPS_DOWN_SECONDS
from tidegate.policy.document import Document

EVERY_SECONDS: Final = 3
PATIENCE_SECONDS: Final = 300
"""After its hold: the sweep tries the route within a minute and writes the report within another; one may fail."""

_MOST_TROUBLES: Final = 5
"""Looks that may fail one after another."""

type Kind = Literal["reported", "decided", "published"]
type Moment = tuple[float, Kind, str]
"""(epoch seconds, kind, text)."""

_LABELS: Final[dict[Kind, tuple[str, str]]] = {
    "reported": ("REPORTED", "bold yellow"),
    "decided": ("decided", "cyan"),
    "published": ("PUBLISHED", "bold green"),
}


@dataclass(frozen=True, slots=True)
class Course:
    """How a drill went."""

    begun: Begun
    report: tuple[bool, str] | None
    """Whether it passed and what was proved, as the sweep has written it; None: it hasn't."""

    read: tuple[tuple[float, Document], ...]
    """The documents that applications could read, and when each was read first (epoch seconds)."""

    decisions: tuple[Decision, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """What it was to prove."""
        return (*self._written(), self._read_back(), self._inside())

    @property
    def passed(self) -> bool:
        """PASS or FAIL."""
        return all(one.passed for one in self.checks)

    def _written(self) -> Iterator[Check]:
        if self.report is None:
            yield Check("report written", False, "the sweep, which writes it, doesn't come")
            return
        passed, said = self.report
        yield Check("stepped down, and trusted again", passed, said)

    def _read_back(self) -> Check:
        newer = [(at, one) for at, one in self.read if one.epoch > self.begun.before]
        if not newer:
            return Check("newer document read", False, f"nothing newer than epoch {self.begun.before} could be read")
        at, one = newer[0]
        took = at - self.begun.started
        first = one.allowed[0].name if one.allowed else "no route"
        passed = took <= STEPS_DOWN_SECONDS and first != self.begun.route
        return Check("newer document read", passed, f"epoch {one.epoch} goes by {first}, {took:.1f} s after the report")

    def _inside(self) -> Check:
        beyond = {one.name for _, read in self.read for one in read.routes if one not in read.allowed}
        said = f"{', '.join(sorted(beyond))} was published" if beyond else f"in {len(self.read)} documents"
        return Check("nothing outside of the boundary published", not beyond, said)


def follow(deployed: Deployed, begun: Begun, step: Callable[[str], None]) -> Course:
    """Look every few seconds until the sweep has written what the drill proved; `step` hears how it goes.

    Raises the error of a call once several looks have failed one after another.
    """
    ports, documents = deployed.ports, SsmDocuments(deployed.ports.client("ssm"))
    start, troubles = ports.now(), 0
    read: list[tuple[float, Document]] = []
    while True:
        now, report = ports.now(), None
        try:
            document = documents.read(deployed.stage, begun.model)
            if document and (not read or document.epoch != read[-1][1].epoch):
                read.append((now, document))
            report, troubles = _report(deployed, begun), 0
            step(f"{now - start:.0f} s: {_progress(begun, document)}")
        except (BotoCoreError, ClientError) as error:
            troubles += 1
            if troubles >= _MOST_TROUBLES:
                raise
            step(f"{now - start:.0f} s: nothing can be read ({type(error).__name__}); trying again")
        if report or now - start >= begun.hold + PATIENCE_SECONDS:
            return Course(begun, report, tuple(read), _decisions(deployed, begun))
        ports.pause(EVERY_SECONDS)


def _progress(begun: Begun, document: Document | None) -> str:
    if document is None or document.epoch <= begun.before:
        return "the report is under way"
    first = document.routes[0].name if document.routes else "no route"
    return f"applications go by {first} (epoch {document.epoch})"


def _report(deployed: Deployed, begun: Begun) -> tuple[bool, str] | None:
    key = layout.drill_report(layout.model(begun.model), begun.started, begun.nonce, begun.route)
    item = deployed.journal().get(key)
    return (bool(item["passed"]), str(item["said"])) if item else None


def _decisions(deployed: Deployed, begun: Begun) -> tuple[Decision, ...]:
    first, last = (f"{layout.DECISIONS}{layout.stamp(at)}" for at in (begun.started, deployed.ports.now() + 1))
    return tuple(map(read_decision, deployed.journal().between(layout.model(begun.model), first, last)))


def moments(course: Course) -> tuple[Moment, ...]:
    """Return what happened, in order."""
    begun = course.begun
    found: list[Moment] = [(begun.started, "reported", f"a drill's report: {begun.route} of {begun.model} throttled")]
    found.extend((one.at, "decided", f"{words(one.code)}: {one.reason}") for one in course.decisions)
    for at, one in course.read:
        if one.epoch > begun.before:
            order = ", ".join(each.name for each in one.routes) or "no route"
            found.append((at, "published", f"epoch {one.epoch}: {order}"))
    return tuple(sorted(found, key=lambda one: one[0]))


def answer(deployed: Deployed, course: Course) -> Answer:
    """Return how a drill went."""
    start = course.begun.started
    said: dict[str, Any] = {
        "passed": course.passed,
        "checks": [asdict(one) for one in course.checks],
        "timeline": [{"t": round(at - start, 3), "kind": kind, "text": text} for at, kind, text in moments(course)],
    }
    return throttle_drill.data(deployed, course.begun) | said, _told(course, Times(deployed.ports.now()))


def _told(course: Course, times: Times) -> Iterator[RenderableType]:
    begun = course.begun
    began = f"began {times.at(begun.started)}, {times.legend}; seconds after the report"
    yield head(f"drill {begun.nonce} on {begun.model}", began)
    yield Text()
    yield grid((f"{at - begun.started:+.1f} s", Text(*_LABELS[kind]), text) for at, kind, text in moments(course))
    yield Text()
    target = layout.model(begun.model)
    last = "".join(f"; the last decision was {decision_id(target, one)}" for one in course.decisions[-1:])
    yield from verdict(course.checks, f"throttle of {begun.route} of {begun.model}{last}")
