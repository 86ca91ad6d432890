"""Who a person is: the valid CPF or CNPJ, else the e-mail. Filler numbers identify nobody."""

from __future__ import annotations

import re

from stdnum.br import cnpj, cpf

_FILLERS = {"00000000191", "12345678909"}  # valid check digits, typed by thousands who keep theirs to themselves


def document_of(text: str) -> str | None:
    """The CPF (11 digits) or CNPJ (14 letters and digits) in a text, None when there is none that identifies."""
    bare = re.sub(r"[^0-9A-Z]", "", text.upper())
    if len(set(bare)) == 1 or bare in _FILLERS:
        return None
    if len(bare) == 11 and cpf.is_valid(bare):
        return bare
    if len(bare) == 14 and cnpj.is_valid(bare):
        return bare
    return None


def email_of(text: str) -> str:
    """An e-mail as it is compared: trimmed, lower case; empty when it is none."""
    bare = text.strip().lower()
    return bare if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", bare) else ""
