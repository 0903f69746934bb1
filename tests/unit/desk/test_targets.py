"""How a person names fleets, models and their decisions."""

import pytest

from tidegate.desk.operate.targets import named, spoken, target

TARGETS = {
    "a fleet": ("chat", "fleet/chat", {"fleet": "chat"}),
    "a model": ("model/chat", "model/chat", {"model": "chat"}),
    "a fleet with a slash": ("team/chat", "fleet/team/chat", {"fleet": "team/chat"}),
    "a fleet that is named like a model": ("fleet/model/chat", "fleet/model/chat", {"fleet": "model/chat"}),
}


@pytest.mark.parametrize(("said", "meant", "for_machines"), TARGETS.values(), ids=TARGETS)
def test_a_target_is_named_as_it_is_read(said: str, meant: str, for_machines: dict[str, str]) -> None:
    assert target(said) == meant
    assert spoken(meant) == said
    assert named(meant) == for_machines
