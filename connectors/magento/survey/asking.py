"""What the questions share: the shop, read through the rights there are, and how it answered so far."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.magento.search import Filter, criteria
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json
from engine.errors import Misconfigured, OutcomeUnknown, Refused, RetryLater
from engine.ports import Clock
from engine.survey import Finding

NO_RIGHT = "channel-rights"
MISTAKEN = "channel-failed"
"""Magento answers 500 to some calls that name what is not there."""
ROWS = 100
"""Of each list this many are looked at: enough to tell, quick on a small shop."""


class Look:
    """One pass of questions over one shop."""

    def __init__(self, shop: Shop, clock: Clock) -> None:
        self.shop = shop
        self.took: list[timedelta] = []
        self.ahead: timedelta | None = None  # our clock before the shop's
        self._clock = clock
        self._modules: tuple[str, ...] | None = None

    async def get(self, path: str, query: str = "") -> Any:
        """The answer; None where a right, the thing, or the route is missing."""
        began = self._clock.now()
        try:
            return await self.shop.rest.get(path, query)
        except Absent:
            return None
        except Misconfigured as wrong:
            if wrong.code != NO_RIGHT:
                raise
            return None
        finally:
            self._note(began)

    async def rows(self, path: str, *filters: Filter, rows: int = ROWS) -> list[Json] | None:
        """One page of a search; None as in `get`."""
        answer = await self.get(path, criteria(filters, rows=rows))
        return None if answer is None else list(answer.get("items") or ())

    async def refused_right(self, method: str, path: str, query: str = "") -> str | None:
        """The right that such a call lacks, None where it is let through. Rights are judged before anything else."""
        rest = self.shop.rest
        try:
            if method == "GET":
                await rest.get(path, query)
            else:
                await (rest.post if method == "POST" else rest.put)(path, {})
        except Misconfigured as wrong:
            if wrong.code == NO_RIGHT:
                return str(wrong.params["resource"] or path)
            raise
        except (Refused, OutcomeUnknown):
            pass  # it got past the rights: what it asks for is not there
        except RetryLater as later:
            if later.code != MISTAKEN:
                raise
        return None

    async def modules(self) -> tuple[str, ...]:
        """The names of the shop's enabled modules; none where they may not be read."""
        if self._modules is None:
            self._modules = tuple(map(str, await self.get(f"{SHOP}/modules") or ()))
        return self._modules

    def _note(self, began: datetime) -> None:
        now = self._clock.now()
        self.took.append(now - began)
        if said := self.shop.rest.said_at:
            self.ahead = now - said


Ask = Callable[[Look], AsyncIterator[Finding]]

__all__ = ["ROWS", "Ask", "Look"]
