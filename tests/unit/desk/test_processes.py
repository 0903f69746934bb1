"""Processes in the background: ended by their id, and only while it is still theirs."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tidegate.desk.local import processes
from tidegate.desk.local.processes import Process, command_of, has_ended
from tidegate.desk.local.waiting import TooLate, wait_for

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
PARENT = (
    f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]).pid, flush=True); {SLEEP}"
)


@pytest.fixture
def process(tmp_path: Path) -> Process:
    return Process(tmp_path, "sleeper")


def start(process: Process, code: str) -> int:
    pid = process.start([sys.executable, "-c", code], os.environ)
    wait_for(lambda: "up" in process.log.read_text(), 10, "its first word")
    return pid


def test_it_runs_until_it_is_stopped_and_a_second_stop_finds_nothing(process: Process) -> None:
    pid = start(process, SLEEP)

    assert process.pid() == pid
    assert process.stop()
    assert has_ended(pid)
    assert (process.pid(), process.stop()) == (None, False)


def test_one_that_will_not_listen_is_killed(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.5)
    pid = start(process, STUBBORN)

    assert process.stop()
    assert has_ended(pid)


def test_what_it_started_ends_with_it(process: Process) -> None:
    start(process, PARENT)
    child = int(process.log.read_text().split()[0])

    process.stop()

    wait_for(lambda: not command_of(child), 10, "the end of its child")


def test_a_process_that_has_come_to_bear_its_id_is_left_alone(process: Process) -> None:
    (process.folder / "sleeper.pid").write_text(json.dumps({"pid": os.getpid(), "arguments": "-m ministack"}))

    assert process.pid() is None
    assert not process.stop()
    assert not (process.folder / "sleeper.pid").exists()


@pytest.mark.parametrize("said", ["", "4711", "{}"])
def test_a_pid_file_that_says_nothing_names_no_process(process: Process, said: str) -> None:
    (process.folder / "sleeper.pid").write_text(said)

    assert process.pid() is None


def test_one_that_ends_at_once_is_told_apart_from_one_that_runs(process: Process) -> None:
    process.start([sys.executable, "-c", "raise SystemExit('no such thing')"], os.environ)
    wait_for(lambda: process.pid() is None, 10, "its end")

    assert process.tail() == f"The end of {process.log}:\n  no such thing"


def test_what_never_comes_is_named() -> None:
    with pytest.raises(TooLate, match="the tide: waited 0 s in vain"):
        wait_for(lambda: None, 0, "the tide")


def test_without_proc_the_same_is_asked_of_ps(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("ps") is None:
        pytest.skip("this machine has no ps")
    monkeypatch.setattr(processes, "_PROC", Path("/nowhere"))
    pid = start(process, SLEEP)

    assert process.pid() == pid
    assert process.stop()
    assert has_ended(pid)
