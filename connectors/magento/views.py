"""The store views, and which of them belong to our websites."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from connectors.magento.transport import SHOP, Rest


class Views:
    """Read once, and anew when an order names a view that is not known: polling orders costs one call, not two."""

    def __init__(self, rest: Rest, websites: Collection[int]) -> None:
        self._rest = rest
        self._websites = websites
        self._website_of: dict[int, int | None] = {}  # view -> website, None where the shop has no such view

    async def ours(self, named: Iterable[int]) -> set[int]:
        """Of these views those of our websites."""
        asked = set(named)
        if unknown := asked - self._website_of.keys():
            rows = await self._rest.get(f"{SHOP}/store/storeConfigs")
            self._website_of = dict.fromkeys(unknown) | {int(row["id"]): int(row["website_id"]) for row in rows}
        return {view for view in asked if self._website_of.get(view) in self._websites}
