"""The photos of an account, by the digest of their bytes: what a shop has is never sent again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from engine.account import Account
from engine.erp_reads import no_picture
from engine.errors import Param, Refused
from engine.listing import parent_item
from engine.media_limits import Line, is_within
from engine.publishing import Facet, MediaPush, PhotoRef, RowError
from engine.runtime.supervisor import TaskReport
from engine.store import publications
from engine.store.database import generations
from engine.store.problems import clear_problem, raise_problem
from engine.store.publications import Row
from engine.tasks.sending import report, send_all

PHOTOS_OF_A_GRID_MAX = 12
WAIT_FOR_HOURS = "media-hours"

# Items that were in the shop with photos before us: those stay, and so do ours as wanted then.
_PHOTOS_KEPT = "SELECT item FROM listing WHERE account = ? AND shop_keeps LIKE '%\"photos\"%'"


class MediaTask:
    """Reads the ERP's photos, wants the account's, sends what is missing there."""

    name = "media"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id
        self._basis: object = None  # what the wants were computed from last
        self._line = Line(account.surroundings.clock)
        self._read = 0

    async def run(self) -> TaskReport:
        """One cycle."""
        self._read = 0
        done = await send_all(self._account, Facet.MEDIA, self._send, self._look)
        sent = await report(self._account, Facet.MEDIA, done)
        await self._account.store.write(self._tell_hours)
        return TaskReport(done=self._read + done, todo=sent.todo, lag_s=sent.lag_s, held=sent.held)

    async def _look(self) -> None:
        self._read += await self._account.reads.photos(no_picture)
        self._basis = await self._account.store.write(self._want)

    def _tell_hours(self, db: sqlite3.Connection) -> None:
        """Photos that wait for their hours are paused by nobody: why they wait is said."""
        account, hours = self._account, self._account.settings.media_hours
        waiting = 0
        if not is_within(hours, account.now().astimezone(account.zone).time()):
            waiting = publications.backlog(db, account.id, Facet.MEDIA).todo
        if waiting:
            params: dict[str, Param] = {"hours": hours, "n": waiting}
            raise_problem(db, account.id, WAIT_FOR_HOURS, "media", params, "", "notice", account.now())
        else:
            clear_problem(db, account.id, WAIT_FOR_HOURS, "media")

    def _want(self, db: sqlite3.Connection) -> object:
        basis = (self._account.settings.grid_prefix, generations(db, "photos", "listed"))
        if basis != self._basis:
            self._want_all(db)
        return basis

    def _want_all(self, db: sqlite3.Connection) -> None:
        account, now = self._account, self._account.now()
        photos: dict[str, list[tuple[str, bool]]] = {}
        unread = {row[0] for row in db.execute("SELECT DISTINCT sku FROM photo WHERE digest IS NULL")}
        for row in db.execute(
            "SELECT sku, key, digest, main, problem FROM photo ORDER BY sku, main DESC, position, key"
        ):
            if row["problem"]:
                params = {"sku": row["sku"], "photo": row["key"]}
                raise_problem(db, "", row["problem"], f"item:{row['sku']}", params, "", "notice", now)
            elif row["digest"]:
                photos.setdefault(row["sku"], []).append((row["digest"], bool(row["main"])))
        rows: list[tuple[str, str, str | None]] = []
        grids: dict[str, dict[str, None]] = {}
        for item in db.execute(
            "SELECT p.item, r.parent FROM publication p JOIN product r ON r.sku = p.item WHERE p.account = ? AND"
            " p.facet = 'content' AND p.wanted IS NOT NULL ORDER BY p.item",
            (account.id,),
        ).fetchall():
            if item["item"] in unread:
                continue
            own = photos.get(item["item"], [])
            if own or self._known(db, item["item"]):
                rows.append((item["item"], "", _encode([digest for digest, _ in own])))
            if item["parent"] and account.channel.capabilities.grids:
                grids.setdefault(item["parent"], {}).update({digest: None for digest, _ in own})
        for parent, digests in grids.items():
            if digests:
                rows.append((parent_item(account.settings, parent), "", _encode(list(digests)[:PHOTOS_OF_A_GRID_MAX])))
        kept = {row[0] for row in db.execute(_PHOTOS_KEPT, (account.id,))}
        publications.want(db, account.id, Facet.MEDIA, [row for row in rows if row[0] not in kept], now)
        for item, part, value in rows:
            if item in kept and value is not None and not self._known(db, item):
                publications.adopt_found(db, account.id, Facet.MEDIA, item, part, value, now)

    def _known(self, db: sqlite3.Connection, item: str) -> bool:
        row = db.execute(
            "SELECT 1 FROM publication WHERE account = ? AND item = ? AND facet = 'media'", (self._account.id, item)
        ).fetchone()
        return row is not None

    async def _send(self, rows: Sequence[Row]) -> Sequence[RowError]:
        (row,) = rows
        account = self._account
        digests: list[str] = json.loads(row.wanted or "[]")
        keys = dict(await account.store.read(lambda db: _keys_of(db, digests)))
        label = await account.store.read(lambda db: _label(db, account.id, row.item))
        photos = tuple(PhotoRef(keys[d], d, index == 0) for index, d in enumerate(digests) if d in keys)
        push = MediaPush(row.item, label, photos, json.loads(row.remote or "{}"))

        async def load(key: str) -> bytes:
            data = await account.erp.photo(key)
            if data is None:
                raise Refused("photo-gone", key=key)
            await self._line.take(len(data), account.settings.media_kb_per_s * 1000)
            # Each photo may land as late as any other push: what was begun with the first of them has to hold for it.
            now, settle_s = account.now(), account.settle_s
            await account.store.write(
                lambda db: publications.still_sending(db, account.id, Facet.MEDIA, [row], now, settle_s)
            )
            return data

        remote = await account.channel.push_media(push, load)
        ids = json.dumps(remote)
        await account.store.write(lambda db: publications.keep_remote(db, account.id, Facet.MEDIA, row, ids))
        return ()


def _keys_of(db: sqlite3.Connection, digests: Sequence[str]) -> list[tuple[str, str]]:
    return [
        (row[0], row[1])
        for row in db.execute(
            "SELECT digest, MIN(key) FROM photo WHERE digest IN (SELECT value FROM json_each(?)) GROUP BY digest",
            (json.dumps(list(digests)),),
        )
    ]


def _label(db: sqlite3.Connection, account: str, item: str) -> str:
    row = db.execute(
        "SELECT json_extract(wanted, '$.name') FROM publication WHERE account = ? AND item = ? AND facet = 'content'",
        (account, item),
    ).fetchone()
    return "" if row is None else str(row[0])


def _encode(digests: Sequence[str]) -> str:
    return json.dumps(list(digests))
