"""What a model needs of the world, as small protocols: `aws.py` implements them, tests fake them in a few lines."""

from collections.abc import Mapping
from typing import Protocol

from tidegate.model.sight import Traffic
from tidegate.policy.document import Document
from tidegate.policy.route import Route


class Metrics(Protocol):
    """What CloudWatch counted of routes."""

    def traffic(self, region: str, routes: Mapping[str, Route], *, since: float, now: float) -> Mapping[str, Traffic]:
        """Return the minutes of some routes whose source Region is `region`, by their names.

        `since` and `now` in epoch seconds. May raise the error of its AWS call after its retries.
        """
        ...


class Profiles(Protocol):
    """Bedrock's inference profiles."""

    def destinations(self, region: str, profile: str) -> tuple[str, ...]:
        """Return the Regions that a profile sends data to from `region`; none if Bedrock doesn't name each of them.

        May raise the error of its AWS call after its retries.
        """
        ...


class Documents(Protocol):
    """What applications read. Every method may raise the error of its AWS call after its retries."""

    def read(self, stage: str, model: str) -> Document | None:
        """Return what can be read of a model; None: nothing, or nothing that is whole."""
        ...

    def publish(self, document: Document) -> None:
        """Let this document be read from now on. May be repeated."""
        ...
