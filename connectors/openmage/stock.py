"""Stock: one number for each product, in the shop's only stock.

SOAP v2 has a call for many products that saves nothing but their stock; XML-RPC saves the whole product each time, a
third as fast, and is what remains where the shop cannot read its own WSDL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from connectors.magento_shapes.values import quantity, quantity_out
from connectors.openmage.shop import Shop
from engine.errors import IntegraError, Misconfigured, OutcomeUnknown, Refused, RetryLater
from engine.publishing import RowError, StockPush

SOURCE = "default"
SKUS_PER_READ = 200
NO_SOAP = ("channel-failed", "channel-not-xml")


async def read_stock(shop: Shop, skus: Iterable[str]) -> list[StockPush]:
    """What the shop has of these SKUs; absent ones are left out.

    It takes a number that is no SKU for the id of another product, so only what carries an asked SKU counts.
    """
    wanted = {sku.casefold(): sku for sku in skus}
    asked = list(wanted.values())
    found: list[StockPush] = []
    for start in range(0, len(asked), SKUS_PER_READ):
        rows = await shop.api.read("cataloginventory_stock_item.list", asked[start : start + SKUS_PER_READ])
        for row in rows:
            if (sku := wanted.get(str(row["sku"]).casefold())) is not None:
                found.append(StockPush(sku, SOURCE, quantity(row["qty"])))
    return found


async def push_stock(shop: Shop, rows: Sequence[StockPush]) -> list[RowError]:
    """Set quantities; the rows not named in the answer were taken.

    A SKU that the shop does not have is left out: it might be the id of another product.
    """
    there = {row.item for row in await read_stock(shop, [row.item for row in rows])}
    errors = [
        RowError(place, "openmage-no-product", row.item) for place, row in enumerate(rows) if row.item not in there
    ]
    sent = [(place, row.item, _wire(row)) for place, row in enumerate(rows) if row.item in there]
    if not sent or await _by_soap(shop, [(sku, values) for _, sku, values in sent]):
        return errors
    answers = await shop.api.write_many(
        [("cataloginventory_stock_item.update", (sku, values)) for _, sku, values in sent]
    )
    for (place, _, _), answer in zip(sent, answers, strict=True):
        if isinstance(answer, IntegraError):
            errors.append(RowError(place, answer.code, answer.detail))
    return sorted(errors, key=lambda error: error.index)


async def _by_soap(shop: Shop, rows: Sequence[tuple[str, Mapping[str, str]]]) -> bool:
    """False where it has to be done row by row: no SOAP v2, or a fault, which names no row."""
    if shop.speaks_soap is None:
        shop.speaks_soap = await speaks_soap(shop)
    if not shop.speaks_soap:
        return False
    try:
        await shop.api.set_stock(rows)
    except Refused:
        return False
    except OutcomeUnknown as unknown:
        if unknown.code in NO_SOAP:
            shop.speaks_soap = False
        raise
    return True


async def speaks_soap(shop: Shop) -> bool:
    """Whether the shop takes the call for many products: tried with none."""
    try:
        await shop.api.set_stock([])
    except (Refused, Misconfigured):
        return False
    except RetryLater as error:
        if error.code not in NO_SOAP:
            raise
        return False
    return True


def _wire(row: StockPush) -> dict[str, str]:
    assert row.quantity >= 0, "the shop would take a negative quantity and sell nothing"
    return {"qty": str(quantity_out(row.quantity)), "is_in_stock": "1" if row.quantity > 0 else "0"}
