"""Reads the events of alarms of fleets, which are CloudWatch's own: `reactions/alarm.py` has one."""

from tidegate.reactions import event as envelope
from tidegate.reactions.alarm import Alarm, read_alarm


def read(body: str) -> Alarm:
    """Read the body of one message of the reaction's queue.

    Raises:
        Unreadable: it is no JSON object, or a field is missing or outside of what CloudWatch sends.
    """
    return envelope.read(body, read_alarm)
