"""Which fleets an alarm wakes: pure rules, from what an event says to a verdict with a reason."""

from collections.abc import Iterable, Iterator, Mapping

from tidegate.fleet.group import Group
from tidegate.journal import layout
from tidegate.policy.alarm import name_of, owner
from tidegate.policy.profile import Profile
from tidegate.reactions.alarm import Alarm
from tidegate.reactions.verdict import Verdict, Wake, waking


def tells_its_fleet(alarm: Alarm, stage: str) -> bool:
    """Return whether the name alone says whose alarm it is: ours, and not cut."""
    return owner(stage, alarm.name) is not None


def verdict(
    alarm: Alarm, stage: str, profiles: Mapping[str, Profile], fleets: Mapping[str, Group], drills: Mapping[str, str]
) -> Verdict[Alarm]:
    """Decide which fleets an alarm wakes that is not dismissed; `fleets` are all that bear the opt-in tag.

    Where the alarm's name tells its fleet, `fleets` may be empty: whether that is still one, the look will show.
    """
    ours = owner(stage, alarm.name)
    found = (ours[1],) if ours else tuple(_followers(alarm.name, stage, profiles, fleets.values()))
    if not found:
        return Verdict(alarm, "no_fleet", f"{alarm.name} is the alarm of no fleet that Tidegate keeps the size of")
    return waking(alarm, tuple(map(layout.fleet, found)), drills, alarm.why)


def wakes(verdicts: Iterable[Verdict[Alarm]]) -> Iterator[Wake]:
    """Return each wake.

    One for each alarm, even if several are one fleet's: an id that stood for some of them would be taken for a
    repetition when one of them had woken the fleet before.
    """
    return ((target, one.event.wake_id, one.reason) for one in verdicts for target in one.targets)


def _followers(alarm: str, stage: str, profiles: Mapping[str, Profile], fleets: Iterable[Group]) -> Iterator[str]:
    """Yield the fleets whose size follows an alarm: it is ours by a name that was cut, or their profile adopts it."""
    for group in fleets:
        profile = profiles.get(group.profile)
        if profile and profile.size.mode == "tend" and alarm in _names(group.name, stage, profile):
            yield group.name


def _names(group: str, stage: str, profile: Profile) -> Iterator[str]:
    for name, signal in profile.signal.items():
        yield name_of(stage, name, signal, group)
