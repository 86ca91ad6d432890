"""A kit's line taken apart for the ERP: one line per part, which together cost to the cent what the kit does. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from engine.amounts import ZERO, from_cents, from_e4, to_cents, to_e4
from engine.model.erp import ErpLine

_PRICE_STEP = Decimal("0.0001")  # the ERP keeps prices with four decimals


def taken_apart(kit: ErpLine, parts: Sequence[tuple[str, int]], cents: Mapping[str, int]) -> tuple[ErpLine, ...]:
    """The lines of the parts: SKU and ten-thousandths in one kit. Price and discount are spread by what the parts cost
    (`cents` of one piece), by equal shares where a part has no price.
    """
    quantities = [from_e4(to_e4(kit.quantity * from_e4(in_one))) for _, in_one in parts]
    weights = [to_cents(quantity * cents.get(sku, 0)) for quantity, (sku, _) in zip(quantities, parts, strict=True)]
    if not all(weights):
        weights = [1] * len(parts)
    worth = shares(to_cents(kit.quantity * kit.unit_price), weights)
    off = shares(to_cents(kit.discount), worth if any(worth) else weights)
    return tuple(
        _line(replace(kit, sku=sku, quantity=quantity), from_cents(amount), from_cents(discount))
        for (sku, _), quantity, amount, discount in zip(parts, quantities, worth, off, strict=True)
    )


def shares(cents: int, weights: Sequence[int]) -> list[int]:
    """The cents divided in the proportion of the weights, none lost: what rounding leaves goes to the largest rests."""
    total = sum(weights)
    given = [cents * weight // total for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda place: -(cents * weights[place] % total))
    for place in by_rest[: cents - sum(given)]:
        given[place] += 1
    return given


def _line(line: ErpLine, amount: Decimal, discount: Decimal) -> ErpLine:
    """The line at a price of four decimals that gives this amount; where none does, the next above and a discount."""
    price = (amount / line.quantity).quantize(_PRICE_STEP, ROUND_HALF_UP)
    if to_cents(price * line.quantity) != to_cents(amount):
        price = (amount / line.quantity).quantize(_PRICE_STEP, ROUND_CEILING)
    over = from_cents(to_cents(price * line.quantity)) - amount
    return replace(line, unit_price=price, discount=discount + max(over, ZERO))
