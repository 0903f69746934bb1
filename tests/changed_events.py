"""Events as AWS sends them, with one thing otherwise."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any


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
