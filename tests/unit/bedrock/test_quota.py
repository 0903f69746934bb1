"""Quotas: what is reserved when a request starts, what is charged when it ends, and when that is forgotten."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.desk.bedrock.quota import DAY, MINUTE, Meter, Quota
from tidegate.desk.bedrock.refusal import TOO_MANY_PER_DAY, TOO_MANY_REQUESTS, TOO_MANY_TOKENS, Refusal

NOON = 20_000 * DAY + DAY / 2


@pytest.mark.parametrize(
    ("after", "used"),
    [
        (0.0, (1, 1000, 1000)),
        (9.9, (1, 1000, 1000)),
        (10.0, (1, 300, 300)),
        (59.9, (1, 300, 300)),
        (60.0, (0, 0, 300)),
        (DAY / 2, (0, 0, 0)),
    ],
)
def test_a_request_reserves_until_it_ends_and_then_costs_what_it_used(after: float, used: tuple[int, int, int]) -> None:
    meter = Meter(Quota())
    meter.reserve(NOON, 1000, settled=300, ends=NOON + 10)
    assert meter.used(NOON + after) == used


@pytest.mark.parametrize(
    ("quota", "tokens", "refusal"),
    [
        (Quota(), 10**9, None),
        (Quota(requests_per_minute=2), 1, None),
        (Quota(requests_per_minute=1), 1, TOO_MANY_REQUESTS),
        (Quota(tokens_per_minute=1500), 500, None),
        (Quota(tokens_per_minute=1500), 501, TOO_MANY_TOKENS),
        (Quota(tokens_per_day=1500), 501, TOO_MANY_PER_DAY),
        (Quota(tokens_per_day=1500, tokens_per_minute=1500, requests_per_minute=1), 501, TOO_MANY_PER_DAY),
    ],
)
def test_the_second_request_of_a_minute_is_refused_by_the_quota_that_it_exceeds(
    quota: Quota, tokens: int, refusal: Refusal | None
) -> None:
    meter = Meter(quota)
    meter.reserve(NOON, 1000, settled=1000, ends=NOON)
    assert meter.refusal(NOON + 1, tokens) == refusal


def test_a_request_that_outlasts_its_minute_is_settled_in_the_day_alone() -> None:
    meter = Meter(Quota())
    meter.reserve(NOON, 1000, settled=300, ends=NOON + 90)
    assert meter.used(NOON + 70) == (0, 0, 1000)
    assert meter.used(NOON + 100) == (0, 0, 300)


def test_a_request_over_midnight_is_settled_in_no_day() -> None:
    meter, late = Meter(Quota()), NOON + DAY / 2 - 1
    meter.reserve(late, 1000, settled=300, ends=late + 2)
    assert meter.used(late + 3) == (1, 300, 0)


REQUESTS = st.lists(
    st.tuples(
        st.floats(0, 30),  # seconds since the one before
        st.integers(1, 2000),  # reserved
        st.integers(0, 3000),  # settled
        st.floats(0, 120),  # how long it takes
    ),
    max_size=30,
)


@given(REQUESTS)
def test_what_is_used_is_the_sum_over_the_last_minute_whatever_was_asked_when(
    requests: list[tuple[float, int, int, float]],
) -> None:
    meter, starts = Meter(Quota()), list(accumulate((one[0] for one in requests), initial=NOON))[1:]
    for start, (_, reserved, settled, lasts) in zip(starts, requests, strict=True):
        meter.reserve(start, reserved, settled=settled, ends=start + lasts)
    now = starts[-1] if starts else NOON
    recent = [each for each in zip(starts, requests, strict=True) if each[0] > now - MINUTE]
    expected = sum(one[2] if start + one[3] <= now else one[1] for start, one in recent)
    assert meter.used(now)[:2] == (len(recent), expected)


@given(REQUESTS, st.integers(1000, 5000))
def test_no_minute_holds_more_reservations_than_its_quota(
    requests: list[tuple[float, int, int, float]], most: int
) -> None:
    meter, now = Meter(Quota(tokens_per_minute=most)), NOON
    for apart, reserved, _, lasts in requests:
        now += apart
        if meter.refusal(now, reserved) is None:
            meter.reserve(now, reserved, settled=reserved, ends=now + lasts)
        assert meter.used(now)[1] <= most
