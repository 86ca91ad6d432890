"""The category tree: paths of names to ids and back, missing ones created under the root category."""

from __future__ import annotations

import anyio

from connectors.magento.wire import Json
from connectors.openmage.api import Api
from engine.errors import Misconfigured

Path = tuple[str, ...]


class Categories:
    """The categories below one root. Read once; `forget` after a refusal makes the next call read anew."""

    def __init__(self, api: Api, root_id: int) -> None:
        self._api = api
        self._root_id = root_id
        self._paths: dict[int, Path] = {}
        self._ids: dict[Path, int] = {}
        self._lock = anyio.Lock()

    def forget(self) -> None:
        """Read anew at the next call."""
        self._paths.clear()
        self._ids.clear()

    async def path(self, category_id: int) -> Path:
        """The names from below the root down to the category; empty for one outside the root."""
        await self._load()
        return self._paths.get(category_id, ())

    async def ensure(self, path: Path) -> int:
        """The id of a path of names, its missing parts created. Names are the same in whatever case."""
        async with self._lock:
            await self._load()
            parent = self._root_id
            for depth in range(1, len(path) + 1):
                known = self._ids.get(_key(path[:depth]))
                parent = known or await self._create(parent, path[:depth])
            return parent

    async def _create(self, parent_id: int, path: Path) -> int:
        category = {
            "name": path[-1],
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
        self._remember(category_id, path)
        return category_id

    async def _load(self) -> None:
        if self._paths:
            return
        # Of the whole tree: asked for a root that does not exist, the shop breaks down instead of saying so.
        root = _node(await self._api.read("catalog_category.tree"), self._root_id)
        if root is None:
            raise Misconfigured("magento-root-category", f"no category {self._root_id}", root_category=self._root_id)
        self._walk(root, ())

    def _walk(self, node: Json, path: Path) -> None:
        self._remember(int(node["category_id"]), path)
        for child in node.get("children") or ():
            self._walk(child, (*path, str(child["name"])))

    def _remember(self, category_id: int, path: Path) -> None:
        self._paths[category_id] = path
        self._ids.setdefault(_key(path), category_id)


def _key(path: Path) -> Path:
    return tuple(name.strip().casefold() for name in path)


def _node(node: Json, category_id: int) -> Json | None:
    if int(node.get("category_id") or 0) == category_id:
        return node
    return next((found for child in node.get("children") or () if (found := _node(child, category_id))), None)
