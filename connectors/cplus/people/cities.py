"""The register of cities, whose IBGE codes an NF-e carries: CLIENTE.CIDADE is free text, so a city may not be in it."""

from __future__ import annotations

import unicodedata

from connectors.cplus.base.session import Session

_OF_STATE = "SELECT c.NOMECIDADE FROM CIDADE c WHERE UPPER(TRIM(c.CODUF)) = CAST(? AS VARCHAR(10))"


def known(session: Session, city: str, state: str) -> bool | None:
    """Whether the state has a city of this name, accents and case aside; None where the base lists none of it."""
    if not session.layout.has("CIDADE", "NOMECIDADE", "CODUF") or not _folded(state):
        return None
    with session.reading() as base:
        names = {_folded(name) for (name,) in base.rows(_OF_STATE, (_folded(state)[:10],))}
    return _folded(city) in names if names else None


def _folded(name: str | None) -> str:
    letters = unicodedata.normalize("NFKD", name or "")
    return " ".join("".join(sign for sign in letters if sign.isalnum() or sign.isspace()).upper().split())
