"""Reads how the models of a stage are: what is published, how routes stand, what was decided last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, Final

from tidegate.desk.operate import here, targets
from tidegate.desk.operate.deployed import POLICY_FILE, Deployed
from tidegate.desk.trouble import Refusal, choices
from tidegate.journal import layout
from tidegate.journal.decision import Decision
from tidegate.model.memory import Memory
from tidegate.model.remembered import read_memory
from tidegate.policy.document import Document, NoDocument, load, prefix
from tidegate.policy.errors import PolicyError
from tidegate.policy.model import Model
from tidegate.policy.read import load as load_policy
from tidegate.policy.route import LOCAL

_ITEMS_A_CALL: Final = 100  # BatchGetItem
_DECISIONS: Final = 5
"""How many decisions are read for the last one that came of a look: looks may have failed since."""

type Published = Document | str
"""What stands in a parameter, or what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a model. Times in epoch seconds."""

    name: str
    model: Model | None = None
    """As the policy at hand has it; None: that names no such model, or there is none."""

    published: Published | None = None
    """None: nothing is published yet."""

    memory: Memory = field(default_factory=Memory)
    looked: float | None = None
    """When the last look that was completed began."""

    decisions: tuple[Decision, ...] = ()
    """The newest first."""

    rejected: tuple[str, ...] = ()
    """Routes that may not be taken, each with its reason."""

    @property
    def document(self) -> Document | None:
        """What applications follow; None: there is nothing that they would take."""
        return self.published if isinstance(self.published, Document) else None

    @property
    def boundary(self) -> tuple[str, ...] | None:
        """The Regions in which data may be processed; None: anywhere, or nobody here knows."""
        if self.document:
            return self.document.boundary
        return self.model.boundary if self.model else None

    @property
    def bounded(self) -> bool:
        """Whether the boundary is known."""
        return bool(self.document or self.model)

    @property
    def routes(self) -> tuple[str, ...]:
        """The names of all routes: those that are published first, in their order."""
        published = [one.name for one in self.document.routes] if self.document else []
        said = [one.name for one in self.model.routes] if self.model else []
        return tuple(dict.fromkeys([*published, *said, *self.memory.tracks, *self.reasons]))

    @property
    def reasons(self) -> Mapping[str, str]:
        """Why routes may not be taken, by name: they were rejected as `CODE: ROUTE ...`."""
        reasons = (one.partition(": ")[2] for one in self.rejected)
        return {why.partition(" ")[0]: why for why in reasons}

    @property
    def advice(self) -> tuple[str, ...]:
        """What a person could do, by the last look."""
        return tuple(map(str, _listed(self.decisions[0].observed.get("advice")))) if self.decisions else ()


def in_stage(deployed: Deployed, *, told: bool = True) -> tuple[Seen, ...]:
    """Read all models of a stage: one call for every ten documents, one for every hundred models.

    `told`: with their last decisions, one call more for each model.
    """
    policy, published = _policy(deployed.stage), _published(deployed)
    names = sorted({*policy, *published})
    states = _states(deployed, names)
    return tuple(_seen(deployed, name, policy, published, states, told=told) for name in names)


def one_in_stage(deployed: Deployed, name: str) -> Seen:
    """Read one model of a stage. Raises `Refusal` for one that nobody knows."""
    policy, published = _policy(deployed.stage), _published(deployed)
    known(deployed, name, {*policy, *published})
    return _seen(deployed, name, policy, published, _states(deployed, [name]), told=True)


def known(deployed: Deployed, name: str, names: Iterable[str] | None = None) -> None:
    """Raise `Refusal` for a model that a stage doesn't have; `names`: those that it has, where they were read."""
    there = {*_policy(deployed.stage), *_published(deployed)} if names is None else {*names}
    if name not in there:
        raise Refusal(f"stage {deployed.stage} in {deployed.ports.region} has no model {name}: {choices(name, there)}")


def local(now: float) -> tuple[Seen, ...]:
    """Return the models of the stage `local` at `now` (epoch seconds). Raises `Refusal`."""
    return tuple(local_one(name, model, now) for name, model in sorted(here.local_models().items()))


def local_one(name: str, model: Model, now: float) -> Seen:
    """Return a model of the stage `local`."""
    found = here.made(name, model, now)
    rejected = tuple(f"{one.code}: {one.why}" for one in found.rejected)
    return Seen(name=name, model=model, published=found.document, rejected=rejected)


def _policy(stage: str) -> Mapping[str, Model]:
    """Return the models that the project in the current directory has for a stage; none if it says nothing of them."""
    if stage == LOCAL or not POLICY_FILE.exists():
        return {}
    try:
        return load_policy(POLICY_FILE).models_at(stage)
    except PolicyError:
        return {}


def _published(deployed: Deployed) -> Mapping[str, Published]:
    """Read what is published: one call for every ten models."""
    path = prefix(deployed.stage)
    pages = deployed.ports.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=path)
    return {one["Name"].removeprefix(path): _read(one["Value"]) for page in pages for one in page["Parameters"]}


def _read(text: str) -> Published:
    try:
        return load(text)
    except NoDocument as why:
        return str(why)


def _states(deployed: Deployed, names: Sequence[str]) -> Mapping[str, Any]:
    journal, found = deployed.journal(), dict[str, Any]()
    for some in batched(names, _ITEMS_A_CALL, strict=False):
        items = journal.several([(layout.model(name), layout.STATE) for name in some])
        found |= {layout.model_name(pk) or "": item for (pk, _), item in items.items()}
    return found


def _seen(
    deployed: Deployed,
    name: str,
    policy: Mapping[str, Model],
    published: Mapping[str, Published],
    states: Mapping[str, Any],
    *,
    told: bool,
) -> Seen:
    state = states.get(name)
    decisions = targets.decisions(deployed.journal(), layout.model(name), most=_DECISIONS) if told else ()
    whole = next((one for one in decisions if one.code != "failed"), None)
    return Seen(
        name=name,
        model=policy.get(name),
        published=published.get(name),
        memory=read_memory(state) if state else Memory(),
        looked=float(state["observed"]) if state else None,
        decisions=decisions,
        rejected=whole.rejected if whole else (),
    )


def _listed(said: object) -> Sequence[object]:
    return said if isinstance(said, list | tuple) else ()  # pyright: ignore[reportUnknownVariableType]: JSON may say anything
