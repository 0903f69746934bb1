"""Which launch replaces which machine: Auto Scaling doesn't say, so they are told apart by time, each launch once."""

import pytest

from tests.fakes import NOW, group, instance
from tests.fleet_fakes import REPLACEMENT, incident, launch
from tidegate.fleet.ends import Close, ends
from tidegate.fleet.group import Group
from tidegate.fleet.incident import Incident
from tidegate.fleet.launches import Launch

NEW = REPLACEMENT
SHORT_BY_ONE = Group("chat", "default", group("chat", 5).machines, desired=2)


def replaced(
    incidents: list[Incident], tried: list[Launch], claimed: tuple[str, ...] = ()
) -> dict[tuple[str, str], str]:
    """Return what replaced the machine of each incident, by its key; empty for one that goes on."""
    told = ends(SHORT_BY_ONE, incidents, tried, claimed, NOW)
    return {one.incident.key: one.replacement if isinstance(one, Close) else "" for one in told}


def by_number(*pairs: tuple[Incident, int | None]) -> dict[tuple[str, str], str]:
    return {one.key: "" if number is None else instance(number) for one, number in pairs}


def served(number: int, *, ago: float) -> Launch:
    return launch(number, ago=ago, serving=ago - 30)


FIRST = incident(1, ago=100, released=98)
SECOND = incident(2, ago=70, released=68)
UNTOLD = incident(1, ago=150)
"""Gone from its group, and nobody wrote down when it was released."""


def test_the_first_loss_takes_the_first_launch() -> None:
    tried = [served(NEW, ago=90), served(NEW + 1, ago=60)]
    assert replaced([FIRST, SECOND], tried) == by_number((FIRST, NEW), (SECOND, NEW + 1))


def test_one_launch_replaces_one_machine_only() -> None:
    assert replaced([FIRST, SECOND], [served(NEW, ago=60)]) == by_number((FIRST, NEW), (SECOND, None))


def test_a_launch_before_a_warning_is_for_somebody_else() -> None:
    assert replaced([FIRST, SECOND], [served(NEW, ago=101)]) == by_number((FIRST, None), (SECOND, None))


def test_a_later_loss_takes_what_the_earlier_one_cannot() -> None:
    early = incident(3, ago=200)
    assert replaced([early, SECOND], [served(NEW, ago=65)]) == by_number((early, NEW), (SECOND, None))
    assert replaced([early, incident(2, ago=100, released=98)], [served(NEW, ago=90)]) == by_number(
        (early, None), (incident(2), NEW)
    )


def test_a_launch_that_replaced_a_machine_before_replaces_no_other_one() -> None:
    tried = [served(NEW, ago=90), served(NEW + 1, ago=60)]
    assert replaced([SECOND], tried, (instance(NEW + 1),)) == by_number((SECOND, None))
    assert replaced([FIRST], tried, (instance(NEW),)) == by_number((FIRST, NEW + 1))


def test_launches_without_a_machine_are_told_apart_as_well() -> None:
    tried = [launch(None, ago=90), launch(None, ago=60)]
    codes = [one.code for one in ends(SHORT_BY_ONE, [FIRST, SECOND, incident(3, ago=60)], tried, (), NOW)]
    assert codes == ["launching", "launching", "not_launched"]


def test_what_served_before_the_warning_replaces_nobody() -> None:
    late = Launch(NOW - 50, instance(NEW), in_service=NOW - 61)
    (told,) = ends(SHORT_BY_ONE, [incident(1, ago=60, released=58)], [late], (), NOW)
    assert told.code == "not_launched"


RECORDS: dict[str, tuple[Incident, float, bool]] = {
    "of a release that nobody wrote down, a launch before the deadline is somebody else's": (UNTOLD, 100, False),
    "one after it replaces the machine": (UNTOLD, 30, True),
    "a release that is written down later decides": (incident(1, ago=150, released=1), 100, True),
    "gone before its deadline, a machine was released by somebody": (incident(1, ago=110), 100, True),
}


@pytest.mark.parametrize(("one", "ago", "matches"), RECORDS.values(), ids=RECORDS)
def test_when_a_machine_left(one: Incident, ago: float, matches: bool) -> None:
    assert replaced([one], [served(NEW, ago=ago)]) == by_number((one, NEW if matches else None))


def test_a_drills_incident_and_a_real_one_of_one_machine_have_one_replacement() -> None:
    drill, real = incident(1, ago=100, released=98, drill="nonce"), incident(1, ago=80, released=79)
    tried = [served(NEW, ago=95), served(NEW + 1, ago=60)]
    assert replaced([drill, real, SECOND], tried) == by_number((drill, NEW), (real, NEW), (SECOND, NEW + 1))


def test_a_wave_of_one_second_is_matched_whatever_the_order_it_is_read_in() -> None:
    wave = [incident(one, ago=90, released=88) for one in range(4)]
    tried = [served(NEW + one, ago=80) for one in range(3)]
    assert replaced(wave, tried) == replaced(wave[::-1], tried[::-1])
    assert sorted(replaced(wave, tried).values()) == ["", *(instance(NEW + one) for one in range(3))]
