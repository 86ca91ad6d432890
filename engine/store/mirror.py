"""The mirror of the ERP: products, photos and stock as the last reads showed them.

Writes touch only rows that changed, so that a quiet cycle costs next to nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from engine.model.goods import Catalogue, Grid, PhotoStamp, Product, StockLevel
from engine.store import kits
from engine.store.database import touch
from engine.store.difference import Mirrored, mirror_rows
from engine.store.instants import to_text

# --- products ---------------------------------------------------------------------------------------------------------


def _next_version(db: sqlite3.Connection) -> int:
    row = db.execute(
        "INSERT INTO meta (key, value) VALUES ('product-version', '1') ON CONFLICT (key) DO UPDATE SET"
        " value = CAST(value AS INTEGER) + 1 RETURNING value"
    ).fetchone()
    return int(row[0])


def mark_changed(db: sqlite3.Connection, skus: Iterable[str]) -> None:
    """Have the listings of these products computed anew."""
    wanted = [(sku,) for sku in skus]
    if wanted:
        version = _next_version(db)
        db.executemany(f"UPDATE product SET version = {version} WHERE sku = ?", wanted)


def mark_all_changed(db: sqlite3.Connection) -> None:
    """Have all listings computed anew: something that holds for all of them has changed."""
    db.execute("UPDATE product SET version = ?", (_next_version(db),))


def store_catalogue(db: sqlite3.Connection, read: Catalogue, tags: Sequence[str]) -> int:
    """Take over a catalogue read; answers how many products changed. Complete reads drop what lost its tags."""
    changed: set[str] = set()
    version = _next_version(db)
    known = dict(db.execute("SELECT sku, data FROM product").fetchall()) if read.complete else {}
    for product in read.products:
        data = _encode(product)
        before = known.get(product.sku) if read.complete else _data(db, product.sku)
        if before != data:
            db.execute(
                "INSERT INTO product (sku, code, name, parent, active, whole, counted, data, version)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (sku) DO UPDATE SET code = excluded.code, name = excluded.name, parent = excluded.parent,"
                " active = excluded.active, whole = excluded.whole, counted = excluded.counted, data = excluded.data,"
                " version = excluded.version",
                (
                    product.sku,
                    product.code,
                    product.name,
                    product.parent,
                    product.active,
                    product.whole,
                    product.counted,
                    data,
                    version,
                ),
            )
            changed.add(product.sku)
    changed |= _store_tags(db, read, tags)
    changed |= kits.store_kits(db, read.kits)
    for grid in read.grids:
        if db.execute(
            "INSERT INTO grid (key, data) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET data = excluded.data"
            " WHERE data <> excluded.data",
            (grid.key, msgspec.json.encode(grid).decode()),
        ).rowcount:
            changed |= {row[0] for row in db.execute("SELECT sku FROM product WHERE parent = ?", (grid.key,))}
    mark_changed(db, changed)
    if changed:
        touch(db, "catalogue")
    return len(changed)


def _store_tags(db: sqlite3.Connection, read: Catalogue, tags: Sequence[str]) -> set[str]:
    now = {(tag, product.sku) for product in read.products for tag in product.tags if tag in tags}
    if read.complete:
        before = {(row[0], row[1]) for row in db.execute("SELECT tag, sku FROM product_tag")}
    else:
        skus = {product.sku for product in read.products}
        before = {(tag, sku) for sku in skus for tag in tags if tagged(db, tag, sku)}
    db.executemany("DELETE FROM product_tag WHERE tag = ? AND sku = ?", before - now)
    db.executemany("INSERT INTO product_tag (tag, sku) VALUES (?, ?)", now - before)
    return {sku for _, sku in before ^ now}


def tagged(db: sqlite3.Connection, tag: str, sku: str) -> bool:
    """Whether the product had this characteristic at the last read."""
    return db.execute("SELECT 1 FROM product_tag WHERE tag = ? AND sku = ?", (tag, sku)).fetchone() is not None


def _data(db: sqlite3.Connection, sku: str) -> str | None:
    row = db.execute("SELECT data FROM product WHERE sku = ?", (sku,)).fetchone()
    return None if row is None else str(row[0])


def _encode(product: Product) -> str:
    # Tags have a table of their own; a set has no order that a comparison could rely on.
    return msgspec.json.encode(replace(product, tags=frozenset())).decode()


def product(db: sqlite3.Connection, sku: str) -> Product | None:
    """A mirrored product with its tags, None for an unknown SKU."""
    data = _data(db, sku)
    if data is None:
        return None
    tags = frozenset(row[0] for row in db.execute("SELECT tag FROM product_tag WHERE sku = ?", (sku,)))
    return replace(msgspec.json.decode(data, type=Product), tags=tags)


def known_skus(db: sqlite3.Connection, skus: Iterable[str]) -> frozenset[str]:
    """Those of these SKUs that are products of the ERP."""
    rows = db.execute(
        "SELECT sku FROM product WHERE sku IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(list(skus)).decode(),),
    )
    return frozenset(row[0] for row in rows)


def changed_since(db: sqlite3.Connection, version: int) -> list[str]:
    """SKUs whose listing may have changed after that version."""
    return [row[0] for row in db.execute("SELECT sku FROM product WHERE version > ? ORDER BY sku", (version,))]


def cells(db: sqlite3.Connection, parent: str) -> list[str]:
    """The SKUs of a grid."""
    return [row[0] for row in db.execute("SELECT sku FROM product WHERE parent = ? ORDER BY sku", (parent,))]


def grid(db: sqlite3.Connection, key: str) -> Grid | None:
    """A mirrored grid."""
    row = db.execute("SELECT data FROM grid WHERE key = ?", (key,)).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=Grid)


def store_payment_options(db: sqlite3.Connection, options: Sequence[str]) -> None:
    """Keep the shop's payment options; a change concerns all listings."""
    text = msgspec.json.encode(list(options)).decode()
    if db.execute(
        "INSERT INTO meta (key, value) VALUES ('payment-options', ?) ON CONFLICT (key) DO UPDATE SET"
        " value = excluded.value WHERE value <> excluded.value",
        (text,),
    ).rowcount:
        mark_all_changed(db)


