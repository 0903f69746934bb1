"""What a fleet remembers survives the journal's table."""

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import NOW
from tidegate.fleet.base import Base
from tidegate.fleet.history import Foreign, History, Step
from tidegate.fleet.look import Memory
from tidegate.fleet.memory import memory_values, read_memory
from tidegate.fleet.risk import Risk
from tidegate.journal.items import attributes, plain

TIMES = st.integers(0, 3600).map(lambda ago: NOW - ago)
UNITS = st.integers(0, 2000)
HISTORIES = st.builds(
    History,
    st.lists(st.builds(Step, TIMES, UNITS), max_size=64).map(tuple),
    st.none() | UNITS,
    st.none() | UNITS,
    st.none() | st.builds(Foreign, TIMES, UNITS, UNITS),
    TIMES,
    TIMES,
)
POOLS = st.sampled_from(["g5.xlarge/us-east-1a", "g6.xlarge/us-east-1b", "g5.2xlarge/us-east-1c"])
BASES = st.builds(
    Base,
    owner=UNITS,
    ours=st.none() | UNITS,
    meant=st.none() | UNITS,
    whole=TIMES,
    short=st.just(0.0) | TIMES,
    trouble=TIMES,
    changed=TIMES,
    lowered=st.just(0.0) | TIMES,
    failures=st.integers(0, 9),
    risk=st.builds(Risk, TIMES, st.dictionaries(POOLS, st.sampled_from([0.25, 1.5, 12.0]), min_size=1)),
)
MEMORIES = st.builds(
    Memory,
    st.sampled_from(["steady", "scale_out"]),
    st.just(()) | st.just(("i-1", "i-2")),
    HISTORIES,
    st.booleans(),
    st.just(Base()) | BASES,
)


@given(MEMORIES)
def test_a_memory_is_read_back_as_it_was_written(memory: Memory) -> None:
    assert read_memory(plain(attributes(memory_values(memory, fleet="fleet/chat")))) == memory


def test_a_state_that_an_older_release_wrote_is_a_memory_without_a_history() -> None:
    assert read_memory({"code": "steady", "claimed": "i-1"}) == Memory("steady", ("i-1",))


def test_a_fleet_stands_in_the_index_only_while_it_is_watched() -> None:
    assert memory_values(Memory(watched=True), fleet="fleet/chat")["open"] == "fleet/chat"
    assert "open" not in memory_values(Memory(), fleet="fleet/chat")
