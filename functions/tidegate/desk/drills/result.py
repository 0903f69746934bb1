"""What a drill found, for people and machines alike."""

from collections import Counter
from dataclasses import dataclass

from tidegate.desk.drills.losses import Loss
from tidegate.desk.drills.verdict import Check
from tidegate.desk.region.world import Entry


@dataclass(frozen=True, slots=True)
class Series:
    """How one number went: (seconds since the drill began, value), up to `most`, and the value it is to be kept at."""

    name: str
    points: tuple[tuple[float, float], ...]
    most: float
    target: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One drill: what it was, what happened, and the verdict."""

    name: str
    about: str
    timeline: tuple[Entry, ...]
    losses: tuple[Loss, ...]
    checks: tuple[Check, ...]
    series: tuple[Series, ...] = ()
    since: float = 0.0
    """From which second on the story is worth telling."""

    @property
    def passed(self) -> bool:
        """PASS or FAIL."""
        return all(check.passed for check in self.checks)

    def calls_by_function(self) -> dict[str, Counter[str]]:
        """Return, for each function that made any, how often it made each AWS call, retries included."""
        found: dict[str, Counter[str]] = {}
        for each in self.timeline:
            if each.kind == "call" and each.actor == "tidegate":
                call = f"{each.data['service']}:{each.data['operation']}"
                found.setdefault(each.data["function"], Counter())[call] += 1
        return found

    def calls(self) -> Counter[str]:
        """Return how often each AWS call was made by any function, retries included."""
        return sum(self.calls_by_function().values(), Counter[str]())
