"""An item's photos. Magento gives equal pictures two ids, so ours carry a mark of their content in the file name.

The mark finds a photo again whose id was lost with its answer: it is neither sent twice nor forgotten in the shop.
"""

from __future__ import annotations

import base64
from contextlib import suppress

from connectors.magento.shop import Shop
from connectors.magento.transport import ALL, path_of
from connectors.magento_shapes.photos import MAIN_ROLES, file_name, mark, mark_of, mime_of, wanted_of
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json
from engine.errors import Refused
from engine.ports import PhotoLoader
from engine.publishing import MediaPush, PhotoRef

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}


async def push_media(shop: Shop, push: MediaPush, load: PhotoLoader) -> dict[str, str]:
    """Make our photos of the item these, in this order; digest -> entry id.

    Entries that we neither made nor are told of in `remote` stay as they are. A photo that is no JPEG, PNG or GIF does
    not keep the others back: they are sent, then Refused("bad-photo") names it.
    """
    path = f"{ALL}/products{path_of(push.item)}/media"
    entries = {str(entry["id"]): entry for entry in await shop.rest.get(path) or ()}
    marked = _marked(entries)
    wanted, main = wanted_of(push.photos)
    answer: dict[str, str] = {}
    no_picture: str | None = None
    # The main photo last: a save hands the roles to the entry that claims them, and takes them from no other.
    for position, photo in sorted(enumerate(wanted.values(), 1), key=lambda place: place[1] is main):
        entry_id = push.remote.get(photo.digest)
        if entry_id not in entries:
            entry_id = next((key for key, known in marked if known == mark(photo)), None)
        entry = entries.get(entry_id or "")
        described = _described(push.label, position, entry, is_main=photo is main)
        if entry is None or entry_id is None:
            content = await load(photo.key)
            if (mime := mime_of(content)) is None:
                no_picture = photo.key
                continue
            entry_id = await _upload(shop, path, push.label, photo, described, content, mime)
        elif any(entry.get(key) != value for key, value in described.items()):
            await shop.rest.put(path + path_of(entry_id), {"entry": {"id": int(entry_id), **described}})
        answer[photo.digest] = entry_id
    ours = {*push.remote.values(), *(key for key, _ in marked)} & entries.keys()
    for entry_id in sorted(ours - set(answer.values())):
        with suppress(Absent):  # gone already, which is what was wanted
            await shop.rest.delete(path + path_of(entry_id))
    if no_picture is not None:
        raise Refused("bad-photo", f"{push.item}: {no_picture}", sku=push.item, photo=no_picture)
    return answer


def _marked(entries: dict[str, Json]) -> list[tuple[str, str]]:
    """(id, mark) of the entries that we made; a late answer may have left two of one mark."""
    found = ((entry_id, mark_of(str(entry.get("file") or ""))) for entry_id, entry in entries.items())
    return [(entry_id, known) for entry_id, known in found if known]


def _described(label: str, position: int, entry: Json | None, *, is_main: bool) -> Json:
    """What an entry shall say. Roles beyond the three (a swatch) are the merchant's, and a save drops what it lacks."""
    roles = [role for role in (entry or {}).get("types") or () if role not in MAIN_ROLES]
    return {
        "media_type": "image",
        "label": label,
        "position": position,
        "disabled": False,
        "types": [*MAIN_ROLES, *roles] if is_main else roles,
    }


async def _upload(
    shop: Shop, path: str, label: str, photo: PhotoRef, described: Json, content: bytes, mime: str
) -> str:
    name = f"{file_name(label, photo)}.{ENDINGS[mime]}"
    picture = {"base64_encoded_data": base64.b64encode(content).decode(), "type": mime, "name": name}
    return str(await shop.rest.post(path, {"entry": {**described, "content": picture}}))
