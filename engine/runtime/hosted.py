"""The engine hosted by a console: in a thread with a loop of its own, so that neither makes the other wait."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Mapping
from pathlib import Path

import anyio

from engine.engine import Engine
from engine.ports import Surroundings
from engine.runtime.connectors import open_ports
from engine.runtime.host import Build, OpenPorts, Ready, host
from engine.runtime.supervisor import first_cause

START_S_MAX = 30.0
STOP_S_MAX = 5.0


class HostedEngine:
    """Hosts one engine, once. Made and used by the console's main thread.

    The thread is no daemon: the interpreter waits for it, so the engine is never cut off by a forgotten `stop`.
    """

    def __init__(
        self,
        settings_path: Path,
        state_dir: Path,
        surroundings: Surroundings,
        *,
        environment: Mapping[str, str] = os.environ,
        ports: OpenPorts = open_ports,
        build: Build = Engine,
    ) -> None:
        self._settings_path = settings_path
        self._state_dir = state_dir
        self._surroundings = surroundings
        self._environment = environment
        self._ports = ports
        self._build = build
        self._known = threading.Event()  # it is ready, or has ended
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: anyio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="integra-engine")  # noqa: TID251  the console's own
        self.ready: Ready | None = None
        self.failed: Exception | None = None
        """Why it ended without being asked to."""

    @property
    def running(self) -> bool:
        """Whether its thread lives."""
        return self._thread.is_alive()

    def start(self, timeout_s: float = START_S_MAX) -> Exception | None:
        """Start, and wait until consoles may come in (None) or it is known why not."""
        self._thread.start()
        if not self._known.wait(timeout_s):
            return TimeoutError("the engine does not get ready")
        return self.failed

    def stop(self, timeout_s: float = STOP_S_MAX) -> bool:
        """Ask it to end and wait; False when it has not by then. Being killed is safe for it."""
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None and self.running:
            with contextlib.suppress(RuntimeError):  # its loop has just closed
                loop.call_soon_threadsafe(stop.set)
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self.running

    def _run(self) -> None:
        try:
            anyio.run(self._main)
        except Exception as raised:
            self.failed = first_cause(raised)
        finally:
            self._known.set()

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), anyio.Event()
        await host(
            self._settings_path,
            self._state_dir,
            self._surroundings,
            stop=self._stop,
            environment=self._environment,
            ports=self._ports,
            build=self._build,
            on_ready=self._is_ready,
        )

    def _is_ready(self, ready: Ready) -> None:
        self.ready = ready
        self._known.set()
