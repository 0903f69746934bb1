"""How large a request is, roughly: enough to pass over routes that are too small for it, and to advise on limits."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

_CHARACTERS_PER_TOKEN: Final = 4
"""Of English text. Others have fewer, so a request may be larger than estimated: then the service says so, and the next
route is asked. https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html"""

_LIMITS: Final = ("max_tokens", "max_gen_len", "maxTokens", "max_tokens_to_sample", "maxTokenCount", "max_new_tokens")
"""How the providers' request bodies call the limit of an answer.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html"""

_NESTED: Final = ("inferenceConfig", "textGenerationConfig")


def tokens(params: Mapping[str, Any]) -> int:
    """Return about how many tokens a call takes, answer included."""
    body = params.get("body")
    text = len(body) if isinstance(body, str | bytes | bytearray) else sum(map(len, _texts(params)))
    return text // _CHARACTERS_PER_TOKEN + (max_tokens(params) or 0)


def max_tokens(params: Mapping[str, Any]) -> int | None:
    """Return the limit that a call sets to its answer; None: none, or it can't be seen."""
    said: Mapping[str, Any] = params
    if "body" in params:
        try:
            read: Any = json.loads(params["body"])
        except (TypeError, ValueError):
            return None
        said = cast(Mapping[str, Any], read) if isinstance(read, dict) else {}
    for table in (said, *(said.get(key) for key in _NESTED)):
        if isinstance(table, Mapping):
            limits = (cast(Mapping[str, Any], table).get(key) for key in _LIMITS)
            if found := next((one for one in limits if isinstance(one, int)), None):
                return found
    return None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in cast(Mapping[str, object], value).values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in cast(list[object], value):
            yield from _texts(one)
