"""Reads the policy: `tidegate.toml` on a desk and at synth, `policy.json` in Lambda; one schema for both."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from tidegate.policy.errors import PolicyError, unknown_key, wrong_value
from tidegate.policy.mix import Mix
from tidegate.policy.model import Model
from tidegate.policy.profile import Profile
from tidegate.policy.route import LOCAL, Route, regions_of
from tidegate.policy.signal import Signal, with_defaults
from tidegate.policy.size import Size
from tidegate.policy.stage import Stage

_TABLES: Final = ("stage", "profile", "model")
_PARTS: Final[Mapping[str, type[Any]]] = {"size": Size, "mix": Mix}
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a person configured, validated: stages, profiles and models by name."""

    stages: Mapping[str, Stage]
    profiles: Mapping[str, Profile]
    models: Mapping[str, Model] = field(default_factory=dict[str, Model])

    def models_at(self, stage: str) -> Mapping[str, Model]:
        """Return the models that have routes in a stage, with those alone."""
        found = {name: (model, model.at(stage)) for name, model in self.models.items()}
        return {name: replace(model, routes=routes) for name, (model, routes) in found.items() if routes}


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
        if LOCAL in stages:
            raise PolicyError(f"stage.{LOCAL}: the name is kept for a machine without a stack, which needs no table")
        profiles = _named(table, "profile", _profile)
        models = _named(table, "model", _model)
        return Policy(MappingProxyType(stages), MappingProxyType(profiles), MappingProxyType(models))
    except PolicyError as error:
        raise PolicyError(f"{where}: {error}") from None


def dump(policy: Policy, stage: str) -> str:
    """Return the JSON document that travels in the asset of one stage; `parse` reads it back."""
    document = {
        "stage": {stage: _set_values(policy.stages[stage])},
        "profile": {name: _set_values(profile) for name, profile in policy.profiles.items()},
        "model": {name: _model_values(model) for name, model in policy.models_at(stage).items()},
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


def _model(key: str, body: Mapping[str, Any]) -> Model:
    """Make a model, whose routes stand in an array of tables: their order is the order of preference."""
    parts = {name: value for name, value in body.items() if name != "route"}
    if isinstance(parts.get("residency"), list):
        parts["residency"] = tuple(parts["residency"])
    if "residency" not in body:
        raise PolicyError(f'{key}.residency: needed; "EU", "US", Regions such as ["eu-central-1"], or "anywhere"')
    if "routes" in body:
        raise unknown_key("routes", body["routes"], ("route",), parent=key)
    routes: object = body.get("route", [])
    if not isinstance(routes, list) or not all(isinstance(one, dict) for one in cast(list[object], routes)):
        raise wrong_value(f"{key}.route", cast(object, routes), f'tables with a name each, "[[{key}.route]]"')
    made = (_route(f"{key}.route[{number}]", one) for number, one in enumerate(cast(list[dict[str, Any]], routes), 1))
    return _made(Model, key, {**parts, "routes": tuple(made)})


def _route(key: str, body: Mapping[str, Any]) -> Route:
    """Make a route; an error names it by its own name, if it has one."""
    if isinstance(name := body.get("name"), str):
        key = f"{key.partition('[')[0]}.{name}"
    if missing := next((word for word in ("name", "kind", "id") if word not in body), None):
        raise PolicyError(f"{key}.{missing}: needed; a route has a name, a kind and an id")
    parts = dict(body)
    try:
        if "regions" in body:
            parts["regions"] = regions_of(body["regions"])
        if isinstance(body.get("stages"), list):
            parts["stages"] = tuple(body["stages"])
    except PolicyError as error:
        raise PolicyError(f"{key}.{error}") from None
    return _made(Route, key, parts)


def _made[T](make: type[T], key: str, body: Mapping[str, Any]) -> T:
    allowed = [field.name for field in fields(make)]  # pyright: ignore[reportArgumentType]: every policy class is a dataclass
    for word in body:
        if word not in allowed:
            raise unknown_key(word, body[word], allowed, parent=key)
    try:
        return make(**body)
    except PolicyError as error:
        raise PolicyError(f"{key}.{error}") from None


def _model_values(model: Model) -> dict[str, object]:
    """Return what a table of a model says, less what is not set."""
    values = asdict(model)
    del values["routes"]
    routes = [{name: value for name, value in asdict(one).items() if value} for one in model.routes]
    return {**values, "route": routes}


def _set_values(part: Stage | Profile) -> dict[str, object]:
    return {name: value for name, value in asdict(part).items() if value is not None}
