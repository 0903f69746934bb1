"""Which routes of a document a call may take, in order. Pure: what isn't returned here is never called."""

from collections.abc import Collection
from time import gmtime, strftime

from tidegate.client.errors import NoRoute
from tidegate.policy.document import Candidate, Document


def choose(
    document: Document,
    *,
    expired: bool,
    kinds: Collection[str] | None = None,
    pin: Collection[str] | None = None,
    only: str | None = None,
) -> tuple[Candidate, ...]:
    """Return the routes that may be taken, the preferred first; never none.

    Of a document that has `expired` that is the last resort. `kinds` are those that the caller can speak with, `pin` is
    a boundary of the application's own: it only narrows. `only` is the one Region in which Bedrock can be called.

    Raises:
        NoRoute: nothing is left.
    """
    routes = tuple(filter(None, (document.last_resort,))) if expired else document.allowed
    found = tuple(one for one in routes if one.within(pin) and (kinds is None or one.kind in kinds))
    if found and only:
        found = tuple(one for one in found if one.region in {"", only})
        if not found:
            raise NoRoute(_elsewhere(document, only))
    if not found:
        raise NoRoute(_nothing(document, kinds=kinds, pin=pin, expired=expired))
    return found


def _elsewhere(document: Document, only: str) -> str:
    return (
        f"{_where(document)}: its routes are in other Regions than {only}, and the client's endpoint leads there "
        "alone; name a route there in tidegate.toml, or say attach(..., every_region=True) of one that serves them all"
    )


def _where(document: Document) -> str:
    return f'model "{document.model}" of stage {document.stage}, epoch {document.epoch}'


def _nothing(document: Document, *, kinds: Collection[str] | None, pin: Collection[str] | None, expired: bool) -> str:
    bounds = "anywhere" if document.boundary is None else ", ".join(document.boundary)
    pinned = f", and the application's own {', '.join(pin)}" if pin is not None else ""
    spoken = f" that is one of {', '.join(kinds)}" if kinds is not None else ""
    where = _where(document)
    if expired:
        until = strftime("%Y-%m-%d %H:%M:%S UTC", gmtime(document.until))
        return (
            f"{where}: its routes were good until {until}, and the home Region has none without a commitment"
            f"{spoken} inside of {bounds}{pinned}; see whether the stage still publishes: tidegate models"
        )
    return f"{where}: no route{spoken} is inside of {bounds}{pinned}; name one in tidegate.toml"


def same_family(routes: tuple[Candidate, ...], home: str) -> tuple[Candidate, ...]:
    """Return the routes that take the same body in InvokeModel, which every provider lays out in its own way.

    The application wrote the body for the model of its home Region, or else for the preferred route.
    """
    meant = next((one for one in routes if one.name == home), routes[0])
    wanted = family(meant)
    return tuple(one for one in routes if one is meant or (wanted and family(one) == wanted))


def family(route: Candidate) -> str:
    """Return whose request bodies a route takes; empty: its ARN doesn't say, and the policy neither."""
    if route.family:
        return route.family
    name = route.id.rpartition("/")[2]
    if route.id.startswith("arn:") and not ("foundation-model/" in route.id or "inference-profile/" in route.id):
        return ""
    parts = name.split(".")
    # "eu.anthropic.claude-...", "anthropic.claude-...", and the opaque id of an application's profile.
    at = 1 if route.kind == "bedrock-profile" else 0
    return parts[at] if len(parts) > at + 1 else ""


def roomy(routes: tuple[Candidate, ...], tokens: int) -> tuple[Candidate, ...]:
    """Return the routes that take a request of so many tokens; all of them if none does: it is an estimate."""
    found = tuple(one for one in routes if one.max_context is None or one.max_context >= tokens)
    return found or routes
