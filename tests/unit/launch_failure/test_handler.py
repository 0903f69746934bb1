"""What the handler does with its messages: wakes, hands them back, buries them with a reason, or lets them go."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pytest

from tests.fakes import NOW, group
from tests.waking_fakes import FakeSurroundings, emitted, message
from tidegate.fleet.group import Group
from tidegate.loop.mail import Message
from tidegate.reactions.launch_failure.handler import World, respond

SPOT = "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity."
SPOT_QUOTA = "Could not launch Spot Instances. MaxSpotInstanceCountExceeded"
ON_DEMAND = "Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient."
NEVER_SEEN = "The tide\nis out."

pytestmark = pytest.mark.usefixtures("stage")


@dataclass
class FakeWorld(FakeSurroundings):
    """The world in memory, with two fleets."""

    looked_for: list[set[str]] = field(default_factory=list[set[str]])

    def fleets(self, names: Collection[str]) -> Mapping[str, Group]:
        self.looked_for.append(set(names))
        self.call("fleets")
        return {name: group(name, 1) for name in names if name in ("chat", "batch")}

    def respond(self, *messages: Message) -> list[str]:
        """Return the ids of the messages that are to be delivered again."""
        answer = respond(messages, World(self.fleets, self.doors), self, NOW)
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def fails(
    name: str = "chat",
    text: str = SPOT,
    *,
    number: int = 1,
    ago: float = 2,
    receives: int = 1,
    drill: str = "",
    destination: str = "AutoScalingGroup",
) -> Message:
    detail = {"AutoScalingGroupName": name, "StatusMessage": text, "Destination": destination}
    kind = "EC2 Instance Launch Unsuccessful"
    return message(kind, "aws.autoscaling", detail, number=number, ago=ago, receives=receives, drill=drill)


def test_a_failed_launch_wakes_its_fleet_after_one_look_at_the_groups_of_the_batch_alone() -> None:
    world = FakeWorld()
    assert world.respond(fails(), fails("batch", number=2), fails("other", number=3)) == []
    assert world.woken == [("fleet/chat", "e1"), ("fleet/batch", "e2")]
    assert (world.calls, world.looked_for) == (["fleets", "send"], [{"chat", "batch", "other"}])


def test_a_group_that_fails_again_and_again_is_woken_once_for_a_batch() -> None:
    world = FakeWorld()
    world.respond(*(fails(number=number, ago=20 - number) for number in range(10)))
    assert (world.woken, world.calls) == ([("fleet/chat", "e9")], ["fleets", "send"])


def test_launches_into_warm_pools_wake_nobody_and_need_no_look() -> None:
    world = FakeWorld()
    assert (world.respond(fails(destination="WarmPool")), world.calls) == ([], [])


def test_a_drill_needs_its_record_and_nothing_else_asks_for_one() -> None:
    world = FakeWorld()
    assert world.respond(fails(drill="n1"), fails(number=2, drill="n2"), fails("batch", number=3, drill="n1")) == []
    assert world.woken == [("fleet/chat", "drill-n1")]
    world = FakeWorld()
    world.respond(fails())
    assert "drill_target" not in world.calls


TROUBLES = {
    "when waking fails all that would wake": (("send",), ["m1", "m2"], "waking failed: Throttling"),
    "when looking fails all that was looked for": (("fleets",), ["m1", "m2", "m3"], "looking failed: Throttling"),
    "when a record can't be read its drill": (
        ("drill_target",),
        ["m4"],
        "looking for the record of drill n2 failed: Throttling",
    ),
}


@pytest.mark.parametrize(("failing", "again", "why"), TROUBLES.values(), ids=TROUBLES)
def test_what_fails_is_delivered_again_and_buried_with_its_reason_at_last(
    failing: tuple[str, ...], again: list[str], why: str
) -> None:
    def messages(receives: int) -> list[Message]:
        chat, batch, other = (
            fails(name, number=number, receives=receives) for number, name in enumerate(("chat", "batch", "other"), 1)
        )
        return [chat, batch, other, fails(number=4, receives=receives, drill="n2"), fails(number=5, ago=4000)]

    assert FakeWorld(failing).respond(*messages(4)) == again
    world = FakeWorld(failing)
    assert (world.respond(*messages(5)), world.letters) == ([], [(one, why) for one in again])


def test_the_metrics_say_what_failed_for_what_and_which_of_it_a_person_must_see(
    capsys: pytest.CaptureFixture[str],
) -> None:
    FakeWorld().respond(
        fails(),
        fails(number=2, ago=9),
        fails("batch", SPOT_QUOTA, number=3),
        fails(text=ON_DEMAND, number=4),
        fails(text=NEVER_SEEN, number=5),
        fails("other", ON_DEMAND, number=6),
        fails(text=ON_DEMAND, number=7, destination="WarmPool"),
        fails(text=ON_DEMAND, number=8, drill="n1"),
        Message("poison", "{", 1),
    )
    assert emitted(capsys.readouterr().out, "kind", "reason", "market", "cause") == {
        ("EventAge",): [9.0],
        ("Received", "launch"): [8.0],
        ("NoAction", "no_fleet"): [1.0],
        ("NoAction", "into_warm_pool"): [1.0],
        ("LaunchFailures", "spot", "capacity"): [2.0],
        ("LaunchFailures", "spot", "quota"): [1.0],
        ("LaunchFailures", "on-demand", "capacity"): [1.0],
        ("LaunchFailures", "unknown", "unknown"): [1.0],
        ("LaunchFailuresToSee",): [2.0],
        ("Unreadable",): [1.0],
    }


def test_what_comes_again_is_counted_when_it_is_done_with(capsys: pytest.CaptureFixture[str]) -> None:
    FakeWorld(("send",)).respond(fails(text=ON_DEMAND))
    found = emitted(capsys.readouterr().out, "kind", "market", "cause")
    assert found == {("EventAge",): [2.0], ("Received", "launch"): [1.0], ("Troubled",): [1.0]}


def test_the_log_has_the_words_of_auto_scaling_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    FakeWorld().respond(fails(text=NEVER_SEEN))
    assert [one.message for one in caplog.records] == [f"a launch failed (unknown unknown): {NEVER_SEEN}"]
