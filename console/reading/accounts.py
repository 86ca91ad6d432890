"""The accounts: whether they may write, what adoption found, and which directions are paused."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.formats import instant
from console.reading.tasks import params_of
from console.safe_text import SafeText, safe

_ACCOUNTS = """
SELECT id, kind, name, mode, mode_reason, base_server, base_path, adopted_at, verdict, approved_at, approved_by,
       identity, row_version,
       (SELECT COUNT(*) FROM sales_order o WHERE o.queue = 'problem' AND o.account = account.id
        AND o.parked = 'order-missing-in-erp') AS missing_orders
FROM account ORDER BY id
"""
_DIRECTIONS = "SELECT account, name, enabled, paused_until, reason, changed_by FROM direction ORDER BY account, name"


@dataclass(frozen=True, slots=True)
class Direction:
    """One kind of traffic of an account. Without `paused_until` a direction that is off waits to be resumed."""

    name: str
    enabled: bool
    paused_until: datetime | None
    reason: SafeText
    changed_by: SafeText

    def paused(self, now: datetime) -> bool:
        """Whether nothing moves this way now."""
        return self.paused_until > now if self.paused_until else not self.enabled


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One configured channel. `verdict` is what adoption found; None while it has not looked through the shop (again).

    `missing_orders` stood in C-Plus and are gone from there: a backup was restored.
    """

    id: SafeText
    kind: SafeText
    name: SafeText
    mode: str
    mode_reason: str
    base: SafeText
    adopted_at: datetime | None
    verdict: dict[str, Any] | None
    approved_at: datetime | None
    approved_by: SafeText
    identity: SafeText
    row_version: int
    missing_orders: int
    directions: tuple[Direction, ...]

    @property
    def observes(self) -> bool:
        """It reads and plans, and writes nothing to either side."""
        return self.mode == "observe"

    @property
    def was_live(self) -> bool:
        """A person approved its first write once."""
        return self.approved_at is not None

    def paused(self, now: datetime) -> tuple[Direction, ...]:
        """The directions in which nothing moves."""
        return tuple(direction for direction in self.directions if direction.paused(now))


def all_accounts(db: sqlite3.Connection) -> list[AccountRow]:
    """All accounts, by id."""
    directions: dict[str, list[Direction]] = {}
    for row in db.execute(_DIRECTIONS).fetchall():
        directions.setdefault(row["account"], []).append(
            Direction(
                name=row["name"],
                enabled=bool(row["enabled"]),
                paused_until=instant(row["paused_until"]),
                reason=safe(row["reason"]),
                changed_by=safe(row["changed_by"]),
            )
        )
    return [
        AccountRow(
            id=safe(row["id"]),
            kind=safe(row["kind"]),
            name=safe(row["name"] or row["id"]),
            mode=row["mode"],
            mode_reason=safe(row["mode_reason"]),
            base=safe(" ".join(part for part in (row["base_server"], row["base_path"]) if part)),
            adopted_at=instant(row["adopted_at"]),
            verdict=None if row["verdict"] is None or row["adopted_at"] is None else params_of(row["verdict"]),
            approved_at=instant(row["approved_at"]),
            approved_by=safe(row["approved_by"] or ""),
            identity=safe(row["identity"]),
            row_version=row["row_version"],
            missing_orders=row["missing_orders"],
            directions=tuple(directions.get(row["id"], ())),
        )
        for row in db.execute(_ACCOUNTS).fetchall()
    ]
