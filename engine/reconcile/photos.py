"""What becomes of an item's photos that a channel shows otherwise than they were sent: sent again, once.

C-Plus masters the photos that we sent: which they are, their order, the main one, their label. Those that the merchant
added stay beside them. Nothing is loaded for it: what a channel says of its photos is compared with what it answered
when it took them, and the push that follows uploads only what is gone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from engine.publishing import Facet, RemoteItem, RemotePhoto
from engine.store import publications, shop_changes
from engine.store.instants import to_text
from engine.store.problems import clear_problem, raise_problem

PHOTOS = "photos"
NOT_KEPT = "photos-not-kept"


class Gallery(NamedTuple):
    """Our photos by their digests, in their order; what of them has another label; and the main one."""

    digests: list[str]
    mislabelled: list[str]
    main: str | None


def gallery(photos: Sequence[RemotePhoto], ours: Mapping[str, str], label: str) -> Gallery:
    """What of ours a channel shows. `ours`: digest -> the channel's id."""
    digest_of = {external_id: digest for digest, external_id in ours.items()}
    shown = sorted(
        (photo for photo in photos if photo.external_id in digest_of and not photo.hidden),
        key=lambda photo: photo.position,
    )
    return Gallery(
        [digest_of[photo.external_id] for photo in shown],
        [digest_of[photo.external_id] for photo in shown if photo.label.split() != label.split()],
        next((digest_of[photo.external_id] for photo in shown if photo.main), None),
    )


def judge(db: sqlite3.Connection, account: str, remote: RemoteItem, as_of: datetime) -> bool:
    """True where they are to be sent again. Nothing is judged while they are to be sent anyway."""
    row = db.execute(
        "SELECT m.confirmed, m.remote, json_extract(c.wanted, '$.name') AS label FROM publication m JOIN publication c"
        " ON c.account = m.account AND c.item = m.item AND c.facet = 'content' AND c.part = '' WHERE m.account = ?"
        " AND m.item = ? AND m.facet = 'media' AND m.part = '' AND m.confirmed IS NOT NULL AND m.remote IS NOT NULL"
        " AND NOT m.todo AND m.settles_at IS NULL AND m.confirmed_at < ?",
        (account, remote.item, to_text(as_of)),
    ).fetchone()
    if row is None:
        return False
    ours: dict[str, str] = json.loads(row["remote"])
    wanted = [digest for digest in dict.fromkeys(json.loads(row["confirmed"])) if digest in ours]
    sent = Gallery(wanted, [], wanted[0] if wanted else None)
    shown = gallery(remote.photos, ours, row["label"] or "")
    subject = f"item:{remote.item}"
    if shown == sent:
        shop_changes.forget(db, account, remote.item, [PHOTOS])
        clear_problem(db, account, NOT_KEPT, subject)
        return False
    known = shop_changes.of_item(db, account, remote.item).get(PHOTOS)
    once_more = known is None or known["shown"] != shop_changes.encode(shown)
    standing = shop_changes.RESTORED if once_more else shop_changes.NOT_KEPT
    shop_changes.note(db, account, remote.item, PHOTOS, sent, shown, standing, as_of)
    if once_more:
        publications.send_again(db, account, Facet.MEDIA, [(remote.item, "")])
    else:
        params = {"item": remote.item, "name": remote.content.name}
        raise_problem(db, account, NOT_KEPT, subject, params, "", "notice", as_of)
    return once_more
