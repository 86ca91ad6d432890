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


_NOWHERE = ("example.com", "example.org", "example.net", "test", "invalid", "localhost", "example")  # RFC 2606
_NOBODY = re.compile(r"(nao|n|sem)[._-]?(tem|possui|informado|email|e-mail|mail)?")
"""What is typed at a counter where the field wants an address and the customer gives none: naotem@, sem.email@."""


def is_made_up(email: str) -> bool:
    """Whether an e-mail (of `email_of`) is nobody's: a domain that is not, or a word that says there is none."""
    name, _, domain = email.partition("@")
    nowhere = any(domain == end or domain.endswith(f".{end}") for end in _NOWHERE)
    return nowhere or _NOBODY.fullmatch(name) is not None or name == domain.split(".", 1)[0]


def email_of(text: str) -> str:
    """An e-mail as it is compared: trimmed, lower case; empty when it is none."""
    bare = text.strip().lower()
    return bare if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", bare) else ""
