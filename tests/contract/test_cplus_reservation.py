"""Reserving in C-Plus: from several sectors, beside other writers, around screens that are open, never too much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from engine.errors import InUse, RetryLater
from engine.model.erp import ErpLine, ErpOrder, OrderCodes
from tests.contract.cplus_store import Store, order_for

pytestmark = pytest.mark.anyio

CUSTOMER = "00000002"


@pytest.fixture
async def erp(store: Store) -> AsyncIterator[CPlus]:
    opened = store.erp()
    yield opened
    await opened.close()


def stock_in(store: Store, sku: str, loja: str, deposito: str) -> None:
    """Stock of a product in both sectors, nothing reserved."""
    store.stock(sku, 0)
    for sector, amount in ((r.LOJA, loja), (r.DEPOSITO, deposito)):
        store.change(
            "UPDATE OR INSERT INTO PRODUTOESTOQUE (CODPROD, CODEMPRESA, CODSETORESTOQUE, ESTATU, RESERVADOORCAMENTO)"
            " VALUES (?, 1, ?, ?, 0) MATCHING (CODPROD, CODEMPRESA, CODSETORESTOQUE)",
            sku,
            sector,
            Decimal(amount),
        )


def reserved_in(store: Store, sku: str) -> dict[str, Decimal]:
    """What is reserved of a product by sector."""
    rows = store.rows("SELECT CODSETORESTOQUE AS S, RESERVADOORCAMENTO AS R FROM PRODUTOESTOQUE WHERE CODPROD = ?", sku)
    return {row["S"].strip(): row["R"] for row in rows if row["R"]}


def lines_of(store: Store, codes: OrderCodes) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """Sector, quantity, discount and total of each line."""
    rows = store.rows(
        "SELECT CODSETORESTOQUE AS S, QUANTIDADE AS Q, VALORDESCONTOITEM AS D, VALORTOTAL AS T FROM ORCAMENTOPROD"
        " WHERE CODORC = ? ORDER BY NUMEROITEM",
        codes.key,
    )
    return [(row["S"].strip(), row["Q"], row["D"], row["T"]) for row in rows]


# --- several sectors --------------------------------------------------------------------------------------------------


async def test_goods_that_lie_in_two_sectors_serve_one_line_together(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    stock_in(store, sku, "3", "2")
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, order_for(CUSTOMER, (sku, 4)))).reserved
    assert reserved_in(store, sku) == {r.LOJA: 3, r.DEPOSITO: 1}
    assert lines_of(store, codes) == [
        (r.LOJA, Decimal(3), Decimal(0), Decimal(30)),
        (r.DEPOSITO, Decimal(1), Decimal(0), Decimal(10)),
    ]
    (numbers,) = store.rows(
        "SELECT COUNT(DISTINCT NUMEROITEM) AS N, COUNT(DISTINCT CODORCPROD) AS K FROM ORCAMENTOPROD WHERE CODORC = ?",
        codes.key,
    )
    assert numbers == {"N": 2, "K": 2}

    await erp.release_order(codes.key)
    assert reserved_in(store, sku) == {}, "each sector has its own back"
    assert (await erp.reserve_order(codes.key)).reserved
    store.staff.invoice(codes.key)
    assert store.held(sku) == (1, 0)


async def test_a_shared_line_keeps_its_totals_to_the_cent(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    stock_in(store, sku, "0.3335", "0.6666")
    order = order_for(CUSTOMER, (sku, 1))
    line = replace(order.lines[0], quantity=Decimal("0.999"), unit_price=Decimal("10.01"), discount=Decimal("0.11"))
    whole = Decimal("9.89")  # 0.999 kg at 10.01 is 10.00, less 0.11
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, replace(order, lines=(line,), total=whole + order.freight))).reserved
    shared = lines_of(store, codes)
    assert [quantity for _, quantity, _, _ in shared] == [Decimal("0.3335"), Decimal("0.6655")]
    assert sum(discount for _, _, discount, _ in shared) == Decimal("0.11")
    assert sum(total for _, _, _, total in shared) == whole
    assert reserved_in(store, sku) == {r.LOJA: Decimal("0.3335"), r.DEPOSITO: Decimal("0.6655")}
    await erp.cancel_order(codes.key, "")
    assert reserved_in(store, sku) == {}


async def test_a_sector_that_has_all_of_a_line_serves_it_alone(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    stock_in(store, sku, "3", "4")
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, order_for(CUSTOMER, (sku, 4)))).reserved
    assert [line[0] for line in lines_of(store, codes)] == [r.DEPOSITO]


async def test_too_little_in_all_sectors_together_changes_nothing(store: Store, erp: CPlus) -> None:
    scarce, plenty = store.skus()[:2]
    stock_in(store, scarce, "3", "2")
    stock_in(store, plenty, "1", "1")
    codes = await erp.take_order_codes()
    written = await erp.write_order(codes, order_for(CUSTOMER, (scarce, 6), (plenty, 2)))
    assert (written.reserved, written.short_skus) == (False, (scarce,))
    assert len(lines_of(store, codes)) == 2
    assert reserved_in(store, scarce) == reserved_in(store, plenty) == {}


async def test_two_lines_of_one_product_do_not_count_the_same_goods_twice(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    stock_in(store, sku, "5", "0")
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, order_for(CUSTOMER, (sku, 3), (sku, 3)))).short_skus == (sku,)
    assert (await erp.reserve_order(codes.key)).short_skus == (sku,)
    assert reserved_in(store, sku) == {}


async def test_where_a_trigger_counts_the_lines_they_are_shared_out_before_it_does(store: Store) -> None:
    erp = store.erp(reservation="flag")
    # The test's own trigger: it stands for a base that keeps RESERVADOORCAMENTO by itself, line by line.
    store.change(
        """
        CREATE TRIGGER TEST_RESERVES_BY_LINE FOR ORCAMENTO AFTER UPDATE AS BEGIN
          IF (COALESCE(OLD.FLAGRESERVADO, 'N') <> NEW.FLAGRESERVADO) THEN
            UPDATE PRODUTOESTOQUE e SET e.RESERVADOORCAMENTO = COALESCE(e.RESERVADOORCAMENTO, 0)
              + IIF(NEW.FLAGRESERVADO = 'Y', 1, -1) * COALESCE((SELECT SUM(l.QUANTIDADE) FROM ORCAMENTOPROD l
                WHERE l.CODORC = NEW.CODORC AND l.CODPROD = e.CODPROD AND l.CODSETORESTOQUE = e.CODSETORESTOQUE), 0)
            WHERE e.CODPROD IN (SELECT l.CODPROD FROM ORCAMENTOPROD l WHERE l.CODORC = NEW.CODORC);
        END
        """
    )
    sku = store.skus()[0]
    stock_in(store, sku, "3", "2")
    first, second = await erp.take_order_codes(), await erp.take_order_codes()
    assert (await erp.write_order(first, order_for(CUSTOMER, (sku, 4), reference="M1"))).reserved
    assert reserved_in(store, sku) == {r.LOJA: 3, r.DEPOSITO: 1}
    assert (await erp.write_order(second, order_for(CUSTOMER, (sku, 2), reference="M2"))).short_skus == (sku,)
    await erp.cancel_order(first.key, "")
    assert reserved_in(store, sku) == {}
    await erp.close()


# --- what takes no goods, and what C-Plus keeps no row of -------------------------------------------------------------


@pytest.mark.parametrize("column", ["FLAGSERVICO = 'Y'", "FLAGCONTROLAESTOQUE = 'N'"])
async def test_a_service_is_never_short_and_reserves_nothing(embedded: Store, column: str) -> None:
    erp = embedded.erp()
    service, goods = embedded.skus()[:2]
    embedded.change(f"UPDATE PRODUTO SET {column} WHERE CODPROD = ?", service)
    embedded.stock(service, 0)
    embedded.stock(goods, 1)
    codes = await erp.take_order_codes()
    written = await erp.write_order(codes, order_for(CUSTOMER, (service, 2), (goods, 1)))
    assert (written.reserved, written.uncontrolled_skus) == (True, (service,))
    assert embedded.held(service) == (0, 0)
    assert embedded.held(goods) == (1, 1)
    await erp.cancel_order(codes.key, "")
    assert embedded.held(goods) == (1, 0)
    await erp.close()


async def test_a_product_without_a_stock_row_is_short_and_it_is_said_why(store: Store, erp: CPlus) -> None:
    sku, stocked = store.skus()[:2]
    store.change("DELETE FROM PRODUTOESTOQUE WHERE CODPROD = ?", sku)
    store.stock(stocked, 0)
    codes = await erp.take_order_codes()
    written = await erp.write_order(codes, order_for(CUSTOMER, (sku, 1), (stocked, 1)))
    assert (written.reserved, written.short_skus, written.skus_without_row) == (False, (sku, stocked), (sku,))
    assert store.rows("SELECT 1 AS ONE FROM PRODUTOESTOQUE WHERE CODPROD = ?", sku) == []
    store.receiver.receive(sku, 1)
    store.receiver.receive(stocked, 1)
    assert (await erp.reserve_order(codes.key)).reserved


async def test_a_missing_stock_row_is_added_where_the_owner_wants_it(store: Store) -> None:
    erp = store.erp(missing_stock_row="insert")
    sku = store.skus()[0]
    store.change("DELETE FROM PRODUTOESTOQUE WHERE CODPROD = ?", sku)
    written = await erp.write_order(await erp.take_order_codes(), order_for(CUSTOMER, (sku, 1)))
    assert (written.short_skus, written.skus_without_row) == ((sku,), ())
    (row,) = store.rows("SELECT ESTATU, RESERVADOORCAMENTO, CODSETORESTOQUE FROM PRODUTOESTOQUE WHERE CODPROD = ?", sku)
    assert (row["ESTATU"], row["RESERVADOORCAMENTO"], row["CODSETORESTOQUE"]) == (0, 0, r.LOJA)
    await erp.close()


# --- screens that are open --------------------------------------------------------------------------------------------


def lock(store: Store, entity: str, key: str, connection: int | None) -> None:
    store.change(
        "UPDATE OR INSERT INTO CONTROLELOCK (NOMEENTIDADE, IDENTIDADE, IDCONEXAO) VALUES (?, ?, ?)"
        " MATCHING (NOMEENTIDADE, IDENTIDADE)",
        entity,
        key,
        connection,
    )


async def reserved_order(store: Store, erp: CPlus, sku: str) -> OrderCodes:
    store.stock(sku, 5)
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, order_for(CUSTOMER, (sku, 2)))).reserved
    return codes


async def test_an_order_that_somebody_edits_is_neither_released_nor_cancelled_nor_reserved(
    store: Store, erp: CPlus
) -> None:
    sku = store.skus()[0]
    codes = await reserved_order(store, erp, sku)
    with store.open_transaction() as editor:
        (attachment,) = editor.execute("SELECT CURRENT_CONNECTION FROM RDB$DATABASE").fetchone()
        lock(store, "ORCAMENTO", codes.key, attachment)
        with pytest.raises(InUse) as busy:
            await erp.release_order(codes.key)
        assert busy.value.code == "erp-order-in-edit"
        assert "SYSDBA" in str(busy.value.params["who"])
        with pytest.raises(InUse):
            await erp.cancel_order(codes.key, "")
        with pytest.raises(InUse):
            await erp.reserve_order(codes.key)
        assert store.held(sku) == (5, 2)
    # The editor is gone, his lock was left behind by the crash: it holds nobody any more.
    assert (await erp.cancel_order(codes.key, "")).state.cancelled
    assert store.held(sku) == (5, 0)


@pytest.mark.parametrize(
    ("option", "connection", "waits"),
    [
        ("always", 999_999, True),
        ("while-connected", 999_999, False),
        ("while-connected", None, True),
        ("never", None, False),
    ],
)
async def test_the_installer_says_how_far_a_lock_is_believed(
    embedded: Store, option: str, connection: int | None, waits: bool
) -> None:
    erp = embedded.erp(edit_locks=option)
    sku = embedded.skus()[0]
    codes = await reserved_order(embedded, erp, sku)
    lock(embedded, "ORCAMENTO", codes.key, connection)
    if waits:
        with pytest.raises(InUse):
            await erp.release_order(codes.key)
    else:
        await erp.release_order(codes.key)
    assert embedded.held(sku) == (5, 2 if waits else 0)
    await erp.close()


async def test_a_screen_that_has_just_been_opened_for_another_order_keeps_nobody_waiting(served: Store) -> None:
    erp = served.erp()
    sku = served.skus()[0]
    codes = await reserved_order(served, erp, sku)
    with served.open_transaction() as editor:
        editor.execute("INSERT INTO CONTROLELOCK (NOMEENTIDADE, IDENTIDADE) VALUES ('ORCAMENTO', '000099999')")
        assert (await erp.cancel_order(codes.key, "")).state.cancelled
    await erp.close()


async def test_a_customer_on_somebodys_screen_is_not_written_behind_his_back(embedded: Store) -> None:
    erp = embedded.erp(edit_locks="always")
    lock(embedded, "CLIENTE", CUSTOMER, 7)
    with pytest.raises(InUse) as busy:
        await erp.update_customer(CUSTOMER, {"email": "novo@example.com"})
    assert (busy.value.code, busy.value.params["key"]) == ("erp-customer-in-edit", CUSTOMER)
    embedded.change("DELETE FROM CONTROLELOCK")
    await erp.update_customer(CUSTOMER, {"email": "novo@example.com"})
    await erp.close()


# --- many at once -----------------------------------------------------------------------------------------------------


async def test_many_writers_over_two_sectors_neither_oversell_nor_lose_a_piece(served: Store) -> None:
    """Four engines write, cancel and reserve again while a till sells: what is held is what the orders say."""
    sku, other = served.skus()[:2]
    stock_in(served, sku, "7", "6")
    stock_in(served, other, "20", "0")
    writers = [served.erp(lock_timeout_s=3) for _ in range(4)]

    async def patient(call: object, *args: object) -> object:
        while True:
            try:
                return await call(*args)  # type: ignore[operator]
            except RetryLater:
                await asyncio.sleep(0.01)

    async def work(number: int, erp: CPlus) -> None:
        for round_ in range(3):
            codes = await erp.take_order_codes()
            order: ErpOrder = order_for(CUSTOMER, (sku, 3), (other, 1), reference=f"W{number}{round_}")
            await patient(erp.write_order, codes, order)
            if round_ == 1:
                await patient(erp.cancel_order, codes.key, "")
                await patient(erp.cancel_order, codes.key, "")
            if round_ == 2:
                await patient(erp.release_order, codes.key)
                await patient(erp.reserve_order, codes.key)

    async with asyncio.TaskGroup() as group:
        selling = group.create_task(asyncio.to_thread(lambda: sum(served.till.sell(sku) is not None for _ in range(4))))
        for number, erp in enumerate(writers):
            group.create_task(work(number, erp))
    at_the_counter = selling.result()
    for erp in writers:
        await erp.close()
    (flagged,) = served.rows("SELECT COUNT(*) AS N FROM ORCAMENTO WHERE FLAGRESERVADO = 'Y'")
    (whole,) = served.rows(
        "SELECT COUNT(*) AS N FROM (SELECT CODORC FROM ORCAMENTOPROD WHERE CODPROD = ?"
        " GROUP BY CODORC HAVING SUM(QUANTIDADE) <> 3)",
        sku,
    )
    assert whole["N"] == 0, "no piece of a line was lost in sharing it out"
    assert served.held(sku) == (13 - at_the_counter, 3 * flagged["N"])
    assert served.held(other) == (20, flagged["N"])
    assert flagged["N"] >= 2
    negative = served.rows("SELECT 1 AS ONE FROM PRODUTOESTOQUE WHERE CODPROD = ? AND ESTATU < RESERVADOORCAMENTO", sku)
    assert negative == []


# --- read back --------------------------------------------------------------------------------------------------------


async def test_a_short_order_read_back_is_short_even_where_its_goods_have_come(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 0)
    codes, order = await erp.take_order_codes(), order_for(CUSTOMER, (sku, 1))
    assert (await erp.write_order(codes, order)).short_skus == (sku,)
    store.receiver.receive(sku, 5)
    again = await erp.write_order(codes, order)
    assert (again.reserved, again.short_skus) == (False, (sku,)), "it holds nothing yet"
    assert (await erp.reserve_order(codes.key)).reserved


async def test_a_weighed_line_is_written_reserved_and_totalled_as_it_was_sold(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 1)
    line = ErpLine(sku, "queijo", Decimal("0.333"), Decimal("59.90"))
    order = replace(order_for(CUSTOMER, (sku, 1)), lines=(line,), total=Decimal("19.95") + Decimal("15.90"))
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, order)).reserved
    assert lines_of(store, codes) == [(r.LOJA, Decimal("0.333"), Decimal(0), Decimal("19.95"))]
    assert reserved_in(store, sku) == {r.LOJA: Decimal("0.333")}
