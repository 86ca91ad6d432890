"""`integra orders` and `why`: what is listed, what an order waits for, and what is done with one."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from engine.model.channel import ChannelLine
from engine.orders import Fulfilment, Payment
from engine.runtime.hosted import HostedEngine
from tests.console.builder import NFE_KEY, SETTINGS_TOML, StoreFile, busy_morning
from tests.unit.command_line.verbs import run

ROOT = Path(__file__).parents[3]
VERB_NAMED = r"(?:Verb\(|Decision\(\s*)\"(\w+)\""


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


def test_the_pick_list_goes_past_the_shelves_and_names_each_product_once(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    shelves = {"000000009": "A-10", "000000012": "A-2"}
    for sku, shelf in shelves.items():
        store.db.execute(
            "INSERT INTO product (sku, code, name, active, data, version)"
            " VALUES (?, ?, ?, 1, json_object('shelf', ?), 1)",
            [sku, sku.lstrip("0"), f"PRODUTO {sku}", shelf],
        )
    one = store.order("000000402", payment=Payment.PAID)
    store.order("000000401", payment=Payment.PAID)
    nowhere = ChannelLine("1", "SEM-LUGAR", "Avulso", Decimal(3), Decimal(1))
    store.order("000000403", payment=Payment.PAID, lines=(nowhere,))
    store.order("000000501", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    store.db.execute("UPDATE order_line SET cancelled_e4 = 10000 WHERE order_id = ? AND line = 1", [one])
    assert run(state_folder, "orders", "picklist") == 0
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line] == [
        "Pick list: 3 orders",
        "A-2",
        "[ ]     2 × PRODUTO 000000012  12",
        "            000000402: 1, 000000401: 1",
        "A-10",
        "[ ]     3 × PRODUTO 000000009  9",
        "            000000402: 1, 000000401: 2",
        "no shelf in C-Plus",
        "[ ]     3 × Avulso  SEM-LUGAR",
        "            000000403: 3",
    ]
    assert run(state_folder, "orders", "picklist", "000000401", "--json") == 0
    assert [pick["quantity_e4"] for pick in json.loads(capsys.readouterr().out)] == [10_000, 20_000]
    assert run(state_folder, "orders", "picklist", "1") == 1
