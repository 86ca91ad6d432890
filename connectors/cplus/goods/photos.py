"""Reading photos: which there are, without their bytes; and the bytes of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from connectors.cplus.base import cursors
from connectors.cplus.base.session import Session
from connectors.cplus.base.text import yes
from engine.model.goods import PhotoStamp

_PHOTOS = """
SELECT f.CODPROD, f.CODPRODFOTO, f.FLAGPRINCIPAL, COALESCE(OCTET_LENGTH(f.FOTO), 0), {stamp}
FROM PRODUTOFOTO f WHERE f.FOTO IS NOT NULL ORDER BY f.CODPROD, f.CODPRODFOTO
"""
_PHOTO_STATE = """
SELECT COUNT(*), CAST(COALESCE(SUM(OCTET_LENGTH(f.FOTO)), 0) AS BIGINT), {hashed} FROM PRODUTOFOTO f
"""


def stamps(session: Session, cursor: str | None) -> tuple[Sequence[PhotoStamp] | None, str]:
    """All photos of the base in their order (main first); None when count, lengths and stamps are as before."""
    layout = session.layout
    stamp = cursors.version(layout, "PRODUTOFOTO", "f")
    total = cursors.hashed("f.CODPRODFOTO", f"f.CODPROD || COALESCE(f.FLAGPRINCIPAL, '') || {stamp}")
    with session.reading(snapshot=True) as base:
        state = cursors.checksum(base, _PHOTO_STATE.format(hashed=total))
        seen = cursors.write(photos=state)
        if seen == cursor:
            return None, seen
        rows = base.rows(_PHOTOS.format(stamp=stamp))
    of_product: dict[str, list[tuple[bool, str, str]]] = defaultdict(list)
    for sku, key, main, length, stamped in rows:
        of_product[str(sku).strip()].append((yes(main), str(key).strip(), f"{length}-{stamped}"))
    found = [
        PhotoStamp(sku, key, position, main, stamped)
        for sku, photos in of_product.items()
        for position, (main, key, stamped) in enumerate(sorted(photos, key=lambda photo: not photo[0]))
    ]
    return found, seen


def read(session: Session, key: str) -> bytes | None:
    """The bytes of a photo."""
    with session.reading() as base:
        row = base.row("SELECT FOTO FROM PRODUTOFOTO WHERE CODPRODFOTO = ?", (key,))
    return None if row is None or not row[0] else bytes(row[0])
