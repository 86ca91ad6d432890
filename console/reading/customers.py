"""Customers that wait for a person: fields that both sides changed, and people whom C-Plus has several times."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.reading.tasks import params_of
from console.safe_text import SafeText, safe

_CONFLICTS = """
SELECT c.id, c.name, c.erp_code, f.account, f.external_id, f.field, f.erp, f.channel, f.decided
FROM customer_field f JOIN customer_link l USING (account, external_id) JOIN customer c ON c.id = l.customer_id
WHERE f.conflict ORDER BY c.name, c.id, f.account, f.field
"""
_TOLD = "SELECT params FROM problem WHERE code = ? ORDER BY id"


@dataclass(frozen=True, slots=True)
class Registration:
    """A customer of the ERP who is marked for a channel; `reason` says why he cannot be registered as he stands."""

    account: SafeText
    erp_code: SafeText
    name: SafeText
    email: SafeText
    standing: str
    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of a customer that both sides changed. `id` is ours; `decided`: the side a person has taken already."""

    id: int
    name: SafeText
    erp_code: SafeText
    account: SafeText
    external_id: SafeText
    field: SafeText
    erp: SafeText
    channel: SafeText
    decided: str | None


def conflicts(db: sqlite3.Connection) -> list[Conflict]:
    """All of them, customer by customer."""
    return [
        Conflict(
            id=row["id"],
            name=safe(row["name"]),
            erp_code=safe(row["erp_code"] or ""),
            account=safe(row["account"]),
            external_id=safe(row["external_id"]),
            field=safe(row["field"]),
            erp=safe(row["erp"]),
            channel=safe(row["channel"]),
            decided=row["decided"],
        )
        for row in db.execute(_CONFLICTS).fetchall()
    ]


def duplicates(db: sqlite3.Connection) -> list[Mapping[str, Any]]:
    """Several with one document; each with id (ours), customer, document, codes and the chosen one."""
    return _told(db, "customer-duplicates")


def alike(db: sqlite3.Connection) -> list[Mapping[str, Any]]:
    """Created beside others with the same e-mail; each with id (ours), customer, codes of these and the chosen one."""
    return _told(db, "customer-email-shared")


def to_register(db: sqlite3.Connection) -> list[Registration]:
    """Customers of the ERP who shall have an account in a channel and have none: the ready ones first."""
    rows = db.execute(
        "SELECT * FROM registration ORDER BY account, standing = 'unfit', standing = 'waiting' DESC, name, erp_code"
    ).fetchall()
    return [
        Registration(
            safe(row["account"]), safe(row["erp_code"]), safe(row["name"]), safe(row["email"]), row["standing"],
            row["reason"],
        )
        for row in rows
    ]  # fmt: skip


def _told(db: sqlite3.Connection, code: str) -> list[Mapping[str, Any]]:
    return [params_of(row["params"]) for row in db.execute(_TOLD, (code,)).fetchall()]
