"""The array price calls: one call for many rows, answered 200 with a list of the rows that were refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from connectors.magento.failures import fill
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP
from connectors.magento_shapes.values import Json
from engine.errors import Refused, TooMany
from engine.publishing import RowError

PRICES = f"{SHOP}/products"


class Priced(Protocol):
    """A row of such a call: where it stands among the pushed rows, and its SKU."""

    @property
    def place(self) -> int:
        """Its index."""

    @property
    def sku(self) -> str:
        """Its product."""


Narrow = Callable[[Sequence[Any], Sequence[Priced]], Sequence[Priced]]
"""Of an error's values and the rows of the SKU that it names, those it is about."""


async def batch(shop: Shop, call: str, rows: Sequence[Priced], sent: Sequence[Json], narrow: Narrow) -> list[RowError]:
    """Send `sent` for these rows; answers the rows that were not taken."""
    if not sent:
        return []
    try:
        refused = await shop.rest.post(f"{PRICES}/{call}", {"prices": sent})
    except TooMany:
        raise
    except Refused as error:  # the call as a whole; another call of this push may have been taken
        return [RowError(row.place, error.code, error.detail) for row in rows]
    found: dict[int, RowError] = {}
    for answer in refused or ():
        for row in _meant(answer, rows, narrow):
            found.setdefault(row.place, RowError(row.place, "price-refused", fill(answer)))
    if found:
        shop.groups.forget()  # a group may have been renamed
    return list(found.values())


def _meant(answer: Json, rows: Sequence[Priced], narrow: Narrow) -> Sequence[Priced]:
    """The rows that an error is about. It names no index, and its values follow the call and not the text.

    Where nothing tells, all rows count as refused: a price taken as sent that was not is worse than one sent twice.
    """
    parameters = answer.get("parameters") or ()
    named = list(parameters.values() if isinstance(parameters, dict) else parameters)
    folded = {str(value).casefold() for value in named}
    of_sku = [row for row in rows if row.sku.casefold() in folded]
    return narrow(named, of_sku) if of_sku else rows
