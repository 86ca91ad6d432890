"""Walking what changed in time. Magento 1's lists have no pages, so each is bounded at both ends.

A window grows while little is in it and shrinks when much was; its rows have come by then and are used as they are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from connectors.magento_shapes.values import Json, stamp
from connectors.openmage.shop import Shop

FIRST, LEAST, MOST = timedelta(hours=6), timedelta(minutes=1), timedelta(days=64)
FEW_ROWS, MANY_ROWS = 50, 200
GRAIN = timedelta(seconds=1)
AHEAD = timedelta(days=1)
"""The last window reaches past the present: clocks of shop and database differ."""


async def changed(
    shop: Shop, method: str, since: datetime, now: datetime, order_by: str, stamped: str = "updated_at"
) -> AsyncIterator[list[Json]]:
    """Rows whose time `stamped` is at or after `since`, oldest first, window by window; both ends count."""
    first, span = since, FIRST
    while True:
        last = min(first + span, now + AHEAD)
        rows = await shop.api.read(method, {stamped: {"from": stamp(first), "to": stamp(last)}})
        if rows:
            yield sorted(rows, key=lambda row: (str(row[stamped]), _number(row[order_by])))
        if last >= now:
            return
        first = last + GRAIN
        if len(rows) > MANY_ROWS:
            span = max(span / 4, LEAST)
        elif len(rows) < FEW_ROWS:
            span = min(span * 4, MOST)


def _number(value: Any) -> int:
    return int(value or 0)
