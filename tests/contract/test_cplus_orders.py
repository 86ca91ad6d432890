"""Orders in C-Plus: written once, reserved all or nothing, given back once, whatever tills and staff do meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from engine.errors import CodeTaken, Refused, RetryLater, StillOpen
from engine.model.erp import OrderCodes
from tests.contract.cplus_store import Store, order_for

pytestmark = pytest.mark.anyio

CUSTOMER = "00000002"


@pytest.fixture
async def erp(store: Store) -> AsyncIterator[CPlus]:
    opened = store.erp()
    yield opened
    await opened.close()


async def test_an_order_of_two_lines_stands_with_its_goods_reserved(store: Store, erp: CPlus) -> None:
    one, two = store.skus()[:2]
    store.stock(one, 5)
    store.stock(two, 5)
    codes = await erp.take_order_codes()
    written = await erp.write_order(codes, order_for(CUSTOMER, (two, 2), (one, 1)))
    assert (written.reserved, written.short_skus) == (True, ())
    assert store.held(one) == (5, 1)
    assert store.held(two) == (5, 2)
    header = store.rows("SELECT * FROM ORCAMENTO WHERE CODORC = ?", codes.key)[0]
    assert header["VALORTOTALPRODUTOS"] == Decimal(30)
    assert header["VALORFRETE"] == Decimal("15.90")
    assert header["VALORTOTALORCAMENTO"] == Decimal("45.90")
    assert header["CODFP"] == "000000002"
    assert header["CODTRANS"] == "004"
    assert header["CODCFOP"] == "5102"
    assert header["NOMECLI"] == "MARIA DAS GRAÇAS NGUYEN"
    assert header["ENTREGACEP"] == "90010000"
    lines = store.rows("SELECT * FROM ORCAMENTOPROD WHERE CODORC = ? ORDER BY NUMEROITEM", codes.key)
    assert [line["CODPROD"] for line in lines] == [two, one]
    assert store.staff.open_orders()[-1].reserved


async def test_the_same_order_written_again_is_the_first_one(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 5)
    codes = await erp.take_order_codes()
    order = order_for(CUSTOMER, (sku, 1))
    first = await erp.write_order(codes, order)
    assert await erp.write_order(codes, order) == first
    assert store.held(sku) == (5, 1)
    assert len(await erp.find_orders(order.reference)) == 1


async def test_a_key_that_somebody_else_used_meanwhile_is_told_apart(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (sku, 1), reference="M1"))
    with pytest.raises(CodeTaken):
        await erp.write_order(codes, order_for(CUSTOMER, (sku, 1), reference="M2"))
    assert await erp.find_orders("M2") == (), "nor is it found under the reference of ours"


async def test_while_the_first_try_is_open_the_second_waits_and_then_finds_it(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 5)
    codes = await erp.take_order_codes()
    order = order_for(CUSTOMER, (sku, 1))
    with store.open_transaction() as first_try:
        first_try.execute(
            "INSERT INTO ORCAMENTO (CODORC, NUMPEDCLIENTE, FLAGRESERVADO) VALUES (?, ?, 'N')",
            (codes.key, order.reference),
        )
        with pytest.raises(StillOpen):
            await erp.write_order(codes, order)
        first_try.transaction.commit()
        written = await erp.write_order(codes, order)
    assert not written.reserved
    assert len(await erp.find_orders(order.reference)) == 1


async def test_the_last_piece_sold_at_the_counter_leaves_the_web_order_short(store: Store, erp: CPlus) -> None:
    scarce, plenty = store.skus()[:2]
    store.stock(scarce, 1)
    store.stock(plenty, 9)
    assert store.till.sell(scarce) is not None
    codes = await erp.take_order_codes()
    written = await erp.write_order(codes, order_for(CUSTOMER, (scarce, 1), (plenty, 1)))
    assert (written.reserved, written.short_skus) == (False, (scarce,))
    assert store.held(scarce) == (0, 0)
    assert store.held(plenty) == (9, 0)
    assert len(store.rows("SELECT 1 AS ONE FROM ORCAMENTOPROD WHERE CODORC = ?", codes.key)) == 2


async def test_a_short_order_is_reserved_once_its_goods_have_arrived(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 0)
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (sku, 2)))
    assert (await erp.reserve_order(codes.key)).short_skus == (sku,)
    store.receiver.receive(sku, 9)
    for _ in range(2):
        assert (await erp.reserve_order(codes.key)).reserved
        assert store.held(sku) == (9, 2)


async def test_goods_of_another_sector_serve_and_return_to_it(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 4, sector=r.DEPOSITO)
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, order_for(CUSTOMER, (sku, 3)))).reserved
    line = store.rows("SELECT CODSETORESTOQUE, CODEMPRESAESTOQUE FROM ORCAMENTOPROD WHERE CODORC = ?", codes.key)[0]
    assert line == {"CODSETORESTOQUE": r.DEPOSITO, "CODEMPRESAESTOQUE": r.COMPANY}
    await erp.release_order(codes.key)
    assert store.held(sku) == (4, 0)


async def test_cancelling_gives_the_goods_back_exactly_once(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 5)
    kept, given_up = await erp.take_order_codes(), await erp.take_order_codes()
    await erp.write_order(kept, order_for(CUSTOMER, (sku, 1), reference="M1"))
    await erp.write_order(given_up, order_for(CUSTOMER, (sku, 2), reference="M2"))
    assert store.held(sku) == (5, 3)
    for _ in range(3):
        state = (await erp.cancel_order(given_up.key, "cliente desistiu")).state
        assert (state.cancelled, state.reserved) == (True, False)
        await erp.release_order(given_up.key)
        assert store.held(sku) == (5, 1)
    reason = store.rows("SELECT MOTIVOCANCELAMENTO, CODUSERCANCELAMENTO FROM ORCAMENTO WHERE CODORC = ?", given_up.key)
    assert reason[0] == {"MOTIVOCANCELAMENTO": "cliente desistiu", "CODUSERCANCELAMENTO": r.USER_INTEGRATION}
    assert not (await erp.reserve_order(given_up.key)).reserved
    assert store.held(sku) == (5, 1)


async def test_releasing_twice_gives_back_once_and_the_order_can_be_reserved_again(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 9)
    kept, released = await erp.take_order_codes(), await erp.take_order_codes()
    await erp.write_order(kept, order_for(CUSTOMER, (sku, 4), reference="M1"))
    await erp.write_order(released, order_for(CUSTOMER, (sku, 2), reference="M2"))
    for _ in range(2):
        await erp.release_order(released.key)
        assert store.held(sku) == (9, 4)
    assert (await erp.reserve_order(released.key)).reserved
    assert store.held(sku) == (9, 6)


async def test_an_invoiced_order_is_left_alone(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 5)
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (sku, 2)))
    store.staff.invoice(codes.key)
    assert store.held(sku) == (3, 0)
    state = (await erp.cancel_order(codes.key, "tarde demais")).state
    await erp.release_order(codes.key)
    assert not state.cancelled
    assert state.invoiced_at is not None
    assert not (await erp.reserve_order(codes.key)).reserved
    assert store.held(sku) == (3, 0)


async def test_two_writers_who_race_for_the_last_pieces_never_take_more_than_there_are(store: Store) -> None:
    one, two = store.skus()[:2]
    store.stock(one, 5)
    store.stock(two, 5)
    writers = [store.erp(lock_timeout_s=3) for _ in range(2)]

    async def sell(writer: CPlus, prefix: str, *skus: str) -> int:
        won = 0
        for number in range(6):
            codes = await writer.take_order_codes()
            order = order_for(CUSTOMER, *((sku, 1) for sku in skus), reference=f"{prefix}{number}")
            while True:
                try:
                    won += (await writer.write_order(codes, order)).reserved
                    break
                except RetryLater:
                    await asyncio.sleep(0.01)
        return won

    won = await asyncio.gather(sell(writers[0], "A", one, two), sell(writers[1], "B", two, one))
    for writer in writers:
        await writer.close()
    assert sum(won) == 5
    assert store.held(one) == (5, 5)
    assert store.held(two) == (5, 5)
    assert len(store.staff.open_orders()) == 12


async def test_a_till_that_holds_the_stock_row_makes_the_order_wait_its_turn(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 5)
    codes = await erp.take_order_codes()
    with store.open_transaction() as till:
        till.execute(
            "UPDATE PRODUTOESTOQUE SET ESTATU = ESTATU - 1 WHERE CODPROD = ? AND CODSETORESTOQUE = ?", (sku, r.LOJA)
        )
        with pytest.raises(RetryLater) as waited:
            await erp.write_order(codes, order_for(CUSTOMER, (sku, 5)))
        assert waited.value.code == "erp-busy"
        assert not isinstance(waited.value, StillOpen)
        till.transaction.commit()
    assert (await erp.write_order(codes, order_for(CUSTOMER, (sku, 5)))).short_skus == (sku,)
    assert len(await erp.find_orders("M1000001")) == 1


async def test_a_till_that_commits_while_the_order_waits_is_seen(store: Store) -> None:
    erp = store.erp(lock_timeout_s=5)
    sku = store.skus()[0]
    store.stock(sku, 1)
    codes = await erp.take_order_codes()
    with store.open_transaction() as till:
        till.execute(
            "UPDATE PRODUTOESTOQUE SET ESTATU = ESTATU - 1 WHERE CODPROD = ? AND CODSETORESTOQUE = ?", (sku, r.LOJA)
        )
        writing = asyncio.ensure_future(erp.write_order(codes, order_for(CUSTOMER, (sku, 1))))
        await asyncio.sleep(0.3)
        assert not writing.done()
        till.transaction.commit()
        assert (await writing).short_skus == (sku,)
    await erp.close()
    assert store.held(sku) == (0, 0)


async def test_counters_skip_keys_that_other_programs_took(store: Store, erp: CPlus) -> None:
    counter = store.rows("SELECT ULTIMOCODIGO FROM CODIGO WHERE NOMETABELA = 'ORCAMENTO' AND NOMECAMPO = 'CODORC'")
    following = counter[0]["ULTIMOCODIGO"]
    for taken in range(following, following + 3):
        store.change("INSERT INTO ORCAMENTO (CODORC) VALUES (?)", f"{taken:09d}")
    codes = await erp.take_order_codes()
    assert codes.key == f"{following + 3:09d}"
    assert (await erp.take_order_codes()).key == f"{following + 4:09d}"
    for taken in range(following + 5, following + 65):
        store.change("INSERT INTO ORCAMENTO (CODORC) VALUES (?)", f"{taken:09d}")
    assert (await erp.take_order_codes()).key == f"{following + 65:09d}"


async def test_keys_of_lines_that_another_program_used_are_passed_over(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 5)
    first, second = await erp.take_order_codes(), await erp.take_order_codes()
    await erp.write_order(first, order_for(CUSTOMER, (sku, 1), reference="M1"))
    last = int(store.rows("SELECT MAX(CODORCPROD) AS K FROM ORCAMENTOPROD")[0]["K"])
    for taken in (last + 1, last + 2):
        store.change(
            "INSERT INTO ORCAMENTOPROD (CODORCPROD, CODORC, CODEMPRESA, QUANTIDADE, ALIQICMS) VALUES (?, ?, 1, 1, 0)",
            f"{taken:09d}",
            first.key,
        )
    assert (await erp.write_order(second, order_for(CUSTOMER, (sku, 1), (sku, 1), reference="M2"))).reserved


async def test_a_counter_without_a_row_gives_a_free_key_all_the_same(store: Store, erp: CPlus) -> None:
    store.change("DELETE FROM CODIGO WHERE NOMETABELA = 'ORCAMENTO'")
    store.change("INSERT INTO ORCAMENTO (CODORC) VALUES ('000000777')")
    store.change("INSERT INTO ORCAMENTO (CODORC) VALUES ('999999')")
    assert (await erp.take_order_codes()).key == "000000778"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total": Decimal("99.99")}, "erp-total-differs"),
        ({"customer_code": "00999999"}, "erp-customer-gone"),
        ({"reference": "M-and-a-number-too-long-for-it"}, "erp-reference-too-long"),
        ({"lines": ()}, "erp-order-without-goods"),
    ],
)
async def test_an_order_that_cannot_be_right_leaves_nothing_behind(
    embedded: Store, changes: dict[str, object], code: str
) -> None:
    erp = embedded.erp()
    order = order_for(CUSTOMER, (embedded.skus()[0], 1))
    codes = await erp.take_order_codes()
    with pytest.raises(Refused) as refused:
        await erp.write_order(codes, replace(order, **changes))  # type: ignore[arg-type]  # whatever the case names
    await erp.close()
    assert refused.value.code == code
    assert embedded.rows("SELECT 1 AS ONE FROM ORCAMENTO") == []


@pytest.mark.parametrize("sku", ["999999999", "A-SKU-OF-THE-SHOP-ONLY", "caneca-😀", ""])
async def test_an_unknown_sku_is_named(embedded: Store, sku: str) -> None:
    erp = embedded.erp()
    with pytest.raises(Refused) as refused:
        await erp.write_order(await erp.take_order_codes(), order_for(CUSTOMER, (sku, 1)))
    with pytest.raises(Refused):
        await erp.set_online(sku, r.VENDA_ONLINE, True)
    await erp.close()
    assert (refused.value.code, refused.value.params["sku"]) == ("erp-unknown-sku", sku)


async def test_a_fraction_of_a_metre_is_reserved_as_it_was_ordered(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 3)
    order = order_for(CUSTOMER, (sku, 1))
    line = replace(order.lines[0], quantity=Decimal("2.55"), unit_price=Decimal("3.33"), discount=Decimal("0.50"))
    cut = replace(order, lines=(line,), total=Decimal("7.99") + order.freight)
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, cut)).reserved
    assert store.held(sku) == (3, Decimal("2.55"))


async def test_the_reference_is_found_in_every_column_ever_used_for_it(store: Store) -> None:
    erp = store.erp(former_reference_columns=["ENTREGATELEFONE", "NUMPEDLOJAVIRTUAL"])
    store.change("INSERT INTO ORCAMENTO (CODORC, ENTREGATELEFONE) VALUES ('000000901', 'M55')")
    store.change("INSERT INTO ORCAMENTO (CODORC, NUMPEDLOJAVIRTUAL) VALUES ('000000902', 56)")
    assert [state.key for state in await erp.find_orders("M55")] == ["000000901"]
    assert [state.key for state in await erp.find_orders("56")] == ["000000902"]
    with pytest.raises(Refused) as refused:
        await erp.find_orders("M" * 30)
    assert refused.value.code == "erp-reference-too-long", "known before anything is written"
    await erp.close()


async def test_where_the_base_keeps_the_amounts_by_trigger_only_the_flag_is_written(store: Store) -> None:
    erp = store.erp(reservation="flag")
    store.change(
        """
        CREATE TRIGGER RESERVE_BY_FLAG FOR ORCAMENTO AFTER UPDATE AS BEGIN
          IF (COALESCE(OLD.FLAGRESERVADO, 'N') <> NEW.FLAGRESERVADO) THEN
            UPDATE PRODUTOESTOQUE e SET e.RESERVADOORCAMENTO = COALESCE(e.RESERVADOORCAMENTO, 0)
              + IIF(NEW.FLAGRESERVADO = 'Y', 1, -1) * (SELECT SUM(l.QUANTIDADE) FROM ORCAMENTOPROD l
                WHERE l.CODORC = NEW.CODORC AND l.CODPROD = e.CODPROD)
            WHERE e.CODSETORESTOQUE = '000000001'
              AND e.CODPROD IN (SELECT l.CODPROD FROM ORCAMENTOPROD l WHERE l.CODORC = NEW.CODORC);
        END
        """
    )
    sku = store.skus()[0]
    store.stock(sku, 3)
    first, second = await erp.take_order_codes(), await erp.take_order_codes()
    assert (await erp.write_order(first, order_for(CUSTOMER, (sku, 2), reference="M1"))).reserved
    assert (await erp.write_order(second, order_for(CUSTOMER, (sku, 2), reference="M2"))).short_skus == (sku,)
    assert store.held(sku) == (3, 2)
    await erp.cancel_order(first.key, "")
    assert store.held(sku) == (3, 0)
    await erp.close()


async def test_where_the_owner_wants_no_reservation_orders_stand_without(embedded: Store) -> None:
    erp = embedded.erp(reservation="none")
    sku = embedded.skus()[0]
    embedded.stock(sku, 3)
    codes: OrderCodes = await erp.take_order_codes()
    written = await erp.write_order(codes, order_for(CUSTOMER, (sku, 2)))
    assert (written.reserved, written.short_skus) == (False, ())
    assert embedded.held(sku) == (3, 0)
    await erp.close()
