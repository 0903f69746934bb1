"""What must hold of the hooks for all documents and all failures, on a real boto3 client."""

from collections.abc import Sequence
from contextlib import suppress

from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.client.documents import candidate, clock, document
from tests.unit.client.scripted import DENIED, INVALID, THROTTLED, Answer, Network, bedrock, converse
from tidegate.client import NoRoute, attach, detach
from tidegate.client.store import Fixed
from tidegate.policy.document import Candidate

REGIONS = ["eu-central-1", "eu-west-1", "us-east-1", "ap-south-1"]
NETWORK = Network({})
CLIENT = bedrock(NETWORK)
ANSWERS: list[Answer] = [
    None,
    THROTTLED,
    DENIED,
    INVALID,
    (429, "ModelNotReadyException", ""),
    (503, "ServiceUnavailableException", ""),
    (429, "ThrottlingException", "Too many tokens per day"),
    (400, "ValidationException", "Input is too long for requested model."),
    ReadTimeoutError(endpoint_url="https://x"),
]

places = st.lists(st.sampled_from(REGIONS), max_size=3, unique=True).map(tuple)


def route(name: str, regions: tuple[str, ...], source: str, kind: str) -> Candidate:
    """Return a route that is called in one Region and processed in others, which of a plain model is a lie."""
    return candidate(name, regions=regions, region=source, kind=kind)


routes = st.lists(
    st.builds(
        route,
        st.text("abcdef", min_size=1, max_size=3),
        places,
        st.sampled_from(REGIONS),
        st.sampled_from(["bedrock", "bedrock-profile", "bedrock-profile"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one.name,
)


@settings(deadline=None)
@given(
    routes, places, st.none() | places, st.floats(0, 7200), st.lists(st.sampled_from(ANSWERS), min_size=6, max_size=6)
)
def test_no_route_outside_of_the_boundary_is_ever_called_and_none_twice_while_another_is_left(
    found: list[Candidate],
    bounds: tuple[str, ...],
    pin: tuple[str, ...] | None,
    now: float,
    answers: Sequence[Answer],
) -> None:
    NETWORK.asked, NETWORK.answers = [], {one.id: [answer] for one, answer in zip(found, answers, strict=False)}
    source = Fixed({"chat": document(*found, boundary=bounds)})
    detach(CLIENT)
    attach(CLIENT, source=source, residency=pin or None, clock=clock(lambda: now))
    with suppress(NoRoute, ClientError, ReadTimeoutError):
        converse(CLIENT)
    by_id = {one.id: one for one in found}
    called = [by_id[model] for model in NETWORK.models]
    for one in called:
        assert one.regions, "nobody knows where it processes data"
        for places_of in filter(None, (bounds, pin)):
            assert {one.region, *one.regions} <= set(places_of)
        assert one.kind == "bedrock-profile" or one.regions == (one.region,)
    assert bounds or not called
    assert all(one.region in request.url for one, request in zip(called, NETWORK.asked, strict=True))
    eligible = {one.name for one in found if one.within(bounds) and one.within(pin or None)}
    first_time = [one.name for one in called[: len(eligible)]]
    assert len(set(first_time)) == len(first_time) or now >= 3600
