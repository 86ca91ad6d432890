"""What the catalogue reads: the right products in each pile, in little time however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from console.reading import catalogue
from console.reading.catalogue import ALL, INCOMPLETE, LISTED_MAX, ON_SALE, PILES, UNFLAGGED, WAITING, WITHHELD
from console.reading.reader import open_readonly
from engine.store import listings
from tests.console.builder import ACCOUNT, StoreFile
from tests.console.goods import BOTTLE, CHEESE, LAMP, MUG, SHIRT, TRAY, goods


@pytest.fixture
def reader(store: StoreFile) -> Iterator[sqlite3.Connection]:
    goods(store)
    db = open_readonly(store.path)
    yield db
    db.close()


def test_each_pile_has_its_products_and_counts_them(store: StoreFile, reader: sqlite3.Connection) -> None:
    listings.set_columns(store.db, "loja", CHEESE.sku, withheld=1)
    found = {pile: catalogue.keys(reader, ACCOUNT, pile) for pile in PILES}
    assert found == {
        ALL: [MUG.sku, CHEESE.sku, BOTTLE.sku, SHIRT.sku, LAMP.sku, TRAY.sku, "G77"],
        ON_SALE: [MUG.sku, CHEESE.sku],
        WAITING: [SHIRT.sku, "G77"],
        INCOMPLETE: [BOTTLE.sku],
        WITHHELD: [CHEESE.sku],
        UNFLAGGED: [LAMP.sku, TRAY.sku],
    }
    assert catalogue.counts(reader, ACCOUNT) == {pile: len(items) for pile, items in found.items()}


@pytest.mark.parametrize("lacking", ["photo", "gtin", "weight_kg"])
def test_whatever_is_missing_of_photo_weight_and_bar_code_makes_it_incomplete(
    store: StoreFile, reader: sqlite3.Connection, lacking: str
) -> None:
    if lacking == "photo":
        store.db.execute("DELETE FROM photo WHERE sku = ?", [MUG.sku])
    else:
        data = '"gtin":""' if lacking == "gtin" else '"weight_kg":null'
        whole = '"gtin":"7891000315507"' if lacking == "gtin" else '"weight_kg":"0.3"'
        store.db.execute("UPDATE product SET data = replace(data, ?, ?) WHERE sku = ?", [whole, data, MUG.sku])
    assert catalogue.keys(reader, ACCOUNT, INCOMPLETE) == [MUG.sku, BOTTLE.sku]
    (row,) = catalogue.rows(reader, ACCOUNT, [MUG.sku]).values()
    assert row.lacks == ({"weight_kg": "weight"}.get(lacking, lacking),)


@pytest.mark.parametrize(
    ("typed", "items"),
    [
        ("caneca", [MUG.sku]), ("1700", [MUG.sku]), ("17", [MUG.sku]), ("bandeja", [TRAY.sku]),
        ("camis", [SHIRT.sku, "G77"]), ("ninguém", []), ('"', []),
    ],
)  # fmt: skip
def test_a_product_is_found_by_what_people_know_of_it(reader: sqlite3.Connection, typed: str, items: list[str]) -> None:
    assert catalogue.keys(reader, ACCOUNT, ALL, typed) == items


@pytest.mark.parametrize(
    ("named", "item"),
    [
        ("1700", MUG.sku),
        ("17", MUG.sku),
        (MUG.sku, MUG.sku),
        ("G77", "G77"),
        ("2300", TRAY.sku),
        ("7891000315507", None),
    ],
)
def test_a_pasted_code_means_one_product_or_none(reader: sqlite3.Connection, named: str, item: str | None) -> None:
    """The bar code stands on several of these products."""
    assert catalogue.item_named(reader, ACCOUNT, named) == item


@pytest.mark.parametrize("pile", PILES)
@pytest.mark.parametrize("text", ["", "caneca"])
def test_no_pile_goes_through_texts_of_the_whole_catalogue(
    store: StoreFile, reader: sqlite3.Connection, pile: str, text: str
) -> None:
    """A million products have a gigabyte of texts: tables that hold them are searched by an index, never scanned."""
    plan: list[str] = []

    def explained(statement: str) -> None:
        if statement.lstrip().startswith("SELECT item"):
            told = store.db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            plan.extend(row["detail"] for row in told)

    store.db.create_function("fold", 1, lambda value: value)
    reader.set_trace_callback(explained)
    catalogue.keys(reader, ACCOUNT, pile, text)
    assert plan
    scans = [step for step in plan if step.startswith("SCAN") and "INDEX" not in step]
    assert not [step for step in scans if step.split()[1] in ("product", "publication", "listing", "erp_key")], scans


def test_of_a_huge_pile_the_first_rows_are_listed_and_no_more_are_counted(
    store: StoreFile, reader: sqlite3.Connection
) -> None:
    many = LISTED_MAX + 50
    store.db.execute("BEGIN")
    store.db.executemany("INSERT INTO sku_number (sku) VALUES (?)", ((f"X{n:08}",) for n in range(many)))
    store.db.execute("COMMIT")
    assert len(catalogue.keys(reader, ACCOUNT, ALL)) == LISTED_MAX
    assert catalogue.counts(reader, ACCOUNT)[ALL] == LISTED_MAX + 1
