"""The order on the packing desk: what goes into the parcel first, then where it goes."""

from __future__ import annotations

from console.formats import postcode, quantity
from console.language import say
from console.reading.order import Line as OrderLine
from console.reading.order import OrderDetail
from console.safe_text import SafeText
from console.widgets.plain import Labelled, Line, Piece


def packing_page(order: OrderDetail) -> list[Line]:
    """Its goods as invoiced and not shipped yet, and the label."""
    place = order.address
    town = SafeText(" ".join(place[name] for name in ("city", "state") if name in place))
    goods = [line for row in order.lines for line in _goods(row)]
    told = [
        (say("By"), order.row.shipping_method),
        (say("Deliver to"), SafeText(f"{order.delivery_name}, {town} {postcode(place.get('postcode', ''))}")),
        (SafeText("NF-e"), order.nfe_number),
        *((say("Message"), text) for text in order.message),
    ]
    no_key = say("C-Plus shows no NF-e of it: since April 2026 the Correios take no parcel without its key.")
    width = max(len(label) for label, _value in told)
    return [
        *goods,
        *([] if order.nfe_key else [[Piece(no_key, "warn")]]),
        [],
        *(Labelled([Piece(SafeText(f"{label:<{width}} "), "dim"), Piece(value)]) for label, value in told if value),
    ]


def _goods(line: OrderLine) -> list[Line]:
    """One line; of a kit its parts, which lie on the shelf."""
    packed_e4 = line.invoiced_e4 - line.shipped_e4
    if packed_e4 <= 0:
        return []
    lines: list[Line] = [_piece(packed_e4, line.name, line.code or line.sku, "strong")]
    return lines + [
        _piece(packed_e4 * part.in_one_e4 // 10_000, part.name, part.code or part.sku, "dim") for part in line.parts
    ]


def _piece(quantity_e4: int, name: SafeText, code: SafeText, tone: str) -> Line:
    return Labelled(
        [Piece(SafeText(f"{quantity(quantity_e4):>4} × "), tone), Piece(name), Piece(SafeText(f"  {code}"), "dim")]
    )
