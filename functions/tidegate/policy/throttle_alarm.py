"""How the alarms on a model's routes are named: the stack makes them, and their names say whose they are.

Not beneath the prefix of the fleets' alarms: the sweep deletes those that no fleet wants.
"""

import re
from typing import Final, Literal, get_args

Watch = Literal["throttles", "throttle-ratio"]
WATCHES: Final[tuple[Watch, ...]] = get_args(Watch)

_NAME: Final = re.compile(r"tidegate-model/[^/]+/(?P<model>[^/]+)/(?P<route>[^/]+)/(?P<watch>[^/]+)")


def prefix(stage: str) -> str:
    """Return what the names of all alarms on models of a stage begin with."""
    return f"tidegate-model/{stage}/"


def alarm_name(stage: str, model: str, route: str, watch: Watch) -> str:
    """Return the name of an alarm on a route of a model."""
    return f"{prefix(stage)}{model}/{route}/{watch}"


def owner(stage: str, name: str) -> tuple[str, str, str] | None:
    """Return (model, route, watch) of an alarm of this stage; None for any other."""
    found = _NAME.fullmatch(name) if name.startswith(prefix(stage)) else None
    return (found["model"], found["route"], found["watch"]) if found and found["watch"] in WATCHES else None
