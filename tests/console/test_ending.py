"""Who started a command may have had a signal ignored, as nohup and a shell's & do: it stays ignored."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

COMMAND = """
import signal, sys
from console.ending import SIGNALS, interrupted_by
with interrupted_by(SIGNALS):
    print("begun", flush=True)
    sys.stdin.readline()
print("done", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_command_goes_on_through_a_signal_that_it_was_started_to_ignore(number: signal.Signals) -> None:
    starter = f"import os, signal; signal.signal({number:d}, signal.SIG_IGN); os.execv({sys.executable!r}, "
    starter += f"[{sys.executable!r}, '-c', {COMMAND!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", starter], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(number)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        out, _ = process.communicate("\n", timeout=10)
    assert (process.returncode, out) == (0, "done\n")
