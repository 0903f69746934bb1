"""Which detached machines are ended: spot, in no group, and long past their time; the others are told with why not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import NOW, FakeGroups, group, instance
from tidegate.fleet.strays import MOST_ENDED, PATIENCE_SECONDS, End, Stray, observe_and_plan, plan

LONG_AGO = NOW - PATIENCE_SECONDS - 1

CASES: dict[str, tuple[Stray, bool, str | None]] = {
    "a spot machine in no group that is overdue is ended": (Stray("i-1", True, LONG_AGO), False, None),
    "it has a quarter of an hour": (Stray("i-1", True, NOW - PATIENCE_SECONDS), False, "not_overdue"),
    "before its deadline it serves": (Stray("i-1", True, NOW + 60), False, "not_overdue"),
    "in a group it is somebody's": (Stray("i-1", True, LONG_AGO), True, "in_a_group"),
    "spot never ends an on-demand machine": (Stray("i-1", False, LONG_AGO), False, "not_spot"),
    "a tag that nobody can read says nothing": (Stray("i-1", True, None), False, "unreadable_tag"),
}


@pytest.mark.parametrize(("stray", "member", "why"), CASES.values(), ids=CASES)
def test_what_becomes_of_a_detached_machine(stray: Stray, member: bool, why: str | None) -> None:
    planned = plan([stray], {"i-1"} if member else (), NOW)
    assert planned.actions == ((End(("i-1",)),) if why is None else ())
    assert planned.rejected == ((f"{why}: i-1",) if why else ())
    assert planned.code == ("no_strays" if why else "end_strays")


def test_nothing_to_do_has_a_reason() -> None:
    assert plan([], (), NOW).reason == "0 detached machines, none of them overdue"


def test_what_is_ended_is_named() -> None:
    planned = plan([Stray(one, True, LONG_AGO) for one in ("i-1", "i-2")], (), NOW)
    assert planned.reason.startswith("i-1, i-2 was detached, is in no group")


STRAYS = st.lists(
    st.builds(
        Stray,
        st.integers(0, 300).map(instance),
        st.booleans(),
        st.none() | st.floats(NOW - 5000, NOW + 5000),
    ),
    max_size=30,
    unique_by=lambda one: one.id,
)


@given(STRAYS, st.sets(st.integers(0, 300).map(instance)))
def test_every_machine_is_ended_or_told_with_why_not(strays: list[Stray], members: set[str]) -> None:
    planned = plan(strays, members, NOW)
    over = [one for end in planned.actions for one in end.instances]
    kept = [one.rpartition(" ")[2] for one in planned.rejected]
    assert sorted(over + kept) == sorted(one.id for one in strays)
    assert members.isdisjoint(over)


def test_a_flood_of_them_is_ended_look_by_look() -> None:
    strays = [Stray(instance(one), True, LONG_AGO) for one in range(MOST_ENDED + 20)]
    (end,) = plan(strays, (), NOW).actions
    assert end.instances == tuple(instance(one) for one in range(MOST_ENDED))


@dataclass
class FakeDetached:
    """The machines that bear the tag."""

    strays: list[Stray] = field(default_factory=list[Stray])

    def tagged(self) -> Sequence[Stray]:
        return self.strays

    def end(self, instances: Sequence[str]) -> None:
        self.strays = [one for one in self.strays if one.id not in instances]


def test_without_a_tagged_machine_no_group_is_looked_at() -> None:
    groups = FakeGroups({})
    assert observe_and_plan(FakeDetached(), groups, NOW).actions == ()
    assert groups.calls == []


def test_whose_a_machine_is_the_groups_say() -> None:
    groups = FakeGroups({"chat": group("chat", 1)})
    strays = [Stray(instance(one), True, LONG_AGO) for one in (1, 2)]
    planned = observe_and_plan(FakeDetached(strays), groups, NOW)
    assert (planned.actions, planned.rejected) == ((End((instance(2),)),), (f"in_a_group: {instance(1)}",))
    assert groups.calls == ["membership"]
