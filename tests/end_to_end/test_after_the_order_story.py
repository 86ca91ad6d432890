"""The story of an order once it stands in C-Plus: what its staff do with it, and what the buyer's shop sees of that."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from connectors.sandbox.base import registers as r
from engine.errors import OutcomeUnknown
from engine.model.channel import Shipment
from engine.model.erp import LetGo
from engine.ports import Erp, SalesChannel
from tests.end_to_end.paid_orders import TRACKING, erp_key, paid_order, ship, shipped, two_products
from tests.end_to_end.world import Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


async def test_an_order_sold_in_pieces_leaves_in_as_many_parcels_and_no_piece_twice(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 4, two: 1})
        world.staff.invoice(erp_key(engine, number), only={one: 1})
        await engine.sync()
        row = engine.order(number)
        assert (row["fulfilment"], row["queue"]) == ("part-invoiced", "to-ship")
        assert world.shop.salable(one) == 6
        await ship(engine, number)
        assert shipped(world, number) == {one: 1, two: 0}
        row = engine.order(number)
        assert (row["fulfilment"], row["queue"]) == ("part-shipped", "to-invoice")
        answer = await engine.ask("close_shipment", order=row["id"], carrier="correios", tracking=TRACKING)
        assert answer["error"]["code"] == "not-invoiced"

        world.staff.invoice(erp_key(engine, number), only={one: 1})
        await engine.sync()
        await ship(engine, number, "AA222222222BR")
        assert shipped(world, number) == {one: 2, two: 0}, "the shop would take two more"

        world.staff.invoice(erp_key(engine, number))
        await engine.sync()
        assert (engine.order(number)["fulfilment"], engine.order(number)["queue"]) == ("invoiced", "to-ship")
        await ship(engine, number, "AA333333333BR")
        assert shipped(world, number) == {one: 4, two: 1}
        assert world.tracks(number) == [TRACKING, "AA222222222BR", "AA333333333BR"]
        assert engine.order(number)["queue"] == "done"
        assert (world.shop.salable(one), world.shop.salable(two)) == (6, 9)


async def test_of_an_order_that_staff_edited_only_what_was_invoiced_leaves_and_a_person_sees_the_difference(
    world: World,
) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 3, two: 1})
        world.staff.edit_line(erp_key(engine, number), one, 2)
        world.staff.edit_line(erp_key(engine, number), two, 0)
        await engine.sync()
        assert "edited-in-erp" in engine.events(number)
        world.staff.invoice(erp_key(engine, number))
        await engine.sync()
        row = engine.order(number)
        assert (row["fulfilment"], row["parked"], row["queue"]) == ("invoiced", "invoiced-differs", "problem")
        await engine.must("unpark", order=row["id"])
        await engine.sync()
        assert engine.order(number)["queue"] == "to-ship", "what a person has seen is not shown again"
        await ship(engine, number)
        assert shipped(world, number) == {one: 2, two: 0}
        assert engine.order(number)["fulfilment"] == "shipped"


async def test_other_goods_in_the_sale_are_told_and_the_shop_is_not_asked_to_ship_what_it_did_not_sell(
    world: World,
) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 1})
        sale = world.staff.invoice(erp_key(engine, number))
        world.staff.write(
            lambda cursor: cursor.execute("UPDATE MOVENDAPROD SET CODPROD = ? WHERE CODMOVENDA = ?", (two, sale.key))
        )
        await engine.sync()
        row = engine.order(number)
        assert row["parked"] == "invoiced-differs"
        (extra,) = engine.rows("SELECT sku, quantity_e4 FROM invoiced_extra WHERE order_id = ?", row["id"])
        assert tuple(extra) == (two, 10_000)
        answer = await engine.ask("close_shipment", order=row["id"], carrier="correios", tracking=TRACKING)
        assert answer["error"]["code"] == "nothing-to-ship"


async def test_an_invoice_undone_holds_the_goods_back_and_a_new_one_goes_on(world: World) -> None:
    sku, _ = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {sku: 2})
        sale = world.staff.invoice(erp_key(engine, number))
        await engine.sync()
        world.staff.cancel_sale(sale.key, "erro")
        await engine.sync()
        row = engine.order(number)
        assert (row["fulfilment"], row["parked"]) == ("short", "invoice-cancelled-in-erp")
        assert world.shop.salable(sku) == 8, "the goods are back on the shelf and still the buyer's"


@pytest.mark.long
async def test_goods_brought_back_after_the_end_are_told_with_a_document_that_fell(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 2, two: 1})
        sale = world.staff.invoice(erp_key(engine, number))
        await engine.sync()
        await ship(engine, number)
        assert engine.order(number)["queue"] == "done"
        world.staff.pack(sale.key)
        world.staff.take_back(sale.key, one, 1)
        world.staff.cancel_nfe(sale.key)
        await world.clock.sleep(2)  # the slower clock of the tests
        await engine.sync()
        row = engine.order(number)
        assert (row["queue"], row["parked"]) == ("problem", "returned-in-erp")
        assert row["packed_at"] is not None
        assert (row["nfe_cancelled"], row["nfe_key"]) == (1, None)
        lines = engine.rows("SELECT sku, erp_returned_e4, returned_e4 FROM order_line WHERE order_id = ?", row["id"])
        assert {(line["sku"], line["erp_returned_e4"], line["returned_e4"]) for line in lines} == {
            (one, 10_000, 0),
            (two, 0, 0),
        }, "the shop is not touched: the money is a person's to give back"
        await engine.must("unpark", order=row["id"])
        await world.clock.sleep(2)
        await engine.sync()
        assert engine.order(number)["queue"] == "done"


@pytest.mark.long
async def test_what_cplus_leaves_reserved_when_it_invoices_is_released_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sku, _ = two_products(world)
    options = world.erp_options() | {"releases_at_invoicing": "integra"}
    monkeypatch.setattr(world, "erp_options", lambda: options)
    async with life(world) as engine:
        number = await paid_order(world, engine, {sku: 2})
        key = erp_key(engine, number)
        world.staff.invoice(key)

        def reserve_again(cursor: Any) -> None:
            cursor.execute("UPDATE ORCAMENTO SET FLAGRESERVADO = 'Y' WHERE CODORC = ?", (key,))
            cursor.execute(
                "UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = 5 WHERE CODPROD = ? AND CODSETORESTOQUE = ?",
                (sku, r.LOJA),
            )

        world.staff.write(reserve_again)
        await engine.sync()
        await engine.sync()
        assert world.on_hand_and_reserved(sku) == (8, 3)
        assert "released-after-invoice" in engine.events(number)
        assert world.shop.salable(sku) == 5


# --- a sale typed again ----------------------------------------------------------------------------------------------


async def typed_again(world: World, engine: Life, sku: str) -> tuple[str, Any]:
    """A paid order of two pieces, and the sale that somebody made of it at the till, by hand."""
    number = await paid_order(world, engine, {sku: 2})
    (customer,) = world.base("SELECT CODCLI FROM ORCAMENTO WHERE CODORC = ?", erp_key(engine, number))
    sale = world.till.sell(sku, 2, customer=customer["CODCLI"])
    assert sale is not None
    return number, sale


@pytest.mark.long
async def test_a_sale_typed_again_becomes_the_orders_invoice_when_a_person_says_so(world: World) -> None:
    sku, _ = two_products(world)
    async with life(world) as engine:
        number, sale = await typed_again(world, engine, sku)
        await engine.sync()
        assert world.on_hand_and_reserved(sku) == (8, 2), "twice taken, until somebody says it is one"
        row = engine.order(number)
        (found,) = (await engine.must("sale_candidates", order=row["id"]))["result"]["sales"]
        assert (found["key"], found["number"]) == (sale.key, str(sale.number))
        assert {"document", "products"} <= set(found["reasons"])
        await engine.must("link_sale", order=row["id"], sale=found["key"])
        await engine.sync()
        assert world.on_hand_and_reserved(sku) == (8, 0)
        (order,) = world.erp_orders()
        assert order["FLAGCANCELADO"] == "Y"
        assert str(sale.number) in order["MOTIVOCANCELAMENTO"]
        row = engine.order(number)
        assert (row["fulfilment"], row["queue"], row["parked"]) == ("invoiced", "to-ship", None)
        assert row["sale_number"] == str(sale.number)
        key = world.staff.issue_nfe(sale.key)
        await engine.sync()
        file = (await engine.must("invoice_xml", order=row["id"]))["result"]
        assert file["key"] == key
        assert f"NFe{key}" in file["xml"]
        assert world.shop.salable(sku) == 8
        answer = await engine.ask("link_sale", order=row["id"], sale=found["key"])
        assert answer["error"]["code"] == "not-to-link"
        await ship(engine, number)
        assert shipped(world, number) == {sku: 2}


@pytest.mark.long
async def test_one_sale_is_the_invoice_of_one_order_only(world: World) -> None:
    sku, _ = two_products(world)
    async with life(world) as engine:
        first, sale = await typed_again(world, engine, sku)
        second = await paid_order(world, engine, {sku: 2})
        await engine.decide("link_sale", first, sale=sale.key)
        answer = await engine.ask("link_sale", order=engine.order(second)["id"], sale=sale.key)
        assert answer["error"]["code"] == "sale-linked-already"
        assert (await engine.decide("sale_candidates", second))["result"]["sales"] == []


@pytest.mark.long
async def test_an_order_that_staff_invoice_while_it_is_linked_keeps_its_own_invoice(world: World) -> None:
    sku, _ = two_products(world)
    async with life(world) as engine:
        number, sale = await typed_again(world, engine, sku)
        await engine.decide("link_sale", number, sale=sale.key)
        own = world.staff.invoice(erp_key(engine, number))
        await engine.sync()
        row = engine.order(number)
        assert (row["parked"], row["linked_sale"]) == ("linked-too-late", None)
        assert row["sale_number"] == str(own.number)
        assert row["fulfilment"] == "invoiced"


class _DeafErp:
    """C-Plus does what it is asked, and the first answer is lost on its way."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.cancels = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._erp, name)

    async def cancel_order(self, key: str, reason: str, uncontrolled: Collection[str] = ()) -> LetGo:
        let_go = await self._erp.cancel_order(key, reason, uncontrolled)
        self.cancels += 1
        if self.cancels == 1:
            raise OutcomeUnknown("erp-commit-unknown")
        return let_go


