"""The handler under the role that the template gives it: enough for all it does, and nothing in it to spare."""

from tests.integration.capacity_alarm.scenes import NAME, POLICY, end_of, fleets, own, poison, rings
from tests.integration.roles import Named, assume, assume_without, refused, refused_that_alone, without_each
from tests.integration.waking import record
from tidegate.desk.region.region import Region


def play(region: Region) -> None:
    """Let everything happen that the handler knows: an alarm of ours, an adopted one, a drill, a poison."""
    fleets(region)
    record(region, "n1", "chat")
    region.emit(rings(own("chat")))
    region.emit(rings("site-busy", kind="alarm_composite"))
    region.emit(rings(own("chat"), drill="n1"))
    poison(region)


def test_the_role_is_enough_for_everything_the_handler_does() -> None:
    with Region(policy=POLICY) as region:
        assume(region, NAME)
        play(region)
        end = end_of(region)
        assert refused(region) == []
        assert [target for target, _ in end.woken] == ["fleet/batch", "fleet/chat", "fleet/chat", "fleet/embed"]
        assert (len(end.buried), end.waiting) == (1, 0)


@without_each(NAME)
def test_without_any_one_permission_the_handler_is_refused_that_and_nothing_else(permission: Named) -> None:
    with Region(policy=POLICY) as region:
        missing = assume_without(region, NAME, permission)
        play(region)
        region.run(300)
        assert refused_that_alone(region, missing)
