"""The currencies of prices (MOEDA): which is the real, and what the others are worth where the store wants them told.

That COTACAO is how many reais one of the currency costs is what its name says; no public program shows it used. So
nothing is converted unless `convert_currencies` is set.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Statements
from connectors.cplus.settings import Options
from engine.amounts import E4_PER_UNIT

_REAL_NAMES = frozenset({"REAL", "REAIS", "REAL BRASILEIRO"})
_REAL_CODES = frozenset({"R$", "BRL"})


@dataclass(frozen=True, slots=True)
class Rates:
    """Reais per unit of a currency in ten-thousandths, by CODMOEDA; one that is not in it is not converted."""

    reais_e4: Mapping[str, int]
    names: Mapping[str, str]

    def name(self, code: str) -> str:
        """What people call it."""
        return self.names.get(code) or code

    def cursor(self) -> list[list[str]]:
        """Fit to stand in a cursor."""
        return [[code, str(rate)] for code, rate in sorted(self.reais_e4.items())]


def read(base: Statements, layout: Layout, options: Options) -> Rates:
    """All currencies; a price that names none is in reais."""
    reais_e4 = {"": E4_PER_UNIT}
    names: dict[str, str] = {}
    if layout.has("MOEDA", "CODMOEDA", "COTACAO"):
        columns = layout.select("MOEDA", "m", ("NOMEMOEDA", "CODIGO"))
        for code, rate_e4, *words in base.rows(
            f"SELECT m.CODMOEDA, CAST(m.COTACAO * 10000 AS BIGINT), {columns} FROM MOEDA m"
        ):
            key = code.strip()
            name, sign = ((word or "").strip() for word in words)
            names[key] = name or sign
            if _is_real(key, name, sign, options):
                reais_e4[key] = E4_PER_UNIT
            elif options.convert_currencies and rate_e4 and rate_e4 > 0:
                reais_e4[key] = rate_e4
    return Rates(reais_e4, names)


def _is_real(key: str, name: str, sign: str, options: Options) -> bool:
    if options.real_currency:
        return key == options.real_currency
    return name.upper() in _REAL_NAMES or sign.upper() in _REAL_CODES
