"""Which notices are believed, and of whose machines: the rest is dropped before anything is decided. Pure."""

from typing import Final

from tidegate.fleet.notice import Notice, Observed
from tidegate.fleet.others import Answer
from tidegate.journal import layout
from tidegate.policy.profile import PROFILE_TAG

STALE_SECONDS: Final = 3600
"""An older event says nothing about the present: it is dropped."""

SKEW_SECONDS: Final = 300
"""An event from further in the future than clocks may differ is not believed."""


def disbelief(notice: Notice, observed: Observed, now: float) -> Answer | None:
    """Return why a notice says nothing about the present at `now` (epoch seconds); None: it may."""
    if now - notice.time > STALE_SECONDS:
        return "stale", f"the event about {notice.instance} is {now - notice.time:.0f} s old: too old to say anything"
    if notice.time - now > SKEW_SECONDS:
        return "from_future", f"the event about {notice.instance} is from {notice.time - now:.0f} s in the future"
    if notice.drill is not None and notice.drill not in observed.drills:
        return "drill_without_record", f"a drill event about {notice.instance} came without a live drill record"
    return None


def stranger(notice: Notice, observed: Observed, group: str) -> Answer | None:
    """Return whose a machine is that is left alone: nobody's, or somebody's who never asked for this."""
    if not group:
        return "in_no_group", f"{notice.instance} is in no Auto Scaling group"
    if group not in observed.fleets:
        return "not_opted_in", f"{notice.instance} is in {group}, which doesn't bear the tag {PROFILE_TAG}"
    if notice.drill is not None and observed.drills[notice.drill] != layout.fleet(group):
        return (
            "drill_elsewhere",
            f"the drill is for {observed.drills[notice.drill]}, and {notice.instance} is in {group}",
        )
    return None
