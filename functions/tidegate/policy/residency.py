"""Where data may be processed: Regions, the named sets of them, and the one question whether some lie inside of others.

Unknown is outside: a route that doesn't say where it processes is inside no boundary. Pure, and the same code for the
controller that publishes routes and for the client that takes them.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

ANYWHERE: Final = "anywhere"
"""What a model says whose data may be processed in any place, known or not."""

SETS: Final[Mapping[str, tuple[str, ...]]] = {
    # Regions in member states of the European Union. London and Zurich are in none, so they are not in here.
    # https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
    "EU": ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    # The commercial Regions; GovCloud is a partition of its own, with accounts of its own.
    "US": ("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
}
"""Named sets of Regions."""

PLACES: Final = f'Regions such as ["eu-central-1"], {" or ".join(f'"{one}"' for one in SETS)}'
"""What may be said of where data is processed, in words."""

_REGION: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
"""A Region of AWS, or of another provider, such as Azure's `germanywestcentral`."""


def places(said: object) -> tuple[str, ...] | None:
    """Return the Regions that a set's name or a list of Regions stands for; None: it is neither."""
    if isinstance(said, str):
        return SETS.get(said)
    if not isinstance(said, list | tuple):
        return None
    found = [one for one in said if isinstance(one, str) and _REGION.fullmatch(one)]  # pyright: ignore[reportUnknownVariableType]: it is looked at here
    return tuple(dict.fromkeys(found)) if found and len(found) == len(said) else None  # pyright: ignore[reportUnknownArgumentType]


def boundary(said: object) -> tuple[str, ...] | None:
    """Return the Regions of a boundary; None for `anywhere`. Raises KeyError for what is no boundary."""
    if said == ANYWHERE:
        return None
    found = places(said)
    if found is None:
        raise KeyError(said)
    return found


def inside(regions: Collection[str], bounds: Collection[str] | None) -> bool:
    """Return whether data that is processed in `regions` stays inside of `bounds`; no Region at all is unknown.

    `bounds` is None for a model that says `anywhere`.
    """
    return bounds is None or (bool(regions) and set(regions) <= set(bounds))
