"""Makes the parts of a policy out of its tables: unknown keys and wrong values become one line that names the key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final, cast

from tidegate.policy.errors import PolicyError, unknown_key, wrong_value

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


def named[T](
    table: Mapping[str, Any], kind: str, make: Callable[[str, Mapping[str, Any]], T], *, where: str = ""
) -> dict[str, T]:
    """Make something of each table `[kind.NAME]`; `where` is what stands before `kind` in the names of keys."""
    kind = f"{where}.{kind}" if where else kind
    group = table.get(kind.rpartition(".")[2], {})
    if not isinstance(group, dict):
        raise wrong_value(kind, group, f'tables with a name each, such as "[{kind}.default]"')
    found: dict[str, T] = {}
    for name, body in cast(dict[str, Any], group).items():
        key = f"{kind}.{name}"
        if not isinstance(body, dict):
            raise wrong_value(key, body, f'a table, such as "[{kind}.default]"')
        if not _NAME.fullmatch(name):
            raise wrong_value(f"name of {kind}", name, "lower-case letters, digits and hyphens, 32 at most")
        found[name] = make(key, cast(dict[str, Any], body))
    return found


def made[T](make: type[T], key: str, body: Mapping[str, Any]) -> T:
    """Make a part of what a table says; `key` is the table's name. Raises PolicyError."""
    allowed = [field.name for field in fields(make)]  # pyright: ignore[reportArgumentType]: every policy class is a dataclass
    for word in body:
        if word not in allowed:
            raise unknown_key(word, body[word], allowed, parent=key)
    try:
        return make(**body)
    except PolicyError as error:
        raise PolicyError(f"{key}.{error}") from None
