"""What a kit without a price of its own costs where the store lets the sum of its parts count (`kit_price`)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from engine.amounts import E4_PER_UNIT
from engine.model.goods import KitPart


def state(parts: Sequence[KitPart]) -> str:
    """Differs when a kit is put together otherwise."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def summed(parts: Sequence[KitPart], cents: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Cents by (kit, table), from those of one piece by (SKU, table); none where a part has no price in the table."""
    by_kit: dict[str, list[KitPart]] = {}
    for part in parts:
        by_kit.setdefault(part.kit, []).append(part)
    tables = sorted({table for _, table in cents})
    found: dict[tuple[str, str], int] = {}
    for kit, made_of in by_kit.items():
        for table in tables:
            if (kit, table) not in cents and all((part.sku, table) in cents for part in made_of):
                total_e4 = sum(cents[part.sku, table] * part.quantity_e4 for part in made_of)
                found[kit, table] = (total_e4 + E4_PER_UNIT // 2) // E4_PER_UNIT
    return {key: total for key, total in found.items() if total > 0}
