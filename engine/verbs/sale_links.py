"""A sale that staff typed again at the till becomes the invoice of one of our orders, when a person says so.

The ERP keeps no link between the two, and we write none there: it is kept in our store, and the order itself is
cancelled in the ERP with the sale named as the reason.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from engine.model.erp import OTHER_ENGINE, SaleCandidate
from engine.orders import Fulfilment, Payment, State
from engine.ports import Erp
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, AsyncVerb, Outcome
from engine.sole_writer import other_engine
from engine.store import effects, orders
from engine.store.audit import audit
from engine.store.database import Store
from engine.store.effects import Kind
from engine.verbs.order_asked import find_order, order_subject
from engine.verbs.refusal import refusal


def may_link(state: State) -> bool:
    """Whether an order may take a sale as its invoice: paid, alive, in the ERP, and not invoiced there."""
    return (
        state.alive
        and state.payment in (Payment.PAID, Payment.CAPTURING)
        and state.fulfilment in (Fulfilment.RESERVED, Fulfilment.SHORT)
    )


def sale_link_verbs(store: Store, erp: Erp) -> list[AnyVerb]:
    """sale_candidates {order} only looks; link_sale {order, sale} takes one of them."""

    async def sale_candidates(ask: Ask) -> Outcome:
        """Sales that may be this order, typed again, with the reasons."""
        row = await store.read(lambda db: _linkable(db, ask))
        if isinstance(row, Outcome):
            return row
        found = await erp.sale_candidates(row["erp_key"])
        taken = await store.read(lambda db: _taken(db, found))
        return Outcome({"sales": [_as_plain(sale) for sale in found if sale.key not in taken]})

    async def link_sale(ask: Ask) -> Outcome:
        """Decided in one transaction once the ERP has shown that the sale is still what the person saw."""
        row = await store.read(lambda db: _linkable(db, ask))
        if isinstance(row, Outcome):
            return row
        wanted = str(ask.args.get("sale", ""))
        sale = next((sale for sale in await erp.sale_candidates(row["erp_key"]) if sale.key == wanted), None)
        if sale is None:
            return refusal("no-such-sale", sale=wanted)
        return await store.write(lambda db: _link(db, ask, sale))

    return [
        AsyncVerb("sale_candidates", EVERYONE, sale_candidates, recorded=False),
        AsyncVerb("link_sale", EVERYONE, link_sale),
    ]


def _linkable(db: sqlite3.Connection, ask: Ask) -> sqlite3.Row | Outcome:
    """The order, or why no sale can be linked to it."""
    row = find_order(db, ask)
    if isinstance(row, Outcome):
        return row
    if not may_link(orders.state_of(row)) or row["erp_written_at"] is None:
        return refusal("not-to-link", order=row["number"])
    return row


def _link(db: sqlite3.Connection, ask: Ask, sale: SaleCandidate) -> Outcome:
    if (writer := other_engine(db)) is not None:
        return refusal(OTHER_ENGINE, **writer)
    row = _linkable(db, ask)
    if isinstance(row, Outcome):
        return row
    other = _taken(db, [sale]).get(sale.key)
    if other is not None:
        return refusal("sale-linked-already", sale=sale.number, order=other)
    orders.move(db, row["id"], orders.state_of(row), linked_sale=sale.key)
    effects.decide(db, row["id"], Kind.ERP_LINK, ask.now, part=sale.key, args={"sale": sale.key, "number": sale.number})
    orders.note_event(db, row["id"], ask.who, "link_sale", {"sale": sale.number}, ask.now)
    audit(db, ask, "link_sale", order_subject(row), None, {"sale": sale.number, "reasons": list(sale.reasons)})
    return Outcome({"order": row["id"]}, wake=((row["account"], "effects"), ("*", "stock")))


def _taken(db: sqlite3.Connection, sales: Sequence[SaleCandidate]) -> dict[str, str]:
    """Of these sales those that are an order's already, with its number."""
    marks = ", ".join("?" * len(sales))
    rows = db.execute(
        f"SELECT linked_sale, number FROM sales_order WHERE linked_sale IN ({marks})",  # noqa: S608
        [sale.key for sale in sales],
    )
    return dict(rows.fetchall())


def _as_plain(sale: SaleCandidate) -> dict[str, Any]:
    return {
        "key": sale.key,
        "number": sale.number,
        "at": sale.at and sale.at.isoformat(),
        "customer": sale.customer,
        "total": str(sale.total),
        "reasons": list(sale.reasons),
    }
