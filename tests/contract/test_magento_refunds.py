"""Goods that came back are credited: cut to what is left, back in stock, with or without the freight."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import Refused
from engine.model.channel import Refund
from tests.contract.magento_channel import a_bench, as_told

pytestmark = pytest.mark.anyio


async def test_a_credit_takes_the_pieces_back_into_stock_and_leaves_the_freight_alone() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 10)
        placed = bench.visit.order({"CAM-001": 3})
        bench.shop.documents.invoice(placed.order_id)
        bench.shop.documents.ship(placed.order_id)
        (line,) = (await as_told(bench, placed)).lines
        await bench.channel.refund(str(placed.order_id), Refund(((line.external_id, Decimal(1)),), freight=False))
        (memo,) = bench.shop.documents.creditmemos.values()
        assert memo.items[0].quantity == 1
        assert memo.freight == 0
        item = bench.shop.inventory.item("CAM-001", "default")
        assert item is not None
        assert item.quantity == 8
        assert [mail.kind for mail in bench.shop.mail].count("creditmemo") == 1

        await bench.channel.refund(str(placed.order_id), Refund(((line.external_id, Decimal(9)),), freight=True))
        _, last = bench.shop.documents.creditmemos.values()
        assert last.items[0].quantity == 2
        assert last.freight == placed.freight
        with pytest.raises(Refused, match="channel-refund-refused"):
            await bench.channel.refund(str(placed.order_id), Refund(((line.external_id, Decimal(1)),), freight=True))


async def test_a_variant_is_credited_by_the_line_that_the_order_names() -> None:
    async with a_bench() as bench:
        await bench.grid(sizes=("M",), colours=("Azul",))
        placed = bench.visit.order({"CAM-M-Azul": 2})
        bench.shop.documents.invoice(placed.order_id)
        bench.shop.documents.ship(placed.order_id)
        (line,) = (await as_told(bench, placed)).lines
        await bench.channel.refund(str(placed.order_id), Refund(((line.external_id, Decimal(2)),), freight=False))
        (line,) = (await as_told(bench, placed)).lines
        assert line.returned == 2


async def test_what_was_never_billed_cannot_be_credited() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        (line,) = (await as_told(bench, placed)).lines
        with pytest.raises(Refused, match="channel-refund-refused"):
            await bench.channel.refund(str(placed.order_id), Refund(((line.external_id, Decimal(1)),), freight=False))
