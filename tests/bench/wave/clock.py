"""Virtual time for code that knows nothing of it: each invocation is a thread, of which one runs at a time.

A call that takes time hands the turn back until its moment has come. So invocations overlap as they would in Lambda,
the handlers stay as they are, and every run is the same.
"""

import threading
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Final

type Act = Callable[[], None]


class TimedOut(BaseException):
    """The invocation's time is up: no handler may catch it, as none can in Lambda."""


class _Invocation:
    def __init__(self, deadline: float) -> None:
        self.turn: Final = threading.Semaphore(0)
        self.deadline: Final = deadline


class Clock:
    """The moment, in seconds since the wave began, and what happens later."""

    def __init__(self) -> None:
        self.now = 0.0
        self._agenda: list[tuple[float, int, Act]] = []
        self._order = count()
        self._back: Final = threading.Semaphore(0)
        self._running: _Invocation | None = None
        self._broken: BaseException | None = None

    def after(self, seconds: float, act: Act) -> None:
        """Let something happen later."""
        heappush(self._agenda, (self.now + seconds, next(self._order), act))

    def run(self, until: float) -> None:
        """Let everything happen up to a moment. Raises what an invocation raised."""
        while self._agenda and self._agenda[0][0] <= until:
            self.now, _, act = heappop(self._agenda)
            act()
            if self._broken:
                raise self._broken
        self.now = until

    def invoke(self, run: Act, *, timeout: float = float("inf")) -> None:
        """Begin an invocation now, which `sleep` ends with `TimedOut` after `timeout` seconds."""
        invocation = _Invocation(self.now + timeout)

        def body() -> None:
            invocation.turn.acquire()
            try:
                run()
            except BaseException as error:  # noqa: BLE001 - told by `run`, in the thread that may raise it
                self._broken = error
            finally:
                self._back.release()

        threading.Thread(target=body, daemon=True).start()
        self.after(0, lambda: self._give_turn(invocation))

    @property
    def left(self) -> float:
        """Seconds that the running invocation has left."""
        return self._me.deadline - self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass within the running invocation, and others run meanwhile."""
        me = self._me
        in_time = self.now + seconds <= me.deadline
        self.after(seconds if in_time else max(0.0, self.left), lambda: self._give_turn(me))
        self._back.release()
        me.turn.acquire()
        if not in_time:
            raise TimedOut

    @property
    def _me(self) -> _Invocation:
        if self._running is None:
            raise RuntimeError("time passes in invocations only")
        return self._running

    def _give_turn(self, invocation: _Invocation) -> None:
        self._running = invocation
        invocation.turn.release()
        self._back.acquire()
        self._running = None
