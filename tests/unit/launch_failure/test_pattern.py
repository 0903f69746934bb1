"""Which events the rule lets through, by moto's matcher, which stands in for EventBridge's."""

import json
from pathlib import Path

import pytest
from moto.events.models import EventPattern

from tidegate.reactions.launch_failure import pattern

EVENTS = Path(__file__).parents[2] / "events"


@pytest.mark.parametrize("path", sorted(EVENTS.glob("*.json")), ids=lambda path: path.stem)
def test_of_the_recorded_events_the_failed_launches_get_through_and_no_other_one(path: Path) -> None:
    event = json.loads(path.read_text())
    hits = [name for name, rule in pattern.RULES.items() if EventPattern.load(json.dumps(rule)).matches_event(event)]
    assert hits == (["LaunchUnsuccessful"] if path.stem.startswith("launch_failure_") else [])


def test_a_message_comes_back_only_when_its_function_has_ended() -> None:
    assert pattern.FUNCTION_TIMEOUT_SECONDS < pattern.VISIBILITY_TIMEOUT_SECONDS
