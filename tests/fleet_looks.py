"""Every look at a fleet that may be: hypothesis strategies for groups, incidents, launches and what is remembered."""

from dataclasses import replace

from hypothesis import strategies as st

from tests.fakes import group, instance
from tests.fleet_fakes import REPLACEMENT, failed, incident, launch
from tidegate.fleet.group import Group
from tidegate.fleet.launches import Launch
from tidegate.fleet.look import Look, Memory
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile

PROFILES = {"default": Profile(), "detaching": Profile(release="detach")}
STATES = ["InService", "InService", "Pending", "Standby", "Terminating:Wait", "Detaching"]
AGES = st.sampled_from([1, 30, 60, 60.5, 119, 120, 121, 300, 719, 720, 721, 3000, 5000])

INCIDENTS = st.lists(
    st.builds(
        incident,
        st.integers(0, 6),
        ago=AGES,
        released=st.none() | st.sampled_from([0, 20, 55, 118]),
        drill=st.sampled_from(["", "", "nonce"]),
    ),
    max_size=7,
    unique_by=lambda one: one.key,
)


@st.composite
def groups(draw: st.DrawFn) -> Group:
    numbers = draw(st.sets(st.integers(0, 6) | st.integers(REPLACEMENT, REPLACEMENT + 3)))
    states = {instance(one): draw(st.sampled_from(STATES)) for one in numbers}
    fleet = group("chat", *sorted(numbers), profile=draw(st.sampled_from([*PROFILES, "chta"])))
    return replace(
        fleet,
        machines={one.id: replace(one, state=states[one.id]) for one in fleet.machines.values()},
        desired=draw(st.integers(0, 6)),
        balanced=draw(st.booleans()),
        operator=draw(st.sampled_from([None, None, "EKS"])),
        suspended=draw(st.sampled_from([frozenset[str](), frozenset({"Launch"})])),
        deleting=draw(st.sampled_from([False, False, True])),
    )


@st.composite
def launched(draw: st.DrawFn) -> tuple[Launch, ...]:
    numbers = draw(st.sets(st.integers(REPLACEMENT, REPLACEMENT + 5)))
    came = [launch(one, ago=(ago := draw(AGES)), serving=draw(st.sampled_from([None, ago / 2]))) for one in numbers]
    rest = draw(st.lists(st.builds(failed, ago=AGES) | st.builds(launch, st.none(), ago=AGES), max_size=4))
    return tuple(came + rest)


LOOKS = st.builds(Look, st.just("chat"), st.none() | groups(), INCIDENTS.map(tuple), launched())
MODES = st.builds(Mode, st.booleans(), st.booleans())
MEMORIES = st.builds(
    Memory,
    st.sampled_from(["", "steady", "failed"]),
    st.sets(st.integers(REPLACEMENT, REPLACEMENT + 5).map(instance)).map(lambda some: tuple(sorted(some))),
)
