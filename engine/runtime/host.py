"""One engine, hosted: lock, settings, store, ports, engine, supervisor and socket, wired and taken down in order."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Protocol

import anyio

from engine.engine import Engine
from engine.errors import IntegraError, Param, Refused
from engine.ports import Erp, SalesChannel, Surroundings
from engine.runtime.collector import calm_collector
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, AsyncVerb, Commands, Outcome, Verb
from engine.runtime.connectors import Ports, open_ports
from engine.runtime.lock import Held, Taken, acquire
from engine.runtime.log import hiding, set_level, without_secrets
from engine.runtime.mark import engine_mark
from engine.runtime.notify import READY, STOPPING, WATCHDOG, ServiceManager
from engine.runtime.operators import operator_verb
from engine.runtime.people import People
from engine.runtime.pins import SECRETS_OWNER
from engine.runtime.presence import Presence
from engine.runtime.server import Server, bind
from engine.runtime.setting import setting_verb, settings_verb
from engine.runtime.supervisor import Supervisor, Task, backoff_s, first_cause
from engine.runtime.wire import socket_path
from engine.settings import SecretSource, Settings, load, secret_source
from engine.store.database import Store, open_store
from engine.store.effects import hasten_all
from engine.store.problems import clear_problem, raise_problem

STORE_FILE = "integra.db"
CLOSE_S_MAX = 2.0
"""For the ports to let go at the end; what does not by then is left to the end of the process."""
START_SUBJECT = "engine:start"

log = logging.getLogger("integra.host")


class Hostable(Protocol):
    """What is hosted: engine.engine.Engine, or the stand-in of a test."""

    settings: Settings  # as they are now; replaced when a setting is changed in the console
    wake: Callable[[str, str], None]  # set before `start`

    def tasks(self) -> Sequence[Task]:
        """Every task of every account."""

    def verbs(self) -> Sequence[AnyVerb]:
        """What people may ask, besides wake, sync_once and set_setting."""

    async def start(self) -> None:
        """Before any task runs. Tried again, with a problem shown, for as long as it raises."""


Build = Callable[[Settings, Store, Erp, Mapping[str, SalesChannel], Surroundings], Hostable]
OpenPorts = Callable[[Settings, Path, SecretSource, Surroundings], Ports]


class EngineTaken(Refused):
    """Another process hosts the engine of this state folder."""

    def __init__(self, holder: Taken) -> None:
        super().__init__("engine-taken", pid=holder.pid, socket=holder.socket, version=holder.version)
        self.holder = holder


@dataclass(frozen=True, slots=True)
class Ready:
    """The socket is bound: consoles may come in."""

    instance: str
    socket: Path


def _nothing(_: Ready) -> None:
    return


async def host(
    settings_path: Path,
    state_dir: Path,
    surroundings: Surroundings,
    *,
    stop: anyio.Event,
    environment: Mapping[str, str] = os.environ,
    ports: OpenPorts = open_ports,
    build: Build = Engine,
    on_ready: Callable[[Ready], None] = _nothing,
) -> None:
    """Host the engine until `stop` is set.

    Raises EngineTaken when another process does, Misconfigured for settings or a store that cannot be used. Whatever
    goes wrong outside later is a problem in the store, not an end.
    """
    held = acquire(state_dir)
    if isinstance(held, Taken):
        raise EngineTaken(held)
    try:
        settings = load(settings_path)
        set_level(settings.engine.log_level)
        secrets = hiding(secret_source(settings_path, environment))
        async with open_store(state_dir / STORE_FILE) as store:
            known = replace(surroundings, mark=await engine_mark(store, held, surroundings.new_id))
            async with _opened(ports(settings, settings_path, secrets, known)) as outside:
                engine = build(settings, store, outside.erp, outside.channels, known)
                calm_collector()
                life = _Life(engine, store, known, settings_path, environment)
                await life.live(held, socket_path(state_dir, environment), on_ready, stop)
    finally:
        held.release()


@asynccontextmanager
async def _opened(ports: Ports) -> AsyncIterator[Ports]:
    try:
        yield ports
    finally:
        with anyio.move_on_after(CLOSE_S_MAX, shield=True):
            await ports.close()


class _Life:
    """One life of a hosted engine, from the bound socket to the end."""

    def __init__(
        self,
        engine: Hostable,
        store: Store,
        surroundings: Surroundings,
        settings_path: Path,
        environment: Mapping[str, str],
    ) -> None:
        self._engine = engine
        self._store = store
        self._surroundings = surroundings
        self._manager = ServiceManager(environment)
        self._presence = Presence()
        self._secrets_now = partial(secret_source, settings_path, environment)
        self._people = People(store, lambda: engine.settings.operators, self._pin_of)
        self._not_started: IntegraError | None = Refused("engine-starting")
        self._supervisor = Supervisor(store, surroundings, engine.tasks(), self._interval_s)
        engine.wake = self._supervisor.wake
        verbs = [
            Verb("wake", EVERYONE, _wake),
            AsyncVerb("sync_once", EVERYONE, self._sync_once),
            self._presence.verb(),
            settings_verb(lambda: engine.settings),
            setting_verb(settings_path, store, lambda: engine.settings, self._take_settings),
            operator_verb(settings_path, store, lambda: engine.settings, self._take_settings, self._pin_of),
            *engine.verbs(),
        ]
        self._commands = Commands(store, verbs, partial(self._supervisor.wake, insist=True))

    async def live(self, held: Held, path: Path, on_ready: Callable[[Ready], None], stop: anyio.Event) -> None:
        """Serve consoles, start the engine, run its tasks, until `stop` is set."""
        clock, instance = self._surroundings.clock, self._surroundings.new_id()
        await self._commands.recover(clock.now())
        async with await bind(path) as listener:
            try:
                held.tell(path, version())
                server = Server(self._commands, self._people, clock, instance, version())
                async with anyio.create_task_group() as group:
                    group.start_soon(server.serve, listener)
                    group.start_soon(self._work)
                    group.start_soon(self._beat)
                    log.info("ready", extra={"instance": instance, "version": version(), "socket": str(path)})
                    self._manager.tell(READY)
                    on_ready(Ready(instance, path))
                    await stop.wait()
                    self._manager.tell(STOPPING)
                    group.cancel_scope.cancel()
                log.info("stopped", extra={"instance": instance})
            finally:
                _unbind(path)

    async def _work(self) -> None:
        await self._start()
        await self._supervisor.run()

    async def _start(self) -> None:
        """Start the engine. What it cannot reach now it may reach later; people see why it waits."""
        failures = 0
        while self._not_started is not None:
            try:
                await self._engine.start()
                await self._store.write(lambda db: clear_problem(db, "", None, START_SUBJECT))
                self._not_started = None
            except Exception as raised:
                failures += 1
                error = first_cause(raised)
                await self._note_start_failure(error)
                await self._surroundings.clock.sleep(backoff_s(failures, error, self._surroundings.random))

    async def _note_start_failure(self, error: Exception) -> None:
        code, params = "unexpected", dict[str, Param](type=type(error).__name__)
        detail = without_secrets(str(error))
        if isinstance(error, IntegraError):
            code, params, detail = error.code, error.params, without_secrets(error.detail)
        log.error("the engine could not start: %s", error, exc_info=error if code == "unexpected" else None)
        self._not_started = Refused(code, detail, **params)
        now = self._surroundings.clock.now()
        try:
            await self._store.write(
                lambda db: raise_problem(db, "", code, START_SUBJECT, params, detail, "problem", now)
            )
        except IntegraError as trouble:
            log.error("the problem could not be noted: %s", trouble)

    async def _beat(self) -> None:
        """Tell the service manager that the loop turns, as often as it wants to hear it."""
        while self._manager.beat_s is not None:
            self._manager.tell(WATCHDOG)
            await self._surroundings.clock.sleep(self._manager.beat_s)

    async def _sync_once(self, _: Ask) -> Outcome:
        if self._not_started is not None:
            raise self._not_started
        await self._store.write(hasten_all)
        report = await self._supervisor.run_to_rest()
        return Outcome({**asdict(report), "at_rest": report.at_rest})

    def _interval_s(self, account: str, task: str) -> float:
        return self._engine.settings.interval_s(account, task)

    def _pin_of(self, name: str) -> str | None:
        """As the file says now: a PIN may have been set meanwhile."""
        return self._secrets_now()(SECRETS_OWNER, name)

    def _take_settings(self, settings: Settings) -> None:
        self._engine.settings = settings
        set_level(settings.engine.log_level)
        for who in self._people.changed():
            self._presence.forget(who)


def _wake(_: object, ask: Ask) -> Outcome:
    """wake {account, task}: a cycle now; "*" for all."""
    return Outcome(wake=((str(ask.args.get("account", "*")), str(ask.args.get("task", "*"))),))


def _unbind(path: Path) -> None:
    path.unlink(missing_ok=True)


def version() -> str:
    """The version of Integra that runs."""
    try:
        return metadata.version("integra")
    except metadata.PackageNotFoundError:
        return "0"
