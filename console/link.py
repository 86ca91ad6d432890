"""The console's link to the engine: one thread that attaches, hosts where nobody does, asks, and comes back when lost.

Hosted or not, the console speaks to the engine by its socket. A command whose answer got lost is asked again under its
id on the next connection; the engine does it once.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import IntegraError
from engine.runtime.client import Answer, EngineClient, EngineUnreachable, Hello
from engine.runtime.lock import lock_path, read_lock

if TYPE_CHECKING:
    from engine.runtime.hosted import HostedEngine

ATTACH_S = 5.0
LOOK_S = 0.5
AGAIN_S = 5.0
COMMAND_S_MAX = 60.0
"""A command that no engine has answered for so long is given back to the person."""
COMMANDS_MAX = 2_000
TURNED_AWAY = "operator-disabled"
"""An engine answers, and speaks no more with whoever asks."""
SIGNING = ("sign_in", "sign_out")

Host = Callable[[], "HostedEngine"]
"""Makes the engine to be hosted; called in the link's thread, so that the engine's code is loaded there."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """`kind`: connecting, attached (another process hosts), hosting (this one does), gone (with the reason's code)."""

    kind: str
    hello: Hello | None = None
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def attached(self) -> bool:
        """Whether an engine answers."""
        return self.hello is not None


@dataclass(frozen=True, slots=True)
class Command:
    """What a person decided about one row, under an id of its own."""

    id: str
    verb: str
    args: Mapping[str, Any]
    row_version: int | None = None
    asked_at: float = field(default_factory=time.monotonic)


class Link:
    """Made by the console; `told` and `answered` are called in the link's thread."""

    def __init__(
        self,
        state_dir: Path,
        host: Host | None,
        told: Callable[[LinkState], None],
        answered: Callable[[Command, Answer], None],
    ) -> None:
        self._state_dir = state_dir
        self._host = host
        self._told = told
        self._answered = answered
        self._commands: queue.Queue[Command] = queue.Queue(COMMANDS_MAX)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="integra-link", daemon=True)
        self._hosted: HostedEngine | None = None
        self._again: Command | None = None
        self._lost = False
        self.state = LinkState("connecting")

    def start(self) -> None:
        """Begin to look for an engine."""
        self._thread.start()

    def send(self, command: Command) -> bool:
        """Have this asked; False when too much waits already."""
        try:
            self._commands.put_nowait(command)
        except queue.Full:
            return False
        return True

    def stop(self, timeout_s: float = ATTACH_S) -> bool:
        """Hang up and, where this process hosts the engine, end it; False when it has not ended by then."""
        self._ending.set()
        hosted = self._hosted
        ended = hosted.stop(timeout_s) if hosted else True
        self._thread.join(LOOK_S * 4)
        return ended

    @property
    def hosts(self) -> bool:
        """Whether the engine lives in this process."""
        return self._hosted is not None and self._hosted.running

    # --- in the link's thread ----------------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._ending.is_set():
            try:
                client = self._attach()
            except Exception as error:  # an installation half upgraded, say: told like an engine that does not start
                self._gone(error)
                client = None
            if client is None:
                self._give_back_old()
                self._ending.wait(AGAIN_S)
                continue
            with client:
                self._tell(LinkState("hosting" if self.hosts else "attached", client.hello))
                self._converse(client)
            if not self._ending.is_set():
                self._lost = True
                self._tell(LinkState("gone", code="engine-lost"))

    def _tell(self, state: LinkState) -> None:
        self.state = state
        self._told(state)

    def _attach(self) -> EngineClient | None:
        """A connection; where nobody hosts, the engine is hosted here. None when neither works; the reason is told."""
        # A service that restarts, or another console that was quicker, gets the time to answer.
        patience_s = ATTACH_S if self._lost or self._somebody_hosts() else 0
        try:
            return EngineClient.connect(self._state_dir, patience_s=patience_s)
        except IntegraError as error:
            unreachable = error
        if self._ending.is_set():
            return None
        if unreachable.code == TURNED_AWAY:
            self._gone(unreachable)
            return None
        if self._host is None or not self._may_host():
            self._gone(unreachable)
            return None
        from engine.runtime.host import EngineTaken

        former, hosted = self._hosted, self._host()
        self._hosted = hosted
        failure = hosted.start()
        try:
            if failure is None:
                return EngineClient.connect(self._state_dir, patience_s=ATTACH_S)
            if isinstance(failure, EngineTaken):  # another console was quicker
                self._hosted = former
                return EngineClient.connect(self._state_dir, patience_s=ATTACH_S)
        except IntegraError as error:
            failure = error
        self._gone(failure)
        return None

    def _gone(self, error: Exception) -> None:
        if isinstance(error, EngineUnreachable) and error.pid is None:
            self._tell(LinkState("gone", code="no-engine"))
        elif isinstance(error, IntegraError):
            self._tell(LinkState("gone", code=error.code, params={**error.params, "detail": error.detail}))
        else:
            params = {"type": type(error).__name__, "detail": str(error)}
            self._tell(LinkState("gone", code="unexpected", params=params))

    def _somebody_hosts(self) -> bool:
        pid = read_lock(self._state_dir).pid
        return pid is not None and _lives(pid)

    def _may_host(self) -> bool:
        """Hosting belongs to the Unix user of the state folder; other operators attach to the service."""
        path = lock_path(self._state_dir)
        return not path.exists() or path.stat().st_uid == os.geteuid()

    def _converse(self, client: EngineClient) -> None:
        """Ask what is to be asked, until the engine goes or the console ends."""
        while not self._ending.is_set():
            command = self._again
            if command is None:
                try:
                    command = self._commands.get(timeout=LOOK_S)
                except queue.Empty:
                    if not self._still_there(client.hello):
                        return
                    continue
            self._again = command
            try:
                answer = client.ask(command.verb, command.args, command.row_version, command.id)
            except ValueError:
                answer = Answer(False, code="bad-request")
            except IntegraError:
                return  # asked again on the next connection
            self._again = None
            if answer.ok and command.verb in SIGNING:
                client.hello = replace(client.hello, **answer.result)
                self._tell(replace(self.state, hello=client.hello))
            self._answered(command, answer)

    def _still_there(self, hello: Hello) -> bool:
        if self._hosted is not None and hello.pid == os.getpid():
            return self._hosted.running
        return read_lock(self._state_dir).pid == hello.pid and _lives(hello.pid)

    def _give_back_old(self) -> None:
        waiting = [] if self._again is None else [self._again]
        self._again = None
        while not self._commands.empty():
            waiting.append(self._commands.get_nowait())
        for command in waiting:
            if time.monotonic() - command.asked_at > COMMAND_S_MAX:
                self._answered(command, Answer(False, code="outcome-unknown"))
            else:
                self._commands.put_nowait(command)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
