"""How incidents go on and end: a table of cases, and which launch replaces which machine."""

from dataclasses import replace

import pytest

from tests.fakes import NOW, group, instance
from tests.fleet_fakes import REPLACEMENT, failed, incident, launch
from tidegate.fleet.ends import Close, Follow, ends
from tidegate.fleet.group import Group
from tidegate.fleet.incident import Incident
from tidegate.fleet.launches import Launch

NEW = REPLACEMENT
GONE = incident(1, ago=60, released=58)
"""Its machine left its group two seconds after its warning."""


def chat(*numbers: int, desired: int = 3, state: str = "InService") -> Group:
    """Return the group, with machine 1 in `state` if it is there at all."""
    fleet = group("chat", *numbers)
    machines = {
        one.id: replace(one, state=state) if one.id == GONE.instance else one for one in fleet.machines.values()
    }
    return replace(fleet, machines=machines, desired=desired)


CASES: dict[str, tuple[Incident, Group | None, tuple[Launch, ...], str, str]] = {
    "a replacement in service ends it": (
        GONE,
        chat(2, 3, NEW),
        (launch(NEW, ago=50, serving=20),),
        "replaced",
        f"is replaced by {instance(NEW)} 40 s after its warning",
    ),
    "one that launches is waited for": (
        GONE,
        chat(2, 3),
        (launch(NEW, ago=50),),
        "launching",
        f"its replacement {instance(NEW)} is launching",
    ),
    "one without a machine yet as well": (GONE, chat(2, 3), (launch(None, ago=50),), "launching", "its replacement"),
    "no launch at all is told apart": (GONE, chat(2, 3), (), "not_launched", "no replacement was launched yet"),
    "a shortage is told with its text": (
        GONE,
        chat(2, 3),
        (failed(ago=50),),
        "failed_capacity",
        "launching failed (spot capacity): Could not launch Spot Instances. UnfulfillableCapacity",
    ),
    "the latest failure counts": (
        GONE,
        chat(2, 3),
        (failed(ago=20, text="VcpuLimitExceeded"), failed(ago=50)),
        "failed_quota",
        "VcpuLimitExceeded",
    ),
    "a text that nobody knows is told as it is": (
        GONE,
        chat(2, 3),
        (failed(ago=50, text="Client.InternalError"),),
        "failed_unknown",
        "Client.InternalError",
    ),
    "a failure before the warning says nothing": (GONE, chat(2, 3), (failed(ago=61),), "not_launched", ""),
    "a launch is told rather than failures": (
        GONE,
        chat(2, 3),
        (failed(ago=50), launch(NEW, ago=20), failed(ago=10)),
        "launching",
        instance(NEW),
    ),
    "at its size a group needs no replacement": (GONE, chat(2, 3, desired=2), (), "not_needed", "at its size of 2"),
    "one that serves already is waited for until its launch is done, which tells since when": (
        GONE,
        chat(2, 3, NEW),
        (launch(NEW, ago=50),),
        "launching",
        f"its replacement {instance(NEW)} is launching",
    ),
    "a group that is gone ends it": (GONE, None, (), "no_fleet", "chat is gone, or no longer bears the tag"),
    "a machine that is Terminating has left": (GONE, chat(1, 2, 3, state="Terminating:Wait"), (), "not_launched", ""),
    "one that is Detaching as well": (GONE, chat(1, 2, 3, state="Detaching"), (), "not_launched", ""),
    "at its deadline a machine that is there is waited for": (
        incident(1, ago=120),
        chat(1, 2, 3),
        (),
        "not_gone",
        "is past its deadline and still in its group",
    ),
    "ten minutes later too": (incident(1, ago=720), chat(1, 2, 3), (), "not_gone", ""),
    "then it was not taken": (incident(1, ago=721), chat(1, 2, 3), (), "survived", "601 s after its deadline"),
}


@pytest.mark.parametrize(("one", "fleet", "tried", "code", "says"), CASES.values(), ids=CASES)
def test_how_an_incident_goes_on(
    one: Incident, fleet: Group | None, tried: tuple[Launch, ...], code: str, says: str
) -> None:
    (end,) = ends(fleet, [one], tried, (), NOW)
    assert (end.incident, end.code) == (one, code)
    assert isinstance(end, Close) == (code in {"replaced", "not_needed", "survived", "no_fleet"})
    assert says in end.reason
    assert one.instance in end.reason


def test_before_its_deadline_a_machine_that_is_there_is_left_to_the_rules_of_its_notice() -> None:
    assert ends(chat(1, 2, 3), [incident(1, ago=119)], (), (), NOW) == ()


def test_a_follow_is_news_until_the_incident_says_so() -> None:
    (told,) = ends(chat(2, 3), [GONE], (), (), NOW)
    (again,) = ends(chat(2, 3), [replace(GONE, replacing=told.reason)], (), (), NOW)
    assert isinstance(told, Follow)
    assert isinstance(again, Follow)
    assert (told.news, again.news) == (True, False)


def test_what_replaced_a_machine_is_told_with_when_it_served() -> None:
    (end,) = ends(chat(2, 3, NEW), [GONE], [launch(NEW, ago=50, serving=20)], (), NOW)
    assert isinstance(end, Close)
    assert (end.replacement, end.replaced) == (instance(NEW), NOW - 20)
