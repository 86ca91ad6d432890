"""integra orders picklist: what is to be fetched from the shelves, as text for a printer."""

from __future__ import annotations

from collections.abc import Sequence

from console.picking_text import pick_lines
from console.reading.orders import order_ids
from console.reading.picking import Pick, picks
from console.verbs.context import Context, Exit
from console.verbs.named_order import named_order
from engine.orders import Queue


def run(context: Context, numbers: Sequence[str]) -> int:
    """Of these orders; without a number, of all that are to be invoiced: paid, and in C-Plus."""
    if numbers:
        named = [named_order(context, number) for number in numbers]
        orders = [found[0] for found in named if found is not None]
        if len(orders) < len(numbers):
            return Exit.NEEDS_PERSON
    else:
        orders = list(context.read(lambda db: order_ids(db, Queue.TO_INVOICE)))
    found = context.read(lambda db: picks(db, orders))
    context.show([_as_json(pick) for pick in found], lambda: pick_lines(found, len(orders)))
    return Exit.DONE


def _as_json(pick: Pick) -> dict[str, object]:
    return {
        "shelf": pick.shelf,
        "sku": pick.sku,
        "code": pick.code,
        "name": pick.name,
        "quantity_e4": pick.quantity_e4,
        "orders": [{"number": number, "quantity_e4": e4} for number, e4 in pick.orders],
    }
