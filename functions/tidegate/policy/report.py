"""What clients report as events: how a route failed them. Plain data; `docs/client.md` has the schema in words."""

from typing import Final

SOURCE: Final = "tidegate.client"
DETAIL_TYPE: Final = "Tidegate Model Route Report"
VERSION: Final = 1
"""Of the event's detail."""

EVERY_SECONDS: Final = 10
"""A process tells of one route and one failure this often at the most, and then how often it happened."""

MOST_COUNT: Final = 1_000_000
"""What one report may claim."""
