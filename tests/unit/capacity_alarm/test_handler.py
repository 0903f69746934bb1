"""What the handler does with its messages: wakes, hands them back, buries them with a reason, or lets them go."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.fakes import NOW, group
from tests.waking_fakes import FakeSurroundings, emitted, message
from tidegate.fleet.group import Group
from tidegate.loop.mail import Message
from tidegate.policy.profile import Profile
from tidegate.policy.signal import Signal
from tidegate.reactions.capacity_alarm.handler import World, respond

CPU = "tidegate/dev/cpu/chat"


pytestmark = pytest.mark.usefixtures("stage")


@dataclass
class FakeWorld(FakeSurroundings):
    """The world in memory, with one fleet whose profile adopts an alarm."""

    def fleets(self) -> Mapping[str, Group]:
        self.call("fleets")
        return {"batch": group("batch", 1, profile="adopting")}

    def respond(self, *messages: Message) -> list[str]:
        """Return the ids of the messages that are to be delivered again."""
        profiles = {"adopting": Profile(signal={"load": Signal(alarm="{group}-busy")})}
        world = World("dev", profiles, self.fleets, self.doors)
        return [one["itemIdentifier"] for one in respond(messages, world, self, NOW)["batchItemFailures"]]


def rings(
    name: str = CPU, *, number: int = 1, ago: float = 2, receives: int = 1, drill: str = "", value: str = "ALARM"
) -> Message:
    state = {"value": value, "reason": "Threshold Crossed"}
    detail = {"alarmName": name, "state": state, "previousState": {"value": "OK"}}
    kind = "CloudWatch Alarm State Change"
    return message(kind, "aws.cloudwatch", detail, number=number, ago=ago, receives=receives, drill=drill)


def test_an_alarm_of_ours_wakes_its_fleet_without_looking_at_any() -> None:
    world = FakeWorld()
    assert (world.respond(rings()), world.woken, world.calls) == ([], [("fleet/chat", "e1")], ["send"])


def test_an_adopted_one_is_looked_for_among_the_fleets_once_for_all_of_a_batch() -> None:
    world = FakeWorld()
    assert world.respond(rings("batch-busy"), rings("nobody-busy", number=2), rings(number=3)) == []
    assert (world.woken, world.calls) == ([("fleet/batch", "e1"), ("fleet/chat", "e3")], ["fleets", "send"])


def test_two_alarms_of_a_fleet_wake_it_under_both_their_ids_and_the_same_event_twice_once() -> None:
    world = FakeWorld()
    world.respond(rings(), rings(), rings("tidegate/dev/memory/chat", number=2))
    assert (world.woken, world.calls) == ([("fleet/chat", "e1"), ("fleet/chat", "e2")], ["send"])


def test_a_drill_needs_its_record_and_nothing_else_asks_for_one() -> None:
    world = FakeWorld()
    assert (
        world.respond(rings(drill="n1"), rings(number=2, drill="n2"), rings("batch-busy", number=3, drill="n2")) == []
    )
    assert world.woken == [("fleet/chat", "drill-n1")]
    assert "fleets" not in world.calls


TROUBLES = {
    "when waking fails all that would wake": (("send",), ["m1", "m2"], "waking failed: Throttling"),
    "when looking fails what had to be looked for": (("fleets",), ["m2"], "looking failed: Throttling"),
    "when a record can't be read its drill": (
        ("drill_target",),
        ["m3"],
        "looking for the record of drill n2 failed: Throttling",
    ),
}


@pytest.mark.parametrize(("failing", "again", "why"), TROUBLES.values(), ids=TROUBLES)
def test_what_fails_is_delivered_again_and_buried_with_its_reason_at_last(
    failing: tuple[str, ...], again: list[str], why: str
) -> None:
    def messages(receives: int) -> list[Message]:
        ours, adopted = rings(receives=receives), rings("batch-busy", number=2, receives=receives)
        return [ours, adopted, rings(number=3, receives=receives, drill="n2"), rings(number=4, ago=4000)]

    assert FakeWorld(failing).respond(*messages(4)) == again
    world = FakeWorld(failing)
    assert (world.respond(*messages(5)), world.letters) == ([], [(one, why) for one in again])
    assert ("fleet/chat", "e1") in world.woken or failing == ("send",)


def test_the_metrics_say_what_came_and_why_nobody_was_woken(capsys: pytest.CaptureFixture[str]) -> None:
    messages = [rings(), rings("nobody-busy", number=2, ago=9), rings(number=3, value="OK"), rings(number=4, ago=4000)]
    FakeWorld(("send",)).respond(*messages, Message("poison", "{", 1))
    assert emitted(capsys.readouterr().out, "kind", "reason") == {
        ("EventAge",): [4000.0],
        ("Received", "alarm"): [4.0],
        ("NoAction", "no_fleet"): [1.0],
        ("NoAction", "not_alarm"): [1.0],
        ("NoAction", "stale"): [1.0],
        ("Troubled",): [1.0],
        ("Unreadable",): [1.0],
    }
