"""What a drill or a test lets AWS do: events, spot interruptions, launches that fail."""

from collections.abc import Mapping
from typing import Any

from tidegate.desk.region import events
from tidegate.desk.region.autoscaling import interruption, shortage
from tidegate.desk.region.autoscaling.group import found
from tidegate.desk.region.fleet import Machine
from tidegate.desk.region.notices import warning
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.view import View


class Happenings(View):
    """The part of `Region` by which things happen that neither Tidegate nor a person does."""

    def emit(self, event: Mapping[str, Any], *, delay: float = 0.0, copies: int = 1) -> None:
        """Put an event on the bus as AWS itself does, `delay` seconds from now and `copies` times."""
        about = event.get("detail", {}).get("instance-id", "")

        def send() -> None:
            for _ in range(copies):
                matched = events.deliver(self.world, ACCOUNT, REGION, event)
                text = f"{event.get('detail-type', 'event')} {about}" + ("" if matched else ", which no rule matches")
                self.world.record("aws", "event", text, id=event.get("id"), instance=about, rules=matched)

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

    def launches_fail(self, group: str, message: str, *, until: float | None = None) -> None:
        """Let a group's launches fail from now until a moment of the Region (seconds), or until they succeed again.

        A message that begins with "Could not launch Spot Instances." or "Could not launch On-Demand Instances." is
        about that purchase option alone, as it is in an account.
        """
        short = shortage.Shortage(message, float("inf") if until is None else until)
        shortage.declare(found(self.backend, group), short)

    def launches_succeed(self, group: str) -> None:
        """Let a group's launches succeed again: the next attempt does, whenever Auto Scaling makes it."""
        shortage.declare(found(self.backend, group), None)
