"""integra: the console, and the edge of its process: terminal, signals, log."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import termios
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from console.ending import ended_by
from console.keys import chosen_keys
from console.language import _, say
from console.safe_text import SafeText
from console.verbs.context import LOG_FILE, Context, Exit, complain, error_sentence
from engine.errors import IntegraError
from engine.settings import Settings

if TYPE_CHECKING:
    from console.link import Host, Link
    from engine.runtime.hosted import HostedEngine

ENDING = (signal.SIGHUP, signal.SIGTERM)
STOP_S_MAX = 5.0

# Leave the alternate screen, show the cursor, end the keyboard, paste and focus modes, wrap lines again.
_TERMINAL_AS_FOUND = b"\x1b[<u\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"

# Faster frames make the second widget of a key follow at once; animations only cost bytes over SSH.
_TEXTUAL = {"TEXTUAL_FPS": "120", "TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0"}


def why_no_screen(environment: Mapping[str, str], stdin: TextIO, stderr: TextIO) -> SafeText | None:
    """Why a console cannot be shown here, None when it can."""
    if not (stdin.isatty() and stderr.isatty()):
        return _("There is no terminal here. The engine without a screen is: integra --engine-only")
    if environment.get("TERM") == "dumb":
        return _("This terminal (TERM=dumb) cannot show the console. Use another one, or: integra status")
    if (stderr.encoding or "").casefold().replace("-", "") != "utf8":
        return say(
            "The console needs UTF-8, and this session uses {encoding}. Start it with: LC_ALL=C.UTF-8 integra",
            encoding=stderr.encoding,
        )
    return None


def theme_for(environment: Mapping[str, str], chosen: str) -> str:
    """The chosen theme; the terminal's own 16 colours where it has no more, or where none are wanted."""
    colours = environment.get("COLORTERM", "") in ("truecolor", "24bit") or "256" in environment.get("TERM", "")
    if chosen == Settings().console.theme and (not colours or environment.get("NO_COLOR")):
        return "ansi-dark"
    return chosen


def run(context: Context, host: Host | None = None) -> int:
    """Show the console until it is left. `host` makes the engine for where none runs."""
    reason = why_no_screen(os.environ, sys.stdin, sys.stderr)
    if reason is not None:
        complain(reason)
        return Exit.WRONG_USAGE
    try:
        settings = context.settings()
        chosen_keys(settings.console.keys)
    except IntegraError as error:
        if context.engine_pid() is None:
            complain(error_sentence(error))
            return Exit.WRONG_USAGE
        settings = Settings()  # an operator may not be allowed to read the service's own

    for name, value in _TEXTUAL.items():
        os.environ.setdefault(name, value)
    _log_into_file(context)

    from console.app import Console
    from console.driver import TerminalDriver

    def real() -> HostedEngine:
        from engine.runtime.hosted import HostedEngine
        from engine.systime import system_surroundings

        return HostedEngine(context.settings_path, context.state_dir, system_surroundings())

    app = Console(
        settings,
        context.state_dir,
        host or real,
        theme=theme_for(os.environ, settings.console.theme),
        driver_class=TerminalDriver,
    )
    found = termios.tcgetattr(sys.stdin.fileno())
    with ended_by(ENDING, lambda: _leave(app.link, found)):
        code = app.run(mouse=False)
        if not app.link.stop(STOP_S_MAX):
            complain(_("The engine did not end in time and is cut off; nothing acknowledged is lost."))
            os._exit(app.return_code or Exit.DONE)
    return app.return_code or code or Exit.DONE


def _log_into_file(context: Context) -> None:
    """Standard error is the screen: nothing may log there."""
    from engine.runtime.log import to_file

    logging.raiseExceptions = False
    context.state_dir.mkdir(parents=True, exist_ok=True, mode=0o2750)
    if os.access(context.state_dir, os.W_OK):
        to_file(context.state_dir / LOG_FILE, "info")
    else:
        logging.getLogger().addHandler(logging.NullHandler())


def _leave(link: Link, found: list[Any]) -> None:
    """End the engine and give the terminal back, whatever the screen is doing."""
    link.stop(STOP_S_MAX)
    with contextlib.suppress(OSError, termios.error):
        # A terminal that is gone or stalled must not hold us: what cannot be written at once is left.
        os.set_blocking(2, False)
        os.write(2, _TERMINAL_AS_FOUND)
        termios.tcsetattr(0, termios.TCSANOW, found)
