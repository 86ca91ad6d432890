"""Two starts at once: one hosts, the other is told who does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.runtime.lock import Held, Taken, acquire, lock_path, read_lock

HOLDER = """
import sys
from pathlib import Path
from engine.runtime.lock import acquire
held = acquire(Path(sys.argv[1]))
print(type(held).__name__, flush=True)
sys.stdin.readline()
held.tell(Path("/run/engine.sock"), "1.2.3")
print("told", flush=True)
sys.stdin.readline()
held.release()
"""


@contextmanager
def another_engine(state: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has taken the lock and not yet said where it answers."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(state)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert _said(process) == "Held"
        yield process
        process.kill()


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.fixture
def ours(state_folder: Path) -> Iterator[Held]:
    held = acquire(state_folder)
    assert isinstance(held, Held)
    yield held
    held.release()


def test_the_second_process_learns_who_hosts_and_where(state_folder: Path) -> None:
    with another_engine(state_folder) as engine:
        assert acquire(state_folder) == Taken(), "it is starting, and has not said more"
        _tell(engine)
        assert _said(engine) == "told"
        assert acquire(state_folder) == Taken(engine.pid, "/run/engine.sock", "1.2.3")


def test_a_killed_host_leaves_the_lock_free_and_what_it_said_is_forgotten(state_folder: Path) -> None:
    with another_engine(state_folder) as engine:
        _tell(engine)
        assert _said(engine) == "told"
        engine.send_signal(signal.SIGKILL)
        engine.wait()
        assert read_lock(state_folder).pid == engine.pid
        held = acquire(state_folder)
        assert isinstance(held, Held)
        assert read_lock(state_folder) == Taken()
        held.release()


def test_a_host_that_leaves_makes_room_for_the_next(state_folder: Path) -> None:
    with another_engine(state_folder) as engine:
        _tell(engine)
        assert _said(engine) == "told"
        _tell(engine)
        engine.wait()
        assert read_lock(state_folder) == Taken()
        held = acquire(state_folder)
        assert isinstance(held, Held)
        held.release()


def test_two_hosts_within_one_process_exclude_each_other_too(ours: Held, state_folder: Path) -> None:
    assert isinstance(acquire(state_folder), Taken)


def test_the_lock_file_holds_socket_pid_version_and_itself_and_only_those(ours: Held, state_folder: Path) -> None:
    ours.tell(Path("/a/very/long/path/to/begin/with/engine.sock"), "10.0")
    ours.tell(Path("/s"), "1")
    said = json.loads(lock_path(state_folder).read_text())
    assert said == {"socket": "/s", "pid": os.getpid(), "version": "1", "file": ours.file}


def test_a_new_state_folder_is_open_to_the_stores_group_for_reading_only(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "integra"
    held = acquire(folder)
    assert isinstance(held, Held)
    held.release()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o2750
    assert stat.S_IMODE(lock_path(folder).stat().st_mode) == 0o640


@pytest.mark.parametrize("said", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "socket": "s", "version": "1"}'])
def test_a_lock_file_caught_half_written_says_nothing(state_folder: Path, said: str) -> None:
    lock_path(state_folder).write_text(said)
    assert read_lock(state_folder) == Taken()


def test_a_copied_folder_does_not_speak_to_the_engine_of_the_original(tmp_path: Path) -> None:
    original, copy = tmp_path / "loja", tmp_path / "copia"
    with another_engine(original) as process:
        _tell(process)
        assert _said(process) == "told"
        assert read_lock(original).pid == process.pid
        shutil.copytree(original, copy)
        assert read_lock(copy) == Taken()
