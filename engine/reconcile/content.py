"""What becomes of an item's content that a channel shows otherwise than confirmed: followed, asked, or sent again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from engine.publishing import Content, Facet, RemoteItem
from engine.reconcile.ownership import Answer, Drift, Known, drifts
from engine.reconcile.photos import PHOTOS
from engine.shown_content import as_shown
from engine.store import listings, publications, shop_changes
from engine.store.instants import to_text
from engine.store.problems import Severity, clear_problem, raise_problem

CHANGED, NOT_KEPT = "changed-in-shop", "shop-does-not-keep"

_NOTED_AS = {
    Answer.ASK: shop_changes.ASKED,
    Answer.RESTORE: shop_changes.RESTORED,
    Answer.NOT_KEPT: shop_changes.NOT_KEPT,
}


def judge(db: sqlite3.Connection, account: str, remote: RemoteItem, as_of: datetime) -> int:
    """Decide each field that differs; answers how many are to be sent again. Nothing while a push is on its way."""
    item = remote.item
    confirmed = _confirmed(db, account, item, as_of)
    if confirmed is None:
        return 0
    noted = {name: row for name, row in shop_changes.of_item(db, account, item).items() if name != PHOTOS}
    known = {
        name: Known(_decoded(name, row["shown"]), row["standing"] != shop_changes.ASKED) for name, row in noted.items()
    }
    found = list(drifts(confirmed, remote.content, listings.kept_by_shop(db, account, item), known))
    shop_changes.forget(db, account, item, noted.keys() - {drift.field for drift in found})
    followed = {drift.field: drift.shown for drift in found if drift.answer is Answer.FOLLOW}
    if followed:
        listings.set_columns(db, account, item, **{name: _column(name, value) for name, value in followed.items()})
        shop_changes.take_over(db, account, item, followed)
    for drift in found:
        if drift.answer in _NOTED_AS:
            standing = _NOTED_AS[drift.answer]
            shop_changes.note(db, account, item, drift.field, drift.ours, drift.shown, standing, as_of)
    restored = [drift for drift in found if drift.answer is Answer.RESTORE]
    if restored:
        shop_changes.send_again(db, account, item)
    _tell(db, account, remote, found, as_of)
    return len(restored)


def take_as_shown(db: sqlite3.Connection, account: str, remote: RemoteItem, as_of: datetime) -> None:
    """Nobody has approved a write yet: what the shop shows by now is what the first writes are measured against."""
    confirmed = _confirmed(db, account, remote.item, as_of)
    if confirmed is None:
        return
    now = as_shown(confirmed, remote.content)
    if now != confirmed:
        value = msgspec.json.encode(now).decode()
        publications.shown_otherwise(db, account, Facet.CONTENT, remote.item, "", value, as_of)


def _confirmed(db: sqlite3.Connection, account: str, item: str, as_of: datetime) -> Content | None:
    row = db.execute(
        "SELECT confirmed FROM publication WHERE account = ? AND item = ? AND facet = 'content' AND part = '' AND"
        " confirmed IS NOT NULL AND settles_at IS NULL AND confirmed_at < ?",
        (account, item, to_text(as_of)),
    ).fetchone()
    return None if row is None else msgspec.json.decode(row["confirmed"], type=Content)


def _decoded(name: str, text: str) -> object:
    """A field as `Content` holds it; JSON has no tuples and no Decimal."""
    return getattr(msgspec.convert({"kind": "", "name": "", "enabled": True, name: json.loads(text)}, Content), name)


def _column(name: str, value: object) -> object:
    return json.dumps(value) if name == "categories" else value


def _tell(db: sqlite3.Connection, account: str, remote: RemoteItem, found: Sequence[Drift], now: datetime) -> None:
    subject = f"item:{remote.item}"
    told: tuple[tuple[str, Answer, Severity], ...] = (
        (CHANGED, Answer.ASK, "problem"),
        (NOT_KEPT, Answer.NOT_KEPT, "notice"),
    )
    for code, answer, severity in told:
        fields = [drift.field for drift in found if drift.answer is answer]
        if fields:
            params = {"item": remote.item, "name": remote.content.name, "fields": ", ".join(fields)}
            raise_problem(db, account, code, subject, params, "", severity, now)
        else:
            clear_problem(db, account, code, subject)
