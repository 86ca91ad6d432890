"""The real program on a pseudo-terminal: it starts, survives what terminals do, and leaves when it is told to."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from engine.runtime.lock import Held, acquire
from tests.console.builder import StoreFile
from tests.console.test_hostile_text import HOSTILE

ROOT = Path(__file__).parents[2]
START_S_MAX = 20
LEAVE_S_MAX = 8
ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}


def start(folder: Path, **environment: str) -> pexpect.spawn:
    env = {**os.environ, **ENVIRONMENT, **environment}
    command = [str(Path(__file__).with_name("program.py")), str(folder)]
    child: pexpect.spawn = pexpect.spawn(
        sys.executable, command, env=env, dimensions=(24, 80), timeout=START_S_MAX, cwd=str(ROOT)
    )
    child.delaybeforesend = None
    return child


def wait_for(child: pexpect.spawn, *texts: str) -> None:
    """Wait until all of these were painted, in whatever order."""
    missing = list(texts)
    while missing:
        missing.pop(child.expect(missing))


@pytest.fixture
def console(tmp_path: Path, state_folder: Path, store: StoreFile) -> Iterator[pexpect.spawn]:
    """The console, hosting, with an order to decide."""
    store.order("000000100")
    child = start(tmp_path)
    wait_for(child, "nesta janela", "pedido espera decis")
    yield child
    if not child.closed:
        child.close(force=True)


def left(child: pexpect.spawn) -> int:
    """Wait until it has left; its exit status, or 128 + the signal that ended it."""
    end = time.monotonic() + LEAVE_S_MAX
    while time.monotonic() < end:
        if not child.isalive():
            return int(child.exitstatus if child.exitstatus is not None else 128 + child.signalstatus)
        try:
            child.read_nonblocking(65_536, timeout=0.1)
        except (pexpect.TIMEOUT, pexpect.EOF):
            time.sleep(0.05)
    raise AssertionError("it did not leave")


def engine_is_gone(state_folder: Path) -> bool:
    held = acquire(state_folder)
    if isinstance(held, Held):
        held.release()
        return True
    return False


FINGER_S = 0.2
"""Between two keys of a person; what comes much faster is a scanner's."""


def press(console: pexpect.spawn, keys: str) -> None:
    for key in keys:
        console.send(key)
        time.sleep(FINGER_S)


def test_it_decides_an_order_and_leaves_after_a_yes(
    console: pexpect.spawn, state_folder: Path, store: StoreFile
) -> None:
    console.send("2")
    console.expect("000000100")
    console.send("a")
    console.expect("aprovar\\?")
    console.send("s")
    console.expect("aprovar: feito")
    assert store.db.execute("SELECT payment FROM sales_order").fetchone()[0] == "capturing"
    press(console, "qq")
    console.expect("Parar de sincronizar")
    console.send("s")
    assert left(console) == 0
    assert engine_is_gone(state_folder)


def test_a_terminal_set_to_latin_1_does_not_end_it(console: pexpect.spawn) -> None:
    console.send(b"\xe7\xe3\xff")
    time.sleep(FINGER_S)
    press(console, "2")
    console.expect("000000100")


def test_no_mouse_is_asked_for(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    child = start(tmp_path)
    child.expect("nesta janela")
    seen = child.before
    child.close(force=True)
    assert b"\x1b[?1049h" in seen
    assert b"\x1b[?1000h" not in seen
    assert b"\x1b[?1003h" not in seen


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_its_engine(console: pexpect.spawn, state_folder: Path, number: signal.Signals) -> None:
    console.kill(number)
    assert left(console) == 128 + number
    assert engine_is_gone(state_folder)


def test_a_line_that_stalled_and_then_dropped_leaves_nothing_running(
    console: pexpect.spawn, state_folder: Path, store: StoreFile
) -> None:
    """The screen is frozen in a write that nobody takes: only the thread that waits for the signal can still act."""
    for _ in range(60):
        console.send("12")  # nobody reads what this paints
        time.sleep(0.02)
    time.sleep(1.0)
    os.close(console.child_fd)
    end = time.monotonic() + LEAVE_S_MAX
    while time.monotonic() < end and not engine_is_gone(state_folder):
        time.sleep(0.05)
    assert engine_is_gone(state_folder)
    assert left_by_itself(console.pid)
    console.closed, console.child_fd = True, -1


def left_by_itself(pid: int) -> bool:
    end = time.monotonic() + LEAVE_S_MAX
    while time.monotonic() < end:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            return True
        time.sleep(0.05)
    return False


def test_no_foreign_escape_sequence_reaches_the_terminal(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    for index, text in enumerate(HOSTILE):
        storable = text.encode("utf-8", "replace").decode()
        store.order(f"0000001{index:02}", buyer=storable, note=storable)
    child = start(tmp_path)
    child.expect("nesta janela")
    child.send("2")
    child.expect("0000001")
    seen = b""
    for _ in range(len(HOSTILE)):
        child.send("j")
        try:
            seen += child.read_nonblocking(200_000, timeout=0.3)
        except pexpect.TIMEOUT:
            continue
    child.close(force=True)
    text = seen.decode("utf-8", "ignore")
    assert len(text) > 1_000
    text = re.sub(r"\x1b(\[[0-9;?]*)?$", "", text)  # where reading stopped
    # Textual's own: colours, cursor places, synchronised output. Nothing else may begin with ESC.
    rest = re.sub(r"\x1b\[[0-9;]*[mH]|\x1b\[\?2026[hl$p]+|\x1b\[\?25[hl]", "", text)
    assert "\x1b" not in rest
    assert "\x9b" not in rest
    assert "\u202e" not in rest


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [({"TERM": "dumb"}, "TERM=dumb"), ({"PYTHONIOENCODING": "latin-1"}, "UTF-8")],
)
def test_a_terminal_that_cannot_show_it_gets_a_sentence(
    tmp_path: Path, state_folder: Path, environment: dict[str, str], sentence: str
) -> None:
    child = start(tmp_path, **environment)
    child.expect(sentence)
    assert left(child) == 2


def test_two_consoles_share_one_engine_and_the_second_goes_on_when_the_first_leaves(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    first = start(tmp_path)
    first.expect("nesta janela")
    second = start(tmp_path)
    second.expect("ativo \\(processo")
    first.kill(signal.SIGTERM)
    assert left(first) == 128 + signal.SIGTERM
    second.expect("nesta janela", timeout=START_S_MAX)
    second.close(force=True)
