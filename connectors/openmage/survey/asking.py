"""What the questions share: the shop, read through the rights there are, and how long it took to answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Any

from connectors.magento_shapes.refusals import Absent
from connectors.openmage.shop import Shop
from engine.errors import IntegraError, Misconfigured
from engine.ports import Clock
from engine.survey import Finding

NO_RIGHT = "openmage-rights"


class Look:
    """One pass of questions over one shop; `found` is what its lists answered when we were let in."""

    def __init__(self, shop: Shop, clock: Clock, found: Mapping[str, Any]) -> None:
        self.shop = shop
        self.took: list[timedelta] = []
        self._clock = clock
        self._found = found

    async def read(self, method: str, *args: Any) -> Any:
        """The answer; None where a right or the thing is missing."""
        if not args and method in self._found:
            answer = self._found[method]
            return None if isinstance(answer, IntegraError) else answer
        began = self._clock.now()
        try:
            return await self.shop.api.read(method, *args)
        except Absent:
            return None
        except Misconfigured as wrong:
            if wrong.code != NO_RIGHT:
                raise
            return None
        finally:
            self.took.append(self._clock.now() - began)


Ask = Callable[[Look], AsyncIterator[Finding]]
