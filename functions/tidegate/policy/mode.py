"""Whether Tidegate may act: the mode of a stage and its kill switch."""

from dataclasses import dataclass
from typing import Final

MODES: Final = ("observe", "act")
SWITCH_POSITIONS: Final = ("off", "on")


@dataclass(frozen=True, slots=True)
class Mode:
    """What the two parameters of a stage said when they were last read.

    `act` is False in the mode `observe`: decide, record, change nothing. `stopped` is True while the kill switch is on:
    nothing new is released, scaled or bought, while what was begun finishes and the journal goes on.
    """

    act: bool
    stopped: bool

    @property
    def may_release(self) -> bool:
        """Whether machines may be released, and anything else that is new be begun."""
        return self.held is None

    @property
    def held(self) -> tuple[str, str] | None:
        """Why nothing new may be begun, as (code for a metric's dimension, reason for a person); None: it may."""
        if self.stopped:
            return "kill_switch", "the kill switch is on"
        return None if self.act else ("observe_mode", "the mode is observe")


STANDSTILL: Final = Mode(act=False, stopped=True)
"""What holds when nothing is known: nothing but deletions."""


def read_mode(mode: str | None, switch: str | None) -> Mode:
    """Read the values of the two parameters; what is missing or misspelt counts as the careful one.

    A person types these values at night, so blanks and capitals don't matter.
    """
    return Mode(act=_said(mode) == "act", stopped=_said(switch) != "off")


def misspelt(mode: str | None, switch: str | None) -> tuple[str, ...]:
    """Return a sentence for each value that is none of those allowed."""
    checks = (("mode", mode, MODES), ("kill switch", switch, SWITCH_POSITIONS))
    return tuple(
        f"{name} is {value!r}, allowed is {' or '.join(allowed)}: taken as {careful!r}"
        for (name, value, allowed), careful in zip(checks, ("observe", "on"), strict=True)
        if _said(value) not in allowed
    )


def _said(value: str | None) -> str:
    return (value or "").strip().lower()
