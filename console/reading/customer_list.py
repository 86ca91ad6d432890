"""Customers row by row: piles with their counts, those of one, and what a list shows of them.

A row is a person whom we know by an order or an account in a shop, or one of C-Plus who shall get an account there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.reading import search
from console.reading.reader import like
from console.safe_text import SafeText, safe
from engine.erp_customer import ALIKE, DUPLICATES
from engine.settings import AccountSettings
from engine.store.accounts import ERP

ALL, CONFLICTS, DUPLICATED, WAITING, UNLINKED = "all", "conflicts", "duplicates", "waiting", "unlinked"
PILES = (ALL, CONFLICTS, DUPLICATED, WAITING, UNLINKED)
LISTED_MAX = 20_000
"""Nobody scrolls through more rows; whoever means another one filters."""
TOPICS = {"*", "customers", "problems", "price-list"}

Key = int | tuple[str, str]
"""Our id; of one who is to be registered the account and his key in C-Plus."""

# --- piles ------------------------------------------------------------------------------------------------------------

_TOLD = f"account = '{ERP}' AND code IN ('{DUPLICATES}', '{ALIKE}')"
_BY_NAME = "ORDER BY name COLLATE NOCASE, id LIMIT :most"
_ALL = f"SELECT id FROM customer c WHERE {{matching}} {_BY_NAME}"
_UNLINKED = f"SELECT id FROM customer c INDEXED BY customer_without_link WHERE links = 0 AND {{matching}} {_BY_NAME}"
_CONFLICTS = f"""
SELECT id FROM customer c WHERE {{matching}} AND id IN (
    SELECT l.customer_id FROM customer_field f INDEXED BY customer_field_conflict JOIN customer_link l
        ON l.account = f.account AND l.external_id = f.external_id WHERE f.conflict AND f.decided IS NULL) {_BY_NAME}
"""
_DUPLICATED = f"""
SELECT id FROM customer c WHERE {{matching}} AND id IN (
    SELECT CAST(substr(subject, 8) AS INTEGER) FROM problem WHERE {_TOLD}) {_BY_NAME}
"""
_APPLICANTS = f"""
SELECT id FROM customer c WHERE {{matching}} AND id IN (
    SELECT l.customer_id FROM json_each(:applicants) a CROSS JOIN customer_link l
        ON l.account = json_extract(a.value, '$[0]') AND l.channel_group = json_extract(a.value, '$[1]')) {_BY_NAME}
"""
_PILES: Mapping[str, str] = {
    ALL: _ALL,
    CONFLICTS: _CONFLICTS,
    DUPLICATED: _DUPLICATED,
    WAITING: _APPLICANTS,
    UNLINKED: _UNLINKED,
}
_MATCHING = f"c.id IN ({search.CUSTOMERS})"
_TO_REGISTER = """
SELECT account, erp_code FROM registration
 WHERE :text = '' OR fold(name || ' ' || email || ' ' || erp_code) LIKE :text ESCAPE '\\'
 ORDER BY standing = 'waiting' DESC, standing = 'unfit', account, name, erp_code LIMIT :most
"""

# --- rows -------------------------------------------------------------------------------------------------------------

_WHAT = """
       c.id, c.document, c.price_table, t.name AS table_name, COALESCE(c.blocked, 0) AS blocked,
       COALESCE(c.credit_cents, 0) AS credit_cents, COALESCE(c.row_version, 0) AS row_version
"""
_ROWS = f"""
SELECT c.name, c.email, c.erp_code, {_WHAT},
       (SELECT count(*) FROM customer_link l JOIN customer_field f
            ON f.account = l.account AND f.external_id = l.external_id
         WHERE l.customer_id = c.id AND f.conflict AND f.decided IS NULL) AS conflicts,
       (SELECT p.code FROM problem p WHERE {_TOLD} AND p.subject = 'person:' || c.id LIMIT 1) AS several,
       c.links > 0 AS linked,
       (SELECT l.account FROM json_each(:applicants) a JOIN customer_link l
            ON l.account = json_extract(a.value, '$[0]') AND l.channel_group = json_extract(a.value, '$[1]')
         WHERE l.customer_id = c.id LIMIT 1) AS applies_in
  FROM json_each(:ids) j CROSS JOIN customer c ON c.id = j.value
  LEFT JOIN price_table t ON t.key = c.price_table
