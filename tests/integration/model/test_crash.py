"""At least once: whoever dies after whichever call, applications can read routes that work, and the end is the same."""

from itertools import count

import pytest

from tests.integration.model.scenes import POLICY, STEPPED_DOWN, decisions, order, published, tell
from tidegate.desk.region.region import Region

PUBLISHED_AFTER = 65
MOST_CALLS = 60


def played(calls: int | None, function: str) -> tuple[list[str], int]:
    """Let a report step a route down while `function` dies after its `calls`-th call; return order and deaths."""
    with Region(policy=POLICY, loop=True) as region:
        region.run(PUBLISHED_AFTER)
        first = published(region)
        assert first
        if calls:
            region.crash_after(calls, function)
        tell(region)
        epochs = [first.epoch]
        # A message of a function that died comes again after its visibility timeout, 25 s; and the sweep is there.
        for _ in range(100):
            region.run(1)
            document = published(region)
            assert document
            assert document.allowed == document.routes != ()
            epochs.append(document.epoch)
        assert epochs == sorted(epochs)
        assert decisions(region)[-1] in ("stepped_down", "route_returned")
        assert region.dead_letters() == ()
        return order(region), sum(one.kind == "died" for one in region.timeline)


def test_undisturbed_the_route_is_stepped_down() -> None:
    assert played(None, "") == (STEPPED_DOWN, 0)


@pytest.mark.parametrize("function", ["bedrock-throttling", "reconcile"])
def test_whoever_dies_after_whichever_call_the_end_is_the_same(function: str) -> None:
    for calls in count(1):
        end, deaths = played(calls, function)
        assert end == STEPPED_DOWN, calls
        if not deaths:
            return
        assert calls < MOST_CALLS
