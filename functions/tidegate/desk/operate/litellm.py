"""The routes of a model as LiteLLM's Router takes them: a snapshot, for those who use it already.

https://docs.litellm.ai/docs/routing: a deployment with a lower `order` is taken first.
No key stands in it: LiteLLM reads what begins with `os.environ/` from the environment.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tidegate.desk.operate.models import Seen
from tidegate.policy.document import Candidate
from tidegate.policy.kind import BEDROCK

_PREFIXES: Final[Mapping[str, str]] = {
    "openai-compatible": "openai",
    "openai": "openai",
    "azure-openai": "azure",
    "anthropic": "anthropic",
    "groq": "groq",
}
_NO_KEY: Final = "none"
"""For servers that want no key, and a library that insists on one."""

type Entry = dict[str, Any]


def model_list(seen: Seen) -> list[Entry]:
    """Return the routes inside of the boundary, in their order."""
    allowed = seen.document.allowed if seen.document else ()
    return [_entry(seen.name, one, number) for number, one in enumerate(allowed, 1)]


def variable(secret: str) -> str:
    """Return the name of the environment variable that stands for a secret."""
    return re.sub(r"\W+", "_", secret.partition(":")[2]).strip("_").upper()


def _entry(model: str, one: Candidate, order: int) -> Entry:
    context = {"max_input_tokens": one.max_context} if one.max_context else {}
    return {
        "model_name": model,
        "litellm_params": {**_params(one), "order": order},
        "model_info": {"id": f"{model}/{one.name}", **context},
    }


def _params(one: Candidate) -> Entry:
    if one.kind in BEDROCK:
        # Of an ARN LiteLLM can't tell whose words the model takes; Converse has one language for all.
        way = "bedrock/converse" if one.id.startswith("arn:") else "bedrock"
        return {"model": f"{way}/{one.id}", "aws_region_name": one.region}
    found: Entry = {"model": f"{_PREFIXES[one.kind]}/{one.id}"}
    if one.endpoint:
        found["api_base"] = one.endpoint
    if one.secret:
        found["api_key"] = f"os.environ/{variable(one.secret)}"
    elif one.kind == "openai-compatible":
        found["api_key"] = _NO_KEY
    return found


def as_yaml(seen: Seen) -> Iterator[str]:
    """Yield the lines of a YAML file with the list; JSON's texts and numbers are YAML's too."""
    if seen.document:
        yield f"# routes of {seen.name}, epoch {seen.document.epoch}: as they are now; a Router doesn't follow them"
    for secret in sorted({one.secret for one in (seen.document.allowed if seen.document else ()) if one.secret}):
        yield f"# {variable(secret)}: the key at {secret}"
    entries = model_list(seen)
    yield "model_list:" if entries else "model_list: []"
    for one in entries:
        yield from _lines(one)


def _lines(entry: Entry) -> Iterable[str]:
    mark = "- "
    for key, value in entry.items():
        if isinstance(value, dict):
            yield f"  {mark}{key}:"
            yield from (f"      {name}: {json.dumps(said)}" for name, said in value.items())  # pyright: ignore[reportUnknownVariableType]: as made above
        else:
            yield f"  {mark}{key}: {json.dumps(value)}"
        mark = "  "
