"""Text in columns of cells: what is wide takes two, what combines takes none."""

from __future__ import annotations

import unicodedata


def cells(text: str) -> int:
    """How many cells a terminal gives the text (which `safe` has freed of everything ambiguous)."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def _cells_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly that many cells; one that is too long ends in "…"."""
    length = cells(text)
    if length > width:
        kept, room = "", width - 1
        for char in text:
            room -= _cells_of(char)
            if room < 0:
                break
            kept += char
        return (kept + "…" if width else "") + " " * (width - 1 - cells(kept))
    return " " * (width - length) + text if right else text + " " * (width - length)
