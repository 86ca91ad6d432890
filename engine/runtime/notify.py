"""Telling the service manager how the engine is (sd_notify): one datagram, to the socket that it named.

Source of the wire facts: the manual page sd_notify(3).
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping

READY = "READY=1"
STOPPING = "STOPPING=1"
WATCHDOG = "WATCHDOG=1"


class ServiceManager:
    """Made from the environment; without a service manager in it, every word goes nowhere."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        name = environment.get("NOTIFY_SOCKET", "")
        # "@" stands for the zero byte of the abstract namespace.
        self._address = "\0" + name[1:] if name.startswith("@") else name
        try:
            watchdog_s = int(environment.get("WATCHDOG_USEC", "0")) / 1_000_000
        except ValueError:
            watchdog_s = 0.0
        self.beat_s: float | None = watchdog_s / 3 if watchdog_s > 0 and self._address else None
        """How often it wants to hear WATCHDOG, in seconds; None when it does not watch."""

    def tell(self, *words: str) -> None:
        """Send these assignments. A manager that does not listen is no reason to stop."""
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto("\n".join(words).encode(), self._address)
