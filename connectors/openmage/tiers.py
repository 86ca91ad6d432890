"""A product's tier prices: what the shop holds, and the whole list with our changes in it.

The shop knows only "these are all of them now", so the merchant's own are read first and sent back as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.magento_shapes.values import Json, amount, amount_out, quantity, quantity_out

EVERYBODY = "all"
ALL_WEBSITES = "all"


@dataclass(frozen=True, slots=True)
class Tier:
    """A price of all websites from a quantity on; `group` is a group's id or EVERYBODY, `amount` None removes it."""

    group: str
    from_quantity: Decimal
    amount: Decimal | None


def merged(there: Sequence[Json], changes: Iterable[Tier]) -> list[Json]:
    """The list that makes these changes and no other."""
    changed = {(tier.group, tier.from_quantity): tier for tier in changes}
    kept = [row for row in there if (tier := read(row)) is None or (tier.group, tier.from_quantity) not in changed]
    return kept + [_wire(tier) for tier in changed.values() if tier.amount is not None]


def of_all_websites(rows: Iterable[Json]) -> list[Tier]:
    """The tier prices that can be ours."""
    return [tier for row in rows if (tier := read(row)) is not None]


def read(row: Json) -> Tier | None:
    """A row as it came; None for one of a single website, which is the merchant's."""
    if row.get("website") != ALL_WEBSITES:
        return None
    return Tier(str(row["customer_group_id"]), quantity(row["qty"]), amount(row["price"]))


def _wire(tier: Tier) -> Json:
    wire: dict[str, Any] = {
        "customer_group_id": tier.group,
        "website": ALL_WEBSITES,
        "qty": str(quantity_out(tier.from_quantity)),
    }
    assert tier.amount is not None, "a removed price has no row"
    return wire | {"price": str(amount_out(tier.amount))}
