"""The categories of a shop as paths of names, and the account's own map of our paths to categories of the shop.

A path that is mapped stands where the map says, and what stands below it goes below that. Names are the same in
whatever case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.errors import Refused
from engine.publishing import CategoryMap

Path = tuple[str, ...]

BETWEEN_NAMES = ">"
"""Between the names of a mapped path, as in "Roupas > Camisetas"; a slash may stand in a name."""


class CategoryTree:
    """What is known of the categories below one root."""

    def __init__(self, root_id: int, table: Mapping[str, int]) -> None:
        self.root_id = root_id
        self._table = _table(map_of(table))
        self._ours = {category_id: _names(path) for path, category_id in table.items()}
        self.paths: dict[int, Path] = {}
        self._ids: dict[Path, int] = {}

    def forget(self) -> None:
        """Nothing is known any more."""
        self.paths.clear()
        self._ids.clear()

    def remember(self, category_id: int, path: Path) -> None:
        """A category stands at this path; of two with the same names the first counts."""
        self.paths[category_id] = path
        self._ids.setdefault(key_of(path), category_id)

    def path(self, category_id: int) -> Path:
        """Our path of a category: as the account maps it, else its names; empty for one outside the root."""
        if category_id not in self.paths:
            return ()
        return self._ours.get(category_id, self.paths[category_id])

    def find(self, path: Path) -> tuple[int, Path]:
        """How far a path of ours is there: the category it reaches, and the names that are missing below that.

        Raises Refused("category-map") where the account maps it to a category that is not below the root.
        """
        target, depth = self._mapped(path, self._table)
        if target not in self.paths:
            where = f" {BETWEEN_NAMES} ".join(path[:depth])
            raise Refused("category-map", f"{where}: {target}", path=where, category=target)
        return self._below(target, path, depth)

    def stood(self, path: Path, former: CategoryMap) -> int | None:
        """The category that a path of ours was by another map; None where the shop has none such any more."""
        target, depth = self._mapped(path, _table(former))
        if target not in self.paths:
            return None
        reached, missing = self._below(target, path, depth)
        return None if missing else reached

    def _below(self, reached: int, path: Path, depth: int) -> tuple[int, Path]:
        while depth < len(path) and (found := self._ids.get(key_of((*self.paths[reached], path[depth])))):
            reached, depth = found, depth + 1
        return reached, path[depth:]

    def _mapped(self, path: Path, table: Mapping[Path, int]) -> tuple[int, int]:
        """The category of the longest part of a path that is mapped, and how many names that part has."""
        for depth in range(len(path), 0, -1):
            if (target := table.get(key_of(path[:depth]))) is not None:
                return target, depth
        return self.root_id, 0


def map_of(table: Mapping[str, int]) -> CategoryMap:
    """The map of the options, as the engine keeps it."""
    return tuple(sorted((key_of(_names(path)), str(category_id)) for path, category_id in table.items()))


def _table(mapped: CategoryMap) -> dict[Path, int]:
    return {path: int(category_id) for path, category_id in mapped}


def key_of(names: Iterable[str]) -> Path:
    """A path as it is compared."""
    return tuple(name.strip().casefold() for name in names)


def _names(path: str) -> Path:
    return tuple(name.strip() for name in path.split(BETWEEN_NAMES))
