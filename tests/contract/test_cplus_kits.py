"""Kits, units and texts as C-Plus keeps them: what a kit is made of, what cannot be sold, what is no piece."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.catalogue import bad_days
from engine.model.goods import Catalogue, KitFault, Product
from tests.contract.cplus_store import PRODUCTS, Store

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

ONLINE = [r.VENDA_ONLINE]


@pytest.fixture
async def erp(store: Store) -> AsyncIterator[CPlus]:
    opened = store.erp()
    yield opened
    await opened.close()


def compose(store: Store, kit: str, part: str, quantity: object = 1) -> None:
    """Put a part into a kit, as C-Plus's screen would: nothing is stamped."""
    number = store.rows("SELECT COUNT(*) AS N FROM COMPOSICAO")[0]["N"] + 1
    store.change("UPDATE PRODUTO SET FLAGCOMPOSTO = 'Y' WHERE CODPROD = ?", kit)
    store.change(
        "INSERT INTO COMPOSICAO (CODCOMPOSICAO, CODPROD, REFERCODPROD, QUANTIDADE) VALUES (?, ?, ?, ?)",
        f"T{number}", kit, part, quantity,
    )  # fmt: skip


def edit(store: Store, sku: str, **columns: object) -> None:
    """Change a product without stamping it."""
    sets = ", ".join(f"{column} = ?" for column in columns)
    store.change(f"UPDATE PRODUTO SET {sets} WHERE CODPROD = ?", *columns.values(), sku)


def made_of(read: Catalogue, kit: str) -> dict[str, int]:
    """Ten-thousandths by SKU."""
    return {part.sku: part.quantity_e4 for part in read.kits.parts if part.kit == kit}


def faults(read: Catalogue, kit: str) -> list[KitFault]:
    return [fault for fault in read.kits.faults if fault.kit == kit]


async def product(erp: CPlus, sku: str) -> Product:
    return next(one for one in (await erp.catalogue(ONLINE, None)).products if one.sku == sku)


async def test_a_kit_comes_with_its_parts_whether_they_are_on_sale_or_not(store: Store, erp: CPlus) -> None:
    kit, part, hidden = store.skus()[:3]
    store.change("DELETE FROM PRODUTOCARACTERISTICA WHERE CODPROD = ?", hidden)
    compose(store, kit, part, Decimal("2.5"))
    compose(store, kit, hidden, 12)
    read = await erp.catalogue(ONLINE, None)
    assert made_of(read, kit) == {part: 25_000, hidden: 120_000}
    assert not faults(read, kit)
    stocked = {level.sku for level in (await erp.snapshot([])).stock}
    assert {part, hidden} <= stocked, "a part's stock is read though nobody sells it by itself"


async def test_rows_of_a_product_that_is_not_marked_as_composed_are_a_recipe_and_no_kit(
    store: Store, erp: CPlus
) -> None:
    kit, part = store.skus()[:2]
    compose(store, kit, part)
    edit(store, kit, FLAGCOMPOSTO="N")
    assert not made_of(await erp.catalogue(ONLINE, None), kit)


async def test_a_composition_that_changes_is_seen_at_the_next_look_though_nothing_is_stamped(
    store: Store, erp: CPlus
) -> None:
    kit, part, other = store.skus()[:3]
    store.clock.advance(3600)
    compose(store, kit, part, 2)
    cursor = (await erp.catalogue(ONLINE, None)).cursor
    store.change("UPDATE COMPOSICAO SET QUANTIDADE = 3 WHERE CODPROD = ?", kit)
    compose(store, kit, other)
    read = await erp.catalogue(ONLINE, cursor)
    assert not read.complete
    assert made_of(read, kit) == {part: 30_000, other: 10_000}


