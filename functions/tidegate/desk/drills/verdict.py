"""PASS or FAIL, and why: what must be true once a drill is over."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.desk.drills.losses import Loss
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.region import Region


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be true; `said` tells in a sentence what was found."""

    name: str
    passed: bool
    said: str


def judge(region: Region, fleet: Fleet, desired: int, lost: Sequence[Loss]) -> tuple[Check, ...]:
    """Check a fleet that began with `desired` machines and lost some."""
    return (
        released_once(region, lost),
        released_in_time(lost),
        back_at_size(fleet),
        Check(
            "desired capacity unchanged",
            fleet.desired == desired,
            f"it is {fleet.desired}" + ("" if fleet.desired == desired else f" and was {desired}"),
        ),
        recorded_once(region, lost),
        followed_to_the_end(region),
        nothing_stuck(region),
    )


def released_once(region: Region, lost: Sequence[Loss]) -> Check:
    """Check that every lost machine was released, each once, and no other one."""
    counts = region.release_counts()
    wrong = [f"{each.instance} {each.releases} times" for each in lost if each.releases != 1]
    wrong += [f"{instance} without a notice" for instance in counts.keys() - {each.instance for each in lost}]
    return Check(
        "each machine released once",
        not wrong,
        f"released: {some(wrong)}" if wrong else f"{len(lost)} of {len(lost)}",
    )


def released_in_time(lost: Sequence[Loss]) -> Check:
    """Check that every release came before EC2 ended the machine."""
    late = [each.instance for each in lost if each.time_left is None or each.time_left <= 0]
    if late:
        return Check("released before the deadline", False, f"not so {some(late)}")
    left = min((each.time_left for each in lost if each.time_left is not None), default=0.0)
    said = f"{left:.1f} s of the 120 s left" + (" at the least" if len(lost) > 1 else "")
    return Check("released before the deadline", True, said)


def back_at_size(fleet: Fleet) -> Check:
    """Check that as many machines are in service as are desired."""
    return Check("fleet back at its size", fleet.size == fleet.desired, f"{fleet.size} of {fleet.desired} in service")


def recorded_once(region: Region, lost: Sequence[Loss]) -> Check:
    """Check that the journal holds one incident for each machine, and that the pools count as many losses."""
    incidents = Counter(incident.instance for incident in region.incidents())
    counted = sum(int(item.get("losses", 0)) for item in region.items() if item["pk"].startswith("POOL#"))
    right = counted == len(lost) and incidents == Counter(each.instance for each in lost)
    return Check("each loss recorded once", right, f"incidents: {incidents.total()}, losses counted by pool: {counted}")


def followed_to_the_end(region: Region) -> Check:
    """Check that the loop followed every incident until its replacement was in service."""
    incidents = region.incidents()
    left = [
        f"{one.instance} ({one.outcome or one.replacing or 'open'})" for one in incidents if one.outcome != "replaced"
    ]
    dips = [one.dip for one in incidents if one.dip is not None]
    said = f"{len(incidents)} replaced, {sum(dips):.0f} machine-seconds missing in all"
    return Check("each incident followed to its end", not left, f"not so: {some(left)}" if left else said)


def nothing_stuck(region: Region) -> Check:
    """Check that no message waits for its handler or was given up."""
    dead = len(region.dead_letters())
    waiting = sum(region.queue_depths().values()) - dead
    return Check("no message stuck", not waiting and not dead, f"{waiting} in the queues, {dead} dead letters")


def some(names: Sequence[str]) -> str:
    """Name a few, and say how many more there are."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004
