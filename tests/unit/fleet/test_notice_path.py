"""The notice path on fakes of its ports: what it calls, in which order, and what it does when the world says no."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from tests.fakes import NOW, FakeGroups, FakeLosses, group, instance, notice, world
from tidegate.fleet.group import Group
from tidegate.fleet.notice import Action
from tidegate.fleet.notice_path import Trouble, tend
from tidegate.fleet.ports import Refused
from tidegate.fleet.surplus import Surplus
from tidegate.policy.profile import Profile

DAY = "2026-11-25"


def key(number: int) -> tuple[str, str]:
    return instance(number), DAY


CALLS: dict[str, tuple[dict[str, int], bool, Profile, list[str]]] = {
    "one notice behind a balancer takes three calls": (
        {"chat": 1},
        True,
        Profile(),
        ["membership", "fleets", "terminate"],
    ),
    "ten notices of one group take three as well": (
        {"chat": 10},
        True,
        Profile(),
        ["membership", "fleets", "terminate"],
    ),
    "four groups take two and one each": (
        {"a": 3, "b": 3, "c": 2, "d": 2},
        True,
        Profile(),
        ["membership", "fleets", *["terminate"] * 4],
    ),
    "a detach that the profile asks for takes one more, for the tag": (
        {"chat": 10},
        True,
        Profile(release="detach"),
        ["membership", "fleets", "mark_detached", "detach"],
    ),
    "without a balancer the hooks are asked for": (
        {"a": 5, "b": 5},
        False,
        Profile(),
        ["membership", "fleets", *["has_terminate_hook"] * 2, "mark_detached", "detach", "detach"],
    ),
}


@pytest.mark.parametrize(("sizes", "balanced", "profile", "calls"), CALLS.values(), ids=CALLS)
def test_how_many_calls_a_batch_takes(
    sizes: dict[str, int], balanced: bool, profile: Profile, calls: list[str]
) -> None:
    fleets: dict[str, Group] = {}
    last = 0
    for name, size in sizes.items():
        fleets[name] = group(name, *range(last, last := last + size), balanced=balanced)
    groups = FakeGroups(fleets)
    tended = tend([notice(one) for one in range(last)], world(groups, profile=profile)[0], NOW)
    assert groups.calls == calls
    assert not tended.troubles
    assert len(groups.released) == last


def test_a_loss_is_recorded_released_and_its_fleet_woken() -> None:
    groups = FakeGroups({"chat": group("chat", 1, 2)})
    place, losses, wakes = world(groups)
    tend([notice(1)], place, NOW)
    assert groups.released == [(instance(1), "Terminating")]
    assert (losses.stages, losses.counted, wakes.woken) == (
        {key(1): "released"},
        [("loss", "g5.xlarge/us-east-1b")],
        ["chat"],
    )


def test_a_recommendation_is_recorded_and_nothing_else() -> None:
    groups = FakeGroups({"chat": group("chat", 1)})
    place, losses, wakes = world(groups)
    tend([notice(1, action="none")], place, NOW)
    assert (groups.released, losses.counted, wakes.woken) == ([], [("risk", "g5.xlarge/us-east-1b")], [])


class Vanishing(FakeGroups):
    """One of the machines leaves between the look and the release."""

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        if "terminate" not in self.calls:
            self.change(group, 2, "")
        super().terminate(group, instances, shrink=shrink)


def test_when_one_machine_is_gone_the_rest_is_released_after_a_second_look() -> None:
    groups = Vanishing({"chat": group("chat", 1, 2, 3)})
    place, losses, wakes = world(groups)
    tended = tend([notice(1), notice(2), notice(3)], place, NOW)
    assert groups.calls == ["membership", "fleets", "terminate", "membership", "fleets", "terminate"]
    assert [one for one, _ in groups.released] == [instance(1), instance(3)]
    assert not tended.troubles
    assert losses.stages == {key(1): "released", key(2): "released", key(3): "released"}
    assert wakes.woken == ["chat"]


class Stubborn(FakeGroups):
    """Refuses every release."""

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        self.calls.append("terminate")
        raise Refused("no")


class OneBroken(FakeGroups):
    """Gives no answer about the group `a`."""

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        if group == "a":
            raise TimeoutError("no answer")
        super().terminate(group, instances, shrink=shrink)


def test_a_machine_refused_twice_is_left_to_the_next_delivery() -> None:
    groups = Stubborn({"chat": group("chat", 1)})
    place, losses, wakes = world(groups)
    tended = tend([notice(1)], place, NOW)
    assert tended.troubles == {notice(1): Trouble("terminate refused: no", urgent=True)}
    assert (losses.stages, wakes.woken) == ({key(1): "seen"}, ["chat"])
    assert groups.calls.count("terminate") == 2


def test_one_group_that_fails_holds_no_other_back() -> None:
    groups = OneBroken({"a": group("a", 1), "b": group("b", 2)})
    tended = tend([notice(1), notice(2)], world(groups)[0], NOW)
    assert tended.troubles == {notice(1): Trouble("terminate failed: no answer", urgent=True)}
    assert [one for one, _ in groups.released] == [instance(2)]


def test_without_its_tag_no_machine_is_detached() -> None:
    fleets = {"a": group("a", 1, balanced=False), "b": group("b", 2)}
    groups = FakeGroups(fleets, failing={"mark_detached": PermissionError("denied")})
    tended = tend([notice(1), notice(2)], world(groups)[0], NOW)
    assert tended.troubles == {notice(1): Trouble("tag failed: denied", urgent=True)}
    assert groups.released == [(instance(2), "Terminating")]


def test_a_world_that_cannot_be_looked_at_is_no_crash() -> None:
    groups = FakeGroups({}, failing={"membership": TimeoutError("no answer")})
    tended = tend([notice(1), notice(2)], world(groups)[0], NOW)
    assert tended.troubles == dict.fromkeys([notice(1), notice(2)], Trouble("looking failed: no answer"))


def test_a_journal_in_trouble_holds_neither_a_release_nor_a_wake_back() -> None:
    groups = FakeGroups({"chat": group("chat", 1)})
    place, _, wakes = world(groups, losses=FakeLosses(failing=True))
    tended = tend([notice(1)], place, NOW)
    assert groups.released == [(instance(1), "Terminating")]
    assert wakes.woken == ["chat"]
    assert "the table is throttled" in tended.troubles[notice(1)].why


def test_a_machine_that_has_left_its_group_by_the_next_delivery_is_finished_from_the_journal() -> None:
    groups = FakeGroups({"chat": group("chat", 2)})
    losses = FakeLosses(incidents={key(1): "chat"}, stages={key(1): "seen"})
    place, _, wakes = world(groups, losses=losses)
    tended = tend([notice(1)], place, NOW)
    assert [one.code for one in tended.verdicts] == ["in_no_group"]
    assert (losses.stages, losses.counted, wakes.woken) == ({key(1): "released"}, [], ["chat"])


def test_every_look_leaves_a_decision_for_each_fleet_that_says_what_was_seen_planned_and_rejected() -> None:
    groups = FakeGroups({"chat": group("chat", 1, 2), "old": group("old", 3, state="Standby")})
    place, losses, _ = world(groups)
    tend([notice(1), notice(2), notice(3)], place, NOW)
    told = {one.name: (one.code, one.planned, one.rejected) for one in losses.decisions}
    assert told == {
        "chat": ("release_terminate", (f"terminate {instance(1)}, {instance(2)}",), ()),
        "old": ("not_in_service", (), (f"not_in_service: {instance(3)}",)),
    }
    assert losses.decisions[0].observed["states"] == {"InService": 2}


def test_a_release_that_the_gate_holds_back_is_not_made_and_told() -> None:
    groups = FakeGroups({"chat": group("chat", 1), "bare": group("bare", 2, balanced=False)})
    tended = tend([notice(1), notice(2)], world(groups, gate=lambda: "the kill switch is on")[0], NOW)
    assert (groups.released, groups.tagged) == ([], [])
    assert tended.troubles == {
        notice(1): Trouble("terminate held back: the kill switch is on", urgent=True),
        notice(2): Trouble("detach held back: the kill switch is on", urgent=True),
    }


def test_a_group_whose_hooks_give_no_answer_holds_no_other_back() -> None:
    fleets = {"bare": group("bare", 1, balanced=False), "chat": group("chat", 2)}
    groups = FakeGroups(fleets, failing={"has_terminate_hook": TimeoutError("no answer")})
    tended = tend([notice(1), notice(2)], world(groups)[0], NOW)
    assert groups.released == [(instance(2), "Terminating")]
    assert tended.troubles == {notice(1): Trouble("looking at the hooks of bare failed: no answer")}


@pytest.mark.parametrize(
    "fleet",
    [
        group("bare", 1, balanced=False, state="Standby"),
        replace(group("bare", 1, balanced=False), operator="EKS"),
        replace(group("bare", 1, balanced=False), suspended=frozenset({"Launch"})),
    ],
    ids=["not in service", "another operator", "launch suspended"],
)
def test_hooks_are_not_asked_for_where_nothing_will_be_released(fleet: Group) -> None:
    groups = FakeGroups({"bare": fleet})
    tend([notice(1)], world(groups)[0], NOW)
    assert groups.calls == ["membership", "fleets"]


class NoRecords(FakeLosses):
    """The journal gives no answer about drills."""

    def drill_target(self, nonce: str, *, now: float) -> str | None:
        raise TimeoutError("no answer")


def test_a_drill_whose_record_cannot_be_read_holds_no_real_release_back() -> None:
    groups = FakeGroups({"chat": group("chat", 1, 2)})
    drill = notice(2, drill="n1")
    tended = tend([notice(1), drill], world(groups, losses=NoRecords())[0], NOW)
    assert groups.released == [(instance(1), "Terminating")]
    assert tended.troubles == {drill: Trouble("looking for the record of drill n1 failed: no answer")}


def test_a_drill_hides_no_real_loss_of_the_same_machine_and_day() -> None:
    drill = notice(1, drill="n1")
    losses = FakeLosses(drills={"n1": "fleet/chat"})
    tend([drill, notice(1)], world(FakeGroups({"chat": group("chat", 1)}), losses=losses)[0], NOW)
    assert set(losses.stages) == {drill.key, notice(1).key}


def test_what_an_earlier_delivery_failed_to_release_is_told_once_it_is_too_late() -> None:
    groups = FakeGroups({"chat": group("chat", 1)})
    late = notice(1, ago=121)
    assert tend([late], world(groups)[0], NOW).troubles == {}
    troubles = tend([late], world(groups)[0], NOW, repeated={late}).troubles
    assert troubles[late].urgent
    assert "an earlier delivery failed to release it" in troubles[late].why


class Leaving(FakeGroups):
    """A machine leaves its group between the two looks."""

    def fleets(self, names: Collection[str]) -> Mapping[str, Group]:
        if "fleets" not in self.calls:
            self.change("chat", 1, "")
        return super().fleets(names)


def test_a_machine_that_leaves_while_it_is_looked_at_is_recorded_and_its_fleet_woken() -> None:
    place, losses, wakes = world(Leaving({"chat": group("chat", 1)}))
    tended = tend([notice(1)], place, NOW)
    assert [one.code for one in tended.verdicts] == ["leaving"]
    assert (losses.stages, wakes.woken) == ({key(1): "released"}, ["chat"])


def test_a_wake_after_the_release_has_another_id_than_one_before_it() -> None:
    groups = Stubborn({"chat": group("chat", 1)})
    place, _, wakes = world(groups)
    tend([notice(1)], place, NOW)
    healed, _, again = world(FakeGroups(groups.groups))
    tend([notice(1)], healed, NOW)
    assert (wakes.ids, again.ids) == (["event-1"], ["event-1#gone"])


def test_the_order_of_the_groups_differs_from_delivery_to_delivery() -> None:
    fleets = {f"g{one}": group(f"g{one}", one) for one in range(8)}

    def order(now: float) -> list[str]:
        groups = FakeGroups(dict(fleets))
        tend([notice(one, ago=1) for one in range(8)], world(groups)[0], now)
        return [one for one, _ in groups.released]

    assert order(NOW) == order(NOW)
    assert len({tuple(order(NOW + 15 * one)) for one in range(4)}) > 2


def test_a_machine_that_nobody_knows_leaves_no_trace() -> None:
    groups = FakeGroups({})
    place, losses, wakes = world(groups)
    tended = tend([notice(1)], place, NOW)
    assert (tended.troubles, losses.incidents, wakes.woken, groups.calls) == ({}, {}, [], ["membership"])


def test_a_machine_that_was_gone_before_its_loss_could_be_written_down_is_noted_as_such() -> None:
    place, losses, wakes = world(FakeGroups({}))
    tended = tend([notice(1), notice(2)], place, NOW, repeated={notice(1)})
    assert (tended.troubles, losses.lost_track, losses.counted, wakes.woken) == ({}, [instance(1)], [], [])


def test_while_not_even_that_can_be_written_it_is_told_as_trouble() -> None:
    place, _, _ = world(FakeGroups({}), losses=FakeLosses(failing=True))
    tended = tend([notice(1)], place, NOW, repeated={notice(1)})
    assert tended.troubles == {notice(1): Trouble("recording the end failed: the table is throttled")}


SERVING_ON = Profile(drain_seconds=60)


def enlarged() -> FakeGroups:
    """Return a group of two that was enlarged for the first of them."""
    return FakeGroups({"chat": replace(group("chat", 1, 2, 3), desired=3, max_size=5)})


def test_a_machine_that_serves_on_is_recorded_its_fleet_woken_and_nothing_released() -> None:
    groups = enlarged()
    place, losses, wakes = world(groups, profile=SERVING_ON)
    tended = tend([notice(1)], place, NOW)
    assert [(one.code, one.until) for one in tended.verdicts] == [("keeping", notice(1).deadline - 80)]
    assert (groups.released, losses.stages, wakes.woken, tended.troubles) == ([], {key(1): "seen"}, ["chat"], {})


def test_a_machine_that_has_served_on_takes_its_surplus_with_it() -> None:
    groups = enlarged()
    place, losses, _ = world(groups, profile=SERVING_ON)
    losses.enlarged = {"chat": Surplus(2, {instance(1): 1})}
    tend([notice(1, ago=41)], place, NOW)
    assert (groups.released, groups.groups["chat"].desired) == ([(instance(1), "Terminating")], 2)


@pytest.mark.parametrize("action", ["none", "hibernate"])
def test_only_what_ends_in_two_minutes_serves_on(action: Action) -> None:
    place, _, _ = world(enlarged(), profile=SERVING_ON)
    (verdict,) = tend([notice(1, action=action)], place, NOW).verdicts
    assert verdict.until is None


class NoSurpluses(FakeLosses):
    """The journal gives no answer about what groups were enlarged by."""

    def surpluses(self, fleets: Collection[str]) -> Mapping[str, Surplus]:
        raise TimeoutError("no answer")


def test_while_nobody_can_say_what_a_group_was_enlarged_by_it_does_not_shrink() -> None:
    groups = enlarged()
    losses = NoSurpluses(enlarged={"chat": Surplus(2, {instance(1): 1})})
    place, _, _ = world(groups, losses=losses, profile=SERVING_ON)
    tended = tend([notice(1, ago=41)], place, NOW)
    assert groups.released == [(instance(1), "Terminating")]
    assert (groups.groups["chat"].desired, tended.troubles) == (3, {})


def test_where_machines_are_released_at_once_nobody_asks_for_surpluses() -> None:
    groups = enlarged()
    place, _, _ = world(groups, losses=NoSurpluses())
    assert not tend([notice(1)], place, NOW).troubles
