"""The newest C-Plus, an older one, and bases without half or all of what may be missing: the same work on each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.cplus.base import layout as layouts_met
from connectors.cplus.base.firebird import Database
from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import copy_base, local
from engine.model.erp import ErpOrderState
from tests.contract.cplus_store import BUYER, HandClock, Store, order_for
from tests.layouts import base as layouts

pytestmark = pytest.mark.anyio

CUSTOMER = "00000002"
NEWEST, LEGACY = "newest", "legacy"
CUT = {"newest-odd": slice(1, None, 2), "newest-even": slice(0, None, 2), "newest-bare": slice(None)}
LAYOUTS = (NEWEST, LEGACY, *CUT)
OPTIONS_COLUMNS = frozenset({"ORCAMENTO.NUMPEDCLIENTE"})  # where the shop's number stands is the installer's choice
OLDER_KEYS: dict[str, Any] = {"user_code": "003"}


def on_paper(name: str) -> layouts.LayoutOnPaper:
    if name in (NEWEST, LEGACY):
        return layouts.read(name)
    return layouts.read(NEWEST).without(CUT[name], OPTIONS_COLUMNS)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Bases by their layout, each built when it is first asked for."""
    folder = tmp_path_factory.mktemp("layouts")
    return {name: folder / f"{name}.fdb" for name in LAYOUTS}


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> str:
    found = request.param
    assert isinstance(found, str)
    return found


