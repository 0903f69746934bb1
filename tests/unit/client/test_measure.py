import json
from typing import Any

import pytest

from tidegate.client.measure import max_tokens, tokens


def converse(text: str, **more: Any) -> dict[str, Any]:
    """Return the parameters of a Converse call."""
    return {"modelId": "x", "messages": [{"role": "user", "content": [{"text": text}]}], **more}


def test_a_request_takes_about_a_token_for_four_characters_and_the_answer_that_it_allows() -> None:
    plain = tokens(converse("x" * 4000))
    assert 1000 <= plain <= 1010
    assert tokens(converse("x" * 4000, inferenceConfig={"maxTokens": 500})) == plain + 500
    assert tokens({"body": b"x" * 4000}) == 1000


@pytest.mark.parametrize(
    ("params", "limit"),
    [
        (converse("hi"), None),
        (converse("hi", inferenceConfig={"maxTokens": 500, "temperature": 0.2}), 500),
        ({"body": json.dumps({"max_tokens": 300})}, 300),
        ({"body": json.dumps({"max_gen_len": 300}).encode()}, 300),
        ({"body": json.dumps({"inferenceConfig": {"max_new_tokens": 300}})}, 300),
        ({"body": json.dumps({"textGenerationConfig": {"maxTokenCount": 300}})}, 300),
        ({"body": b"\x00\xff"}, None),
        ({"body": "[1]"}, None),
    ],
)
def test_the_limit_of_an_answer_is_found_wherever_a_provider_has_it(params: dict[str, Any], limit: int | None) -> None:
    assert max_tokens(params) == limit
