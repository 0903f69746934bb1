"""What other providers are asked: at the address that the route says, or the provider's own, and at no other."""

import pytest

from tests.unit.client.documents import candidate
from tidegate.client.by_provider import asked
from tidegate.client.saying import Question

HELLO = Question(messages=({"role": "user", "content": "hello"},))


@pytest.mark.parametrize(
    ("kind", "model", "address"),
    [
        ("openai", "openai/some-model", "https://api.openai.com/v1"),
        ("anthropic", "anthropic/some-model", "https://api.anthropic.com/v1/messages"),
        ("groq", "groq/some-model", "https://api.groq.com/openai/v1"),
    ],
)
def test_a_route_without_an_endpoint_leads_to_the_provider_whatever_the_environment_says(
    kind: str, model: str, address: str
) -> None:
    route = candidate("other", kind=kind, id="some-model", region="", regions=("us-east-1",))
    told = asked(route, HELLO, "key")
    assert (told["model"], told["api_base"]) == (model, address)


@pytest.mark.parametrize("kind", ["openai", "azure-openai", "openai-compatible"])
def test_a_route_with_an_endpoint_leads_there(kind: str) -> None:
    route = candidate("own", kind=kind, id="some-model", region="", endpoint="https://llm.example.com/v1")
    assert asked(route, HELLO, "key")["api_base"] == "https://llm.example.com/v1"
