"""A row of the catalogue, and all about one item of it, in lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from console.catalogue_texts import LACKS, MASTERS, OBSTACLES, STATES
from console.field_texts import CONTENT_FIELDS, LISTING_FIELDS
from console.formats import money, quantity
from console.language import _, say, say_n
from console.listing_text import said, shown_value
from console.reading.catalogue import ListingRow
from console.reading.listing_sheet import OWN, FieldRow, ListingSheet
from console.safe_text import SafeText, safe
from console.texts import word
from console.why_goods_text import account_lines
from console.widgets.plain import Labelled, Line, Piece
from console.widgets.sources import Cell, Row

LABEL_CELLS = 18
NAMED_MAX = 8
VALUE_CHARS_MAX = 160
"""Of a text; the file has all of it."""

TONES = {
    "on-sale": "good", "waiting": "warn", "held": "warn", "refused": "bad", "incomplete": "warn", "withheld": "dim",
    "unflagged": "dim", "inactive": "dim", "absent": "dim",
}  # fmt: skip


def cells(row: ListingRow) -> Row:
    """A row of the list."""
    shown = row.shown
    return [
        Cell(row.label, "strong"),
        Cell(row.name),
        Cell(_stock(shown.stock_e4), "" if shown.stock_e4 else "dim"),
        Cell(_price(shown.price)),
        Cell(_state(row), TONES[row.state]),
        Cell(_shop_shows(row), "dim"),
    ]


def _state(row: ListingRow) -> SafeText:
    if row.state == "incomplete":
        return word(OBSTACLES, row.obstacles[0]) if row.obstacles[0] in OBSTACLES else say("faulty kit")
    return word(STATES, row.state)


def _shop_shows(row: ListingRow) -> SafeText:
    shown = row.shown
    if not shown.on_sale:
        return SafeText("—")
    return SafeText(f"{_price(shown.price_shown)} · {_stock(shown.stock_shown_e4)}")


def _stock(e4: int | None) -> SafeText:
    return SafeText("—") if e4 is None else quantity(e4)


def _price(value: str | None) -> SafeText:
    return money(int(value)) if value is not None and value.isdecimal() else SafeText("—")


def sheet(row: ListingRow, told: ListingSheet, now: datetime) -> Iterator[Line]:
    """The state and what is missing first, then what will change, the fields, and the sum behind the stock."""
    yield [Piece(row.name or row.label, "head")]
    known = (("SKU", safe(row.item)), (say("code"), row.code))
    yield [Piece(SafeText(" · ".join(f"{label} {text}" for label, text in known if text)), "dim")]
    yield [Piece(_state(row), TONES[row.state])]
    if row.lacks:
        yield [Piece(SafeText(" · ".join(_(LACKS[name]) for name in row.lacks)), "warn")]
    if row.is_grid:
        yield [Piece(say("A grid: stock and price are its cells'."), "dim")]
    yield from _changes(row, told)
    yield []
    yield from (_field_line(field) for field in told.fields)
    yield from why_lines(told, now)


def why_lines(told: ListingSheet, now: datetime) -> Iterator[Line]:
    """The sum behind its stock, and how far each value is."""
    if told.why is None:
        return
    yield []
    for own in told.why.accounts:
        for line in account_lines(told.why, own, now):
            yield [Piece(line)]


def _changes(row: ListingRow, told: ListingSheet) -> Iterator[Line]:
    shown = row.shown
    if not told.there:
        yield [Piece(say("The shop does not have it."), "dim")]
        return
    for one in told.differences:
        yield _arrow(word(CONTENT_FIELDS, one.name), one.now, one.will)
    if shown.price != shown.price_shown:
        yield _arrow(say("price"), _price(shown.price_shown), _price(shown.price))
    if shown.stock_e4 != shown.stock_shown_e4:
        yield _arrow(say("stock"), _stock(shown.stock_shown_e4), _stock(shown.stock_e4))
    if not shown.todo:
        yield [Piece(say("The shop shows all of it as it shall be."), "dim")]


def _arrow(label: SafeText, now: SafeText, will: SafeText) -> Line:
    return _labelled(label, Piece(SafeText(f"{now} → ")), Piece(will, "warn"))


def _field_line(field: FieldRow) -> Line:
    """An account's own word is marked, and C-Plus's told beside it."""
    mark = Piece(SafeText(f"{'*' if field.master == OWN else ' '} "), "key")
    master = word(MASTERS, field.master)
    if field.asked:
        master = say("{master}; changed in the shop: say whose it is (1, then t)", master=master)
    elif field.master == OWN and field.name != "withheld":
        master = say("own; C-Plus: {value}", value=safe(shown_value(field.name, field.erp_value), VALUE_CHARS_MAX))
    tone = "strong" if field.master == OWN else ""
    value = safe(shown_value(field.name, field.value), VALUE_CHARS_MAX)
    return _labelled(_(LISTING_FIELDS[field.name]), mark, Piece(value, tone), Piece(SafeText(f"  {master}"), "dim"))


def holds(field: FieldRow) -> SafeText:
    """What a field says now, and whose word it is."""
    value, master = safe(shown_value(field.name, field.value), VALUE_CHARS_MAX), word(MASTERS, field.master)
    return SafeText(f"{'* ' if field.master == OWN else '  '}{value}  ({master})")


def _labelled(label: SafeText, *pieces: Piece) -> Line:
    return Labelled([Piece(SafeText(f"{label[: LABEL_CELLS - 1]:<{LABEL_CELLS}}"), "dim"), *pieces])


def preview(rows: Sequence[ListingRow], changes: Mapping[str, Mapping[str, Any]]) -> Iterator[Line]:
    """What a change does: so many products, and of the first ones what stands there before and after."""
    moved = [row for row in rows if any(row.own[name] != value for name, value in changes[row.item].items())]
    yield [Piece(say_n("{n} product changes.", "{n} products change.", len(moved)), "strong")]
    if len(rows) > len(moved):
        told = say_n("{n} stays as it is.", "{n} stay as they are.", len(rows) - len(moved))
        yield [Piece(told, "dim")]
    for row in moved[:NAMED_MAX]:
        for name, value in changes[row.item].items():
            before, after = (said(name, one) for one in (row.own[name], value))
            yield [
                Piece(SafeText(f"  {row.label}  "), "strong"),
                Piece(SafeText(f"{_(LISTING_FIELDS[name])}: {before} → ")),
                Piece(after, "warn"),
            ]
    if len(moved) > NAMED_MAX:
        yield [Piece(say("  and {n} more", n=len(moved) - NAMED_MAX), "dim")]
