"""Text search: a word that somebody types finds what begins with it, however it is written, as soon as it is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.reading import search
from console.reading.orders import order_ids
from console.reading.reader import open_readonly
from engine.model.channel import Parcel, Track
from engine.model.goods import Catalogue, Product, ProductKey
from engine.orders import Fulfilment, Payment
from engine.store import mirror, parcels, shop_items
from engine.store.database import migrate, migrations
from tests.console.builder import NFE_KEY, StoreFile

SEARCH = 17
INDEXES = ("order_search", "product_search", "customer_search")
SHIRT = Product("000000009", "1009", "CAMISETA BASICA AZUL", web_name="Camiseta básica", gtin="7891000315507")


@pytest.fixture
def reader(store: StoreFile) -> Iterator[sqlite3.Connection]:
    db = open_readonly(store.path)
    yield db
    db.close()


def in_step(db: sqlite3.Connection) -> None:
    """Raises where an index has other words than its rows."""
    for index in INDEXES:
        db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")


def read(*products: Product) -> Catalogue:
    return Catalogue(products, (), (), complete=True, cursor="")


def skus(db: sqlite3.Connection, text: str) -> list[str]:
    return [row["sku"] for row in db.execute(search.SKUS, {"words": search.pattern(text)})]


@pytest.mark.parametrize(
    "typed",
    [
        "200000345", "345", "conceicao", "JOÃO conc", "conc joao", "529.982.247-25", "52998224725", "529.982",
        "maria@example.com", "maria@exa", "LC-200000345",
    ],
)  # fmt: skip
def test_an_order_is_found_by_what_people_know_of_it(store: StoreFile, reader: sqlite3.Connection, typed: str) -> None:
    id = store.order("200000345", buyer="João da Conceição")
    store.order("200000777", buyer="Ana Prado", buyer_id="8")
    store.db.execute(
        "UPDATE sales_order SET buyer_document = '11144477735', buyer_email = 'ana@loja.example' WHERE id <> ?", [id]
    )
    assert list(order_ids(reader, "decide", typed)) == [id]
    in_step(store.db)


def test_an_order_is_found_by_the_numbers_that_come_later(store: StoreFile, reader: sqlite3.Connection) -> None:
    id = store.order("000000100", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    store.order("000000200", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    known: dict[str, str] = {
        "erp_number": "000004711",
        "nfe_key": NFE_KEY,
        "nfe_number": "8812",
        "tracking": "QB123456785BR",
    }
    for column, value in known.items():
        assert not order_ids(reader, "all", value)
        store.db.execute(f"UPDATE sales_order SET {column} = ? WHERE id = ?", [value, id])
        assert list(order_ids(reader, "all", value)) == [id]
    assert list(order_ids(reader, "all", "4711")) == [id]
    in_step(store.db)


def test_a_number_kept_for_an_order_that_is_not_written_yet_finds_nothing(
    store: StoreFile, reader: sqlite3.Connection
) -> None:
    id = store.order("000000100", fulfilment=Fulfilment.RECEIVED)
    store.db.execute("UPDATE sales_order SET erp_written_at = NULL, erp_number = '000004711' WHERE id = ?", [id])
    assert not order_ids(reader, "all", "4711")


def test_every_parcel_of_an_order_is_found_and_a_code_that_was_corrected_no_more(
    store: StoreFile, reader: sqlite3.Connection
) -> None:
    id = store.order("000000100")
    parcel = Parcel("7", "100", store.now, (Track("Correios", "QB111111111BR"), Track("Correios", "QB222222222BR")))
    parcels.keep(store.db, "loja", parcel)
    assert list(order_ids(reader, "all", "QB222222222BR")) == [id]
    parcels.keep(store.db, "loja", replace(parcel, tracks=(Track("Correios", "QB333333333BR"),)))
    assert list(order_ids(reader, "all", "qb333")) == [id]
    assert not order_ids(reader, "all", "QB222222222BR")
    in_step(store.db)


def test_a_parcel_told_under_another_order_is_found_there_alone(store: StoreFile, reader: sqlite3.Connection) -> None:
    first, second = store.order("000000100"), store.order("000000200")
    of = dict(reader.execute("SELECT id, external_id FROM sales_order").fetchall())
    parcel = Parcel("7", of[first], store.now, (Track("Correios", "QB111111111BR"),))
    parcels.keep(store.db, "loja", parcel)
    parcels.keep(store.db, "loja", replace(parcel, order_id=of[second]))
    assert list(order_ids(reader, "all", "QB111111111BR")) == [second]
    in_step(store.db)


def test_a_product_is_found_in_the_mirror_and_among_the_keys_that_adoption_read(
    store: StoreFile, reader: sqlite3.Connection
) -> None:
    key = ProductKey("000000012", "1012", "7891000100103", "Caneca de porcelana")
    shop_items.store_erp_keys(store.db, [key, ProductKey("000000009", "1009", "", "Camiseta")])
    mirror.store_catalogue(store.db, read(SHIRT), ["VENDA ON-LINE"])
    for typed in ("000000009", "9", "1009", "basica cami", "azul", "789100031"):
        assert skus(reader, typed) == ["000000009"], typed
    assert skus(reader, "porcel") == ["000000012"]
    in_step(store.db)
    # it is called otherwise, and C-Plus forgets the other
    mirror.store_catalogue(store.db, read(replace(SHIRT, name="REGATA", web_name="")), [])
    shop_items.store_erp_keys(store.db, [])
    assert skus(reader, "regata") == ["000000009"]
    assert not skus(reader, "camiseta")
    assert not skus(reader, "porcelana")
    in_step(store.db)


def test_a_customer_is_found_by_name_document_mail_and_code(store: StoreFile, reader: sqlite3.Connection) -> None:
    store.order("000000100", buyer="Íris Gonçalves")
    id = store.db.execute("SELECT customer_id FROM sales_order").fetchone()[0]
    store.db.execute("UPDATE customer SET erp_code = '000000042' WHERE id = ?", [id])

    def found(text: str) -> list[int]:
        return [row[0] for row in reader.execute(search.CUSTOMERS, {"words": search.pattern(text)})]

    for typed in ("iris gonc", "529.982.247-25", "maria@example.com", "42"):
        assert found(typed) == [id], typed
    store.db.execute("UPDATE customer SET name = 'Íris Prado' WHERE id = ?", [id])
    assert not found("goncalves")
    in_step(store.db)


def test_a_store_of_an_earlier_version_is_searched_as_soon_as_it_is_opened(state_folder: Path) -> None:
    path = state_folder / "integra.db"
    state_folder.mkdir(exist_ok=True)
    db = sqlite3.connect(path, isolation_level=None)
    db.row_factory = sqlite3.Row
    migrate(db, path, [step for step in migrations() if step[0] < SEARCH])
    mirror.store_catalogue(db, read(SHIRT), ["VENDA ON-LINE"])
    migrate(db, path)
    assert skus(db, "básica") == ["000000009"]
    in_step(db)
    db.close()


@pytest.mark.parametrize("typed", ['"', "'", "AND", "x OR y", "NEAR(", "^a", "a:b", "-a", "*", "(", "\0", '")*', "{a}"])
def test_whatever_is_typed_is_text(reader: sqlite3.Connection, typed: str) -> None:
    assert len(order_ids(reader, "all", typed)) == 0
