"""What an account is told of the stock: on hand, reserved, promised, held, and the guards over it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import erp_states
from engine.invoiced import Wanted, allot
from engine.model.goods import StockLevel
from engine.publishing import Facet
from engine.settings import SourceSettings
from engine.store import accounts, effects, erp_lines, mirror, orders, publications, wants
from engine.store.database import migrate
from engine.store.effects import Kind

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECTOR = "000000001"
ONE = {"default": SourceSettings(companies=[1], sectors=[SECTOR])}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "integra.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "integra.db")
    accounts.ensure(connection, "loja", "magento", "Loja")
    accounts.ensure(connection, "outra", "magento", "Outra")
    yield connection
    connection.close()


def insert(db: sqlite3.Connection, table: str, **values: object) -> None:
    marks = ", ".join(f":{name}" for name in values)
    db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks}) ON CONFLICT DO NOTHING", values)


def product_on_sale(db: sqlite3.Connection, sku: str, account: str = "loja") -> None:
    insert(db, "product", sku=sku, code=sku, name=sku, active=1, data="{}", version=1)
    publications.want(db, account, Facet.CONTENT, [(sku, "", '{"kind":"simple"}')], NOW)


def stock(db: sqlite3.Connection, *levels: tuple[str, int, int]) -> None:
    """(sku, on hand, reserved) in pieces, from a snapshot that begins now."""
    number = mirror.begin_snapshot(db)
    rows = [StockLevel(sku, 1, SECTOR, hand * 10_000, reserved * 10_000) for sku, hand, reserved in levels]
    mirror.store_stock(db, rows, number, NOW)


def order(db: sqlite3.Connection, account: str, sku: str, pieces: int) -> int:
    number = str(db.execute("SELECT COUNT(*) FROM inbox").fetchone()[0] + 1)
    key = {"account": account, "external_id": number}
    insert(db, "inbox", **key, payload="", updated_at="", first_seen_at="", seen_at="")
    axes = {"payment": "paid", "fulfilment": "received", "cancellation": "none", "queue": "to-invoice"}
    texts = dict.fromkeys(
        "placed_at channel_at raw_status payment_method payment_label shipping_method"
        " buyer_name buyer_document buyer_email buyer_phone".split(),
        "",
    )
    money = dict.fromkeys(("total_cents", "freight_cents", "discount_cents", "surcharge_cents"), 0)
    insert(db, "sales_order", **key, number=number, reference=number, **axes, **texts, **money)
    order_id = int(db.execute("SELECT MAX(id) FROM sales_order").fetchone()[0])
    line = {"order_id": order_id, "line": 1, "external_id": "1", "sku": sku, "name": ""}
    insert(db, "order_line", **line, unit_price_e4=0, discount_cents=0, ordered_e4=pieces * 10_000)
    return order_id


def shown(
    db: sqlite3.Connection,
    sku: str,
    account: str = "loja",
    *,
    counts_own: bool = True,
    buffer: int = 0,
    uncounted: int = 0,
    sources: dict[str, SourceSettings] | None = None,
    part: str = "default",
    defended: wants.Defended = wants.UNDEFENDED,
) -> int:
    wants.want_stock(
        db, account, sources=sources or ONE, ships_from="default", buffer_e4=buffer * 10_000,
        uncounted_e4=uncounted * 10_000, counts_own=counts_own, to_zero_percent=30, now=NOW,
        defended=defended,
    )  # fmt: skip
    row = db.execute(
        "SELECT wanted FROM publication WHERE account = ? AND item = ? AND facet = 'stock' AND part = ?",
        (account, sku, part),
    ).fetchone()
    return int(row[0]) // 10_000


def test_the_shop_shows_what_is_on_hand_less_what_is_reserved(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A")
    stock(db, ("A", 10, 4))
    assert shown(db, "A") == 6
    assert shown(db, "A", buffer=2) == 4
    assert shown(db, "A", buffer=9) == 0


def test_a_new_web_order_leaves_its_own_shops_quantity_and_lowers_the_others(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A")
    product_on_sale(db, "A", "outra")
    stock(db, ("A", 10, 0))
    order(db, "loja", "A", 3)
    assert shown(db, "A") == 10, "the shop subtracts its own open order itself"
    assert shown(db, "A", "outra") == 7
    assert shown(db, "A", counts_own=False) == 7


def test_a_reservation_is_counted_once_whichever_snapshot_shows_it(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A", "outra")
    stock(db, ("A", 10, 0))
    order_id = order(db, "loja", "A", 3)
    begun_before = mirror.begin_snapshot(db)  # a read that begins before our commit and ends after it
    orders.lines_reserved(db, order_id)
    rows = [StockLevel("A", 1, SECTOR, 100_000, 0)]
    mirror.store_stock(db, rows, begun_before, NOW)
    assert shown(db, "A", "outra") == 7, "the old snapshot does not show the reservation: still promised"
    stock(db, ("A", 10, 3))
    assert shown(db, "A", "outra") == 7, "the new one does: promised no longer"


def test_a_short_line_stays_promised_so_arriving_goods_are_not_sold_twice(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A", "outra")
    order_id = order(db, "loja", "A", 2)
    orders.lines_unreserved(db, order_id)
    stock(db, ("A", 2, 0))
    assert shown(db, "A", "outra") == 0


def test_where_the_erp_does_not_reserve_an_order_lowers_every_shop_until_it_is_sold_or_given_up(
    db: sqlite3.Connection,
) -> None:
    product_on_sale(db, "A", "loja")
    product_on_sale(db, "A", "outra")
    sold, given_up = order(db, "loja", "A", 3), order(db, "outra", "A", 2)
    for order_id in (sold, given_up):
        orders.lines_unreserved(db, order_id)  # written, and nothing is reserved there
    for _ in range(2):  # however often the ERP is read meanwhile
        stock(db, ("A", 10, 0))
        assert [shown(db, "A", account, counts_own=False) for account in ("loja", "outra")] == [5, 5]
    erp_lines.lines_invoiced(db, sold, {"A": 30_000})
    stock(db, ("A", 7, 0))
    assert shown(db, "A", "outra", counts_own=False) == 5, "gone from the stock, and not held back once more"
    orders.lines_let_go(db, given_up)
    assert shown(db, "A", "loja", counts_own=False) == 7
    stock(db, ("A", 1, 0))
    order(db, "loja", "A", 3)
    assert shown(db, "A", "outra", counts_own=False) == 0, "never less than nothing"


def test_what_was_shipped_or_cancelled_is_not_held_any_more(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A")
    order_id = order(db, "loja", "A", 3)
    erp_lines.lines_invoiced(db, order_id, {"A": 30_000})
    stock(db, ("A", 7, 0))
    assert shown(db, "A") == 10
    orders.lines_shipped(db, order_id, {"1": 30_000})
    assert shown(db, "A") == 7


def test_the_rest_of_an_order_sold_in_pieces_is_held_back_unless_the_erp_reserves_it(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A", "outra")
    order_id = order(db, "loja", "A", 3)
    erp_lines.lines_invoiced(db, order_id, {"A": 10_000}, rest_reserved=False)
    stock(db, ("A", 9, 0))
    assert shown(db, "A", "outra") == 7, "two pieces are still to be invoiced"
    stock(db, ("A", 9, 2))
    erp_lines.lines_invoiced(db, order_id, {"A": 10_000}, rest_reserved=True)
    assert shown(db, "A", "outra") == 7, "not counted twice where the ERP reserves them"
    erp_lines.lines_invoiced(db, order_id, {"A": 30_000})
    stock(db, ("A", 7, 0))
    assert shown(db, "A", "outra") == 7


def test_what_is_invoiced_goes_to_the_lines_in_their_order_and_what_is_over_is_no_lines() -> None:
    lines = [Wanted(1, "A", 20_000), Wanted(2, "B", 10_000), Wanted(3, "A", 10_000)]
    assert allot(lines, {"A": 25_000, "C": 5_000})[:2] == ({1: 20_000, 2: 0, 3: 5_000}, {"C": 5_000})
    assert allot(lines, {"A": 40_000, "B": 10_000})[:2] == ({1: 20_000, 2: 10_000, 3: 10_000}, {"A": 10_000})


def test_a_missing_stock_row_and_an_overdrawn_one_are_shown_as_nothing(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A")
    product_on_sale(db, "B")
    stock(db, ("B", 1, 3))
    assert shown(db, "A") == 0
    assert shown(db, "B") == 0


def test_a_base_that_suddenly_shows_nothing_does_not_empty_the_shop(db: sqlite3.Connection) -> None:
    skus = [f"S{number:02}" for number in range(30)]
    for sku in skus:
        product_on_sale(db, sku)
    stock(db, *((sku, 5, 0) for sku in skus))
    shown(db, "S00")
    db.execute("UPDATE publication SET confirmed = wanted WHERE facet = 'stock'")
    db.execute("UPDATE publication SET confirmed = wanted WHERE facet = 'content'")
    stock(db, *((sku, 0, 0) for sku in skus[:20]), *((sku, 4, 0) for sku in skus[20:]))
    shown(db, "S00")
    sendable = {row.item for row in publications.sendable(db, "loja", Facet.STOCK, 100, NOW)}
    assert sendable == set(skus[20:]), "the falls to zero are held, the rest goes on"
    stock(db, *((sku, 5, 0) for sku in skus))
    shown(db, "S00")
    assert not publications.sendable(db, "loja", Facet.STOCK, 100, NOW), (
        "the base is right again: nothing is left to send"
    )


def test_a_wish_to_send_again_that_comes_during_a_push_outlives_its_confirmation(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A")
    db.execute("UPDATE publication SET confirmed = wanted")
    stock(db, ("A", 10, 0))
    shown(db, "A")
    rows = publications.sendable(db, "loja", Facet.STOCK, 10, NOW)
    publications.begin(db, "loja", Facet.STOCK, rows, NOW, 60)
    publications.confirm(db, "loja", Facet.STOCK, rows, NOW)
    publications.unconfirm_stock(db, "loja", ["A"])
    rows = publications.sendable(db, "loja", Facet.STOCK, 10, NOW)
    publications.begin(db, "loja", Facet.STOCK, rows, NOW, 60)
    publications.unconfirm_stock(db, "loja", ["A"])  # the shop took goods back while the batch was on its way
    publications.confirm(db, "loja", Facet.STOCK, rows, NOW)
    assert [row.item for row in publications.sendable(db, "loja", Facet.STOCK, 10, NOW)] == ["A"]


@pytest.mark.parametrize("facet", list(Facet))
def test_what_is_to_be_sent_next_is_found_without_looking_at_all_rows(db: sqlite3.Connection, facet: Facet) -> None:
    plans: list[str] = []
    db.set_trace_callback(plans.append)
    publications.sendable(db, "loja", facet, 1, NOW)
    db.set_trace_callback(None)
    rows = db.execute(f"EXPLAIN QUERY PLAN {plans[-1]}").fetchall()
    plan = [row["detail"] for row in rows]
    assert "USING INDEX publication_todo" in plan[0], plan
    assert not any("TEMP B-TREE" in step for step in plan), plan


def test_less_than_nothing_on_one_shelf_takes_no_reservation_from_another(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A")
    reserved = order(db, "loja", "A", 2)
    db.execute("UPDATE sales_order SET fulfilment = 'reserved', erp_written_at = 'x' WHERE id = ?", (reserved,))
    orders.lines_reserved(db, reserved)
    number = mirror.begin_snapshot(db)
    levels = [StockLevel("A", 1, "shop", 100_000, 20_000), StockLevel("A", 1, "store", -30_000, 0)]
    mirror.store_stock(db, levels, number, NOW)
    assert erp_states.take_over(db, (), (), number, NOW) == 0
    levels[0] = StockLevel("A", 1, "shop", 10_000, 20_000)
    number = mirror.begin_snapshot(db)
    mirror.store_stock(db, levels, number, NOW)
    assert erp_states.take_over(db, (), (), number, NOW) == 1, "now its own shelf lacks a piece"


def test_an_order_written_again_after_a_restore_is_decided_again_when_its_refusal_is_taken_back(
    db: sqlite3.Connection,
) -> None:
    lost = order(db, "loja", "A", 1)
    assert effects.decide(db, lost, Kind.ERP_ORDER, NOW)
    db.execute("UPDATE effect SET state = 'done'")
    assert effects.decide(db, lost, Kind.ERP_ORDER, NOW, part="again:1")
    effects.withdraw_all_decided(db, lost, NOW)
    assert effects.decide_again(db, lost, Kind.ERP_ORDER, NOW)
    assert [row[0] for row in db.execute("SELECT part FROM effect WHERE state = 'decided'")] == ["again:1"]


BRANCH = {"filial": SourceSettings(companies=[2]), "default": SourceSettings(companies=[1])}


def two_shops(db: sqlite3.Connection, here: int, branch: int, sku: str = "A") -> None:
    """So many pieces in company 1 and so many in company 2."""
    number = mirror.begin_snapshot(db)
    levels = [StockLevel(sku, company, SECTOR, hand * 10_000, 0) for company, hand in ((1, here), (2, branch))]
    mirror.store_stock(db, levels, number, NOW)


def in_sources(db: sqlite3.Connection, sku: str = "A", buffer: int = 0) -> tuple[int, int]:
    """(what the shipping source shows, what the branch shows)"""
    first = shown(db, sku, sources=BRANCH, buffer=buffer)
    return first, shown(db, sku, sources=BRANCH, buffer=buffer, part="filial")


def test_each_source_shows_what_lies_in_its_companies(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A")
    two_shops(db, 3, 5)
    assert in_sources(db) == (3, 5)


def test_what_is_promised_is_taken_from_the_source_that_ships_and_what_is_held_is_shown_there(
    db: sqlite3.Connection,
) -> None:
    product_on_sale(db, "A")
    two_shops(db, 3, 5)
    order(db, "outra", "A", 2)
    assert in_sources(db) == (1, 5)
    order(db, "outra", "A", 2)
    assert in_sources(db) == (0, 4), "more than it has: the branch shows less, so that all together is right"
    order(db, "loja", "A", 1)
    assert in_sources(db) == (1, 3), "our own open order can be shipped from here"
    assert in_sources(db, buffer=2) == (1, 1)


def test_a_kit_is_shown_where_orders_leave_from(db: sqlite3.Connection) -> None:
    product_on_sale(db, "KIT")
    insert(db, "kit_part", kit="KIT", part="A", quantity_e4=20_000, counted=1)
    two_shops(db, 3, 5)
    assert in_sources(db, "KIT") == (4, 0)


def test_a_source_that_is_named_no_more_shows_nothing_of_it(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A")
    two_shops(db, 3, 5)
    in_sources(db)
    assert shown(db, "A") == 3
    assert shown(db, "A", part="filial") == 0


def test_stock_that_fits_two_sources_is_shown_by_one(db: sqlite3.Connection) -> None:
    product_on_sale(db, "A")
    two_shops(db, 3, 5)
    both = {"filial": SourceSettings(companies=[2]), "default": SourceSettings()}
    assert (shown(db, "A", sources=both), shown(db, "A", sources=both, part="filial")) == (3, 5)
