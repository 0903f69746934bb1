"""What the handler does with its messages: writes reports down, wakes, hands back, buries, or lets go."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.fakes import NOW
from tests.unit.bedrock_throttling.test_plan import MODELS
from tests.waking_fakes import FakeSurroundings, emitted, message
from tidegate.loop.mail import Message
from tidegate.model.report import Report
from tidegate.reactions.bedrock_throttling.handler import World, respond

pytestmark = pytest.mark.usefixtures("stage")


@dataclass
class FakeWorld(FakeSurroundings):
    """The world in memory, with two models."""

    written: list[str] = field(default_factory=list[str])

    def heard(self, reports: Iterable[Report], at: float) -> None:
        self.call("heard")
        assert at == NOW
        self.written += [one.event_id for one in reports]

    def respond(self, *messages: Message) -> list[str]:
        """Return the ids of the messages that are to be delivered again."""
        world = World("dev", MODELS, self, self.doors)
        return [one["itemIdentifier"] for one in respond(messages, world, self, NOW)["batchItemFailures"]]


def tells(
    model: str = "chat",
    *,
    number: int = 1,
    ago: float = 2,
    receives: int = 1,
    drill: str = "",
    failure: str = "throttled",
    **more: Any,
) -> Message:
    said: Mapping[str, Any] = {"version": 1, "stage": "dev", "route": "home", "epoch": 7, "withoutMaxTokens": 0}
    detail = {**said, "model": model, "failure": failure, "count": 3, **more}
    kind = "Tidegate Model Route Report"
    return message(kind, "tidegate.client", detail, number=number, ago=ago, receives=receives, drill=drill)


def rings(*, number: int, receives: int = 1, ago: float = 3) -> Message:
    detail = {"alarmName": "tidegate-model/dev/embed/home/throttles", "state": {"value": "ALARM", "reason": "so"}}
    kind = "CloudWatch Alarm State Change"
    return message(kind, "aws.cloudwatch", detail, number=number, ago=ago, receives=receives, drill="")


def test_a_report_is_written_down_before_its_model_is_woken() -> None:
    world = FakeWorld()
    assert world.respond(tells()) == []
    assert (world.written, world.woken, world.calls) == (["e1"], [("model/chat", "e1")], ["heard", "send"])


def test_a_batch_is_one_write_and_one_call_to_wake_and_the_same_event_twice_is_one() -> None:
    world = FakeWorld()
    world.respond(tells(), tells(), tells(number=2, ago=9), tells("embed", number=3), rings(number=4, ago=5))
    assert (sorted(world.written), world.calls) == (["e1", "e2", "e3"], ["heard", "send"])
    assert sorted(world.woken) == [("model/chat", "e1"), ("model/embed", "e3")]


def test_an_alarm_alone_writes_nothing_down() -> None:
    world = FakeWorld()
    assert (world.respond(rings(number=1)), world.calls) == ([], ["send"])


def test_a_drill_needs_its_record_and_nothing_else_asks_for_one() -> None:
    world = FakeWorld()
    assert world.respond(tells(drill="n3"), tells(number=2, drill="n2"), tells(number=3, drill="n1")) == []
    assert (world.written, world.woken) == (["e1"], [("model/chat", "drill-n3")])


def test_what_is_let_go_is_not_written_down() -> None:
    world = FakeWorld()
    assert world.respond(tells("chta"), tells(number=2, ago=4000), tells(number=3, stage="live")) == []
    assert (world.written, world.woken, world.calls) == ([], [], [])


TROUBLES = {
    "when waking fails all that would wake": (("send",), ["m1", "m2"], "waking failed: Throttling"),
    "when a report can't be written down it, and no alarm": (("heard",), ["m1"], "writing it down failed: Throttling"),
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
        first, alarm = tells(receives=receives), rings(number=2, receives=receives)
        return [first, alarm, tells(number=3, receives=receives, drill="n2"), tells(number=4, ago=4000)]

    assert FakeWorld(failing).respond(*messages(4)) == again
    world = FakeWorld(failing)
    assert (world.respond(*messages(5)), world.letters) == ([], [(one, why) for one in again])
    assert ("model/embed", "e2") in world.woken or failing == ("send",)
    assert ("model/chat", "e1") not in world.woken or failing == ("drill_target",)


def test_the_metrics_say_what_came_how_routes_failed_and_why_nobody_was_woken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reports = [tells(), tells("embed", number=2, failure="quota"), tells(number=3, ago=9), tells("x", number=4)]
    FakeWorld().respond(*reports, tells(number=5, drill="n3"), rings(number=6), Message("poison", "{", 1))
    assert emitted(capsys.readouterr().out, "kind", "reason", "failure") == {
        ("EventAge",): [9.0],
        ("Received", "report"): [5.0],
        ("Received", "alarm"): [1.0],
        ("RouteFailures", "throttled"): [6.0],
        ("RouteFailures", "quota"): [3.0],
        ("NoAction", "no_model"): [1.0],
        ("Unreadable",): [1.0],
    }
