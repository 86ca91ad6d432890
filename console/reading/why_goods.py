"""Why a shop shows what it shows of a product: the sum behind its stock, and what is sent, waits or is refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.formats import instant
from console.reading.accounts import AccountRow, all_accounts
from console.reading.tasks import params_of
from console.safe_text import SafeText, safe
from engine.amounts import to_e4
from engine.listing import parent_item
from engine.settings import AccountSettings, SourceSettings

PRODUCTS_MAX = 20
"""Of one code or grid; nobody reads more of them at once."""

# A grid's key may be that of a product too, which is meant then.
_NAMED = """
SELECT sku FROM product WHERE sku = :name OR code = :name
    OR ltrim(sku, '0') = ltrim(:name, '0') AND ltrim(:name, '0') <> '' ORDER BY sku LIMIT :limit
"""
_CELLS = "SELECT sku FROM product WHERE parent = :name ORDER BY sku LIMIT :limit"
_PRODUCT = """
SELECT sku, code, name, parent, active, counted, whole,
       EXISTS (SELECT 1 FROM kit_fault WHERE kit = sku) AS faulty_kit FROM product WHERE sku = ?
"""
_TAGGED = "SELECT 1 FROM product_tag WHERE tag = ? AND sku = ?"
_LISTING = "SELECT withheld, buffer_e4 FROM listing WHERE account = ? AND item = ?"
_DEFENCE = "SELECT defence FROM stock_link WHERE account = ?"
_PARTS = "SELECT part, quantity_e4, counted FROM kit_part WHERE kit = ? ORDER BY part"
# The terms of the engine's own sum (engine/store/wants.py), for one product; see there for why each is what it is.
_SHELF = """
SELECT COALESCE(SUM(l.on_hand_e4), 0) AS on_hand_e4, COALESCE(SUM(l.reserved_e4), 0) AS reserved_e4
FROM stock_level l WHERE l.sku = :sku AND EXISTS (
    SELECT 1 FROM json_each(:sources) s
    WHERE (json_array_length(s.value, '$.companies') = 0
           OR l.company IN (SELECT value FROM json_each(s.value, '$.companies')))
      AND (json_array_length(s.value, '$.sectors') = 0
           OR l.sector IN (SELECT value FROM json_each(s.value, '$.sectors'))))
"""
_PROMISED = """
SELECT COALESCE(SUM(MAX(0, ordered_e4 - cancelled_e4 - invoiced_e4)), 0) FROM order_goods WHERE promised AND sku = ?
"""
_HELD = """
SELECT COALESCE(SUM(l.ordered_e4 - l.shipped_e4 - l.cancelled_e4), 0)
FROM order_line l JOIN sales_order o ON o.id = l.order_id
WHERE o.account = ? AND l.sku = ? AND l.shipped_e4 + l.cancelled_e4 < l.ordered_e4
"""
_PUBLICATIONS = """
SELECT facet, part, wanted, wanted_at, confirmed, confirmed_at, todo, in_flight, settles_at, held_by, attempts, next_at,
       error_code, error_detail
FROM publication WHERE account = :account AND item = :sku AND (wanted IS NOT NULL OR confirmed IS NOT NULL OR todo)
ORDER BY facet = 'content' DESC, facet = 'media' DESC, facet, part
"""
_PROBLEMS = """
SELECT code, params, detail FROM problem
WHERE account IN ('', :account) AND subject IN ('item:' || :sku, 'item:' || :parent) ORDER BY severity, code
"""


@dataclass(frozen=True, slots=True)
class Goods:
    """What C-Plus has of one thing; ten-thousandths. `needed_e4` goes into one piece of a kit."""

    sku: SafeText
    on_hand_e4: int
    reserved_e4: int
    promised_e4: int
    counted: bool = True
    needed_e4: int = 10_000

    @property
    def available_e4(self) -> int:
        """What is neither reserved nor promised."""
        return self.on_hand_e4 - self.reserved_e4 - self.promised_e4


@dataclass(frozen=True, slots=True)
class Shown:
    """One value that the shop shows or shall show. `wanted` and `confirmed` are as the store has them."""

    facet: str
    part: SafeText
    wanted: str | None
    wanted_at: datetime | None
    confirmed: str | None
    confirmed_at: datetime | None
    todo: bool
    in_flight: bool
    settles_at: datetime | None
    held_by: str | None
    attempts: int
    next_at: datetime | None
    error_code: str | None
    error_detail: SafeText


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps the product from this shop."""

    code: str
    params: dict[str, Any]
    detail: SafeText


