"""What reconciling a model works on: what the journal recalls, and the world around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tidegate.journal.decision import Decision
from tidegate.model.memory import Memory
from tidegate.model.plan import Plan
from tidegate.model.ports import Documents, Metrics, Profiles
from tidegate.model.report import Report
from tidegate.policy.mode import Mode
from tidegate.policy.model import Model


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the journal knows of a model."""

    version: int = 0
    observed: float = 0.0
    """When the last look that was completed began, in epoch seconds."""

    memory: Memory = field(default_factory=Memory)
    reports: tuple[Report, ...] = ()
    """What applications told lately."""


class ModelJournal(Protocol):
    """The journal of models."""

    def recall(self, model: str, *, since: float) -> Recalled:
        """Return what is known of a model, and what was told of it since (epoch seconds)."""
        ...

    def intend(self, recalled: Recalled, decision: Decision, plan: Plan) -> Recalled:
        """Write down what is about to be published, if nobody else wrote since; return what is known from then on."""
        ...

    def conclude(self, recalled: Recalled, decision: Decision, plan: Plan) -> None:
        """Write what a look led to, if nobody else wrote since."""
        ...

    def trouble(self, recalled: Recalled, decision: Decision) -> None:
        """Write down that a look failed; the model counts as not looked at."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWorld:
    """What reconciling a model looks at and acts on."""

    stage: str
    home: str
    """The stage's own Region."""

    models: Mapping[str, Model]
    metrics: Metrics
    profiles: Profiles
    documents: Documents
    journal: ModelJournal
    mode: Mode
