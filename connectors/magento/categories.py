"""The two calls of Magento 2 for categories."""

from __future__ import annotations

from connectors.magento.transport import ALL, Rest
from connectors.magento_shapes.categories import Branch
from connectors.magento_shapes.values import Json


class RestCategories:
    """Read and made for all store views."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def tree(self, root_id: int) -> Branch:
        """A shop may answer from above the root that was asked for."""
        return branch_of(await self._rest.get(f"{ALL}/categories", f"rootCategoryId={root_id}"))

    async def create(self, parent_id: int, name: str) -> int:
        """Shown in the menu."""
        category = {"name": name, "parent_id": parent_id, "is_active": True, "include_in_menu": True}
        answer = await self._rest.post(f"{ALL}/categories", {"category": category})
        return int(answer["id"])


def branch_of(node: Json) -> Branch:
    """A category of an answer, with those below it."""
    below = tuple(branch_of(child) for child in node.get("children_data") or ())
    return Branch(int(node.get("id") or 0), str(node.get("name") or ""), below)
