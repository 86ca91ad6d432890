"""The pick list as lines, for the screen and for paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from console.formats import quantity
from console.language import say, say_n
from console.reading.picking import Pick
from console.safe_text import SafeText
from console.widths import fit

NUMBER_CELLS = 5


def pick_lines(picks: Sequence[Pick], orders: int) -> Iterator[SafeText]:
    """A heading for each shelf, below it a line to tick off for each product, and which orders want how many."""
    yield say_n("Pick list: {n} order", "Pick list: {n} orders", orders)
    shelf: SafeText | None = None
    for pick in picks:
        if pick.shelf != shelf:
            shelf = pick.shelf
            yield SafeText("")
            yield shelf or say("no shelf in C-Plus")
        n = fit(quantity(pick.quantity_e4), NUMBER_CELLS, right=True)
        yield SafeText(f"[ ] {n} × {pick.name}  {pick.code or pick.sku}")
        wanted = ", ".join(f"{number}: {quantity(e4)}" for number, e4 in pick.orders)
        yield SafeText(f"            {wanted}")
