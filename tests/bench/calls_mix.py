"""AWS calls of looks at a fleet's mix, and of a notice whose machine serves on, in the emulated Region."""

from collections.abc import Iterator, Sequence
from typing import Final

from tests.bench.calls import COUNTED, SCARCE
from tests.bench.figure import Figure
from tests.integration.loop.mixes import deliver, lose, policy
from tests.integration.loop.scenes import codes, wake
from tidegate.desk.region.app import RECONCILE, SPOT_INTERRUPTION
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region

DRAIN_SECONDS: Final = 60
ALL: Final = "calls of all services"


def measure() -> Iterator[Figure]:
    """Play a drought look by look, and a notice message by message."""
    yield from _drought()
    yield from _lasting_drought()
    yield from _serving_on()


def _drought() -> Iterator[Figure]:
    """Look at a fleet before, when spot is missing, and while on-demand stands in for it."""
    with Region(policy=policy()) as region:
        fleet = region.fleet("chat")
        # As in `calls`: what it is made of is asked for only when something is missing.
        steady = _look(region, "no_data")
        yield from _figures("a look at a mixed group with nothing to do", steady, scarce=1, all_of_them=5)
        _dry(region, fleet)
        # Beside what such a look takes: what was bought how, what failed, who else writes the group in two calls, the
        # intention, and the change.
        yield from _figures("a look that falls back", _look(region, "fallback"), scarce=6, all_of_them=10)
        region.run(60)
        # What was bought how, as long as on-demand stands in.
        yield from _figures("a look while on-demand stands in", _look(region, "holding"), scarce=2, all_of_them=6)


def _lasting_drought() -> Iterator[Figure]:
    """Look at a fleet that is short of spot, and may not have more on-demand."""
    with Region(policy=policy(max_on_demand=1)) as region:
        _dry(region, region.fleet("chat"))
        # What was bought how, and what failed.
        yield from _figures("a look while spot is missing", _look(region, "capped"), scarce=3, all_of_them=7)


def _serving_on() -> Iterator[Figure]:
    """Warn one machine that is to serve on: its notice, the look that enlarges the group, its release."""
    with Region(policy=policy(drain_seconds=DRAIN_SECONDS)) as region:
        region.emit(warning(region.fleet("chat").spot_machines()[0]))
        region.run(5)
        first = region.calls_of(SPOT_INTERRUPTION.name)
        # Beside the mode, and what groups were enlarged by: its record, the wake, and the message that is put off.
        yield from _figures("a notice whose machine serves on", first, scarce=2, all_of_them=7)
        # Beside what a steady look takes: what was launched since the notice, the intention, and the size.
        yield from _figures("a look that enlarges its group", _look(region, "keeping"), scarce=3, all_of_them=8)
        region.run(60)
        if sum(region.release_counts().values()) != 1:
            raise RuntimeError("the machine that was to serve on was not released once")
        later = region.calls_of(SPOT_INTERRUPTION.name)[len(first) :]
        yield from _figures("its release, half a minute later", later, scarce=3, all_of_them=10)


def _dry(region: Region, fleet: Fleet) -> None:
    region.dry_up()
    lose(region, fleet)
    region.run(5)


def _look(region: Region, code: str) -> Sequence[str]:
    """Look at the fleet as its last wake asks; return what that called."""
    before, wakes = len(region.calls_of(RECONCILE.name)), region.deployment.wakes_url
    if not region.messages(wakes):
        wake(region, "fleet/chat", f"bench-{region.world.now():.0f}")
    deliver(region)
    if codes(region)[-1] != code:
        raise RuntimeError(f"the look came to {codes(region)[-1]}, not to {code}")
    return region.calls_of(RECONCILE.name)[before:]


def _figures(what: str, calls: Sequence[str], *, scarce: int, all_of_them: int) -> Iterator[Figure]:
    yield Figure(f"{SCARCE}: {what}", sum(call.startswith(COUNTED) for call in calls), "calls", bound=scarce)
    yield Figure(f"{ALL}: {what}", len(calls), "calls", bound=all_of_them)
