"""What a person may ask of the emulated Region that AWS offers nobody: build a fleet, take a machine, hold an answer.

Spot can run dry for a fleet as well, and a route to a model fail. Addresses begin with /tidegate/ and answer JSON; the
parameters stand in the query, a fleet's shape in the body.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from tidegate.desk.local import models
from tidegate.desk.local.live import Answer, LiveRegion
from tidegate.desk.region.fleet import FleetShape

PREFIX: Final = "/tidegate/"


@dataclass(frozen=True, slots=True)
class Request:
    """One request below PREFIX."""

    region: LiveRegion
    query: Mapping[str, str]
    body: bytes


def administer(region: LiveRegion, method: str, path: str, body: bytes) -> Answer:
    """Answer a request below PREFIX; an error says what is wrong with it."""
    address = urlsplit(path)
    route = ROUTES.get((method, address.path.removeprefix(PREFIX)))
    if route is None:
        known = ", ".join(f"{verb} {PREFIX}{name}" for verb, name in ROUTES)
        return _said(HTTPStatus.NOT_FOUND, {"error": f"there is no {method} {address.path}: only {known}"})
    try:
        return _said(HTTPStatus.OK, route(Request(region, dict(parse_qsl(address.query)), body)))
    except KeyError as error:
        return _said(HTTPStatus.BAD_REQUEST, {"error": f"the query lacks {error.args[0]}"})
    except (LookupError, TypeError, ValueError) as error:
        return _said(HTTPStatus.BAD_REQUEST, {"error": str(error)})


def _said(status: HTTPStatus, what: Any) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(what) + "\n"


def _fleets(asked: Request) -> Any:
    return asked.region.fleets()


def _build(asked: Request) -> Any:
    shape = FleetShape(**json.loads(asked.body))
    asked.region.build(shape)
    return asked.region.fleets()[shape.name]


def _interrupt(asked: Request) -> Any:
    instance, after = asked.query["instance"], float(asked.query.get("after", "120"))
    asked.region.interrupt(instance, after=after)
    return {"instance": instance, "after": after}


def _dry_up(asked: Request) -> Any:
    fleet = asked.query["fleet"]
    asked.region.dry_up(fleet)
    return {"fleet": fleet}


def _hold(asked: Request) -> Any:
    operation, seconds = asked.query["operation"], float(asked.query["seconds"])
    asked.region.hold(operation, seconds=seconds)
    return {"operation": operation, "seconds": seconds}


def _timeline(asked: Request) -> Any:
    return asked.region.timeline(int(asked.query.get("since", "0")))


def _calls(asked: Request) -> Any:
    return models.calls(asked.region.bedrock)


def _quota(asked: Request) -> Any:
    models.grant(asked.region.bedrock, asked.query["region"], asked.query["model"], json.loads(asked.body))
    return {"model": asked.query["model"]}


def _trouble(asked: Request) -> Any:
    said = asked.query
    seconds = float(said.get("seconds", "inf"))
    models.trouble_route(
        asked.region.bedrock, said["trouble"], region=said["region"], model=said["model"], seconds=seconds
    )
    return {"model": said["model"], "trouble": said["trouble"]}


ROUTES: Final[Mapping[tuple[str, str], Callable[[Request], Any]]] = {
    ("GET", "fleets"): _fleets,
    ("POST", "fleets"): _build,
    ("POST", "interrupt"): _interrupt,
    ("POST", "dry-up"): _dry_up,
    ("POST", "hold"): _hold,
    ("GET", "timeline"): _timeline,
    ("GET", "bedrock"): _calls,
    ("POST", "bedrock/quota"): _quota,
    ("POST", "bedrock/trouble"): _trouble,
}
