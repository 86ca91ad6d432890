"""One life of an engine: who may host, what a wrong start looks like, and that it ends when told."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from engine.errors import Misconfigured, RetryLater
from engine.ports import Connector, Erp, SalesChannel, Surroundings
from engine.runtime import host as host_module
from engine.runtime.client import EngineClient, EngineUnreachable
from engine.runtime.commands import EVERYONE, AnyVerb, Outcome, Verb
from engine.runtime.connectors import Ports, open_ports
from engine.runtime.host import STORE_FILE, EngineTaken
from engine.runtime.hosted import HostedEngine
from engine.runtime.lock import Held, acquire
from engine.runtime.supervisor import TaskReport
from engine.settings import SecretSource, Settings, load, overlay_path
from engine.store.database import Store
from engine.systime import system_surroundings

ACCOUNT = """
[[account]]
id = "loja"
kind = "shop"
order_prefix = "LJ"
online_tag = "VENDA ON-LINE"
import_orders_since = 2026-01-01
"""


class Port:
    """An outside that only knows how to be closed."""

    def __init__(self) -> None:
        self.closed = False

    async def close(self) -> None:
        self.closed = True


class HangingPort(Port):
    async def close(self) -> None:
        await anyio.sleep_forever()


class Task:
    account, name = "loja", "stock"

    def __init__(self) -> None:
        self.runs = 0
        self.left = 3

    async def run(self) -> TaskReport:
        self.runs += 1
        if not self.left:
            return TaskReport()
        self.left -= 1
        return TaskReport(done=1, todo=self.left)


class SleepingTask(Task):
    async def run(self) -> TaskReport:
        await anyio.sleep_forever()
        raise AssertionError


class Engine:
    """A stand-in: one task, one verb, and a start that fails as often as the test says."""

    def __init__(self, settings: Settings, task: Task, start_errors: list[Exception]) -> None:
        self.settings = settings
        self.task = task
        self.start_errors = start_errors
        self.wake: Callable[[str, str], None] = lambda account, task: None

    def tasks(self) -> Sequence[Task]:
        return [self.task]

    def verbs(self) -> Sequence[AnyVerb]:
        return [Verb("hello", EVERYONE, lambda db, ask: Outcome({"who": ask.who}))]

    async def start(self) -> None:
        if self.start_errors:
            raise self.start_errors.pop(0)


class House:
    """A state folder with its settings, and what was opened and built for it."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.settings_path = folder / "settings.toml"
        self.settings_path.write_text(ACCOUNT, encoding="utf-8")
        self.erp, self.channel = Port(), Port()
        self.task = Task()
        self.start_errors: list[Exception] = []
        self.environment: dict[str, str] = {}
        self.engines: list[Engine] = []

    def ports(self, settings: Settings, file: Path, secrets: SecretSource, surroundings: Surroundings) -> Ports:
        return Ports(cast(Erp, self.erp), {"loja": cast(SalesChannel, self.channel)})

    def build(
        self,
        settings: Settings,
        store: Store,
        erp: Erp,
        channels: Mapping[str, SalesChannel],
        surroundings: Surroundings,
    ) -> Engine:
        self.engines.append(Engine(settings, self.task, self.start_errors))
        return self.engines[-1]

    def hosted(self) -> HostedEngine:
        return HostedEngine(
            self.settings_path,
            self.state,
            system_surroundings(),
            environment=self.environment,
            ports=self.ports,
            build=self.build,
        )

    @contextmanager
    def running(self) -> Iterator[EngineClient]:
        engine = self.hosted()
        assert engine.start() is None
        try:
            with EngineClient.connect(self.state) as client:
                yield client
        finally:
            assert engine.stop()
            assert engine.failed is None

    def rows(self, sql: str) -> list[dict[str, Any]]:
        db = sqlite3.connect(f"file:{self.state / STORE_FILE}?mode=ro", uri=True)
        db.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in db.execute(sql)]
        finally:
            db.close()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def until(it_is_so: Callable[[], bool]) -> None:
    for _ in range(250):
        if it_is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it has not come to be so in 5 s")


