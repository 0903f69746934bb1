"""The handler under the role that the template gives it: enough for all it does, and nothing in it to spare."""

from tests.integration.launch_failure.scenes import NAME, fails, groups, poison
from tests.integration.roles import Named, assume, assume_without, refused, refused_that_alone, without_each
from tests.integration.waking import end_of, record
from tidegate.desk.region.region import Region


def play(region: Region) -> None:
    """Let everything happen that the handler knows: a fleet's failed launch, a stranger's, a drill, a poison."""
    groups(region)
    record(region, "n1", "chat")
    region.emit(fails("batch"))
    region.emit(fails("plain"))
    region.emit(fails("chat", drill="n1"))
    poison(region)


def test_the_role_is_enough_for_everything_the_handler_does() -> None:
    with Region() as region:
        assume(region, NAME)
        play(region)
        end = end_of(region, NAME)
        assert refused(region) == []
        assert [target for target, _ in end.woken] == ["fleet/batch", "fleet/chat"]
        assert (len(end.buried), end.waiting) == (1, 0)


@without_each(NAME)
def test_without_any_one_permission_the_handler_is_refused_that_and_nothing_else(permission: Named) -> None:
    with Region() as region:
        missing = assume_without(region, NAME, permission)
        play(region)
        region.run(300)
        assert refused_that_alone(region, missing)
