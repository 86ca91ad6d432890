"""What a store is told of its own shops: how long a sale takes to get there, and how often they sold what was gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from console import language
from console.keeping_up_text import keeping_up_lines
from console.reading.keeping_up import KeepingUp, keeping_up
from engine.store import accounts, stock_lag
from engine.store.database import migrate
from engine.store.instants import to_text
from tests.unit.test_stock_ledger import insert, order

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    language.use("en")
    yield
    language.use(language.DEFAULT_LANGUAGE)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "integra.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "integra.db")
    accounts.ensure(connection, "loja", "magento", "Loja")
    yield connection
    connection.close()


def standing(db: sqlite3.Connection) -> KeepingUp:
    (one,) = keeping_up(db, NOW)
    return one


def test_the_time_of_ninety_five_of_a_hundred_is_told_beside_the_slowest(db: sqlite3.Connection) -> None:
    stock_lag.note(db, "loja", TODAY, [1.5] * 95 + [100.0] * 4 + [5_000.0])
    stock_lag.note(db, "loja", TODAY - timedelta(days=7), [9_000.0] * 50)
    one = standing(db)
    assert (one.falls, one.most_s, one.longest_s) == (100, 1.5, 5_000.0)
    (line,) = keeping_up_lines(one)
    assert line == (
        "A sale is in the shop's stock after 55 s on average, 95 of 100 within 1 s, the slowest after 1 h 23"
        " (last 7 days: 100 sales)."
    )


def test_orders_that_came_in_short_are_told_as_a_rate(db: sqlite3.Connection) -> None:
    for pieces in range(1, 5):
        number = order(db, "loja", f"S{pieces}", pieces)
        db.execute("UPDATE sales_order SET placed_at = ? WHERE id = ?", (to_text(NOW - timedelta(days=pieces)), number))
        if pieces == 2:
            for what in ("written-short", "fell-short"):
                insert(db, "order_event", order_id=number, at=to_text(NOW), who="engine", what=what)
    old = order(db, "loja", "S9", 9)
    db.execute("UPDATE sales_order SET placed_at = ? WHERE id = ?", (to_text(NOW - timedelta(days=91)), old))
    (line,) = keeping_up_lines(standing(db))
    assert line == "Sold what was gone: 1 of 4 orders in 90 days, 2,500 in 10,000."


def test_a_shop_that_is_defended_says_so_with_its_silences(db: sqlite3.Connection) -> None:
    insert(db, "stock_link", account="loja", heard_at=to_text(NOW), behind_since=to_text(NOW), defence="behind")
    insert(db, "silence", account="loja", began_at=to_text(NOW - timedelta(hours=3)), failed=1)
    insert(db, "silence", account="loja", began_at=to_text(NOW - timedelta(hours=9)), failed=0)
    first, second = keeping_up_lines(standing(db))
    assert first.startswith("It was silent for too long")
    assert second == "Out of reach for too long: 1 time in 7 days."


def test_a_new_shop_has_nothing_to_tell(db: sqlite3.Connection) -> None:
    assert list(keeping_up_lines(standing(db))) == []
