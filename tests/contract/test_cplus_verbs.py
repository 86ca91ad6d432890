"""The command line at a C-Plus base: an installer watches a piece being reserved, and lets triggers be installed."""

from __future__ import annotations

import json
import os
import signal
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tomli_w

from connectors.cplus.changes.triggers import LOG
from connectors.cplus.survey.habit import Seen
from connectors.cplus.survey.watch import Watch
from console import language
from console.__main__ import main
from console.verbs import cplus_watch
from engine.settings import load, overlay_path
from tests.contract.cplus_office import Keeper, Office
from tests.contract.cplus_store import OPTIONS, Store

PATIENCE_S = 20.0


class Screen:
    """What the installer sees of the watch from where he works."""

    def __init__(self) -> None:
        self._lines = threading.Semaphore(0)

    def tell(self, _seen: object) -> None:
        self._lines.release()

    def wait(self) -> None:
        assert self._lines.acquire(timeout=PATIENCE_S), "the watch says nothing"


@pytest.fixture(autouse=True)
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    """A quick watch, that says here when it has begun and when it has told a step."""
    shown, step, begin = Screen(), cplus_watch._step, Watch.begin

    async def begun(watch: Watch, sku: str) -> object:
        first = await begin(watch, sku)
        shown.tell(None)
        return first

    def stepped(seen: Seen) -> str:
        shown.tell(seen)
        return step(seen)

    monkeypatch.setattr(Watch, "begin", begun)
    monkeypatch.setattr(cplus_watch, "_step", stepped)
    monkeypatch.setattr(cplus_watch, "LOOK_S", 0.03)
    yield shown
    language.use(language.DEFAULT_LANGUAGE)


@pytest.fixture
def settings(embedded: Store, tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(tomli_w.dumps({"erp": {"options": {**OPTIONS, "path": embedded.database.path}}}))
    return path


def integra(settings: Path, *arguments: str) -> int:
    state = settings.parent / "state"
    return main(["--language", "en", "--settings", str(settings), "--state", str(state), "cplus", *arguments])


def option(settings: Path, key: str) -> object:
    return load(settings).erp.options.get(key)


def interrupted_after(work: Callable[[], None]) -> threading.Thread:
    """The installer works in C-Plus and then presses Ctrl-C where Integra watches."""

    def live() -> None:
        try:
            work()
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=live)
    thread.start()
    return thread


def steps_of(office: Office, sku: str, screen: Screen) -> Callable[[], None]:
    first, second = office.quote(sku), office.quote(sku)  # before the watch begins, which is what is waited for
    office.close()

    def work() -> None:
        screen.wait()
        for step, order in (
            (office.reserve, first),
            (office.cancel, first),
            (office.reserve, second),
            (office.invoice, second),
        ):
            step(order)
            screen.wait()
        office.close()

    return work


def test_the_watch_tells_step_by_step_and_ctrl_c_ends_it_with_the_settings_to_write(
    embedded: Store, settings: Path, screen: Screen, capsys: pytest.CaptureFixture[str]
) -> None:
    sku = embedded.skus()[0]
    embedded.stock(sku, 5)
    office = Office(embedded.database, embedded.clock, Keeper.PROGRAM)
    installer = interrupted_after(steps_of(office, sku, screen))
    assert integra(settings, "watch", sku) == 0
    installer.join()
    printed = capsys.readouterr().out
    assert "5 on hand, 0 reserved" in printed
    assert "1. In C-Plus, make an order" in printed
    assert "RESERVADOORCAMENTO 0 → 1" in " ".join(printed.split())
    told = [line for line in printed.splitlines() if line.startswith("==> an order was RESERVED")]
    assert "reserved +1, on hand unchanged" in told[0]
    assert 'reservation = "flag+amount"' in printed
    assert 'releases_at_invoicing = "erp"' in printed
    assert "not known" in printed.splitlines()[-5], "nobody tried to sell the reserved piece"
    assert not overlay_path(settings).exists(), "with nobody to ask, nothing is written"


def test_what_was_learnt_is_written_once_the_installer_agrees(
    embedded: Store, settings: Path, screen: Screen, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sku = embedded.skus()[0]
    embedded.stock(sku, 5)
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "y"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answer)
    office = Office(embedded.database, embedded.clock, Keeper.NOBODY)
    installer = interrupted_after(steps_of(office, sku, screen))
    assert integra(settings, "watch", sku) == 0
    installer.join()
    assert "Did a till refuse" in asked[0]
    printed = capsys.readouterr().out
    assert "holds no goods back" in printed
    assert "A till may not sell reserved pieces" in printed
    assert option(settings, "reservation") == "none"


def test_the_watch_as_json_and_in_time_says_that_nothing_was_shown(
    embedded: Store, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert integra(settings, "watch", embedded.skus()[0], "--minutes", "0.005", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told == {"settings": {}, "till_kept": None, "triggers": [], "seen": [], "movements": []}


def test_an_unknown_product_is_named(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert integra(settings, "watch", "999999999") == 3
    assert "999999999" in capsys.readouterr().err


def test_triggers_are_shown_whole_and_installed_only_when_somebody_agrees(
    embedded: Store, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert integra(settings, "install-triggers") == 1
    printed = capsys.readouterr()
    assert f"CREATE TABLE {LOG}" in printed.out
    assert "CREATE TRIGGER INTEGRA_PRODUTOESTOQUE FOR PRODUTOESTOQUE" in printed.out
    assert "An upgrade of C-Plus may drop the triggers" in printed.out
    assert "Nothing was installed" in printed.err
    _sql, _end, below = printed.out.rpartition("END;\n")
    assert "A trigger is put on each of" in below
    assert len(below.splitlines()) < 24, "what it costs stands on the screen where one is asked"
    assert integra(settings, "triggers") == 0
    assert "nothing of Integra's" in capsys.readouterr().out

    assert integra(settings, "install-triggers", "--yes") == 0
    assert option(settings, "change_log") is True
    assert "restart C-Plus on the tills" in " ".join(capsys.readouterr().out.split())
    assert integra(settings, "triggers", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["works"]
    assert told["wanted"]

    embedded.change("ALTER TRIGGER INTEGRA_PRODUTO INACTIVE")
    embedded.staff.close()
    assert integra(settings, "triggers") == 1
    assert "INTEGRA_PRODUTO: switched off" in capsys.readouterr().out

    assert integra(settings, "remove-triggers", "--yes") == 0
    assert option(settings, "change_log") is False
    assert integra(settings, "triggers") == 0
    assert "nothing of Integra's" in capsys.readouterr().out


def test_the_word_must_be_typed(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for typed, status in (("", 1), ("y", 1), ("Instalar ", 0)):
        monkeypatch.setattr("builtins.input", lambda _question, typed=typed: typed)
        assert integra(settings, "install-triggers") == status
    assert tomllib.loads(overlay_path(settings).read_text())["erp"]["options"] == {"change_log": True}
    capsys.readouterr()
