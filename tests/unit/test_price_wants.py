"""What prices an account shall show, from the mirror: tables, quantities, promotions, and what the guard holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from engine.model.goods import Price, PriceList, Promotion, QuantityPrice
from engine.publishing import Facet
from engine.store import accounts, price_mirror, price_wants, publications
from engine.store.database import migrate
from engine.store.price_guards import PriceLimits

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
TODAY = date(2026, 3, 2)
BASE, WHOLESALE = "000000001", "000000002"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "integra.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "integra.db")
    accounts.ensure(connection, "loja", "magento", "")
    for sku in ("A", "B"):
        publications.want(connection, "loja", Facet.CONTENT, [(sku, "", '{"kind":"simple"}')], NOW)
    connection.execute("UPDATE publication SET confirmed = wanted")
    yield connection
    connection.close()


def erp_says(db: sqlite3.Connection, *rows: Price | QuantityPrice | Promotion) -> None:
    found = PriceList(
        tuple(row for row in rows if isinstance(row, Price)),
        tuple(row for row in rows if isinstance(row, QuantityPrice)),
        tuple(row for row in rows if isinstance(row, Promotion)),
    )
    price_mirror.store_prices(db, found, NOW)


def want(db: sqlite3.Connection, today: date = TODAY, *tables: str, takes: bool = True, base: str = BASE) -> None:
    terms = price_wants.PriceTerms(base, tables, PriceLimits(50, 50), quantities=takes, specials=takes, today=today)
    price_wants.want_prices(db, "loja", terms, NOW)


def wanted(db: sqlite3.Connection, sku: str = "A") -> dict[str, str]:
    rows = db.execute("SELECT part, wanted FROM publication WHERE facet = 'price' AND item = ?", (sku,))
    return {row["part"]: row["wanted"] for row in rows if row["wanted"] is not None}


def sendable(db: sqlite3.Connection) -> set[tuple[str, str, str | None]]:
    return {(row.item, row.part, row.wanted) for row in publications.sendable(db, "loja", Facet.PRICE, 100, NOW)}


def all_sent(db: sqlite3.Connection) -> None:
    db.execute("UPDATE publication SET confirmed = wanted, confirmed_at = wanted_at")


def test_each_table_and_each_quantity_has_a_row_of_its_own(db: sqlite3.Connection) -> None:
    erp_says(
        db,
        Price("A", BASE, 10_000),
        Price("A", WHOLESALE, 8_000),
        QuantityPrice("A", BASE, 100_000, 9_000),
        QuantityPrice("A", WHOLESALE, 25_000, 7_500),
        QuantityPrice("A", "000000009", 25_000, 1),
    )
    want(db, TODAY, WHOLESALE)
    assert wanted(db) == {
        "": "10000", WHOLESALE: "8000", "/qty:10": "9000", f"{WHOLESALE}/qty:2.5": "7500",
    }  # fmt: skip


def test_a_channel_that_takes_only_the_price_of_a_piece_is_asked_for_nothing_else(db: sqlite3.Connection) -> None:
    erp_says(db, Price("A", BASE, 10_000), QuantityPrice("A", BASE, 100_000, 9_000), Promotion("A", 9_000, None, None))
    want(db, takes=False)
    assert wanted(db) == {"": "10000"}


def test_a_price_that_does_not_undercut_says_nothing(db: sqlite3.Connection) -> None:
    erp_says(
        db, Price("A", BASE, 10_000), QuantityPrice("A", BASE, 100_000, 10_000), Promotion("A", 12_000, None, None)
    )
    want(db)
    assert wanted(db) == {"": "10000"}


def test_a_promotion_of_a_product_without_base_price_is_no_price(db: sqlite3.Connection) -> None:
    erp_says(db, Promotion("A", 9_000, None, None), QuantityPrice("A", BASE, 100_000, 9_000))
    want(db)
    assert wanted(db) == {}


def test_of_two_promotions_the_cheapest_running_one_counts_else_the_next_to_come(db: sqlite3.Connection) -> None:
    erp_says(
        db,
        Price("A", BASE, 10_000),
        Promotion("A", 9_000, date(2026, 3, 1), date(2026, 3, 31)),
        Promotion("A", 7_000, date(2026, 3, 10), date(2026, 3, 12)),
        Promotion("A", 6_000, date(2026, 5, 1), None),
    )
    for day, value in (
        (date(2026, 2, 27), "9000 2026-03-01 2026-03-31"),
        (date(2026, 3, 9), "9000 2026-03-01 2026-03-31"),
        (date(2026, 3, 10), "7000 2026-03-10 2026-03-12"),
        (date(2026, 3, 12), "7000 2026-03-10 2026-03-12"),
        (date(2026, 3, 13), "9000 2026-03-01 2026-03-31"),
        (date(2026, 4, 1), "6000 2026-05-01 -"),
    ):
        want(db, day)
        assert wanted(db)["/special"] == value


def test_a_promotion_that_is_over_shortened_or_removed_leaves_the_channel(db: sqlite3.Connection) -> None:
    base, first = Price("A", BASE, 10_000), date(2026, 3, 1)
    erp_says(db, base, Promotion("A", 9_000, first, date(2026, 3, 20)))
    want(db)
    all_sent(db)
    erp_says(db, base, Promotion("A", 9_000, first, date(2026, 3, 5)))
    want(db)
    assert sendable(db) == {("A", "/special", "9000 2026-03-01 2026-03-05")}
    all_sent(db)
    want(db, date(2026, 3, 6))
    assert sendable(db) == {("A", "/special", None)}
    want(db, date(2026, 3, 5))
    erp_says(db, base)
    want(db, date(2026, 3, 5))
    assert sendable(db) == {("A", "/special", None)}


def test_a_promotion_of_sixty_per_cent_waits_for_a_person_and_holds_nothing_else(db: sqlite3.Connection) -> None:
    erp_says(
        db,
        Price("A", BASE, 10_000),
        Price("B", BASE, 10_000),
        Promotion("A", 4_000, None, TODAY),
        Promotion("B", 5_000, None, TODAY),
        QuantityPrice("B", BASE, 100_000, 4_999),
    )
    want(db)
    assert sendable(db) == {
        ("A", "", "10000"), ("B", "", "10000"), ("B", "/special", f"5000 - {TODAY}"),
    }  # fmt: skip


def test_promotions_cannot_walk_down_past_the_guard_step_by_step(db: sqlite3.Connection) -> None:
    base = Price("A", BASE, 10_000)
    for cents in (6_000, 4_500):
        erp_says(db, base, Promotion("A", cents, None, TODAY))
        want(db)
        if cents == 6_000:
            all_sent(db)
    assert sendable(db) == set()


def test_a_table_no_longer_published_takes_its_prices_with_it(db: sqlite3.Connection) -> None:
    erp_says(
        db,
        Price("A", BASE, 10_000),
        Price("A", WHOLESALE, 8_000),
        QuantityPrice("A", WHOLESALE, 100_000, 7_000),
    )
    want(db, TODAY, WHOLESALE)
    all_sent(db)
    want(db)
    assert sendable(db) == {("A", WHOLESALE, None), ("A", f"{WHOLESALE}/qty:10", None)}


def test_a_price_that_falls_by_half_waits_for_a_person(db: sqlite3.Connection) -> None:
    erp_says(db, Price("A", BASE, 10_000))
    want(db)
    all_sent(db)
    erp_says(db, Price("A", BASE, 4_999))
    want(db)
    assert sendable(db) == set()
    erp_says(db, Price("A", BASE, 5_000))
    want(db)
    assert sendable(db) == {("A", "", "5000")}


def test_a_price_wanted_before_the_shops_own_was_adopted_meets_the_guard_all_the_same(db: sqlite3.Connection) -> None:
    erp_says(db, Price("A", BASE, 1_000))
    want(db)
    publications.adopt_found(db, "loja", Facet.PRICE, "A", "", "10000", NOW)
    want(db)
    assert sendable(db) == set()


def test_a_price_that_vanishes_from_the_base_table_is_not_published_as_zero(db: sqlite3.Connection) -> None:
    erp_says(db, Price("A", BASE, 10_000))
    want(db)
    all_sent(db)
    erp_says(db)
    want(db, TODAY + timedelta(days=1))
    assert wanted(db) == {"": "10000"}
    assert sendable(db) == set()
