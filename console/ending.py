"""How a command's process ends when it is told to, by SIGINT, SIGTERM or SIGHUP.

A handler of Python's is not enough. The Firebird client puts its own in its place, which shuts the client down and lets
the process live; and where a stalled SSH line blocks a screen in the middle of a write, no handler ever runs, and the
process burns a processor for ever. So the signals are blocked before any other thread begins, and a thread of their own
waits for them.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SIGNALLED = 128
LOOK_S = 0.1
UNWIND_S_MAX = 8.0
"""For a verb to let go of what it holds: the engine it hosts may take 5 s, the connections another 2."""

_WAKE = signal.SIGUSR1
"""Interrupts what the main thread waits for; the Firebird client leaves this one alone."""


@contextmanager
def ended_by(numbers: Collection[signal.Signals], end: Callable[[], None]) -> Iterator[None]:
    """The first of these signals has `end` called in a thread; the process is left with 128 + its number after that.

    To be entered before any other thread has begun: a thread has the blocked signals of the one that started it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    over = threading.Event()

    def wait() -> None:
        while not over.is_set():
            found = signal.sigtimedwait(numbers, LOOK_S)
            if found is not None and found.si_signo in numbers:  # one run of 150 ended by a number that is none
                end()
                os._exit(SIGNALLED + found.si_signo)

    thread = threading.Thread(target=wait, name="integra-signals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()  # once a signal has come, it is this thread that ends the process
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def interrupted_by(numbers: Collection[signal.Signals]) -> Iterator[None]:
    """The same for a verb: a KeyboardInterrupt in the main thread has it let go of the engine, of folders, of locks.

    Who started it may have had a signal ignored (nohup, a shell's &): it stays so, though Linux keeps one that is
    blocked. A screen is not asked that: without its terminal it can but end.
    """
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    unwound = threading.Event()
    main = threading.get_ident()

    def end() -> None:
        signal.pthread_kill(main, _WAKE)
        unwound.wait(UNWIND_S_MAX)
        with suppress(OSError, ValueError):
            sys.stdout.flush()

    former = signal.signal(_WAKE, _interrupt)
    try:
        with ended_by(heeded, end):
            try:
                yield
            finally:
                unwound.set()
    finally:
        signal.signal(_WAKE, former)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
