"""Which state a Brazilian postal code (CEP) lies in: the ranges in which the Correios hand them out."""

from __future__ import annotations

from bisect import bisect_right

_FIRST_OF_RANGE = (
    (1000, "SP"), (20000, "RJ"), (29000, "ES"), (30000, "MG"), (40000, "BA"), (49000, "SE"), (50000, "PE"),
    (57000, "AL"), (58000, "PB"), (59000, "RN"), (60000, "CE"), (64000, "PI"), (65000, "MA"), (66000, "PA"),
    (68900, "AP"), (69000, "AM"), (69300, "RR"), (69400, "AM"), (69900, "AC"), (70000, "DF"), (72800, "GO"),
    (73000, "DF"), (73700, "GO"), (76800, "RO"), (77000, "TO"), (78000, "MT"), (79000, "MS"), (80000, "PR"),
    (88000, "SC"), (90000, "RS"),
)  # fmt: skip
"""The first five digits at which each range begins."""
_BEGINS = [first for first, _ in _FIRST_OF_RANGE]
DIGITS = 8


def state_of(postcode: str) -> str | None:
    """The two letters of the state, None for what is no postal code: eight digits."""
    if len(postcode) != DIGITS or not (postcode.isascii() and postcode.isdigit()):
        return None
    place = bisect_right(_BEGINS, int(postcode[:5]))
    return _FIRST_OF_RANGE[place - 1][1] if place else None
