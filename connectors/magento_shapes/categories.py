"""The categories of a shop below one root: read once, missing ones made, a product moved from one to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import anyio

from connectors.magento_shapes.category_tree import CategoryTree, Path
from engine.errors import Misconfigured
from engine.publishing import ContentPush


@dataclass(frozen=True, slots=True)
class Branch:
    """A category with those below it."""

    category_id: int
    name: str
    below: tuple[Branch, ...] = ()

    def find(self, category_id: int) -> Branch | None:
        """The category of that id, here or below."""
        if self.category_id == category_id:
            return self
        return next((found for branch in self.below if (found := branch.find(category_id))), None)


class CategoryCalls(Protocol):
    """The two calls that a shop has for them."""

    async def tree(self, root_id: int) -> Branch:
        """The tree that holds this category, from it or from above it."""

    async def create(self, parent_id: int, name: str) -> int:
        """Make a category; its id."""


class Categories:
    """The categories below one root. Read once; `forget` after a refusal makes the next call read anew."""

    def __init__(self, calls: CategoryCalls, root_id: int, table: Mapping[str, int]) -> None:
        self._calls = calls
        self._tree = CategoryTree(root_id, table)
        self._lock = anyio.Lock()

    def forget(self) -> None:
        """Read anew at the next call."""
        self._tree.forget()

    async def path(self, category_id: int) -> Path:
        """Our path of the category; empty for one outside the root."""
        await self._load()
        return self._tree.path(category_id)

    async def path_of_first(self, category_ids: Iterable[object]) -> Path:
        """Our path of the first of these categories that is below the root; empty where none is."""
        for category_id in category_ids:
            if path := await self.path(int(str(category_id))):
                return path
        return ()

    async def ensure(self, path: Path) -> int:
        """The id of a path of names, its missing parts created."""
        async with self._lock:
            await self._load()
            reached, missing = self._tree.find(path)
            for name in missing:
                reached = await self._create(reached, name)
            return reached

    async def moved(self, there: Sequence[int], push: ContentPush) -> list[int] | None:
        """All categories that a product in these shall be in, None where it is in them; a save replaces all of them.

        The one that we had put it into goes. The merchant's own ("Promoções") are not ours, and stay.
        """
        wanted = push.content.categories
        wanted_id = await self.ensure(wanted) if wanted else None
        left_ids = await self._left(push)
        kept = [category for category in there if category == wanted_id or category not in left_ids]
        moved = kept if wanted_id is None or wanted_id in kept else [wanted_id, *kept]
        return None if moved == list(there) else moved

    async def _left(self, push: ContentPush) -> set[int | None]:
        """Where we have put it, by the map of then."""
        left = push.former.categories if push.former else ()
        if not left:
            return set()
        await self._load()
        if push.former_maps:
            return {self._tree.stood(left, mapped) for mapped in push.former_maps}
        reached, missing = self._tree.find(left)
        return set() if missing else {reached}

    async def _create(self, parent_id: int, name: str) -> int:
        try:
            category_id = await self._calls.create(parent_id, name)
        except Exception:
            self.forget()  # it may be there now: nothing but the tree knows
            raise
        self._tree.remember(category_id, (*self._tree.paths[parent_id], name))
        return category_id

    async def _load(self) -> None:
        if self._tree.paths:
            return
        root_id = self._tree.root_id
        root = (await self._calls.tree(root_id)).find(root_id)
        if root is None:
            raise Misconfigured("magento-root-category", f"no category {root_id}", root_category=root_id)
        self._walk(root, ())

    def _walk(self, branch: Branch, path: Path) -> None:
        self._tree.remember(branch.category_id, path)
        for below in branch.below:
            self._walk(below, (*path, below.name))
