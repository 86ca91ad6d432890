"""What C-Plus says of prices: tables, quantities, promotions, other currencies; and that a quiet base is not read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

import pytest

from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from engine.model.goods import LeftOut, PriceList, Promotion, QuantityPrice
from tests.contract.cplus_store import Store

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

# The store's clock says 2 March 2026.
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 15)


@pytest.fixture
async def erp(store: Store) -> AsyncIterator[CPlus]:
    opened = store.erp()
    yield opened
    await opened.close()


async def read(erp: CPlus, cursor: str | None = None) -> PriceList:
    found, _ = await erp.prices(cursor)
    assert found is not None
    return found


def of(found: PriceList, sku: str) -> dict[str, int]:
    return {price.table: price.cents for price in found.prices if price.sku == sku}


def steps(found: PriceList, sku: str) -> set[QuantityPrice]:
    return {price for price in found.quantity_prices if price.sku == sku}


def promote(
    store: Store,
    sku: str,
    price: str,
    first: date | None,
    last: date | None,
    *,
    code: str = "900000001",
    **more: object,
) -> None:
    """A promotion of its own for one product."""
    header = {"CODPROMOCAO": code, "NOMEPROMOCAO": f"PROMO {code}", "DATAINI": first, "DATAFIN": last}
    row = {"CODPROMOCAOPRODUTO": code, "CODPROMOCAO": code, "CODPROD": sku, "PRECO": Decimal(price)}
    for table, values in (
        ("PROMOCAO", header | {key: value for key, value in more.items() if key == "CODFP"}),
        ("PROMOCAOPRODUTO", row | {key: value for key, value in more.items() if key != "CODFP"}),
    ):
        marks = ", ".join("?" * len(values))
        store.change(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())


def add_step(store: Store, key: int, sku: str, quantity: object, table: str | None = r.VAREJO, **off: object) -> None:
    values = {"CODPRODUTOPRECOESCALONADO": r.key(key), "CODPROD": sku, "CODPRECO": table, "QUANTIDADE": quantity, **off}
    marks = ", ".join("?" * len(values))
    store.change(f"INSERT INTO PRODUTOPRECOESCALONADO ({', '.join(values)}) VALUES ({marks})", *values.values())


async def test_who_buys_ten_pays_the_price_written_for_ten(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.staff.set_price(sku, r.ATACADO, Decimal("30.00"))
    store.change("UPDATE PRODUTOPRECO SET QUANTIDADEMINIMA = 10 WHERE CODPROD = ? AND CODPRECO = ?", sku, r.ATACADO)
    found = await read(erp)
    assert r.ATACADO not in of(found, sku), "it is not the price of one piece"
    assert steps(found, sku) == {QuantityPrice(sku, r.ATACADO, 100_000, 3000)}


async def test_discounts_by_quantity_come_off_the_price_of_their_table(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.staff.set_price(sku, r.VAREJO, Decimal("39.90"))
    store.staff.set_price(sku, r.ATACADO, Decimal("30.00"))
    add_step(store, 901, sku, 6, FLAGTIPODESCONTO="A", ALIQDESCONTO=Decimal("7.5"))
    add_step(store, 902, sku, Decimal("12.5"), FLAGTIPODESCONTO="V", VALORDESCONTO=Decimal("4.95"))
    add_step(store, 903, sku, 6, r.ATACADO, FLAGTIPODESCONTO="A", ALIQDESCONTO=10)
    found = await read(erp)
    assert of(found, sku)[r.VAREJO] == 3990
    assert steps(found, sku) == {
        QuantityPrice(sku, r.VAREJO, 60_000, 3691),  # 36.9075
        QuantityPrice(sku, r.VAREJO, 125_000, 3495),
        QuantityPrice(sku, r.ATACADO, 60_000, 2700),
    }


async def test_a_discount_that_says_nothing_clear_is_told_and_not_guessed(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.staff.set_price(sku, r.VAREJO, Decimal("10.00"))
    before = await read(erp)
    add_step(store, 901, sku, 6, FLAGTIPODESCONTO="A", ALIQDESCONTO=100)
    add_step(store, 902, sku, 1, FLAGTIPODESCONTO="A", ALIQDESCONTO=10)
    add_step(store, 903, sku, 8, None, FLAGTIPODESCONTO="A", ALIQDESCONTO=10)
    add_step(store, 904, sku, 9, FLAGTIPODESCONTO="V")
    found = await read(erp)
    assert found.quantity_prices == before.quantity_prices
    assert LeftOut("price-step-unclear", "", 4, sku) in found.left_out


async def test_a_promotion_has_its_days_and_one_that_is_over_is_gone(store: Store, erp: CPlus) -> None:
    sku, other = store.skus()[:2]
    promote(store, sku, "19.90", FIRST, LAST)
    promote(store, sku, "15.00", date(2026, 4, 1), None, code="900000002")
    promote(store, other, "9.90", date(2026, 2, 1), date(2026, 3, 1), code="900000003")
    found = await read(erp)
    assert {promotion for promotion in found.promotions if promotion.sku in (sku, other)} == {
        Promotion(sku, 1990, FIRST, LAST),
        Promotion(sku, 1500, date(2026, 4, 1), None),
    }
    _, cursor = await erp.prices(None)
    store.clock.advance(14 * 86_400)
    found = await read(erp, cursor)
    assert Promotion(sku, 1990, FIRST, LAST) not in found.promotions


async def test_a_promotion_for_a_quantity_or_for_one_way_to_pay_is_told_and_not_shown_to_everybody(
    store: Store, erp: CPlus
) -> None:
    sku = store.skus()[0]
    promote(store, sku, "19.90", FIRST, LAST, QUANTIDADEMINIMA=Decimal(3))
    promote(store, sku, "18.90", FIRST, LAST, code="900000002", CODFP=r.AT_SIGHT)
    found = await read(erp)
    assert not [promotion for promotion in found.promotions if promotion.sku == sku]
    assert {told for told in found.left_out if told.sku == sku} == {
        LeftOut("promotion-for-quantity", "PROMO 900000001", 1, sku),
        LeftOut("promotion-for-payment", "PROMO 900000002", 1, sku),
    }


async def test_a_price_in_dollars_is_left_out_and_told_unless_the_store_wants_it_converted(store: Store) -> None:
    sku = store.skus()[0]
    store.staff.set_price(sku, r.VAREJO, Decimal("10.0100"))
    store.staff.set_price(sku, r.ATACADO, Decimal("9.00"))
    store.change("UPDATE PRODUTOPRECO SET CODMOEDA = ? WHERE CODPROD = ? AND CODPRECO = ?", r.DOLLAR, sku, r.VAREJO)
    store.change("UPDATE PRODUTOPRECO SET CODMOEDA = ? WHERE CODPROD = ? AND CODPRECO = ?", r.REAL, sku, r.ATACADO)
    plain, converting = store.erp(), store.erp(convert_currencies=True)
    try:
        found = await read(plain)
        assert of(found, sku).keys() == {r.ATACADO, r.REVENDA}
        assert of(found, sku)[r.ATACADO] == 900
        assert LeftOut("price-other-currency", "DÓLAR", 1, sku) in found.left_out
        converted, cursor = await converting.prices(None)
        assert converted is not None
        assert of(converted, sku)[r.VAREJO] == 5255  # 10.01 x 5.25 = 52.5525
        assert not [told for told in converted.left_out if told.code == "price-other-currency"]
        store.change("UPDATE MOEDA SET COTACAO = 5.50 WHERE CODMOEDA = ?", r.DOLLAR)
        assert of(await read(converting, cursor), sku)[r.VAREJO] == 5506
    finally:
        await plain.close()
        await converting.close()


async def test_tables_by_formula_and_inactive_ones_are_named_and_have_no_prices(store: Store, erp: CPlus) -> None:
    store.change("UPDATE PRECO SET FLAGUSAFORMULA = 'Y' WHERE CODPRECO = ?", r.REVENDA)
    store.change("UPDATE PRECO SET FLAGINATIVA = 'Y' WHERE CODPRECO = ?", r.ATACADO)
    tables = {table.key: (table.active, table.computed) for table in await erp.price_tables()}
    assert tables == {r.VAREJO: (True, False), r.ATACADO: (False, False), r.REVENDA: (False, True)}
    assert {price.table for price in (await read(erp)).prices} == {r.VAREJO}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE PRODUTOPRECO SET PRECO = PRECO + 0.01 WHERE CODPROD = '{sku}'",
        "UPDATE PRODUTOPRECO SET QUANTIDADEMINIMA = 3 WHERE CODPROD = '{sku}'",
        f"UPDATE PRODUTOPRECO SET CODMOEDA = '{r.DOLLAR}' WHERE CODPROD = '{{sku}}'",
        f"UPDATE PRECO SET FLAGINATIVA = 'Y' WHERE CODPRECO = '{r.ATACADO}'",
        "UPDATE PRODUTOPRECOESCALONADO SET ALIQDESCONTO = ALIQDESCONTO + 1",
        "UPDATE PRODUTOPRECOESCALONADO SET FLAGTIPODESCONTO = 'V', VALORDESCONTO = 1",
        "UPDATE PROMOCAO SET DATAFIN = DATAFIN - 1",
        "UPDATE PROMOCAO SET DATAFIN = NULL",
        f"UPDATE PROMOCAO SET CODFP = '{r.AT_SIGHT}'",
        "UPDATE PROMOCAOPRODUTO SET PRECO = PRECO - 0.5",
        "UPDATE PROMOCAOPRODUTO SET QUANTIDADEMINIMA = 2",
        "DELETE FROM PROMOCAOPRODUTO",
    ],
)
async def test_nothing_is_read_twice_and_every_kind_of_change_is_seen(embedded: Store, change: str) -> None:
    erp = embedded.erp()
    try:
        before, cursor = await erp.prices(None)
        assert await erp.prices(cursor) == (None, cursor)
        embedded.change(change.format(sku=embedded.skus()[0]))
        after, _ = await erp.prices(cursor)
        assert after is not None
        assert after != before
    finally:
        await erp.close()


async def test_an_older_base_has_prices_and_nothing_else(store: Store) -> None:
    sku = store.skus()[0]
    store.staff.set_price(sku, r.VAREJO, Decimal("39.90"))
    store.close()
    for table in ("PROMOCAOPRODUTO", "PROMOCAO", "PRODUTOPRECOESCALONADO"):
        store.change(f"DROP TABLE {table}")
    (constraint,) = store.rows(
        "SELECT TRIM(c.RDB$CONSTRAINT_NAME) AS NAME FROM RDB$RELATION_CONSTRAINTS c JOIN RDB$INDEX_SEGMENTS s"
        " ON s.RDB$INDEX_NAME = c.RDB$INDEX_NAME WHERE c.RDB$RELATION_NAME = 'PRODUTOPRECO'"
        " AND s.RDB$FIELD_NAME = 'CODMOEDA'"
    )
    store.change(f"ALTER TABLE PRODUTOPRECO DROP CONSTRAINT {constraint['NAME']}")
    store.change("ALTER TABLE PRODUTOPRECO DROP CODMOEDA, DROP QUANTIDADEMINIMA")
    store.change("ALTER TABLE PRECO DROP FLAGINATIVA")
    erp = store.erp()
    try:
        found, cursor = await erp.prices(None)
        assert found is not None
        assert of(found, sku)[r.VAREJO] == 3990
        assert (found.quantity_prices, found.promotions, found.left_out) == ((), (), ())
        assert await erp.prices(cursor) == (None, cursor)
    finally:
        await erp.close()