def test_a_console_hosts_asks_and_leaves_nothing_behind_but_the_store(house: House) -> None:
    with house.running() as client:
        assert client.ask("hello").ok
        until(lambda: house.task.runs > 0)
    assert house.erp.closed
    assert house.channel.closed
    assert sorted(path.name for path in house.state.iterdir()) == ["engine.lock", STORE_FILE]
    held = acquire(house.state)
    assert isinstance(held, Held)
    held.release()


def test_a_second_start_is_told_who_hosts(house: House) -> None:
    with house.running():
        second = house.hosted()
        refused = second.start()
        assert isinstance(refused, EngineTaken)
        assert refused.holder.pid == os.getpid()
        assert not second.running


def test_the_next_life_is_another_instance_on_the_same_store(house: House) -> None:
    with house.running() as client:
        first = client.hello.instance
        client.ask("hello", id="once")
    with house.running() as client:
        assert client.hello.instance != first
        assert client.ask("hello", id="once").ok
    assert len(house.rows("SELECT * FROM command")) == 1


def test_wrong_settings_are_named_and_the_lock_is_free_again(house: House) -> None:
    house.settings_path.write_text("[engine]\ninterval_s = 0\n")
    error = house.hosted().start()
    assert isinstance(error, Misconfigured)
    assert error.params["key"] == "engine.interval_s"
    house.settings_path.write_text(ACCOUNT)
    with house.running():
        pass


def test_an_erp_that_is_away_at_start_is_shown_and_the_engine_starts_when_it_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.start_errors = [RetryLater("erp-unreachable", "no route", host="servidor") for _ in range(1000)]
    monkeypatch.setattr(host_module, "backoff_s", lambda failures, error, chance: 0.02)
    with house.running() as client:
        until(lambda: bool(house.rows("SELECT * FROM problem")))
        (problem,) = house.rows("SELECT * FROM problem")
        assert (problem["code"], problem["subject"]) == ("erp-unreachable", "engine:start")
        refused = client.ask("sync_once")
        assert (refused.code, refused.params) == ("erp-unreachable", {"host": "servidor"})
        assert house.task.runs == 0, "no task runs before the engine has started"
        house.start_errors.clear()
        until(lambda: house.task.runs > 0)
        assert house.rows("SELECT * FROM problem") == []


def test_sync_once_goes_to_rest_and_says_what_it_did(house: House) -> None:
    house.task.left = 10
    with house.running() as client:
        answer = client.ask("sync_once")
        assert answer.ok
        assert answer.result["at_rest"] is True
        assert house.task.left == 0
        assert answer.result["todo"] == answer.result["stuck"] == {}


def test_a_wake_runs_the_task_at_once(house: House) -> None:
    with house.running() as client:
        until(lambda: house.rows("SELECT state FROM task") == [{"state": "waiting"}])
        before = house.task.runs
        assert client.ask("wake", {"account": "loja", "task": "stock"}).ok
        until(lambda: house.task.runs == before + 1)


def test_an_interval_changed_in_the_console_holds_now_and_after_a_restart(house: House) -> None:
    with house.running() as client:
        answer = client.ask("set_setting", {"key": "account.loja.intervals", "value": {"stock": 7}})
        assert (answer.ok, answer.result) == (True, {"restart": False})
        until(lambda: house.rows("SELECT interval_s FROM task") == [{"interval_s": 7}])
    assert load(house.settings_path).interval_s("loja", "stock") == 7
    (entry,) = house.rows("SELECT * FROM audit")
    assert (entry["subject"], entry["before"], entry["after"]) == (
        "setting account.loja.intervals",
        "{}",
        '{"stock": 7}',
    )


