"""Which alarms wake fleets, and how the queue of their events delivers them: plain data, and the rules of a policy.

An alarm that we keep is told by the prefix of its name; one that a profile adopts, by what the profile says of its
name. A profile that leaves the size alone follows no alarm.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tidegate.policy.alarm import prefix
from tidegate.policy.profile import Profile
from tidegate.policy.signal import GROUP
from tidegate.reactions.alarm_pattern import Filter, Pattern, rings

OWN: Final = "OwnAlarms"
ADOPTED: Final = "AdoptedAlarms"
"""Names of the rules; the second is followed by a number."""

LONGEST_PATTERN: Final = 2048
"""Characters of a rule's pattern, the default quota.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"""

MAX_EVENT_AGE_SECONDS: Final = 3600
"""An alarm says *look now*. The sweep has looked within ten minutes anyway, so an hour is long enough to be news."""

BATCH_SIZE: Final = 10
"""Messages in one invocation; no batching window, which may hold a lone alarm back for up to 20 s."""

FUNCTION_TIMEOUT_SECONDS: Final = 20
"""Adopted alarms make it look at all fleets: one call for every 100 groups."""

VISIBILITY_TIMEOUT_SECONDS: Final = 25
"""Above the function's timeout."""

MAX_RECEIVES: Final = 5
"""Deliveries within two minutes; by then the sweep looks as well."""


def rules(stage: str, profiles: Mapping[str, Profile]) -> dict[str, Pattern]:
    """Return event patterns by the names of their rules: one for our own alarms, and those for what profiles adopt."""
    filters = list(dict.fromkeys(json.dumps(name_filter(alarm)) for alarm in _adopted(profiles)))
    groups = enumerate(_packed([json.loads(one) for one in filters]), 1)
    return {OWN: rings([{"prefix": prefix(stage)}]), **{f"{ADOPTED}{number}": some for number, some in groups}}


def name_filter(alarm: str) -> Filter:
    r"""Return what matches the name of an adopted alarm, in which `{group}` may stand for any group's name.

    A prefix or a suffix where one does: rules with wildcards are limited to 30 on a bus, and get slow where their
    beginnings are alike. In a wildcard `\` escapes `*` and itself, and two wildcards may not stand side by side.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
    """
    if GROUP not in alarm:
        return alarm
    first, *between, last = alarm.split(GROUP)
    between = [one for one in between if one]
    if between or (first and last):
        return {"wildcard": "*".join(_escaped(one) for one in (first, *between, last))}
    if first or last:
        return {"prefix": first} if first else {"suffix": last}
    return {"exists": True}


def _adopted(profiles: Mapping[str, Profile]) -> Iterator[str]:
    tended = (profile for profile in profiles.values() if profile.size.mode == "tend")
    return (signal.alarm for profile in tended for signal in profile.signal.values() if signal.alarm)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*")


def _packed(filters: Iterable[Filter]) -> Iterator[Pattern]:
    """Put as many filters into each pattern as it may hold."""
    some: list[Filter] = []
    for one in filters:
        if some and len(json.dumps(rings([*some, one]))) > LONGEST_PATTERN:
            yield rings(some)
            some = []
        some.append(one)
    if some:
        yield rings(some)
