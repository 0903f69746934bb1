"""The stage `local`: models straight from `tidegate.toml`, by the controller's own rules, without an account."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tidegate.desk.operate.deployed import POLICY_FILE
from tidegate.desk.trouble import Refusal, choices
from tidegate.model.eligible import Rejected, eligible
from tidegate.model.publication import document
from tidegate.model.sight import Sight
from tidegate.policy.document import Candidate, Document
from tidegate.policy.errors import PolicyError
from tidegate.policy.kind import BEDROCK
from tidegate.policy.model import Model
from tidegate.policy.read import load
from tidegate.policy.route import LOCAL

_REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")


@dataclass(frozen=True, slots=True)
class Here:
    """A model as this machine has it."""

    document: Document
    rejected: tuple[Rejected, ...]


def local_models(path: Path = POLICY_FILE) -> Mapping[str, Model]:
    """Return the models that have routes in the stage `local`. Raises `Refusal`."""
    try:
        return load(path).models_at(LOCAL)
    except PolicyError as error:
        raise Refusal(str(error)) from None


def local_model(name: str, path: Path = POLICY_FILE) -> Model:
    """Return a model of the stage `local`. Raises `Refusal` for one that has no routes there."""
    models = local_models(path)
    if name not in models:
        raise Refusal(
            f"{path.name} has no model {name} with a route for this machine: {choices(name, models)}; give a route of"
            f' [model.{name}] stages = ["{LOCAL}"], or name a deployed stage with --stage'
        )
    return models[name]


def made(name: str, model: Model, now: float, home: str | None = None) -> Here:
    """Return what a model's clients are to follow here, as the controller would publish it at `now` (epoch seconds).

    Nobody asks Bedrock where a profile sends data, so each is unknown, and outside of every boundary. `home`: the
    Region of Bedrock's routes that name none; without it that of the environment.
    """
    home = home_region() if home is None else home
    judged = [_placed(one) for one in eligible(model, home, {})]
    routes = [one for one in judged if isinstance(one, Candidate)]
    wanted = document(Sight(stage=LOCAL, name=name, home=home), model.boundary, routes, {}, now)
    return Here(replace(wanted, epoch=int(now)), tuple(one for one in judged if isinstance(one, Rejected)))


def home_region() -> str:
    """Return the Region that the environment names; empty: none."""
    return next((found for name in _REGIONS if (found := os.environ.get(name))), "")


def _placed(one: Candidate | Rejected) -> Candidate | Rejected:
    """Turn away a route of Bedrock's that nobody said the Region of."""
    if isinstance(one, Candidate) and one.kind in BEDROCK and not one.region:
        return Rejected(
            one.name, "no_region", f"{one.name} has no Region here: say `region` of the route, or AWS_REGION"
        )
    return one
