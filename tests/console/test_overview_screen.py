"""The overview: what needs a person, what every task does, and the switches of an account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console import language
from tests.console.builder import StoreFile, busy_morning
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_task_of_every_account_stands_there_with_its_times(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int]
) -> None:
    busy_morning(store)
    async with console_on(tmp_path, state_folder, size=size, hosting=False) as pilot:
        text = await until(pilot, lambda text: "customers" in text and "3 problems" in text)
        assert "Loja Centro" in text
        assert "12.5" in text  # 25 rows in 2 seconds
        assert "trying again (3×)" in text
        assert "in 2 min" in text
        assert "1 order must NOT be dispatched" in text
        assert "4 orders wait for a decision" in text
        await pilot.press("end")
        await until(pilot, "2 Product without price (loja)")
        await pilot.press("tab", "down", "down", "down")
        await until(pilot, "If its site does not open either, call the")


async def test_a_running_task_is_seen_while_it_runs(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.task("stock")
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        await until(pilot, "waiting")
        store.db.execute("BEGIN")
        store.db.execute("UPDATE task SET state = 'running', todo = 321, lag_s = 400")
        store.db.execute("UPDATE topic SET generation = generation + 1 WHERE name = 'tasks'")
        store.db.execute("COMMIT")
        text = await until(pilot, "running")
        assert "321" in text
        assert "6 min" in text
        await until(pilot, "lag 6 min")


async def test_an_engine_that_cannot_run_says_what_to_do(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        await until(pilot, "nothing is synchronised: No engine runs")
        await until(pilot, lambda text: "this user may not host one" in text)


async def test_a_quiet_morning_says_so(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        text = await until(pilot, "nothing needs you now")
        assert "no problem" in text


async def test_the_sentence_under_the_list_says_what_to_do(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.problem("product-without-price", "item:000000033", {"name": "Garrafa térmica"})
    async with console_on(tmp_path, state_folder) as pilot:
        text = await until(pilot, "Enter its price in C-Plus")
        assert "Garrafa térmica" in text
        assert "item:000000033" in text


async def test_a_cause_nobody_has_words_for_shows_its_code(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.problem("flux-compensator", "item:1", {"gigawatts": "1.21"})
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "flux-compensator (gigawatts=1.21)")


async def test_a_new_account_writes_only_after_a_person_read_the_verdict(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.account("loja", live=False)
    verdict = json.dumps({"matched": 280, "not_ours": 20, "to_create": 3, "prices_to_change": 41})
    store.db.execute("UPDATE account SET adopted_at = '2026-11-24T12:00:00.000000Z', verdict = ?", [verdict])
    async with console_on(tmp_path, state_folder) as pilot:
        text = await until(pilot, "verdict ready")
        assert "loja: observing" in text
        await pilot.press("v")
        text = await until(pilot, "Approve the first write")
        assert "280  items of the shop matched" in text
        assert "41  prices that would change" in text
        await pilot.press("enter")
        await until(pilot, "verdict ready")
        assert store.db.execute("SELECT mode FROM account").fetchone()[0] == "observe"
        await pilot.press("v", "s")
        await until(pilot, lambda text: "loja: observing" not in text)
        assert store.db.execute("SELECT mode FROM account").fetchone()[0] == "live"


async def test_a_pause_with_its_reason_stands_on_every_screen_until_it_is_resumed(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.task("stock")
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "Loja Centro")
        await pilot.press("tab", "p")
        await until(pilot, "Pause everything of Loja Centro")
        await pilot.press("enter", "enter")  # the first reason, as it is
        await until(pilot, "loja: 6 paused")
        await pilot.press("2")
        await until(pilot, "loja: 6 paused")
        await pilot.press("1")
        await until(pilot, "stock-taking")
        await pilot.press("r", "s")
        await until(pilot, lambda text: "paused" not in text)


async def test_what_a_guard_holds_passes_after_a_yes(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.db.execute(
        "INSERT INTO publication (account, item, facet, wanted, wanted_at, held_by)"
        " VALUES ('loja', '9', 'price', '1', '2026', 'price-drop')"
    )
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "prices fall further")
        await until(pilot, "waiting is safe")
        await pilot.press("enter")
        await until(pilot, "Let 1 rows of loja pass?")
        await pilot.press("s")
        await until(pilot, "nothing needs you now")


async def test_keys_are_found_by_help_and_by_the_palette(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("?")
        await until(pilot, "Keys of this screen")
        await pilot.press("q", "ctrl+p", *"orders", "enter")
        await until(pilot, "Decide 0")
        await pilot.press("q")
        await until(pilot, "needs you")


async def test_leaving_a_console_that_hosts_the_engine_asks(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("q")
        await until(pilot, "Stop synchronising and leave?")
        await pilot.press("escape")
        await until(pilot, "needs you")
        assert pilot.app.is_running


async def test_it_speaks_portuguese(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    busy_morning(store)
    language.use("pt_BR")
    async with console_on(tmp_path, state_folder) as pilot:
        text = await until(pilot, "4 pedidos esperam decisão")
        assert "1 pedido que NÃO pode ser despachado" in text
        assert "motor: nesta janela" in text
        await pilot.press("2")
        await until(pilot, lambda text: "R$ 157,30" in text and "A autorização do cartão vence em" in text)
