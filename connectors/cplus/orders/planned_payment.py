"""The planned payment of an order (ORCAMENTOREC), where `settings.payments` asks for it.

No program was seen writing it; its columns are the table's own. One row over the whole total: the shop has taken the
money already, in how many instalments is between buyer and gateway, so C-Plus's terms (FORMAPAG) say it.
"""

from __future__ import annotations

from connectors.cplus.base.counters import take_key
from connectors.cplus.base.session import Session, Value
from connectors.cplus.orders.rows import cents
from connectors.cplus.settings import Options
from engine.errors import Misconfigured, Refused
from engine.model.erp import ErpOrder, OrderCodes

TABLE = "ORCAMENTOREC"


def row(session: Session, options: Options, codes: OrderCodes, order: ErpOrder) -> dict[str, Value] | None:
    """The row with a key of its own, None where none is wanted or there is nothing to pay.

    Raises Refused("erp-payment-kind-unknown"), Misconfigured("erp-layout-unknown") where the base has no such table.
    """
    if options.payments == "none" or order.total <= 0:
        return None
    if not session.layout.has(TABLE, "CODORCAMENTOREC", "CODORC", "CODREC", "VALOR"):
        raise Misconfigured("erp-layout-unknown", f"missing: {TABLE}", missing=TABLE)
    kind = options.payment_kind(order.payment_method)
    if kind is None:
        raise Refused("erp-payment-kind-unknown", order.payment_method, method=order.payment_method)
    return {
        "CODORCAMENTOREC": take_key(session, options, TABLE, "CODORCAMENTOREC"),
        "CODORC": codes.key,
        "CODREC": kind,
        "CODCLI": order.customer_code,
        "VALOR": cents(order.total),
        "NUMPARCELAS": _instalments(session, options.payment_form(order.payment_method)),
    }


def _instalments(session: Session, terms: str | None) -> int:
    if terms is None or not session.layout.has("FORMAPAG", "NUMPARCELAS"):
        return 1
    with session.reading() as base:
        row = base.row("SELECT NUMPARCELAS FROM FORMAPAG WHERE CODFP = ?", (terms,))
    return int(row[0] or 1) if row is not None else 1
