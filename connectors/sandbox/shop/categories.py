"""The category tree. Two categories of one parent cannot share a URL key, so neither a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from connectors.sandbox.shop.errors import NO_SUCH_FIELD_VALUE, NotFound, Refused
from connectors.sandbox.shop.wire import Shape, slug, stamp

ROOT_ID = 1
DEFAULT_ID = 2

CATEGORY: Shape = {
    "id": "int",
    "parent_id": "int",
    "name": "string",
    "is_active": "boolean",
    "position": "int",
    "level": "int",
    "children": "string",
    "created_at": "string",
    "updated_at": "string",
    "path": "string",
    "available_sort_by": ("string",),
    "include_in_menu": "boolean",
    "extension_attributes": "mixed",
    "custom_attributes": ({"attribute_code": "string", "value": "mixed"},),
}


@dataclass
class Category:
    category_id: int
    parent_id: int
    name: str
    level: int
    position: int
    path: str
    created_at: str
    updated_at: str
    is_active: bool = True
    include_in_menu: bool = True
    url_key: str = ""
    url_path: str = ""
    children: list[Category] = field(default_factory=list)
    product_ids: set[int] = field(default_factory=set)
    texts: dict[str, Any] = field(default_factory=dict)

    def view(self) -> dict[str, Any]:
        """As POST, PUT and GET answer (recorded: catalogue/category_created)."""
        own = {
            "is_anchor": "1",
            "path": self.path,
            "children_count": str(len(self.children)),
            "url_key": self.url_key,
            "url_path": self.url_path,
            **self.texts,
        }
        return {
            "id": self.category_id,
            "parent_id": self.parent_id,
            "name": self.name,
            "is_active": self.is_active,
            "position": self.position,
            "level": self.level,
            "children": ",".join(str(c.category_id) for c in self.children),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "path": self.path,
            "include_in_menu": self.include_in_menu,
            "custom_attributes": [{"attribute_code": code, "value": value} for code, value in own.items()],
        }

    def tree(self) -> dict[str, Any]:
        """As GET /V1/categories answers (recorded: catalogue/category_tree)."""
        return {
            "id": self.category_id,
            "parent_id": self.parent_id,
            "name": self.name,
            "is_active": self.is_active,
            "position": self.position,
            "level": self.level,
            "product_count": len(self.product_ids),
            "children_data": [c.tree() for c in sorted(self.children, key=lambda c: c.position)],
        }


class Categories:
    """All categories by id. The shop starts with the root and "Default Category"."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._ids = count(3)
        now = stamp(clock())
        root = Category(ROOT_ID, 0, "Root Catalog", 0, 0, "1", now, now)
        default = Category(DEFAULT_ID, ROOT_ID, "Default Category", 1, 1, "1/2", now, now)
        root.children.append(default)
        self.by_id = {ROOT_ID: root, DEFAULT_ID: default}

    def get(self, category_id: int) -> Category:
        """Raises NotFound."""
        if category_id not in self.by_id:
            raise NotFound(NO_SUCH_FIELD_VALUE, {"fieldName": "id", "fieldValue": category_id})
        return self.by_id[category_id]

    def claims(self, url_path: str) -> bool:
        """True where a category stands at this path of the shop."""
        return any(c.url_path == url_path for c in self.by_id.values() if c.level > 1)

    def create(self, data: Mapping[str, Any]) -> Category:
        """A new category under its parent."""
        parent = self.get(data.get("parent_id") or DEFAULT_ID)
        if not data.get("name"):
            raise Refused('The "Name" attribute value is empty. Set the attribute and try again.')
        category_id, now = next(self._ids), stamp(self._clock())
        category = Category(
            category_id, parent.category_id, data["name"], parent.level + 1,
            data.get("position") or len(parent.children) + 1, f"{parent.path}/{category_id}", now, now,
        )  # fmt: skip
        self._apply(category, data)
        parent.children.append(category)
        self.by_id[category_id] = category
        return category

    def update(self, category_id: int, data: Mapping[str, Any]) -> Category:
        """Change the fields sent; the URL key stays unless it is sent too."""
        category = self.get(category_id)
        self._apply(category, data)
        category.updated_at = stamp(self._clock())
        return category

    def _apply(self, category: Category, data: Mapping[str, Any]) -> None:
        texts = {entry["attribute_code"]: entry.get("value") for entry in data.get("custom_attributes") or []}
        url_key = texts.pop("url_key", None) or category.url_key or slug(data.get("name") or category.name)
        parent = self.by_id[category.parent_id]
        url_path = f"{parent.url_path}/{url_key}" if parent.url_path else url_key
        if any(c.url_path == url_path and c is not category for c in parent.children):
            raise Refused("URL key for specified store already exists.")
        category.url_key, category.url_path = url_key, url_path
        category.name = data.get("name") or category.name
        category.is_active = bool(data.get("is_active", category.is_active))
        category.include_in_menu = bool(data.get("include_in_menu", category.include_in_menu))
        category.texts |= {c: v for c, v in texts.items() if c not in ("path", "children_count", "url_path")}