def test_a_setting_for_the_connector_says_that_it_needs_a_restart(house: House) -> None:
    with house.running() as client:
        answer = client.ask("set_setting", {"key": "erp.options.host", "value": "servidor"})
        assert answer.result == {"restart": True}


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("engine.interval_s", 0, "settings"),
        ("engine.no_such_key", 1, "settings"),
        ("account.loja.order_prefix", "too long", "settings"),
        ("account.outra.buffer", "1", "settings"),
        ("", 1, "bad-request"),
        ("operators.ana.role", "owner", "bad-request"),
    ],
)
def test_a_wrong_setting_is_refused_and_nothing_of_it_kept(house: House, key: str, value: Any, code: str) -> None:
    with house.running() as client:
        assert client.ask("set_setting", {"key": "engine.interval_s", "value": 90}).ok
        before = overlay_path(house.settings_path).read_bytes()
        assert client.ask("set_setting", {"key": key, "value": value}).code == code
        assert house.engines[0].settings.engine.interval_s == 90
    assert overlay_path(house.settings_path).read_bytes() == before


def test_a_setting_given_back_is_as_the_file_says(house: House) -> None:
    with house.running() as client:
        was = house.engines[0].settings.engine.interval_s
        assert client.ask("set_setting", {"key": "engine.interval_s", "value": 90}).ok
        assert client.ask("set_setting", {"key": "engine.interval_s", "value": None}).ok
        assert house.engines[0].settings.engine.interval_s == was


def test_a_console_that_may_read_no_file_is_told_what_holds(house: House) -> None:
    with house.running() as client:
        told = client.ask("settings").result["settings"]
        assert told["engine"]["interval_s"] == house.engines[0].settings.engine.interval_s
        assert "options" not in told["erp"]


def test_the_last_owner_stays_and_a_pin_is_read_nowhere(house: House) -> None:
    with house.running() as client:
        assert client.ask("set_operator", {"name": "ana", "role": "owner"}).ok
        for said in ({"enabled": False}, {"role": "viewer"}):
            assert client.ask("set_operator", {"name": "ana", **said}).code == "last-owner"
        assert client.ask("set_operator", {"name": "bia", "shared_login": "balcao"}).code == "pin-missing"
        assert client.ask("set_operator", {"name": "bia", "shared_login": "balcao", "pin": "12"}).code == "pin-length"
        assert client.ask("set_operator", {"name": "Não pode", "role": "viewer"}).code == "settings"
        asked = {"name": "bia", "shared_login": "balcao", "pin": "739164", "role": "owner"}
        assert client.ask("set_operator", asked).ok
        assert client.ask("set_operator", {"name": "ana", "enabled": False}).ok, "bia is an owner now"
    kept = "".join(path.read_text(errors="replace") for path in house.settings_path.parent.rglob("*") if path.is_file())
    assert "739164" not in kept
    operators = load(house.settings_path).operators
    assert (operators["ana"].enabled, operators["bia"].shared_login) == (False, "balcao")


def test_stopping_waits_neither_for_a_task_nor_for_a_port_that_hangs(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_module, "CLOSE_S_MAX", 0.1)
    house.task, house.channel = SleepingTask(), HangingPort()
    engine = house.hosted()
    assert engine.start() is None
    until(lambda: house.rows("SELECT state FROM task") == [{"state": "running"}])
    begun = time.monotonic()
    assert engine.stop()
    assert time.monotonic() - begun < 2
    with pytest.raises(EngineUnreachable):
        EngineClient.connect(house.state, patience_s=0)


def test_a_console_that_is_still_there_does_not_keep_the_engine_from_ending(house: House) -> None:
    engine = house.hosted()
    assert engine.start() is None
    client = EngineClient.connect(house.state)
    assert engine.stop()
    client.close()


# The service ----------------------------------------------------------------------------------------------------------

