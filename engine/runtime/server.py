"""The engine's end of the socket: greets, takes one command at a time per connection, and waits for no console."""

from __future__ import annotations

import json
import logging
import os
import pwd
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import SocketAttribute, SocketListener, SocketStream
from anyio.streams.buffered import BufferedByteReceiveStream

from engine.errors import IntegraError, Param
from engine.ports import Clock
from engine.runtime.commands import DISABLED, Answer, Ask, Commands
from engine.runtime.people import SIGN_IN, SIGN_OUT, People, Session
from engine.runtime.wire import ANSWER_BYTES_MAX, REQUEST_BYTES_MAX, SOCKET_MODE, encode

CONNECTIONS_MAX = 32
SEND_S_MAX = 5.0
"""A console that does not take its answer for so long is dropped; what it asked for is done and stored."""

ACCEPT_AGAIN_S = 5.0

_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: struct ucred of unix(7)

log = logging.getLogger("integra.socket")


async def bind(path: Path) -> SocketListener:
    """Bind the socket, replacing one that a dead engine left. Only the holder of the lock may."""
    return await anyio.create_unix_listener(path, mode=SOCKET_MODE, backlog=CONNECTIONS_MAX)


@dataclass(slots=True)
class Server:
    """Answers on a bound socket until cancelled."""

    commands: Commands
    people: People
    clock: Clock
    instance: str
    version: str
    connections: int = 0

    async def serve(self, listener: SocketListener) -> None:
        """Take connections. Out of file descriptors, say, the engine goes on without new consoles for a while."""
        while True:
            try:
                await listener.serve(self._converse)
            except Exception:
                log.exception("no console can come in")
                await self.clock.sleep(ACCEPT_AGAIN_S)

    async def _converse(self, stream: SocketStream) -> None:
        async with stream:
            if self.connections >= CONNECTIONS_MAX:
                log.warning("a console was turned away: there are %d already", self.connections)
                return
            self.connections += 1
            try:
                await self._talk(stream)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, anyio.IncompleteRead):
                pass  # it went away
            except TimeoutError:
                log.warning("a console was dropped: it does not take its answer")
            except Exception:
                log.exception("a conversation with a console failed")
            finally:
                self.connections -= 1

    async def _talk(self, stream: SocketStream) -> None:
        login, masters = peer(stream.extra(SocketAttribute.raw_socket))  # noqa: S610  no Django here
        session = self.people.enter(login, masters=masters)
        try:
            if session.standing.role == DISABLED:
                await _send(stream, {"refused": {"code": "operator-disabled", "params": {"who": login}}})
            else:
                await self._serve(stream, session)
        finally:
            self.people.leave(session)

    async def _serve(self, stream: SocketStream, session: Session) -> None:
        """Until it goes away, or is ended: what is being done then is done and answered."""
        await _send(stream, {"hello": self._hello(session)})
        lines = BufferedByteReceiveStream(stream)
        while not session.ended:
            line = None
            try:
                with anyio.CancelScope() as session.waiting:
                    line = await lines.receive_until(b"\n", REQUEST_BYTES_MAX)
            except anyio.DelimiterNotFound:
                await _send(stream, _refusal("line-too-long", bytes_max=REQUEST_BYTES_MAX))
                return
            session.waiting = None
            if line is not None:
                await _send(stream, await self._answer(line, session))

    def _hello(self, session: Session) -> dict[str, Any]:
        known = session.standing
        hello = {"instance": self.instance, "version": self.version, "pid": os.getpid()}
        shared = {"people": list(known.people)} if known.people else {}
        return {**hello, "role": known.role, "who": known.who, **shared}

    async def _answer(self, line: bytes, session: Session) -> Answer:
        try:
            ask = _read(line, session.standing.who, session.standing.role, self.clock)
        except (ValueError, TypeError, KeyError, RecursionError):
            return _refusal("bad-request")
        if ask.verb in (SIGN_IN, SIGN_OUT):
            return {"id": ask.id, **await self._sign(session, ask)}
        return {"id": ask.id, **await self.commands.ask(ask)}

    async def _sign(self, session: Session, ask: Ask) -> Answer:
        """In or out: it is about the connection, and no command of the engine's."""
        try:
            signing_in = ask.verb == SIGN_IN
            known = await self.people.sign_in(session, ask) if signing_in else self.people.sign_out(session)
        except IntegraError as error:
            return _refusal(error.code, **error.params)
        return {"ok": True, "result": {"who": known.who, "role": known.role}}


def peer(connection: socket.socket) -> tuple[str, bool]:
    """Login name of whoever is at the other end, as the kernel tells; whether it is our own user or root."""
    _, uid, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    try:
        login = pwd.getpwuid(uid).pw_name
    except KeyError:
        login = f"uid {uid}"
    return login, uid in (os.geteuid(), 0)


def _read(line: bytes, who: str, role: str, clock: Clock) -> Ask:
    """Raises ValueError, TypeError, KeyError or RecursionError for what is no request."""
    request = json.loads(line)
    json.dumps(request, ensure_ascii=False).encode()  # a lone surrogate cannot be stored: ValueError
    command_id, verb, args = request["id"], request["verb"], request.get("args") or {}
    row_version = request.get("row_version")
    right = isinstance(command_id, str) and isinstance(verb, str) and isinstance(args, dict)
    if not right or not (row_version is None or type(row_version) is int):
        raise TypeError("a request has texts as id and verb, a table as args, a whole number as row_version")
    return Ask(command_id, verb, args, who, role, row_version, clock.now())


async def _send(stream: SocketStream, message: dict[str, Any]) -> None:
    line = encode(message)
    if len(line) > ANSWER_BYTES_MAX:
        line = encode({"id": message.get("id"), **_refusal("answer-too-long", bytes_max=ANSWER_BYTES_MAX)})
    with anyio.fail_after(SEND_S_MAX):
        await stream.send(line)


def _refusal(code: str, **params: Param) -> Answer:
    return {"ok": False, "error": {"code": code, "params": params}}
