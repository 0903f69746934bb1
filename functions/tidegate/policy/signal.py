"""What a fleet's size follows: what a `[profile.NAME.signal.NAME]` table may say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from tidegate.policy.checks import is_number, is_text_map
from tidegate.policy.errors import PolicyError, wrong_value

Statistic = Literal["Average", "Maximum", "Minimum", "Sum"]
Per = Literal["machine", "group"]

GROUP: Final = "{group}"
"""Stands for the group's name in dimensions and in names of alarms."""

PERIODS: Final = (10, 20, 30, 60, 120, 180, 240, 300)
"""Seconds. Below a minute the metric has to be one of high resolution.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""

HIGH_RESOLUTION_BELOW: Final = 60

KNOWN: Final[Mapping[str, Mapping[str, Any]]] = {
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
    "cpu": {"namespace": "AWS/EC2", "metric": "CPUUtilization", "target": 70},
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/metrics-collected-by-CloudWatch-agent.html
    "memory": {"namespace": "CWAgent", "metric": "mem_used_percent", "target": 80},
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-NVIDIA-GPU.html
    "gpu": {"namespace": "CWAgent", "metric": "nvidia_smi_utilization_gpu", "target": 80},
    # In MiB, so that no target is right for every machine; vLLM takes 90 % of what there is whatever it has to do.
    "gpu-memory": {"namespace": "CWAgent", "metric": "nvidia_smi_memory_used"},
}
"""Signals whose metric needs no words: its namespace, its name, and the target where one is worth having."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One metric of a fleet, and the value that it is to be kept at.

    Raises:
        PolicyError: a value outside of what its field allows, or a metric that isn't named.
    """

    target: float | None = None
    """The value to aim at, in the metric's own unit. None: an alarm that wakes the fleet, and decides nothing."""

    namespace: str = ""
    metric: str = ""
    dimensions: Mapping[str, str] = field(default_factory=lambda: {"AutoScalingGroupName": GROUP})
    """`{group}` in a value stands for the group's name."""

    statistic: Statistic = "Average"
    period: int = 60
    """Seconds."""

    per: Per = "machine"
    """`machine`: the value is a mean over the machines, such as a utilisation; `group`: it counts the whole group's
    work, such as the length of its queue, and the target is what one machine (or unit of capacity) takes of it."""

    alarm: str = ""
    """Name of an alarm that somebody else keeps, in which `{group}` stands for the group's name: its metric is read
    instead of a metric that is named here, and Tidegate makes no alarm of its own."""

    def __post_init__(self) -> None:
        if self.target is not None and not (is_number(self.target) and self.target > 0):
            raise wrong_value("target", self.target, "a number above 0")
        for key in ("namespace", "metric", "alarm"):
            if not isinstance(getattr(self, key), str):
                raise wrong_value(key, getattr(self, key), "text in quotes")
        if self.statistic not in get_args(Statistic):
            raise wrong_value("statistic", self.statistic, get_args(Statistic))
        if self.per not in get_args(Per):
            raise wrong_value("per", self.per, get_args(Per))
        if not is_text_map(self.dimensions):
            raise wrong_value("dimensions", self.dimensions, f'names and values, such as {{ Service = "{GROUP}" }}')
        self._check_period()
        self._check_metric()

    def _check_period(self) -> None:
        if self.period not in PERIODS:
            raise wrong_value("period", self.period, f"one of {', '.join(map(str, PERIODS))}, in seconds")
        if self.period < HIGH_RESOLUTION_BELOW and self.namespace.startswith("AWS/"):
            raise wrong_value("period", self.period, f"60 or more for metrics of AWS itself, such as {self.namespace}")

    def _check_metric(self) -> None:
        if self.alarm:
            if self.namespace or self.metric:
                raise wrong_value("alarm", self.alarm, "either an alarm or a namespace and a metric, not both")
        elif not (self.namespace and self.metric):
            raise PolicyError("metric: a namespace and a metric, or the name of an alarm, are needed")
        elif self.target is None:
            raise PolicyError("target: a number is needed, the value that the metric is to be kept at")


def with_defaults(name: str, body: Mapping[str, object]) -> Mapping[str, object]:
    """Return what a table says, with what its name stands for where it says nothing; an alarm brings its metric."""
    return body if "alarm" in body else {**KNOWN.get(name, {}), **body}
