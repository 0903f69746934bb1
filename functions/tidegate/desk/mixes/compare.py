"""Plays a story under each rule, and adds up what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tidegate.desk.mixes.story import Story
from tidegate.desk.world.clock import MINUTE
from tidegate.desk.world.play import Run, play
from tidegate.policy.profile import Profile
from tidegate.policy.size import Size

AT_ONCE: Final = Profile(size=Size(mode="leave"))
"""The defaults of a profile, with a size that is somebody else's."""

DRAIN_SECONDS: Final = 60

TIDEGATE: Final = "Tidegate"
SERVING_ON: Final = f"Tidegate, drain_seconds = {DRAIN_SECONDS}"
ALONE: Final = "the group alone"
RULES: Final[Mapping[str, Profile | None]] = {
    TIDEGATE: AT_ONCE,
    SERVING_ON: replace(AT_ONCE, drain_seconds=DRAIN_SECONDS),
    ALONE: None,
}

TICK: Final = 60
CLOSE_TICK: Final = 10
"""Seconds between two moments that are drawn, from afar and from close by; nothing else depends on it."""

PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a rule came to in a story."""

    missing: float
    """Unit-minutes by which less was in service than needed: the dip."""

    missing_percent: float
    """The same as a share of what was needed."""

    worst: int
    """Most units that were missing at once."""

    longest: float
    """The longest time for which something was missing, in minutes."""

    cost_percent: float
    """What was paid, as a share of what all that was needed costs on-demand."""

    replacements: int
    """Machines that Auto Scaling ended only because another one took their place."""

    launches: int
    losses: int


@dataclass(frozen=True, slots=True)
class Played:
    """A story, and its parts' runs under each rule."""

    story: Story
    runs: Mapping[str, Sequence[Run]]

    def figures(self, rule: str) -> Figures:
        """Return what came of a rule, in all parts together."""
        totals = [run.totals for run in self.runs[rule]]
        needed = sum(one.seconds * (part.needed or 0) for one, part in zip(totals, self.story.parts, strict=True))
        dip = sum(one.dip for one in totals)
        paid, reference = (sum(sum(one.cost.values()) for one in totals), sum(one.all_on_demand for one in totals))
        return Figures(
            missing=dip / MINUTE,
            missing_percent=PERCENT * dip / needed,
            worst=max(one.worst for one in totals),
            longest=max(one.longest for one in totals) / MINUTE,
            cost_percent=PERCENT * paid / reference,
            replacements=sum(one.replacements for one in totals),
            launches=sum(one.launches for one in totals),
            losses=sum(one.losses for one in totals),
        )

    def drawn(self, rule: str) -> Run:
        """Return the run that is drawn."""
        return self.runs[rule][self.story.drawn]


def played(
    story: Story, rules: Mapping[str, Profile | None] = RULES, step: Callable[[], None] = lambda: None
) -> Played:
    """Play a story; `step` hears of each run that is over."""
    runs: dict[str, list[Run]] = {rule: [] for rule in rules}
    for rule, profile in rules.items():
        for part in story.parts:
            runs[rule].append(play(part, profile, tick=CLOSE_TICK if story.closer else TICK))
            step()
    return Played(story, runs)
