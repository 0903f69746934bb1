"""What the handler does with its messages: hands them back, buries them with a reason, or lets them go."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.fakes import NOW, FakeGroups, FakeLosses, group, instance, world
from tidegate.loop.mail import Message, read_batch
from tidegate.policy.profile import Profile
from tidegate.reactions.spot_interruption.handler import respond

pytestmark = pytest.mark.usefixtures("stage")


@dataclass
class FakeMail:
    """Both queues: dead letters, and what is to come later."""

    letters: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    later: dict[str, float] = field(default_factory=dict[str, float])
    full: bool = False

    def bury(self, letters: Sequence[tuple[Message, str]]) -> None:
        if self.full:
            raise RuntimeError("no")
        self.letters += [(message.id, reason) for message, reason in letters]

    def again(self, messages: Mapping[Message, float]) -> None:
        if self.full:
            raise RuntimeError("no")
        self.later |= {message.id: seconds for message, seconds in messages.items()}


def warning(number: int, *, ago: float = 2, receives: int = 1) -> Message:
    from datetime import UTC, datetime

    sent = datetime.fromtimestamp(NOW - ago, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    detail = {"instance-id": instance(number), "instance-action": "terminate"}
    event = {
        "id": f"e{number}",
        "detail-type": "EC2 Spot Instance Interruption Warning",
        "source": "aws.ec2",
        "time": sent,
        "detail": detail,
    }
    return Message(f"m{number}", json.dumps(event), receives)


def returned(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def test_what_was_released_is_let_go() -> None:
    groups, letters = FakeGroups({"chat": group("chat", 1, 2)}), FakeMail()
    answer = respond([warning(1), warning(2)], world(groups)[0], letters, NOW, later=letters)
    assert (returned(answer), letters.letters, len(groups.released)) == ([], [], 2)


def test_what_cannot_be_read_is_buried_once_and_holds_nothing_up() -> None:
    groups, letters = FakeGroups({"chat": group("chat", 1)}), FakeMail()
    answer = respond([Message("poison", "{", 1), warning(1)], world(groups)[0], letters, NOW, later=letters)
    assert (returned(answer), [one for one, _ in letters.letters]) == ([], ["poison"])
    assert letters.letters[0][1].startswith("unreadable: the message is no JSON")
    assert len(groups.released) == 1


AGAIN = {
    "with time left it is delivered again": (2, 1, True),
    "when the next delivery would come too late it is buried": (106, 2, False),
    "when the queue would give up it is buried with its reason": (2, 8, False),
}


@pytest.mark.parametrize(("ago", "receives", "again"), AGAIN.values(), ids=AGAIN)
def test_a_failed_release_is_repeated_as_long_as_it_can_help(ago: float, receives: int, again: bool) -> None:
    groups = FakeGroups({"chat": group("chat", 1)}, failing={"terminate": TimeoutError("Throttling")})
    letters = FakeMail()
    answer = respond([warning(1, ago=ago, receives=receives)], world(groups)[0], letters, NOW, later=letters)
    assert returned(answer) == (["m1"] if again else [])
    assert letters.letters == ([] if again else [("m1", "terminate failed: Throttling")])


def test_trouble_with_the_journal_is_repeated_past_the_deadline_until_the_queue_gives_up() -> None:
    place = world(FakeGroups({"chat": group("chat", 1)}), losses=FakeLosses(failing=True))[0]
    letters = FakeMail()
    assert returned(respond([warning(1, ago=118, receives=7)], place, letters, NOW, later=letters)) == ["m1"]
    assert returned(respond([warning(1, ago=118, receives=8)], place, letters, NOW, later=letters)) == []
    assert [one for one, _ in letters.letters] == ["m1"]


def test_when_even_the_dead_letter_queue_fails_the_message_stays_in_its_queue() -> None:
    answer = respond(
        [Message("poison", "{", 1)], world(FakeGroups({}))[0], FakeMail(full=True), NOW, later=FakeMail(full=True)
    )
    assert returned(answer) == ["poison"]


def test_the_same_event_twice_in_a_batch_is_one_notice() -> None:
    groups = FakeGroups({"chat": group("chat", 1)})
    twin = Message("m1b", warning(1).body, 1)
    answer = respond([warning(1), twin], world(groups)[0], FakeMail(), NOW, later=FakeMail())
    assert (returned(answer), len(groups.released)) == ([], 1)


def test_the_metrics_say_what_came_and_why_nothing_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    groups = FakeGroups({"chat": group("chat", 1), "old": group("old", 2, state="Standby")})
    respond(
        [warning(1), warning(2), warning(3), Message("poison", "{", 1)],
        world(groups)[0],
        FakeMail(),
        NOW,
        later=FakeMail(),
    )
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    metrics = {
        (definition["Name"], line.get("reason") or line.get("how") or line.get("kind")): line[definition["Name"]]
        for line in lines
        if "_aws" in line
        for directive in line["_aws"]["CloudWatchMetrics"]
        for definition in directive["Metrics"]
    }
    assert metrics == {
        ("NoAction", "not_in_service"): [1.0],
        ("NoAction", "in_no_group"): [1.0],
        ("Released", "terminate"): [1.0],
        ("Unreadable", None): [1.0],
        ("EventAge", None): [2.0],
        ("Received", "loss"): [3.0],
    }


NO_BATCH: list[Any] = [{}, {"Records": [{"messageId": "1"}]}, {"Records": None}, {"source": "aws.ec2"}]


@pytest.mark.parametrize("event", NO_BATCH)
def test_an_invocation_by_hand_is_told_where_to_send_its_event(event: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no batch of an SQS queue"):
        read_batch(event)


def test_a_machine_that_serves_on_comes_back_when_it_is_to_be_released() -> None:
    chat = replace(group("chat", 1, 2), desired=2, max_size=3)
    groups, letters = FakeGroups({"chat": chat}), FakeMail()
    place = world(groups, profile=Profile(drain_seconds=60))[0]
    answer = respond([warning(1), warning(2)], place, letters, NOW, later=letters)
    # The second one finds no room below the maximum: it is released at once.
    assert (returned(answer), letters.later, groups.released) == ([], {"m1": 38}, [(instance(2), "Terminating")])


def test_if_no_copy_can_be_sent_the_message_itself_comes_back() -> None:
    groups = FakeGroups({"chat": replace(group("chat", 1), desired=1, max_size=2)})
    place = world(groups, profile=Profile(drain_seconds=60))[0]
    assert returned(respond([warning(1)], place, FakeMail(full=True), NOW, later=FakeMail(full=True))) == ["m1"]
    assert groups.released == []
