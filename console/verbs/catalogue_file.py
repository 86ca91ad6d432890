"""The catalogue as a file for a spreadsheet: what an account says of each item, and back.

An empty cell means "as in C-Plus". A column that is not in the file, or a product, stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console import spreadsheet
from console.catalogue_texts import STATES
from console.field_texts import LISTING_FIELDS, in_words
from console.language import N_, _, say
from console.listing_text import typed_of, value_of
from console.reading.catalogue import ListingRow
from console.safe_text import SafeText
from engine.errors import Refused
from engine.listing_fields import FIELDS, About, checked

NONE_SHOWN = "-"
"""In a cell: the shop shows nothing there, whatever C-Plus says."""
MAY_SHOW_NONE = ("short_description", "description", "payment_options")
SKU = ("SKU",)
TOLD = {"code": N_("code"), "erp_name": N_("name in C-Plus"), "state": N_("state")}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that cannot be taken."""

    line: int
    column: SafeText
    why: SafeText


@dataclass(slots=True)
class Asked:
    """What a file asks for: by item, the fields that differ from what is said now; and what is wrong with it."""

    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)


def write(path: Path, rows: Iterator[ListingRow]) -> None:
    """All of them. Raises OSError."""
    titles = [*SKU, *map(_, TOLD.values()), *map(_, LISTING_FIELDS.values())]
    spreadsheet.write(path, titles, map(_cells, rows))


def _cells(row: ListingRow) -> Sequence[str]:
    told = (row.item, row.code, row.erp_name, _(STATES[row.state]))
    return [*told, *(_cell(name, row.own[name]) for name in LISTING_FIELDS)]


def _cell(name: str, value: Any) -> str:
    if name == "withheld" and not value:
        return ""
    return NONE_SHOWN if value in ("", []) else typed_of(name, value)


def lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The lines of a file, with "sku" and the fields that it has. Raises OSError, NotThatFile, Damaged."""
    fields = {name: (str(_(LISTING_FIELDS[name])), LISTING_FIELDS[name], name) for name in FIELDS}
    return list(spreadsheet.rows(path, {"sku": SKU}, fields))


def asked(
    found: Sequence[tuple[int, Mapping[str, str]]],
    items: Mapping[str, Sequence[str]],
    rows: Mapping[str, ListingRow],
    options: tuple[str, ...],
) -> Asked:
    """What these lines ask for. `items`: by SKU without its leading zeros, as spreadsheets leave it."""
    told, seen = Asked(), set[str]()
    for line, cells in found:
        sku = spreadsheet.meant(cells["sku"])
        if not sku:
            continue
        item = item_of(sku, items)
        if item is None or item not in rows:
            told.wrong.append(Wrong(line, SafeText("SKU"), say("C-Plus has no product or grid {item}", item=sku)))
        elif item in seen:
            told.wrong.append(Wrong(line, SafeText("SKU"), say("{item} stands here twice", item=sku)))
        else:
            seen.add(item)
            changes = _changes(line, cells, rows[item], options, told.wrong)
            if changes:
                told.changes[item] = changes
    return told


def item_of(sku: str, items: Mapping[str, Sequence[str]]) -> str | None:
    """The item that a cell means: itself, else the only one that differs by leading zeros."""
    known = items.get(sku.lstrip("0"), ())
    if sku in known:
        return sku
    return known[0] if len(known) == 1 else None


def _changes(
    line: int, cells: Mapping[str, str], row: ListingRow, options: tuple[str, ...], wrong: list[Wrong]
) -> dict[str, Any]:
    about = About(row.item, options, whole=row.whole, is_grid=row.is_grid)
    changes: dict[str, Any] = {}
    for name in FIELDS:
        if name not in cells:
            continue
        try:
            value = checked(name, _value(name, spreadsheet.meant(cells[name])), about)
        except Refused as error:
            wrong.append(Wrong(line, _(LISTING_FIELDS[name]), say("expected: {expected}", **in_words(error.params))))
            continue
        if value != row.own[name]:
            changes[name] = value
    return changes


def _value(name: str, cell: str) -> Any:
    if not cell:
        return False if name == "withheld" else None
    return value_of(name, "" if cell == NONE_SHOWN and name in MAY_SHOW_NONE else cell)
