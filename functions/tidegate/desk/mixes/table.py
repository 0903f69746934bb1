"""What came of the stories: the table of `docs/mix.md`, and the same for machines."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Final

from tidegate.desk.mixes.compare import Figures, Played

COLUMNS: Final = (
    "unit-minutes missing",
    "of what is needed, %",
    "most at once",
    "longest, minutes",
    "cost, % of all on-demand",
    "replaced",
    "launched",
    "lost",
)
HEADER: Final = (f"| story | rule | {' | '.join(COLUMNS)} |", f"|---|---|{'---:|' * len(COLUMNS)}")


def cells(one: Figures) -> tuple[str, ...]:
    """Return the figures of a rule as they are told, in the order of `COLUMNS`."""
    return (
        f"{one.missing:,.0f}",
        f"{one.missing_percent:.2f}",
        str(one.worst),
        f"{one.longest:,.1f}",
        f"{one.cost_percent:.1f}",
        f"{one.replacements:,}",
        f"{one.launches:,}",
        f"{one.losses:,}",
    )


def table(stories: Iterable[Played]) -> str:
    """Return the table in Markdown, a line for each rule in each story."""
    lines = [
        f"| {'' if number else one.story.name} | {rule} | {' | '.join(cells(one.figures(rule)))} |"
        for one in stories
        for number, rule in enumerate(one.runs)
    ]
    return "\n".join((*HEADER, *lines))


def document(stories: Iterable[Played]) -> list[Mapping[str, object]]:
    """Return the same for machines; a cost is a share of what all on-demand costs, in percent."""
    return [
        {"story": one.story.name, "told": one.story.told, "rule": rule, **asdict(one.figures(rule))}
        for one in stories
        for rule in one.runs
    ]
