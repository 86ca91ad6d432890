"""Which deeds of the audit can be taken back as things stand now, and the command that does it.

Each way back is refused by the engine, too, if things have moved on since they were read here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console.language import N_
from console.reading.orders import ORDERS
from engine.listing_fields import own_values
from engine.store import listings
from engine.verbs.decisions import DECISIONS

NO_WAY_BACK = N_("there is no way back from this with one key")
OVERTAKEN = N_("something else was said of it since")
LEFT = N_("the decision has left already")
NOT_DONE = N_("it was not done: there is nothing to take back")


@dataclass(frozen=True, slots=True)
class Undo:
    """The command that takes a deed back."""

    verb: str
    args: Mapping[str, Any]
    row_version: int | None = None


Way = Callable[[sqlite3.Connection, sqlite3.Row], "Undo | str"]
"""Of a row with subject, before, after, at, who and the command's args."""

_NEWER = "SELECT 1 FROM audit WHERE subject = :subject AND id > :id AND what IN (SELECT value FROM json_each(:deeds))"
_ORDER = ORDERS.format(which="o.number = :number AND o.account = :account")
_STILL_OFF = """
SELECT 1 FROM direction WHERE (account = :account OR :account = '*') AND (name = :direction OR :direction = '*')
   AND enabled = 0 AND changed_at = :at
"""
_STILL_ASIDE = "SELECT 1 FROM ignored WHERE at = :at AND who = :who"
_STILL_REVERTED = "SELECT 1 FROM reverted WHERE account = :account AND facet = :facet AND item = :item"
_BEFORE_FIRST_WRITE = "SELECT 1 FROM account WHERE id = :account AND approved_at IS NULL"


def undo_of(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    """How this entry is taken back, or why it is not."""
    if row["kind"] == "refused":
        return NOT_DONE
    way = WAYS.get(row["what"])
    return NO_WAY_BACK if way is None else way(db, row)


def _decision(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    """Until it has left, and only the last one of an order."""
    if _overtaken(db, row, *(decision.name for decision in DECISIONS), "withdraw"):
        return OVERTAKEN
    number, account = _named(row)
    order = db.execute(_ORDER, {"number": number, "account": account}).fetchone()
    if order is None or not order["withdrawable"]:
        return LEFT
    return Undo("withdraw", {"order": order["id"]}, order["row_version"])


def _pause(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    args = _args(row)
    asked = {"account": str(args.get("account", "")), "direction": str(args.get("direction", "*"))}
    if db.execute(_STILL_OFF, {**asked, "at": row["at"]}).fetchone() is None:
        return OVERTAKEN
    return Undo("resume", asked)


def _ignore(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    if db.execute(_STILL_ASIDE, {"at": row["at"], "who": row["who"]}).fetchone() is None:
        return OVERTAKEN
    return Undo("attend_problem", {name: value for name, value in _args(row).items() if name != "why"})


def _listing(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    """As long as what was said then is what is said now."""
    item, account = _named(row)
    before, after = json.loads(row["before"] or "{}"), json.loads(row["after"] or "{}")
    there = listings.row(db, account, item)
    now = json.loads(json.dumps(own_values(there), default=str))
    if any(now.get(name) != value for name, value in after.items()):
        return OVERTAKEN
    seen = {item: listings.version(there)}
    return Undo("set_listing", {"account": account, "changes": {item: before}, "seen": seen})


def _flag(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    sku, account = _named(row)
    before, after = json.loads(row["before"] or "null"), json.loads(row["after"] or "null")
    if before == after:
        return NO_WAY_BACK
    if _overtaken(db, row, "flag_online"):
        return OVERTAKEN
    return Undo("flag_online", {"account": account, "sku": sku, "online": before})


def _settled(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    """Until the account's first write is approved."""
    account, decisions = str(_args(row).get("account", "")), dict(_args(row).get("decisions", {}))
    if not decisions or db.execute(_BEFORE_FIRST_WRITE, {"account": account}).fetchone() is None:
        return OVERTAKEN
    return Undo("reopen_adoption", {"account": account, "rows": list(decisions)})


def _revert(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    item, account = _named(row)
    asked = {"account": account, "facet": str(_args(row).get("facet", "")), "item": item}
    return OVERTAKEN if db.execute(_STILL_REVERTED, asked).fetchone() is None else Undo("release_reverted", asked)


def _table(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    before, customer = json.loads(row["before"] or "null"), _args(row).get("customer")
    if customer is None:
        return NO_WAY_BACK
    if _overtaken(db, row, "customer_table"):
        return OVERTAKEN
    return Undo("customer_table", {"customer": customer, "price_table": before or ""})


def _setting(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    """Without a value before, what settings.toml says counts again."""
    if _overtaken(db, row, "set_setting"):
        return OVERTAKEN
    key, before = row["subject"].partition(" ")[2], json.loads(row["before"] or "null")
    return Undo("set_setting", {"key": key, "value": before})


def _operator(db: sqlite3.Connection, row: sqlite3.Row) -> Undo | str:
    """All but a PIN."""
    before = json.loads(row["before"] or "{}")
    if not before:
        return NO_WAY_BACK
    if _overtaken(db, row, "set_operator"):
        return OVERTAKEN
    return Undo("set_operator", {"name": row["subject"].partition(" ")[2], **before})


WAYS: Mapping[str, Way] = {
    **{decision.name: _decision for decision in DECISIONS},
    "pause": _pause,
    "ignore_problem": _ignore,
    "set_listing": _listing,
    "flag_online": _flag,
    "settle_adoption": _settled,
    "revert": _revert,
    "customer_table": _table,
    "set_setting": _setting,
    "set_operator": _operator,
}


def _overtaken(db: sqlite3.Connection, row: sqlite3.Row, *deeds: str) -> bool:
    """Whether one of these deeds was done to the same thing since."""
    asked = {"subject": row["subject"], "id": row["id"], "deeds": json.dumps(deeds)}
    return db.execute(_NEWER, asked).fetchone() is not None


def _named(row: sqlite3.Row) -> tuple[str, str]:
    """ "order 000000017@loja" -> ("000000017", "loja")."""
    name, _at, account = row["subject"].partition(" ")[2].rpartition("@")
    return name, account


def _args(row: sqlite3.Row) -> dict[str, Any]:
    args = json.loads(row["args"] or "{}")
    return args if isinstance(args, dict) else {}
