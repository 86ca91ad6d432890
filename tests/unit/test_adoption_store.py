"""What adoption asks of the store at every push and every cycle takes an index, however much a shop holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.adoption.matching import FoundItem, Match, Standing
from engine.model.goods import ProductKey
from engine.publishing import Facet
from engine.store import accounts, publications, shop_items
from engine.store.database import migrate

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "store.db")
    accounts.ensure(connection, "loja", "magento", "Loja")
    yield connection
    connection.close()


def plans(db: sqlite3.Connection, ask: str) -> list[str]:
    """How SQLite answers each statement that this runs."""
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    match ask:
        case "out":
            shop_items.names_in_shop(db, "loja", ["A", "B"])
        case "in":
            shop_items.names_of_ours(db, "loja", ["A", "B"])
        case "to take":
            shop_items.to_take(db, "loja", 10)
        case "send":
            publications.sendable(db, "loja", Facet.CONTENT, 1, NOW)
    db.set_trace_callback(None)
    assert statements
    return [row["detail"] for sql in statements for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]


@pytest.mark.parametrize("ask", ["out", "in", "to take", "send"])
def test_no_question_goes_through_all_items_of_a_shop(db: sqlite3.Connection, ask: str) -> None:
    whole = [plan for plan in plans(db, ask) if plan.endswith("(account=?)") or plan.startswith("SCAN s")]
    assert whole == []


def test_names_are_ours_inside_and_the_shops_outside(db: sqlite3.Connection) -> None:
    shop_items.store_erp_keys(db, [ProductKey(item, "", "", "") for item in ("A", "B", "C")])
    matches = [
        Match(FoundItem("1", "OLD-A", "", ""), Standing.SURE, "gtin", "A"),
        Match(FoundItem("2", "A", "", ""), Standing.SURE, "gtin", "B"),
        Match(FoundItem("3", "C", "", ""), Standing.DOUBTFUL, "gtin", proposals=(("C", "sku"),)),
        Match(FoundItem("4", "XPTO", "", ""), Standing.ONLY_SHOP, "nothing"),
    ]
    shop_items.store_matches(db, "loja", matches, NOW)
    assert shop_items.names_in_shop(db, "loja", ["A", "B", "C"]) == {"A": "OLD-A", "B": "A"}
    names = shop_items.names_of_ours(db, "loja", ["OLD-A", "old-a", "A", "B", "C", "XPTO", "NEW"])
    assert names == {"OLD-A": "A", "old-a": "A", "A": "B", "B": "B@loja", "C": "C@loja"}


def test_looking_again_keeps_what_people_settled_and_forgets_what_is_gone(db: sqlite3.Connection) -> None:
    first = [
        Match(FoundItem("1", "X", "", ""), Standing.ONLY_SHOP, "nothing"),
        Match(FoundItem("2", "Y", "", ""), Standing.ONLY_SHOP, "nothing"),
    ]
    shop_items.store_matches(db, "loja", first, NOW)
    shop_items.settle(db, "loja", {"1": "A"}, "ana")
    again = [
        Match(FoundItem("1", "X2", "", ""), Standing.DOUBTFUL, "name", proposals=(("B", "name"),)),
        Match(FoundItem("3", "A", "", ""), Standing.SURE, "sku", "A"),
    ]
    shop_items.store_matches(db, "loja", again, datetime(2026, 11, 25, tzinfo=UTC))
    rows = db.execute("SELECT remote_id, remote_sku, standing, item FROM shop_item ORDER BY remote_id").fetchall()
    assert [tuple(row) for row in rows] == [("1", "X2", "only-shop", "A"), ("3", "A", "double", None)]
