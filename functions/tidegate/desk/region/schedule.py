"""EventBridge Scheduler and what it starts: asynchronous invocations, which Lambda repeats when they fail.

Sources: scheduler/latest/UserGuide/schedule-types.html, managing-schedule-context-attributes.html. In an account an
invocation comes at some second of its minute; here it comes at the first.
"""

from typing import Any, Final

from tidegate.desk.region.app import Schedule
from tidegate.desk.region.events import iso_time
from tidegate.desk.region.function import Function
from tidegate.desk.region.world import World

WAITS: Final = (60.0, 120.0)
"""Seconds before the second and the third attempt of an asynchronous invocation; there is no fourth.

Source: lambda/latest/dg/invocation-async-error-handling.html"""


def start(world: World, schedule: Schedule, function: Function) -> None:
    """Invoke the function at the schedule's rate, for the first time one period from now."""

    def due() -> None:
        start(world, schedule, function)
        invoke_asynchronously(world, schedule, function, {"time": iso_time()})

    world.after(schedule.seconds, due)


def invoke_asynchronously(world: World, schedule: Schedule, function: Function, event: Any) -> None:
    """Invoke a function as InvocationType=Event does, and again while its EventInvokeConfig lets Lambda."""
    what, accepted = f"its schedule of {event['time']}", world.now()

    def attempt(number: int) -> None:
        answer = function.invoke(event, what, attempt=number + 1)
        if not answer.error:
            return
        again = number < schedule.retries and world.now() + WAITS[number] - accepted <= schedule.max_age
        text = f"is invoked again in {WAITS[number]:.0f} s" if again else "is not invoked again: the event is dropped"
        name = function.shape.full_name
        world.record("lambda", "kept" if again else "dropped", f"{name} {text}", function=function.shape.name)
        if again:
            world.invoke_after(WAITS[number], lambda: attempt(number + 1), rank=function.shape.rank)

    world.invoke_after(0, lambda: attempt(0), rank=function.shape.rank)
