"""The fiscal document of an order, for whoever needs the file itself."""

from __future__ import annotations

from engine.ports import Erp
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, AsyncVerb, Outcome
from engine.store.database import Store
from engine.verbs.order_asked import find_order
from engine.verbs.refusal import refusal


def invoice_verbs(store: Store, erp: Erp) -> list[AnyVerb]:
    """invoice_xml {order} only looks."""

    async def invoice_xml(ask: Ask) -> Outcome:
        """The authorised NF-e or NFC-e with its protocol, as text; the file is its UTF-8 bytes."""
        row = await store.read(lambda db: find_order(db, ask))
        if isinstance(row, Outcome):
            return row
        key = row["nfe_key"]
        file = await erp.invoice_xml(row["erp_key"], row["linked_sale"] or "") if key and row["erp_key"] else None
        # Another base, or one restored since, may have another's sale under the same key.
        if file is None or key.encode() not in file:
            return refusal("no-invoice-xml", order=row["number"])
        return Outcome({"key": key, "xml": file.decode()})

    return [AsyncVerb("invoice_xml", EVERYONE, invoice_xml, recorded=False)]
