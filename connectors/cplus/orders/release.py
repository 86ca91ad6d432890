"""Giving back what an invoiced order still has reserved, where C-Plus leaves that to whoever made the reservation.

Set by `releases_at_invoicing`. The order's flag is the compare-and-set, so all that the order reserved goes back at its
first sale; of an order sold in pieces the engine holds the rest back itself.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from connectors.cplus.base import locks
from connectors.cplus.base.session import Session
from connectors.cplus.invoicing import states
from connectors.cplus.orders.reserve import Reserving
from connectors.cplus.settings import Options
from engine.model.erp import LetGo


def invoiced(session: Session, options: Options, key: str, uncontrolled: Collection[str], now: datetime) -> LetGo:
    """Unflag an order that became a sale and give back its goods; nothing for any other. `now` is local to the base.

    `uncontrolled`: the SKUs that took nothing when it was reserved. Raises InUse("erp-order-in-edit").
    """
    locks.heed(session, options, "ORCAMENTO", key)
    reserving = Reserving(session.layout, options)
    gone = session.write(lambda base: reserving.release(base, key, uncontrolled, now, sold=True))
    return LetGo(states.one(session, options, key), gone)
