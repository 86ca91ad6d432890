"""The number of a postal item, whose check digit shows most slips of typing."""

from __future__ import annotations

import re

# UPU S10: two letters, eight digits, the check digit, the country's two letters.
_FORM = re.compile(r"[A-Z]{2}([0-9]{8})([0-9])[A-Z]{2}")
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def is_postal_code(code: str) -> bool:
    """Whether it has the form and the check digit of UPU S10; capitals, no blanks."""
    found = _FORM.fullmatch(code)
    if found is None:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, found[1], strict=True))
    check = {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)
    return check == int(found[2])
