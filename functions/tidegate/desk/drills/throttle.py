"""The throttle: an application asks for more than its first route's quota grants, and later for less; routes follow."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tidegate.desk.bedrock.catalog import CLAUDE, US
from tidegate.desk.bedrock.quota import Quota
from tidegate.desk.bedrock.things import Foundation, Profile
from tidegate.desk.drills.application import Application, by_minute
from tidegate.desk.drills.result import Result, Series
from tidegate.desk.drills.spot_interruption import with_decisions
from tidegate.desk.drills.throttle_verdict import Published, checks, published, turns
from tidegate.desk.region.app import STAGE
from tidegate.desk.region.place import REGION
from tidegate.desk.region.region import Region

MINUTE: Final = 60.0
SLICE: Final = 2.0
"""How often processes ask, in seconds of the Region."""

MODEL: Final = "chat"
PROCESSES: Final = 4
QUIET, BUSY = 20, 60
"""Calls a minute."""

HOLD_SECONDS: Final = 120

HOME, NEXT, LAST = "home", "ohio", "us-profile"
"""The routes inside of the boundary, the preferred first."""

OUTSIDE: Final = ("anywhere", "ireland")
"""Those that tempt: cheaper, idle, and not where data may be processed."""

HOME_QUOTA: Final = 36_000
"""Tokens per minute: some thirty-five calls."""

_ANSWER_TOKENS: Final = 150
_BURNDOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """When the load comes and goes, and until when all is watched: minutes since the Region began.

    In the first one nobody asks: the routes are being published.
    """

    comes: int = 4
    goes: int = 14
    watched: int = 32

    def rate(self, minute: int) -> int:
        """Return how many calls are made in a minute."""
        return BUSY if self.comes <= minute < self.goes else QUIET if minute else 0


THE_COURSE: Final = Course()


def policy() -> Mapping[str, Any]:
    """Return the policy of the drill, as tidegate.toml would say it."""
    model: dict[str, Any] = {"id": CLAUDE, "kind": "bedrock"}
    profile: dict[str, Any] = {"kind": "bedrock-profile", "region": REGION}
    routes = [
        {"name": HOME, **model, "region": REGION},
        {"name": OUTSIDE[0], **profile, "id": f"global.{CLAUDE}", "usd_per_million": {"input": 2.7, "output": 13.5}},
        {"name": OUTSIDE[1], **model, "region": "eu-west-1"},
        {"name": NEXT, **model, "region": "us-east-2"},
        {"name": LAST, **profile, "id": f"us.{CLAUDE}", "usd_per_million": {"input": 3.0, "output": 15.0}},
    ]
    table = {"residency": "US", "hold_seconds": HOLD_SECONDS, "route": routes}
    return {"stage": {STAGE: {"region": REGION}}, "model": {MODEL: table}}


def drill(*, step: Callable[[int, int], None], course: Course = THE_COURSE, seed: int = 1, **settings: Any) -> Result:
    """Let the load come and go, and watch; `step` hears how many minutes of how many have passed.

    `settings`: those of `Region`.
    """
    opened: dict[str, Any] = {"policy": policy(), "seed": seed, **settings}
    with Region(loop=True, **opened) as region:
        _furnish(region)
        application = Application(region, MODEL, processes=PROCESSES, seed=seed)
        seen = tuple(_watched(region, application, course, step))
        timeline = sorted([*with_decisions(region), *turns(seen)], key=lambda entry: entry.t)
        return Result(
            name="throttle",
            about=(
                f"model {MODEL}, residency US: {HOME} ({HOME_QUOTA} tokens a minute), {NEXT} and {LAST} inside of it,"
                f" {' and '.join(OUTSIDE)} outside; {PROCESSES} processes ask {QUIET} times a minute, from minute"
                f" {course.comes} to {course.goes} {BUSY} times"
            ),
            timeline=tuple(timeline),
            losses=(),
            checks=checks(region, application.asked, seen, goes=course.goes * MINUTE, outside=OUTSIDE, home=HOME),
            series=tuple(_series(application, course)),
            since=(course.comes - 1) * MINUTE,
        )


def _furnish(region: Region) -> None:
    """Let Bedrock have the model, at the speed and the quotas of the drill."""
    everywhere = (*US, "eu-west-1")
    model = Foundation(
        id=CLAUDE,
        regions=everywhere,
        burndown=_BURNDOWN,
        answer_tokens=_ANSWER_TOKENS,
        first_token_seconds=0.8,
        seconds_per_token=0.02,
    )
    region.bedrock.catalog.add(model, Profile(id=f"us.{CLAUDE}", model=CLAUDE, destinations=dict.fromkeys(US, US)))
    for where, called, tokens in (
        (REGION, CLAUDE, HOME_QUOTA),
        ("us-east-2", CLAUDE, HOME_QUOTA),
        (REGION, f"us.{CLAUDE}", 4 * HOME_QUOTA),
    ):
        region.bedrock.limit(where, called, Quota(tokens_per_minute=tokens))


def _watched(
    region: Region, application: Application, course: Course, step: Callable[[int, int], None]
) -> Iterator[Published]:
    """Let the drill happen, and yield what is published, slice by slice."""
    owed = 0.0
    for minute in range(course.watched):
        for _ in range(int(MINUTE / SLICE)):
            region.run(SLICE)
            owed += course.rate(minute) * SLICE / MINUTE
            application.ask(int(owed))
            owed -= int(owed)
            if seen := published(region, MODEL):
                yield seen
        step(minute + 1, course.watched)


def _series(application: Application, course: Course) -> Iterator[Series]:
    """Return how many calls each route answered, minute by minute."""
    for route in (HOME, NEXT, LAST):
        yield Series(
            f"calls a minute answered by {route}", tuple(by_minute(application.asked, route, course.watched)), BUSY
        )
