"""What became of each machine that was lost: read from the Region's timeline, not from what the app says of itself."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tidegate.desk.region.autoscaling.requests import Release
from tidegate.desk.region.world import Entry

NOTICE_SECONDS: Final = 120.0
"""From a spot interruption notice to the machine's end: AWSEC2/latest/UserGuide/spot-interruptions.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One machine that EC2 took back. Times in seconds since the Region began; None: it never happened."""

    instance: str
    warned: float
    releases: int
    """How often a call took it out of its group."""

    released: float | None
    how: str | None
    drained: float | None
    gone: float | None
    replacement: str | None
    replaced: float | None
    """When the replacement was in service."""

    @property
    def deadline(self) -> float:
        """When EC2 ends it."""
        return self.warned + NOTICE_SECONDS

    @property
    def time_left(self) -> float | None:
        """Seconds between release and deadline."""
        return None if self.released is None else self.deadline - self.released


def losses(timeline: Iterable[Entry], releases: Iterable[Release]) -> tuple[Loss, ...]:
    """Return one loss for each machine that was warned, in the order of the warnings.

    A machine's replacement is the one that was launched in its turn: as many are launched as machines leave the group,
    in the order in which they leave.
    """
    first: dict[tuple[str, str], Entry] = {}
    launched: list[str] = []
    for entry in timeline:
        first.setdefault((entry.kind, entry.data.get("instance", "")), entry)
        if entry.kind == "launched":
            launched.append(entry.data["instance"])
    calls: defaultdict[str, list[Release]] = defaultdict(list)
    for release in releases:
        calls[release.instance].append(release)
    left = sorted(
        [(each[0].t, number, instance) for number, (instance, each) in enumerate(calls.items())]
        + [(entry.t, -1, instance) for (kind, instance), entry in first.items() if kind == "noticed"]
    )
    replacements = {instance: new for (_, _, instance), new in zip(left, launched, strict=False)}

    def when(kind: str, instance: str | None) -> float | None:
        entry = first.get((kind, instance or ""))
        return entry.t if entry else None

    warned = [(instance, entry.t) for (kind, instance), entry in first.items() if kind == "event" and instance]
    return tuple(
        Loss(
            instance=instance,
            warned=t,
            releases=len(calls[instance]),
            released=calls[instance][0].t if calls[instance] else None,
            how=calls[instance][0].how if calls[instance] else None,
            drained=when("drained", instance),
            gone=when("terminated", instance) or when("reclaimed", instance),
            replacement=replacements.get(instance),
            replaced=when("in-service", replacements.get(instance)),
        )
        for instance, t in warned
    )
