"""A TCP link that a test can break: it carries bytes to a server until told to cut, at a chosen message, or to freeze.

A message is what the client sent before it waited for an answer; Firebird's client sends one packet per call, so that
"the commit was applied, but its answer got lost" can be staged exactly, whatever the encryption on the wire.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading

_CHUNK_BYTES = 65536
_ANSWER_S_MAX = 10.0
_LOOK_S = 0.005
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class FaultyLink:
    """Listens on `port` (loopback) and connects every client to `host`:`target_port`.

    One fault can be set at a time and strikes once, over all connections; `cut_now` and `frozen` act on all of them.
    """

    def __init__(self, host: str, target_port: int) -> None:
        self._target = (host, target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        """Clients that came so far."""
        self.messages = 0
        """Messages carried to the server so far."""
        self.struck = threading.Event()
        """Set when the fault that was asked for has happened."""
        self._lock = threading.Lock()
        self._left = 0
        self._applied = False
        self._thaw = threading.Event()
        self._thaw.set()
        self._refusing = False
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_before(self, message: int = 1) -> None:
        """Cut instead of carrying the n-th message from now: the server never sees it."""
        self._arm(message, applied=False)

    def cut_after(self, message: int = 1) -> None:
        """Cut when the server has answered the n-th message from now: it was applied, the client never knows."""
        self._arm(message, applied=True)

    def disarm(self) -> None:
        """Forget a fault that has not struck."""
        with self._lock:
            self._left = 0

    def cut_now(self) -> None:
        """Break every connection that stands; new ones are carried."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _reset(end)

    def refuse(self, refusing: bool = True) -> None:
        """Break every connection as soon as it is made, as a machine does whose server is down."""
        self._refusing = refusing
        if refusing:
            self.cut_now()

    def freeze(self) -> None:
        """Carry nothing more, and say nothing: what a dead switch looks like."""
        self._thaw.clear()

    def thaw(self) -> None:
        """Carry again, what was held back included."""
        self._thaw.set()

    def close(self) -> None:
        """Stop listening and break what stands."""
        self._listener.close()
        self.thaw()
        self.cut_now()

    def _arm(self, message: int, *, applied: bool) -> None:
        with self._lock:
            self._left, self._applied = message, applied
            self.struck.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self._refusing:
                _reset(client)
                continue
            try:
                server = socket.create_connection(self._target)
            except OSError:
                _reset(client)
                continue
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._pairs.append((client, server))
            answered = threading.Event()
            lost = threading.Event()
            threading.Thread(target=self._carry, args=(client, server, answered, lost), daemon=True).start()
            threading.Thread(target=self._answer, args=(client, server, answered, lost), daemon=True).start()

    def _carry(
        self, client: socket.socket, server: socket.socket, answered: threading.Event, lost: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(_CHUNK_BYTES):
                self._thaw.wait()
                strikes, applied = self._strikes()
                if strikes and applied:
                    lost.set()
                    server.sendall(data)
                    _carry_on_until(answered, client, server)
                elif not strikes:
                    server.sendall(data)
                if strikes:
                    break
        with self._lock:
            self._pairs = [pair for pair in self._pairs if pair != (client, server)]
            if self._left == -1:
                self._left = 0
                self.struck.set()
        _reset(client)
        _reset(server)

    def _strikes(self) -> tuple[bool, bool]:
        with self._lock:
            self.messages += 1
            if self._left <= 0:
                return False, False
            self._left -= 1
            if self._left:
                return False, False
            self._left = -1
            return True, self._applied

    def _answer(
        self, client: socket.socket, server: socket.socket, answered: threading.Event, lost: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(_CHUNK_BYTES):
                self._thaw.wait()
                if lost.is_set():
                    answered.set()
                    return
                client.sendall(data)
        _reset(client)


def _carry_on_until(answered: threading.Event, client: socket.socket, server: socket.socket) -> None:
    """A client may send what needs no answer in a packet before the one that does."""
    for _ in range(int(_ANSWER_S_MAX / _LOOK_S)):
        if answered.wait(_LOOK_S):
            return
        if select.select([client], [], [], 0)[0]:
            server.sendall(client.recv(_CHUNK_BYTES))


def _reset(end: socket.socket) -> None:
    """Close with a reset, so that the other side knows at once."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        end.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        end.close()
