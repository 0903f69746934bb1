"""How a fleet's size follows its signals: what a `[profile.NAME.size]` table may say."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from tidegate.policy.checks import is_whole
from tidegate.policy.errors import wrong_value

SizeMode = Literal["tend", "leave"]

_RANGES: Final = {
    "tolerance_percent": (0, 90),
    "warmup_seconds": (0, 3600),
    "scale_in_after_seconds": (120, 7200),
    "scale_out_limit_percent": (1, 1000),
    "scale_in_limit_percent": (1, 100),
    "spare": (0, 1000),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How fast machines come and go. Times in seconds.

    Raises:
        PolicyError: a value outside of what its field allows.
    """

    mode: SizeMode = "tend"
    """`leave`: the size is somebody else's; interruptions are handled all the same, and no alarm is made."""

    tolerance_percent: int = 7
    """How far from its target a signal has to be, 0 to 90: a smaller excess asks for machines only if it is that of
    three minutes, and a machine is too many only if the others stay so far below the target without it."""

    warmup_seconds: int = 120
    """How long a machine is in service before it counts, 0 to 3600: until then it is slow, or busy with itself."""

    scale_in_after_seconds: int = 600
    """How long every signal has to be low before machines are taken, 120 to 7200."""

    scale_out_limit_percent: int = 100
    """By how much a look may enlarge the size, 1 to 1000; always by one machine at least."""

    scale_in_limit_percent: int = 50
    """By how much a look may reduce it, 1 to 100; always by one machine at least."""

    spare: int = 0
    """Units that are kept on top of what the signals ask for, 0 to 1000: so many may spot take at a time, and nobody
    notices."""

    def __post_init__(self) -> None:
        if self.mode not in get_args(SizeMode):
            raise wrong_value("mode", self.mode, get_args(SizeMode))
        for key, (least, most) in _RANGES.items():
            value = getattr(self, key)
            if not is_whole(value) or not least <= value <= most:
                raise wrong_value(key, value, f"a whole number from {least} to {most}")