async def test_kits_of_kits_are_taken_apart_down_to_goods(store: Store, erp: CPlus) -> None:
    basket, breakfast, cup, plate = store.skus()[:4]
    compose(store, breakfast, cup, 2)
    compose(store, breakfast, plate, Decimal("1.5"))
    compose(store, basket, breakfast, 3)
    compose(store, basket, cup, 1)
    read = await erp.catalogue(ONLINE, None)
    assert made_of(read, basket) == {cup: 70_000, plate: 45_000}


async def test_a_kit_that_is_in_itself_names_who_is_in_whom_and_stops_nobody_else(store: Store, erp: CPlus) -> None:
    one, two, sound, part = store.skus()[:4]
    compose(store, one, two)
    compose(store, two, one)
    compose(store, sound, part)
    read = await erp.catalogue(ONLINE, None)
    assert faults(read, one) == [KitFault(one, "kit-in-itself", f"{one}, {two}")]
    assert faults(read, two) == [KitFault(two, "kit-in-itself", f"{two}, {one}")]
    assert not made_of(read, one)
    assert made_of(read, sound) == {part: 10_000}


@pytest.mark.parametrize("column", ["FLAGINATIVO", "FLAGNAOVENDER"])
async def test_a_kit_with_a_part_that_may_not_be_sold_says_which(store: Store, erp: CPlus, column: str) -> None:
    kit, part, barred = store.skus()[:3]
    compose(store, kit, part)
    compose(store, kit, barred)
    edit(store, barred, **{column: "Y"})
    assert faults(await erp.catalogue(ONLINE, None), kit) == [KitFault(kit, "kit-part-inactive", barred)]


async def test_a_part_without_quantity_makes_no_kit(store: Store, erp: CPlus) -> None:
    kit, part = store.skus()[:2]
    compose(store, kit, part, None)
    read = await erp.catalogue(ONLINE, None)
    assert faults(read, kit) == [KitFault(kit, "kit-part-without-quantity", part)]
    assert not made_of(read, kit)


async def test_which_column_is_the_kit_is_the_stores_to_say(embedded: Store) -> None:
    kit, part = embedded.skus()[:2]
    compose(embedded, kit, part, 4)
    edit(embedded, part, FLAGCOMPOSTO="Y")
    erp = embedded.erp(kit_side="REFERCODPROD")
    assert made_of(await erp.catalogue(ONLINE, None), part) == {kit: 40_000}
    await erp.close()


async def test_a_store_that_packs_its_kits_beforehand_sells_them_from_their_own_stock(embedded: Store) -> None:
    kit, part, by_flag = embedded.skus()[:3]
    compose(embedded, kit, part)
    compose(embedded, by_flag, part)
    edit(embedded, by_flag, FLAGVENDECOMPOSICAO="Y")
    own, flag = embedded.erp(kits="own-stock"), embedded.erp(kits="flag")
    assert (await own.catalogue(ONLINE, None)).kits.parts == ()
    read = await flag.catalogue(ONLINE, None)
    assert not made_of(read, kit)
    assert made_of(read, by_flag) == {part: 10_000}
    await own.close()
    await flag.close()


async def test_a_kit_nobody_weighed_weighs_what_its_parts_do(store: Store, erp: CPlus) -> None:
    kit, one, two = store.skus()[:3]
    compose(store, kit, one, 2)
    compose(store, kit, two, 1)
    edit(store, kit, PESOBRUTO=0, PESOLIQUIDO=None)
    edit(store, one, PESOBRUTO=Decimal("0.3"))
    edit(store, two, PESOBRUTO=None, PESOLIQUIDO=Decimal("0.45"))
    assert (await product(erp, kit)).weight_kg == Decimal("1.05")
    edit(store, two, PESOLIQUIDO=None)
    assert (await product(erp, kit)).weight_kg is None, "half a weight would be a wrong one"
    edit(store, kit, PESOBRUTO=Decimal(2))
    assert (await product(erp, kit)).weight_kg == Decimal(2)


