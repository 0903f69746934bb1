"""What values of a policy may be: TOML and JSON have types of their own, and bool is an int to Python."""

import re
from collections.abc import Mapping
from math import isfinite
from typing import cast


def is_whole(value: object) -> bool:
    """Return whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Return whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def matches(pattern: re.Pattern[str], value: object) -> bool:
    """Return whether a value is a text, and all of it fits a pattern."""
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def is_text_map(value: object) -> bool:
    """Return whether a value is a table of texts."""
    if not isinstance(value, Mapping):
        return False
    return all(isinstance(part, str) for pair in cast(Mapping[object, object], value).items() for part in pair)
