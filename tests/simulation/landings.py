"""P5, seen from a shop: of two calls that set the same thing, the one that left first must not land last."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

_ITEM = re.compile(r"/products/([^/]+)$")
_STOCK = re.compile(r"/products/([^/]+)/stockItems/")
_BATCHES = {
    "inventory/source-items": ("sku", "source_code"),
    "products/base-prices": ("sku", "store_id"),
    "products/tier-prices": ("sku", "website_id", "customer_group", "quantity"),
}
"""What names a row in each of the calls for many."""

Row = tuple[str, ...]


class Landings:
    """What left for a shop and what landed there. A clock that is set makes settle times mean nothing: see `unsettled`.

    `overtaken` tells what should not have been.
    """

    def __init__(self, moment: Callable[[], str]) -> None:
        self._moment = moment
        self._left = 0
        self._judged_from = 0
        self._landed: dict[Row, int] = {}
        self.overtaken: list[str] = []

    def unsettled(self) -> None:
        """What has left up to now is not judged."""
        self._judged_from = self._left

    def leaves(self) -> int:
        """The number of a call that leaves now."""
        self._left += 1
        return self._left

    def lands(self, number: int, method: str, path: str, body: bytes) -> None:
        """A call is about to be carried out."""
        if number <= self._judged_from:
            return
        for row in rows_of(method, path, body):
            if self._landed.get(row, 0) > number:
                self.overtaken.append(
                    f"P5: at {self._moment()} an older call for {' '.join(row)} came after a newer one"
                )
            else:
                self._landed[row] = number


def rows_of(method: str, path: str, body: bytes) -> Iterator[Row]:
    """What a call sets absolutely, each thing by its names."""
    if method == "PUT" and (item := _ITEM.search(path)):
        yield "content", path, item[1]
    elif method == "PUT" and (item := _STOCK.search(path)):
        yield "stock", item[1]
    elif method == "POST" and (names := _BATCHES.get(call := path.rpartition("/V1/")[2])):
        (rows,) = json.loads(body).values()
        for row in rows:
            yield call, *(str(row.get(name, "")) for name in names)
