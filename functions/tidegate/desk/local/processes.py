"""Processes in the background, each with a pid file that says what it is: nothing else is ever ended."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tidegate.desk.local.waiting import TooLate, wait_for

STOP_SECONDS: Final = 15.0
"""What a process gets to end by itself."""

_TAIL_LINES: Final = 15
_PROC: Final = Path("/proc/self")


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the local cloud: `name`.pid and `name`.log stand in `folder`."""

    folder: Path
    name: str

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.folder / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> int:
        """Start it in a process group of its own, so that Ctrl-C in the terminal is none of its business.

        Not `subprocess`: its Popen wants to be waited for, and this process outlives us.
        """
        output = (os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        files: list[tuple[Any, ...]] = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(self.log), *output),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        pid = os.posix_spawn(command[0], list(command), dict(environment), file_actions=files, setpgroup=0)
        self._pid_file.write_text(json.dumps({"pid": pid, "arguments": " ".join(command[1:])}), encoding="utf-8")
        # For a moment it has no command line yet.
        wait_for(lambda: self.pid() or has_ended(pid), STOP_SECONDS, f"{self.name} does not start")
        return pid

    def pid(self) -> int | None:
        """Return its process id while it runs: the id of another process that has come to bear it is not it."""
        try:
            noted = json.loads(self._pid_file.read_text(encoding="utf-8"))
            pid, arguments = int(noted["pid"]), str(noted["arguments"])
        except (FileNotFoundError, KeyError, TypeError, ValueError):
            return None
        reap(pid)
        # Without the interpreter, which macOS replaces by another.
        return pid if command_of(pid).endswith(arguments) else None

    def stop(self) -> bool:
        """End it, with what it has started, and wait until it is gone; return whether it was there."""
        pid = self.pid()
        if pid:
            self._signal(pid, signal.SIGTERM)
            with suppress(TooLate):
                wait_for(lambda: has_ended(pid), STOP_SECONDS, f"the end of {self.name}")
            # What is left of its group: itself if it would not listen, a function in the middle of something.
            self._signal(pid, signal.SIGKILL)
            wait_for(lambda: has_ended(pid), STOP_SECONDS, f"the end of {self.name}, process {pid}")
        self._pid_file.unlink(missing_ok=True)
        return pid is not None

    def tail(self) -> str:
        """Return the last lines of its log, and where it stands."""
        return tail(self.log)

    def _signal(self, pid: int, number: signal.Signals) -> None:
        # On macOS a group of nothing but zombies is a PermissionError.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)


def has_ended(pid: int) -> bool:
    """Whether a process is gone; one that only waits to be reaped holds no port and no file any more."""
    reap(pid)
    # The state stands behind the name, which may hold anything between its parentheses.
    state = _read(pid, "stat").rpartition(")")[2].strip() if _PROC.exists() else _listed(pid, "stat")
    return not state or state[0] in "ZX"


def command_of(pid: int) -> str:
    """Return the command line of a process; empty when there is none, and for a moment when it starts or ends."""
    return _read(pid, "cmdline").replace("\0", " ").strip() if _PROC.exists() else _listed(pid, "command")


def _read(pid: int, what: str) -> str:
    try:
        return Path(f"/proc/{pid}/{what}").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _listed(pid: int, column: str) -> str:
    """Ask `ps`, which is in the base system where /proc isn't: on macOS."""
    command = ["ps", "-ww", "-o", f"{column}=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - our own arguments


def reap(pid: int) -> None:
    """Collect a process that has ended, if it is a child of ours."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def tail(log: Path) -> str:
    """Return the last lines of a log, and where it stands."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join([f"The end of {log}:", *(f"  {line}" for line in lines[-_TAIL_LINES:] or ["(nothing)"])])
