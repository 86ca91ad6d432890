"""Writing where an open order goes to, in place of what stands there (ORCAMENTO.ENTREGA*, CONTATO).

Its lines keep their CFOP, which hangs on the state: the engine asks for no other one.
"""

# ruff: noqa: S608 - names of columns are our own, and known to the base; every value is a parameter

from __future__ import annotations

from connectors.cplus.base import locks, text
from connectors.cplus.base.session import Session, Statements
from connectors.cplus.invoicing import conditions, states
from connectors.cplus.people import mapping
from connectors.cplus.settings import Options
from engine.model.erp import ErpOrderState
from engine.model.people import Recipient

# The order's row becomes ours before it is asked whether it was sold: nobody sells it from here on.
_CLAIM = f"UPDATE ORCAMENTO SET FLAGRESERVADO = FLAGRESERVADO WHERE CODORC = ? AND {conditions.NOT_CANCELLED}"


def correct(session: Session, options: Options, key: str, to: Recipient) -> ErpOrderState:
    """Write it, or nothing of an order that is sold, cancelled or gone; tells how it stands then.

    Raises InUse("erp-order-in-edit"), Refused("erp-order-gone").
    """
    locks.heed(session, options, "ORCAMENTO", key)
    layout = session.layout
    columns = {
        **mapping.address_columns(layout, mapping.DELIVERY, to.address),
        "CONTATO": text.upper(text.line(to.name)) or None,
    }
    if options.reference_column != "ENTREGATELEFONE":
        columns["ENTREGATELEFONE"] = to.phone or None
    values = layout.fitted("ORCAMENTO", columns)
    sets = ", ".join(f"{column} = ?" for column in values)

    def work(base: Statements) -> None:
        if base.execute(_CLAIM, (key,)) == 1 and not states.is_sold(base, layout, options, key):
            base.execute(f"UPDATE ORCAMENTO SET {sets} WHERE CODORC = ?", (*values.values(), key))

    session.write(work)
    return states.one(session, options, key)
