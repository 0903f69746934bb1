"""Reads how a stage is: mode, switch, fleets, mixes, models, incidents, the drill under way, dead letters, alarms."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import batched
from typing import Final

from botocore.exceptions import ClientError

from tidegate.desk.operate import mixes, models
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.mixes import Mixed
from tidegate.desk.operate.models import Seen
from tidegate.desk.trouble import denied, lacking
from tidegate.fleet.drill import Live
from tidegate.fleet.drilled import Drills
from tidegate.fleet.group import Group
from tidegate.fleet.incident import Incident
from tidegate.journal import layout
from tidegate.policy.mode import Mode, misspelt, read_mode

_INBOX: Final = re.compile(r"InboxQueue[0-9A-F]{8}")
"""Logical ids of the queues that functions drain; any other queue of the stack holds dead letters."""

_ALARMS_A_CALL: Final = 100  # DescribeAlarms, AlarmNames


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm of the stage, and what it says of itself."""

    name: str
    state: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a stage is. What is None could not be read, and `unread` says why."""

    mode: Mode
    misread: tuple[str, ...]
    swept: float | None
    """Epoch seconds of the minute of the last sweep."""

    fleets: Mapping[str, Group]
    mixes: Mapping[str, Mixed] | None
    """What those with a mixed instances policy are made of."""

    models: tuple[Seen, ...] | None
    """Without their decisions."""

    incidents: tuple[Incident, ...]
    drill: Live | None
    dead_letters: Mapping[str, int] | None
    alarms: tuple[Alarm, ...] | None
    unread: tuple[str, ...]


def read(deployed: Deployed) -> Status:
    """Read how a stage is: some ten calls, one for each target with open incidents, one for every 100 fleets."""
    said, journal = deployed.parameters(), deployed.journal()
    drills, sweep = Drills(journal), journal.get(layout.SWEEP)
    names = sorted(
        name for one, incident in journal.open_targets().items() if incident and (name := layout.fleet_name(one))
    )
    live = drills.live()
    under_way = live if live and not live.over and live.expires > deployed.ports.now() else None
    unread: list[str] = []
    fleets = deployed.groups().all_fleets()
    return Status(
        mode=read_mode(*said),
        misread=misspelt(*said),
        swept=60.0 * float(sweep["minute"]) if sweep else None,
        fleets=fleets,
        mixes=_perhaps(lambda: mixes.read(journal, fleets), unread),
        models=_perhaps(lambda: models.in_stage(deployed, told=False), unread),
        incidents=tuple(one for name in names for one in drills.open_incidents(name)),
        drill=under_way,
        dead_letters=_perhaps(lambda: _dead_letters(deployed), unread),
        alarms=_perhaps(lambda: _alarms(deployed), unread),
        unread=tuple(dict.fromkeys(unread)),
    )


def _perhaps[T](look: Callable[[], T], unread: list[str]) -> T | None:
    """Look at what not everybody may see: the rest of the status is worth having without it."""
    try:
        return look()
    except ClientError as error:
        if not denied(error):
            raise
        unread.append(lacking(error))
        return None


def _dead_letters(deployed: Deployed) -> dict[str, int]:
    """Count what stands in the queues of dead letters: one call for each."""
    sqs, found = deployed.ports.client("sqs"), dict[str, int]()
    for logical, url in sorted(deployed.ports.stacks.parts(deployed.stack.name, "AWS::SQS::Queue").items()):
        if _INBOX.search(logical):
            continue
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        found[url.rsplit("/", 1)[-1]] = sum(int(counts[name]) for name in names)
    return found


def _alarms(deployed: Deployed) -> tuple[Alarm, ...]:
    """Read the alarms of the stack: one call for every 100."""
    names = sorted(deployed.ports.stacks.parts(deployed.stack.name, "AWS::CloudWatch::Alarm").values())
    client, found = deployed.ports.client("cloudwatch"), list[Alarm]()
    for some in batched(names, _ALARMS_A_CALL, strict=False):
        answer = client.describe_alarms(AlarmNames=list(some), MaxRecords=_ALARMS_A_CALL)["MetricAlarms"]
        found += [Alarm(one["AlarmName"], one["StateValue"], one.get("AlarmDescription", "")) for one in answer]
    return tuple(found)
