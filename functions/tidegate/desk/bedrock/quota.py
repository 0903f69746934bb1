"""Quotas of one model in one source Region: requests and tokens per minute, tokens per day.

A request reserves its prompt and the whole answer that it allows when it starts; when it ends, what it really used is
charged instead, answered tokens times the model's burndown rate.
Source: https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html
Assumed, since AWS doesn't say: a minute is the last sixty seconds, a day is one in UTC, and a refused request uses
nothing up.
"""

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Final

from tidegate.desk.bedrock.refusal import TOO_MANY_PER_DAY, TOO_MANY_REQUESTS, TOO_MANY_TOKENS, Refusal

MINUTE: Final = 60.0
DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What an account may use; None: as much as it likes."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_day: int | None = None


@dataclass(slots=True)
class _Use:
    start: float
    tokens: int
    recent: bool = True
    """Whether it is one of the last minute."""


class Meter:
    """What is used of a quota. Times in epoch seconds, never earlier than those before."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self._minute: Final[deque[_Use]] = deque()
        self._unsettled: Final[list[tuple[float, int, _Use, int]]] = []
        self._order: Final = count()
        self._tokens = 0
        self._day = 0.0
        self._day_tokens = 0

    def refusal(self, now: float, tokens: int) -> Refusal | None:
        """Return why a request that reserves so many tokens is refused at `now`; None: it isn't."""
        requests, minute, day = self.used(now)
        limits = (
            (self.quota.tokens_per_day, day + tokens, TOO_MANY_PER_DAY),
            (self.quota.requests_per_minute, requests + 1, TOO_MANY_REQUESTS),
            (self.quota.tokens_per_minute, minute + tokens, TOO_MANY_TOKENS),
        )
        return next((said for most, wanted, said in limits if most is not None and wanted > most), None)

    def reserve(self, now: float, tokens: int, *, settled: int, ends: float) -> None:
        """Reserve tokens until the request ends, and charge what it used from then on."""
        self._move_to(now)
        use = _Use(now, tokens)
        self._minute.append(use)
        self._tokens += tokens
        self._day_tokens += tokens
        heappush(self._unsettled, (ends, next(self._order), use, settled))

    def used(self, now: float) -> tuple[int, int, int]:
        """Return (requests, tokens) of the last minute, and the tokens of this day."""
        self._move_to(now)
        return len(self._minute), self._tokens, self._day_tokens

    def _move_to(self, now: float) -> None:
        if now // DAY > self._day:
            self._day, self._day_tokens = now // DAY, 0
        while self._unsettled and self._unsettled[0][0] <= now:
            _, _, use, settled = heappop(self._unsettled)
            self._settle(use, settled - use.tokens)
        while self._minute and self._minute[0].start <= now - MINUTE:
            over = self._minute.popleft()
            over.recent = False
            self._tokens -= over.tokens

    def _settle(self, use: _Use, difference: int) -> None:
        use.tokens += difference
        if use.recent:
            self._tokens += difference
        if use.start // DAY == self._day:
            self._day_tokens += difference
