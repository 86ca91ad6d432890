"""The barcodes that lie on a packing desk: the key of an NF-e, a product, a postcode."""

from __future__ import annotations

import re

from stdnum import ean

from engine.verbs.shipment import code_of

_KEY = re.compile(r"(?<![0-9A-Z])(?:NFE)?([0-9]{6}[A-Z0-9]{12}[0-9]{26})(?![0-9A-Z])")
"""State, month, CNPJ (letters too since 2026), model, series, number, kind of issue, code, check digit."""
_POSTCODE = re.compile(r"[0-9]{8}")


def scanned(text: str) -> str:
    """What was read, as it is looked up: the key of an NF-e, else as a code is kept."""
    return nfe_key("".join(text.split()).upper()) or code_of(text)


def nfe_key(text: str) -> str | None:
    """The key in a DANFE's barcode, or in the address of an NFC-e's QR code; its check digit is not looked at."""
    found = _KEY.search(text)
    return found[1] if found else None


def is_nfe_key(key: str) -> bool:
    """Whether the check digit fits: modulo 11 with weights 2 to 9 from the right, a letter worth its ASCII less 48."""
    total = sum((ord(char) - 48) * (2 + place % 8) for place, char in enumerate(reversed(key[:43])))
    return int(key[43]) == (0 if total % 11 < 2 else 11 - total % 11)


def is_product(text: str) -> bool:
    """A GTIN of 12, 13 or 14 digits: the code of a product, not of a parcel."""
    return len(text) in (12, 13, 14) and ean.is_valid(text)


def is_postcode(text: str) -> bool:
    """Eight digits, as the Correios print them beside the tracking code."""
    return _POSTCODE.fullmatch(text) is not None
