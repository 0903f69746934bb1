"""What every handler that does no more than wake does with what nobody can read."""

from collections.abc import Callable

import pytest

from tests.unit.bedrock_throttling.test_handler import FakeWorld as Models
from tests.unit.bedrock_throttling.test_handler import tells
from tests.unit.capacity_alarm.test_handler import FakeWorld as Alarms
from tests.unit.capacity_alarm.test_handler import rings
from tests.unit.launch_failure.test_handler import FakeWorld as Launches
from tests.unit.launch_failure.test_handler import fails
from tidegate.loop.mail import Message

pytestmark = pytest.mark.usefixtures("stage")

type World = Alarms | Launches | Models
POISON = Message("poison", "{", 1)
HANDLERS: dict[str, tuple[type[World], Callable[[], Message], str]] = {
    "alarms": (Alarms, rings, "fleet/chat"),
    "failed launches": (Launches, fails, "fleet/chat"),
    "reports": (Models, tells, "model/chat"),
}


@pytest.mark.parametrize(("make", "event", "target"), HANDLERS.values(), ids=HANDLERS)
def test_what_cannot_be_read_is_buried_once_and_holds_nothing_up(
    make: type[World], event: Callable[[], Message], target: str
) -> None:
    world = make()
    assert world.respond(POISON, event()) == []
    assert [one for one, _ in world.letters] == ["poison"]
    assert world.letters[0][1].startswith("unreadable: the message is no JSON")
    assert world.woken == [(target, "e1")]


@pytest.mark.parametrize("make", [Alarms, Launches, Models])
def test_when_even_the_dead_letter_queue_fails_the_message_stays_in_its_queue(make: type[World]) -> None:
    assert make(("bury",)).respond(POISON) == ["poison"]
