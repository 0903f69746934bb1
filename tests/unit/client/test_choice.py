import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.client.documents import EU, candidate, document
from tidegate.client.choice import choose, family, roomy, same_family
from tidegate.client.errors import NoRoute
from tidegate.policy.document import Candidate, Document
from tidegate.policy.kind import BEDROCK
from tidegate.policy.residency import inside

REGIONS = ["eu-central-1", "eu-west-1", "us-east-1", "ap-south-1"]
HOME = candidate("home")
DUBLIN = candidate("dublin", region="eu-west-1", regions=("eu-west-1",))
OHIO = candidate("ohio", region="us-east-2", regions=("us-east-2",))
OLLAMA = candidate("ollama", kind="openai-compatible", region="", regions=("eu-central-1",))

places = st.lists(st.sampled_from(REGIONS), max_size=3, unique=True).map(tuple)


def route(name: str, regions: tuple[str, ...], kind: str) -> Candidate:
    """Return any route."""
    return candidate(name, regions=regions, kind=kind)


def publication(found: list[Candidate], bounds: tuple[str, ...] | None, home: int) -> Document:
    """Return a document with these routes, one of which may be the home route."""
    return document(*found, boundary=bounds, home=found[home % len(found)].name if found else "")


routes = st.lists(
    st.builds(route, st.text("abcdef", min_size=1, max_size=3), places, st.sampled_from([*BEDROCK, "openai"])),
    max_size=6,
    unique_by=lambda one: one.name,
)
published = st.builds(publication, routes, st.none() | places, st.integers(0, 5))


@given(published, st.none() | places, st.booleans(), st.none() | st.just(BEDROCK))
def test_a_route_outside_of_the_boundary_is_never_called_even_as_the_last_one_left(
    read: Document, pin: tuple[str, ...] | None, expired: bool, kinds: tuple[str, ...] | None
) -> None:
    try:
        chosen = choose(read, expired=expired, kinds=kinds, pin=pin)
    except NoRoute:
        return
    assert chosen
    for one in chosen:
        assert inside(one.regions, read.boundary)
        assert inside(one.regions, pin)
        assert kinds is None or one.kind in kinds
        assert not expired or one.name == read.home


def test_the_order_is_that_of_the_document() -> None:
    assert choose(document(DUBLIN, HOME, OHIO), expired=False) == (DUBLIN, HOME)


def test_after_expiry_the_home_route_alone_is_left() -> None:
    assert choose(document(DUBLIN, HOME, home="home"), expired=True) == (HOME,)


def test_after_expiry_without_a_home_route_the_error_says_until_when_the_document_was_good() -> None:
    with pytest.raises(NoRoute, match=r"epoch 7: its routes were good until 1970-01-01 01:00:00 UTC"):
        choose(document(DUBLIN, home=""), expired=True)


def test_an_application_may_narrow_the_boundary_and_never_widen_it() -> None:
    assert choose(document(HOME, DUBLIN), expired=False, pin=("eu-west-1",)) == (DUBLIN,)
    assert choose(document(HOME, OHIO), expired=False, pin=(*EU, "us-east-2")) == (HOME,)
    with pytest.raises(NoRoute, match="and the application's own us-east-2"):
        choose(document(HOME), expired=False, pin=("us-east-2",))


def test_boto3_speaks_with_bedrock_only() -> None:
    assert choose(document(OLLAMA, HOME), expired=False, kinds=BEDROCK) == (HOME,)


@pytest.mark.parametrize(
    ("kind", "id", "said", "meant"),
    [
        ("bedrock", "anthropic.claude-x-v1:0", "", "anthropic"),
        ("bedrock-profile", "eu.anthropic.claude-x-v1:0", "", "anthropic"),
        ("bedrock-profile", "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-x-v1:0", "", "amazon"),
        ("bedrock-profile", "arn:aws:bedrock:eu-west-1:1:application-inference-profile/a1b2c3", "", ""),
        ("bedrock-provisioned", "arn:aws:bedrock:eu-west-1:1:provisioned-model/a1b2c3", "meta", "meta"),
        ("bedrock", "arn:aws:bedrock:eu-west-1:1:custom-model-deployment/a1b2c3", "", ""),
        ("bedrock", "arn:aws:bedrock:eu-west-1::foundation-model/meta.llama3-x-v1:0", "", "meta"),
    ],
)
def test_the_family_is_said_by_the_policy_or_by_the_id(kind: str, id: str, said: str, meant: str) -> None:  # noqa: A002 - the field's name
    assert family(candidate(kind=kind, id=id, family=said)) == meant


def test_a_body_goes_only_to_routes_that_take_the_same_as_the_home_route() -> None:
    nova = candidate("nova", id="amazon.nova-x-v1:0")
    claude = candidate("claude", id="anthropic.claude-x-v1:0")
    profile = candidate("profile", kind="bedrock-profile", id="eu.anthropic.claude-x-v1:0")
    opaque = candidate("opaque", id="arn:aws:bedrock:eu-central-1:1:custom-model-deployment/a1b2c3")
    everything = (nova, claude, profile, opaque)
    assert same_family(everything, "claude") == (claude, profile)
    assert same_family(everything, "") == (nova,)
    assert same_family(everything, "opaque") == (opaque,)


def test_a_long_request_goes_past_routes_that_are_too_small_unless_all_are() -> None:
    small, large = candidate("small", max_context=1000), candidate("large", max_context=9000)
    assert roomy((small, large, HOME), 5000) == (large, HOME)
    assert roomy((small,), 5000) == (small,)
