"""Drills on a fleet: when one is refused, which machine it takes, and what it proved."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.fakes import ACT, NOW, group, instance
from tests.fleet_fakes import incident
from tidegate.fleet.drill import Check, Live, Refused, check, choose, proved, report_values
from tidegate.fleet.group import Group
from tidegate.fleet.incident import Incident, ended
from tidegate.policy.mode import Mode

CHAT = group("chat", 1, 2)
UNDER_WAY = Live("nonce", "embed", instance(7), NOW - 100, NOW + 800)

REFUSALS: dict[str, tuple[Group | None, Mode, Sequence[Incident], Live | None, str]] = {
    "a group without the tag": (
        None,
        ACT,
        (),
        None,
        "chat is no fleet: an Auto Scaling group of that name with the tag tidegate:profile is needed",
    ),
    "while the kill switch is on": (
        CHAT,
        Mode(act=True, stopped=True),
        (),
        None,
        "the kill switch is on: a drill would begin nothing; turn it off, or rehearse",
    ),
    "in the mode observe": (
        CHAT,
        Mode(act=False, stopped=False),
        (),
        None,
        "the mode is observe: a drill would release nothing; let it act, or rehearse",
    ),
    "while another drill is under way": (
        CHAT,
        ACT,
        (),
        UNDER_WAY,
        "the drill nonce on embed is under way, for 800 s at most; wait for its report",
    ),
    "while an incident is open": (
        CHAT,
        ACT,
        (incident(9), incident(8)),
        None,
        f"chat has open incidents ({instance(8)}, {instance(9)}): it needs its machines now; wait until they are over",
    ),
}


@pytest.mark.parametrize(("fleet", "mode", "incidents", "live", "says"), REFUSALS.values(), ids=REFUSALS)
def test_a_drill_is_refused_in_one_line_that_says_what_to_do(
    fleet: Group | None, mode: Mode, incidents: Sequence[Incident], live: Live | None, says: str
) -> None:
    with pytest.raises(Refused) as why:
        check("chat", fleet, mode, incidents=incidents, live=live, now=NOW)
    assert str(why.value) == says
    assert "\n" not in says


OTHERS: dict[str, Live | None] = {
    "there was none yet": None,
    "the last one's report is written": replace(UNDER_WAY, over=True),
    "the last one's time is up": replace(UNDER_WAY, expires=NOW),
}


@pytest.mark.parametrize("live", OTHERS.values(), ids=OTHERS)
def test_a_drill_may_begin_when(live: Live | None) -> None:
    assert check("chat", CHAT, ACT, incidents=(), live=live, now=NOW) is CHAT


def test_it_takes_the_machine_that_was_named_or_the_first_spot_machine_in_service() -> None:
    assert choose(CHAT, {instance(2)}, "") == instance(2)
    assert choose(CHAT, {instance(1), instance(2)}, "") == instance(1)
    assert choose(CHAT, {instance(2)}, instance(1)) == instance(1)
    assert choose(CHAT, (), "") == instance(1)


NO_CHOICE: dict[str, tuple[Group, str, str]] = {
    "a stranger": (
        CHAT,
        "i-9",
        f"i-9 is not in service in chat: name one of {instance(1)}, {instance(2)}",
    ),
    "one that leaves": (
        group("chat", 1, state="Terminating"),
        instance(1),
        f"{instance(1)} is not in service in chat: name one of none",
    ),
    "nobody": (group("chat", 1, state="Pending"), "", "chat has no machine in service"),
}


@pytest.mark.parametrize(("fleet", "named", "says"), NO_CHOICE.values(), ids=NO_CHOICE)
def test_a_machine_that_cannot_be_taken_is_refused(fleet: Group, named: str, says: str) -> None:
    with pytest.raises(Refused) as why:
        choose(fleet, set(fleet.machines), named)
    assert str(why.value) == says


DRILLED = incident(1, ago=90, released=86.5, drill="nonce")
REPLACED = ended(DRILLED, "replaced", instance(100), NOW - 20)

PROOFS: dict[str, tuple[Incident, tuple[bool, str], tuple[bool, str]]] = {
    "released and replaced": (
        REPLACED,
        (True, "116.5 s of the 120 s left"),
        (True, f"{instance(100)}, 70.0 s after the warning"),
    ),
    "released and not replaced": (
        ended(DRILLED, "not_needed", "", None),
        (True, "116.5 s of the 120 s left"),
        (False, "not_needed"),
    ),
    "released too late": (
        replace(REPLACED, released=REPLACED.deadline),
        (False, "0.0 s of the 120 s left"),
        (True, f"{instance(100)}, 70.0 s after the warning"),
    ),
    "neither": (
        ended(incident(1, ago=800, drill="nonce"), "survived", "", None),
        (False, "it was not released"),
        (False, "survived"),
    ),
}


@pytest.mark.parametrize(("one", "released", "replaced"), PROOFS.values(), ids=PROOFS)
def test_what_an_incident_proved(one: Incident, released: tuple[bool, str], replaced: tuple[bool, str]) -> None:
    assert proved(one) == (
        Check("released before the deadline", *released),
        Check("replacement in service", *replaced),
    )
    assert report_values(one)["passed"] is (released[0] and replaced[0])


def test_a_report_tells_it_all() -> None:
    assert report_values(REPLACED) == {
        "drill": "spot-interruption",
        "nonce": "nonce",
        "group": "chat",
        "instance": instance(1),
        "started": NOW - 90,
        "passed": True,
        "said": "released before the deadline: 116.5 s of the 120 s left; "
        f"replacement in service: {instance(100)}, 70.0 s after the warning",
        "dip": 66.5,
    }
