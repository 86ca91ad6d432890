"""The one place where text from outside becomes harmless to show.

A terminal obeys what it is sent, and Textual passes escape sequences, bidi overrides and zero-width characters through
every widget. Rows therefore carry `SafeText`, which only this module makes (and `language`, of our own sentences).
"""

from __future__ import annotations

import unicodedata
from typing import NewType

SafeText = NewType("SafeText", str)

LENGTH_MAX = 500
MARKS_MAX = 2
"""Combining marks left on one letter: Portuguese needs one, a pile of them draws over the neighbouring lines."""

REPLACEMENT = "�"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_ENDS = frozenset("\n\u0085\u2028\u2029")
# Terminals disagree on the width of what a joiner or a variation selector makes of its neighbours.
_DROPPED = frozenset("\r\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}


def safe(value: object, limit: int = LENGTH_MAX) -> SafeText:
    """The text on one line, without anything a terminal obeys or hides; longer than `limit` it ends in "…"."""
    text = str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    # Printable text below the combining marks is in normal form already.
    if text.isascii() or max(text) < "\u0300":
        if text.isprintable():
            return SafeText(text)
    else:
        text = unicodedata.normalize("NFC", text)
    return SafeText("".join(_cleaned(text)))


def safe_lines(value: object, limit: int = 20 * LENGTH_MAX) -> list[SafeText]:
    """The lines of a text that may have several."""
    return [safe(line) for line in str(value)[:limit].splitlines()]


def _cleaned(text: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category in ("Mn", "Me"):
            marks += 1
        else:
            marks = 0
        if char in _LINE_ENDS:
            kept.append("⏎")
        elif char == "\t" or category == "Zs":
            kept.append(" ")
        elif char in _DROPPED or 0xE0100 <= ord(char) <= 0xE01EF or marks > MARKS_MAX:
            continue
        elif char in _BIDI or category in ("Cc", "Cs", "Co", "Cn"):
            kept.append(REPLACEMENT)
        elif category != "Cf":  # zero width joiners, soft hyphens, tags
            kept.append(char)
    return kept
