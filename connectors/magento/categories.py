"""The category tree of a shop: read once, missing categories created under the root category."""

from __future__ import annotations

from collections.abc import Mapping

import anyio

from connectors.magento.category_tree import CategoryTree, Path
from connectors.magento.transport import ALL, Rest
from connectors.magento.wire import Json
from engine.errors import Misconfigured


class Categories:
    """The categories below one root. Read once; `forget` after a refusal makes the next call read anew."""

    def __init__(self, rest: Rest, root_id: int, table: Mapping[str, int]) -> None:
        self._rest = rest
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
        category = {"name": name, "parent_id": parent_id, "is_active": True, "include_in_menu": True}
        try:
            answer = await self._rest.post(f"{ALL}/categories", {"category": category})
        except Exception:
            self.forget()  # it may be there now: nothing but the tree knows
            raise
        self._tree.remember(int(answer["id"]), (*self._tree.paths[parent_id], name))
        return int(answer["id"])

    async def _load(self) -> None:
        if self._tree.paths:
            return
        root_id = self._tree.root_id
        root = _node(await self._rest.get(f"{ALL}/categories", f"rootCategoryId={root_id}"), root_id)
        if root is None:
            raise Misconfigured("magento-root-category", f"no category {root_id}", root_category=root_id)
        self._walk(root, ())

    def _walk(self, node: Json, path: Path) -> None:
        self._tree.remember(int(node["id"]), path)
        for child in node.get("children_data") or ():
            self._walk(child, (*path, str(child["name"])))


def _node(node: Json, category_id: int) -> Json | None:
    """The node of that id in a tree: a shop may answer from above the root that was asked for."""
    if int(node.get("id") or 0) == category_id:
        return node
    return next((found for child in node.get("children_data") or () if (found := _node(child, category_id))), None)
