"""A model under a name of its own: what a `[model.NAME]` table may say."""

from dataclasses import dataclass
from typing import Final

from tidegate.policy import residency
from tidegate.policy.checks import is_whole
from tidegate.policy.errors import PolicyError, wrong_value
from tidegate.policy.residency import ANYWHERE, PLACES
from tidegate.policy.route import LATENCIES, Latency, Route

_RANGES: Final = {"step_down_percent": (1, 100), "hold_seconds": (60, 3600)}
_MOST_ROUTES: Final = 12
"""What a document of 4 KB holds, with room for ARNs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What applications call by one name, and the ways to it, the preferred first. Times in seconds.

    Raises:
        PolicyError: a value outside of what its field allows.
    """

    residency: str | tuple[str, ...]
    """Where data may be processed: Regions, the name of a set of them, or `anywhere`. It has no default: nobody but the
    owner of the data knows."""

    routes: tuple[Route, ...]
    latency: Latency = "interactive"
    """How urgently it is used: slower routes are none for it."""

    step_down_percent: int = 5
    """The share of throttled requests in a minute from which a route is stepped down, 1 to 100."""

    hold_seconds: int = 120
    """How long a route has to be quiet before it is trusted again, 60 to 3600; doubled each time that went wrong."""

    def __post_init__(self) -> None:
        try:
            residency.boundary(self.residency)
        except (KeyError, TypeError):
            said = self.residency if isinstance(self.residency, str) else list(self.residency)
            raise wrong_value("residency", said, f'{PLACES}, or "{ANYWHERE}"') from None
        if self.latency not in LATENCIES:
            raise wrong_value("latency", self.latency, LATENCIES)
        for key, (least, most) in _RANGES.items():
            value = getattr(self, key)
            if not is_whole(value) or not least <= value <= most:
                raise wrong_value(key, value, f"a whole number from {least} to {most}")
        self._check_routes()

    def _check_routes(self) -> None:
        names = [one.name for one in self.routes]
        if not 1 <= len(names) <= _MOST_ROUTES:
            raise PolicyError(f"route: 1 to {_MOST_ROUTES} are needed, the preferred first; there are {len(names)}")
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise PolicyError(f'route.name = "{twice}": allowed is a name that no other route of the model has')

    @property
    def boundary(self) -> tuple[str, ...] | None:
        """The Regions that data may be processed in; None: any place."""
        return residency.boundary(self.residency)

    def at(self, stage: str) -> tuple[Route, ...]:
        """Return the routes that a stage has."""
        return tuple(one for one in self.routes if one.at(stage))
