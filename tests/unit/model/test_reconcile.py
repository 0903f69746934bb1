"""A woken model, with the world faked: what is published works after any death, and trouble is told and tried again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pytest

from tests.model_sights import ACT, DESTINATIONS, HOME, MODEL, NOW, names, told
from tidegate.journal.decision import Decision
from tidegate.model.plan import Plan
from tidegate.model.reconcile import Reconciled, reconcile
from tidegate.model.records import ModelWorld, Recalled
from tidegate.model.report import Report
from tidegate.model.sight import Traffic
from tidegate.policy.document import Document
from tidegate.policy.route import Route


class Died(BaseException):
    """The function ends here."""


@dataclass
class World:
    """All that a model needs, in memory; `dies` hears the name of each act, before it or after it."""

    published: list[Document] = field(default_factory=list[Document])
    state: Recalled = field(default_factory=Recalled)
    reports: tuple[Report, ...] = ()
    decisions: list[Decision] = field(default_factory=list[Decision])
    acts: Callable[[str], None] = lambda _: None
    blind: bool = False
    unreadable: bool = False

    def traffic(self, region: str, routes: Mapping[str, Route], *, since: float, now: float) -> Mapping[str, Traffic]:
        if self.blind:
            raise RuntimeError("CloudWatch is down")
        return dict.fromkeys(routes, ())

    def destinations(self, region: str, profile: str) -> tuple[str, ...]:
        found = DESTINATIONS["world" if profile.startswith("global") else "europe"]
        assert found
        return found

    def read(self, stage: str, model: str) -> Document | None:
        if self.unreadable:
            raise RuntimeError("SSM is down")
        return self.published[-1] if self.published else None

    def publish(self, document: Document) -> None:
        self.acts("before publish")
        self.published.append(document)
        self.acts("after publish")

    def recall(self, model: str, *, since: float) -> Recalled:
        return replace(self.state, reports=self.reports)

    def intend(self, recalled: Recalled, decision: Decision, plan: Plan) -> Recalled:
        self.acts("before intend")
        self._write(recalled, plan, recalled.observed)
        self.decisions.append(decision)
        self.acts("after intend")
        return self.recall("chat", since=0)

    def conclude(self, recalled: Recalled, decision: Decision, plan: Plan) -> None:
        self.acts("before conclude")
        self._write(recalled, plan, decision.at)
        self.acts("after conclude")

    def trouble(self, recalled: Recalled, decision: Decision) -> None:
        self.decisions.append(decision)

    def _write(self, recalled: Recalled, plan: Plan, observed: float) -> None:
        assert recalled.version == self.state.version
        self.state = Recalled(recalled.version + 1, observed, plan.memory)


def woken(world: World, now: float = NOW) -> Reconciled:
    ports = ModelWorld(
        stage="dev",
        home=HOME,
        models={"chat": MODEL},
        metrics=world,
        profiles=world,
        documents=world,
        journal=world,
        mode=ACT,
    )
    return reconcile("chat", "event-1", now, ports, now)


def test_what_was_planned_is_published_and_told() -> None:
    world = World(reports=(told(),))
    done = woken(world)
    assert done.published == world.published[0]
    assert names(world.published[0]) == ["ireland", "europe", "home"]
    assert [one.code for one in world.decisions] == ["stepped_down"]
    assert world.decisions[0].planned == (f"publish ireland, europe, home (epoch {int(NOW)})",)
    assert world.state.observed == NOW


@pytest.mark.parametrize(
    "when", [f"{when} {act}" for act in ("intend", "publish", "conclude") for when in ("before", "after")]
)
def test_whoever_dies_leaves_a_document_that_works_and_the_next_look_ends_what_was_begun(when: str) -> None:
    world = World()
    woken(world)
    first = world.published[-1]

    def dies(act: str) -> None:
        if act == when:
            raise Died

    world.acts, world.reports = dies, (told(at=NOW + 10),)
    with pytest.raises(Died):
        woken(world, NOW + 10)
    assert world.published[-1].allowed
    world.acts = lambda _: None
    woken(world, NOW + 11)
    assert names(world.published[-1]) == ["ireland", "europe", "home"]
    epochs = [one.epoch for one in world.published]
    assert epochs == sorted(set(epochs))
    assert epochs[0] == first.epoch


def test_a_wake_that_is_older_than_the_last_look_asks_for_nothing() -> None:
    world = World(state=Recalled(version=3, observed=NOW + 5))
    assert woken(world).code == "stale_wake"
    assert world.published == []


def test_a_model_that_the_policy_no_longer_has_is_left_alone() -> None:
    world = World()
    ports = ModelWorld(
        stage="dev", home=HOME, models={}, metrics=world, profiles=world, documents=world, journal=world, mode=ACT
    )
    assert reconcile("chat", "event-1", NOW, ports, NOW).code == "no_model"


def test_a_document_is_renewed_while_cloudwatch_says_nothing() -> None:
    world = World()
    woken(world)
    world.blind = True
    woken(world, NOW + 3000)
    assert len(world.published) == 2
    assert names(world.published[0]) == names(world.published[1])


def test_a_document_that_cannot_be_read_is_told_and_left_as_it_is() -> None:
    world = World(unreadable=True)
    done = woken(world)
    assert done.failed
    assert done.reason == "chat could not be looked at: SSM is down"
    assert [one.code for one in world.decisions] == ["failed"]
