"""PASS or FAIL of a throttle: who answered, how fast routes followed, and that no data left the boundary."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from moto.ssm.models import ssm_backends

from tidegate.desk.bedrock.ledger import Call
from tidegate.desk.drills.application import Asked
from tidegate.desk.drills.verdict import Check, nothing_stuck, some
from tidegate.desk.region.app import STAGE
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.region import Region
from tidegate.desk.region.world import Entry
from tidegate.policy.document import load, parameter
from tidegate.policy.residency import SETS

DOWN_SECONDS: Final = 15
"""From the first throttle until another route is published in front: a report, its wake, and a look."""

FOLLOWED_SECONDS: Final = 45
"""Until the last process follows: it reads the document again after 18 s at the latest."""

BACK_MINUTES: Final = 15
"""Until all is as before once the load is gone: a route that failed several times is held for longer each time."""


@dataclass(frozen=True, slots=True)
class Published:
    """What applications could read at a moment, `t` seconds after the Region began: names of routes, in order."""

    t: float
    epoch: int
    routes: tuple[str, ...]
    places: frozenset[str]
    """All Regions in which the document lets data be processed."""


def published(region: Region, model: str) -> Published | None:
    """Return what is published now; None: nothing is yet."""
    # From moto itself: asked through a client every two seconds, it would take most of the drill's time.
    found = ssm_backends[ACCOUNT][REGION].get_parameter(parameter(STAGE, model))
    if found is None:
        return None
    document = load(found.value)
    places = frozenset(place for one in document.routes for place in one.regions)
    return Published(region.world.now(), document.epoch, tuple(one.name for one in document.routes), places)


def turns(seen: Sequence[Published]) -> Iterator[Entry]:
    """Yield an entry for the timeline whenever routes are published in another order."""
    for before, after in pairwise(seen):
        if after.routes != before.routes:
            text = f"applications are to ask {', then '.join(after.routes)} (epoch {after.epoch})"
            yield Entry(after.t, "tidegate", "published", text, {"epoch": after.epoch, "routes": list(after.routes)})


def checks(
    region: Region,
    asked: Sequence[Asked],
    seen: Sequence[Published],
    *,
    goes: float,
    outside: Collection[str],
    home: str,
) -> tuple[Check, ...]:
    """Check a throttle whose load was gone from `goes` on, in seconds since the Region began."""
    return (
        all_answered(asked),
        rang(region.timeline, home),
        stepped_down(asked, seen, home),
        followed(asked, home),
        epochs_grew(seen),
        stayed_inside(region.bedrock.called(), seen, outside),
        came_back(asked, seen, goes, home),
        nothing_stuck(region),
    )


def all_answered(asked: Sequence[Asked]) -> Check:
    """Check that no call of the application failed."""
    errors = [one.error for one in asked if one.error]
    down = sum(bool(one.failed) for one in asked)
    said = f"{len(asked)} of {len(asked)}, {down} by a route further down the list within the call"
    return Check(
        "every call answered", bool(asked) and not errors, f"{len(errors)} errors: {some(errors)}" if errors else said
    )


def rang(timeline: Sequence[Entry], home: str) -> Check:
    """Check that an alarm on the preferred route went off."""
    rings = (one for one in timeline if one.kind == "alarm" and one.data["state"] == "ALARM")
    first = next((one for one in rings if f"/{home}/" in one.data["alarm"]), None)
    said = f"{first.data['alarm']} at minute {first.t / 60:.1f}" if first else f"no alarm of {home} rang"
    return Check("its alarm rang", first is not None, said)


def stepped_down(asked: Sequence[Asked], seen: Sequence[Published], home: str) -> Check:
    """Check that another route was published in front soon after the first throttle."""
    name = f"stepped down within {DOWN_SECONDS} s"
    first = next((one.t for one in asked if home in one.failed), None)
    if first is None:
        return Check(name, False, f"{home} was never throttled")
    after = next((one.t for one in seen if one.t >= first and one.routes[:1] != (home,)), None)
    if after is None:
        return Check(name, False, f"{home} stayed in front")
    return Check(name, after - first <= DOWN_SECONDS, f"{after - first:.0f} s after the first throttled call")


def followed(asked: Sequence[Asked], home: str) -> Check:
    """Check that all processes asked another route first before long."""
    name = f"applications followed within {FOLLOWED_SECONDS} s"
    first = next((one.t for one in asked if home in one.failed), None)
    if first is None:
        return Check(name, False, f"{home} was never throttled")
    soon = [
        one.t for one in asked if first <= one.t <= first + 2 * FOLLOWED_SECONDS and home in (*one.failed, one.route)
    ]
    last = max(soon) - first
    return Check(name, last <= FOLLOWED_SECONDS, f"{home} was asked for the last time after {last:.0f} s")


def epochs_grew(seen: Sequence[Published]) -> Check:
    """Check that no older document ever followed a newer one."""
    wrong = [after.epoch for before, after in pairwise(seen) if after.epoch < before.epoch]
    changed = [
        after for before, after in pairwise(seen) if after.routes != before.routes and after.epoch == before.epoch
    ]
    epochs = sorted({one.epoch for one in seen})
    said = (
        f"{len(epochs)} epochs" if not wrong and not changed else f"not so: {wrong or [one.epoch for one in changed]}"
    )
    return Check("epochs only grew", bool(seen) and not wrong and not changed, said)


def stayed_inside(calls: Sequence[Call], seen: Sequence[Published], outside: Collection[str]) -> Check:
    """Check that no route outside of the boundary was published, nor any data taken where it might leave it."""
    bounds = set(SETS["US"])
    told = sorted({name for one in seen for name in one.routes if name in outside or not one.places <= bounds})
    left = sorted({one.model for one in calls if one.region not in bounds or not set(one.destinations) <= bounds})
    places = ", ".join(sorted({one.processed for one in calls if one.processed}))
    said = f"published {some(told) or 'none'}, called {some(left) or 'none'}" if told or left else f"all in {places}"
    return Check("nothing left the boundary", not told and not left, said)


def came_back(asked: Sequence[Asked], seen: Sequence[Published], goes: float, home: str) -> Check:
    """Check that the preferred route is in front again for good, and answers."""
    name = f"back within {BACK_MINUTES} minutes"
    away = max((one.t for one in seen if one.routes[:1] != (home,)), default=0.0)
    took = (away - goes) / 60
    answers = bool(asked) and asked[-1].route == home and not asked[-1].failed
    said = f"{home} is in front again after {max(took, 0):.0f} minutes" + ("" if answers else ", and not asked")
    return Check(name, bool(seen) and seen[-1].routes[:1] == (home,) and answers and took <= BACK_MINUTES, said)
