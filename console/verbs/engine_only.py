"""integra --engine-only: the engine without a screen, for the service manager."""

from __future__ import annotations

import logging
import sys

from console.verbs.context import Context, Exit
from engine.runtime.service import serve
from engine.systime import system_surroundings

log = logging.getLogger("integra.process")


def run(context: Context) -> int:
    """Until SIGTERM, SIGINT or SIGHUP. Raises IntegraError for what keeps it from starting."""
    everything_into_the_log()
    serve(context.settings_path, context.state_dir, system_surroundings())
    return Exit.DONE


def everything_into_the_log() -> None:
    """What Python itself would print goes into the log: standard error shall hold nothing but its lines.

    The Firebird driver, for one, has a statement that complains of itself when its connection is cut at the end.
    """
    logging.captureWarnings(True)
    sys.unraisablehook = _log_ignored


def _log_ignored(found: sys.UnraisableHookArgs) -> None:
    where = found.err_msg or "Exception ignored in"
    log.warning("%s: %r", where, found.object, exc_info=found.exc_value)
