"""Plays the wave and prints what came of it as JSON: what the handlers log and emit goes nowhere."""

import io
import json
import os
import sys
from contextlib import redirect_stdout

from tests.bench.wave.scene import play
from tidegate import runtime


def main() -> None:
    """Play the wave twice: with Auto Scaling's allowance as it is assumed to be, and without a limit."""
    for name in ("STAGE", "TABLE", "WAKES", "DEAD_LETTERS", "MODE", "KILL_SWITCH"):
        os.environ[f"TIDEGATE_{name}"] = name.lower()
    runtime.logger.setLevel("CRITICAL")
    with redirect_stdout(io.StringIO()):
        played = {name: play(throttling=throttling) for name, throttling in (("free", False), ("throttled", True))}
    sys.stdout.write(json.dumps(played))


if __name__ == "__main__":
    main()
