"""The drill of a capacity alarm: which one rings, how its wake is known, and what it proved. Pure.

Levels decide, so an alarm that rings for nothing changes nothing. The drill passes when its fleet was woken, the
decision stands in the journal, and the alarm is as it was before.
"""

from collections.abc import Sequence
from typing import Final

from tidegate.fleet.drill import Check, Live, Refused
from tidegate.policy.alarm import RINGING
from tidegate.policy.profile import Profile

SETTLED_SECONDS: Final = 180
"""After so long a fleet that was not woken will not be: the event's way takes seconds, and two sweeps have passed."""

_WAKE: Final = "drill-"
_REASON: Final = "tidegate drill "


def wake_event(nonce: str) -> str:
    """Return the id of the wake that an alarm's drill leads to."""
    return f"{_WAKE}{nonce}"


def is_drill(event: str) -> bool:
    """Return whether the wake of an event is a drill's: what is decided then is always told."""
    return event.startswith(_WAKE)


def state_reason(nonce: str) -> str:
    """Return the reason with which a drill sets an alarm's state."""
    return f"{_REASON}{nonce}: it rings for practice"


def nonce_of(reason: str) -> str | None:
    """Return the nonce of the drill that set an alarm's state with this reason; None: no drill did."""
    return reason.removeprefix(_REASON).partition(":")[0] if reason.startswith(_REASON) else None


def choose_signal(profile: Profile, wanted: str) -> str:
    """Return the signal whose alarm rings: the one that was named, or the first with an alarm of Tidegate's own.

    An alarm that somebody else keeps may page people, or scale: it is left alone. Raises `Refused`.
    """
    own = [name for name, one in profile.signal.items() if not one.alarm] if profile.size.mode == "tend" else []
    if not own:
        raise Refused("the fleet's profile has no signal with an alarm of Tidegate's own: none may ring")
    if wanted and wanted not in own:
        raise Refused(f"{wanted!r} is no signal with an alarm of Tidegate's own: name one of {', '.join(own)}")
    return wanted or own[0]


def may_ring(alarm: str, state: str | None) -> str:
    """Return the state of an alarm before it rings. Raises `Refused` for one that can't, since only changes ring."""
    if state is None:
        raise Refused(f"there is no alarm {alarm} yet: the sweep makes it within minutes of the group's tag")
    if state == RINGING:
        raise Refused(f"{alarm} rings already, and the fleet is looked at every minute: wait until it is over")
    return state


def proved(drill: Live, decided: float | None, state: str | None) -> tuple[Check, ...]:
    """Return what an alarm's drill proved; `state` is the alarm's, None if it is gone."""
    said = "no decision in the journal" if decided is None else f"{decided - drill.started:.1f} s after the alarm"
    return (
        Check("fleet woken, decision journaled", decided is not None, said),
        Check("alarm's state restored", state == drill.before, f"{state or 'the alarm is gone'}, was {drill.before}"),
    )


def alarm_report(drill: Live, checks: Sequence[Check]) -> dict[str, str | float | bool | None]:
    """Return the values under which the journal keeps the report; that of a model's drill has the same form."""
    about = {"drill": "capacity-alarm", "group": drill.group, "alarm": drill.alarm}
    if drill.model:
        about = {"drill": "throttle", "model": drill.model, "route": drill.route}
    return {
        **about,
        "nonce": drill.nonce,
        "started": drill.started,
        "passed": all(check.passed for check in checks),
        "said": "; ".join(f"{check.name}: {check.said}" for check in checks),
    }
