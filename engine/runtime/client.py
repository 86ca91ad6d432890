"""A console's end of the socket: blocking, for the command line and for a thread beside a screen."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import OutcomeUnknown, Refused, RetryLater
from engine.runtime.lock import Taken, read_lock
from engine.runtime.wire import ANSWER_BYTES_MAX, REQUEST_BYTES_MAX, encode
from engine.systime import new_id

PATIENCE_S = 5.0
RETRY_S = 0.1
HELLO_S_MAX = 2.0
ASK_S_MAX = 30.0


class EngineUnreachable(RetryLater):
    """No engine answers for this state folder. `pid` is who holds it as far as its lock file says, else None."""

    def __init__(self, holder: Taken, detail: str) -> None:
        super().__init__("engine-unreachable", detail, pid=holder.pid)
        self.pid = holder.pid


@dataclass(frozen=True, slots=True)
class Hello:
    """Who answers, and as whom it knows us. Another `instance` is another life of the engine: reopen what was read."""

    instance: str
    version: str
    role: str
    who: str
    pid: int
    people: tuple[str, ...] = ()
    """Who may sign in on this login, which several people share."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine said: a result, or the code and params of why not."""

    ok: bool
    result: dict[str, Any] = field(default_factory=dict)
    code: str = ""
    params: dict[str, Any] = field(default_factory=dict)


class EngineClient:
    """One connection to the engine. Several threads may ask; they wait for each other."""

    def __init__(self, connection: socket.socket, make_id: Callable[[], str] = new_id) -> None:
        """Hear the hello on a connected socket; closes it where none is said.

        Raises OSError when what is said is none, and what the engine refuses to speak for ("operator-disabled").
        """
        self._connection = connection
        self._make_id = make_id
        self._rest = b""
        self._turn = threading.Lock()
        try:
            said = json.loads(self._line())
            if "refused" in said:
                connection.close()
                raise Refused(said["refused"]["code"], **said["refused"]["params"])
            self.hello = Hello(**{**said["hello"], "people": tuple(said["hello"].get("people", ()))})
        except (OSError, ValueError, KeyError, TypeError) as error:
            connection.close()
            raise ConnectionError(f"no engine's hello: {error}") from error

    @classmethod
    def connect(
        cls, state_dir: Path, *, patience_s: float = PATIENCE_S, make_id: Callable[[], str] = new_id
    ) -> EngineClient:
        """Connect to the engine of this state folder, trying again while it may be starting.

        Raises EngineUnreachable when none has answered after `patience_s` seconds, Refused("operator-disabled").
        """
        deadline = time.monotonic() + patience_s
        while True:
            holder = read_lock(state_dir)
            try:
                return cls(_connected(holder), make_id)
            except OSError as error:
                if time.monotonic() >= deadline:
                    raise EngineUnreachable(holder, str(error)) from error
            time.sleep(RETRY_S)  # noqa: TID251  a console's own thread, with no engine to hand it a clock

    def ask(
        self,
        verb: str,
        args: Mapping[str, Any] | None = None,
        row_version: int | None = None,
        id: str | None = None,
        *,
        timeout_s: float | None = ASK_S_MAX,
    ) -> Answer:
        """Ask and wait; None waits for ever.

        Raises OutcomeUnknown("engine-lost", id=...) when no answer came: the connection is closed then, and the same
        command under the same id may be asked on a new one without being done twice. Raises ValueError for a command
        longer than REQUEST_BYTES_MAX.
        """
        command_id = id or self._make_id()
        line = encode({"id": command_id, "verb": verb, "args": dict(args or {}), "row_version": row_version})
        if len(line) > REQUEST_BYTES_MAX:
            raise ValueError(f"a command has at most {REQUEST_BYTES_MAX} bytes")
        with self._turn:
            try:
                self._connection.settimeout(timeout_s)
                self._connection.sendall(line)
                said = json.loads(self._line())
            except (OSError, ValueError) as error:
                self.close()
                raise OutcomeUnknown("engine-lost", str(error), id=command_id) from error
        if said["ok"]:
            return Answer(True, said["result"])
        return Answer(False, code=said["error"]["code"], params=said["error"]["params"])

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def __enter__(self) -> EngineClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _line(self) -> bytes:
        """The next line; raises OSError when there is none."""
        buffer = bytearray(self._rest)
        while (end := buffer.find(b"\n")) < 0:
            piece = self._connection.recv(65_536)
            if not piece or len(buffer) + len(piece) > ANSWER_BYTES_MAX + 65_536:
                raise ConnectionError("the engine hung up" if not piece else "the answer has no end")
            buffer += piece
        self._rest = bytes(buffer[end + 1 :])
        return bytes(buffer[:end])


def _connected(holder: Taken) -> socket.socket:
    if holder.socket is None:
        raise ConnectionError("no engine says where it answers")
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(HELLO_S_MAX)
        connection.connect(holder.socket)
    except BaseException:
        connection.close()
        raise
    return connection
