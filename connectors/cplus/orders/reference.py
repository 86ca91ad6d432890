"""The shop's order number in ORCAMENTO: the column the installer chose, and how it holds a reference like "LJ-100234".

Other programs were seen using NUMPEDCLIENTE (text), ENTREGATELEFONE (text that C-Plus carries over to the sale) and
NUMPEDLOJAVIRTUAL, an integer: there the account's prefix has to be a number, and stands before the order's digits.
"""

from __future__ import annotations

from connectors.cplus.base.layout import Layout
from engine.errors import Refused

INTEGER_MAX = 2**31 - 1


def held(layout: Layout, column: str, reference: str) -> str | int:
    """The reference as the column holds it. Raises Refused: "erp-reference-too-long", "erp-reference-no-number"."""
    params = {"reference": reference, "column": column}
    detail = f"ORCAMENTO.{column} cannot hold {reference!r}"
    if layout.is_integer("ORCAMENTO", column):
        digits = reference.replace("-", "", 1)
        if not digits.isascii() or not digits.isdigit() or digits[0] == "0":
            raise Refused("erp-reference-no-number", detail, **params)
        if int(digits) > INTEGER_MAX:
            raise Refused("erp-reference-too-long", detail, **params)
        return int(digits)
    if layout.fit("ORCAMENTO", column, reference) != reference:
        raise Refused("erp-reference-too-long", detail, **params)
    return reference
