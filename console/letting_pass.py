"""Letting pass what a guard holds, as it is asked of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from console.reading.planned import WHOLE, Planned
from engine.store.plan_numbers import said_as

VERB = "pass_guard"
ROWS_MAX = 200
"""Of one command: a line of the socket has its limit."""


def asks(chosen: Sequence[Planned]) -> Iterator[dict[str, Any]]:
    """What is asked for these rows: each as it was shown, and price groups all by their number."""
    by_guard: dict[tuple[str, str], list[list[str | None]]] = {}
    numbers: dict[str, str | None] = {row.account: row.number for row in chosen if row.held_by == WHOLE}
    for row in chosen:
        if row.held_by is not None:
            by_guard.setdefault((row.account, row.held_by), []).append([row.item, row.part, said_as(row.wanted)])
    for (account, guard), rows in by_guard.items():
        if guard == WHOLE:
            yield {"account": account, "guard": guard, "number": numbers[account]}
            continue
        for first in range(0, len(rows), ROWS_MAX):
            yield {"account": account, "guard": guard, "rows": rows[first : first + ROWS_MAX]}
