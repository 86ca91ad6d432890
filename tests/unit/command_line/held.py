"""Rows that a guard holds."""

from __future__ import annotations

from tests.console.builder import StoreFile


def held(store: StoreFile, facet: str, guard: str, *items: str) -> None:
    for item in items:
        store.db.execute(
            "INSERT INTO publication (account, item, facet, wanted, confirmed, wanted_at, held_by)"
            " VALUES ('loja', ?, ?, '4990', '9980', '2026', ?)",
            (item, facet, guard),
        )
