"""Text as a C-Plus base can hold it: its code page, its widths, its upper case; documents and codes without dress."""

from __future__ import annotations

import html
import unicodedata

from stdnum import ean
from striprtf.striprtf import rtf_to_text

from connectors.cplus.base.firebird import CODEC

UTF8 = "utf-8"
_RTF = "{\\rtf"

# Letters that Unicode does not take apart into a base letter and a mark, and signs that have an everyday likeness.
_LIKENESS = {
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "ı": "i", "ĸ": "k", "ŋ": "n", "ŧ": "t", "ɐ": "a",
    "‐": "-", "‑": "-", "‒": "-", "―": "-", "−": "-", "′": "'", "″": '"', "‹": "<", "›": ">", "ʼ": "'", "№": "No",
    "\u2028": "\n", "\u2029": "\n", "ẞ": "SS", "Μ": "µ",
}  # fmt: skip


def hold(text: str) -> str:
    """What C-Plus can hold of a text: letters it lacks become their nearest, other signs (emoji) are dropped.

    In a UTF8 base too: a Windows-1252 program cannot fetch a row with any other letter in it.
    """
    if _fits(text) and text.isprintable():
        return text
    held = "".join(_nearest(char) for char in unicodedata.normalize("NFC", text))
    return "".join(char for char in held if char in "\t\r\n" or char.isprintable() or char == "\xa0")


def line(text: str) -> str:
    """Like `hold`, for a field of one line: no line breaks, no doubled blanks, none around."""
    return " ".join(hold(text).split())


def upper(text: str) -> str:
    """Upper case, save for letters whose capital C-Plus lacks."""
    return "".join(char.upper() if _fits(char.upper()) else char for char in text)


def cut(text: str, width: int) -> str:
    """The text within a column's width: in C-Plus's code pages a character is a byte, and UTF8 counts characters."""
    return text[:width].rstrip() if len(text) > width else text


def document(text: str | None) -> str:
    """CPF or CNPJ by its letters and digits."""
    return "".join(char for char in (text or "").upper() if char.isascii() and char.isalnum())


def emails(column: str | None) -> set[str]:
    """The e-mails of a column, in small letters: C-Plus's users write several into one field."""
    return set((column or "").lower().replace(";", " ").replace(",", " ").split())


def digits(text: str | None) -> str:
    """The digits of a text."""
    return "".join(char for char in (text or "") if char.isascii() and char.isdigit())


def yes(flag: str | None) -> bool:
    """Whether a flag is set: C-Plus writes Y, some of its satellites S."""
    return (flag or "").strip().upper() in ("Y", "S")


def gtin(code: str | None) -> str:
    """The code when it is a valid GTIN, else empty. Numbers that shops give out by themselves (2...) are none."""
    bare = (code or "").strip()
    return bare if ean.is_valid(bare) and not (len(bare) == 13 and bare[0] == "2") else ""


def html_of(text: str) -> str:
    r"""A text for the shop: as it is, save RTF ({\rtf...), which becomes HTML with its line breaks and nothing else."""
    if not text.startswith(_RTF):
        return text
    bare = str(rtf_to_text(text, errors="ignore")).strip()  # type: ignore[no-untyped-call]
    return "<br>\n".join(" ".join(html.escape(line, quote=False).split()) for line in bare.splitlines())


def _fits(text: str) -> bool:
    try:
        text.encode(CODEC)
    except UnicodeEncodeError:
        return False
    return True


def _nearest(char: str) -> str:
    if _fits(char):
        return char
    if char in _LIKENESS:
        return _LIKENESS[char]
    parts = unicodedata.normalize("NFKD", char)
    return "".join(part for part in parts if not unicodedata.combining(part) and _fits(part))
