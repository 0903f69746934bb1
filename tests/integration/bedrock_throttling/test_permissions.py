"""The handler under the role that the template gives it: enough for all it does, and nothing in it to spare."""

from tests.integration.bedrock_throttling.scenes import NAME, POLICY, end_of, poison, rings, tells
from tests.integration.roles import Named, assume, assume_without, refused, refused_that_alone, without_each
from tests.integration.waking import record
from tidegate.desk.region.region import Region


def play(region: Region) -> None:
    """Let everything happen that the handler knows: a report, an alarm, a drill, a poison."""
    record(region, "n1", "model/chat")
    region.emit(tells(event_id="third"))
    region.emit(rings("embed", event_id="lone"))
    region.emit(tells(drill="n1", event_id="drilled"))
    poison(region)


def test_the_role_is_enough_for_everything_the_handler_does() -> None:
    with Region(policy=POLICY) as region:
        assume(region, NAME)
        play(region)
        end = end_of(region)
        assert refused(region) == []
        assert end.woken == (("model/chat", "drill-n1"), ("model/chat", "third"), ("model/embed", "lone"))
        assert (end.written, len(end.buried), end.waiting) == (("drilled", "third"), 1, 0)


@without_each(NAME)
def test_without_any_one_permission_the_handler_is_refused_that_and_nothing_else(permission: Named) -> None:
    with Region(policy=POLICY) as region:
        missing = assume_without(region, NAME, permission)
        play(region)
        region.run(300)
        assert refused_that_alone(region, missing)
