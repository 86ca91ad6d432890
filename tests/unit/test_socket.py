"""The engine's socket: greets, answers in order, and no console, however rude, harms the engine or another console."""

from __future__ import annotations

import json
import os
import pwd
import socket
import stat
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import pytest

from engine.errors import Misconfigured, OutcomeUnknown
from engine.runtime import server as server_module
from engine.runtime import wire
from engine.runtime.client import EngineClient, EngineUnreachable
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, AsyncVerb, Commands, Outcome, Verb
from engine.runtime.lock import Held, acquire
from engine.runtime.people import People
from engine.runtime.server import Server, bind, peer
from engine.systime import SystemClock
from tests.unit.virtual_time import inline_store

pytestmark = pytest.mark.anyio

T = TypeVar("T")
VERSION = "1.2.3"


def echo(_: object, ask: Ask) -> Outcome:
    return Outcome({"args": dict(ask.args), "who": ask.who, "role": ask.role, "row_version": ask.row_version})


def long_answer(_: object, ask: Ask) -> Outcome:
    return Outcome({"text": "x" * int(ask.args["chars"])})


async def sleep(ask: Ask) -> Outcome:
    await anyio.sleep(float(ask.args["seconds"]))
    return Outcome({"slept": ask.args["seconds"]})


VERBS: list[AnyVerb] = [
    Verb("echo", EVERYONE, echo),
    Verb("long", EVERYONE, long_answer, recorded=False),
    AsyncVerb("sleep", EVERYONE, sleep),
]


@asynccontextmanager
async def engine_at(state: Path) -> AsyncIterator[Server]:
    """The engine's end: lock, store, commands and socket."""
    path = wire.socket_path(state, {})
    held = acquire(state)
    assert isinstance(held, Held)
    with inline_store(state) as store:
        people = People(store, dict, lambda name: None)
        server = Server(Commands(store, VERBS, lambda account, task: None), people, SystemClock(), "life-1", VERSION)
        async with await bind(path) as listener, anyio.create_task_group() as group:
            held.tell(path, VERSION)
            group.start_soon(server.serve, listener)
            yield server
            # Cancelled at the very moment at which a console hangs up, anyio lets its own future's error out.
            await until(lambda: server.connections == 0)
            group.cancel_scope.cancel()
    held.release()


async def beside(work: Callable[..., T], *args: Any) -> T:
    """Run a console's blocking work in a thread."""
    return await anyio.to_thread.run_sync(work, *args)


async def until(it_is_so: Callable[[], bool]) -> None:
    for _ in range(150):
        if it_is_so():
            return
        await anyio.sleep(0.02)
    raise AssertionError("it has not come to be so in 3 s")


