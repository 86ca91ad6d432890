"""The pictures of a product. Adding the same picture twice gives two; changing the content gives a new id."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from connectors.sandbox.shop.errors import NotFound, Refused
from connectors.sandbox.shop.wire import Shape

CONTENT: Shape = {"base64_encoded_data": "string", "type": "string", "name": "string"}
ENTRY: Shape = {
    "id": "int",
    "media_type": "string",
    "label": "string",
    "position": "int",
    "disabled": "boolean",
    "types": ("string",),
    "file": "string",
    "content": CONTENT,
    "extension_attributes": "mixed",
}
NO_SUCH_IMAGE = "No image with the provided ID was found. Verify the ID and try again."

_SIGNATURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}


@dataclass
class Picture:
    picture_id: int
    file: str
    content: bytes
    media_type: str = "image"
    label: str | None = None
    position: int = 1
    disabled: bool = False
    types: list[str] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        """The content's hash in hex, for tests and for whoever asks whether a photo arrived whole."""
        return hashlib.sha256(self.content).hexdigest()

    def view(self) -> dict[str, Any]:
        """Recorded: media/list."""
        return {
            "id": self.picture_id,
            "media_type": self.media_type,
            "label": self.label,
            "position": self.position,
            "disabled": self.disabled,
            "types": list(self.types),
            "file": self.file,
        }


class Gallery:
    """The shop's picture store: file names are unique across products."""

    def __init__(self) -> None:
        self._ids = count(1)
        self.files: dict[str, Picture] = {}

    def check(self, entry: Mapping[str, Any]) -> bytes:
        """The picture's bytes. Raises Refused where the content is no picture of its declared type."""
        content = entry.get("content") or {}
        try:
            data = base64.b64decode(content.get("base64_encoded_data") or "", validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if not any(data.startswith(start) for starts in _SIGNATURES.values() for start in starts):
            raise Refused("The image content must be valid base64 encoded data.")
        if not data.startswith(_SIGNATURES.get(content.get("type") or "", (b"\0no such type",))):
            raise Refused("The image MIME type is not valid or not supported.")
        name = content.get("name") or ""
        if not name or re.search(r'[\\/?*:";<>(){}|\[\]]', name):
            raise Refused("Provided image name contains forbidden characters.")
        return data

    def add(self, pictures: list[Picture], entry: Mapping[str, Any]) -> Picture:
        """A new picture at the end of a product's pictures. The last one that claims a type has it."""
        data = self.check(entry)
        picture = Picture(next(self._ids), self._file_name(entry["content"]["name"]), data)
        self._describe(pictures, picture, entry)
        self.files[picture.file] = picture
        pictures.append(picture)
        return picture

    def change(self, pictures: list[Picture], picture_id: int, entry: Mapping[str, Any]) -> Picture:
        """Change label, place or types; with content the entry is replaced by one with another id."""
        old = find(pictures, picture_id)
        if not entry.get("content"):
            self._describe(pictures, old, entry)
            return old
        self.check(entry)
        known = {"label": old.label, "position": old.position, "disabled": old.disabled, "types": list(old.types)}
        self.remove(pictures, picture_id)
        return self.add(pictures, known | dict(entry))

    def remove(self, pictures: list[Picture], picture_id: int) -> None:
        """Raises NotFound."""
        picture = find(pictures, picture_id)
        pictures.remove(picture)
        self.files.pop(picture.file, None)

    def replace(self, pictures: list[Picture], entries: Sequence[Mapping[str, Any]]) -> None:
        """The full list, as a product save gives it: what is not named goes, what has no id is new."""
        for entry in entries:
            if entry.get("id") is None or not any(p.picture_id == entry["id"] for p in pictures):
                self.check(entry)
        kept = {entry["id"] for entry in entries if entry.get("id") is not None}
        for picture in [p for p in pictures if p.picture_id not in kept]:
            self.remove(pictures, picture.picture_id)
        present = {p.picture_id for p in pictures}
        for entry in entries:
            if entry.get("id") in present:
                self.change(pictures, entry["id"], entry)
            else:
                self.add(pictures, entry)

    def forget(self, pictures: Iterable[Picture]) -> None:
        """The files go with their product."""
        for picture in pictures:
            self.files.pop(picture.file, None)

    def _describe(self, pictures: list[Picture], picture: Picture, entry: Mapping[str, Any]) -> None:
        picture.label = entry.get("label", picture.label)
        picture.media_type = entry.get("media_type") or picture.media_type
        position = entry.get("position")
        picture.position = position if position is not None else picture.position
        picture.disabled = bool(entry.get("disabled", picture.disabled))
        if entry.get("types") is not None:
            picture.types = list(entry["types"])
            for other in pictures:
                if other is not picture:
                    other.types = [t for t in other.types if t not in picture.types]

    def _file_name(self, name: str) -> str:
        stem, _, ending = re.sub(r"[^a-z0-9_\-.]+", "_", name.lower()).rpartition(".")
        stem = stem or "image"
        folder = "".join(f"/{c}" for c in (stem + "__")[:2])
        file, times = f"{folder}/{stem}.{ending}", 0
        while file in self.files:
            times += 1
            file = f"{folder}/{stem}_{times}.{ending}"
        return file


def find(pictures: Iterable[Picture], picture_id: int) -> Picture:
    """Raises NotFound."""
    for picture in pictures:
        if picture.picture_id == picture_id:
            return picture
    raise NotFound(NO_SUCH_IMAGE)
