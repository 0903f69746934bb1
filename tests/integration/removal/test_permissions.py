"""The removal under the role that the template gives it: enough for all it does, and nothing in it to spare."""

from tests.integration.loop.mixes import base_of, policy
from tests.integration.removal.requests import (
    NAME,
    Listener,
    documents,
    names,
    open_region,
    publish,
    put,
    raised,
    request,
)
from tests.integration.roles import Named, assume, assume_without, refused, refused_that_alone, without_each


def test_the_role_is_enough_for_everything_the_removal_does() -> None:
    listener = Listener()
    with open_region(listener, policy=policy()) as region:
        put(region, "tidegate/drill/cpu/chat")
        publish(region, "chat")
        raised(region, "chat")
        assume(region, NAME)
        region.invoke(NAME, request("Delete"))
        assert (refused(region), names(region), base_of(region), documents(region)) == ([], [], 1, [])
    assert listener.said[0]["Status"] == "SUCCESS"


@without_each(NAME)
def test_without_any_one_permission_the_removal_is_refused_that_and_nothing_else(permission: Named) -> None:
    with open_region(Listener(), policy=policy()) as region:
        put(region, "tidegate/drill/cpu/chat")
        publish(region, "chat")
        raised(region, "chat")
        missing = assume_without(region, NAME, permission)
        region.invoke(NAME, request("Delete"))
        assert refused_that_alone(region, missing)
