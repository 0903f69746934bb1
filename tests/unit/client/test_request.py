from typing import Any

import pytest

from tests.unit.client.documents import candidate
from tidegate.client.request import aim, bound

DUBLIN = candidate("dublin", id="arn:aws:bedrock:eu-west-1:1:custom-model-deployment/a", region="eu-west-1")
QUOTED = "arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Acustom-model-deployment%2Fa"


def request(endpoint: str, path: str = "/model/acme.home-v1%3A0/converse") -> dict[str, Any]:
    """Return what botocore has built for the home route."""
    return {"url": endpoint + path, "url_path": path, "context": {}}


@pytest.mark.parametrize(
    ("endpoint", "then"),
    [
        ("https://bedrock-runtime.eu-central-1.amazonaws.com", "https://bedrock-runtime.eu-west-1.amazonaws.com"),
        (
            "https://bedrock-runtime-fips.eu-central-1.amazonaws.com",
            "https://bedrock-runtime-fips.eu-west-1.amazonaws.com",
        ),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://proxy.example/bedrock", "https://proxy.example/bedrock"),
    ],
)
def test_another_source_region_is_called_at_its_own_host_and_signed_for(endpoint: str, then: str) -> None:
    asked = request(endpoint)
    aim(asked, DUBLIN, "eu-central-1")
    assert asked["url"] == f"{then}/model/{QUOTED}/converse"
    assert asked["context"]["signing"]["region"] == "eu-west-1"


def test_there_and_back_again_is_the_request_as_it_was() -> None:
    home, asked = candidate(), request("https://bedrock-runtime.eu-central-1.amazonaws.com")
    aim(asked, DUBLIN, "eu-central-1")
    aim(asked, home, "eu-west-1")
    again = request("https://bedrock-runtime.eu-central-1.amazonaws.com")
    assert (asked["url"], asked["url_path"]) == (again["url"], again["url_path"])
    assert asked["context"]["signing"]["region"] == "eu-central-1"


def test_in_the_home_region_the_signature_is_left_to_botocore() -> None:
    asked = request("https://bedrock-runtime.eu-central-1.amazonaws.com", "/model/x/invoke-with-response-stream")
    aim(asked, candidate("other"), "eu-central-1")
    assert asked["url_path"] == "/model/acme.other-v1%3A0/invoke-with-response-stream"
    assert asked["context"] == {}


@pytest.mark.parametrize(
    ("endpoint", "alone"),
    [
        ("https://vpce-0a1b-x.bedrock-runtime.eu-central-1.vpce.amazonaws.com", True),
        ("https://bedrock-runtime.eu-central-1.amazonaws.com", False),
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False),
        ("https://proxy.example.com", True),
    ],
)
def test_an_endpoint_that_leads_to_one_region_is_known_by_its_name(endpoint: str, alone: bool) -> None:
    assert bound(endpoint, "eu-central-1") is alone
