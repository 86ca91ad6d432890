"""A carrier's list of parcels as a file: what each order of it would become, before anything is done.

Columns: order, tracking, carrier (empty: by the code). Several lines of one order are its volumes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from console import spreadsheet
from console.language import N_
from console.reasons import cannot_ship
from console.shipping import barcodes
from console.shipping.carriers import CORREIOS, Carrier, guess, is_misread
from console.shipping.desk import DeskOrder, Found
from engine.verbs.shipment import VOLUMES_MAX, WITHOUT_CODE

COLUMNS: Mapping[str, Sequence[str]] = {
    "order": ("pedido", "order", "número", "numero"),
    "tracking": ("rastreio", "tracking", "código", "codigo", "rastreamento"),
    "carrier": ("transportadora", "carrier"),
}
_CARRIERS = {
    "correios": CORREIOS,
    "pickup": "pickup",
    "retirada": "pickup",
    "own-driver": "own-driver",
    "motorista": "own-driver",
    "entrega própria": "own-driver",
}
_SPREADSHEET_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+")
_GONE_OUT = ("shipping", "shipped", "part-shipping", "part-shipped")
WRONG: dict[str, str] = {
    "no-order": N_("no order has this number"),
    "several-orders": N_("several orders have this number: write ACCOUNT/NUMBER"),
    "code-missing": N_("the tracking code is missing"),
    "code-rounded": N_("the spreadsheet has rounded the code: format the column as text"),
    "code-misread": N_("its check digit does not fit: {code}"),
    "code-used": N_("{code} stands on order {other} already"),
    "code-twice": N_("{code} stands on line {line} too, for another order"),
    "which-carrier": N_("name the carrier: {code} does not tell"),
    "two-carriers": N_("its lines name several carriers"),
    "too-many": N_("too many volumes"),
}
"""Why a line is not done; "cannot-ship" has its reason among the params."""


@dataclass(frozen=True, slots=True)
class Line:
    """An order of the file. `wrong`: a code of WRONG, "" = it would be closed; `done`: it was, with these codes.

    `shared`: why it would be wrong, had nobody said that codes are shared.
    """

    line: int
    name: str
    carrier: str = ""
    codes: tuple[str, ...] = ()
    order: DeskOrder | None = None
    wrong: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    done: bool = False
    shared: str = ""

    @property
    def ready(self) -> bool:
        """It would be closed."""
        return not self.wrong and not self.done


def read(path: Path, find: Callable[[str], Found], known: Sequence[Carrier], *, shared: bool = False) -> list[Line]:
    """What the file says, order by order, judged as the store stands. Raises OSError, spreadsheet.NotThatFile.

    shared: a person says that orders of it have a code in common with others.
    """
    given: dict[str, Line] = {}
    for number, cell in spreadsheet.rows(path, COLUMNS):
        name, code = cell["order"].lstrip("'"), barcodes.scanned(cell["tracking"].lstrip("'"))
        if not name and not code:
            continue
        wanted = " ".join(cell["carrier"].split())
        carrier = _CARRIERS.get(wanted.casefold(), f"carrier:{wanted}" if wanted else "")
        former = given.get(name)
        if former is None:
            given[name] = Line(number, name, carrier, (code,) if code else ())
        elif former.carrier != carrier:
            given[name] = replace(former, wrong="two-carriers")
        elif code:
            given[name] = replace(former, codes=tuple(dict.fromkeys((*former.codes, code))))
    judged: list[Line] = []
    lines: dict[str, int] = {}
    for line in given.values():
        one = line if line.wrong else _judged(line, find, known, shared)
        twice = next((code for code in one.codes if code in lines), None)
        if twice is not None and one.ready:
            one = _shared(one, "code-twice", {"code": twice, "line": lines[twice]}, shared)
        lines |= dict.fromkeys(one.codes, one.line)
        judged.append(one)
    return judged


def _judged(line: Line, find: Callable[[str], Found], known: Sequence[Carrier], shared: bool) -> Line:
    orders = _orders(line.name, find)
    if len(orders) != 1:
        return replace(line, wrong="several-orders" if orders else "no-order")
    line = replace(line, order=orders[0])
    row = orders[0].row
    codes = () if line.carrier in WITHOUT_CODE else line.codes
    if row.fulfilment in _GONE_OUT and set(row.tracking.split()) == set(codes):
        return replace(line, done=True)
    reason = cannot_ship(row)
    if reason is not None:
        return replace(line, wrong="cannot-ship", params={"reason": reason})
    if line.carrier in WITHOUT_CODE:
        return line
    line = _with_codes(line, known)
    used = {} if line.wrong else {code: find(code).holder for code in line.codes}
    for code, holder in used.items():
        if holder:
            return _shared(line, "code-used", {"code": code, "other": holder}, shared)
    return line


def _shared(line: Line, why: str, params: Mapping[str, object], shared: bool) -> Line:
    """A code of it stands elsewhere too."""
    return replace(line, shared=why, params=params) if shared else replace(line, wrong=why, params=params)


def _with_codes(line: Line, known: Sequence[Carrier]) -> Line:
    if not line.codes:
        return replace(line, wrong="code-missing")
    if len(line.codes) > VOLUMES_MAX:
        return replace(line, wrong="too-many")
    kinds = {line.carrier}
    for code in line.codes:
        if _SPREADSHEET_NUMBER.fullmatch(code):
            return replace(line, wrong="code-rounded")
        if is_misread(code):
            return replace(line, wrong="code-misread", params={"code": code})
        if not line.carrier:
            whose = guess(code, known)
            if len(whose) != 1:
                return replace(line, wrong="which-carrier", params={"code": code})
            kinds = (kinds - {""}) | {whose[0].kind}
    if len(kinds) > 1:
        return replace(line, wrong="two-carriers")
    return replace(line, carrier=kinds.pop())


def _orders(name: str, find: Callable[[str], Found]) -> Sequence[DeskOrder]:
    """By any of its numbers; ACCOUNT/NUMBER by the shop's number alone."""
    account, slash, number = name.rpartition("/")
    text = barcodes.scanned(number)
    found = find(text).orders if text else ()
    if not slash:
        return found
    return [
        order for order in found if order.row.account == account and order.row.number.lstrip("0") == text.lstrip("0")
    ]
