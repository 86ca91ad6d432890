"""`searchCriteria`: how Magento is asked for lists, and how a list is walked without losing a row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from connectors.magento.transport import Rest
from connectors.magento_shapes.values import Json, stamp

PAGE_ROWS = 100
FILTERS_MAX = 10
IN_LENGTH = 4000
"""Bytes of an `in` list in the address line; web servers commonly cut it at 8 KB."""


class Filter(NamedTuple):
    """All filters of a search must hold."""

    field: str
    value: Any
    condition: str = "eq"


def criteria(
    filters: Sequence[Filter], sort: Sequence[str] = (), *, rows: int = PAGE_ROWS, page: int = 1, fields: str = ""
) -> str:
    """The finished query string; sorted upwards. At most ten filters: versions order [10] differently to sign it.

    fields: what the answer shall hold, "items[id,sku]"; an entry that has none of it comes as an empty list.
    """
    assert len(filters) <= FILTERS_MAX
    pairs: list[tuple[str, Any]] = []
    for place, (field, value, condition) in enumerate(filters):
        prefix = f"searchCriteria[filter_groups][{place}][filters][0]"
        pairs += [(f"{prefix}[field]", field), (f"{prefix}[value]", value), (f"{prefix}[condition_type]", condition)]
    for place, field in enumerate(sort):
        prefix = f"searchCriteria[sortOrders][{place}]"
        pairs += [(f"{prefix}[field]", field), (f"{prefix}[direction]", "ASC")]
    pairs += [("searchCriteria[pageSize]", rows), ("searchCriteria[currentPage]", page)]
    if fields:
        pairs.append(("fields", fields))
    # Spaces as %20: older servers take a + for a plus.
    return "&".join(f"{quote(key, safe='[]')}={quote(str(value), safe='')}" for key, value in pairs)


async def find(
    rest: Rest,
    path: str,
    filters: Sequence[Filter],
    sort: Sequence[str] = (),
    *,
    rows: int = PAGE_ROWS,
    page: int = 1,
    fields: str = "",
) -> list[Json]:
    """One page. Past the end, orders answer `"items": null` and products `[]`."""
    answer = await rest.get(path, criteria(filters, sort, rows=rows, page=page, fields=fields))
    return list(answer.get("items") or ())


async def find_all(rest: Rest, path: str, filters: Sequence[Filter] = ()) -> list[Json]:
    """All pages of a short list. Old versions answer the last page again past the end, so rows are counted."""
    found: list[Json] = []
    page = 1
    while True:
        answer = await rest.get(path, criteria(filters, page=page))
        items = answer.get("items") or ()
        found += items
        if not items or page * PAGE_ROWS >= int(answer.get("total_count") or 0):
            return found
        page += 1


async def changed_since(
    rest: Rest, path: str, since: datetime, id_field: str, id_key: str
) -> AsyncIterator[list[Json]]:
    """Rows with updated_at at or after `since`, oldest change first, page by page.

    Each page asks anew from the last time seen, because an entry that changes meanwhile moves to the end and would
    shift the rest past a page number. Only where a whole page carries one single second, pages are counted.
    """
    start = stamp(since)
    page = 1
    seen: set[Any] = set()  # ids already given out that carry exactly `start`
    while True:
        items = await find(rest, path, [Filter("updated_at", start, "gteq")], ("updated_at", id_field), page=page)
        fresh = [item for item in items if item["updated_at"] != start or item[id_key] not in seen]
        if fresh:
            yield fresh
        if len(items) < PAGE_ROWS or (page > 1 and not fresh):  # old versions answer the last page again past the end
            return
        last = str(items[-1]["updated_at"])
        if last == start:
            page += 1
            seen |= {item[id_key] for item in items}
        else:
            start, page = last, 1
            seen = {item[id_key] for item in items if item["updated_at"] == last}


async def by_id(
    rest: Rest, path: str, id_field: str, id_key: str, *, rows: int, fields: str = ""
) -> AsyncIterator[list[Json]]:
    """Everything, in the order of its ids, so many rows a page."""
    after = 0
    while True:
        items = await find(rest, path, [Filter(id_field, after, "gt")], (id_field,), rows=rows, fields=fields)
        if items:
            yield items
        if len(items) < rows:
            return
        after = int(items[-1][id_key])


def sku_filters(skus: Iterable[str], rows: int = PAGE_ROWS) -> Iterator[Filter]:
    """Filters that together ask for these SKUs, at most so many each; a SKU with a comma cannot stand in a list."""
    return in_lists("sku", skus, rows)


def in_lists(field: str, values: Iterable[str], rows: int) -> Iterator[Filter]:
    """Filters that together ask for these values of a field, at most so many each and none too long for an address."""
    batch: list[str] = []
    length = 0
    for value in dict.fromkeys(values):
        if "," in value:
            yield Filter(field, value)
            continue
        cost = len(quote(value, safe="")) + len("%2C")
        if batch and (len(batch) == rows or length + cost > IN_LENGTH):
            yield Filter(field, ",".join(batch), "in")
            batch, length = [], 0
        batch.append(value)
        length += cost
    if batch:
        yield Filter(field, ",".join(batch), "in")
