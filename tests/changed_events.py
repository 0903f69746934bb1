"""Events as AWS sends them, with one thing otherwise, and what may stand where something else is expected."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from hypothesis import strategies as st

JSON: Final = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
"""Any value that JSON knows."""

NO_NONCES: Final = ("", "x" * 65, "a b", 7, None, ["n1"], "n1\n")
"""What can't be a drill's nonce."""


def changed(event: Mapping[str, Any], path: str, value: object) -> str:
    """Return an event as text with `value` at a path such as `detail/state`; None: without what stands there."""
    copy: Any = deepcopy(dict(event))
    *parents, last = path.split("/")
    place = copy
    for parent in parents:
        place = place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return json.dumps(copy)


def wrong_envelopes(event: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return what no parser takes, whatever its events are about, and what it says to each."""
    return {
        "no JSON at all": ("{", "the message is no JSON"),
        "JSON that is no event": ("[]", "the message is a JSON list"),
        "JSON deeper than anybody needs": ("[" * 100_000 + "]" * 100_000, "the message is no JSON"),
        "another source": (changed(event, "source", "someone.else"), "source is 'someone.else': one of"),
        "no id": (changed(event, "id", None), "id is None"),
        "no time": (changed(event, "time", None), "time is None"),
        "a time that is none": (changed(event, "time", "yesterday"), "time is 'yesterday'"),
        "a time without its offset": (changed(event, "time", "2026-11-25T08:00:00"), "lacks its offset"),
    }
