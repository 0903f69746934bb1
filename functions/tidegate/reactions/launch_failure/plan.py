"""Which fleets failed launches wake, and which of them a person must see: pure rules."""

from collections.abc import Collection, Mapping

from tidegate.fleet.launches import Failure
from tidegate.journal import layout
from tidegate.policy.profile import PROFILE_TAG
from tidegate.reactions.launch_failure.event import FailedLaunch
from tidegate.reactions.verdict import Verdict, disbelief, waking


def dismissed(launch: FailedLaunch, drills: Mapping[str, str], now: float) -> Verdict[FailedLaunch] | None:
    """Return why a failed launch asks for nothing, whosever it is; None: it may ask for something.

    `drills` are the targets that live records of drills name, by nonce. `now` is in epoch seconds.
    """
    if launch.into_warm_pool:
        return Verdict(launch, "into_warm_pool", f"{launch.group} fails to fill its warm pool, which serves nobody yet")
    return disbelief(launch, drills, now)


def verdict(launch: FailedLaunch, fleets: Collection[str], drills: Mapping[str, str]) -> Verdict[FailedLaunch]:
    """Decide whether a failed launch that is not dismissed wakes its group; `fleets` bear the opt-in tag."""
    if launch.group not in fleets:
        nobody = f"{launch.group} could not launch a machine, and is gone or doesn't bear the tag {PROFILE_TAG}"
        return Verdict(launch, "no_fleet", nobody)
    failed = f"a launch failed ({launch.failure}): {launch.failure.text or 'no reason was given'}"
    return waking(launch, (layout.fleet(launch.group),), drills, failed)


def needs_a_person(failure: Failure) -> bool:
    """Return whether a failure is one that nobody but a person can end.

    What permits a fallback ends by that: on-demand machines stand in for spot capacity and quota. On-demand capacity
    and quota have no stand-in, a configuration doesn't mend itself, and what nobody has classified has to be read. So
    has a message without a market: without a mixed instances policy nothing could stand in either.
    """
    return not failure.permits_fallback
