"""What applications are to read of a model, and whether that has to be written. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tidegate.model.eligible import on_demand_at_home
from tidegate.model.ladder import fitting, ordered
from tidegate.model.sight import Sight
from tidegate.model.standing import Track
from tidegate.policy.document import VALID_SECONDS, Candidate, Document

RENEWED_SECONDS: Final = VALID_SECONDS / 2
"""Before this much of its time is left, the document is written again: looks come every ten minutes."""


@dataclass(frozen=True, slots=True)
class Publish:
    """Let applications read this document."""

    document: Document


def document(
    sight: Sight, boundary: tuple[str, ...] | None, routes: Sequence[Candidate], tracks: Mapping[str, Track], now: float
) -> Document:
    """Return what is to be read from `now` on (epoch seconds), with no epoch yet.

    `tracks`: how the routes stand, as far as it is to show.
    """
    home = on_demand_at_home(routes, sight.home)
    return fitting(
        Document(
            stage=sight.stage,
            model=sight.name,
            epoch=0,
            issued=now,
            until=now + VALID_SECONDS,
            boundary=boundary,
            routes=ordered(routes, tracks, home=home),
            home=home,
        )
    )


def publication(wanted: Document, there: Document | None, epoch: int, now: float) -> Publish | None:
    """Return what is to be written; None: applications read the same already.

    `there` is what they can read, `epoch` that of what was published last. Epochs grow with the clock: so they do even
    where the table and the parameter were lost, and clients go on.
    """
    if there and there.epoch == epoch and there.until - now >= RENEWED_SECONDS and _content(there) == _content(wanted):
        return None
    last = max(epoch, there.epoch if there else 0)
    return Publish(replace(wanted, epoch=max(last + 1, int(now))))


def _content(document: Document) -> Document:
    return replace(document, epoch=0, issued=0, until=0)
