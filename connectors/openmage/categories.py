"""The category tree of a shop: read once, missing categories created under the root category."""

from __future__ import annotations

from collections.abc import Mapping

import anyio

from connectors.magento.category_tree import CategoryTree, Path
from connectors.magento.wire import Json
from connectors.openmage.api import Api
from engine.errors import Misconfigured


class Categories:
    """The categories below one root. Read once; `forget` after a refusal makes the next call read anew."""

    def __init__(self, api: Api, root_id: int, table: Mapping[str, int]) -> None:
        self._api = api
        self._tree = CategoryTree(root_id, table)
        self._lock = anyio.Lock()

    def forget(self) -> None:
        """Read anew at the next call."""
        self._tree.forget()

    async def path(self, category_id: int) -> Path:
        """Our path of the category; empty for one outside the root."""
        await self._load()
        return self._tree.path(category_id)

    async def known(self, path: Path) -> int | None:
        """The id of a path of names, None where the shop has no such category."""
        await self._load()
        reached, missing = self._tree.find(path)
        return None if missing else reached

    async def ensure(self, path: Path) -> int:
        """The id of a path of names, its missing parts created."""
        async with self._lock:
            await self._load()
            reached, missing = self._tree.find(path)
            for name in missing:
                reached = await self._create(reached, name)
            return reached

    async def _create(self, parent_id: int, name: str) -> int:
        category = {
            "name": name,
            "is_active": 1,
            "include_in_menu": 1,
            "available_sort_by": ["position"],  # both are required, whatever the shop's own default is
            "default_sort_by": "position",
        }
        try:
            category_id = int(await self._api.write("catalog_category.create", parent_id, category))
        except Exception:
            self.forget()  # it may be there now: nothing but the tree knows
            raise
        self._tree.remember(category_id, (*self._tree.paths[parent_id], name))
        return category_id

    async def _load(self) -> None:
        if self._tree.paths:
            return
        root_id = self._tree.root_id
        # Of the whole tree: asked for a root that does not exist, the shop breaks down instead of saying so.
        root = _node(await self._api.read("catalog_category.tree"), root_id)
        if root is None:
            raise Misconfigured("magento-root-category", f"no category {root_id}", root_category=root_id)
        self._walk(root, ())

    def _walk(self, node: Json, path: Path) -> None:
        self._tree.remember(int(node["category_id"]), path)
        for child in node.get("children") or ():
            self._walk(child, (*path, str(child["name"])))


def _node(node: Json, category_id: int) -> Json | None:
    if int(node.get("category_id") or 0) == category_id:
        return node
    return next((found for child in node.get("children") or () if (found := _node(child, category_id))), None)
