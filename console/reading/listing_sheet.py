"""All about one item on one account: each field with its master, what the shop shows beside what it shall show, why."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import msgspec

from console.reading.catalogue import ListingRow
from console.reading.why_goods import WhyGoods, why_goods
from console.safe_text import SafeText, safe
from engine.listing import NO_OVERRIDE, content_of
from engine.listing_fields import FIELDS
from engine.publishing import Content
from engine.settings import AccountSettings
from engine.store import listings, mirror, shop_changes

OWN, SHOP, ERP = "own", "shop", "erp"
_CONTENT = """
SELECT wanted, confirmed FROM publication WHERE account = ? AND item = ? AND facet = 'content' AND part = ''
"""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field. master: the account's own word, the shop's, or C-Plus's. `asked`: somebody changed it in the shop.

    `value` is as `engine.listing_fields` has it; None where C-Plus says nothing.
    """

    name: str
    value: Any
    erp_value: Any
    master: str
    asked: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the content that the shop shows otherwise than it shall."""

    name: str
    now: SafeText
    will: SafeText


@dataclass(frozen=True, slots=True)
class ListingSheet:
    """`there`: the shop has it. `differences` of what it has; `why` of a product that C-Plus told of."""

    fields: tuple[FieldRow, ...]
    there: bool
    differences: tuple[Difference, ...]
    why: WhyGoods | None


def listing_sheet(db: sqlite3.Connection, account: AccountSettings, row: ListingRow) -> ListingSheet:
    """Read now, whatever the list showed."""
    erp, kept = _of_erp(db, account, row), listings.kept_by_shop(db, account.id, row.item)
    asked = {
        name
        for name, change in shop_changes.of_item(db, account.id, row.item).items()
        if change["standing"] == shop_changes.ASKED
    }
    content = db.execute(_CONTENT, (account.id, row.item)).fetchone()
    return ListingSheet(
        fields=tuple(_field(name, row, erp, kept, asked) for name in FIELDS),
        there=content is not None and content["confirmed"] is not None,
        differences=tuple(_differences(content)),
        why=None if row.is_grid else why_goods(db, row.item, [account]),
    )


def _of_erp(db: sqlite3.Connection, account: AccountSettings, row: ListingRow) -> dict[str, Any]:
    """What C-Plus and the settings say of each field, where they say something."""
    product = mirror.product(db, row.item)
    if product is None:
        return {"name": str(row.erp_name)}
    said = content_of(product, account, NO_OVERRIDE, mirror.payment_options(db), grids=True)
    return {
        "name": said.name,
        "short_description": said.short_description,
        "description": said.description,
        "categories": list(said.categories),
        "delivery_days": said.delivery_days,
        "payment_options": list(said.payment_options),
        "buffer": f"{account.buffer:f}",
        "withheld": False,
    }


def _field(name: str, row: ListingRow, erp: dict[str, Any], kept: frozenset[str], asked: set[str]) -> FieldRow:
    own = row.own[name]
    is_own = own is not None and not (name == "withheld" and own is False)
    master = SHOP if name in kept else OWN if is_own else ERP
    return FieldRow(name, own if is_own else erp.get(name), erp.get(name), master, name in asked)


def _differences(row: sqlite3.Row | None) -> Iterator[Difference]:
    if row is None or row["wanted"] is None or row["confirmed"] is None or row["wanted"] == row["confirmed"]:
        return
    wanted, confirmed = (msgspec.json.decode(row[name], type=Content) for name in ("wanted", "confirmed"))
    for field in fields(Content):
        now, will = getattr(confirmed, field.name), getattr(wanted, field.name)
        if now != will:
            yield Difference(field.name, _told(field.name, now), _told(field.name, will))


def _told(name: str, value: Any) -> SafeText:
    if value is None or value in ("", ()):
        return SafeText("—")
    if name == "grid":
        return safe(", ".join(f"{place.axis} {place.value}" for place in value))
    if isinstance(value, tuple):
        return safe((" > " if name == "categories" else ", ").join(map(str, value)))
    if isinstance(value, Decimal):
        return safe(f"{value.normalize():f}")
    return safe(value)
