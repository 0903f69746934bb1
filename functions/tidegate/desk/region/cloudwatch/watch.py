"""Evaluates alarms on the Region's clock, which moto never does, and tells of every transition.

Source: AmazonCloudWatch/latest/monitoring/alarm-evaluation.html: every minute, or every ten seconds where an alarm's
period is below one. In an account each alarm has a second of its own; here all have the same, a little after the
minute (or the ten seconds) is over, when its datapoints have arrived.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.core.utils import unix_time, utcnow

from tidegate.desk.region.cloudwatch import rules, telling
from tidegate.desk.region.cloudwatch.alarm import rhythm_of, rule_of, values_until
from tidegate.desk.region.cloudwatch.verdict import judge
from tidegate.desk.region.world import World

PHASE_SECONDS: Final = 5.0
"""How long after the end of a period alarms are evaluated; assumed, CloudWatch publishes no figure."""

type Tell = Callable[[dict[str, Any]], None]
"""Takes a state change event to the bus."""


class Watch:
    """Looks at the alarms of one Region. It is idle while there are none."""

    def __init__(self, world: World, tell: Tell) -> None:
        self._world: Final = world
        self._tell: Final = tell
        self._planned: float | None = None

    def begin(self, backend: CloudWatchBackend, alarm: Alarm) -> None:
        """Evaluate an alarm from now on; a composite one follows its children instead."""
        if alarm.rule is None:
            self._plan(backend, rhythm_of(alarm))

    def _plan(self, backend: CloudWatchBackend, rhythm: int) -> None:
        """Look again when the next period is over, unless a look is planned before."""
        now = unix_time()
        due = (now - PHASE_SECONDS + 0.001) // rhythm * rhythm + rhythm + PHASE_SECONDS
        if self._planned is None or due < self._planned:
            self._planned = due
            self._world.after(due - now, lambda: self._look(backend, due))

    def _look(self, backend: CloudWatchBackend, due: float) -> None:
        if self._planned != due:
            return
        self._planned = None
        end = due - PHASE_SECONDS
        rhythms = {each.name: rhythm_of(each) for each in backend.alarms.values() if each.rule is None}
        for name, rhythm in sorted(rhythms.items()):
            if end % rhythm == 0:
                self.evaluate(backend, backend.alarms[name], end)
        if rhythms:
            self._plan(backend, min(rhythms.values()))

    def evaluate(self, backend: CloudWatchBackend, alarm: Alarm, end: float) -> None:
        """Judge the datapoints of the periods up to `end` (seconds since 1970); only another state is a transition."""
        rule, values = rule_of(alarm), values_until(backend, alarm, end)
        verdict = judge(rule, [value for _, value in values])
        if verdict and verdict.state != alarm.state_value:
            said = telling.reason(rule, verdict, values)
            self.change(backend, alarm, verdict.state, said, telling.reason_data(alarm, rule, verdict, values))

    def change(self, backend: CloudWatchBackend, alarm: Alarm, state: str, reason: str, data: str) -> None:
        """Give an alarm a state."""
        previous = telling.state_of(alarm)
        alarm.update_state(reason, data, state)
        self.changed(backend, alarm, previous)

    def changed(self, backend: CloudWatchBackend, alarm: Alarm, previous: Mapping[str, Any]) -> None:
        """Another state than the previous one is told to the bus, and to the composite alarms above."""
        before, state = previous["value"], alarm.state_value
        if state == before:
            return
        vars(alarm)["state_transitioned_timestamp"] = utcnow()
        text = f"alarm {alarm.name}: {before} -> {state}: {alarm.state_reason}"
        self._world.record("aws", "alarm", text, alarm=alarm.name, previous=before, state=state)
        self._tell(telling.event(alarm, previous))
        for each in sorted(backend.alarms.values(), key=lambda one: one.name):
            if each.rule is not None and alarm.name in rules.children(each.rule):
                self.compose(backend, each, alarm)

    def compose(self, backend: CloudWatchBackend, alarm: Alarm, child: Alarm | None = None) -> None:
        """Evaluate a composite alarm, since one of its children has changed or it was put itself."""
        states = {each.name: each.state_value for each in backend.alarms.values()}
        state = "ALARM" if rules.holds(alarm.rule or "", lambda name: states.get(name, "")) else "OK"
        if state == alarm.state_value:
            return
        if child:
            now = datetime.fromtimestamp(unix_time(), UTC)
            reason = f"{child.alarm_arn} transitioned to {child.state_value} at {now:%A %d %B, %Y %H:%M:%S} UTC"
        else:
            reason = f"{alarm.alarm_arn} was created and its alarm rule evaluates to {state}"
        causes = [child] if child else [backend.alarms[name] for name in sorted(rules.children(alarm.rule or ""))]
        self.change(backend, alarm, state, reason, triggering(causes))


def triggering(alarms: list[Alarm]) -> str:
    """Return a composite's reason for machines."""
    told = [{"arn": each.alarm_arn, "state": brief(each)} for each in alarms]
    return json.dumps({"triggeringAlarms": told}, separators=(",", ":"))


def brief(alarm: Alarm) -> dict[str, str]:
    """Return a child's state as its composite tells it."""
    state = telling.state_of(alarm)
    return {"value": state["value"], "timestamp": state["timestamp"]}