def raw(state: Path, *, timeout_s: float = 5.0) -> socket.socket:
    """A connection without manners; the hello is read."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_s)
    connection.connect(str(state / "engine.sock"))
    assert b"hello" in connection.recv(4096)
    return connection


def lines_of(connection: socket.socket, count: int) -> list[dict[str, Any]]:
    with connection.makefile("rb") as file:
        return [json.loads(file.readline()) for _ in range(count)]


async def test_the_engine_says_who_it_is_and_whom_it_sees(state_folder: Path) -> None:
    async with engine_at(state_folder):
        client = await beside(EngineClient.connect, state_folder)
        hello = client.hello
        client.close()
    assert (hello.instance, hello.version, hello.pid) == ("life-1", VERSION, os.getpid())
    assert (hello.who, hello.role) == (pwd.getpwuid(os.geteuid()).pw_name, "owner")


def test_the_kernel_says_who_is_at_the_other_end() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert peer(one) == (pwd.getpwuid(os.geteuid()).pw_name, True)


async def test_a_command_is_answered_with_who_asked_taken_from_the_kernel(state_folder: Path) -> None:
    def console() -> None:
        with EngineClient.connect(state_folder) as client:
            answer = client.ask("echo", {"name": "ação", "who": "somebody else"}, row_version=3)
            assert answer.ok
            assert answer.result["args"] == {"name": "ação", "who": "somebody else"}
            assert answer.result["who"] == pwd.getpwuid(os.geteuid()).pw_name
            assert answer.result["row_version"] == 3
            refused = client.ask("fly")
            assert (refused.ok, refused.code, refused.params) == (False, "unknown-verb", {"verb": "fly"})

    async with engine_at(state_folder):
        await beside(console)


async def test_commands_on_one_connection_are_answered_in_their_order(state_folder: Path) -> None:
    def console() -> list[str]:
        with raw(state_folder) as connection:
            asks = [("a", "sleep", {"seconds": 0.1}), ("b", "echo", {}), ("c", "echo", {})]
            for command_id, verb, args in asks:
                connection.sendall(wire.encode({"id": command_id, "verb": verb, "args": args, "row_version": None}))
            return [answer["id"] for answer in lines_of(connection, 3)]

    async with engine_at(state_folder):
        assert await beside(console) == ["a", "b", "c"]


async def test_a_long_command_of_one_console_keeps_no_other_waiting(state_folder: Path) -> None:
    def quick() -> float:
        with EngineClient.connect(state_folder) as client:
            begun = time.monotonic()
            assert client.ask("echo").ok
            return time.monotonic() - begun

    async with engine_at(state_folder):
        slow = await beside(EngineClient.connect, state_folder)
        async with anyio.create_task_group() as group:
            group.start_soon(beside, slow.ask, "sleep", {"seconds": 1.0})
            await anyio.sleep(0.1)
            assert await beside(quick) < 0.5
        slow.close()


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[1, 2]",
        b'"text"',
        b"{}",
        b'{"id": 1, "verb": "echo", "args": {}}',
        b'{"id": "x", "verb": "echo", "args": [1]}',
        b'{"id": "x", "verb": "echo", "args": {}, "row_version": true}',
        b'{"id": "x", "verb": "echo", "args": {"name": "\\ud800"}}',
        b"\xff\xfe",
        b"[" * 60_000,
    ],
)
async def test_what_is_no_command_is_refused_and_the_conversation_goes_on(state_folder: Path, line: bytes) -> None:
    def console() -> None:
        with raw(state_folder) as connection:
            connection.sendall(line + b"\n" + wire.encode({"id": "y", "verb": "echo"}))
            refusal, answer = lines_of(connection, 2)
            assert refusal["error"]["code"] == "bad-request"
            assert answer["ok"]

    async with engine_at(state_folder):
        await beside(console)


async def test_a_line_without_end_is_cut_off(state_folder: Path) -> None:
    def console() -> None:
        with raw(state_folder) as connection:
            connection.sendall(b"x" * (wire.REQUEST_BYTES_MAX + 1))
            assert lines_of(connection, 1)[0]["error"]["code"] == "line-too-long"
            with suppress(ConnectionResetError):  # it hangs up on what it has not read
                assert connection.recv(1) == b""

    async with engine_at(state_folder):
        await beside(console)


async def test_an_answer_beyond_measure_is_refused_by_name(state_folder: Path) -> None:
    def console() -> None:
        with EngineClient.connect(state_folder) as client:
            assert client.ask("long", {"chars": wire.ANSWER_BYTES_MAX}).code == "answer-too-long"
            fits = client.ask("long", {"chars": wire.ANSWER_BYTES_MAX // 2})
            assert len(fits.result["text"]) == wire.ANSWER_BYTES_MAX // 2

    async with engine_at(state_folder):
        await beside(console)


async def test_a_console_that_stops_reading_is_dropped_and_the_others_go_on(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "SEND_S_MAX", 0.2)
    async with engine_at(state_folder) as server:
        stalled = await beside(raw, state_folder)
        stalled.sendall(wire.encode({"id": "x", "verb": "long", "args": {"chars": 3_000_000}}))
        client = await beside(EngineClient.connect, state_folder)
        assert (await beside(client.ask, "echo")).ok
        client.close()
        await until(lambda: server.connections == 0)
        stalled.close()


async def test_consoles_beyond_the_limit_are_turned_away_until_one_leaves(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "CONNECTIONS_MAX", 2)

    def console() -> None:
        first, second = (EngineClient.connect(state_folder) for _ in range(2))
        with pytest.raises(EngineUnreachable):
            EngineClient.connect(state_folder, patience_s=0)
        assert first.ask("echo").ok
        second.close()
        EngineClient.connect(state_folder).close()
        first.close()

    async with engine_at(state_folder):
        await beside(console)


async def test_a_console_that_hangs_up_in_the_middle_of_a_command_harms_nobody(state_folder: Path) -> None:
    def console() -> None:
        with raw(state_folder) as connection:
            connection.sendall(wire.encode({"id": "x", "verb": "sleep", "args": {"seconds": 0.05}}))
        with EngineClient.connect(state_folder) as client:
            assert client.ask("sleep", {"seconds": 0.05}, id="x").result == {"slept": 0.05}, "it was done all the same"

    async with engine_at(state_folder):
        await beside(console)


async def test_only_the_owner_and_the_stores_group_may_connect(state_folder: Path) -> None:
    async with engine_at(state_folder):
        assert stat.S_IMODE((state_folder / "engine.sock").stat().st_mode) == 0o660


# The console's end ----------------------------------------------------------------------------------------------------


def test_with_no_engine_the_console_is_told_at_once_when_it_will_not_wait(state_folder: Path) -> None:
    with pytest.raises(EngineUnreachable) as caught:
        EngineClient.connect(state_folder, patience_s=0)
    assert caught.value.pid is None


def test_an_engine_that_does_not_answer_is_named_by_its_pid_after_some_patience(state_folder: Path) -> None:
    held = acquire(state_folder)
    assert isinstance(held, Held)
    held.tell(state_folder / "engine.sock", VERSION)
    begun = time.monotonic()
    with pytest.raises(EngineUnreachable) as caught:
        EngineClient.connect(state_folder, patience_s=0.3)
    assert time.monotonic() - begun >= 0.3
    assert (caught.value.pid, caught.value.params) == (os.getpid(), {"pid": os.getpid()})
    held.release()


async def test_a_console_waits_for_an_engine_that_is_just_starting(state_folder: Path) -> None:
    connected: list[str] = []

    def console() -> None:
        with EngineClient.connect(state_folder) as client:
            connected.append(client.hello.instance)

    async with anyio.create_task_group() as group:
        group.start_soon(beside, console)
        await anyio.sleep(0.2)
        async with engine_at(state_folder):
            await until(lambda: bool(connected))


async def test_a_command_whose_answer_was_lost_is_asked_again_under_its_id_and_done_once(state_folder: Path) -> None:
    async with engine_at(state_folder):
        first = await beside(EngineClient.connect, state_folder)

        def impatient() -> str:
            with pytest.raises(OutcomeUnknown) as caught:
                first.ask("sleep", {"seconds": 0.3}, timeout_s=0.05)
            return str(caught.value.params["id"])

        command_id = await beside(impatient)

        def again() -> dict[str, Any]:
            with EngineClient.connect(state_folder) as second:
                return second.ask("sleep", {"seconds": 0.3}, id=command_id).result

        assert await beside(again) == {"slept": 0.3}


async def test_several_threads_of_a_console_share_one_connection(state_folder: Path) -> None:
    def console() -> None:
        with EngineClient.connect(state_folder) as client:
            wrong: list[object] = []

            def worker(number: int) -> None:
                for turn in range(20):
                    args = {"number": number, "turn": turn}
                    if (answer := client.ask("echo", args).result["args"]) != args:
                        wrong.append(answer)

            workers = [threading.Thread(target=worker, args=(number,)) for number in range(4)]
            for thread in workers:
                thread.start()
            for thread in workers:
                thread.join()
            assert wrong == []

    async with engine_at(state_folder):
        await beside(console)


# Where the socket is --------------------------------------------------------------------------------------------------


def test_a_state_folder_with_a_long_path_gets_a_short_socket_path_that_is_always_the_same(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    first = wire.socket_path(deep, {})
    assert first == wire.socket_path(deep, {"XDG_RUNTIME_DIR": str(tmp_path / "missing")})
    assert len(os.fsencode(first)) < 100
    assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    other = wire.socket_path(tmp_path / ("y" * 120), {})
    assert other != first
    first.parent.rmdir()
    other.parent.rmdir()


def test_the_users_runtime_folder_is_taken_before_the_temporary_one(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    assert wire.socket_path(deep, {"XDG_RUNTIME_DIR": "/tmp"}).parent == Path("/tmp")


def test_a_folder_that_others_could_write_to_is_not_trusted_with_the_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    folder = wire.socket_path(deep, {}).parent
    folder.chmod(0o777)
    try:
        with pytest.raises(Misconfigured) as caught:
            wire.socket_path(deep, {})
        assert caught.value.code == "socket-folder"
    finally:
        folder.rmdir()