# --- prices of kits ---------------------------------------------------------------------------------------------------


async def test_a_kit_without_a_price_of_its_own_may_cost_what_its_parts_cost(embedded: Store) -> None:
    kit, one, two = embedded.skus()[:3]
    compose(embedded, kit, one, 2)
    compose(embedded, kit, two, Decimal("0.5"))
    embedded.change("DELETE FROM PRODUTOPRECO WHERE CODPROD = ? AND CODPRECO = ?", kit, r.VAREJO)
    for sku, price in ((one, "10.00"), (two, "3.33")):
        embedded.change(
            "UPDATE PRODUTOPRECO SET PRECO = ? WHERE CODPROD = ? AND CODPRECO = ?", Decimal(price), sku, r.VAREJO
        )
    own, summed = embedded.erp(), embedded.erp(kit_price="sum")
    assert (kit, r.VAREJO) not in await listed(own)
    prices = await listed(summed)
    assert prices[kit, r.VAREJO] == 2167, "20.00 and 1.665"
    assert prices[kit, r.ATACADO] == (await listed(own))[kit, r.ATACADO], "a price of its own counts first"

    _, cursor = await summed.prices(None)
    embedded.change("UPDATE COMPOSICAO SET QUANTIDADE = 3 WHERE CODPROD = ? AND REFERCODPROD = ?", kit, one)
    found, _ = await summed.prices(cursor)
    assert found is not None, "another composition is another price"
    embedded.change("DELETE FROM PRODUTOPRECO WHERE CODPROD = ? AND CODPRECO = ?", two, r.VAREJO)
    assert (kit, r.VAREJO) not in await listed(summed), "what costs nobody knows how much has no price"
    await own.close()
    await summed.close()


async def listed(erp: CPlus) -> dict[tuple[str, str], int]:
    found, _ = await erp.prices(None)
    assert found is not None
    return {(price.sku, price.table): price.cents for price in found.prices}


# --- units, stock control, texts --------------------------------------------------------------------------------------


async def test_goods_by_weight_or_length_are_no_pieces_and_everything_else_is(store: Store, erp: CPlus) -> None:
    cup = store.skus()[0]
    cloth = store.rows("SELECT FIRST 1 CODPROD FROM PRODUTO WHERE UNIDADE = 'MT'")[0]["CODPROD"]
    assert (await product(erp, cup)).whole
    assert not (await product(erp, cloth)).whole
    store.change("UPDATE UNIDADE SET FLAGQUANTIDADEUNITARIA = 'Y' WHERE CODIGO = 'MT'")
    assert (await product(erp, cloth)).whole, "a store that sells cloth in whole metres"


async def test_services_and_goods_without_stock_control_are_told_apart(store: Store, erp: CPlus) -> None:
    service, uncontrolled, silent, kit = store.skus()[:4]
    edit(store, service, FLAGSERVICO="Y")
    edit(store, uncontrolled, FLAGCONTROLAESTOQUE="N")
    edit(store, silent, FLAGCONTROLAESTOQUE=None, FLAGSERVICO=None)
    compose(store, kit, service)
    assert [(await product(erp, sku)).counted for sku in (service, uncontrolled, silent, kit)] == [
        False,
        False,
        True,
        False,
    ]
    compose(store, kit, silent)
    assert (await product(erp, kit)).counted


async def test_a_text_typed_in_a_word_processor_reaches_the_shop_without_its_code(store: Store, erp: CPlus) -> None:
    assert (await product(erp, bad_days(PRODUCTS)["text as RTF"])).description == "Descrição antiga."
    sku = store.skus()[0]
    edit(store, sku, DESCRICAOWEB=r"{\rtf1\ansi\ansicpg1252 Caneca <forte> & leve\par Lava-lou\'e7as: sim\par}")
    assert (await product(erp, sku)).description == "Caneca &lt;forte&gt; &amp; leve<br>\nLava-louças: sim"
