"""What holds for every look at a fleet: releases, ends and waiting never contradict each other, or what was seen."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ACT, NOW
from tests.fleet_looks import LOOKS, MEMORIES, MODES, PROFILES
from tidegate.fleet.ends import Close, Follow
from tidegate.fleet.incident import RELEASED, Incident, ended
from tidegate.fleet.look import Look, Memory
from tidegate.fleet.notice import Release
from tidegate.fleet.plan import Plan, plan
from tidegate.policy.mode import Mode


def closes(done: Plan) -> list[Close]:
    return [one for one in done.actions if isinstance(one, Close)]


def follows(done: Plan) -> list[Follow]:
    return [one for one in done.actions if isinstance(one, Follow)]


def releases(done: Plan) -> list[Release]:
    return [one for one in done.actions if isinstance(one, Release)]


@given(LOOKS, MODES, MEMORIES, st.randoms(use_true_random=False))
def test_neither_repetition_nor_the_order_of_reading_changes_a_plan(
    look: Look, mode: Mode, memory: Memory, random: Random
) -> None:
    def shuffled[T](some: Iterable[T]) -> tuple[T, ...]:
        return tuple(sorted(some, key=lambda _: random.random()))

    first = plan(look, PROFILES, mode, memory, NOW)
    assert plan(look, PROFILES, mode, memory, NOW) == first
    other = replace(look, incidents=shuffled(look.incidents), launches=shuffled(look.launches))
    assert plan(other, PROFILES, mode, memory, NOW) == first


@given(LOOKS, MODES, MEMORIES)
def test_every_open_incident_is_told_of_once_and_by_its_name(look: Look, mode: Mode, memory: Memory) -> None:
    done = plan(look, PROFILES, mode, memory, NOW)
    told = Counter(one.incident.key for one in (*closes(done), *follows(done)))
    judged = {one.notice.key for one in done.verdicts}
    assert all(number == 1 for number in told.values())
    assert told.keys() | judged == {one.key for one in look.incidents}
    # Of a machine that left without a word both tell: that it is gone, and what replaces it.
    there = {one.id for one in look.group.machines.values() if not one.leaving} if look.group else set[str]()
    assert not {instance for instance, _ in judged & told.keys()} & there
    # Of a group that is gone its name says enough: its incidents are told where they end.
    assert look.group is None or all(one.instance in done.reason for one in look.incidents)
    assert all(one.incident.instance in one.reason for one in (*closes(done), *follows(done)))
    assert done.code == done.memory.code


@given(LOOKS, MODES, MEMORIES)
def test_only_machines_in_service_of_willing_fleets_are_released_before_their_deadline(
    look: Look, mode: Mode, memory: Memory
) -> None:
    ids = [one for release in releases(plan(look, PROFILES, mode, memory, NOW)) for one in release.instances]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {one.instance for one in look.incidents if one.deadline > NOW}
    if ids:
        assert look.group
        assert mode.may_release
        assert all(look.group.machines[one].in_service for one in ids)
        assert (look.group.operator, look.group.suspended, look.group.deleting) == (None, frozenset(), False)
        assert look.group.profile in PROFILES


@given(LOOKS, MODES, MEMORIES)
def test_an_incident_that_ends_has_an_outcome_and_no_dip_below_zero(look: Look, mode: Mode, memory: Memory) -> None:
    for one in closes(plan(look, PROFILES, mode, memory, NOW)):
        over = ended(one.incident, one.outcome, one.replacement, one.replaced)
        assert (over.outcome == "replaced") == (over.dip is not None) == bool(over.replacement)
        assert over.dip is None or over.dip >= 0


@given(LOOKS, MODES, MEMORIES)
def test_a_launch_replaces_one_machine_and_never_a_second(look: Look, mode: Mode, memory: Memory) -> None:
    ends = [one for one in closes(plan(look, PROFILES, mode, memory, NOW)) if one.replacement]
    pairs = {(one.replacement, one.incident.instance) for one in ends}
    assert len({launch for launch, _ in pairs}) == len(pairs)
    assert {launch for launch, _ in pairs}.isdisjoint(memory.claimed)


def applied(look: Look, done: Plan) -> Look:
    """Return what the next look shows once a plan is carried out."""
    over = {one.incident.key for one in closes(done)}
    said = {one.incident.key: one.reason for one in follows(done)}
    out = {one for release in releases(done) for one in release.instances}
    incidents = tuple(
        replace(_released(one, out), replacing=said.get(one.key, one.replacing))
        for one in look.incidents
        if one.key not in over
    )
    if look.group is None:
        return replace(look, incidents=incidents)
    machines = look.group.machines
    gone = {one: replace(machines[one], state="Terminating") for one in out}
    return replace(look, group=replace(look.group, machines={**machines, **gone}), incidents=incidents)


def _released(one: Incident, out: set[str]) -> Incident:
    return replace(one, stage=RELEASED, released=NOW) if one.instance in out else one


@given(LOOKS, MEMORIES)
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(look: Look, memory: Memory) -> None:
    first = plan(look, PROFILES, ACT, memory, NOW)
    after = applied(look, first)
    second = plan(after, PROFILES, ACT, first.memory, NOW)
    assert not releases(second)
    freshly_out = {one for release in releases(first) for one in release.instances}
    # What is released only now was warned of earlier, perhaps: then it is told of a launch before the others are, and
    # another machine may turn out to need none, or to be replaced by the launch that is left, which serves already.
    others = [one for one in closes(second) if one.incident.instance not in freshly_out]
    assert freshly_out or not others
    assert {one.outcome for one in others} <= {"not_needed", "replaced"}
    assert {one.replacement for one in others if one.outcome == "replaced"} <= {
        one.instance for one in look.launches if one.in_service is not None
    }
    assert freshly_out or not [one for one in follows(second) if one.news]
    third = plan(applied(after, second), PROFILES, ACT, second.memory, NOW)
    assert not closes(third)
    assert not [one for one in follows(third) if one.news]
