"""Orders whose money is there, and what becomes of them on both sides."""

from __future__ import annotations

from tests.end_to_end.world import Life, World

TRACKING = "AA123456785BR"


async def paid_order(world: World, engine: Life, lines: dict[str, int]) -> str:
    """An order whose money is there: it waits to be invoiced."""
    number = world.buy(lines)
    await engine.sync()
    await engine.must("confirm_payment", order=engine.order(number)["id"])
    await engine.sync()
    assert engine.order(number)["queue"] == "to-invoice"
    return number


async def ship(engine: Life, number: str, tracking: str = TRACKING) -> None:
    await engine.must("close_shipment", order=engine.order(number)["id"], carrier="correios", tracking=tracking)
    await engine.sync()


def erp_key(engine: Life, number: str) -> str:
    return str(engine.order(number)["erp_key"])


def shipped(world: World, number: str) -> dict[str, int]:
    return {item["sku"]: int(item["qty_shipped"]) for item in world.shop_order(number)["items"]}


def two_products(world: World, stock: int = 10) -> tuple[str, str]:
    first, second = world.simple_product(0), world.simple_product(1)
    world.set_stock(first, stock)
    world.set_stock(second, stock)
    return first, second
