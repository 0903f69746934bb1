"""What a drill found, for people and machines alike."""

from collections import Counter
from dataclasses import dataclass

from tidegate.desk.drills.losses import Loss
from tidegate.desk.drills.verdict import Check
from tidegate.desk.region.world import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One drill: what it was, what happened, and the verdict."""

    name: str
    about: str
    timeline: tuple[Entry, ...]
    losses: tuple[Loss, ...]
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """PASS or FAIL."""
        return all(check.passed for check in self.checks)

    def calls(self) -> Counter[str]:
        """Return how often the handler made each AWS call, retries included."""
        made = (each.data for each in self.timeline if each.kind == "call" and each.actor == "tidegate")
        return Counter(f"{data['service']}:{data['operation']}" for data in made)
