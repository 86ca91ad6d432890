"""An item's photos. The shop names them by file, so the file names that we give carry a mark of their content.

The mark finds a photo again whose name was lost with its answer: it is neither sent twice nor forgotten in the shop.
"""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import Any

from connectors.magento_shapes.photos import MAIN_ROLES, file_name, mark, mark_of, mime_of, wanted_of
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json
from connectors.openmage.prices import BY_SKU
from connectors.openmage.shop import Shop
from engine.errors import Refused
from engine.ports import PhotoLoader
from engine.publishing import MediaPush

MEDIA = "catalog_product_attribute_media"


async def push_media(shop: Shop, push: MediaPush, load: PhotoLoader) -> dict[str, str]:
    """Make our photos of the item these, in this order; digest -> file.

    Photos that we neither made nor are told of in `remote` stay as they are. One that is no JPEG, PNG or GIF does not
    keep the others back: they are sent, then Refused("bad-photo") names it.
    """
    rows = await shop.api.read(f"{MEDIA}.list", push.item, None, BY_SKU)
    there: dict[str, Json] = {str(row["file"]): row for row in rows}
    marked = {file: known for file in there if (known := mark_of(file))}
    wanted, main = wanted_of(push.photos)
    answer: dict[str, str] = {}
    no_picture: str | None = None
    for position, photo in enumerate(wanted.values(), 1):
        file = push.remote.get(photo.digest, "")
        if file not in there:
            file = next((name for name, known in marked.items() if known == mark(photo)), "")
        described = _described(push.label, position, there.get(file), is_main=photo is main)
        if not file:
            content = await load(photo.key)
            mime = mime_of(content)
            if mime is None:
                no_picture = photo.key
                continue
            picture = {
                "content": base64.b64encode(content).decode(),
                "mime": mime,
                "name": file_name(push.label, photo),
            }
            created = await shop.api.write(f"{MEDIA}.create", push.item, {"file": picture, **described}, None, BY_SKU)
            file = str(created)
        elif not _shows(there[file], described):
            await shop.api.write(f"{MEDIA}.update", push.item, file, described, None, BY_SKU)
        answer[photo.digest] = file
    ours = {*push.remote.values(), *marked} & there.keys()
    for file in sorted(ours - set(answer.values())):
        with suppress(Absent):  # gone already, which is what was wanted
            await shop.api.write(f"{MEDIA}.remove", push.item, file, BY_SKU)
    if no_picture is not None:
        raise Refused("bad-photo", f"{push.item}: {no_picture}", sku=push.item, photo=no_picture)
    return answer


def _described(label: str, position: int, entry: Json | None, *, is_main: bool) -> Json:
    """What a photo shall say. Roles beyond the three are the merchant's, and a save drops what it lacks."""
    roles = [role for role in (entry or {}).get("types") or () if role not in MAIN_ROLES]
    return {
        "label": label,
        "position": str(position),
        "types": [*MAIN_ROLES, *roles] if is_main else roles,
        "exclude": 0,
    }


def _shows(entry: Json, described: Json) -> bool:
    shown: dict[str, Any] = {key: str(entry.get(key) or "") for key in ("label", "position")}
    if any(shown[key] != described[key] for key in shown) or str(entry.get("exclude") or "0") != "0":
        return False
    return set(entry.get("types") or ()) == set(described["types"])
