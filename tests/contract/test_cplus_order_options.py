"""What an installer sets of orders in C-Plus: reference column, counters, payments, carriers, marketplaces."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.cplus.settings import check
from connectors.sandbox.base import registers as r
from engine.errors import CodeTaken, Refused, StillOpen
from tests.contract.cplus_store import OPTIONS, Store, order_for

pytestmark = pytest.mark.anyio

CUSTOMER = "00000002"
CODORC = "NOMETABELA = 'ORCAMENTO' AND NOMECAMPO = 'CODORC'"


# --- the shop's number ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "reference", "stands"),
    [
        ("NUMPEDCLIENTE", "LJ-100000123", "LJ-100000123"),
        ("ENTREGATELEFONE", "LJ-100000123", "LJ-100000123"),
        ("NUMPEDLOJAVIRTUAL", "1-100000123", "1100000123"),
    ],
)
async def test_the_shops_number_stands_where_the_installer_wants_it(
    store: Store, column: str, reference: str, stands: str
) -> None:
    erp = store.erp(reference_column=column)
    sku = store.skus()[0]
    store.stock(sku, 5)
    codes, order = await erp.take_order_codes(), order_for(CUSTOMER, (sku, 1), reference=reference)
    written = await erp.write_order(codes, order)
    assert written.reference == stands
    (row,) = store.rows(f"SELECT {column} AS REF, OBS FROM ORCAMENTO WHERE CODORC = ?", codes.key)
    assert str(row["REF"]).strip() == stands
    assert order.delivery_phone in row["OBS"] or column != "ENTREGATELEFONE", "the phone is not lost"
    assert await erp.write_order(codes, order) == written, "a retry knows it as its own"
    assert [state.key for state in await erp.find_orders(reference)] == [codes.key]
    with pytest.raises(CodeTaken):
        await erp.write_order(codes, replace(order, reference=reference[:-1] + "4"))
    await erp.close()


@pytest.mark.parametrize(
    ("column", "reference", "code"),
    [
        ("NUMPEDLOJAVIRTUAL", "LJ-100000123", "erp-reference-no-number"),
        ("NUMPEDLOJAVIRTUAL", "3-100000123", "erp-reference-too-long"),
        ("NUMPEDCLIENTE", "LJ-" + "1" * 18, "erp-reference-too-long"),
    ],
)
async def test_a_number_that_the_column_cannot_hold_is_refused_before_anything_is_written(
    embedded: Store, column: str, reference: str, code: str
) -> None:
    erp = embedded.erp(reference_column=column)
    before = embedded.rows("SELECT * FROM CODIGO ORDER BY NOMETABELA, NOMECAMPO")
    with pytest.raises(Refused) as refused:
        await erp.find_orders(reference)
    assert (refused.value.code, refused.value.params["column"]) == (code, column)
    assert embedded.rows("SELECT * FROM CODIGO ORDER BY NOMETABELA, NOMECAMPO") == before
    await erp.close()


async def test_a_number_that_staff_changed_is_told_and_its_order_still_known_by_key(embedded: Store) -> None:
    erp = embedded.erp()
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (embedded.skus()[0], 1)))
    embedded.change("UPDATE ORCAMENTO SET NUMPEDCLIENTE = 'OUTRO' WHERE CODORC = ?", codes.key)
    (state,) = (await erp.snapshot([codes.key])).orders
    assert state.reference == "OUTRO"
    await erp.close()


# --- counters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("style", "first"), [("next", 500), ("last", 501)])
async def test_a_counter_holds_the_next_number_or_the_last_one_given(embedded: Store, style: str, first: int) -> None:
    erp = embedded.erp(counters={"ORCAMENTO.CODORC": style})
    embedded.change(f"UPDATE CODIGO SET ULTIMOCODIGO = 500 WHERE {CODORC}")
    embedded.change("INSERT INTO ORCAMENTO (CODORC) VALUES (?)", f"{first + 1:09d}")
    assert (await erp.take_order_codes()).key == f"{first:09d}"
    assert (await erp.take_order_codes()).key == f"{first + 2:09d}", "past the one another program took"
    (counter,) = embedded.rows(f"SELECT ULTIMOCODIGO AS N FROM CODIGO WHERE {CODORC}")
    assert counter["N"] == (first + 3 if style == "next" else first + 2)
    await erp.close()


async def test_engines_and_tills_that_take_numbers_at_once_never_get_the_same_one(served: Store) -> None:
    engines = [served.erp(lock_timeout_s=3) for _ in range(3)]

    async def take(engine: int) -> list[str]:
        return [(await engines[engine].take_order_codes()).key for _ in range(8)]

    by_till = asyncio.to_thread(lambda: [served.till.take_key("ORCAMENTO", "CODORC") for _ in range(8)])
    *ours, tills = await asyncio.gather(*(take(number) for number in range(3)), by_till)
    for engine in engines:
        await engine.close()
    taken = [key for keys in ours for key in keys] + [key.strip() for key in tills]
    assert len(set(taken)) == len(taken) == 32


async def test_where_the_counter_is_missing_a_named_generator_gives_the_numbers(store: Store) -> None:
    erp = store.erp(generators={"ORCAMENTO.CODORC": "GEN_ORCAMENTO"})
    store.change(f"DELETE FROM CODIGO WHERE {CODORC}")
    assert (await erp.take_order_codes()).key == "000000001", "no such generator either: the highest key and one"
    await erp.close()
    store.change("CREATE SEQUENCE GEN_ORCAMENTO")
    store.change("ALTER SEQUENCE GEN_ORCAMENTO RESTART WITH 700")
    store.change("INSERT INTO ORCAMENTO (CODORC) SELECT '000000' || GEN_ID(GEN_ORCAMENTO, 0) FROM RDB$DATABASE")
    erp = store.erp(generators={"ORCAMENTO.CODORC": "GEN_ORCAMENTO"})
    first, second = (await erp.take_order_codes()).key, (await erp.take_order_codes()).key
    assert int(first) >= 700
    assert int(second) == int(first) + 1
    assert store.rows("SELECT 1 AS ONE FROM ORCAMENTO WHERE CODORC IN (?, ?)", first, second) == []
    await erp.close()


async def test_two_engines_without_any_counter_settle_who_has_the_number(served: Store) -> None:
    served.change("DELETE FROM CODIGO WHERE NOMETABELA = 'ORCAMENTO'")
    sku = served.skus()[0]
    one, two = served.erp(), served.erp()
    codes = await one.take_order_codes()
    assert await two.take_order_codes() == codes, "nothing keeps the highest key from being the highest twice"
    await one.write_order(codes, order_for(CUSTOMER, (sku, 1), reference="A1"))
    with pytest.raises(CodeTaken):
        await two.write_order(codes, order_for(CUSTOMER, (sku, 1), reference="B1"))
    assert (await two.take_order_codes()).key != codes.key
    await one.close()
    await two.close()


# --- the first try --------------------------------------------------------------------------------------------------


async def test_a_first_try_that_was_rolled_back_leaves_its_key_to_the_second(store: Store) -> None:
    erp = store.erp()
    sku = store.skus()[0]
    store.stock(sku, 5)
    codes, order = await erp.take_order_codes(), order_for(CUSTOMER, (sku, 1))
    with store.open_transaction() as first_try:
        first_try.execute(
            "INSERT INTO ORCAMENTO (CODORC, NUMPEDCLIENTE, FLAGRESERVADO) VALUES (?, ?, 'N')",
            (codes.key, order.reference),
        )
        writing = asyncio.ensure_future(erp.write_order(codes, order))
        await asyncio.sleep(0.3)
        first_try.transaction.rollback()
        try:
            written = await writing
        except StillOpen:  # Firebird 3 may tell of the key it waited for even though nobody has it any more
            written = await erp.write_order(codes, order)
        assert written.reserved
    assert [state.key for state in await erp.find_orders(order.reference)] == [codes.key]
    assert store.held(sku) == (5, 1)
    await erp.close()


# --- payment, carrier, marketplace ------------------------------------------------------------------------------------


async def test_the_planned_payment_is_written_where_the_owner_wants_it(store: Store) -> None:
    (kind,) = store.rows("SELECT FIRST 1 CODREC FROM RECEBIMENTO ORDER BY CODREC DESC")
    store.change("UPDATE FORMAPAG SET NUMPARCELAS = 3 WHERE CODFP = '000000002'")
    erp = store.erp(payments="write", payment_kinds={"pix": kind["CODREC"].strip()})
    sku = store.skus()[0]
    codes, order = await erp.take_order_codes(), order_for(CUSTOMER, (sku, 2))
    for _ in range(2):
        await erp.write_order(codes, order)
    (planned,) = store.rows("SELECT * FROM ORCAMENTOREC WHERE CODORC = ?", codes.key)
    assert (planned["VALOR"], planned["CODREC"], planned["NUMPARCELAS"]) == (order.total, kind["CODREC"], 3)
    with pytest.raises(Refused) as refused:
        await erp.write_order(await erp.take_order_codes(), replace(order, reference="M2", payment_method="cartao"))
    assert (refused.value.code, refused.value.params["method"]) == ("erp-payment-kind-unknown", "cartao")
    assert len(await erp.find_orders("M2")) == 0
    await erp.close()
    silent = store.erp()
    codes = await silent.take_order_codes()
    await silent.write_order(codes, order_for(CUSTOMER, (sku, 2), reference="M3"))
    assert store.rows("SELECT * FROM ORCAMENTOREC WHERE CODORC = ?", codes.key) == []
    await silent.close()


async def test_carrier_and_account_decide_who_pays_the_freight_and_who_was_between(store: Store) -> None:
    types = store.rows("SELECT CODTIPOMOVIMENTO AS T FROM TIPOMOVIMENTO WHERE CODTIPOMOVIMENTO <> ?", r.SHOP_SALE)
    other = types[0]["T"].strip()
    erp = store.erp(freight_payers={"motoboy": "D"}, intermediaries={"ML": "000000009"}, movement_types={"ML": other})
    sku = store.skus()[0]
    shop, market = await erp.take_order_codes(), await erp.take_order_codes()
    await erp.write_order(shop, order_for(CUSTOMER, (sku, 1), reference="LJ-1"))
    order = replace(order_for(CUSTOMER, (sku, 1), reference="ML-2"), prefix="ML", shipping_method="motoboy")
    await erp.write_order(market, order)
    rows = store.rows(
        "SELECT FLAGFRETE, CODINTERMEDIADOR, CODTIPOMOVIMENTO, CODTRANS FROM ORCAMENTO WHERE CODORC IN (?, ?)"
        " ORDER BY CODORC",
        shop.key,
        market.key,
    )
    told = [tuple((value or "").strip() for value in row.values()) for row in rows]
    assert told == [("E", "", r.SHOP_SALE, "004"), ("D", "000000009", other, "")]
    await erp.close()


async def test_amounts_and_their_flags_say_the_same(embedded: Store) -> None:
    erp = embedded.erp()
    sku = embedded.skus()[0]
    order = replace(
        order_for(CUSTOMER, (sku, 3)), discount=Decimal("3.05"), surcharge=Decimal("1.07"), total=Decimal("43.92")
    )
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order)
    (row,) = embedded.rows("SELECT * FROM ORCAMENTO WHERE CODORC = ?", codes.key)
    assert (row["FLAGTIPODESCONTO"], row["VALORDESCONTO"], row["ALIQDESCONTO"]) == ("V", Decimal("3.05"), 0)
    assert (row["FLAGTIPOACRESCIMO"], row["VALORACRESCIMO"], row["ALIQACRESCIMO"]) == ("V", Decimal("1.07"), 0)
    parts = row["VALORTOTALPRODUTOS"] + row["VALORFRETE"] + row["VALORACRESCIMO"] - row["VALORDESCONTO"]
    assert parts == row["VALORTOTALORCAMENTO"] == order.total
    await erp.close()


# --- products that are gone -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["FLAGINATIVO", "FLAGNAOVENDER"])
async def test_a_product_taken_off_sale_is_named_and_the_order_goes_on_once_it_is_back(
    embedded: Store, flag: str
) -> None:
    erp = embedded.erp()
    sku = embedded.skus()[0]
    embedded.stock(sku, 5)
    embedded.staff.edit_product(sku, **{flag: "Y"})
    codes, order = await erp.take_order_codes(), order_for(CUSTOMER, (sku, 1))
    with pytest.raises(Refused) as refused:
        await erp.write_order(codes, order)
    assert (refused.value.code, refused.value.params["sku"]) == ("erp-inactive-sku", sku)
    embedded.staff.edit_product(sku, **{flag: "N"})
    assert (await erp.write_order(codes, order)).reserved
    await erp.close()


def test_an_option_that_names_no_field_is_told() -> None:
    table = {**OPTIONS, "path": "x", "counters": {"CODORC": "next"}, "freight_payers": {"*": "X"}}
    assert [key for key, _ in check(table)] == ["counters", "freight_payers"]
