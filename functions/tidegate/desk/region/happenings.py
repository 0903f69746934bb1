"""What a drill or a test lets AWS do: events, spot interruptions, metrics."""

from collections.abc import Callable, Mapping
from typing import Any

from tidegate.desk.region import events
from tidegate.desk.region.autoscaling import interruption
from tidegate.desk.region.cloudwatch import series
from tidegate.desk.region.cloudwatch.gauges import Gauge
from tidegate.desk.region.fleet import Fleet, Machine
from tidegate.desk.region.notices import warning
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.view import View


class Happenings(View):
    """The part of `Region` by which things happen that neither Tidegate nor a person does."""

    alarm_copies = 1
    """How often the bus delivers each event of an alarm: at least once is all that EventBridge promises."""

    def emit(self, event: Mapping[str, Any], *, delay: float = 0.0, copies: int = 1) -> None:
        """Put an event on the bus as AWS itself does, `delay` seconds from now and `copies` times."""
        detail = event.get("detail", {})
        instance = detail.get("instance-id", "")
        about = instance or detail.get("alarmName", "")

        def send() -> None:
            for _ in range(copies):
                matched = events.deliver(self.world, ACCOUNT, REGION, event)
                text = f"{event.get('detail-type', 'event')} {about}" + ("" if matched else ", which no rule matches")
                self.world.record("aws", "event", text, id=event.get("id"), instance=instance, rules=matched)

        if delay:
            self.world.after(delay, send)
        else:
            send()

    def interrupt(self, machine: Machine | str, *, after: float = 120.0, notice: bool = True) -> None:
        """Take a spot machine back: its warning now (unless `notice` is False), its end `after` seconds later."""
        instance = machine if isinstance(machine, str) else machine.id
        if notice:
            self.emit(warning(machine))
        self.world.after(after, lambda: interruption.kill(self.world, self.backend, instance))

    def load(self, fleet: Fleet | str, load: Callable[[float], float]) -> Gauge:
        """Give a fleet work to do: AWS/EC2 CPUUtilization of its group, every minute, from the end of this one on.

        `load` takes the seconds since the Region began and returns machines' worth of work (capacity units, if the
        group has weights). It is shared by what is in service; while nothing is, nothing reports.
        """
        name = fleet if isinstance(fleet, str) else fleet.name

        def read() -> tuple[float, float] | None:
            there = self.fleets[name]
            return (min(100.0, 100 * load(self.world.now()) / there.capacity), there.size) if there.size else None

        of = series.metric("AWS/EC2", "CPUUtilization", [{"Name": "AutoScalingGroupName", "Value": name}])
        return Gauge(self.world, self.cloudwatch, of, series.STANDARD_SECONDS, read)

    def signal(
        self,
        fleet: Fleet | str,
        namespace: str,
        name: str,
        value: Callable[[float, int], float | None],
        *,
        period: int = series.STANDARD_SECONDS,
        dimensions: Mapping[str, str] | None = None,
    ) -> Gauge:
        """Report a metric about a fleet every 60 s, or every 10 s (or 1) as one of high resolution.

        `value` takes the seconds since the Region began and the number of machines in service; None reports nothing.
        Without `dimensions` there is one, AutoScalingGroupName. `die()` of the answer ends the reports.
        """
        group = fleet if isinstance(fleet, str) else fleet.name
        named = {"AutoScalingGroupName": group} if dimensions is None else dimensions

        def read() -> tuple[float, float] | None:
            got = value(self.world.now(), self.fleets[group].size)
            return None if got is None else (got, 1)

        of = series.metric(namespace, name, [{"Name": key, "Value": each} for key, each in named.items()])
        return Gauge(self.world, self.cloudwatch, of, period, read)
