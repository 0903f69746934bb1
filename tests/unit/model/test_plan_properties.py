"""What holds for whatever looks see: no route outside is published, epochs grow, and quiet brings the owner's order."""

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.model_sights import ACT, HOME, NOW, OBSERVE, ROUTES, STOPPED, names, sight, told, with_routes
from tidegate.model.memory import Memory
from tidegate.model.plan import plan
from tidegate.model.sight import Minute, Sight
from tidegate.policy.document import LONGEST, Document, dump, load
from tidegate.policy.failures import FAILURES
from tidegate.policy.mode import Mode
from tidegate.policy.residency import SETS, inside

NAMES = [one.name for one in ROUTES]
REGIONS = st.lists(st.sampled_from([*SETS["EU"], "us-east-1", "eu-west-2"]), max_size=4, unique=True).map(tuple)
BOUNDARIES = st.sampled_from(["EU", "US", "anywhere", ("eu-central-1",), ("eu-central-1", "eu-west-1")])


@dataclass(frozen=True)
class Moment:
    """One look: how long after the last one, what it sees, in which mode, and whether its document got through."""

    after: float
    seen: dict[str, Any]
    mode: Mode
    arrives: bool


REPORTS = st.tuples(st.sampled_from(NAMES), st.sampled_from(FAILURES), st.integers(1, 50), st.floats(0, 120))
COUNTS = st.tuples(st.integers(0, 5), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
MOMENTS = st.builds(
    Moment,
    after=st.floats(1, 5000),
    seen=st.fixed_dictionaries(
        {
            "reports": st.lists(REPORTS, max_size=4),
            "traffic": st.dictionaries(st.sampled_from(NAMES), st.none() | st.lists(COUNTS, max_size=2)),
            "destinations": st.dictionaries(st.sampled_from(["europe", "world"]), st.none() | REGIONS),
        }
    ),
    mode=st.sampled_from([ACT, OBSERVE, STOPPED]),
    arrives=st.booleans(),
)


def seen(moment: Moment, now: float, published: Document | None) -> Sight:
    return sight(
        reports=tuple(
            told(route, failure, count, at=now - ago) for route, failure, count, ago in moment.seen["reports"]
        ),
        traffic={
            name: None
            if of is None
            else tuple(
                Minute(start=now // 60 * 60 - 60 * (ago + 1), invocations=good, throttles=bad, server_errors=errors)
                for ago, good, bad, errors in of
            )
            for name, of in moment.seen["traffic"].items()
        },
        destinations=moment.seen["destinations"],
        published=published,
    )


@given(BOUNDARIES, st.lists(MOMENTS, min_size=1, max_size=8))
def test_no_route_outside_is_ever_published_and_epochs_only_grow(residency: Any, moments: list[Moment]) -> None:
    model = with_routes(residency=residency)
    memory, there, now, last = Memory(), None, NOW, 0
    for moment in moments:
        now += moment.after
        planned = plan(seen(moment, now, there), model, moment.mode, memory, now)
        memory = planned.memory
        for publish in planned.actions:
            document = publish.document
            assert document.epoch > last
            last = document.epoch
            assert load(dump(document)) == replace(document, issued=round(document.issued), until=round(document.until))
            assert len(dump(document).encode()) <= LONGEST
            for one in document.routes:
                assert inside(one.regions, model.boundary), one
            # Whoever reads it takes all of it, and has something left when it has expired.
            assert document.allowed == document.routes
            if model.boundary is None or HOME in model.boundary:
                assert document.last_resort
            there = document if moment.arrives else there


@given(st.lists(MOMENTS, max_size=6))
def test_a_day_and_a_half_of_quiet_brings_back_the_owners_order(moments: list[Moment]) -> None:
    model, memory, now = with_routes(), Memory(), NOW
    for moment in moments:
        now += moment.after
        memory = plan(seen(moment, now, None), model, moment.mode, memory, now).memory
    for _ in range(2):
        now += 130_000
        memory = plan(sight(), model, ACT, memory, now).memory
    planned = plan(sight(), model, ACT, memory, now + 130_000)
    assert names(planned.actions[0].document) == ["home", "ireland", "europe"]
    assert not planned.memory.watched


@given(st.lists(MOMENTS, min_size=1, max_size=6))
def test_a_look_that_is_repeated_changes_nothing_more(moments: list[Moment]) -> None:
    model, memory, now = with_routes(), Memory(), NOW
    for moment in moments:
        now += moment.after
        first = plan(seen(moment, now, None), model, moment.mode, memory, now)
        document = first.actions[0].document
        again = plan(seen(moment, now, document), model, moment.mode, first.memory, now)
        assert again.actions == ()
        assert again.memory.tracks == first.memory.tracks
        memory = first.memory
