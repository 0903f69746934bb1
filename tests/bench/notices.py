"""The notice path's own compute and memory: 1,000 notices over 100 groups through the handler, on port fakes."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.bench.figure import Figure
from tests.fakes import NOW, FakeGroups, group, instance, world
from tidegate.loop.mail import Message
from tidegate.reactions.spot_interruption.handler import respond

PROJECT: Final = Path(__file__).parents[2]
GROUPS: Final = 100
NOTICES: Final = 1_000
BATCH: Final = 10


def measure() -> Iterator[Figure]:
    """Run the wave in an interpreter of its own, whose peak memory is the figure."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.notices"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": f"{PROJECT}{os.pathsep}{PROJECT / 'functions'}"},
        capture_output=True,
        text=True,
        check=True,
    )
    figures = json.loads(ran.stdout.splitlines()[-1])  # the lines before it are what the handler logged
    yield Figure("own compute for a notice", figures["ms"], "ms, AWS excluded", bound=5, note="batches of 10")
    yield Figure("own compute for a lone notice", figures["lone_ms"], "ms, AWS excluded", bound=5)
    yield Figure("peak memory, 1,000 notices over 100 groups", figures["mb"], "MB", bound=150)


def main() -> None:
    """Play the wave and print the figures as JSON."""
    for name in ("STAGE", "TABLE", "WAKES", "DEAD_LETTERS", "MODE", "KILL_SWITCH"):
        os.environ[f"TIDEGATE_{name}"] = name.lower()
    wave, lone = _play(BATCH), _play(1)
    sys.stdout.write(json.dumps({"ms": wave, "lone_ms": lone, "mb": _peak_mb()}))


class NoMail:
    """Queues that are to stay empty."""

    def bury(self, letters: Sequence[tuple[Message, str]]) -> None:
        """Fail the measurement."""
        raise RuntimeError(f"nothing of this wave is to be buried: {letters}")

    def again(self, messages: Mapping[Message, float]) -> None:
        """Fail the measurement."""
        raise RuntimeError(f"nothing of this wave is to come later: {messages}")


NO_MAIL: Final = NoMail()


def _play(batch: int) -> float:
    """Return the milliseconds that a notice takes on average, in batches of `batch`."""
    groups = FakeGroups({f"fleet-{one}": group(f"fleet-{one}", *range(one, NOTICES, GROUPS)) for one in range(GROUPS)})
    place, losses, _ = world(groups)
    messages = [message(number) for number in range(NOTICES)]
    start = time.perf_counter()
    for first in range(0, NOTICES, batch):
        respond(messages[first : first + batch], place, NO_MAIL, NOW, later=NO_MAIL)
    seconds = time.perf_counter() - start
    if len(groups.released) != NOTICES or set(losses.stages.values()) != {"released"}:
        raise RuntimeError(f"only {len(groups.released)} of {NOTICES} machines were released")
    return seconds / NOTICES * 1_000


def _peak_mb() -> float:
    """Return the most memory that this program has held.

    On Linux `getrusage` counts what the parent held as well, since it is kept through exec; /proc doesn't.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (peak,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS counts in bytes


def message(number: int) -> Message:
    """Return the message of a machine's warning, sent a second ago."""
    event = {
        "id": f"event-{number}",
        "detail-type": "EC2 Spot Instance Interruption Warning",
        "source": "aws.ec2",
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW - 1)),
        "detail": {"instance-id": instance(number), "instance-action": "terminate"},
    }
    return Message(f"message-{number}", json.dumps(event), 1)


if __name__ == "__main__":
    main()
