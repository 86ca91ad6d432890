"""The command line: what its verbs print, their exit status, and what they need."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from console import language
from console.__main__ import main
from console.arguments import parser
from console.audit_texts import DEEDS
from console.verbs import plan, sync
from console.verbs.context import find_settings, find_state
from console.verbs.moments import since_text, until_text
from engine.model.channel import ChannelLine
from engine.orders import Cancellation, Fulfilment, Payment
from engine.runtime.client import EngineClient
from engine.runtime.hosted import HostedEngine
from engine.store.accounts import DIRECTIONS
from tests.console.builder import NFE_KEY, SETTINGS_TOML, StoreFile, bare_host, busy_morning

ROOT = Path(__file__).parents[2]
VERB_NAMED = r"(?:Verb\(|Decision\(\s*)\"(\w+)\""


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    language.use("en")
    yield
    language.use(language.DEFAULT_LANGUAGE)


@pytest.fixture
def store(state_folder: Path) -> Iterator[StoreFile]:
    """A store as an engine left it."""
    file = StoreFile(state_folder / "integra.db", datetime.now(UTC))
    yield file
    file.close()


@pytest.fixture
def hosted(tmp_path: Path, state_folder: Path, store: StoreFile) -> Iterator[HostedEngine]:
    """An engine that runs on that store."""
    engine = bare_host(tmp_path, state_folder)()
    assert engine.start() is None
    yield engine
    assert engine.stop()


def run(state_folder: Path, *arguments: str) -> int:
    settings = state_folder.parent / "settings.toml"
    return main(["--language", "en", "--settings", str(settings), "--state", str(state_folder), *arguments])


def test_status_says_what_is_wrong_since_when_and_what_to_do(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    busy_morning(store)
    assert run(state_folder, "status") == 1
    printed = capsys.readouterr().out
    assert "Engine: STOPPED" in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert "1 order must NOT be dispatched!" in printed
    assert "Decide 4 · Payment 2" in printed
    assert re.search(r"! Product without price \(loja, 2×, \d s ago\)", printed)
    assert "Enter its price in C-Plus." in printed
    assert "If its site does not open either" in printed


def test_status_as_json_has_the_same(state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]) -> None:
    busy_morning(store)
    assert run(state_folder, "status", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["engine"] == {"running": False, "pid": None}
    assert told["orders"]["decide"] == 4
    assert {task["task"] for task in told["tasks"]} >= {"stock", "orders"}
    assert told["problems"][0]["code"] == "product-without-price"
    assert told["accounts"][0]["mode"] == "live"


def test_status_as_json_names_each_order_in_problem_with_both_numbers_since_when_and_what_to_do(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    first = store.order("000000600", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED, alarm="do-not-dispatch")
    for number in range(12):
        store.order(f"00000070{number:02}", parked="erp-unknown-sku")
    in_cplus = "UPDATE sales_order SET erp_number = '000001881', erp_written_at = '2026-11-01' WHERE id = ?"
    store.db.execute(in_cplus, [first])
    event = "INSERT INTO order_event (order_id, at, who, what) VALUES (?, '2026-11-02T10:00:00Z', 'loja', ?)"
    store.db.execute(event, [first, "do-not-dispatch"])
    problem = "INSERT INTO problem (code, subject, params, first_at, last_at) VALUES (?, ?, '{}', '2026', '2026')"
    store.db.execute(problem, ["erp-order-in-edit", f"order:{first}"])
    assert run(state_folder, "status", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert len(told["orders_in_problem"]) == 13, "all of them, not only what a screen has room for"
    shown = told["orders_in_problem"][0]
    text = shown.pop("text")
    assert "Stop the parcel" in text
    assert shown == {
        "subject": f"order:{first}",
        "account": "loja",
        "number": "000000600",
        "erp_number": "000001881",
        "code": "do-not-dispatch",
        "since": "2026-11-02T10:00:00+00:00",
    }
    described = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert [key for key in (*told, *shown) if f"`{key}`" not in described and f'"{key}"' not in described] == []
    (other,) = [problem for problem in told["problems"] if problem["code"] == "erp-order-in-edit"]
    assert (other["number"], other["erp_number"]) == ("000000600", "000001881")
    assert run(state_folder, "status") == 1
    assert "and 3 more" in capsys.readouterr().out


def test_status_of_a_healthy_shop_is_0(
    state_folder: Path, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "status") == 0
    printed = capsys.readouterr().out
    assert "Engine: running" in printed
    assert "No problems." in printed


def test_status_names_the_order_that_must_not_leave_and_what_to_do(
    state_folder: Path, hosted: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    store.order("000000600", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED, alarm="do-not-dispatch")
    assert run(state_folder, "status") == 1
    printed = capsys.readouterr().out
    assert "! 000000600 (loja): DO NOT DISPATCH" in printed
    assert "Stop the parcel" in " ".join(printed.split())
    assert "No problems." not in printed


def test_a_refused_order_is_not_called_reserved(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    store.order("000000700", cancellation=Cancellation.CANCELLED)
    assert run(state_folder, "orders", "done") == 0
    assert "reserved" not in capsys.readouterr().out


def test_with_nothing_to_read_the_status_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "nowhere", "status") == 3
    assert "has not run here yet" in capsys.readouterr().err
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "integra.db").write_text("no database at all " * 100)
    assert run(tmp_path / "broken", "status") == 3
    assert "cannot be read" in capsys.readouterr().err


def test_orders_of_a_queue(state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]) -> None:
    busy_morning(store)
    assert run(state_folder, "orders", "decide", "--limit", "2", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [order["queue"] for order in told] == ["decide", "decide"]
    assert told[0]["total_cents"] == 15730
    assert run(state_folder, "orders", "problem") == 0
    assert "DO NOT DISPATCH" in capsys.readouterr().out


@pytest.mark.parametrize("columns", [80, 120])
def test_each_order_has_a_line_of_its_own_with_its_number_in_c_plus(
    state_folder: Path,
    store: StoreFile,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    busy_morning(store)
    store.db.execute("UPDATE sales_order SET erp_number = '000001881'")
    assert run(state_folder, "orders") == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert last == f"{len(lines)} orders"
    assert max(map(len, lines)) <= columns
    assert all(" 1881 " in line for line in lines)
    assert any("DO NOT DISPATCH" in line for line in lines)


def test_why_tells_each_step_of_an_order_on_both_sides_and_what_waits(
    state_folder: Path, hosted: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    order = store.order("000000600", payment=Payment.AUTHORIZED, parked="erp-unknown-sku")
    store.capture_in_grace(order, 60)
    for name in ("000000600", "loja/000000600", "600"):
        assert run(state_folder, "why", name) == 0
        printed = " ".join(capsys.readouterr().out.split())
        assert "Order 000000600 of loja, in C-Plus 600: Problem" in printed
        assert "! Unknown SKU in an order: " in printed
        assert "take the money: to do, leaves in " in printed
        assert "write it into C-Plus: done" in printed
        assert "C-Plus: " in printed, "what C-Plus did is told as its own"
    assert run(state_folder, "why", "000000600", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)["orders"]
    assert told["effects"][-1]["kind"] == "capture"
    assert run(state_folder, "why", "nothing") == 1
    assert "no product and no order called nothing" in capsys.readouterr().err


def test_why_of_a_sku_that_c_plus_does_not_sell_says_where_it_is_known_and_what_waits_for_it(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("", " "):
        assert run(state_folder, "why", name) == 2
    (state_folder.parent / "settings.toml").write_text(SETTINGS_TOML.format(language="en", undo_s=0), encoding="utf-8")
    line = ChannelLine("1", "AVULSO", "Avulso", Decimal(1), Decimal("10.00"))
    store.order("000000600", payment=Payment.PAID, parked="erp-unknown-sku", lines=(line,))
    shop_item = (
        "INSERT INTO shop_item (account, remote_id, remote_sku, name, gtin, kind, standing, reason, seen_at)"
        " VALUES ('loja', '7', 'AVULSO', 'Avulso da loja', '', 'simple', 'only-shop', 'nothing', '2026')"
    )
    store.db.execute(shop_item)
    capsys.readouterr()
    assert run(state_folder, "why", "AVULSO") == 1
    printed = capsys.readouterr().out
    assert "C-Plus has no product AVULSO" in printed
    assert "It stands in loja: Avulso da loja" in printed
    assert "Order 000000600 of loja has it: Problem — Unknown SKU" in printed
    store.db.execute("INSERT INTO erp_key (item, code, gtin, name) VALUES ('AVULSO', '', '', 'Avulso')")
    assert run(state_folder, "why", "avulso") == 1
    assert "marked for no shop" in capsys.readouterr().out
    assert run(state_folder, "why", "AVULSO", "--json") == 1
    assert json.loads(capsys.readouterr().out)["elsewhere"]["orders"][0]["code"] == "erp-unknown-sku"


def test_the_audit_tells_who_did_what_before_and_after_and_why(
    state_folder: Path, hosted: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    order = store.order("000000600", payment=Payment.AUTHORIZED)
    with EngineClient.connect(state_folder) as engine:
        assert engine.ask("pause", {"account": "loja", "direction": "stock", "reason": "contagem"}).ok
        assert engine.ask("refuse", {"order": order, "reason": "fraude"}).ok
        assert not engine.ask("confirm_payment", {"order": order}).ok
    assert run(state_folder, "audit") == 0
    printed = capsys.readouterr().out
    _before, refused, decided = printed.split("order 000000600@loja")
    assert "NOT DONE: payment confirmed" in refused
    assert "cancellation: — → being cancelled" in decided
    assert "why: fraude" in decided
    assert "account loja  paused" in printed
    assert "why: contagem" in printed
    assert run(state_folder, "audit", "--subject", "loja", "--limit", "1", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["what"], told["subject"]) == ("refused:confirm_payment", "order 000000600@loja")
    for nothing in (["--who", "nobody"], ["--since", "2999-01-01"], ["--subject", "order 1@"]):
        assert run(state_folder, "audit", *nothing) == 0
        assert capsys.readouterr().out == "0 entries\n"
    assert run(state_folder, "audit", "--since", "yesterday") == 2


def test_a_time_ago_is_as_long_before_now_as_the_same_words_are_after_it() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert since_text("2h", now) == "2026-11-24T10:00:00.000000Z"
    assert since_text("2026-11-20", now) == "2026-11-20T03:00:00.000000Z", "by the store's clock"


def test_every_command_of_the_engine_has_its_word_in_the_audit() -> None:
    named = {name for file in (ROOT / "engine").rglob("*.py") for name in re.findall(VERB_NAMED, file.read_text())}
    assert len(named) > 20
    only_read = {"plan", "invoice_xml", "sale_candidates", "looking_at"}
    assert named <= DEEDS.keys() | only_read


def test_plan_shows_before_and_after_and_what_is_held(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    store.db.execute(
        "INSERT INTO publication (account, item, facet, wanted, confirmed, wanted_at, held_by)"
        " VALUES ('loja', '9', 'price', '4990', '9980', '2026', 'price-drop'),"
        " ('loja', '9', 'stock', NULL, '70000', '2026', NULL)"
    )
    assert run(state_folder, "plan") == 1
    printed = capsys.readouterr().out
    assert "R$ 99.80 → R$ 49.90  HELD: prices fall further than the guard allows" in printed
    assert "7 → —" in printed
    assert "integra plan --approve price-drop   lets 1 row pass" in printed
    assert printed.startswith("loja: 1 price, 1 stock would be written.\n  1 of them is held by a guard.\n")


def number_of(state_folder: Path, capsys: pytest.CaptureFixture[str], item: str) -> str:
    """By which the plan lets a row pass."""
    run(state_folder, "plan", "--json")
    (row,) = [row for row in json.loads(capsys.readouterr().out) if row["item"] == item]
    return str(row["number"])


def held(store: StoreFile, facet: str, guard: str, *items: str) -> None:
    for item in items:
        store.db.execute(
            "INSERT INTO publication (account, item, facet, wanted, confirmed, wanted_at, held_by)"
            " VALUES ('loja', ?, ?, '4990', '9980', '2026', ?)",
            (item, facet, guard),
        )


def still_held(store: StoreFile) -> list[str]:
    return [row[0] for row in store.db.execute("SELECT item FROM publication WHERE held_by IS NOT NULL ORDER BY item")]


def test_what_a_guard_holds_passes_by_its_number_and_what_changed_meanwhile_does_not(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    held(store, "price", "price-drop", "8", "9")
    number, other = (number_of(state_folder, capsys, item) for item in ("9", "8"))
    assert run(state_folder, "plan", "--approve", number) == 1, "nobody was there to ask"
    assert "R$ 99.80 → R$ 49.90" in capsys.readouterr().out, "what would pass is shown"
    assert still_held(store) == ["8", "9"]
    assert run(state_folder, "plan", "--approve", number, "--yes") == 0
    assert still_held(store) == ["8"]
    (entry,) = store.db.execute("SELECT what, subject, after FROM audit").fetchall()
    assert (entry["what"], entry["subject"], entry["after"]) == ("pass_guard", "account loja", '{"rows": 1}')

    store.db.execute("UPDATE publication SET wanted = '100' WHERE item = '8'")
    capsys.readouterr()
    assert run(state_folder, "plan", "--approve", other, "--yes") == 1
    assert f"Nothing that a guard holds has the number {other}." in capsys.readouterr().err
    assert still_held(store) == ["8"]


def test_all_that_one_guard_holds_passes_by_its_name_and_nothing_else_does(
    state_folder: Path, store: StoreFile, hosted: HostedEngine
) -> None:
    held(store, "stock", "many-to-zero", "1", "2", "3")
    held(store, "price", "price-drop", "9")
    assert run(state_folder, "plan", "--approve", "many-to-zero", "--yes") == 0
    assert still_held(store) == ["9"]
    assert run(state_folder, "plan", "--approve", "adoption", "--yes") == 1, "that is settled by integra adopt"


def answer_after(monkeypatch: pytest.MonkeyPatch, store: StoreFile, statement: str) -> None:
    """The person says yes, and by then this has happened."""

    def confirmed(_question: str) -> bool:
        store.db.execute(statement)
        return True

    monkeypatch.setattr(plan, "confirmed", confirmed)


def test_by_the_name_of_a_guard_nothing_passes_that_was_not_shown(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(store, "price", "price-drop", "8", "9")
    answer_after(monkeypatch, store, "UPDATE publication SET wanted = '100' WHERE item = '8'")
    assert run(state_folder, "plan", "--approve", "price-drop") == 1
    assert still_held(store) == ["8", "9"]
    answer_after(
        monkeypatch,
        store,
        "INSERT INTO publication (account, item, facet, wanted, confirmed, wanted_at, held_by)"
        " VALUES ('loja', '7', 'price', '1', '9980', '2026', 'price-drop')",
    )
    assert run(state_folder, "plan", "--approve", "price-drop") == 0
    assert still_held(store) == ["7"]


def test_price_groups_pass_as_they_were_shown_or_not_at_all(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.db.execute(
        "INSERT INTO price_group (account, price_table, external_id, name) VALUES ('loja', 'A', '4', 'Atacado')"
    )
    store.db.execute("INSERT INTO price_group_change (account, price_table, asked_at) VALUES ('loja', 'A', '2026')")
    for item in ("8", "9"):
        store.db.execute(
            "INSERT INTO publication (account, item, facet, part, wanted, confirmed, wanted_at)"
            " VALUES ('loja', ?, 'price', 'A', '4990', '4990', '2026')",
            [item],
        )
    answer_after(monkeypatch, store, "UPDATE publication SET confirmed = '100' WHERE item = '8'")
    approved = "SELECT approved_by IS NOT NULL FROM price_group_change"
    assert run(state_folder, "plan", "--approve", "price-groups") == 1
    assert store.db.execute(approved).fetchone()[0] == 0
    assert run(state_folder, "plan", "--approve", "price-groups", "--yes") == 0
    assert store.db.execute(approved).fetchone()[0] == 1


def test_plan_tells_photos_by_their_places_and_texts_by_what_changes(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    shirt = {"name": "Camiseta", "enabled": True, "description": "azul", "categories": ["A"]}
    changed = {"name": "Camiseta", "enabled": False, "description": "verde", "categories": ["A"]}
    digest = {letter: letter * 64 for letter in "abcd"}
    for item, facet, confirmed, wanted in [
        ("9", "media", [digest["a"], digest["b"]], [digest["a"], digest["c"], digest["d"]]),
        ("10", "media", [digest["a"], digest["b"]], [digest["b"], digest["a"]]),
        ("9", "content", shirt, changed),
        ("11", "content", None, shirt),
    ]:
        store.db.execute(
            "INSERT INTO publication (account, item, facet, confirmed, wanted, wanted_at)"
            " VALUES ('loja', ?, ?, ?, ?, '')",
            [item, facet, confirmed and json.dumps(confirmed), json.dumps(wanted)],
        )
    assert run(state_folder, "plan") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("loja: 2 texts, photos of 2 products would be written.\n")
    assert "2 new photos (2, 3), 1 removed (2)" in printed
    assert "another main photo" in printed
    assert "off the storefront, description" in printed
    assert not any(value in printed for value in digest.values())


def test_plan_with_nothing_to_write_says_so(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "plan") == 0
    assert capsys.readouterr().out == "Nothing would be written.\n"


def test_a_pause_goes_through_the_running_engine_and_is_audited(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "pause", "loja", "stock", "--reason", "stock-taking", "--until", "2h") == 0
    row = store.db.execute("SELECT * FROM direction WHERE name = 'stock'").fetchone()
    assert (row["enabled"], row["reason"]) == (0, "stock-taking")
    assert row["paused_until"] > datetime.now(UTC).isoformat()
    assert run(state_folder, "resume", "loja", "stock") == 0
    assert store.db.execute("SELECT enabled FROM direction WHERE name = 'stock'").fetchone()[0] == 1
    assert [row[0] for row in store.db.execute("SELECT what FROM audit ORDER BY id")] == ["pause", "resume"]
    assert run(state_folder, "pause", "*", "--reason", "moving") == 0, "all of them"


def test_a_sale_typed_again_is_shown_with_what_speaks_for_it_and_linked_by_its_number(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    store.order("000000401", payment=Payment.PAID)
    assert run(state_folder, "orders", "link") == 2
    assert run(state_folder, "orders", "link", "000000999") == 1
    assert run(state_folder, "orders", "link", "000000401") == 0
    assert "1881" in (printed := capsys.readouterr().out)
    assert "same customer, same products" in printed
    assert run(state_folder, "orders", "link", "000000401", "1882") == 1
    assert run(state_folder, "orders", "link", "000000401", "1881") == 0
    assert store.db.execute("SELECT linked_sale FROM sales_order").fetchone()[0] == "000000881"


def test_the_xml_of_an_nfe_goes_to_a_file_or_to_whoever_reads_on(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    order = store.order("000000501", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    assert run(state_folder, "orders", "xml") == 2
    assert run(state_folder, "orders", "xml", "000000501") == 1
    assert b"no authorised NF-e" in capsysbinary.readouterr().err
    store.db.execute("UPDATE sales_order SET nfe_key = ? WHERE id = ?", (NFE_KEY, order))
    assert run(state_folder, "orders", "xml", "loja/000000501") == 0
    shown = capsysbinary.readouterr().out
    assert shown.endswith("ç</nfeProc>".encode())
    path = state_folder / "nfe.xml"
    assert run(state_folder, "orders", "xml", "000000501", "--output", str(path)) == 0
    assert path.read_bytes() == shown
    assert run(state_folder, "orders", "xml", "000000501", "--output", str(state_folder)) == 3
    store.db.execute("UPDATE sales_order SET nfe_key = ? WHERE id = ?", ("5" * 44, order))
    assert run(state_folder, "orders", "xml", "000000501") == 1, "another sale's file"


def test_an_account_goes_live_only_with_a_verdict_and_a_yes(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    store.account("loja", live=False)
    assert run(state_folder, "go-live", "loja", "--yes") == 1
    assert "still looking" in capsys.readouterr().err
    store.db.execute("UPDATE account SET adopted_at = '2026', verdict = '{\"to_create\": 3}'")
    assert run(state_folder, "go-live", "loja") == 1  # nobody there to ask
    assert "would create" in capsys.readouterr().out
    assert run(state_folder, "go-live", "loja", "--yes") == 0
    assert store.db.execute("SELECT mode FROM account").fetchone()[0] == "live"
    assert run(state_folder, "go-live", "loja") == 0  # it is already


def test_an_account_that_was_live_is_approved_again_with_what_c_plus_lost_above_all(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    store.db.execute(
        "UPDATE account SET mode = 'observe', mode_reason = 'older-base', approved_at = '2026', adopted_at = NULL,"
        " verdict = '{\"to_create\": 3}'"
    )
    for number in ("000000600", "000000601"):
        store.order(number, payment=Payment.PAID, parked="order-missing-in-erp")
    assert run(state_folder, "go-live", "loja", "--yes") == 1
    assert "still looking" in capsys.readouterr().err, "the verdict of the first day is shown to nobody"
    store.db.execute("UPDATE account SET adopted_at = '2026'")
    assert run(state_folder, "go-live", "loja", "--yes") == 0
    assert capsys.readouterr().out.startswith("!! 2 orders are gone from C-Plus")


def test_sync_once_answers_what_was_done(
    state_folder: Path, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "sync", "--once", "--json") == 0
    assert json.loads(capsys.readouterr().out)["at_rest"] is True


def test_a_single_sync_names_accounts_that_observe_what_is_held_and_what_is_wrong(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    store.db.execute("UPDATE account SET mode = 'observe', mode_reason = 'older-base'")
    assert run(state_folder, "sync", "--once") == 1
    assert "observing: the C-Plus base is older" in " ".join(capsys.readouterr().out.split())
    store.db.execute("UPDATE account SET mode = 'live', mode_reason = ''")
    held(store, "price", "price-drop", "000000009")
    assert run(state_folder, "sync", "--once") == 1
    assert "1 row of loja held: prices fall further" in capsys.readouterr().out
    store.db.execute("DELETE FROM publication")
    store.problem("product-without-price", "item:000000009", {})
    assert run(state_folder, "sync", "--once") == 1
    assert "Product without price (loja, 1×)" in capsys.readouterr().out


def test_a_task_of_c_plus_is_called_by_its_name_where_it_is_stuck() -> None:
    nothing_else = sync.Left([], [], [], [])
    report = {"stuck": {"watch": "erp-unreachable", "loja/stock": "erp-unreachable"}}
    shown = [" ".join(line.split()) for line in sync._report(report, nothing_else)]
    assert shown[0] == "C-Plus C-Plus watch : STUCK, C-Plus does not answer"
    assert shown[1] == "loja stock : STUCK, C-Plus does not answer"


def test_wrong_settings_name_file_key_and_what_is_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "settings.toml").write_text("[engine]\ninterval_s = 'soon'\n", encoding="utf-8")
    assert run(tmp_path / "state", "--engine-only") == 2
    said = capsys.readouterr().err
    assert "interval_s" in said
    assert "settings.toml" in said
    assert "expected" in said
    assert run(tmp_path / "state", "doctor") == 2
    assert "interval_s" in capsys.readouterr().out


def test_a_second_engine_says_who_runs_the_first(
    state_folder: Path, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "--engine-only") == 3
    assert "already runs the engine" in capsys.readouterr().err


def test_doctor_beside_a_running_engine_tells_what_that_one_sees(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "doctor") == 0
    assert "Magento 2.4.6" in capsys.readouterr().out
    store.problem("secret-missing", "item:1", {"name": "token"})
    assert run(state_folder, "doctor", "--json") == 1
    assert json.loads(capsys.readouterr().out)[-1]["ok"] is False


@pytest.mark.parametrize("arguments", [["bogus"], ["sync"], ["orders", "nowhere"], ["pause"], ["--language", "fr"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2


@pytest.mark.parametrize(
    "arguments",
    [("plan", "loja2"), ("pause", "loja2"), ("resume", "loja2"), ("go-live", "loja2"), ("catalogue", "loja2"),
     ("adopt", "loja2"), ("changes", "--account", "loja2"), ("revert", "--account", "loja2")],
)  # fmt: skip
def test_an_account_that_nobody_has_is_refused_with_those_that_there_are(
    state_folder: Path, hosted: HostedEngine, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert run(state_folder, *arguments) == 2
    assert "There is no account loja2. There are: loja." in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["audit", "orders"])
@pytest.mark.parametrize("limit", ["-3", "0", "many"])
def test_a_limit_is_a_number_from_one_on(verb: str, limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--language", "en", verb, f"--limit={limit}"])
    assert left.value.code == 2
    assert "is no whole number from 1 on" in capsys.readouterr().err


def test_help_and_mistakes_are_in_portuguese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--language", "pt_BR", "--help"])
    printed = capsys.readouterr().out
    assert printed.startswith("uso: integra")
    assert "mostra esta ajuda e termina" in printed
    assert "show " not in printed


def test_directions_and_queues_of_the_command_line_are_the_engines() -> None:
    from console.reading.orders import QUEUES
    from console.texts import DIRECTIONS as OFFERED
    from console.texts import QUEUES as OFFERED_QUEUES

    assert set(OFFERED) == {*DIRECTIONS, "*"}
    assert tuple(OFFERED_QUEUES) == QUEUES
    assert parser().prog == "integra"


@pytest.mark.parametrize(
    ("tongue", "typed", "meant"),
    [
        ("pt_BR", ["orders", "faturar"], "to-invoice"),
        ("pt_BR", ["orders", "Pagamento"], "pay"),
        ("pt_BR", ["orders", "to-invoice"], "to-invoice"),  # what scripts have always said
        ("pt_BR", ["orders", "rewrite", "1"], "rewrite"),
        ("en", ["orders", "invoice"], "to-invoice"),
        ("pt_BR", ["pause", "loja", "precos"], "prices"),
        ("pt_BR", ["resume", "loja"], "*"),
    ],
)
def test_queues_and_directions_are_typed_as_the_screens_call_them(tongue: str, typed: list[str], meant: str) -> None:
    language.use(tongue)
    asked = parser().parse_args(typed)
    assert meant == (asked.queue if asked.verb == "orders" else asked.direction)


def test_the_help_of_every_verb_is_in_portuguese_whole(capsys: pytest.CaptureFixture[str]) -> None:
    verbs = (
        "demo", "sync", "status", "plan", "orders", "customers", "pause", "resume", "go-live", "adopt", "changes",
        "init", "doctor", "cplus", "cplus watch", "cplus install-triggers",
    )  # fmt: skip
    for verb in verbs:
        with pytest.raises(SystemExit):
            main(["--language", "pt_BR", *verb.split(), "--help"])
    printed = set(re.findall(r"\b[A-Z]{3,}\b", capsys.readouterr().out))
    assert "FILA" in printed
    assert not printed & {"FILE", "DIR", "FOLDER", "ACCOUNT", "ORDER", "NUMBER", "LIMIT", "SEED", "UNTIL", "REASON"}


def test_without_a_terminal_the_console_names_the_way_to_run_without() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console", "--language", "en"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "integra --engine-only" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout


@pytest.mark.parametrize("arguments", [["--engine-only", "--help"], ["status", "--state", "/nowhere"], ["--version"]])
def test_what_needs_no_screen_loads_no_textual(arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['integra', *{arguments!r}]\n"
        "from console.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert not set(done.stdout.rpartition("LOADED")[2].split()) & {"textual", "rich", "httpx", "firebird"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("30m", "2026-11-24T15:30:00.000000Z"),
        ("1d", "2026-11-25T15:00:00.000000Z"),
        ("2026-11-30T08:00", "2026-11-30T11:00:00.000000Z"),
        ("2026-11-30T08:00+00:00", "2026-11-30T08:00:00.000000Z"),
    ],
)
def test_a_pause_ends_when_people_mean(text: str, kept: str) -> None:
    assert until_text(text, datetime(2026, 11, 24, 15, tzinfo=UTC)) == kept


def test_settings_and_state_are_found_where_people_put_them(tmp_path: Path) -> None:
    own = tmp_path / "config" / "integra" / "settings.toml"
    own.parent.mkdir(parents=True)
    own.touch()
    environment = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "state")}
    assert find_settings(environment, tmp_path) == own
    (tmp_path / "settings.toml").touch()
    assert find_settings(environment, tmp_path) == tmp_path / "settings.toml"
    assert find_settings({"INTEGRA_SETTINGS": "/x.toml"}, tmp_path) == Path("/x.toml")
    assert find_state(environment) == tmp_path / "state" / "integra"
    assert find_state({"STATE_DIRECTORY": "/var/lib/a:/var/lib/b"}) == Path("/var/lib/a")
