"""integra --engine-only: the engine without a screen, for the service manager."""

from __future__ import annotations

from console.verbs.context import Context, Exit
from engine.runtime.service import serve
from engine.systime import system_surroundings


def run(context: Context) -> int:
    """Until SIGTERM, SIGINT or SIGHUP. Raises IntegraError for what keeps it from starting."""
    serve(context.settings_path, context.state_dir, system_surroundings())
    return Exit.DONE
