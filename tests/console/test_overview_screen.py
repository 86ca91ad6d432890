"""The overview: what needs a person, what every task does, and the switches of an account."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from console import language
from engine.orders import Payment
from tests.console.builder import StoreFile, busy_morning
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_task_of_every_account_stands_there_with_its_times(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int]
) -> None:
    busy_morning(store)
    async with console_on(tmp_path, state_folder, size=size, hosting=False) as pilot:
        # What waits and what runs are read one after the other.
        text = await until(pilot, lambda text: "customers" in text and "5 problems" in text and "dispatched" in text)
        assert "Loja Centro" in text
        assert "12.5" in text  # 25 rows in 2 seconds
        assert "trying again (3×)" in text
        assert "in 2 min" in text
        assert "1 order must NOT be dispatched" in text
        assert "4 orders wait for a decision" in text
        await pilot.press("end")
        await until(pilot, "2× Product without price (loja)")
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


async def test_a_stopped_engine_is_never_without_problems(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        text = await until(pilot, lambda seen: "engine: STOPPED" in seen and "no lag" in seen)
        assert "no problem" not in text


async def test_what_several_tasks_meet_alike_is_one_problem_and_what_holds_up_all_stands_first(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    for task in ("orders", "prices", "stock"):
        store.problem("channel-unreachable", f"task:{task}", {})
    store.problem("product-without-price", "item:000000033", {"name": "Mochila"})
    store.order("000000602", payment=Payment.AUTHORIZED)
    who = {"host": "caixa-2", "pid": 4711, "address": "10.0.0.9", "since": "2026-03-02 12:00"}
    store.problem("erp-other-engine", "erp:writer", who, account="")
    async with console_on(tmp_path, state_folder, size=(120, 40), hosting=False) as pilot:
        await until(pilot, "3 problems")
        text = await until(pilot, "1 order waits for a decision")
        assert text.index("Another Integra writes into this C-Plus") < text.index("1 order waits for a decision")
        assert "3× Shop does not answer (loja)" in re.sub(" +", " ", text)


async def test_an_order_with_a_problem_counts_as_one(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000601", parked="erp-order-missing", payment=Payment.PAID)
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "1 problem")


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
        assert "Enter shows which" in text


async def test_enter_leads_to_all_that_a_cause_holds_up(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100", buyer="Ana Beatriz Moura")
    store.db.execute(
        "INSERT INTO product (sku, code, name, active, data, version)"
        " VALUES ('000000034', 'MOC-34', 'Mochila', 1, '{}', 1)"
    )
    store.problem("erp-busy", "item:000000034", {})
    store.problem("erp-busy", "order:1", {})
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "C-Plus is busy")
        await pilot.press("end")
        await until(pilot, "Enter shows all 2.")
        await pilot.press("enter")
        text = await until(pilot, "MOC-34")
        assert "C-Plus is busy (loja)" in text
        assert "000000100        Ana Beatriz Moura" in text
        await until(pilot, "Somebody in C-Plus holds the row")
        await pilot.press("enter")
        await until(pilot, "It has no page of its own here")
        await pilot.press("down", "enter")
        await until(pilot, "000000100 · C-Plus 100")
        await pilot.press("q", "q")
        await until(pilot, "needs you")


async def test_what_the_shop_does_not_take_is_listed_with_its_words(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    for item in ("9", "10"):
        store.db.execute(
            "INSERT INTO publication (account, item, facet, wanted, wanted_at, error_code, error_detail)"
            " VALUES ('loja', ?, 'price', '1', '2026-11-24T12:00:00.000000Z', 'channel-refused', ?)",
            [item, f"no price below {item}"],
        )
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "Enter shows all 2.")
        await pilot.press("enter", "down")
        await until(pilot, "no price below 9")


async def test_the_age_of_what_waits_grows_by_itself(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.problem("erp-busy", "order:1", {})
    async with console_on(tmp_path, state_folder) as pilot:
        text = await until(pilot, "C-Plus is busy")
        first = re.search(r"(\d+) s ago", text)
        assert first
        await until(pilot, f"{int(first[1]) + 2} s ago")


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


async def test_an_account_that_was_live_is_not_asked_about_its_first_write(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000600", parked="order-missing-in-erp")
    store.db.execute(
        "UPDATE account SET mode = 'observe', mode_reason = 'older-base', approved_at = '2026-11-01T12:00:00.000000Z',"
        " adopted_at = '2026-11-24T12:00:00.000000Z', verdict = '{}'"
    )
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "verdict ready")
        await pilot.press("v")
        text = await until(pilot, "write again?")
        assert text.index("1 order is gone from C-Plus") < text.index("Looked through")


async def test_a_long_verdict_says_that_there_is_more_and_is_read_to_its_end(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.account("loja", live=False)
    verdict = json.dumps({f"finding-{number}": number for number in range(25)})
    store.db.execute("UPDATE account SET adopted_at = '2026-11-24T12:00:00.000000Z', verdict = ?", [verdict])
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "verdict ready")
        await pilot.press("v")
        text = await until(pilot, "more lines: PgDn, End")
        assert "by itself" not in text
        assert "no (n)" in text
        await pilot.press("end")
        await until(pilot, lambda seen: "by itself" in seen and "↑ PgUp" in seen and "no (n)" in seen)
        await pilot.press("home")
        await until(pilot, "more lines: PgDn, End")


async def test_the_tasks_of_an_account_that_observes_are_not_said_to_be_paused(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.account("loja", live=False)
    store.task("stock")
    store.db.execute("UPDATE task SET state = 'observing'")
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        await until(pilot, "stock")
        await pilot.press("tab", "down")
        text = await until(pilot, "v shows what adoption found")
        assert re.search("stock +observing", text)
        assert "paused" not in text


async def test_nothing_is_resumed_that_nobody_paused(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        text = await until(pilot, "p pause")
        assert "r resume" not in text
        await pilot.press("r")
        await until(pilot, "Loja Centro: nothing of it is paused")
        store.account("loja", live=False)
        await until(pilot, "loja: observing")
        await pilot.press("r")
        await until(pilot, "Loja Centro: it observes: read the verdict (v) and approve")
        await pilot.press("p")
        await until(pilot, "Pause everything of Loja Centro")
        await pilot.press("enter", "enter")
        await until(pilot, "until when")
        await pilot.press("enter")
        await until(pilot, "r resume")


async def test_a_pause_with_its_reason_stands_on_every_screen_until_it_is_resumed(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.task("stock")
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "Loja Centro")
        await pilot.press("tab", "p")
        await until(pilot, "Pause everything of Loja Centro")
        await pilot.press("enter", "enter")  # the first reason, as it is
        await until(pilot, "until when")
        await pilot.press("enter")  # until somebody resumes it
        await until(pilot, "loja: 6 paused")
        await pilot.press("2")
        await until(pilot, "loja: 6 paused")
        await pilot.press("1")
        await until(pilot, "stock-taking")
        await pilot.press("r", "s")
        await until(pilot, lambda text: "paused" not in text)


@pytest.mark.parametrize(("task", "direction"), [("invoices", "orders"), ("watch", "everything")])
async def test_pausing_at_a_task_pauses_the_way_it_serves(
    tmp_path: Path, state_folder: Path, store: StoreFile, task: str, direction: str
) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "p pause")
        store.task(task, "" if task == "watch" else "loja")
        await until(pilot, "in 2 min")
        await pilot.press("tab", "end")
        await until(pilot, "25 rows in the last run")
        await pilot.press("p")
        await until(pilot, f"Pause {direction} of Loja Centro")


async def test_what_a_guard_holds_passes_after_a_yes(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.db.execute(
        "INSERT INTO publication (account, item, facet, confirmed, wanted, wanted_at, held_by)"
        " VALUES ('loja', '9', 'price', '9980', '4990', '2026', 'price-drop')"
    )
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "prices fall further")
        await until(pilot, "waiting is safe")
        await pilot.press("enter")
        text = await until(pilot, "Let 1 row of loja pass?")
        assert re.search(r"9 +R\$ 99.80 → R\$ 49.90", text)
        await pilot.press("s")
        await until(pilot, "nothing needs you now")


async def test_what_changed_since_it_was_shown_does_not_pass(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.db.execute(
        "INSERT INTO publication (account, item, facet, confirmed, wanted, wanted_at, held_by)"
        " VALUES ('loja', '9', 'price', '9980', '4990', '2026', 'price-drop')"
    )
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "waiting is safe")
        await pilot.press("enter")
        await until(pilot, "Let 1 row of loja pass?")
        store.db.execute("UPDATE publication SET wanted = '499'")
        await pilot.press("s")
        await until(pilot, "has changed meanwhile")
        assert store.db.execute("SELECT held_by FROM publication").fetchone()[0] == "price-drop"


async def test_keys_are_found_by_help_and_by_the_palette(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("?")
        await until(pilot, "Keys of this screen")
        await pilot.press("q", "ctrl+p", *"go to the orders", "enter")
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
