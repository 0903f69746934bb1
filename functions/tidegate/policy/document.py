"""The route document of a model: what the controller publishes, and what applications follow. JSON, in one parameter.

A reader takes nothing on trust: what isn't whole, too old, or outside of the boundary is refused by whoever reads it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from tidegate.policy.checks import is_number, is_whole
from tidegate.policy.kind import BEDROCK
from tidegate.policy.residency import inside

VERSION: Final = 1
"""Of the format: a reader refuses another one."""

LONGEST: Final = 4096
"""Bytes of a parameter of the standard tier.
https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"""

VALID_SECONDS: Final = 3600
"""How long a document holds: so long may nobody look, and applications go on by it."""

LARGEST_EPOCH: Final = 2**53 - 1
"""Beyond it numbers lose digits on their way through JSON."""

MAX_AGE_SECONDS: Final = 15
"""How long a client takes what it has read for current."""

_OPTIONAL: Final = ("region", "endpoint", "secret", "family")


class NoDocument(ValueError):
    """A text that is no route document. The text is one line: what is wrong, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way to the model, as a client takes it. The fields mean what those of `Route` do, with nothing left open."""

    name: str
    kind: str
    id: str
    regions: tuple[str, ...]
    """Where data is processed; empty: unknown, which is outside of every boundary."""

    region: str = ""
    """Where Bedrock is called; empty for other kinds."""

    max_context: int | None = None
    endpoint: str = ""
    secret: str = ""
    family: str = ""

    def within(self, bounds: Collection[str] | None) -> bool:
        """Return whether it is called and processes inside of some Regions; None: anywhere will do.

        Bedrock is called in a Region, and plain models process there and nowhere else, whatever a document says.
        """
        if self.kind not in BEDROCK:
            return inside(self.regions, bounds)
        plain = self.kind == "bedrock-profile" or self.regions == (self.region,)
        return plain and inside((self.region,), bounds) and inside(self.regions, bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The ways to one model, the one to be taken first in front. Times in epoch seconds."""

    stage: str
    model: str
    epoch: int
    """Grows with each publication, also over a stage that was removed and deployed again."""

    issued: float
    until: float
    """From then on the order says nothing any more, and `home` alone is left."""

    boundary: tuple[str, ...] | None
    """The Regions in which data may be processed; None: anywhere."""

    routes: tuple[Candidate, ...]
    home: str = ""
    """Name of the route to the stage's own Region, without a commitment and without a profile; empty: there is none."""

    @property
    def allowed(self) -> tuple[Candidate, ...]:
        """The routes inside of the boundary, in order: whatever else stands there is not to be called."""
        return tuple(one for one in self.routes if one.within(self.boundary))

    @property
    def last_resort(self) -> Candidate | None:
        """The route that is left once the document has expired; None: there is none inside of the boundary."""
        return next((one for one in self.allowed if one.name == self.home and one.kind == "bedrock"), None)


def parameter(stage: str, model: str) -> str:
    """Return the name of the SSM parameter that holds a model's document."""
    return f"{prefix(stage)}{model}"


def prefix(stage: str) -> str:
    """Return what the names of all documents of a stage begin with."""
    return f"/tidegate/{stage}/routes/"


def dump(document: Document) -> str:
    """Return a document as text, as short as it can be said."""
    said = {
        "v": VERSION,
        "stage": document.stage,
        "model": document.model,
        "epoch": document.epoch,
        "issued": round(document.issued),
        "until": round(document.until),
        "boundary": document.boundary,
        "home": document.home,
        "routes": [_said(one) for one in document.routes],
    }
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def load(text: str) -> Document:
    """Read a document. Raises `NoDocument`."""
    try:
        said: Any = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NoDocument(f"no JSON: {error}") from None
    if not isinstance(said, dict):
        raise NoDocument(f"a JSON {type(said).__name__}, not an object")
    table = cast(dict[str, Any], said)
    if table.get("v") != VERSION:
        raise NoDocument(f"its format is {table.get('v')!r}: this release of Tidegate reads {VERSION}; install another")
    try:
        return _document(table)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise NoDocument(f"a field is missing or wrong: {error!r}") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _document(said: Mapping[str, Any]) -> Document:
    bounds, epoch, issued, until = (said[key] for key in ("boundary", "epoch", "issued", "until"))
    if not (is_whole(epoch) and 0 <= epoch <= LARGEST_EPOCH):
        raise ValueError(f"epoch is {epoch!r}")
    if not (is_number(issued) and is_number(until) and 0 < until - issued <= 2 * VALID_SECONDS):
        raise ValueError(f"it holds from {issued!r} until {until!r}")
    return Document(
        stage=_text(said["stage"]),
        model=_text(said["model"]),
        epoch=epoch,
        issued=float(issued),
        until=float(until),
        boundary=None if bounds is None else _texts(bounds),
        routes=tuple(_candidate(one) for one in said["routes"]),
        home=_text(said["home"]),
    )


def _candidate(said: Mapping[str, Any]) -> Candidate:
    kind, region = _text(said["kind"]), _text(said.get("region", ""))
    if kind in BEDROCK and not region:
        raise ValueError(f"route {said['name']!r} is Bedrock's and has no region")
    return Candidate(
        name=_text(said["name"]),
        kind=kind,
        id=_text(said["id"]),
        regions=_texts(said["in"]),
        max_context=None if said.get("max") is None else int(said["max"]),
        region=region,
        **{key: _text(said.get(key, "")) for key in _OPTIONAL if key != "region"},
    )


def _said(one: Candidate) -> dict[str, object]:
    values: dict[str, object] = {"name": one.name, "kind": one.kind, "id": one.id, "in": one.regions}
    more = {"max": one.max_context} | {key: getattr(one, key) for key in _OPTIONAL}
    return values | {key: value for key, value in more.items() if value}


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError(f"{said!r} is no text")
    return said


def _texts(said: object) -> tuple[str, ...]:
    if not isinstance(said, list | tuple):
        raise TypeError(f"{said!r} is no list")
    return tuple(_text(one) for one in cast(list[object], said))
