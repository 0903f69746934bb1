"""Reads a model and its routes: an array of tables, whose order is the order of preference."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from tidegate.policy.errors import PolicyError, unknown_key, wrong_value
from tidegate.policy.model import Model
from tidegate.policy.route import Route, regions_of
from tidegate.policy.tables import made


def read_model(key: str, body: Mapping[str, Any]) -> Model:
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
    found = (_route(f"{key}.route[{number}]", one) for number, one in enumerate(cast(list[dict[str, Any]], routes), 1))
    return made(Model, key, {**parts, "routes": tuple(found)})


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
    return made(Route, key, parts)


def check_stages(models: Mapping[str, Model], known: Sequence[str]) -> None:
    """Refuse a route that names a stage which nobody has: it would be missing without a word."""
    for name, model in models.items():
        for route in model.routes:
            for stage in route.stages:
                if stage not in known:
                    raise wrong_value(f"model.{name}.route.{route.name}.stages", stage, known)


def model_values(model: Model) -> dict[str, object]:
    """Return what a table of a model says, less what is not set."""
    values = asdict(model)
    del values["routes"]
    routes = [{name: value for name, value in asdict(one).items() if value} for one in model.routes]
    return {**values, "route": routes}
