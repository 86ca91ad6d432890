"""Whose a tracking code is, by its form. What a store's own carriers print is said in its settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from console.postal_code import is_postal_code

CORREIOS = "correios"
_POSTAL_FORM = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Carrier:
    """`kind` is what close_shipment takes. `proven`: a check digit fits, so no other number is read as its code."""

    kind: str
    fits: Callable[[str], bool]
    proven: bool = False


def _air_waybill(airline: str) -> Callable[[str], bool]:
    """IATA: the airline's three digits, seven of the waybill, and these modulo 7."""

    def fits(code: str) -> bool:
        digits = code.replace("-", "")
        if len(digits) != 11 or not digits.isdecimal() or not digits.isascii() or not digits.startswith(airline):
            return False
        return int(digits[3:10]) % 7 == int(digits[10])

    return fits


KNOWN: tuple[Carrier, ...] = (
    Carrier(CORREIOS, is_postal_code, proven=True),
    Carrier("carrier:LATAM Cargo", _air_waybill("957"), proven=True),
    Carrier("carrier:Azul Cargo", _air_waybill("577"), proven=True),
)


def carriers(own: Mapping[str, str]) -> tuple[Carrier, ...]:
    """Those with a form that is known, and the store's own by name and pattern."""
    return (*KNOWN, *(Carrier(f"carrier:{name}", _pattern(pattern)) for name, pattern in own.items()))


def _pattern(pattern: str) -> Callable[[str], bool]:
    form = re.compile(pattern)
    return lambda code: form.fullmatch(code) is not None


def guess(code: str, known: Sequence[Carrier]) -> tuple[Carrier, ...]:
    """The carriers whose code it may be; one with a fitting check digit leaves no doubt."""
    found = tuple(carrier for carrier in known if carrier.fits(code))
    proven = tuple(carrier for carrier in found if carrier.proven)
    return proven or found


def is_misread(code: str) -> bool:
    """It looks as the Correios print their codes, and its check digit does not fit."""
    return _POSTAL_FORM.fullmatch(code) is not None and not is_postal_code(code)
