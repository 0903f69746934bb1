"""Both rules on each series, as the tables of `docs/size.md`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from tidegate.desk.backtest.compare import Outcome, native, play, tidegate
from tidegate.desk.backtest.scenario import DAY, Scenario, generated, measured
from tidegate.desk.backtest.world import Setting
from tidegate.policy.size import Size

HEADER: Final = (
    "| series | rule | minutes above target | machine-hours | changes | turned away, machine-hours |",
    "|---|---|---:|---:|---:|---:|",
)


@dataclass(frozen=True, slots=True)
class Row:
    """What came of both rules on one series."""

    scenario: Scenario
    tidegate: Outcome
    native: Outcome

    @property
    def above(self) -> float:
        """Tidegate's time above target, as a share of native's."""
        return self.tidegate.above_minutes / self.native.above_minutes

    @property
    def hours(self) -> float:
        """Tidegate's machine-hours, as a share of native's."""
        return self.tidegate.machine_hours / self.native.machine_hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What is different from the defaults, for both rules alike where it is the world's."""

    size: Size = Size()  # noqa: RUF009 - frozen: one for all is as good as one for each
    noise: float | None = None
    jumps: bool = False
    setting: Callable[..., Setting] = Setting


SENSITIVITY: Final[Mapping[str, Variant]] = {
    "as it is": Variant(),
    "tolerance 3 %": Variant(size=Size(tolerance_percent=3)),
    "tolerance 15 %": Variant(size=Size(tolerance_percent=15)),
    "low for 300 s": Variant(size=Size(scale_in_after_seconds=300)),
    "low for 900 s": Variant(size=Size(scale_in_after_seconds=900)),
    "warm-up 0 s, of both": Variant(size=Size(warmup_seconds=0)),
    "warm-up 300 s, of both": Variant(size=Size(warmup_seconds=300)),
    "boot 300 s": Variant(setting=partial(Setting, boot_seconds=300)),
    "datapoints 180 s late": Variant(setting=partial(Setting, delay_seconds=180)),
    "no noise": Variant(noise=0.0),
    "noise 6 %": Variant(noise=6.0),
    "jumps instead of slopes": Variant(jumps=True),
}
SENSITIVITY_DAYS: Final = 10
"""The month takes long: a third of it tells as much."""


def scenarios(traces: Path | None, variant: Variant | None = None) -> Sequence[Scenario]:
    """Return those that are generated, and those of the traces where their folder is known."""
    said = {} if variant is None or variant.noise is None else {"noise": variant.noise}
    jumps = variant is not None and variant.jumps
    return (*generated(**said), *(measured(traces, jumps=jumps, **said) if traces else ()))


def compared(scenario: Scenario, variant: Variant | None = None) -> Row:
    """Play a series under both rules."""
    size, setting = (variant.size, variant.setting) if variant else (Size(), Setting)
    return Row(
        scenario,
        play(scenario, tidegate(scenario, size), setting),
        play(scenario, native(scenario, size), setting),
    )


def table(rows: Iterable[Row]) -> str:
    """Return the table in Markdown, two lines for each series."""
    lines = [
        line
        for row in rows
        for line in (_line(row.scenario.name, "Tidegate", row.tidegate), _line("", "native", row.native))
    ]
    return "\n".join((*HEADER, *lines))


def sensitivity(traces: Path | None) -> str:
    """Return how both figures move with the settings: Tidegate's as shares of native's under the same ones."""
    lines = list[str]()
    for name, variant in SENSITIVITY.items():
        rows = [compared(_short(one), variant) for one in scenarios(traces, variant)]
        if not lines:
            lines += [f"| setting | {' | '.join(one.scenario.name for one in rows)} |", f"|---{'|---:' * len(rows)}|"]
        lines.append(f"| {name} | {' | '.join(f'{one.above:.2f} / {one.hours:.3f}' for one in rows)} |")
    return "\n".join(lines)


def _line(series: str, rule: str, one: Outcome) -> str:
    figures = f"{one.above_minutes:,.0f} | {one.machine_hours:,.1f} | {len(one.changes):,} | {one.turned_away:,.1f}"
    return f"| {series} | {rule} | {figures} |"


def _short(scenario: Scenario) -> Scenario:
    return replace(scenario, works={name: one[: SENSITIVITY_DAYS * DAY] for name, one in scenario.works.items()})
