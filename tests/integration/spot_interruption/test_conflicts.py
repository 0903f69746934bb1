"""Transactions that meet: a wave shares the counter of its pool, and each of its losses counts once all the same."""

import json
from collections.abc import Callable
from random import Random

import pytest

from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Chaos, Fault


def conflict(call: Call, why: str = "TransactionConflict") -> Fault:
    """Return DynamoDB's answer to a transaction that met another one on the item of a pool."""
    items = call.parameters["TransactItems"]
    reasons = tuple(why if "POOL#" in json.dumps(each) else "None" for each in items)
    return Fault(400, "TransactionCanceledException", "Transaction cancelled", reasons)


def first(number: int, why: str = "TransactionConflict") -> Chaos:
    """Let the first transactions on a pool conflict."""
    met: list[str] = []

    def chaos(call: Call) -> Fault | None:
        if not on_a_pool(call) or len(met) >= number:
            return None
        met.append(call.operation)
        return conflict(call, why)

    return chaos


def every_second_by_chance(call_seed: int) -> Chaos:
    random = Random(call_seed)  # noqa: S311 - chances, not secrets
    return lambda call: conflict(call) if on_a_pool(call) and random.random() < 0.5 else None


def on_a_pool(call: Call) -> bool:
    return call.operation == "TransactWriteItems" and "POOL#" in json.dumps(call.parameters)


CONFLICTS: dict[str, tuple[Callable[[], Chaos], int]] = {
    "four of them, which one delivery outlasts": (lambda: first(4), 0),
    "four for which the pool's item takes no more at once": (lambda: first(4, "ThrottlingError"), 0),
    "more, which are told again after the release": (lambda: first(7), 0),
    "so many that only the next delivery gets through": (lambda: first(12), 1),
    "every second one": (lambda: every_second_by_chance(5), 0),
}


@pytest.mark.parametrize(("make", "kept"), CONFLICTS.values(), ids=CONFLICTS)
def test_a_wave_that_meets_others_counts_each_loss_once_and_releases_in_time(
    make: Callable[[], Chaos], kept: int
) -> None:
    with Region() as region:
        machines = region.fleet(spot=30).spot_machines()
        region.chaos(make())
        for machine in machines:
            region.emit(warning(machine))
        region.run(119)

        assert set(region.release_counts().values()) == {1}
        assert len(region.releases) == 30
        assert sum(int(item.get("losses", 0)) for item in region.items() if item["pk"].startswith("POOL#")) == 30
        assert {one.stage for one in region.incidents()} == {2}
        assert kept or {one.how for one in region.incidents()} == {"terminate"}
        assert len([one for one in region.timeline if one.kind == "kept"]) >= kept
        assert sum(region.queue_depths().values()) == len(region.wakes())
