"""The key of an NF-e or NFC-e: 44 characters that prove themselves by their last."""

from __future__ import annotations

import re

# State, year and month, issuer (whose CNPJ may hold letters), model, series, number, emission, code, check digit.
_SHAPE = re.compile(r"\d{6}[A-Z0-9]{12}\d{26}")
_BLANKS = re.compile(r"\s")
_WEIGHTS = range(2, 10)  # again and again, from the right
_NUMBER = slice(25, 34)


def valid(key: str | None) -> str:
    """The key without blanks when its check digit proves it (modulo 11, as SEFAZ's manual has it), else empty."""
    bare = _BLANKS.sub("", key or "").upper()
    return bare if _SHAPE.fullmatch(bare) and _digit(bare[:-1]) == bare[-1] else ""


def number(key: str) -> str:
    """The document's number in a valid key, as people write it."""
    return key[_NUMBER].lstrip("0")


def _digit(body: str) -> str:
    # A letter of an alphanumeric CNPJ counts by its place after "0" (A = 17).
    total = sum((ord(char) - 48) * _WEIGHTS[place % len(_WEIGHTS)] for place, char in enumerate(reversed(body)))
    rest = total % 11
    return "0" if rest < 2 else str(11 - rest)
