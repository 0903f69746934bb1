"""What clients report as events: how a route failed them. Plain data; `docs/report.schema.json` is its schema."""

from typing import Final

from tidegate.policy.failures import FAILURES, MEANINGS, Failure

SOURCE: Final = "tidegate.client"
DETAIL_TYPE: Final = "Tidegate Model Route Report"
VERSION: Final = 1
"""Of the event's detail."""

EVERY_SECONDS: Final = 10
"""A process tells of one route and one failure this often at the most, and then how often it happened."""

MOST_COUNT: Final = 1_000_000
"""What one report may claim."""

MOST_NUMBER: Final = 2**53 - 1
"""The largest whole number that JSON hands from one reader to the next as it is: RFC 8259, section 6."""

REPORTED: Final[tuple[Failure, ...]] = tuple(one for one in FAILURES if MEANINGS[one].standing)
"""The failures that are told of: those that say something about the route."""
