"""Giving back what an invoiced order still has reserved, where C-Plus leaves that to whoever made the reservation.

Set by `releases_at_invoicing`. The order's flag is the compare-and-set, so all that the order reserved goes back at its
first sale; of an order sold in pieces the engine holds the rest back itself.
"""

from __future__ import annotations

from datetime import datetime

from connectors.cplus.base import locks
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Session, Statements
from connectors.cplus.invoicing import states
from connectors.cplus.orders.reserve import Reserving
from connectors.cplus.settings import Options
from engine.model.erp import ErpOrderState

_UNFLAG = """
UPDATE ORCAMENTO SET FLAGRESERVADO = 'N'
WHERE CODORC = ? AND FLAGRESERVADO IN ('Y', 'S') AND COALESCE(FLAGCANCELADO, 'N') NOT IN ('Y', 'S')
AND (NUMCUPOM IS NOT NULL {invoiced} OR EXISTS (
    SELECT 1 FROM ORCAMENTOPROD p JOIN ORCAMENTOVENDA v ON v.CODORCPROD = p.CODORCPROD
    JOIN MOVENDAPROD l ON l.CODMOVPROD = v.CODMOVPROD JOIN MOVENDA m ON m.CODMOVENDA = l.CODMOVENDA
    WHERE p.CODORC = ORCAMENTO.CODORC AND COALESCE(m.FLAGCANCELADA, 'N') NOT IN ('Y', 'S')))
"""


def invoiced(session: Session, options: Options, key: str, now: datetime) -> ErpOrderState:
    """Unflag an order that became a sale and give back its goods; nothing for any other. `now` is local to the base.

    Raises InUse("erp-order-in-edit").
    """
    locks.heed(session, options, "ORCAMENTO", key)

    def work(base: Statements) -> None:
        if base.execute(_unflag(session.layout), (key,)) == 1:
            Reserving(session.layout, options).give_back(base, key, now)

    session.write(work)
    return states.one(session, options, key)


def _unflag(layout: Layout) -> str:
    has_date = layout.has("ORCAMENTO", "DATAFATURADO")
    return _UNFLAG.format(invoiced="OR DATAFATURADO IS NOT NULL" if has_date else "")
