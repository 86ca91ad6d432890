"""The sample shop on a real socket of this machine: uvicorn in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from connectors.sandbox.shop.app import ConnectionBroken, ReplyLost

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 10.0


@contextmanager
def serve(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve until the block ends; yields the base URL without a slash at its end.

    `port` 0 takes a free one; to bring a shop back after a "night", serve the same app at the same port again.
    """
    lines = socket.create_server((host, port))
    port = lines.getsockname()[1]
    connections = _Connections()
    config = uvicorn.Config(
        _breaking(app, connections),
        http=connections.protocol(),
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,  # the shop gives the time of its own clock
        timeout_graceful_shutdown=1,
        timeout_keep_alive=60,
    )
    started = threading.Event()
    server = _Server(config, started)
    serving = partial(asyncio.run, server.serve(sockets=[lines]))
    thread = threading.Thread(target=serving, name="sample shop", daemon=True)
    thread.start()
    try:
        if not started.wait(START_TIMEOUT_S):
            raise RuntimeError("the sample shop did not start")
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(STOP_TIMEOUT_S)
        lines.close()
        if thread.is_alive():
            raise RuntimeError("the sample shop did not stop")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()


class _Connections:
    """The open connections by the client's address: what it takes to break one, which ASGI cannot say."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        known = self._open

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                # A listener made by hand has no protocol number, so asyncio leaves Nagle on: 40 ms an answer.
                transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                known[transport.get_extra_info("peername")[:2]] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                known.pop(self.transport.get_extra_info("peername")[:2], None)
                super().connection_lost(exc)

        return Protocol

    def break_off(self, client: Any) -> None:
        transport = self._open.get(tuple(client))
        if transport is not None:
            transport.abort()


def _breaking(app: ASGIApp, connections: _Connections) -> ASGIApp:
    async def serve_one(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except (ReplyLost, ConnectionBroken):
            connections.break_off(scope["client"])
            await receive()

    return serve_one
