"""What is wrong with a policy, in one line a person can act on."""

import json
from collections.abc import Collection
from difflib import get_close_matches


class PolicyError(ValueError):
    """A policy that can't be used. The text is one line: where, key, value, what is allowed, nearest spelling."""


def wrong_value(key: str, value: object, allowed: Collection[str] | str) -> PolicyError:
    """Return the error for a key whose value is not allowed.

    `allowed` is either the allowed values, which also yields the nearest spelling, or a sentence that names them.
    """
    if isinstance(allowed, str):
        return PolicyError(f"{key} = {_shown(value)}: allowed is {allowed}")
    return PolicyError(f"{key} = {_shown(value)}: allowed is {_listed(allowed)}{_nearest(value, allowed)}")


def unknown_key(key: str, value: object, allowed: Collection[str], *, parent: str = "") -> PolicyError:
    """Return the error for a key that nobody knows; a value that is a table is not repeated in it."""
    path = f"{parent}.{key}" if parent else key
    shown = path if isinstance(value, dict) else f"{path} = {_shown(value)}"
    return PolicyError(f"{shown}: unknown key, allowed is {_listed(allowed)}{_nearest(key, allowed)}")


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return `known` as a list for a message, with the spelling nearest to `name`."""
    return f"{_listed(known) or 'none'}{_nearest(name, known)}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else " ".join(repr(value).split())


def _listed(allowed: Collection[str]) -> str:
    return ", ".join(f'"{item}"' for item in allowed)


def _nearest(value: object, allowed: Collection[str]) -> str:
    near = get_close_matches(value, list(allowed), n=1) if isinstance(value, str) else []
    return f'; did you mean "{near[0]}"?' if near else ""
