"""Reads the policy: `tidegate.toml` on a desk and at synth, `policy.json` in Lambda; one schema for both."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from tidegate.policy.errors import PolicyError, unknown_key, wrong_value
from tidegate.policy.mix import Mix
from tidegate.policy.profile import Profile
from tidegate.policy.signal import Signal, with_defaults
from tidegate.policy.size import Size
from tidegate.policy.stage import Stage

_TABLES: Final = ("stage", "profile")
_PARTS: Final[Mapping[str, type[Any]]] = {"size": Size, "mix": Mix}
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a person configured, validated: stages and profiles by name."""

    stages: Mapping[str, Stage]
    profiles: Mapping[str, Profile]


def load(path: Path) -> Policy:
    """Read and validate a `tidegate.toml`.

    Raises:
        PolicyError: the file is missing, is no TOML, or says something that is not allowed. One line, naming the file.
    """
    import tomllib  # only synth and a desk read TOML: in Lambda this import would delay a notice

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PolicyError(f"{path}: no such file; every project has one beside its app.py") from None
    except OSError as error:
        raise PolicyError(f"{path}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise PolicyError(f"{path}: not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path}: not TOML: {' '.join(str(error).split())}") from None
    return parse(table, where=path.name)


def parse(table: Mapping[str, Any], *, where: str) -> Policy:
    """Validate a policy that was read as nested mappings; `where` names its origin in every error.

    Raises:
        PolicyError: a key, type, range or name that is not allowed.
    """
    try:
        for key in table:
            if key not in _TABLES:
                raise unknown_key(key, table[key], _TABLES)
        stages = _named(table, "stage", partial(_made, Stage))
        if not stages:
            raise PolicyError('stage: at least one is needed, such as "[stage.dev]"')
        profiles = _named(table, "profile", _profile)
        return Policy(MappingProxyType(stages), MappingProxyType(profiles))
    except PolicyError as error:
        raise PolicyError(f"{where}: {error}") from None


def dump(policy: Policy, stage: str) -> str:
    """Return the JSON document that travels in the asset of one stage; `parse` reads it back."""
    document = {
        "stage": {stage: _set_values(policy.stages[stage])},
        "profile": {name: _set_values(profile) for name, profile in policy.profiles.items()},
    }
    return json.dumps(document, indent=1, sort_keys=True)


def _named[T](
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


def _profile(key: str, body: Mapping[str, Any]) -> Profile:
    """Make a profile, whose tables `size`, `mix` and `signal` hold parts of their own."""
    parts = dict(body)
    for name, make in _PARTS.items():
        if name in body:
            part = body[name]
            if not isinstance(part, dict):
                raise wrong_value(f"{key}.{name}", part, f'a table, "[{key}.{name}]"')
            parts[name] = _made(make, f"{key}.{name}", cast(dict[str, Any], part))
    if "signal" in body:
        parts["signal"] = _named(body, "signal", _signal, where=key)
    return _made(Profile, key, parts)


def _signal(key: str, body: Mapping[str, Any]) -> Signal:
    return _made(Signal, key, with_defaults(key.rpartition(".")[2], body))


def _made[T](make: type[T], key: str, body: Mapping[str, Any]) -> T:
    allowed = [field.name for field in fields(make)]  # pyright: ignore[reportArgumentType]: every policy class is a dataclass
    for word in body:
        if word not in allowed:
            raise unknown_key(word, body[word], allowed, parent=key)
    try:
        return make(**body)
    except PolicyError as error:
        raise PolicyError(f"{key}.{error}") from None


def _set_values(part: Stage | Profile) -> dict[str, object]:
    return {name: value for name, value in asdict(part).items() if value is not None}
