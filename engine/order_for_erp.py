"""An order of a channel as the ERP is to write it: its sums, and its lines with kits taken apart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.amounts import ZERO, from_cents, from_e4
from engine.delivery import recipient
from engine.errors import NeedsPerson
from engine.kits import taken_apart
from engine.model.channel import ChannelOrder
from engine.model.erp import ErpLine, ErpOrder
from engine.model.people import ErpCustomer
from engine.store import kits


@dataclass(frozen=True, slots=True)
class KitParts:
    """What is in one of each line that is a kit (SKU, ten-thousandths), and what one of each part costs by itself."""

    by_line: Mapping[int, Sequence[tuple[str, int]]]
    cents: Mapping[str, int]


def kit_parts_of(db: sqlite3.Connection, order: sqlite3.Row, price_table: str) -> KitParts:
    """What the order's kits are made of. Raises NeedsPerson for one that the ERP cannot sell as it stands there."""
    if order["erp_key"] is None:  # nothing was written yet: a kit that was faulty when the order came may be sound now
        kits.freeze(db, order["id"])
        faulty = kits.unreadable(db, order["id"])
        if faulty is not None:
            raise NeedsPerson(faulty["code"], sku=faulty["sku"], name=faulty["name"], skus=faulty["skus"])
    return KitParts(kits.parts_of(db, order["id"]), kits.cents_of_parts(db, order["id"], price_table))


def order_for_erp(
    row: sqlite3.Row,
    told: ChannelOrder,
    lines: Sequence[sqlite3.Row],
    kit_parts: KitParts,
    customer: ErpCustomer,
    prefix: str,
) -> ErpOrder:
    """The order with its lines as the ERP's stock knows them; what the buyer calls a kit stands in the note."""
    # The channel's discount is the whole order's; what its lines carry already is not taken off twice. Lines rounded
    # each for itself may carry a cent more than the whole: it comes back as a surcharge.
    to = recipient(row, told)
    discount = told.discount - sum((line.discount for line in told.lines), start=ZERO)
    return ErpOrder(
        reference=str(row["reference"]),
        customer_code=customer.code,
        customer_name=customer.person.name,
        delivery=to.address,
        delivery_name=to.name,
        delivery_phone=to.phone,
        lines=tuple(written for line in lines for written in _written(line, kit_parts)),
        freight=told.freight,
        discount=max(discount, ZERO),
        surcharge=told.surcharge - min(discount, ZERO),
        total=told.total,
        payment_method=told.payment_method,
        shipping_method=told.shipping_method,
        placed_at=told.placed_at,
        note="\n".join(filter(None, (told.note, *_kits_named(lines, kit_parts)))),
        price_table=customer.price_table,
        prefix=prefix,
    )


def _written(line: sqlite3.Row, kit_parts: KitParts) -> tuple[ErpLine, ...]:
    """What is written of a line: itself, or the parts of a kit."""
    whole = ErpLine(
        line["sku"],
        line["name"],
        from_e4(line["ordered_e4"]),
        from_e4(line["unit_price_e4"]),
        from_cents(line["discount_cents"]),
    )
    parts = kit_parts.by_line.get(line["line"])
    return (whole,) if parts is None else taken_apart(whole, parts, kit_parts.cents)


def _kits_named(lines: Sequence[sqlite3.Row], kit_parts: KitParts) -> Iterator[str]:
    """What the buyer bought, for whoever reads the parts in the ERP."""
    for line in lines:
        if line["line"] in kit_parts.by_line:
            yield f"KIT {line['sku']} {line['name']}: {from_e4(line['ordered_e4'])}"