SERVICE = """
import sys
from pathlib import Path
from engine.runtime.service import serve
from engine.systime import system_surroundings
from tests.unit.test_host import House, SleepingTask

house = House(Path(sys.argv[1]))
house.task = SleepingTask()
if sys.argv[2] == "stuck":
    import time
    async def close():
        time.sleep(60)
    house.erp.close = close
serve(house.settings_path, house.state, system_surroundings(), ports=house.ports, build=house.build)
"""


@contextmanager
def service(folder: Path, how: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(folder), how],
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_service_tells_its_manager_how_it_is_and_ends_on_a_signal(tmp_path: Path, word: signal.Signals) -> None:
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "notify"))
    manager.settimeout(10)
    environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "300000"}
    with manager, service(tmp_path, "", **environment) as process:
        heard = [manager.recv(100) for _ in range(3)]
        assert b"READY=1" in heard
        assert heard.count(b"WATCHDOG=1") == 2
        EngineClient.connect(tmp_path / "state").close()
        begun = time.monotonic()
        process.send_signal(word)
        _, lines = process.communicate(timeout=10)
        assert process.returncode == 0
        assert time.monotonic() - begun < 5
        manager.settimeout(0.1)
        while (said := manager.recv(100)) != b"STOPPING=1":
            assert said == b"WATCHDOG=1"
    assert [json.loads(line)["message"] for line in lines.splitlines()] == ["ready", "stopped"]


@pytest.mark.long
def test_a_driver_that_hangs_at_the_end_does_not_keep_the_service_alive(tmp_path: Path) -> None:
    with service(tmp_path, "stuck") as process:
        EngineClient.connect(tmp_path / "state", patience_s=10).close()
        begun = time.monotonic()
        process.terminate()
        process.communicate(timeout=20)
        assert 4 < time.monotonic() - begun < 7
        assert process.returncode == -signal.SIGALRM


# Connectors -----------------------------------------------------------------------------------------------------------


def connector(kind: str, port: str, wrong: Sequence[tuple[str, str]] = ()) -> Connector:
    def opened(options: Mapping[str, Any], secrets: Callable[[str], str | None], surroundings: Surroundings) -> object:
        return (kind, dict(options), secrets("token"))

    return Connector(kind, port, lambda options: wrong, opened)


def settings_of(house: House, text: str) -> Settings:
    house.settings_path.write_text(ACCOUNT + text)
    return load(house.settings_path)


def test_each_account_gets_the_connector_of_its_kind_with_its_own_options_and_secrets(house: House) -> None:
    settings = settings_of(house, 'options = { url = "https://loja.invalid" }')
    known = {"cplus": connector("cplus", "erp"), "shop": connector("shop", "channel")}
    secrets = {("loja", "token"): "t1", ("erp", "token"): "t2"}
    ports = open_ports(
        settings,
        house.settings_path,
        lambda owner, name: secrets.get((owner, name)),
        system_surroundings(),
        known.get,
    )
    opened: dict[str, Any] = {"erp": ports.erp, **ports.channels}
    assert opened == {"erp": ("cplus", {}, "t2"), "loja": ("shop", {"url": "https://loja.invalid"}, "t1")}


@pytest.mark.parametrize(
    ("shop", "key"),
    [
        (None, "account[0].kind"),
        (connector("shop", "erp"), "account[0].kind"),
        (connector("shop", "channel", [("url", "an address")]), "account[0].options.url"),
    ],
)
def test_an_account_that_no_connector_can_open_is_named_by_its_key(
    house: House, shop: Connector | None, key: str
) -> None:
    known = {"cplus": connector("cplus", "erp")} | ({"shop": shop} if shop else {})
    with pytest.raises(Misconfigured) as caught:
        open_ports(
            settings_of(house, ""), house.settings_path, lambda owner, name: None, system_surroundings(), known.get
        )
    assert (caught.value.params["key"], caught.value.params["file"]) == (key, str(house.settings_path))
