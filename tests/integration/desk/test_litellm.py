"""LiteLLM's own Router, on the list that `tidegate routes --litellm` makes: it takes it, and keeps its order."""

import os
from typing import Any

import pytest

from tidegate.desk.operate.litellm import as_yaml, model_list
from tidegate.desk.operate.models import Seen
from tidegate.policy.document import Candidate, Document
from tidegate.policy.kind import Kind

# LiteLLM's import warns.
pytestmark = pytest.mark.filterwarnings("ignore")

ARN = "arn:aws:bedrock:eu-west-1:123456789012:provisioned-model/abc"


def route(name: str, kind: Kind, model_id: str, **more: Any) -> Candidate:
    usual: dict[str, Any] = {"regions": ("eu-west-1",)}
    return Candidate(name=name, kind=kind, id=model_id, **usual | more)


ROUTES = (
    route("own", "openai-compatible", "acme/tiny", endpoint="http://10.0.0.1/v1", max_context=8192),
    route("home", "bedrock", "amazon.nova-lite-v1:0", region="eu-west-1"),
    route("rented", "bedrock-provisioned", ARN, region="eu-west-1"),
    route("openai", "openai", "gpt-4o-mini", secret="secretsmanager:prod/openai-key"),  # noqa: S106 - a name
    route("azure", "azure-openai", "gpt", endpoint="https://x.openai.azure.com", secret="ssm:/azure/key"),  # noqa: S106 - a name
    route("groq", "groq", "llama-3.1-8b-instant", secret="ssm:/groq"),  # noqa: S106 - a name
    route("far", "anthropic", "claude-haiku-4-5", regions=("us-east-1",)),
)
DOCUMENT = Document(stage="dev", model="chat", epoch=7, issued=0, until=3600, boundary=("eu-west-1",), routes=ROUTES)
SEEN = Seen(name="chat", published=DOCUMENT)


def test_every_kind_of_route_has_its_form_and_no_key_is_told() -> None:
    params = {one["model_info"]["id"]: one["litellm_params"] for one in model_list(SEEN)}
    assert params == {
        "chat/own": {"model": "openai/acme/tiny", "api_base": "http://10.0.0.1/v1", "api_key": "none", "order": 1},
        "chat/home": {"model": "bedrock/amazon.nova-lite-v1:0", "aws_region_name": "eu-west-1", "order": 2},
        "chat/rented": {"model": f"bedrock/converse/{ARN}", "aws_region_name": "eu-west-1", "order": 3},
        "chat/openai": {"model": "openai/gpt-4o-mini", "api_key": "os.environ/PROD_OPENAI_KEY", "order": 4},
        "chat/azure": {
            "model": "azure/gpt",
            "api_base": "https://x.openai.azure.com",
            "api_key": "os.environ/AZURE_KEY",
            "order": 5,
        },
        "chat/groq": {"model": "groq/llama-3.1-8b-instant", "api_key": "os.environ/GROQ", "order": 6},
    }


def test_the_yaml_says_the_same_and_which_secret_each_variable_stands_for() -> None:
    yaml = pytest.importorskip("yaml")
    text = "\n".join(as_yaml(SEEN))
    assert yaml.safe_load(text) == {"model_list": model_list(SEEN)}
    assert "# PROD_OPENAI_KEY: the key at secretsmanager:prod/openai-key" in text


def test_litellms_router_takes_the_list_and_begins_with_the_first_route() -> None:
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    litellm: Any = pytest.importorskip("litellm")
    router = litellm.Router(model_list=model_list(SEEN), num_retries=0)
    assert router.get_model_ids("chat") == [
        f"chat/{one}" for one in ("own", "home", "rented", "openai", "azure", "groq")
    ]
    for _ in range(20):
        assert router.get_available_deployment(model="chat")["model_info"]["id"] == "chat/own"
