"""Every metric that Tidegate emits: `docs/metrics.md` lists them, and nothing else can be emitted."""

from dataclasses import dataclass
from typing import Final, Literal

NAMESPACE: Final = "Tidegate"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of the namespace. All bear the dimension `stage`; a dimension never names a machine."""

    meaning: str
    unit: Literal["Count", "Seconds"] = "Count"
    dimensions: tuple[str, ...] = ()
    """Beside `stage`."""


METRICS: Final[dict[str, Metric]] = {
    "Received": Metric(
        "events that were read; `kind` is `loss`, `risk`, `alarm`, `launch` or `report`", dimensions=("kind",)
    ),
    "EventAge": Metric("age of the oldest event in a batch when it was handled", "Seconds"),
    "Released": Metric("machines taken out of their group; `how` is `terminate` or `detach`", dimensions=("how",)),
    "NoAction": Metric("events and wakes that led to nothing, by why", dimensions=("reason",)),
    "Troubled": Metric("events that could not be finished, and come again or end in the dead letters"),
    "Unreadable": Metric("messages that are no event, buried with their reason"),
    "LostTrack": Metric("perhaps losses, gone before they could be written down"),
    "LaunchFailures": Metric("launches of fleets that failed, by market and cause", dimensions=("market", "cause")),
    "LaunchFailuresToSee": Metric("those that nothing but a person can end"),
    "RouteFailures": Metric("failures of routes that clients told of, by what they were", dimensions=("failure",)),
    "Dip": Metric("machine-seconds without the lost machine, per incident", "Seconds"),
    "WarningToReplacement": Metric("from a warning to its replacement in service", "Seconds"),
    "IncidentsClosed": Metric("incidents that are over, by how they ended", dimensions=("outcome",)),
    "Resized": Metric("units by which sizes were changed; `way` is `out` or `in`", dimensions=("way",)),
    "Remixed": Metric("units by which on-demand bases were changed; `to` is `on-demand` or `spot`", dimensions=("to",)),
    "FleetsFailed": Metric("looks at a fleet that failed, or that left machines unreleased"),
    "StraysEnded": Metric("detached machines that outlived their time and were ended"),
    "FleetsWatched": Metric("groups that bear the tag, as the sweep saw them"),
    "FleetsWoken": Metric("fleets that the sweep woke, by why", dimensions=("reason",)),
    "ModelsFailed": Metric("looks at a model that failed"),
    "RoutesPublished": Metric("documents of routes that were published, by why", dimensions=("reason",)),
    "RoutesBroken": Metric("routes that are left out until somebody looks, as each look at a model saw them"),
    "AlarmsFailed": Metric("alarms that could not be kept; one for an attempt that failed as a whole"),
    "CallsThrottled": Metric("AWS calls that were throttled, each attempt", dimensions=("service",)),
    "Drills": Metric("drills, by what became of the request", dimensions=("answer",)),
}
