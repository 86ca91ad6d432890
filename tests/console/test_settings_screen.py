"""The settings: seen and changed in place, a shop's switches, and who may do what."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import language
from console.settings_table import ACCOUNT, GENERAL, Unfit, of_account, parsed
from engine.runtime import server as server_module
from engine.runtime.pins import sealed
from engine.settings import load, save_secrets
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


def operators(folder: Path, text: str) -> None:
    (folder / "settings.local.toml").write_text(text, encoding="utf-8")


def comes_from(monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    """Whoever asks is somebody else than the engine's own user."""
    monkeypatch.setattr(server_module, "peer", lambda connection: (login, False))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("tongue", ["en", "pt_BR"])
async def test_what_holds_is_shown_with_its_key(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int], tongue: str
) -> None:
    language.use(tongue)
    words = ("General", "People 0", "a cycle every") if tongue == "en" else ("Geral", "Pessoas 0", "um ciclo a cada")
    async with console_on(tmp_path, state_folder, size=size) as pilot:
        await pilot.press("8")
        text = await until(pilot, "180 s")
        assert all(word in text for word in words)
        assert "engine.interval_s" in text
        assert all(len(line) <= size[0] for line in text.splitlines())


async def test_a_shorter_cycle_holds_at_once_and_after_the_next_start(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("8")
        await until(pilot, "180 s")
        await pilot.press("enter", *"60", "enter")
        await until(pilot, lambda text: " 60 s" in text and "180 s" not in text.split("every")[1])
        assert load(tmp_path / "settings.toml").engine.interval_s == 60
        await pilot.press("m")
        await until(pilot, lambda text: "180 s" in text)
        assert load(tmp_path / "settings.toml").engine.interval_s == 180


async def test_a_value_out_of_its_limits_is_refused_before_it_is_saved(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("8")
        await until(pilot, "180 s")
        await pilot.press("enter", *"0", "enter")
        await until(pilot, "a whole number from 1 to 86")
        assert not (tmp_path / "settings.local.toml").exists()


async def test_the_buffer_of_a_shop_is_changed_and_its_stock_switched_off_until_a_time(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("8")
        await until(pilot, "180 s")
        await pilot.press("right", "/", *"buffer", "enter")
        await until(pilot, "account.loja.buffer")
        await pilot.press("enter", *"2,5", "enter")
        await until(pilot, "2.5")
        assert str(load(tmp_path / "settings.toml").account[0].buffer) == "2.5"
        await pilot.press("escape", "/", *"stock", "enter")
        await until(pilot, "switch: stock")
        await pilot.press("home", "p")
        await until(pilot, "Pause stock of Loja Centro")
        await pilot.press("tab", *"contagem", "enter")
        await until(pilot, "Or 30m, 2h, 1d")
        await pilot.press(*"2h", "enter")
        await until(pilot, "switch: done")
        row = store.db.execute("SELECT enabled, reason, paused_until FROM direction WHERE name = 'stock'").fetchone()
        assert (row["enabled"], row["reason"]) == (0, "contagem")
        assert row["paused_until"] > "2026"
        await until(pilot, "contagem")
        await pilot.press("p", "s")
        await until(pilot, "It moves.")


async def test_a_new_person_only_looks_and_is_switched_off(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("8")
        await until(pilot, "180 s")
        await pilot.press("left")
        await until(pilot, "Name the first with n")
        await pilot.press("n", *"ana", "enter")
        await until(pilot, "What may ana do?")
        await pilot.press("tab", *"viewer", "enter")
        await until(pilot, "viewer: only looks")
        await pilot.press("x")
        await until(pilot, "Every console of his ends at once")
        await pilot.press("s")
        await until(pilot, "switched off")
        ana = load(tmp_path / "settings.toml").operators["ana"]
        assert (ana.role, ana.enabled) == ("viewer", False)


async def test_decisions_in_grace_are_named_before_somebody_is_switched_off(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    operators(tmp_path, '[operators.ana]\nrole = "operator"\n')
    order = store.order("000000101")
    store.capture_in_grace(order, 600)
    store.db.execute("UPDATE sales_order SET decision = 'approve', decided_by = 'ana'")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("8")
        await until(pilot, "180 s")
        await pilot.press("left")
        await until(pilot, "operator: decides")
        await pilot.press("x")
        text = await until(pilot, "1 decision of his has not left yet")
        assert "000000101" in text


# --- roles ------------------------------------------------------------------------------------------------------------


async def test_a_viewer_sees_and_is_told_why_he_cannot_act(
    tmp_path: Path, state_folder: Path, store: StoreFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_from(monkeypatch, "ana")
    operators(tmp_path, '[operators.ana]\nrole = "viewer"\n')
    order = store.order("000000101")
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await until(pilot, "ana: only looking")
        await pilot.press("2")
        await until(pilot, "529.982.247-25")
        await pilot.press("a")
        await until(pilot, "you only look: your role is viewer")
        assert store.db.execute("SELECT decision FROM sales_order WHERE id = ?", [order]).fetchone()[0] is None
        await pilot.press("8")
        await until(pilot, "180 s")
        await pilot.press("enter")
        await until(pilot, "change: you only look")


async def test_an_operator_is_told_that_settings_are_the_owners(
    tmp_path: Path, state_folder: Path, store: StoreFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_from(monkeypatch, "bento")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("8")
        await until(pilot, "180 s")
        await pilot.press("enter")
        await until(pilot, "only an owner may do this")


async def test_on_a_shared_login_a_pin_says_whose_the_decisions_are(
    tmp_path: Path, state_folder: Path, store: StoreFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_from(monkeypatch, "balcao")
    operators(tmp_path, '[operators.ana]\nshared_login = "balcao"\n')
    save_secrets(tmp_path / "settings.toml", {"operator_pins": {"ana": sealed("4711")}})
    order = store.order("000000101")
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await until(pilot, "Who are you?")
        await pilot.press("enter", *"9999", "enter")
        await until(pilot, "That is not the PIN of ana")
        await pilot.press("enter", *"4711")
        assert "4711" not in await until(pilot, "PIN")
        await pilot.press("enter")
        await until(pilot, "you are ana now")
        await pilot.press("2")
        await until(pilot, "529.982.247-25")
        await pilot.press("a", "s")
        await until(pilot, "approve: done")
        assert store.db.execute("SELECT decided_by FROM sales_order WHERE id = ?", [order]).fetchone()[0] == "ana"
        await pilot.press("f9", "down", "enter")
        await until(pilot, "Who are you?")  # signed out, whoever sits down next is asked
        await pilot.press("escape")
        await until(pilot, "balcao: only looking")


async def test_whoever_is_switched_off_is_put_out_with_a_sentence(
    tmp_path: Path, state_folder: Path, store: StoreFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_from(monkeypatch, "ana")
    operators(tmp_path, '[operators.ana]\nrole = "owner"\n[operators.bia]\nrole = "owner"\n')
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("8")
        await until(pilot, "180 s")
        await pilot.press("left")
        await until(pilot, "owner: everything")
        await pilot.press("x")
        await until(pilot, "Switch ana off?")
        await pilot.press("s")
        for _ in range(100):
            if not pilot.app.is_running:
                break
            await pilot.pause(0.05)
        assert pilot.app.return_code == 1


# --- the table --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("knob", of_account(), ids=lambda knob: knob.key)
def test_every_setting_of_a_shop_is_one_that_the_engine_has(knob: object) -> None:
    from console.settings_table import Knob

    assert isinstance(knob, Knob)
    assert parsed(knob, " ", account=True) is None
    with pytest.raises(Unfit):
        parsed(knob, "25:00-x", account=True)


def test_what_is_typed_is_read_as_people_here_write_it() -> None:
    by_key = {knob.key: knob for knob in (*GENERAL, *ACCOUNT)}
    assert parsed(by_key["buffer"], "2,5", account=True) == "2.5"
    assert parsed(by_key["engine.change_poll_s"], "0,5", account=False) == 0.5
    assert parsed(by_key["console.bell"], "não", account=False) is False
    assert parsed(by_key["engine.log_level"], "debug", account=False) == "debug"
    for key, text in (("engine.log_level", "loud"), ("engine.undo_s", "-1"), ("console.bell", "perhaps")):
        with pytest.raises(Unfit):
            parsed(by_key[key], text, account=False)
