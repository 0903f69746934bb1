from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from threading import Barrier, Event
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.client.documents import candidate, document
from tidegate.client.errors import NoRoute
from tidegate.client.happened import Refreshed
from tidegate.client.store import LONGEST_PAUSE_SECONDS, SPREAD, Fixed, Store
from tidegate.policy.document import MAX_AGE_SECONDS, dump

DOCUMENT = document(candidate())


@dataclass(slots=True)
class Parameters:
    """SSM: answers with a text, or not at all, once the gate is open."""

    text: str = dump(DOCUMENT)
    down: bool = False
    reads: int = 0
    gate: Event = field(default_factory=Event)
    meta: Any = None

    def get_parameter(self, *, Name: str) -> Any:  # noqa: N803 - as boto3 calls it
        self.reads += 1
        self.gate.wait(10)
        if self.down:
            raise EndpointConnectionError(endpoint_url="https://ssm")
        return {"Parameter": {"Value": self.text}}


@dataclass(slots=True)
class Scene:
    """A store, what it reads, and its clock."""

    parameters: Parameters = field(default_factory=Parameters)
    at: float = 0.0
    told: list[Refreshed] = field(default_factory=list[Refreshed])

    def store(self, chance: float = 0.0) -> Store:
        """Return a store of the stage `prod`; reading is not held up."""
        self.parameters.gate.set()
        self.parameters.meta = type("Meta", (), {"region_name": "eu-central-1"})
        return Store(
            "prod",
            lambda: self.parameters,
            tell=self.told.append,
            ticks=lambda: self.at,
            chance=lambda: chance,
        )


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_within_its_age_a_document_costs_no_call_and_processes_drift_apart(chance: float) -> None:
    scene = Scene()
    store = scene.store(chance)
    age = MAX_AGE_SECONDS * (1 + SPREAD * chance)
    for scene.at in (0.0, age / 2, age - 0.01):
        assert store.document("chat") == DOCUMENT
    assert scene.parameters.reads == 1
    scene.at = age
    store.document("chat")
    assert scene.parameters.reads == 2


def test_while_one_thread_reads_the_others_go_on_with_what_is_known() -> None:
    scene = Scene()
    store = scene.store()
    store.document("chat")
    scene.parameters.gate.clear()
    scene.at = 100.0
    with ThreadPoolExecutor(1) as reader:
        reading = reader.submit(store.document, "chat")
        while scene.parameters.reads < 2:
            Event().wait(0.001)
        assert store.document("chat") == DOCUMENT
        assert not reading.done()
        scene.parameters.gate.set()
    assert scene.parameters.reads == 2


def test_threads_that_know_nothing_wait_for_the_one_that_reads() -> None:
    scene = Scene()
    store = scene.store()
    scene.parameters.gate.clear()
    together = Barrier(20)

    def read(_: int) -> int:
        together.wait()
        return store.document("chat").epoch

    with ThreadPoolExecutor(20) as pool:
        found = pool.map(read, range(20))
        scene.parameters.gate.set()
        assert list(found) == [7] * 20
    assert scene.parameters.reads == 1


def test_a_parameter_that_cannot_be_read_is_asked_ever_more_seldom_and_at_once_when_it_answers_again() -> None:
    scene = Scene()
    store = scene.store()
    store.document("chat")
    scene.parameters.down = True
    seen: list[float] = []
    for second in range(0, 1000, 5):
        before, scene.at = scene.parameters.reads, float(second)
        assert store.document("chat") == DOCUMENT
        seen += [scene.at] * (scene.parameters.reads - before)
    assert [round(later - one) for one, later in pairwise(seen)][:5] == [15, 30, 60, 120, 120]
    assert scene.told[-1].error.startswith("parameter /tidegate/prod/routes/chat in eu-central-1, read by ssm:GetPar")
    scene.parameters.down, scene.at = False, scene.at + LONGEST_PAUSE_SECONDS
    store.document("chat")
    assert scene.told[-1] == Refreshed(model="chat", epoch=7)


def test_a_process_that_knows_nothing_tries_again_within_fifteen_seconds() -> None:
    scene = Scene()
    store = scene.store()
    scene.parameters.down = True
    seen: list[float] = []
    for second in range(120):
        before, scene.at = scene.parameters.reads, float(second)
        with pytest.raises(NoRoute):
            store.document("chat")
        seen += [scene.at] * (scene.parameters.reads - before)
    assert [round(later - one) for one, later in pairwise(seen)][:7] == [1, 2, 4, 8, 15, 15, 15]


def test_a_call_waits_for_another_that_reads_no_longer_than_it_has_time() -> None:
    scene = Scene()
    store = scene.store()
    scene.parameters.gate.clear()
    with ThreadPoolExecutor(1) as reader:
        reading = reader.submit(store.document, "chat")
        while not scene.parameters.reads:
            Event().wait(0.001)
        with pytest.raises(NoRoute, match="they are being read"):
            store.document("chat", left=0.01)
        assert not reading.done()
        scene.parameters.gate.set()


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_epochs_only_grow_whatever_is_read(epochs: list[int]) -> None:
    scene = Scene()
    store, known = scene.store(), 0
    for step, epoch in enumerate(epochs):
        scene.parameters.text = dump(replace(DOCUMENT, epoch=epoch))
        scene.at = step * 1000.0
        found = store.document("chat").epoch
        assert found >= known
        assert found == max(known, epoch)
        known = found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (dump(replace(DOCUMENT, stage="dev")), 'it is that of model "chat" of stage dev'),
        (dump(replace(DOCUMENT, model="embed")), 'it is that of model "embed" of stage prod'),
        ("{}", "its format is None: this release of Tidegate reads 1"),
        ("", "no JSON"),
    ],
)
def test_what_is_no_document_of_the_model_is_refused(text: str, says: str) -> None:
    scene = Scene()
    scene.parameters.text = text
    with pytest.raises(NoRoute, match=says):
        scene.store().document("chat")


def test_documents_that_are_known_beforehand_are_found_by_their_model() -> None:
    source = Fixed({"chat": DOCUMENT})
    assert source.document("chat") == DOCUMENT
    with pytest.raises(NoRoute, match='model "embed": allowed is one of chat'):
        source.document("embed")
