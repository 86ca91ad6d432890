"""The two calls of Magento 1 for categories."""

from __future__ import annotations

from connectors.magento_shapes.categories import Branch
from connectors.magento_shapes.values import Json
from connectors.openmage.api import Api


class ApiCategories:
    """Read and made for all store views."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def tree(self, root_id: int) -> Branch:
        """The whole tree: asked for a root that does not exist, the shop breaks down instead of saying so."""
        return _branch(await self._api.read("catalog_category.tree"))

    async def create(self, parent_id: int, name: str) -> int:
        """Shown in the menu."""
        category = {
            "name": name,
            "is_active": 1,
            "include_in_menu": 1,
            "available_sort_by": ["position"],  # both are required, whatever the shop's own default is
            "default_sort_by": "position",
        }
        return int(await self._api.write("catalog_category.create", parent_id, category))


def _branch(node: Json) -> Branch:
    below = tuple(_branch(child) for child in node.get("children") or ())
    return Branch(int(node.get("category_id") or 0), str(node.get("name") or ""), below)
