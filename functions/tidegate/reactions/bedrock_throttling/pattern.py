"""Which events wake models, and how the queue of their events delivers them: plain data, for one stage.

What clients report is the fast signal, within seconds; the alarms of Bedrock's own metrics follow within minutes, and
see what no client of ours does. Reports of another stage on the same bus are no business of this one.
"""

from typing import Final

from tidegate.policy.report import DETAIL_TYPE, SOURCE
from tidegate.policy.throttle_alarm import prefix
from tidegate.reactions.alarm_pattern import Pattern, rings

REPORT_SOURCES: Final = [SOURCE, "tidegate.drill"]
"""That of applications, and ours for drills."""

ALARMS: Final = "ThrottleAlarms"
REPORTS: Final = "ClientReports"
"""Names of the rules."""

MAX_EVENT_AGE_SECONDS: Final = {ALARMS: 3600, REPORTS: 300}
"""An alarm says *look now*, and the sweep has looked within ten minutes anyway. A report says what a route did in the
last seconds: minutes later it may do otherwise, and who is still failed tells again."""

BATCH_SIZE: Final = 10
"""Messages in one invocation; no batching window, which may hold a lone report back for up to 20 s."""

FUNCTION_TIMEOUT_SECONDS: Final = 10
"""One write of the reports of a batch, and one call to wake."""

VISIBILITY_TIMEOUT_SECONDS: Final = 15
"""Above the function's timeout."""

MAX_RECEIVES: Final = 5
"""Deliveries within little more than a minute; by then the sweep looks as well."""


def rules(stage: str) -> dict[str, Pattern]:
    """Return event patterns by the names of their rules."""
    reports = {"source": REPORT_SOURCES, "detail-type": [DETAIL_TYPE], "detail": {"stage": [stage]}}
    return {ALARMS: rings([{"prefix": prefix(stage)}]), REPORTS: reports}
