"""The table of REST routes and how a path finds its row.

Paths are split before they are decoded, so that a SKU with a slash (%2F) stays one part.
A SKU encoded twice is another SKU (recorded: catalogue/sku_encoded_twice).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from connectors.sandbox.shop.criteria import Collection, Criteria, Query, Row, parse, select
from connectors.sandbox.shop.errors import NotFound, required
from connectors.sandbox.shop.shop import Shop
from connectors.sandbox.shop.wire import Shape, read, read_list, snake


@dataclass(frozen=True)
class Later:
    """A save that the shop carries out only when the call's time has passed."""

    finish: Callable[[], Any]


@dataclass(frozen=True)
class Call:
    """One REST call, its path matched and its body decoded."""

    parts: Mapping[str, str]
    query: Query
    body: Any
    view: int
    trusted: bool
    base_url: str

    def text(self, name: str) -> str:
        """A part of the path."""
        return self.parts[name]

    def number(self, name: str) -> int:
        """A part of the path that must be a number. Raises NotFound: Magento would not find the entity."""
        value = self.parts[name]
        if not value.isdigit():
            raise NotFound("Request does not match any route.")
        return int(value)

    def find(self, name: str) -> Any:
        """A parameter of the body, by its camelCase or snake_case name; None where it was not sent."""
        body = self.body if isinstance(self.body, dict) else {}
        return body.get(name, body.get(snake(name)))

    def need(self, name: str) -> Any:
        """A parameter of the body that must be there. Raises Refused."""
        value = self.find(name)
        if value is None:
            raise required(name)
        return value

    def entity(self, name: str, shape: Shape) -> dict[str, Any]:
        """An object of the body, checked against its shape."""
        return read(self.need(name), shape, name)

    def rows(self, name: str, shape: Shape) -> list[dict[str, Any]]:
        """A list of objects of the body."""
        return read_list(self.need(name), shape, name)

    def skus(self) -> list[str]:
        """The `skus` parameter of the price information calls."""
        return [str(sku) for sku in self.need("skus")]

    def quantities(self) -> dict[int, Decimal] | None:
        """The `items` of a document call as order item id -> quantity; None where none were named."""
        items = self.find("items")
        if not items:
            return None
        rows = read_list(items, {"order_item_id": "int", "qty": "float", "extension_attributes": "mixed"}, "items")
        return {row["order_item_id"]: row["qty"] for row in rows}


Handler = Callable[[Shop, Call], Any]


@dataclass(frozen=True)
class Route:
    """`template` without /rest and store code; `resource` is the right it needs, None = anybody may call."""

    method: str
    template: str
    handler: Handler
    resource: str | None


@dataclass(frozen=True)
class Match:
    route: Route
    parts: Mapping[str, str]


class Router:
    """Routes by method and number of parts; a literal part goes before a placeholder."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._routes: dict[tuple[str, int], list[tuple[Route, list[str]]]] = {}
        for route in self.routes:
            parts = route.template.split("/")
            self._routes.setdefault((route.method, len(parts)), []).append((route, parts))
        for candidates in self._routes.values():
            candidates.sort(key=lambda entry: [part.startswith("{") for part in entry[1]])

    def match(self, method: str, raw_parts: list[str]) -> Match:
        """Raises NotFound."""
        for route, template in self._routes.get((method, len(raw_parts)), ()):
            found: dict[str, str] = {}
            for part, raw in zip(template, raw_parts, strict=True):
                if part.startswith("{"):
                    found[part[1:-1]] = unquote(raw)
                elif part != raw:
                    break
            else:
                return Match(route, found)
        raise NotFound("Request does not match any route.")


def listing(
    collection: Collection[Row],
    call: Call,
    view: Callable[[Row], Any],
    optional: bool = False,
    empty: Any = (),
) -> dict[str, Any]:
    """A search's answer. `empty` stands for no items: a list, or null (recorded: orders/page_past_the_end)."""
    criteria: Criteria = parse(call.query, optional)
    rows, total = select(collection, criteria)
    items: Any = [view(row) for row in rows] or (list(empty) if empty is not None else None)
    return {"items": items, "search_criteria": criteria.echo(), "total_count": total}