def payment_options(db: sqlite3.Connection) -> tuple[str, ...]:
    """The shop's payment options, in order."""
    row = db.execute("SELECT value FROM meta WHERE key = 'payment-options'").fetchone()
    return () if row is None else msgspec.json.decode(row[0], type=tuple[str, ...])


# --- photos -----------------------------------------------------------------------------------------------------------


def store_photo_stamps(db: sqlite3.Connection, stamps: Sequence[PhotoStamp]) -> int:
    """Take over which photos exist; one whose stamp moved has to be read again. Answers how many changed."""
    before = {
        (row[0], row[1]): tuple(row[2:]) for row in db.execute("SELECT sku, key, position, main, stamp FROM photo")
    }
    now = {(s.sku, s.key): (s.position, int(s.main), s.stamp) for s in stamps}
    gone = before.keys() - now.keys()
    changed = [(*key, *value) for key, value in now.items() if before.get(key) != value]
    db.executemany("DELETE FROM photo WHERE sku = ? AND key = ?", gone)
    db.executemany(
        "INSERT INTO photo (sku, key, position, main, stamp) VALUES (?, ?, ?, ?, ?) ON CONFLICT (sku, key) DO UPDATE"
        " SET position = excluded.position, main = excluded.main, stamp = excluded.stamp,"
        " digest = CASE WHEN stamp = excluded.stamp THEN digest END",
        changed,
    )
    if gone or changed:
        touch(db, "photos")
    return len(gone) + len(changed)


def unread_photos(db: sqlite3.Connection, limit: int) -> list[tuple[str, str, str]]:
    """(sku, key, stamp) of photos whose bytes have not been looked at."""
    rows = db.execute("SELECT sku, key, stamp FROM photo WHERE digest IS NULL ORDER BY sku, key LIMIT ?", (limit,))
    return [(row[0], row[1], row[2]) for row in rows]


def store_photo(
    db: sqlite3.Connection, sku: str, key: str, stamp: str, digest: str, size: int, problem: str | None
) -> None:
    """Note what the bytes of a photo are; nothing when it changed meanwhile."""
    db.execute(
        "UPDATE photo SET digest = ?, bytes = ?, problem = ? WHERE sku = ? AND key = ? AND stamp = ?",
        (digest, size, problem, sku, key, stamp),
    )
    touch(db, "photos")


def photos(db: sqlite3.Connection, sku: str) -> list[sqlite3.Row]:
    """The usable photos of a product, main one first."""
    return db.execute(
        "SELECT key, digest, main FROM photo WHERE sku = ? AND digest IS NOT NULL AND problem IS NULL"
        " ORDER BY main DESC, position, key",
        (sku,),
    ).fetchall()


# --- stock ------------------------------------------------------------------------------------------------------------

_STOCK_LEVEL = Mirrored("stock_level", ("sku", "company", "sector"), ("on_hand_e4", "reserved_e4"))


def begin_snapshot(db: sqlite3.Connection) -> int:
    """Take the number of a snapshot that is about to begin in the ERP."""
    return int(db.execute("UPDATE stock_snapshot SET begun = begun + 1 RETURNING begun").fetchone()[0])


def store_stock(db: sqlite3.Connection, levels: Iterable[StockLevel], number: int, now: datetime) -> set[str]:
    """Take over all stock levels of snapshot `number`; answers the SKUs that changed. An older snapshot is ignored.

    Lines whose reservation was confirmed before the snapshot began are in it now: they stop being promised.
    """
    if number <= db.execute("SELECT stored FROM stock_snapshot").fetchone()[0]:
        return set()
    changed = mirror_rows(db, _STOCK_LEVEL, levels)
    db.execute("UPDATE stock_snapshot SET stored = ?, stored_at = ?", (number, to_text(now)))
    settled = db.execute(
        "UPDATE order_line SET promised = 0 WHERE promised AND promised_until_snapshot <= ?", (number,)
    ).rowcount
    if changed or settled:
        touch(db, "stock-levels")
    return {str(key[0]) for key in changed.keys}


def free_e4(db: sqlite3.Connection, sku: str) -> int:
    """On hand less reserved of a product over all mirrored companies and sectors, in ten-thousandths."""
    row = db.execute("SELECT SUM(on_hand_e4 - reserved_e4) FROM stock_level WHERE sku = ?", (sku,)).fetchone()
    return int(row[0] or 0)
