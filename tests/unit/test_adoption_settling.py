"""What a person may say of a doubtful item, and what is refused with its reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.adoption.matching import FoundItem, Match, Standing
from engine.adoption.reopening import not_reopened, reopen
from engine.adoption.settling import wrong_rows
from engine.model.goods import ProductKey
from engine.store import accounts, shop_items
from engine.store.database import migrate

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "store.db")
    accounts.ensure(connection, "loja", "magento", "Loja")
    keys = [ProductKey(item, "", "", "") for item in ("A", "B", "C")]
    shop_items.store_erp_keys(connection, [*keys, ProductKey("D", "", "", "", parent="7")])
    doubtful, twice = Standing.DOUBTFUL, Standing.DOUBLE
    matches = [
        Match(FoundItem("1", "X", "", ""), doubtful, "name", proposals=(("A", "name"), ("B", "name"))),
        Match(FoundItem("2", "Y", "", ""), doubtful, "name", proposals=(("B", "name"),)),
        Match(FoundItem("3", "C", "", ""), Standing.SURE, "sku", "C"),
        Match(FoundItem("4", "G", "", "", "grid"), Standing.ONLY_SHOP, "nothing"),
        Match(FoundItem("5", "Z", "", ""), twice, "sku-twice", proposals=(("A", "sku"),)),
    ]
    shop_items.store_matches(connection, "loja", matches, NOW)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("decisions", "wrong"),
    [
        ({"1": "A", "2": "B", "4": "G7"}, {}),
        ({"1": None, "3": None}, {}),
        ({"3": "A", "1": "C"}, {}),  # two that were crossed, both named
        ({"9": "A"}, {"9": "no-row"}),
        ({"1": "Q"}, {"1": "no-item"}),
        ({"1": "C"}, {"1": "item-taken"}),
        ({"1": "B", "2": "B"}, {"1": "item-twice", "2": "item-twice"}),
        ({"4": "A"}, {"4": "wrong-kind"}),
        ({"1": "G7"}, {"1": "wrong-kind"}),
        ({"5": "A"}, {"5": "sku-stands-twice"}),
        ({"5": None}, {}),
    ],
)
def test_each_decision_is_checked_against_what_the_shop_and_the_erp_have(
    db: sqlite3.Connection, decisions: dict[str, str | None], wrong: dict[str, str]
) -> None:
    assert wrong_rows(db, "loja", "G", decisions) == wrong


def test_what_was_taken_over_stays_what_it_is(db: sqlite3.Connection) -> None:
    shop_items.taken(db, "loja", ["C"], NOW)
    assert wrong_rows(db, "loja", "G", {"3": "A"}) == {"3": "taken-over"}
    assert wrong_rows(db, "loja", "G", {"3": "C"}) == {}


def test_crossed_items_change_places_in_one_go(db: sqlite3.Connection) -> None:
    shop_items.settle(db, "loja", {"3": "A", "1": "C"}, "ana")
    rows = db.execute("SELECT remote_id, item FROM shop_item WHERE item IS NOT NULL ORDER BY remote_id").fetchall()
    assert [tuple(row) for row in rows] == [("1", "C"), ("3", "A")]


def proposals(db: sqlite3.Connection, remote_id: str) -> dict[str, str]:
    rows = db.execute("SELECT item, reason FROM shop_proposal WHERE remote_id = ?", (remote_id,))
    return dict(rows.fetchall())


@pytest.mark.parametrize("decided", [{"1": "A"}, {"1": None}, {"1": "A", "2": "B"}])
def test_what_is_taken_back_waits_for_a_person_as_before(
    db: sqlite3.Connection, decided: dict[str, str | None]
) -> None:
    db.execute("PRAGMA foreign_keys = ON")
    before = {remote_id: tuple(shop_items.row(db, "loja", remote_id) or ()) for remote_id in decided}
    shop_items.settle(db, "loja", decided, "ana")
    assert not proposals(db, "1")
    reopen(db, "loja", "G", decided)
    assert proposals(db, "1") == {"A": "name", "B": "name"}
    assert {remote_id: tuple(shop_items.row(db, "loja", remote_id) or ()) for remote_id in decided} == before


def test_a_sure_match_that_somebody_doubts_is_proposed_and_no_more(db: sqlite3.Connection) -> None:
    reopen(db, "loja", "G", ["3"])
    row = shop_items.row(db, "loja", "3")
    assert row is not None
    assert (row["item"], row["standing"]) == (None, "doubtful")
    assert proposals(db, "3") == {"C": "sku"}
    shop_items.settle(db, "loja", {"3": "A"}, "ana")
    reopen(db, "loja", "G", ["3"])
    assert proposals(db, "3") == {"C": "sku"}


def test_a_decision_about_what_has_changed_meanwhile_is_refused(db: sqlite3.Connection) -> None:
    row = shop_items.row(db, "loja", "1")
    assert row is not None
    seen = {"1": shop_items.seen_as(row)}
    assert wrong_rows(db, "loja", "G", {"1": "A"}, seen) == {}
    shop_items.settle(db, "loja", {"1": "B"}, "bia")
    assert wrong_rows(db, "loja", "G", {"1": "A"}, seen) == {"1": "changed-meanwhile"}
    assert not_reopened(db, "loja", ["1"], seen) == {"1": "changed-meanwhile"}
    assert not_reopened(db, "loja", ["1", "2", "9"], {}) == {"2": "not-settled", "9": "no-row"}