@dataclass(frozen=True, slots=True)
class OnAccount:
    """One shop's part of it. `buffer_e4`, `held_e4`, `uncounted_e4`, `defence_e4`, `few_e4`: ten-thousandths.

    `row` is None for an account of the settings that no engine has seen yet.
    """

    account: SafeText
    row: AccountRow | None
    online: bool
    withheld: bool
    buffer_e4: int
    uncounted_e4: int
    held_e4: int
    defence: str  # why less is shown where no more than few_e4 are left; "" = it is not
    defence_e4: int
    few_e4: int
    goods: Goods
    parts: tuple[Goods, ...]
    shown: tuple[Shown, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class WhyGoods:
    """A product, and why each shop shows what it shows of it. `whole`: it is sold by the piece."""

    sku: SafeText
    code: SafeText
    name: SafeText
    active: bool
    counted: bool
    whole: bool
    faulty_kit: bool
    accounts: tuple[OnAccount, ...]


def goods_named(db: sqlite3.Connection, name: str) -> list[str]:
    """The SKUs that a key, a code or a grid's key means; leading zeros of a product's key may be left out."""
    asked = {"name": name, "limit": PRODUCTS_MAX}
    rows = db.execute(_NAMED, asked).fetchall() or db.execute(_CELLS, asked).fetchall()
    return [row["sku"] for row in rows]


def why_goods(db: sqlite3.Connection, sku: str, accounts: Sequence[AccountSettings]) -> WhyGoods | None:
    """All of it, shop by shop; None for a product that C-Plus did not tell of."""
    row = db.execute(_PRODUCT, [sku]).fetchone()
    if row is None:
        return None
    known = {str(account.id): account for account in all_accounts(db)}
    return WhyGoods(
        sku=safe(row["sku"]),
        code=safe(row["code"]),
        name=safe(row["name"]),
        active=bool(row["active"]),
        counted=bool(row["counted"]),
        whole=bool(row["whole"]),
        faulty_kit=bool(row["faulty_kit"]),
        accounts=tuple(_on_account(db, row, account, known.get(account.id)) for account in accounts),
    )


def _on_account(
    db: sqlite3.Connection, product: sqlite3.Row, account: AccountSettings, row: AccountRow | None
) -> OnAccount:
    sku = product["sku"]
    own = db.execute(_LISTING, [account.id, sku]).fetchone()
    buffer_e4 = own["buffer_e4"] if own is not None else None
    places = account.sources.values() or [SourceSettings(companies=account.companies, sectors=account.sectors)]
    sources = json.dumps([{"companies": place.companies, "sectors": place.sectors} for place in places])
    defence = db.execute(_DEFENCE, [account.id]).fetchone()
    parent = product["parent"] and parent_item(account, product["parent"])
    named = {"account": account.id, "sku": sku, "parent": parent}
    return OnAccount(
        account=safe(account.id),
        row=row,
        online=db.execute(_TAGGED, [account.online_tag, sku]).fetchone() is not None,
        withheld=own is not None and bool(own["withheld"]),
        buffer_e4=to_e4(account.buffer) if buffer_e4 is None else buffer_e4,
        uncounted_e4=to_e4(account.uncounted_stock),
        held_e4=db.execute(_HELD, [account.id, sku]).fetchone()[0],
        defence=defence["defence"] if defence is not None else "",
        defence_e4=to_e4(account.defence.buffer),
        few_e4=to_e4(account.defence.few),
        goods=_goods(db, sku, sources, counted=bool(product["counted"])),
        parts=tuple(
            _goods(db, part["part"], sources, counted=bool(part["counted"]), needed_e4=part["quantity_e4"])
            for part in db.execute(_PARTS, [sku]).fetchall()
        ),
        shown=tuple(_shown(row) for row in db.execute(_PUBLICATIONS, named).fetchall()),
        faults=tuple(
            Fault(row["code"], params_of(row["params"]), safe(row["detail"]))
            for row in db.execute(_PROBLEMS, named).fetchall()
        ),
    )


def _goods(db: sqlite3.Connection, sku: str, sources: str, *, counted: bool, needed_e4: int = 10_000) -> Goods:
    shelf = db.execute(_SHELF, {"sku": sku, "sources": sources}).fetchone()
    promised = db.execute(_PROMISED, [sku]).fetchone()[0]
    return Goods(safe(sku), shelf["on_hand_e4"], shelf["reserved_e4"], promised, counted, needed_e4)


def _shown(row: sqlite3.Row) -> Shown:
    return Shown(
        facet=row["facet"],
        part=safe(row["part"]),
        wanted=row["wanted"],
        wanted_at=instant(row["wanted_at"]),
        confirmed=row["confirmed"],
        confirmed_at=instant(row["confirmed_at"]),
        todo=bool(row["todo"]),
        in_flight=row["settles_at"] is not None,
        settles_at=instant(row["settles_at"]),
        held_by=row["held_by"],
        attempts=row["attempts"],
        next_at=instant(row["next_at"]),
        error_code=row["error_code"],
        error_detail=safe(row["error_detail"] or ""),
    )
