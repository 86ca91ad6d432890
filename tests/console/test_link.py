"""The link to the engine: it attaches, hosts, comes back, and never does a command twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console import link as link_module
from console.link import Command, Host, Link, LinkState
from engine.runtime.client import Answer
from engine.runtime.hosted import HostedEngine
from tests.console.builder import StoreFile, bare_host
from tests.console.conftest import console_on, until

WAIT_S_MAX = 20.0


class Heard:
    """What a link told."""

    def __init__(self) -> None:
        self.states: list[LinkState] = []
        self.answers: list[tuple[Command, Answer]] = []
        self._news = threading.Condition()

    def told(self, state: LinkState) -> None:
        with self._news:
            self.states.append(state)
            self._news.notify_all()

    def answered(self, command: Command, answer: Answer) -> None:
        with self._news:
            self.answers.append((command, answer))
            self._news.notify_all()

    def wait(self, right: Callable[[Heard], bool]) -> None:
        with self._news:
            assert self._news.wait_for(lambda: right(self), WAIT_S_MAX), (self.states, self.answers)


@contextmanager
def linked(state_folder: Path, host: Host | None) -> Iterator[tuple[Link, Heard]]:
    heard = Heard()
    link = Link(state_folder, host, heard.told, heard.answered)
    link.start()
    try:
        yield link, heard
    finally:
        assert link.stop()


def started(host: Host) -> HostedEngine:
    engine = host()
    assert engine.start() is None
    return engine


def test_with_no_engine_it_hosts_one_and_ends_it_when_it_leaves(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    with linked(state_folder, bare_host(tmp_path, state_folder)) as (link, heard):
        heard.wait(lambda heard: heard.states[-1:] != [] and heard.states[-1].kind == "hosting")
        assert link.hosts
    assert not link.hosts


def test_an_engine_that_cannot_even_be_loaded_is_told(state_folder: Path, store: StoreFile) -> None:
    def host() -> HostedEngine:
        raise ImportError("cannot import name 'restored'")

    with linked(state_folder, host) as (_link, heard):
        heard.wait(lambda heard: heard.states[-1:] != [] and heard.states[-1].code == "unexpected")
        assert heard.states[-1].params["type"] == "ImportError"


def test_where_one_runs_it_attaches_and_leaves_it_running(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    host = bare_host(tmp_path, state_folder)
    engine = started(host)
    with linked(state_folder, host) as (link, heard):
        heard.wait(lambda heard: bool(heard.states))
        assert heard.states[-1].attached
        assert not link.hosts
    assert engine.running
    assert engine.stop()


def test_a_command_given_while_the_engine_is_away_is_done_once_when_it_is_back(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    order = store.order("000000100")
    host = bare_host(tmp_path, state_folder)
    engine = started(host)
    with linked(state_folder, None) as (link, heard):
        heard.wait(lambda heard: bool(heard.states))
        assert engine.stop()
        heard.wait(lambda heard: heard.states[-1].kind == "gone")
        version = store.db.execute("SELECT row_version FROM sales_order").fetchone()[0]
        link.send(Command("the-same-id", "approve", {"order": order}, version))
        engine = started(host)
        heard.wait(lambda heard: len(heard.answers) == 1)
        assert heard.answers[0][1].ok
        # The same once more, as after an answer that got lost.
        link.send(Command("the-same-id", "approve", {"order": order}, version))
        heard.wait(lambda heard: len(heard.answers) == 2)
        assert heard.answers[1][1] == heard.answers[0][1]
        assert store.db.execute("SELECT count(*) FROM effect WHERE kind = 'capture'").fetchone()[0] == 1
    assert engine.stop()


def test_when_the_hosting_console_leaves_another_goes_on(
    tmp_path: Path, state_folder: Path, store: StoreFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "ATTACH_S", 0.5)
    host = bare_host(tmp_path, state_folder)
    first = started(host)
    with linked(state_folder, host) as (link, heard):
        heard.wait(lambda heard: bool(heard.states))
        before = heard.states[-1].hello
        assert first.stop()
        heard.wait(lambda heard: heard.states[-1].kind == "hosting")
        after = heard.states[-1].hello
        assert before is not None
        assert after is not None
        assert before.instance != after.instance
        assert link.hosts


def test_settings_that_are_wrong_are_told_and_tried_again(
    tmp_path: Path, state_folder: Path, store: StoreFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "AGAIN_S", 0.5)
    host = bare_host(tmp_path, state_folder)
    right = (tmp_path / "settings.toml").read_text(encoding="utf-8")
    (tmp_path / "settings.toml").write_text("[engine]\ninterval_s = 'soon'\n", encoding="utf-8")
    with linked(state_folder, host) as (_link, heard):
        heard.wait(lambda heard: bool(heard.states))
        assert (heard.states[-1].kind, heard.states[-1].code) == ("gone", "settings")
        assert heard.states[-1].params["key"] == "engine.interval_s"
        (tmp_path / "settings.toml").write_text(right, encoding="utf-8")
        heard.wait(lambda heard: heard.states[-1].kind == "hosting")


def test_stopping_takes_no_time_when_nothing_answers(state_folder: Path) -> None:
    with linked(state_folder, None) as (_link, heard):
        heard.wait(lambda heard: bool(heard.states))
        assert heard.states[-1].code == "no-engine"
        before = time.monotonic()
    assert time.monotonic() - before < 3


@pytest.mark.anyio
async def test_the_chosen_colours_stay_for_the_next_start(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "nothing needs you")
        await pilot.press("ctrl+t")
        await until(pilot, "textual-dark")
        await pilot.press("home", "enter")
        await until(pilot, "colours: done")
        assert "ansi-dark" in (tmp_path / "settings.local.toml").read_text(encoding="utf-8")


@pytest.mark.anyio
@pytest.mark.parametrize("size", [(40, 12), (20, 5), (1, 1), (200, 60)])
async def test_any_size_of_terminal_is_survived(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int]
) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder, size=size, hosting=False) as pilot:
        await pilot.press(*"2 ? q a escape escape ctrl+p escape 1 tab v enter escape".split())
        await pilot.resize_terminal(80, 24)
        await until(pilot, "needs you")
        assert pilot.app.is_running
