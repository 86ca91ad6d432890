"""Whether the program of the shop that works off asynchronous calls is alive, as far as its past calls show it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from connectors.magento.search import Filter
from connectors.magento.survey.asking import Look
from connectors.magento.transport import SHOP
from connectors.magento_shapes.values import Json, moment
from engine.survey import Finding, Mark

COMPLETE, OPEN = 1, 4
STUCK_MINUTES = 30
"""A running consumer is started by cron each minute; what is older was left lying."""


async def consumer(look: Look) -> AsyncIterator[Finding]:
    """Nothing is sent to try it: what is open for long, or was done, has to tell."""
    waiting = await look.rows(f"{SHOP}/bulk/", Filter("status", OPEN))
    if waiting is None:
        return
    now = look.shop.rest.said_at
    since = min((at for row in waiting if (at := _started(row))), default=None)
    minutes = int((now - since).total_seconds() // 60) if now and since else 0
    if minutes >= STUCK_MINUTES:
        yield Finding("shop-queue.stuck", Mark.WRONG, {"n": len(waiting), "minutes": minutes})
    elif await look.rows(f"{SHOP}/bulk/", Filter("status", COMPLETE), rows=1):
        yield Finding("shop-queue.worked", Mark.OK)
    else:
        yield Finding("shop-queue.unknown", Mark.UNKNOWN)


def _started(row: Json) -> datetime | None:
    text = (row.get("extension_attributes") or {}).get("start_time")
    return moment(text) if text else None
