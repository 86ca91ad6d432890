"""The engine alone, for the service manager or cron: no screen, JSON lines on standard error, ended by a signal."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path

import anyio

from engine.engine import Engine
from engine.ports import Surroundings
from engine.runtime.connectors import open_ports
from engine.runtime.host import Build, OpenPorts, host
from engine.runtime.log import to_stderr
from engine.runtime.supervisor import first_cause

STOP_S_MAX = 5
"""After the signal. What has not ended by then is cut off: safe, since all that counts is stored before it is done."""


def serve(
    settings_path: Path,
    state_dir: Path,
    surroundings: Surroundings,
    *,
    environment: Mapping[str, str] = os.environ,
    ports: OpenPorts = open_ports,
    build: Build = Engine,
) -> None:
    """Host the engine in this process's main thread until SIGTERM, SIGINT or SIGHUP. Raises what `host` raises."""

    async def until_signalled() -> None:
        stop = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(_stop_on_signal, stop)
            await host(
                settings_path,
                state_dir,
                surroundings,
                stop=stop,
                environment=environment,
                ports=ports,
                build=build,
            )
            group.cancel_scope.cancel()

    to_stderr("info")
    try:
        anyio.run(until_signalled)
    except ExceptionGroup as group:
        raise first_cause(group) from group


async def _stop_on_signal(stop: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
        async for _ in signals:
            # The kernel's alarm ends the process even where a thread hangs in a driver or the loop is stuck.
            signal.alarm(STOP_S_MAX)
            stop.set()
