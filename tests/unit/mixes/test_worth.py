"""What Tidegate has to be worth in each story, and what it may not cost; `docs/mix.md` says the same in figures."""

from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from tests.traces import traces
from tidegate.desk.mixes.compare import ALONE, SERVING_ON, TIDEGATE, Figures, Played, played
from tidegate.desk.mixes.story import FROM, OWNED, QUOTA, UNITS, generated, measured
from tidegate.desk.mixes.table import HEADER, table
from tidegate.desk.world.clock import HOUR, MINUTE
from tidegate.desk.world.play import Run

DOCS = Path(__file__).parents[3] / "docs" / "mix.md"

STORIES = {one.name: one for one in generated()}
REGIONS = ("us-east-1", "us-east-2", "us-west-2")
DROUGHTS = ("drought", "no quota", "Terraform")


@cache
def told(name: str) -> Played:
    return played(STORIES[name])


def figures(name: str) -> tuple[Figures, Figures, Figures]:
    one = told(name)
    return one.figures(TIDEGATE), one.figures(SERVING_ON), one.figures(ALONE)


def set_bases(run: Run) -> list[float]:
    """Return when Tidegate set the base."""
    return [call.t for call in run.calls.changes if call.operation == "UpdateAutoScalingGroup"]


@pytest.mark.parametrize("name", STORIES)
def test_no_more_is_missing_than_without_tidegate_and_less_where_dying_machines_serve_on(name: str) -> None:
    at_once, serving_on, alone = figures(name)
    assert serving_on.missing < at_once.missing < alone.missing


@pytest.mark.parametrize("name", ["wave", "one zone"])
def test_serving_on_for_forty_seconds_takes_a_third_off_the_dip(name: str) -> None:
    at_once, serving_on, alone = figures(name)
    assert serving_on.missing <= 0.7 * at_once.missing
    assert at_once.missing <= 0.7 * alone.missing


@pytest.mark.parametrize("name", ["wave", "one zone"])
def test_while_other_pools_have_spot_nothing_is_bought_on_demand(name: str) -> None:
    for rule in (TIDEGATE, SERVING_ON):
        run = told(name).drawn(rule)
        assert set_bases(run) == []
        assert {row.on_demand for row in run.rows} == {OWNED}


@pytest.mark.parametrize("name", ["drought", "Terraform"])
def test_in_a_drought_less_than_two_percent_is_missing_of_what_would_be_without_tidegate(name: str) -> None:
    at_once, serving_on, alone = figures(name)
    assert max(at_once.missing, serving_on.missing) < 0.02 * alone.missing
    assert max(at_once.longest, serving_on.longest) <= 3


@pytest.mark.parametrize("name", STORIES)
def test_in_the_end_the_base_is_the_owners_and_the_rest_is_spot(name: str) -> None:
    for rule in (TIDEGATE, SERVING_ON):
        last = told(name).drawn(rule).rows[-1]
        assert (last.base, last.desired, last.on_demand, last.spot) == (OWNED, UNITS, OWNED, UNITS - OWNED)


@pytest.mark.parametrize("name", STORIES)
def test_it_never_costs_more_than_all_on_demand(name: str) -> None:
    at_once, serving_on, _ = figures(name)
    assert max(at_once.cost_percent, serving_on.cost_percent) < 100


@pytest.mark.parametrize("name", DROUGHTS)
def test_each_machine_that_stood_in_is_replaced_once(name: str) -> None:
    at_once, serving_on, _ = figures(name)
    most = (QUOTA if name == "no quota" else UNITS) - OWNED
    assert at_once.replacements == serving_on.replacements == most


def test_spot_that_flaps_is_trusted_less_and_less() -> None:
    at_once, serving_on, alone = figures("flapping")
    assert alone.losses == 72 * (UNITS - OWNED)
    for one in (at_once, serving_on):
        # Once all of it, and what a first step back was given before it was lost again.
        assert one.losses <= UNITS - OWNED + 5
        assert one.replacements <= UNITS - OWNED + 5
    returns = [t for t, code, _ in told("flapping").drawn(TIDEGATE).decided() if code == "return" and t < 24 * HOUR]
    waits = [after - before for before, after in pairwise(returns)]
    assert waits == sorted(waits)
    assert len(returns) <= 7


def test_where_on_demand_is_short_too_the_base_isnt_above_what_runs_for_longer_than_a_minute() -> None:
    for rule in (TIDEGATE, SERVING_ON):
        run = told("no quota").drawn(rule)
        above = [list(some) for high, some in groupby(run.rows, key=lambda row: row.base > QUOTA) if high]
        assert max((some[-1].t - some[0].t for some in above), default=0) <= MINUTE
        # And it isn't asked for more often than every quarter of an hour.
        tries = [t for t, code, _ in run.decided() if code == "fallback" and t > FROM + 5 * MINUTE]
        assert len(tries) > 10
        assert min(b - a for a, b in pairwise(tries)) >= 15 * MINUTE


def test_what_the_quota_allows_stands_in_within_three_minutes_and_stays() -> None:
    rows = told("no quota").drawn(TIDEGATE).rows
    dry = [row for row in rows if FROM + 3 * MINUTE <= row.t <= FROM + 8 * HOUR]
    assert {row.on_demand for row in dry} == {QUOTA}


def test_a_base_that_is_written_back_stays_so_and_nothing_that_runs_is_ended_for_it() -> None:
    run = told("Terraform").drawn(TIDEGATE)
    (only,) = set_bases(run)
    written = FROM + HOUR / 2
    assert FROM <= only <= FROM + MINUTE
    assert {row.base for row in run.rows if row.t > written} == {OWNED}
    dry = [row for row in run.rows if written <= row.t <= FROM + 8 * HOUR]
    assert {row.on_demand for row in dry} == {UNITS}


@pytest.mark.parametrize("region", REGIONS)
def test_on_real_availability_a_twentieth_at_most_is_left_missing_and_the_page_says_how_much(region: str) -> None:
    (story,) = (one for one in measured(traces()) if one.name == region)
    one = played(story)
    at_once, serving_on, alone = (one.figures(rule) for rule in (TIDEGATE, SERVING_ON, ALONE))
    assert serving_on.missing < at_once.missing < 0.05 * alone.missing
    assert at_once.missing_percent < 0.5
    assert max(at_once.cost_percent, serving_on.cost_percent) < 90
    assert at_once.replacements < alone.losses
    # Checked here as well: playing a Region takes long.
    assert_told(one)


@pytest.mark.parametrize("name", STORIES)
def test_the_page_says_what_the_code_yields(name: str) -> None:
    assert_told(told(name))


def assert_told(one: Played) -> None:
    page = DOCS.read_text(encoding="utf-8")
    lines = table([one]).splitlines()
    assert "\n".join(HEADER) in page
    assert "\n".join(lines[len(HEADER) :]) in page