@pytest.fixture
def store(layout: str, templates: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if layout == LEGACY:  # its Firebird 2.5 keeps no versions of rows
        monkeypatch.setattr(layouts_met, "RECORD_VERSIONS_SINCE", math.inf)
    template = templates[layout]
    if not template.exists():
        layouts.create(Database(str(template)), on_paper(layout), local(HandClock()))
    found = Store(copy_base(template, tmp_path / "store.fdb"))
    yield found
    found.close()


@pytest.fixture
def columns(layout: str) -> layouts.LayoutOnPaper:
    return on_paper(layout)


def connected(store: Store, layout: str) -> CPlus:
    return store.erp(**(OLDER_KEYS if layout == LEGACY else {}))


def put_stock(store: Store, sku: str, on_hand: int) -> None:
    store.change("UPDATE PRODUTOESTOQUE SET ESTATU = 0, RESERVADOORCAMENTO = 0 WHERE CODPROD = ?", sku)
    store.change(
        "UPDATE PRODUTOESTOQUE SET ESTATU = ? WHERE CODPROD = ? AND CODSETORESTOQUE = ?", Decimal(on_hand), sku, r.LOJA
    )
    assert store.held(sku)[0] == on_hand


def a_sku(store: Store) -> str:
    """A product that stands in the first sector and is sold."""
    return str(
        store.rows(
            "SELECT FIRST 1 e.CODPROD FROM PRODUTOESTOQUE e JOIN PRODUTO p ON p.CODPROD = e.CODPROD"
            " WHERE p.FLAGINATIVO = 'N' AND e.CODSETORESTOQUE = ? ORDER BY e.CODPROD",
            r.LOJA,
        )[0]["CODPROD"]
    )


async def state_of(erp: CPlus, key: str) -> ErpOrderState:
    (state,) = (await erp.snapshot([key], stock=False)).orders
    return state


async def test_the_base_is_named_with_its_last_order(store: Store, layout: str) -> None:
    erp = connected(store, layout)
    identity = await erp.identity()
    assert identity.cnpj == r.COMPANY_CNPJ
    codes = await erp.take_order_codes()
    put_stock(store, sku := a_sku(store), 1)
    await erp.write_order(codes, order_for(CUSTOMER, (sku, 1)))
    assert (await erp.identity()).last_order_code == codes.key
    await erp.close()


async def test_the_catalogue_is_what_is_marked_and_marking_moves_it(
    store: Store, layout: str, columns: layouts.LayoutOnPaper
) -> None:
    erp = connected(store, layout)
    found = await erp.catalogue([r.VENDA_ONLINE], None)
    by_sku = {product.sku: product for product in found.products or ()}
    marked = store.rows("SELECT c.CODPROD FROM PRODUTOCARACTERISTICA c WHERE CAST(c.CODCARACTERISTICA AS INTEGER) = 5")
    assert set(by_sku) == {row["CODPROD"] for row in marked} != set()
    names = {row["CODPROD"]: row["NOMEPROD"] for row in store.rows("SELECT CODPROD, NOMEPROD FROM PRODUTO")}
    has = columns.columns["PRODUTO"]
    for sku, product in by_sku.items():
        assert product.name == names[sku] or "NOMEPRODWEB" in has
        assert bool(product.categories) == ("CODSEC" in has)
    assert any(product.parent for product in by_sku.values()) == ("CODPRODGRADE" in has)
    sku = min(by_sku)
    await erp.set_online(sku, r.VENDA_ONLINE, online=False)
    left = await erp.catalogue([r.VENDA_ONLINE], found.cursor)
    assert {product.sku for product in left.products or ()} == set(by_sku) - {sku}
    await erp.set_online(sku, r.VENDA_ONLINE, online=True)
    again = await erp.catalogue([r.VENDA_ONLINE], left.cursor)
    assert {product.sku for product in again.products or ()} == set(by_sku)
    cursor = again.cursor
    for name in ("NOME NOVO", "OUTRO NOME NO MESMO SEGUNDO"):
        stamped = local(store.clock)
        store.change("UPDATE PRODUTO SET NOMEPROD = ?, LAST_CHANGE = ? WHERE CODPROD = ?", name, stamped, sku)
        renamed = await erp.catalogue([r.VENDA_ONLINE], cursor)
        assert name in {product.name for product in renamed.products}
        cursor = renamed.cursor
    await erp.close()


async def test_prices_of_all_tables_are_read_and_a_changed_one_is_noticed(store: Store, layout: str) -> None:
    erp = connected(store, layout)
    assert len(await erp.price_tables()) == 3
    prices, cursor = await erp.prices(None)
    assert prices is not None
    stand = store.rows("SELECT CODPROD, CODPRECO, PRECO FROM PRODUTOPRECO WHERE PRECO > 0")
    assert {(price.sku, price.table): price.cents for price in prices.prices} == {
        (row["CODPROD"], row["CODPRECO"]): int(row["PRECO"] * 100) for row in stand
    }
    assert (await erp.prices(cursor))[0] is None
    store.change("UPDATE PRODUTOPRECO SET PRECO = 12.34 WHERE CODPROD = ?", stand[0]["CODPROD"])
    changed, _ = await erp.prices(cursor)
    assert changed is not None
    assert 1234 in {price.cents for price in changed.prices if price.sku == stand[0]["CODPROD"]}
    await erp.close()


async def test_photos_are_read_by_stamp_and_by_key(store: Store, layout: str) -> None:
    erp = connected(store, layout)
    stamps, cursor = await erp.photo_stamps(None)
    stand = {row["CODPRODFOTO"]: row["FOTO"] for row in store.rows("SELECT CODPRODFOTO, FOTO FROM PRODUTOFOTO")}
    assert stamps is not None
    assert {stamp.key for stamp in stamps} == set(stand)
    photo = bytes(stand[stamps[0].key])
    assert await erp.photo(stamps[0].key) == photo
    assert await erp.photo_stamps(cursor) == (None, cursor)
    another = photo[:100] + bytes([photo[100] ^ 1]) + photo[101:]
    store.change("UPDATE PRODUTOFOTO SET FOTO = ? WHERE CODPRODFOTO = ?", another, stamps[0].key)
    changed, _ = await erp.photo_stamps(cursor)
    assert changed is not None
    assert {stamp.stamp for stamp in changed} != {stamp.stamp for stamp in stamps}
    await erp.close()


async def test_a_customer_is_created_found_and_changed(store: Store, layout: str) -> None:
    erp = connected(store, layout)
    _, cursor = await erp.customers(None)
    code = await erp.take_customer_code()
    await erp.create_customer(code, BUYER, None)
    (found,) = await erp.find_customers(BUYER.document, "")
    assert (found.code, found.person.document) == (code, BUYER.document)
    assert found.person.name.startswith("MARIA DAS GRAÇAS NGUY")
    await erp.update_customer(code, {"street": "Avenida Ipiranga", "number": "6681", "complement": "sala 2"})
    changed, _ = await erp.customers(cursor)
    (seen,) = [customer for customer in changed if customer.code == code]
    assert (seen.person.address.street, seen.person.address.number) == ("AVENIDA IPIRANGA", "6681")
    assert store.rows("SELECT 1 AS TAGGED FROM CLIENTECARACTERISTICA WHERE CODCLI = ?", code)
    await erp.close()


async def test_an_order_is_written_reserved_read_back_and_cancelled(store: Store, layout: str) -> None:
    erp = connected(store, layout)
    sku = a_sku(store)
    put_stock(store, sku, 3)
    codes = await erp.take_order_codes()
    order = order_for(CUSTOMER, (sku, 2))
    assert (await erp.write_order(codes, order)).reserved
    assert (await erp.write_order(codes, order)).reserved, "the same again is the same order"
    assert store.held(sku) == (3, 2)
    (state,) = await erp.find_orders(order.reference)
    assert (state.key, state.reserved, state.cancelled, state.total) == (codes.key, True, False, order.total)
    levels = (await erp.snapshot([])).stock
    assert [
        (level.on_hand_e4, level.reserved_e4) for level in levels if (level.sku, level.sector) == (sku, r.LOJA)
    ] == [(30_000, 20_000)]
    second = await erp.take_order_codes()
    short = await erp.write_order(second, replace(order, reference="M1000002"))
    assert short.short_skus == (sku,)
    assert (await erp.cancel_order(codes.key, "desistiu")).state.cancelled
    assert store.held(sku) == (3, 0)
    assert (await erp.reserve_order(second.key)).reserved
    assert not (await erp.release_order(second.key)).state.reserved
    assert store.held(sku) == (3, 0)
    assert not (await state_of(erp, second.key)).reserved
    await erp.close()


async def test_a_line_whose_goods_lie_in_two_sectors_is_shared_out_whatever_columns_it_has(
    store: Store, layout: str
) -> None:
    erp = connected(store, layout)
    sku = a_sku(store)
    put_stock(store, sku, 3)
    store.change(
        "UPDATE OR INSERT INTO PRODUTOESTOQUE (CODPROD, CODEMPRESA, CODSETORESTOQUE, ESTATU, RESERVADOORCAMENTO)"
        " VALUES (?, 1, ?, 2, 0) MATCHING (CODPROD, CODEMPRESA, CODSETORESTOQUE)",
        sku,
        r.DEPOSITO,
    )
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, order_for(CUSTOMER, (sku, 4)))).reserved
    lines = store.rows("SELECT QUANTIDADE FROM ORCAMENTOPROD WHERE CODORC = ? ORDER BY QUANTIDADE", codes.key)
    assert [line["QUANTIDADE"] for line in lines] == [1, 3]
    assert store.held(sku) == (5, 4)
    await erp.cancel_order(codes.key, "")
    assert store.held(sku) == (5, 0)
    await erp.close()
