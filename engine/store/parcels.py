"""Shipments as a channel told them, whoever made them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from engine.model.channel import Parcel
from engine.store.instants import to_text


def news(db: sqlite3.Connection, account: str, told: Sequence[Parcel]) -> list[Parcel]:
    """Those of them that are new to us or have other tracks than we know, of orders that we have."""
    return [
        parcel
        for parcel in told
        if db.execute(
            "SELECT 1 FROM sales_order o LEFT JOIN parcel p ON p.account = o.account AND p.external_id = ?1"
            " WHERE o.account = ?2 AND o.external_id = ?3 AND p.tracks IS NOT ?4",
            (parcel.external_id, account, parcel.order_id, _tracks(parcel)),
        ).fetchone()
    ]


def known_tracks(db: sqlite3.Connection, account: str, external_id: str) -> set[str]:
    """The tracking codes of a shipment as it was told last."""
    row = db.execute(
        "SELECT tracks FROM parcel WHERE account = ? AND external_id = ?", (account, external_id)
    ).fetchone()
    return set() if row is None else {number for _, number in json.loads(row["tracks"])}


def keep(db: sqlite3.Connection, account: str, parcel: Parcel) -> None:
    """Remember what was told of it."""
    db.execute(
        "INSERT OR REPLACE INTO parcel (account, external_id, order_id, tracks, updated_at) VALUES (?, ?, ?, ?, ?)",
        (account, parcel.external_id, parcel.order_id, _tracks(parcel), to_text(parcel.updated_at)),
    )


def _tracks(parcel: Parcel) -> str:
    return json.dumps([[track.label, track.number] for track in parcel.tracks])
