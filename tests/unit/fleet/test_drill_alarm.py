"""The drill of an alarm: which one may ring, how it is known, and what it proves."""

from dataclasses import replace

import pytest

from tests.fakes import NOW
from tidegate.fleet.drill import Live, Refused
from tidegate.fleet.drill_alarm import (
    alarm_report,
    choose_signal,
    is_drill,
    may_ring,
    nonce_of,
    proved,
    state_reason,
    wake_event,
)
from tidegate.policy.profile import Profile
from tidegate.policy.signal import Signal
from tidegate.policy.size import Size

DRILL = Live("n1", "chat", "", NOW, NOW + 900, alarm="tidegate/dev/cpu/chat", before="OK")
ADOPTED = {"slow": Signal(alarm="people-are-paged", target=2)}


def test_a_drill_is_known_by_its_nonce_in_the_wake_and_in_the_alarms_reason() -> None:
    assert is_drill(wake_event("n1"))
    assert not is_drill("sweep-29926560")
    assert nonce_of(state_reason("n1")) == "n1"
    assert nonce_of("Threshold Crossed: 1 datapoint") is None


def test_the_first_signal_with_an_alarm_of_ours_rings_or_the_one_that_is_named() -> None:
    memory = Signal(namespace="CWAgent", metric="mem_used_percent", target=80)
    both = Profile(signal={**ADOPTED, **Profile().signal, "memory": memory})
    assert choose_signal(both, "") == "cpu"
    assert choose_signal(both, "memory") == "memory"


NONE_RINGS: dict[str, tuple[Profile, str, str]] = {
    "an adopted alarm may page people": (Profile(signal=ADOPTED), "", "no signal with an alarm of Tidegate's own"),
    "nor does it when it is named": (Profile(signal={**ADOPTED, **Profile().signal}), "slow", "name one of cpu"),
    "a size that is left alone has no alarm": (Profile(size=Size(mode="leave")), "", "no signal"),
}


@pytest.mark.parametrize(("profile", "named", "why"), NONE_RINGS.values(), ids=NONE_RINGS)
def test_no_other_alarm_rings(profile: Profile, named: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        choose_signal(profile, named)


def test_only_an_alarm_that_is_there_and_quiet_may_ring() -> None:
    assert may_ring("a", "INSUFFICIENT_DATA") == "INSUFFICIENT_DATA"
    for state, why in ((None, "no alarm a yet"), ("ALARM", "rings already")):
        with pytest.raises(Refused, match=why):
            may_ring("a", state)


@pytest.mark.parametrize(
    ("decided", "state", "passed"),
    [
        (NOW + 4, "OK", (True, True)),
        (None, "OK", (False, True)),
        (NOW + 4, "ALARM", (True, False)),
        (None, None, (False, False)),
    ],
)
def test_it_passes_when_the_fleet_was_woken_and_the_state_is_as_before(
    decided: float | None, state: str | None, passed: tuple[bool, bool]
) -> None:
    checks = proved(DRILL, decided, state)
    assert tuple(one.passed for one in checks) == passed
    assert alarm_report(DRILL, checks)["passed"] is all(passed)
    assert alarm_report(replace(DRILL, nonce="n2"), checks)["nonce"] == "n2"
