"""What kits are made of (COMPOSICAO), taken apart down to goods that have a stock of their own.

A kit is a product with FLAGCOMPOSTO set and rows in COMPOSICAO; a pack of twelve is a kit of one part. The rows carry
no stamp of any kind, and a store has few of them: they are read whole each time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Statements, Value
from connectors.cplus.base.text import yes
from connectors.cplus.settings import Kitting, Options
from engine.amounts import to_e4
from engine.model.goods import KitFault, KitPart, Kits

PART_INACTIVE = "kit-part-inactive"
PART_MISSING = "kit-part-missing"
NO_QUANTITY = "kit-part-without-quantity"
IN_ITSELF = "kit-in-itself"

_ROWS = """
SELECT c.{kit}, c.{part}, c.QUANTIDADE, p.CODPROD, {of_part}
FROM COMPOSICAO c JOIN PRODUTO k ON k.CODPROD = c.{kit} LEFT JOIN PRODUTO p ON p.CODPROD = c.{part}
WHERE {is_kit} ORDER BY c.{kit}, c.{part}
"""
_PART = ("FLAGINATIVO", "FLAGNAOVENDER", "FLAGCONTROLAESTOQUE", "FLAGSERVICO", "PESOBRUTO", "PESOLIQUIDO")


@dataclass(frozen=True, slots=True)
class Composition:
    """All kits of a base; `weights` of those whose parts have all been weighed, in C-Plus's own unit."""

    kits: Kits = field(default_factory=Kits)
    weights: Mapping[str, Decimal] = field(default_factory=dict)

    def uncounted(self) -> frozenset[str]:
        """Kits of which no part has a stock that C-Plus keeps."""
        counted = {part.kit for part in self.kits.parts if part.counted}
        return frozenset(part.kit for part in self.kits.parts) - counted


class _Row(NamedTuple):
    """A row of COMPOSICAO with what its part's product says."""

    part: str
    quantity: Decimal | None
    exists: bool
    sellable: bool
    counted: bool
    weight: Decimal | None


_Goods = tuple[tuple[_Row, Decimal], ...]


class _Faulty(Exception):
    def __init__(self, code: str, *skus: str) -> None:
        super().__init__(code)
        self.code = code
        self.skus = skus


def read(base: Statements, layout: Layout, options: Options) -> Composition:
    """The kits as they stand now; none where kits have a stock of their own."""
    if options.kits is Kitting.OWN_STOCK or not layout.has("COMPOSICAO", "CODPROD", "REFERCODPROD", "QUANTIDADE"):
        return Composition()
    rows = _rows(base, layout, options)
    parts: list[KitPart] = []
    faults: list[KitFault] = []
    weights: dict[str, Decimal] = {}
    known: dict[str, _Goods] = {}
    for kit in rows:
        try:
            taken_apart = _taken_apart(kit, rows, (kit,), known)
        except _Faulty as fault:
            faults.append(KitFault(kit, fault.code, ", ".join(fault.skus)))
            continue
        parts += [KitPart(kit, row.part, max(1, to_e4(quantity)), row.counted) for row, quantity in taken_apart]
        barred = [row.part for row, _ in taken_apart if not row.sellable]
        if barred:
            faults.append(KitFault(kit, PART_INACTIVE, ", ".join(barred)))
        if all(row.weight for row, _ in taken_apart):
            weights[kit] = sum((quantity * (row.weight or 0) for row, quantity in taken_apart), Decimal(0))
    return Composition(Kits(tuple(parts), tuple(faults)), weights)


def is_counted(controlled: Value, service: Value) -> bool:
    """Whether C-Plus keeps the stock of a product with these flags; one that says nothing is taken to be controlled."""
    return str(controlled or "").strip().upper() != "N" and not yes(service)


def _rows(base: Statements, layout: Layout, options: Options) -> dict[str, list[_Row]]:
    kit, part = ("CODPROD", "REFERCODPROD") if options.kit_side == "CODPROD" else ("REFERCODPROD", "CODPROD")
    flags = ["FLAGCOMPOSTO", *(["FLAGVENDECOMPOSICAO"] if options.kits is Kitting.FLAG else [])]
    is_kit = " AND ".join(f"k.{flag} IN ('Y', 'S')" for flag in flags if layout.has("PRODUTO", flag)) or "1 = 1"
    sql = _ROWS.format(kit=kit, part=part, of_part=layout.select("PRODUTO", "p", _PART), is_kit=is_kit)
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in base.rows(sql):
        found[str(row[0]).strip()].append(_row(row[1:]))
    return dict(found)


def _row(values: Sequence[Value]) -> _Row:
    part, quantity, found, inactive, not_sold, controlled, service, gross, net = values
    return _Row(
        part=str(part).strip(),
        quantity=quantity,
        exists=found is not None,
        sellable=not yes(inactive) and not yes(not_sold),
        counted=is_counted(controlled, service),
        weight=gross or net or None,
    )


def _taken_apart(
    kit: str, rows: Mapping[str, Sequence[_Row]], path: tuple[str, ...], known: dict[str, _Goods]
) -> _Goods:
    """The goods in one of a kit, each once, with their quantities; kits in it taken apart too. Raises _Faulty."""
    if kit in known:
        return known[kit]
    total: dict[str, tuple[_Row, Decimal]] = {}
    for row in rows[kit]:
        if not row.exists:
            raise _Faulty(PART_MISSING, row.part)
        if not row.quantity or row.quantity <= 0:
            raise _Faulty(NO_QUANTITY, row.part)
        if row.part in path:
            raise _Faulty(IN_ITSELF, *path[path.index(row.part) :])
        inner: _Goods = ((row, Decimal(1)),)
        if row.part in rows:
            inner = _taken_apart(row.part, rows, (*path, row.part), known)
        for goods, quantity in inner:
            before = total[goods.part][1] if goods.part in total else Decimal(0)
            total[goods.part] = (goods, before + quantity * row.quantity)
    known[kit] = tuple(total.values())
    return known[kit]
