"""Photos by a mark of their content in the file name, by which one is known again whose answer was lost."""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.magento_shapes.values import slug
from engine.publishing import PhotoRef

MAIN_ROLES = ("image", "small_image", "thumbnail")
_MARK_LENGTH = 20
_LABEL_LENGTH = 40
_MARK = re.compile(rf"-([0-9a-f]{{{_MARK_LENGTH}}})(?:_\d+)?\.(?:jpg|png|gif)$")
_KINDS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def mark_of(file: str) -> str | None:
    """The mark in a file's name; None in one that is not ours."""
    found = _MARK.search(file)
    return found[1] if found else None


def mark(photo: PhotoRef) -> str:
    """The mark of a photo."""
    return photo.digest[:_MARK_LENGTH]


def file_name(label: str, photo: PhotoRef) -> str:
    """The name to give, without an ending."""
    return f"{slug(label)[:_LABEL_LENGTH].strip('-') or 'foto'}-{mark(photo)}"


def mime_of(content: bytes) -> str | None:
    """The type of a picture by its first bytes; None for what is no JPEG, PNG or GIF."""
    return next((mime for start, mime in _KINDS if content.startswith(start)), None)


def wanted_of(photos: Iterable[PhotoRef]) -> tuple[dict[str, PhotoRef], PhotoRef | None]:
    """Each photo once, by its digest, in their order; and the main one, the first where none is said to be."""
    wanted: dict[str, PhotoRef] = {}
    for photo in photos:
        wanted.setdefault(photo.digest, photo)
    return wanted, next((photo for photo in wanted.values() if photo.main), next(iter(wanted.values()), None))
