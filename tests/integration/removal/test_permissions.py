"""The removal under the role that the template gives it: enough for all it does, and nothing in it to spare."""

from tests.integration.removal.requests import NAME, Listener, names, open_region, put, request
from tests.integration.roles import Named, assume, assume_without, refused, refused_that_alone, without_each


def test_the_role_is_enough_for_everything_the_removal_does() -> None:
    listener = Listener()
    with open_region(listener) as region:
        put(region, "tidegate/drill/cpu/chat")
        assume(region, NAME)
        region.invoke(NAME, request("Delete"))
        assert (refused(region), names(region)) == ([], [])
    assert listener.said[0]["Status"] == "SUCCESS"


@without_each(NAME)
def test_without_any_one_permission_the_removal_is_refused_that_and_nothing_else(permission: Named) -> None:
    with open_region(Listener()) as region:
        put(region, "tidegate/drill/cpu/chat")
        missing = assume_without(region, NAME, permission)
        region.invoke(NAME, request("Delete"))
        assert refused_that_alone(region, missing)
