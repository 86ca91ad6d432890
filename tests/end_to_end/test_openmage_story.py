"""The story of an OpenMage shop, from C-Plus's catalogue to the buyer's parcel: Firebird server and HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from connectors.sandbox.base import registers as r
from engine.ports import SalesChannel
from engine.publishing import RowError, StockPush
from tests.end_to_end.openmage_world import TRACKING, OpenMageWorld, invoiced
from tests.end_to_end.world import ACCOUNT, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


@pytest.fixture
def world(openmage_world: OpenMageWorld) -> OpenMageWorld:
    return openmage_world


async def test_from_the_catalogue_of_cplus_to_the_buyer_s_parcel(world: OpenMageWorld) -> None:
    sku, other = world.stocked(5), world.stocked(4, index=1)
    async with life(world) as engine:
        (price,) = world.base("SELECT PRECO FROM PRODUTOPRECO WHERE CODPROD = ? AND CODPRECO = ?", sku, r.VAREJO)
        assert world.openmage.price(sku) == price["PRECO"]
        assert world.openmage.product(sku).pictures
        assert (world.shown(sku), world.shown(other)) == (5, 4)

        placed = world.visit({sku: 2, other: 1})
        assert world.shown(sku) == 3, "the shop counts down by itself"
        await engine.sync()
        assert (world.shown(sku), world.shown(other)) == (3, 3), "and it is not counted twice"
        (order,) = world.erp_orders()
        assert float(order["VALORTOTALORCAMENTO"]) == float(placed.total())
        assert order["FLAGRESERVADO"] == "Y"
        assert world.on_hand_and_reserved(sku) == (5, 2)
        assert len(world.base("SELECT 1 AS A FROM CLIENTE WHERE CPF = ?", world.buyer_document)) == 1

        await invoiced(world, engine, placed)
        assert placed.paid == placed.total()
        row = engine.order(placed.number)
        await engine.must("close_shipment", order=row["id"], carrier="correios", tracking=TRACKING)
        await engine.sync()
        (parcel,) = world.openmage.sales.shipments.values()
        assert [(track.carrier, track.number) for track in parcel.tracks] == [("custom", TRACKING)]
        assert placed.state == "complete"
        assert engine.order(placed.number)["queue"] == "done"
        assert [mail.kind for mail in world.openmage.mail].count("shipment") == 1
        assert (world.shown(sku), world.shown(other)) == (3, 3)
        assert engine.problems() == []


async def test_a_card_is_captured_once_approved_and_a_refused_order_gives_the_goods_back(world: OpenMageWorld) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        taken, refused = world.visit({sku: 1}, "cartao"), world.visit({sku: 2}, "cartao")
        await engine.sync()
        assert engine.order(taken.number)["queue"] == engine.order(refused.number)["queue"] == "decide"
        await engine.decide("approve", taken.number)
        await engine.decide("refuse", refused.number, reason="Fraude evidente")
        await engine.sync()
        await engine.sync()
        assert taken.paid == taken.total()
        assert refused.state == "canceled"
        assert world.on_hand_and_reserved(sku) == (10, 1)
        assert world.shown(sku) == 9


class Crossed:
    """The channel, and a buyer who orders just before the stock is written over what the shop had counted down."""

    def __init__(self, channel: SalesChannel, buy: Callable[[], Any]) -> None:
        self._channel = channel
        self._buy = buy
        self.armed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def push_stock(self, rows: Sequence[StockPush]) -> Sequence[RowError]:
        if self.armed:
            self.armed = False
            self._buy()
        return await self._channel.push_stock(rows)


async def test_an_order_that_crosses_a_write_of_stock_is_on_the_shelf_again_only_for_a_moment(
    world: OpenMageWorld,
) -> None:
    sku = world.stocked(5)
    crossed: list[Crossed] = []

    def wrap(channel: SalesChannel) -> SalesChannel:
        crossed.append(Crossed(channel, lambda: world.visit({sku: 2})))
        return crossed[0]

    async with life(world, wrap_channel=wrap) as engine:
        world.till.sell(sku)
        crossed[0].armed = True
        woken: list[tuple[str, str]] = []
        engine.engine.wake = lambda account, task: woken.append((account, task))
        (task,) = [task for task in engine.engine.tasks() if task.name == "stock"]
        await task.run()
        assert world.shown(sku) == 4, "the write has hidden what the order took"
        assert (ACCOUNT, "orders") in woken, "so the orders are looked at, at once"
        engine.engine.wake = engine.supervisor.wake
        await engine.sync()
        assert world.on_hand_and_reserved(sku) == (4, 2)
        assert world.shown(sku) == 2


async def test_grids_are_sold_as_products_of_their_own_and_groups_buy_at_their_table(world: OpenMageWorld) -> None:
    async with life(world):
        cells = world.base(
            "SELECT P.CODPROD FROM PRODUTO P JOIN PRODUTOCARACTERISTICA C ON C.CODPROD = P.CODPROD"
            " WHERE C.CODCARACTERISTICA = ? AND P.CODPRODGRADE IS NOT NULL AND P.FLAGINATIVO = 'N'", r.VENDA_ONLINE,
        )  # fmt: skip
        published = world.openmage.catalogue.products.values()
        assert {one.kind for one in published} == {"simple"}
        skus = {one.sku for one in published}
        assert any(str(cell["CODPROD"]).strip() in skus for cell in cells)
        prices = world.base("SELECT CODPROD, PRECO FROM PRODUTOPRECO WHERE CODPRECO = ? AND PRECO > 0", r.ATACADO)
        wholesale = {str(row["CODPROD"]).strip(): Decimal(row["PRECO"]) for row in prices}
        shown = {one.sku: [tier.price for tier in one.tiers if tier.group == "4"] for one in published}
        assert any(shown[sku] == [price] for sku, price in wholesale.items() if sku in shown)
