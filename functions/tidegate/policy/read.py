"""Reads the policy: `tidegate.toml` on a desk and at synth, `policy.json` in Lambda; one schema for both."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from tidegate.policy.errors import PolicyError, unknown_key, wrong_value
from tidegate.policy.mix import Mix
from tidegate.policy.model import Model
from tidegate.policy.profile import Profile
from tidegate.policy.read_model import check_stages, model_values, read_model
from tidegate.policy.route import LOCAL
from tidegate.policy.signal import Signal, with_defaults
from tidegate.policy.size import Size
from tidegate.policy.stage import Stage
from tidegate.policy.tables import made, named

_TABLES: Final = ("stage", "profile", "model")
_PARTS: Final[Mapping[str, type[Any]]] = {"size": Size, "mix": Mix}


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
        stages = named(table, "stage", partial(made, Stage))
        if not stages:
            raise PolicyError('stage: at least one is needed, such as "[stage.dev]"')
        if LOCAL in stages:
            raise PolicyError(f"stage.{LOCAL}: the name is kept for a machine without a stack, which needs no table")
        profiles = named(table, "profile", _profile)
        models = named(table, "model", read_model)
        check_stages(models, (*stages, LOCAL))
        return Policy(MappingProxyType(stages), MappingProxyType(profiles), MappingProxyType(models))
    except PolicyError as error:
        raise PolicyError(f"{where}: {error}") from None


def dump(policy: Policy, stage: str) -> str:
    """Return the JSON document that travels in the asset of one stage; `parse` reads it back."""
    document = {
        "stage": {stage: _set_values(policy.stages[stage])},
        "profile": {name: _set_values(profile) for name, profile in policy.profiles.items()},
        "model": {name: model_values(model) for name, model in policy.models_at(stage).items()},
    }
    return json.dumps(document, indent=1, sort_keys=True)


def _profile(key: str, body: Mapping[str, Any]) -> Profile:
    """Make a profile, whose tables `size`, `mix` and `signal` hold parts of their own."""
    parts = dict(body)
    for name, make in _PARTS.items():
        if name in body:
            part = body[name]
            if not isinstance(part, dict):
                raise wrong_value(f"{key}.{name}", part, f'a table, "[{key}.{name}]"')
            parts[name] = made(make, f"{key}.{name}", cast(dict[str, Any], part))
    if "signal" in body:
        parts["signal"] = named(body, "signal", _signal, where=key)
    return made(Profile, key, parts)


def _signal(key: str, body: Mapping[str, Any]) -> Signal:
    return made(Signal, key, with_defaults(key.rpartition(".")[2], body))


def _set_values(part: Stage | Profile) -> dict[str, object]:
    return {name: value for name, value in asdict(part).items() if value is not None}
