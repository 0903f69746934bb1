"""What a fleet is made of when spot is short: what a `[profile.NAME.mix]` table may say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, cast, get_args

from tidegate.policy.checks import is_number, is_whole
from tidegate.policy.errors import wrong_value

MixMode = Literal["tend", "leave"]

_RANGES: Final = {
    "fallback_after_seconds": (0, 7200),
    "jitter_seconds": (0, 900),
    "hold_down_seconds": (300, 86_400),
    "return_step_percent": (1, 100),
    "floor_limit_percent": (0, 100),
    "floor_half_life_seconds": (600, 86_400),
}
_WINDOW: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """When on-demand machines stand in for spot, how many, and how they go again. Times in seconds.

    Raises:
        PolicyError: a value outside of what its field allows.
    """

    mode: MixMode = "tend"
    """`leave`: what the group is made of is its owner's alone."""

    fallback_after_seconds: int = 300
    """How long spot has to be missing before on-demand stands in for it, 0 to 7200; a launch that failed for lack of
    spot capacity or spot quota says so at once."""

    jitter_seconds: int = 60
    """Over how long groups that fall back together are spread, 0 to 900: by its name each waits a part of it."""

    max_on_demand: int | None = None
    """Units that may be on-demand at the most, the owner's own included; none: as many as are wanted in all."""

    max_usd_per_hour: float | None = None
    """What on-demand beyond the owner's own may cost an hour; none: no limit but those above and the group's maximum.
    It needs the price of each of the group's instance types."""

    usd_per_hour: Mapping[str, float] = field(default_factory=dict[str, float])
    """On-demand price of a machine by its instance type."""

    hold_down_seconds: int = 2700
    """How long no spot machine was lost, and no spot launch failed, before spot is trusted again, 300 to 86400; doubled
    each time that went wrong."""

    return_window: str = "00:00-24:00"
    """In which time of the day, UTC, machines go back to spot; one that ends before it begins lasts over midnight."""

    return_step_percent: int = 25
    """How much of what stands in for spot one step gives back, 1 to 100; one unit at least."""

    floor_limit_percent: int = 30
    """Up to which share of the size recent losses keep on-demand from going back, 0 to 100."""

    floor_half_life_seconds: int = 3600
    """After which time a loss counts half, 600 to 86400."""

    def __post_init__(self) -> None:
        if self.mode not in get_args(MixMode):
            raise wrong_value("mode", self.mode, get_args(MixMode))
        for key, (least, most) in _RANGES.items():
            value = getattr(self, key)
            if not is_whole(value) or not least <= value <= most:
                raise wrong_value(key, value, f"a whole number from {least} to {most}")
        if self.max_on_demand is not None and not (is_whole(self.max_on_demand) and self.max_on_demand >= 0):
            raise wrong_value("max_on_demand", self.max_on_demand, "a whole number of units, 0 or more")
        if _minutes(self.return_window) is None:
            raise wrong_value("return_window", self.return_window, 'two times of the day in UTC, such as "22:00-06:00"')
        self._check_prices()

    def _check_prices(self) -> None:
        if not is_prices(self.usd_per_hour):
            example = '{ "g5.xlarge" = 1.006 }'
            raise wrong_value("usd_per_hour", self.usd_per_hour, f"prices above 0 by instance type, such as {example}")
        if self.max_usd_per_hour is None:
            return
        if not (is_number(self.max_usd_per_hour) and self.max_usd_per_hour >= 0):
            raise wrong_value("max_usd_per_hour", self.max_usd_per_hour, "a number, 0 or more")
        if not self.usd_per_hour:
            needed = "a limit only together with usd_per_hour, the prices of the group's instance types"
            raise wrong_value("max_usd_per_hour", self.max_usd_per_hour, needed)

    def returns_at(self, minute: int) -> bool:
        """Return whether machines may go back to spot in a minute of the day, UTC."""
        began, ended = _minutes(self.return_window) or (0, _DAY)
        return began <= minute < ended if began < ended else minute >= began or minute < ended


def is_prices(value: object) -> bool:
    """Return whether a value is a table of prices."""
    if not isinstance(value, Mapping):
        return False
    prices = cast(Mapping[object, object], value).items()
    return all(isinstance(name, str) and is_number(price) and cast(float, price) > 0 for name, price in prices)


def _minutes(window: object) -> tuple[int, int] | None:
    """Return the minutes of the day at which a window begins and ends; None: it is none."""
    if not isinstance(window, str) or not (found := _WINDOW.fullmatch(window)):
        return None
    hours, minutes, until, past = map(int, found.groups())
    began, ended = hours * _HOUR + minutes, until * _HOUR + past
    return None if ended > _DAY or began == ended else (began, ended)