"""
_REGISTRATIONS = f"""
SELECT r.account, r.erp_code, r.name, r.email, r.standing, r.reason, {_WHAT}
  FROM json_each(:keys) j CROSS JOIN registration r
    ON r.account = json_extract(j.value, '$[0]') AND r.erp_code = json_extract(j.value, '$[1]')
  LEFT JOIN customer c ON c.erp_code = r.erp_code
  LEFT JOIN price_table t ON t.key = c.price_table
"""


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One of them. `id` is ours, None for one who has neither bought nor registered; `erp_code` "" = not in C-Plus yet.

    conflicts: fields that wait for a person. several: the code of what is told of doubles in C-Plus. applies_in: the
    account in which he asks to buy as a reseller. standing, reason: of one who is to be registered in `account`.
    """

    key: Key
    id: int | None
    name: SafeText
    email: SafeText
    document: str
    erp_code: str
    price_table: str
    table_name: SafeText
    blocked: bool
    credit_cents: int
    row_version: int
    conflicts: int = 0
    several: str = ""
    linked: bool = False
    applies_in: str = ""
    account: str = ""
    standing: str = ""
    reason: str = ""


def counts(db: sqlite3.Connection, accounts: Sequence[AccountSettings]) -> dict[str, int]:
    """Rows in each pile; no more than LISTED_MAX + 1 are counted."""
    values = {"text": "", "most": LISTED_MAX + 1, "applicants": _applicants(accounts)}
    statements = {pile: sql.format(matching="1") for pile, sql in _PILES.items()}
    found = {pile: _count(db, sql, values) for pile, sql in statements.items()}
    return found | {WAITING: found[WAITING] + _count(db, _TO_REGISTER, values)}


def _count(db: sqlite3.Connection, statement: str, values: Mapping[str, Any]) -> int:
    return int(db.execute(f"SELECT count(*) FROM ({statement})", values).fetchone()[0])


def keys(
    db: sqlite3.Connection, accounts: Sequence[AccountSettings], pile: str, text: str = "", *, most: int = LISTED_MAX
) -> list[Key]:
    """The first of a pile by name; a text is looked for in all that people know a customer by."""
    values = {"words": search.pattern(text), "text": like(text), "most": most, "applicants": _applicants(accounts)}
    found: list[Key] = []
    if pile == WAITING:
        found = [(row["account"], row["erp_code"]) for row in db.execute(_TO_REGISTER, values).fetchall()]
    statement = _PILES[pile].format(matching=_MATCHING if text.strip() else "1")
    return found + [row["id"] for row in db.execute(statement, values).fetchall()]


def rows(db: sqlite3.Connection, accounts: Sequence[AccountSettings], wanted: Sequence[Key]) -> dict[Key, CustomerRow]:
    """The rows with these keys, as far as they are there."""
    ids = json.dumps([key for key in wanted if isinstance(key, int)])
    pairs = json.dumps([key for key in wanted if not isinstance(key, int)])
    known = db.execute(_ROWS, {"ids": ids, "applicants": _applicants(accounts)}).fetchall()
    found: dict[Key, CustomerRow] = {row["id"]: _customer(row) for row in known}
    for row in db.execute(_REGISTRATIONS, {"keys": pairs}).fetchall():
        key = (row["account"], row["erp_code"])
        found[key] = CustomerRow(
            key=key, account=row["account"], standing=row["standing"], reason=row["reason"], **_what(row)
        )
    return found


def _applicants(accounts: Sequence[AccountSettings]) -> str:
    return json.dumps([(account.id, account.applicants_group) for account in accounts if account.applicants_group])


def _customer(row: sqlite3.Row) -> CustomerRow:
    return CustomerRow(
        key=row["id"],
        conflicts=row["conflicts"],
        several=row["several"] or "",
        linked=bool(row["linked"]),
        applies_in=row["applies_in"] or "",
        **_what(row),
    )


def _what(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": safe(row["name"]),
        "email": safe(row["email"]),
        "document": row["document"] or "",
        "erp_code": row["erp_code"] or "",
        "price_table": row["price_table"] or "",
        "table_name": safe(row["table_name"] or row["price_table"] or ""),
        "blocked": bool(row["blocked"]),
        "credit_cents": row["credit_cents"],
        "row_version": row["row_version"],
    }
