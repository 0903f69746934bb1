"""How the alarms of fleets are named: whose an alarm is can be told from its name alone."""

from hashlib import sha256
from typing import Final

from tidegate.policy.signal import GROUP, Signal

RINGING: Final = "ALARM"
"""The state of an alarm whose metric is beyond its threshold, as CloudWatch calls it."""

LONGEST: Final = 255
"""Characters of an alarm's name.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""

_CUT: Final = "~"
_DIGEST: Final = 16


def prefix(stage: str) -> str:
    """Return what the names of all alarms begin with that Tidegate keeps for the fleets of a stage."""
    return f"tidegate/{stage}/"


def alarm_name(stage: str, signal: str, group: str) -> str:
    """Return the name of the alarm on a fleet's signal; a digest stands for the end of one that would be too long."""
    name = f"{prefix(stage)}{signal}/{group}"
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - _DIGEST - 1]}{_CUT}{sha256(group.encode()).hexdigest()[:_DIGEST]}"


def owner(stage: str, name: str) -> tuple[str, str] | None:
    """Return (signal, group) of an alarm of this stage; None for any other, and for one whose name was cut."""
    signal, slash, group = name.removeprefix(prefix(stage)).partition("/")
    ours = name.startswith(prefix(stage)) and slash and group
    return (signal, group) if ours and alarm_name(stage, signal, group) == name and not _was_cut(name) else None


def adopted_name(alarm: str, group: str) -> str:
    """Return the name of the alarm that a profile adopts for a group."""
    return alarm.replace(GROUP, group)


def name_of(stage: str, name: str, signal: Signal, group: str) -> str:
    """Return the name of the alarm on a group's signal, whoever keeps it."""
    return adopted_name(signal.alarm, group) if signal.alarm else alarm_name(stage, name, group)


def _was_cut(name: str) -> bool:
    return len(name) == LONGEST and name[-_DIGEST - 1] == _CUT
