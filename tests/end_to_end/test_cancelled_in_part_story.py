"""The story of an order of which the shop cancels a part, or all of it too late, while C-Plus still has the goods."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import pytest

from connectors.sandbox.base import registers as r
from engine.base_watch import ASK_AGAIN_S
from engine.errors import Refused
from engine.model.erp import LetGo
from engine.ports import Erp
from tests.end_to_end.paid_orders import erp_key, paid_order, ship, shipped, two_products
from tests.end_to_end.world import Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


async def shipped_in_part(world: World, engine: Life, lines: dict[str, int], part: dict[str, int]) -> str:
    number = await paid_order(world, engine, lines)
    world.staff.invoice(erp_key(engine, number), only=part)
    await engine.sync()
    await ship(engine, number)
    return number


def let_go(world: World, key: str, *skus: str) -> None:
    """Staff strike the rest of these lines out of an order of which a part is sold, and its reservation with it."""

    def strike_out(cursor: Any) -> None:
        for sku in skus:
            cursor.execute(
                "SELECT CODORCPROD, QUANTIDADE, COALESCE(QUANTIDADETOTALFATURADA, 0) FROM ORCAMENTOPROD"
                " WHERE CODORC = ? AND CODPROD = ?",
                (key, sku),
            )
            line, ordered, sold = cursor.fetchone()
            change = "QUANTIDADE = QUANTIDADETOTALFATURADA" if sold else "FLAGITEMCANCELADO = 'Y'"
            cursor.execute(f"UPDATE ORCAMENTOPROD SET {change} WHERE CODORCPROD = ?", (line,))
            cursor.execute(
                "UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = RESERVADOORCAMENTO - ? WHERE CODPROD = ?"
                " AND CODSETORESTOQUE = ?",
                (ordered - sold, sku, r.LOJA),
            )

    world.staff.write(strike_out)


async def test_a_rest_that_the_buyer_cancels_is_asked_out_of_cplus_and_the_order_ends_when_it_is_out(
    world: World,
) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = await shipped_in_part(world, engine, {one: 4, two: 1}, {one: 1})
        world.refund_in_the_shop(number, {one: 3, two: 1})
        await engine.sync()
        row = engine.order(number)
        assert (row["queue"], row["parked"]) == ("problem", "rest-cancelled-in-shop")
        told = json.loads(row["parked_params"])
        assert told["number"] == row["erp_number"]
        assert told["goods"].startswith("3 × ")
        assert " 1 × " in told["goods"]
        assert (world.shop.salable(one), world.shop.salable(two)) == (6, 9), "C-Plus holds them until staff let go"

        let_go(world, erp_key(engine, number), one, two)
        await engine.sync()
        row = engine.order(number)
        assert (row["fulfilment"], row["queue"], row["parked"]) == ("shipped", "done", None)
        assert (world.shop.salable(one), world.shop.salable(two)) == (9, 10)


@pytest.mark.long
async def test_a_rest_that_cplus_does_not_let_go_of_ends_by_the_word_of_a_person(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = await shipped_in_part(world, engine, {one: 4}, {one: 1})
        world.refund_in_the_shop(number, {one: 3})
        await engine.sync()
        await engine.decide("unpark", number)
        world.till.sell(two)
        await engine.sync()
        row = engine.order(number)
        assert (row["fulfilment"], row["queue"], row["parked"]) == ("shipped", "done", None)


async def test_a_line_cancelled_before_the_invoice_is_asked_out_of_cplus_and_what_is_left_goes_on(
    world: World,
) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 2, two: 1})
        world.refund_in_the_shop(number, {two: 1})
        await engine.sync()
        assert engine.order(number)["parked"] == "rest-cancelled-in-shop"
        world.staff.edit_line(erp_key(engine, number), two, 0)
        await engine.sync()
        row = engine.order(number)
        assert (row["queue"], row["parked"]) == ("to-invoice", None)
        world.staff.invoice(erp_key(engine, number))
        await engine.sync()
        row = engine.order(number)
        assert (row["fulfilment"], row["queue"], row["parked"]) == ("invoiced", "to-ship", None)


@pytest.mark.long
async def test_a_piece_cancelled_after_the_invoice_is_told_before_the_parcel_leaves(world: World) -> None:
    one, _ = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 3})
        sale = world.staff.invoice(erp_key(engine, number))
        await engine.sync()
        world.refund_in_the_shop(number, {one: 1})
        await engine.sync()
        row = engine.order(number)
        assert (row["queue"], row["parked"]) == ("problem", "sold-and-cancelled-in-shop")
        world.staff.take_back(sale.key, one, 1)
        await engine.sync()
        await engine.must("unpark", order=row["id"])
        await engine.sync()
        assert engine.order(number)["queue"] == "to-ship"
        await ship(engine, number)
        assert shipped(world, number) == {one: 2}


@pytest.mark.long
async def test_goods_of_an_order_cancelled_after_approval_are_free_once_a_person_has_seen_the_alarm(
    world: World,
) -> None:
    one, _ = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 2})
        world.refund_in_the_shop(number)
        await engine.sync()
        row = engine.order(number)
        assert (row["cancellation"], row["alarm"]) == ("late", "do-not-dispatch")
        assert world.on_hand_and_reserved(one) == (10, 2)
        await engine.must("acknowledge_alarm", order=row["id"])
        await engine.sync()
        assert engine.order(number)["queue"] == "done"
        assert world.on_hand_and_reserved(one) == (10, 0)
        (order,) = world.erp_orders()
        assert order["FLAGCANCELADO"] == "Y"


@pytest.mark.long
async def test_an_order_deleted_in_cplus_is_told_and_can_be_refused_to_its_end(world: World) -> None:
    one, _ = two_products(world)
    async with life(world) as engine:
        number = await engine.bought({one: 2})
        _deleted_in_cplus(world, erp_key(engine, number))
        await engine.sync()
        row = engine.order(number)
        assert (row["queue"], row["parked"]) == ("problem", "erp-order-gone")
        await engine.must("refuse", order=row["id"], reason="apagado")
        await engine.sync()
        row = engine.order(number)
        assert (row["cancellation"], row["queue"]) == ("cancelled", "done")
        assert engine.rows("SELECT * FROM effect WHERE state IN ('decided', 'in-flight')") == []


def _deleted_in_cplus(world: World, key: str) -> None:
    def delete(cursor: Any) -> None:
        cursor.execute(
            "UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = 0 WHERE CODPROD IN"
            " (SELECT CODPROD FROM ORCAMENTOPROD WHERE CODORC = ?)",
            (key,),
        )
        cursor.execute("DELETE FROM ORCAMENTOPROD WHERE CODORC = ?", (key,))
        cursor.execute("DELETE FROM ORCAMENTO WHERE CODORC = ?", (key,))

    world.staff.write(delete)


@pytest.mark.long
async def test_a_paid_order_deleted_in_cplus_is_written_again_and_stops_nothing_meanwhile(world: World) -> None:
    one, _ = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 2})
        _deleted_in_cplus(world, erp_key(engine, number))
        await engine.sync()
        await world.clock.sleep(ASK_AGAIN_S + 1)  # the base is asked anew which one it is
        await engine.sync()
        row = engine.order(number)
        assert (row["queue"], row["parked"]) == ("problem", "erp-order-gone")
        assert engine.rows("SELECT mode FROM account")[0]["mode"] == "live"
        back = await engine.ask("unpark", order=row["id"])
        assert back["error"]["code"] == "must-be-written-again", "put back, it would wait for ever"
        await engine.must("rewrite", order=row["id"])
        await engine.sync()
        assert engine.order(number)["queue"] == "to-invoice"
        assert world.on_hand_and_reserved(one)[1] == 2


@pytest.mark.long
async def test_an_order_deleted_in_the_shop_ends_when_it_is_refused_and_holds_nothing_else_up(world: World) -> None:
    one, _ = two_products(world)
    async with life(world) as engine:
        number, other = world.buy({one: 2}), world.buy({one: 1})
        await engine.sync()
        world.delete_in_the_shop(number)
        await engine.decide("refuse", number, reason="sem contato")
        await engine.decide("confirm_payment", other)
        await engine.sync()
        row = engine.order(number)
        assert (row["queue"], row["parked"], row["cancellation"]) == ("done", None, "cancelled")
        assert engine.order(other)["queue"] == "to-invoice"
        assert world.on_hand_and_reserved(one) == (10, 1), "its goods are free again in C-Plus"
        assert engine.rows("SELECT * FROM effect WHERE state IN ('decided', 'in-flight')") == []


@pytest.mark.long
async def test_a_sold_order_deleted_in_the_shop_is_told_by_its_parcel_and_ended_by_a_person(world: World) -> None:
    one, _ = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 2})
        world.staff.invoice(erp_key(engine, number))
        await engine.sync()
        refused = await engine.ask("refuse", order=engine.order(number)["id"], reason="apagado")
        assert refused["error"]["code"] == "too-late-to-refuse", "the shop has it"
        world.delete_in_the_shop(number)
        await ship(engine, number)
        assert engine.order(number)["parked"] == "order-gone"
        await engine.decide("refuse", number, reason="apagado")
        await engine.sync()
        row = engine.order(number)
        assert (row["cancellation"], row["alarm"]) == ("cancelled", "do-not-dispatch"), "its sale stands in C-Plus"
        await engine.must("acknowledge_alarm", order=row["id"])
        await engine.sync()
        assert (engine.order(number)["queue"], engine.order(number)["parked"]) == ("done", None)


@pytest.mark.long
async def test_a_cancel_that_cplus_took_at_the_second_try_leaves_no_problem_behind(world: World) -> None:
    one, _ = two_products(world)
    async with life(world, wrap_erp=_RefusesOnce) as engine:
        number = await engine.bought({one: 2})
        await engine.decide("refuse", number, reason="sem contato")
        await engine.sync()
        assert engine.order(number)["parked"] == "erp-refused"
        await world.clock.sleep(600)
        await engine.sync()
        assert (engine.order(number)["queue"], engine.order(number)["parked"]) == ("done", None)
        assert world.on_hand_and_reserved(one) == (10, 0)


class _RefusesOnce:
    """C-Plus, which takes a cancel at the second try."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._asked = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._erp, name)

    async def cancel_order(self, key: str, reason: str, uncontrolled: Collection[str] = ()) -> LetGo:
        if not self._asked:
            self._asked = True
            raise Refused("erp-refused")
        return await self._erp.cancel_order(key, reason, uncontrolled)


async def test_a_part_whose_sale_is_cancelled_is_held_back_though_the_orders_flag_still_says_reserved(
    world: World,
) -> None:
    one, _ = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 4})
        sale = world.staff.invoice(erp_key(engine, number), only={one: 1})
        await engine.sync()
        assert world.shop.salable(one) == 6
        world.staff.cancel_sale(sale.key, "erro")
        await engine.sync()
        assert world.on_hand_and_reserved(one) == (10, 3)
        (flag,) = world.base("SELECT FLAGRESERVADO FROM ORCAMENTO WHERE CODORC = ?", erp_key(engine, number))
        assert flag["FLAGRESERVADO"] == "Y"
        assert engine.order(number)["parked"] == "invoice-cancelled-in-erp"
        assert world.shop.salable(one) <= 6, "the piece that came back is the buyer's"


@pytest.mark.long
async def test_a_short_order_whose_missing_goods_staff_struck_out_takes_what_is_there(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = world.buy({one: 2, two: 1})
        world.set_stock(two, 0)
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "short"
        world.staff.edit_line(erp_key(engine, number), two, 0)
        await engine.sync()
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "reserved"
        assert world.on_hand_and_reserved(one) == (10, 2)
