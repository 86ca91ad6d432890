"""How long a real shop takes: seconds for each call and each of its rows, and how many calls it works on at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Cost(NamedTuple):
    """Seconds that a call takes, and each of its rows."""

    call_s: float
    row_s: float = 0.0


MEASURED: Mapping[str, Cost] = {
    "POST V1/inventory/source-items": Cost(0.060, 0.004),
    "POST V1/products/base-prices": Cost(0.050, 0.0003),
    "POST V1/products/special-price": Cost(0.050, 0.0003),
    "POST V1/products/tier-prices": Cost(0.050, 0.0003),
    "POST V1/products": Cost(0.110),
    "PUT V1/products/{sku}": Cost(0.110),
    "PUT V1/products/{sku}/stockItems/{item}": Cost(0.110),
}
"""As a Magento 2.4.6 on two cores was seen to take, whose indexes are brought up to date by its cron."""


@dataclass
class Slowness:
    """Nothing takes time by default. `workers` calls are served at a time, and `queue` more wait; the next gets 503."""

    costs: Mapping[str, Cost] = field(default_factory=dict)
    workers: int = 2
    queue: int = 100

    def seconds(self, method: str, template: str, rows: int) -> float:
        """What a call takes."""
        cost = self.costs.get(f"{method} {template}")
        return 0.0 if cost is None else cost.call_s + cost.row_s * rows
