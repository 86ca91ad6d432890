"""A web order and the goods it holds in C-Plus, whatever staff do to it there: nothing oversold, nothing lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.sandbox.base import registers as r
from engine.model.channel import ChannelOrder
from engine.ports import SalesChannel
from tests.end_to_end.world import Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


def problems(engine: Life) -> dict[str, str]:
    """Severity by code."""
    return {row["code"]: row["severity"] for row in engine.rows("SELECT code, severity FROM problem")}


async def test_an_order_whose_goods_lie_in_two_sectors_is_reserved_whole_and_the_shop_sells_the_rest(
    world: World,
) -> None:
    sku = world.stocked(3, 2)
    async with life(world) as engine:
        number = await engine.bought({sku: 4}, payment="pix")
        assert engine.order(number)["fulfilment"] == "reserved"
        assert world.on_hand_and_reserved(sku) == (5, 4)
        assert world.shop.salable(sku) == 1
        await engine.decide("confirm_payment", number)
        await engine.sync()
        world.staff.invoice(engine.order(number)["erp_key"])
        await engine.sync()
        assert engine.order(number)["queue"] == "to-ship", "both lines are the one the buyer ordered"
        assert world.on_hand_and_reserved(sku) == (1, 0)
        assert world.shop.salable(sku) == 1


async def test_without_reservations_in_the_erp_the_web_order_holds_its_goods_until_they_are_sold(world: World) -> None:
    world.more_erp_options = {"reservation": "none"}
    sku = world.stocked(5)
    async with life(world) as engine:
        number, given_up = world.buy({sku: 2}, payment="pix"), world.buy({sku: 1}, payment="boleto")
        await engine.sync()
        assert world.on_hand_and_reserved(sku) == (5, 0), "nothing is written to C-Plus's stock"
        assert engine.order(number)["queue"] == "pay", "an order of a shop that does not reserve is not short"
        assert world.shop.salable(sku) == 2
        assert _promised(engine, sku) == 3

        assert world.till.sell(sku) is not None
        await engine.sync()
        assert world.shop.salable(sku) == 1, "the counter took one, the web orders still have theirs"

        world.shop.storefront.cancel_order(given_up)
        await engine.sync()
        assert world.shop.salable(sku) == 2, "what was given up is for sale again"
        assert _promised(engine, sku) == 2

        world.staff.invoice(engine.order(number)["erp_key"])
        await engine.sync()
        assert world.on_hand_and_reserved(sku) == (2, 0)
        assert _promised(engine, sku) == 0, "sold: not held back a second time"
        assert world.shop.salable(sku) == 2


async def test_without_reservations_the_counter_may_sell_a_promised_piece_and_the_shop_never_shows_what_is_not_there(
    world: World,
) -> None:
    world.more_erp_options = {"reservation": "none"}
    sku = world.stocked(2)
    async with life(world) as engine:
        await engine.bought({sku: 2}, payment="pix")
        assert world.till.sell(sku) is not None
        await engine.sync()
        assert world.shop.salable(sku) == 0


def _promised(engine: Life, sku: str) -> int:
    sql = "SELECT COALESCE(SUM(ordered_e4 - cancelled_e4), 0) FROM order_line WHERE sku = ? AND promised"
    return int(engine.rows(sql, sku)[0][0]) // 10_000


async def test_what_an_order_took_nothing_of_it_gives_nothing_back_of_and_a_lost_row_is_noted(world: World) -> None:
    sku = world.stocked(5)
    switch = "UPDATE PRODUTO SET FLAGCONTROLAESTOQUE = ? WHERE CODPROD = ?"
    async with life(world) as engine:
        world.change(switch, "N", sku)
        free = await engine.bought({sku: 2}, payment="boleto")
        world.change(switch, "Y", sku)
        await world.clock.sleep(5)  # the slower clock of this world is a second: on a busy machine it saw the switch
        await engine.sync()
        paid_for = await engine.bought({sku: 1}, payment="boleto")
        assert world.on_hand_and_reserved(sku) == (5, 1)
        world.shop.storefront.cancel_order(free)
        await engine.sync()
        assert world.on_hand_and_reserved(sku) == (5, 1), "the other order's piece stays its own"

        world.change("DELETE FROM PRODUTOESTOQUE WHERE CODPROD = ?", sku)
        world.shop.storefront.cancel_order(paid_for)
        await engine.sync()
        assert "not-given-back" not in engine.events(free)
        assert "not-given-back" in engine.events(paid_for)


async def test_an_order_open_on_a_screen_of_cplus_waits_alone_and_is_told_when_it_lasts(world: World) -> None:
    world.more_erp_options = {"edit_locks": "always"}
    sku = world.stocked(9)
    async with life(world) as engine:
        refused, other = world.buy({sku: 2}, payment="boleto"), world.buy({sku: 1}, payment="boleto")
        await engine.sync()
        key = engine.order(refused)["erp_key"]
        world.change("INSERT INTO CONTROLELOCK (NOMEENTIDADE, IDENTIDADE, IDCONEXAO) VALUES ('ORCAMENTO', ?, 7)", key)
        world.shop.storefront.cancel_order(refused)
        world.shop.storefront.cancel_order(other)
        await engine.supervisor.run_to_rest(4)
        assert world.on_hand_and_reserved(sku) == (9, 2), "only the order on the screen keeps its goods"
        assert engine.order(other)["queue"] == "done"
        assert problems(engine) == {"erp-order-in-edit": "notice"}, "the task itself is well"

        await world.clock.sleep(700)
        await engine.supervisor.run_to_rest(4)
        assert problems(engine) == {"erp-order-in-edit": "problem"}

        world.change("DELETE FROM CONTROLELOCK")
        await world.clock.sleep(70)
        await engine.sync()
        assert world.on_hand_and_reserved(sku) == (9, 0)
        assert problems(engine) == {}


async def test_goods_that_staff_set_free_in_cplus_are_not_sold_twice(world: World) -> None:
    sku = world.stocked(2)
    async with life(world) as engine:
        number = await engine.bought({sku: 2}, payment="boleto")
        await engine.sync()
        key = engine.order(number)["erp_key"]
        world.change("UPDATE ORCAMENTO SET FLAGRESERVADO = 'N' WHERE CODORC = ?", key)
        world.change("UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = 0, ESTATU = 1 WHERE CODPROD = ?", sku)
        world.change("UPDATE PRODUTOESTOQUE SET ESTATU = 0 WHERE CODPROD = ? AND CODSETORESTOQUE = ?", sku, r.DEPOSITO)
        await engine.sync()
        assert engine.order(number)["queue"] == "short"
        assert "unreserved-in-erp" in engine.events(number)
        assert world.shop.salable(sku) == 0, "the piece that is there is the order's, not the next buyer's"


async def test_goods_that_staff_set_free_are_the_waiting_orders_by_the_end_of_the_same_sync(world: World) -> None:
    sku = world.stocked(1)
    async with life(world) as engine:
        number = world.buy({sku: 1}, payment="boleto")
        assert world.till.sell(sku) is not None
        await engine.sync()
        assert engine.order(number)["queue"] == "short"
        held = "UPDATE PRODUTOESTOQUE SET ESTATU = 1, RESERVADOORCAMENTO = ? WHERE CODPROD = ? AND CODSETORESTOQUE = ?"
        world.change(held, 1, sku, r.LOJA)  # by an order of the office's
        await engine.sync()
        assert engine.order(number)["queue"] == "short"
        world.change(held, 0, sku, r.LOJA)
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "reserved"


@pytest.mark.long
async def test_an_order_that_staff_reserved_by_hand_is_short_no_longer_and_holds_its_goods_once(world: World) -> None:
    sku = world.stocked(1)
    async with life(world) as engine:
        number = world.buy({sku: 1}, payment="boleto")
        assert world.till.sell(sku) is not None
        await engine.sync()
        assert engine.order(number)["queue"] == "short"

        def reserve_by_hand(cursor: Any) -> None:
            key = engine.order(number)["erp_key"]
            cursor.execute("UPDATE ORCAMENTO SET FLAGRESERVADO = 'Y' WHERE CODORC = ?", (key,))
            cursor.execute(
                "UPDATE PRODUTOESTOQUE SET ESTATU = 3, RESERVADOORCAMENTO = 1 WHERE CODPROD = ? AND"
                " CODSETORESTOQUE = ?",
                (sku, r.LOJA),
            )

        world.staff.write(reserve_by_hand)
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "reserved"
        assert world.on_hand_and_reserved(sku) == (3, 1), "we did not reserve it once more"
        assert world.shop.salable(sku) == 2


@pytest.mark.long
async def test_an_order_number_that_staff_changed_is_told_and_nothing_is_imported_again(world: World) -> None:
    sku = world.stocked(9)
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="boleto")
        key = engine.order(number)["erp_key"]
        world.change("UPDATE ORCAMENTO SET NUMPEDCLIENTE = 'LJ-77' WHERE CODORC = ?", key)
        await engine.sync()
        (problem,) = engine.rows("SELECT * FROM problem")
        assert problem["code"] == "erp-reference-edited"
        assert f'"ours": "LJ-{number}"' in problem["params"]
        assert '"theirs": "LJ-77"' in problem["params"]
        world.shop.storefront.cancel_order(number)
        await engine.sync()
        assert len(world.erp_orders()) == 1
        assert world.on_hand_and_reserved(sku) == (9, 0), "it is still our order, and follows the shop"
        await world.clock.sleep(4000)
        await engine.sync()
        assert problems(engine) == {}, "of an order that is over nobody has to correct anything"


@pytest.mark.long
async def test_a_corrected_order_number_is_a_problem_no_longer(world: World) -> None:
    sku = world.stocked(9)
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="boleto")
        key = engine.order(number)["erp_key"]
        world.change("UPDATE ORCAMENTO SET NUMPEDCLIENTE = 'LJ-77' WHERE CODORC = ?", key)
        await engine.sync()
        assert problems(engine) == {"erp-reference-edited": "problem"}
        world.change("UPDATE ORCAMENTO SET NUMPEDCLIENTE = ? WHERE CODORC = ?", f"LJ-{number}", key)
        await engine.sync()
        assert problems(engine) == {}


@pytest.mark.long
async def test_a_short_order_does_not_wait_for_its_service(world: World) -> None:
    goods, service = world.stocked(1), world.stocked(5, index=1)
    async with life(world) as engine:
        number = world.buy({goods: 1, service: 1}, payment="boleto")
        world.staff.edit_product(service, FLAGSERVICO="Y")
        world.set_stock(service, 0)
        assert world.till.sell(goods) is not None
        await engine.sync()
        assert engine.order(number)["queue"] == "short"
        world.receiver.receive(goods, 1)
        await engine.sync()
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "reserved"
        assert world.on_hand_and_reserved(service) == (0, 0)


@pytest.mark.long
async def test_an_order_of_a_product_taken_off_sale_waits_with_its_name_and_goes_on_when_it_is_back(
    world: World,
) -> None:
    sku, other = world.stocked(5), world.stocked(5, index=1)
    async with life(world) as engine:
        number, fine = world.buy({sku: 1}, payment="boleto"), world.buy({other: 1}, payment="boleto")
        world.staff.edit_product(sku, FLAGINATIVO="Y")
        await engine.sync()
        row = engine.order(number)
        assert (row["queue"], row["parked"]) == ("problem", "erp-inactive-sku")
        assert sku in row["parked_params"]
        assert engine.order(fine)["fulfilment"] == "reserved", "others go on"
        assert _promised(engine, sku) == 1, "the goods are the buyer's all the while"

        world.staff.edit_product(sku, FLAGINATIVO="N")
        await engine.must("unpark", order=row["id"])
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "reserved"
        assert len(world.erp_orders()) == 2


class _Tells:
    """A shop whose orders are told otherwise than they are: by their place, the n-th order by the n-th change."""

    def __init__(self, channel: SalesChannel, changes: Sequence[Callable[[ChannelOrder], ChannelOrder]]) -> None:
        self._channel = channel
        self.changes = changes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def _told(self, order: ChannelOrder) -> ChannelOrder:
        number = int(order.number) - 1
        return self.changes[number](order) if number < len(self.changes) else order

    async def orders(self, since: datetime) -> AsyncIterator[Sequence[ChannelOrder]]:
        async for page in self._channel.orders(since):
            yield [self._told(order) for order in page]

    async def order(self, external_id: str) -> ChannelOrder | None:
        found = await self._channel.order(external_id)
        return None if found is None else self._told(found)


def with_interest(order: ChannelOrder) -> ChannelOrder:
    return replace(order, surcharge=Decimal("6.51"), total=order.total + Decimal("6.51"))


def with_store_credit(order: ChannelOrder) -> ChannelOrder:
    return replace(order, discount=order.discount + Decimal("7.77"), total=order.total - Decimal("7.77"))


def weighed(order: ChannelOrder) -> ChannelOrder:
    (line,) = order.lines
    cheese = replace(line, ordered=Decimal("0.333"), unit_price=Decimal("59.90"))
    return replace(order, lines=(cheese,), total=Decimal("19.95") + order.freight)


def with_line_discounts_a_cent_above_the_whole(order: ChannelOrder) -> ChannelOrder:
    (line,) = order.lines
    return replace(
        order,
        lines=(replace(line, discount=Decimal("3.34")),),
        discount=Decimal("3.33"),
        total=order.total - Decimal("3.33"),
    )


def with_a_discount_over_lines_and_freight(order: ChannelOrder) -> ChannelOrder:
    (line,) = order.lines
    return replace(
        order,
        lines=(replace(line, discount=Decimal("2.01")),),
        discount=Decimal("5.00"),
        total=order.total - Decimal("5.00"),
    )


@pytest.mark.long
async def test_what_the_buyer_paid_is_the_orders_total_in_cplus_to_the_cent(world: World) -> None:
    changes = (
        with_interest,
        with_store_credit,
        weighed,
        with_line_discounts_a_cent_above_the_whole,
        with_a_discount_over_lines_and_freight,
    )
    sku = world.stocked(20)
    async with life(world, wrap_channel=lambda channel: _Tells(channel, changes)) as engine:
        numbers = [world.buy({sku: 1}, payment="boleto") for _ in changes]
        await engine.sync()
        written = {row["NUMPEDCLIENTE"].strip(): row for row in world.erp_orders()}
        for number, change_ in zip(numbers, changes, strict=True):
            row, paid = written[f"LJ-{number}"], engine.order(number)["total_cents"]
            assert row["VALORTOTALORCAMENTO"] * 100 == paid, change_.__name__
            assert min(row["VALORDESCONTO"], row["VALORACRESCIMO"], row["VALORFRETE"]) >= 0, change_.__name__
            (lines,) = world.base("SELECT SUM(VALORTOTAL) AS T FROM ORCAMENTOPROD WHERE CODORC = ?", row["CODORC"])
            whole = lines["T"] + row["VALORFRETE"] + row["VALORACRESCIMO"] - row["VALORDESCONTO"]
            assert whole * 100 == paid, change_.__name__
        (reserved,) = world.base("SELECT SUM(RESERVADOORCAMENTO) AS R FROM PRODUTOESTOQUE WHERE CODPROD = ?", sku)
        assert reserved["R"] == Decimal("4.333")


def with_another_total(order: ChannelOrder) -> ChannelOrder:
    return replace(order, total=order.total + Decimal("1.23"))


@pytest.mark.long
async def test_an_order_whose_total_is_not_what_was_paid_is_held_with_both_numbers(world: World) -> None:
    sku = world.stocked(5)
    tellers: list[_Tells] = []

    def wrap(channel: SalesChannel) -> Any:
        tellers.append(_Tells(channel, [with_another_total]))
        return tellers[0]

    async with life(world, wrap_channel=wrap) as engine:
        number = await engine.bought({sku: 2}, payment="boleto")
        row = engine.order(number)
        paid = Decimal(world.shop_order(number)["grand_total"]).quantize(Decimal("0.01"))
        assert (row["queue"], row["parked"]) == ("problem", "erp-total-differs")
        assert f'"computed": "{paid}"' in row["parked_params"]
        assert f'"total": "{paid + Decimal("1.23")}"' in row["parked_params"]
        assert world.erp_orders() == []

        tellers[0].changes = ()
        await world.clock.sleep(200)
        await engine.sync()
        (order,) = world.erp_orders()
        assert Decimal(order["VALORTOTALORCAMENTO"]) == paid
        assert engine.order(number)["parked"] is None


@pytest.mark.long
async def test_a_variant_that_was_bought_is_the_line_in_cplus(world: World) -> None:
    (grid,) = world.base(
        "SELECT FIRST 1 CODPRODGRADE AS G FROM PRODUTO WHERE CODPRODGRADE IS NOT NULL GROUP BY CODPRODGRADE"
    )
    rows = world.base("SELECT CODPROD FROM PRODUTO WHERE CODPRODGRADE = ? ORDER BY CODPROD", grid["G"])
    cells = [row["CODPROD"].strip() for row in rows]
    for cell in cells:
        world.staff.flag_online(cell, True)
        world.set_stock(cell, 5)
        world.staff.set_price(cell, r.VAREJO, Decimal(100))
    async with life(world) as engine:
        number = await engine.bought({cells[2]: 2}, payment="boleto")
        lines = world.base(
            "SELECT CODPROD, QUANTIDADE FROM ORCAMENTOPROD WHERE CODORC = ?", engine.order(number)["erp_key"]
        )
        assert [(line["CODPROD"].strip(), line["QUANTIDADE"]) for line in lines] == [(cells[2], 2)]
        assert world.on_hand_and_reserved(cells[2]) == (5, 2)