class _DeafShop:
    """The shop ships, and the first answer is lost on its way."""

    def __init__(self, channel: SalesChannel) -> None:
        self._channel = channel
        self.shipments = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def ship(self, external_id: str, shipment: Shipment) -> None:
        await self._channel.ship(external_id, shipment)
        self.shipments += 1
        if self.shipments == 1:
            raise OutcomeUnknown("channel-answer-lost")


@pytest.mark.long
async def test_a_link_whose_answer_was_lost_gives_the_goods_back_once(world: World) -> None:
    sku, _ = two_products(world)
    linking: AbstractAsyncContextManager[Life] = life(world, wrap_erp=_DeafErp)
    async with linking as engine:
        await engine.sync()
        number, sale = await typed_again(world, engine, sku)
        world.staff.write(
            lambda cursor: cursor.execute(
                "UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = 7 WHERE CODPROD = ? AND RESERVADOORCAMENTO = 2", (sku,)
            )
        )
        await engine.decide("link_sale", number, sale=sale.key)
        for _ in range(3):
            await engine.sync()
            await world.clock.sleep(60)
        assert world.on_hand_and_reserved(sku) == (8, 5)
        assert engine.order(number)["fulfilment"] == "invoiced"
        assert _open_effects(engine) == []


@pytest.mark.long
async def test_a_parcel_whose_answer_was_lost_is_not_sent_again(world: World) -> None:
    one, two = two_products(world)
    shop: list[_DeafShop] = []

    def deaf(channel: SalesChannel) -> Any:
        shop.append(_DeafShop(channel))
        return shop[0]

    async with life(world, wrap_channel=deaf) as engine:
        number = await paid_order(world, engine, {one: 2, two: 1})
        world.staff.invoice(erp_key(engine, number), only={one: 1})
        await engine.sync()
        await ship(engine, number)
        for _ in range(3):
            await world.clock.sleep(60)
            await engine.sync()
        assert shop[0].shipments == 1
        assert shipped(world, number) == {one: 1, two: 0}
        assert engine.order(number)["fulfilment"] == "part-shipped"
        assert _open_effects(engine) == []


def _open_effects(engine: Life) -> list[sqlite3.Row]:
    return engine.rows("SELECT * FROM effect WHERE state IN ('decided', 'in-flight')")
