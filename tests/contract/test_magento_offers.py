"""Prices for quantities and for a time in a Magento shop: set, moved, taken back; the merchant's own stay."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.sandbox.shop import Fault
from connectors.sandbox.shop.customers import GUESTS
from engine.publishing import Period, PricePush
from tests.contract.magento_channel import PRICE, Bench, a_bench, bodies

pytestmark = pytest.mark.anyio

TIERS = "POST V1/products/tier-prices"
SPECIAL = "POST V1/products/special-price"
FIRST, LAST = date(2026, 11, 20), date(2026, 11, 30)
NO_PRICE = PricePush("CAM-001", None, None, period=Period())


def special(amount: str, first: date | None = FIRST, last: date | None = LAST, sku: str = "CAM-001") -> PricePush:
    return PricePush(sku, None, Decimal(amount), period=Period(first, last))


def pays(bench: Bench, quantity: int = 1, *, at: datetime | None = None, group: str | None = None) -> Decimal:
    """What a piece costs who buys so many."""
    product = bench.product("CAM-001")
    return bench.shop.prices.final(
        product, GUESTS if group is None else int(group), Decimal(quantity), at or datetime(2026, 11, 24, tzinfo=UTC)
    )


async def test_who_buys_more_pays_less_each_group_by_its_own_quantities() -> None:
    async with a_bench() as bench:
        group = (await bench.channel.create_price_group("ATACADO")).external_id
        await bench.on_sale("CAM-001")
        rows = [
            PricePush("CAM-001", None, Decimal("55.00"), Decimal(6)),
            PricePush("CAM-001", None, Decimal("52.50"), Decimal(12)),
            PricePush("CAM-001", group, Decimal("49.90")),
            PricePush("CAM-001", group, Decimal("45.00"), Decimal(12)),
        ]
        before = len(bench.asked())
        assert await bench.channel.push_prices(rows) == []
        assert bench.asked()[before:].count(TIERS) == 1, "one call for all of them"
        assert [pays(bench, n) for n in (1, 5, 6, 12)] == [PRICE, PRICE, Decimal("55.00"), Decimal("52.50")]
        assert [pays(bench, n, group=group) for n in (1, 12)] == [Decimal("49.90"), Decimal("45.00")]
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.prices == ((None, PRICE), (group, Decimal("49.90")))
        assert set(item.quantity_prices) == {
            (None, Decimal(6), Decimal("55.00")), (None, Decimal(12), Decimal("52.50")),
            (group, Decimal(12), Decimal("45.00")),
        }  # fmt: skip


async def test_a_price_for_a_quantity_taken_back_leaves_the_other_quantities_and_the_merchants_own() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        theirs = {"price": 10, "price_type": "discount", "website_id": 0, "sku": "CAM-001", "customer_group": "General"}
        await bench.visit.post("V1/products/tier-prices", {"prices": [{**theirs, "quantity": 6}]})
        rows = [PricePush("CAM-001", None, Decimal(n), Decimal(q)) for q, n in ((6, 55), (12, 52))]
        await bench.channel.push_prices(rows)
        assert await bench.channel.push_prices([PricePush("CAM-001", None, None, Decimal(6))]) == []
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.quantity_prices == ((None, Decimal(12), Decimal(52)),)
        assert len(bench.product("CAM-001").tiers) == 2


async def test_a_promotion_begins_and_ends_in_the_shop_by_itself_on_the_stores_own_days() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        assert await bench.channel.push_prices([special("39.90")]) == []
        evening_before = datetime(2026, 11, 20, 2, 59, tzinfo=UTC)  # still the 19th at the store
        last_evening = datetime(2026, 12, 1, 2, 59, tzinfo=UTC)  # still the 30th
        assert pays(bench, at=evening_before) == PRICE
        assert pays(bench, at=datetime(2026, 11, 20, 3, 0, tzinfo=UTC)) == Decimal("39.90")
        assert pays(bench, at=last_evening) == Decimal("39.90")
        assert pays(bench, at=datetime(2026, 12, 1, 3, 0, tzinfo=UTC)) == PRICE
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.special == (Decimal("39.90"), Period(FIRST, LAST))


async def test_a_promotion_moved_or_shortened_replaces_the_former_and_one_removed_is_gone() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        await bench.channel.push_prices([special("39.90")])
        await bench.channel.push_prices([special("41.90", None, date(2026, 11, 25))])
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.special == (Decimal("41.90"), Period(None, date(2026, 11, 25)))
        await bench.channel.push_prices([special("42.90", FIRST, None)])
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.special == (Decimal("42.90"), Period(FIRST, None))
        assert await bench.channel.push_prices([NO_PRICE]) == []
        assert await bench.channel.push_prices([NO_PRICE]) == [], "it is gone already"
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert (item.special, item.prices) == (None, ((None, PRICE),))


async def test_days_and_store_leave_as_the_shop_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = bodies(monkeypatch)
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        sent.clear()
        await bench.channel.push_prices([special("39.90")])
        await bench.channel.push_prices([PricePush("CAM-001", None, Decimal(30), Decimal("2.500"))])
        wanted = {"sku": "CAM-001", "price": 39.9, "store_id": 0}
        dates = {"price_from": "2026-11-20 00:00:00", "price_to": "2026-11-30 00:00:00"}
        assert json.loads(sent[0]) == {"prices": [{**wanted, **dates}]}
        assert b'"quantity":2.5}' in sent[1]
        assert b'"ALL GROUPS"' in sent[1]


async def test_a_refused_row_of_each_kind_is_named_and_the_others_are_taken() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        rows = [
            special("39.90"),
            special("9.90", sku="SUMIU"),
            PricePush("CAM-001", None, Decimal(50), Decimal(6)),
            PricePush("SUMIU", None, Decimal(5), Decimal(6)),
            PricePush("CAM-001", None, Decimal("64.90")),
        ]
        errors = await bench.channel.push_prices(rows)
        assert [(error.index, error.code) for error in errors] == [(1, "price-refused"), (3, "price-refused")]
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.special is not None
        assert (item.prices, item.quantity_prices) == (
            ((None, Decimal("64.90")),), ((None, Decimal(6), Decimal(50)),),
        )  # fmt: skip


async def test_a_refused_quantity_does_not_hold_the_other_quantities_of_its_group() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        parameters = ["12", "CAM-001", "0", "ALL GROUPS", "6"]  # a price of 12 is no quantity of 12
        refusal = [{"message": "Invalid attribute Price = %price. Row ID: ...", "parameters": parameters}]
        bench.shop.faults.add(Fault("POST", "tier-prices$", "answer", status=200, body=refusal))
        rows = [PricePush("CAM-001", None, Decimal(40), Decimal(n)) for n in (6, 12)]
        assert [error.index for error in await bench.channel.push_prices(rows)] == [0]
