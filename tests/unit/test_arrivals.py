"""When sold-out goods can be promised again: from what is on order, less what waits for it already."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.model.goods import Arrival, KitPart, Kits, StockLevel
from engine.store import accounts, arrivals, kits, mirror
from engine.store.database import migrate

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
TODAY, SOON, LATER = date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 20)
SECTOR = "000000001"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "integra.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "integra.db")
    accounts.ensure(connection, "loja", "magento", "")
    yield connection
    connection.close()


def stock(db: sqlite3.Connection, pieces: int, reserved: int = 0, company: int = 1) -> None:
    number = mirror.begin_snapshot(db)
    mirror.store_stock(db, [StockLevel("A", company, SECTOR, pieces * 10_000, reserved * 10_000)], number, NOW)


def outlook(db: sqlite3.Connection, *, buffer: int = 0, companies: tuple[int, ...] = ()) -> date | None:
    found = arrivals.outlook(db, "loja", companies=companies, sectors=(), buffer_e4=buffer * 10_000, today=TODAY)
    return found.get("A")


def kit(db: sqlite3.Connection) -> date | None:
    return arrivals.outlook(db, "loja", companies=(), sectors=(), buffer_e4=0, today=TODAY).get("KIT")


def on_order(db: sqlite3.Connection, *rows: tuple[date | None, int]) -> set[str]:
    return arrivals.store_arrivals(db, [Arrival("A", day, pieces * 10_000) for day, pieces in rows])


def test_what_is_in_stock_waits_for_nothing(db: sqlite3.Connection) -> None:
    on_order(db, (SOON, 10))
    stock(db, 1)
    assert outlook(db) is None
    assert outlook(db, buffer=1) == SOON, "the piece held back is not for sale"
    assert outlook(db, companies=(2,)) == SOON, "another company's piece is not ours to sell"


def test_goods_that_wait_for_nobody_are_promised_for_their_day(db: sqlite3.Connection) -> None:
    on_order(db, (LATER, 10), (SOON, 1))
    stock(db, 0)
    assert outlook(db) == SOON


def test_goods_that_others_wait_for_are_not_promised_twice(db: sqlite3.Connection) -> None:
    on_order(db, (SOON, 2), (LATER, 3))
    stock(db, 0, reserved=2)
    assert outlook(db) == LATER
    stock(db, 0, reserved=5)
    assert outlook(db) is None


def test_a_day_that_has_passed_or_was_never_said_promises_nothing(db: sqlite3.Connection) -> None:
    on_order(db, (date(2026, 3, 1), 10), (None, 10))
    stock(db, 0)
    assert outlook(db) is None
    on_order(db, (TODAY, 10))
    assert outlook(db) == TODAY


def test_a_kit_can_be_promised_for_the_day_when_the_last_of_its_parts_suffices(db: sqlite3.Connection) -> None:
    kits.store_kits(db, Kits((KitPart("KIT", "A", 20_000, True), KitPart("KIT", "B", 10_000, True))))
    arrivals.store_arrivals(db, [Arrival("A", SOON, 10_000), Arrival("A", LATER, 10_000), Arrival("B", SOON, 50_000)])
    stock(db, 0)
    assert kit(db) == LATER, "it takes two of A"
    stock(db, 1)
    assert kit(db) == SOON
    arrivals.store_arrivals(db, [Arrival("A", SOON, 10_000)])
    assert kit(db) is None, "nothing is known of B"
    number = mirror.begin_snapshot(db)
    levels = [StockLevel(sku, 1, SECTOR, 20_000, 0) for sku in ("A", "B")]
    mirror.store_stock(db, levels, number, NOW)
    assert kit(db) is None, "it can be sold now"
    assert arrivals.skus(db) == {"A", "KIT"}


def test_only_what_changed_is_said_to_have_changed(db: sqlite3.Connection) -> None:
    assert on_order(db, (SOON, 10)) == {"A"}
    assert on_order(db, (SOON, 10)) == set()
    assert on_order(db) == {"A"}
    assert arrivals.store_arrivals(db, None) == set()
    assert db.execute("SELECT value FROM meta WHERE key = ?", (arrivals.KNOWN,)).fetchone()[0] == "0"
