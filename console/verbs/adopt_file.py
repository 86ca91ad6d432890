"""Adoption as a file for a spreadsheet: written with what was found, read back with what people decided.

Spreadsheets here part columns by semicolons, want a mark to see UTF-8, save as Windows-1252, and take the zeros away
from a key like 000000017; all of that is understood on the way back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from console import spreadsheet
from console.adoption_texts import REASONS, STANDINGS
from console.language import N_, _
from console.reading.adoption import AdoptionRow

YES = ("yes", "y", "sim", "s")
NO = ("no", "n", "não", "nao", "-")
WHAT = {"item": N_("product"), "customer": N_("customer")}
COLUMNS = {
    "decision": N_("decision"),
    "standing": N_("standing"),
    "reason": N_("reason"),
    "what": N_("what"),
    "shop_id": N_("id in the shop"),
    "shop_sku": N_("SKU or e-mail in the shop"),
    "shop_name": N_("name in the shop"),
    "shop_number": N_("GTIN or document in the shop"),
    "ours": N_("key in C-Plus"),
    "codes": N_("code in C-Plus"),
    "names": N_("name in C-Plus"),
}
BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Decided:
    """What a line says; `item` "" = none of ours. `wrong`: a code of `adoption_texts.WRONG`."""

    line: int
    shop_id: str
    item: str = ""
    wrong: str | None = None


def write(path: Path, rows: Sequence[AdoptionRow]) -> None:
    """All rows, those that wait for a person first. Raises OSError."""
    spreadsheet.write(path, [_(title) for title in COLUMNS.values()], map(_told, rows))


def _told(row: AdoptionRow) -> Sequence[str]:
    return (
        "", _(STANDINGS[row.standing]), _(REASONS[row.reason]), _(WHAT[row.what]), row.shop_id, row.shop_sku,
        row.shop_name, row.shop_number, BETWEEN.join(row.ours), BETWEEN.join(row.codes), BETWEEN.join(row.names),
    )  # fmt: skip


def read(path: Path, rows: Sequence[AdoptionRow]) -> list[Decided]:
    """What people decided; lines without a decision say nothing. Raises OSError, NotThatFile."""
    columns = {name: (str(_(COLUMNS[name])), COLUMNS[name]) for name in ("decision", "what", "shop_id")}
    lines = spreadsheet.rows(path, columns)
    known = {row.shop_id: row for row in rows if row.what == "item" and row.shop_id}
    return list(_decisions(lines, known))


def _decisions(lines: Iterable[tuple[int, Mapping[str, str]]], known: Mapping[str, AdoptionRow]) -> Iterator[Decided]:
    seen: set[str] = set()
    customer = {str(_(WHAT["customer"])), WHAT["customer"]}
    for number, cell in lines:
        decision, shop_id = cell["decision"].lstrip("'"), cell["shop_id"].lstrip("'")
        if not decision:
            continue
        if cell["what"] in customer:
            yield Decided(number, shop_id, wrong="customer-row")
        elif not shop_id:
            yield Decided(number, shop_id, wrong="no-id")
        elif shop_id in seen:
            yield Decided(number, shop_id, wrong="id-twice")
        elif decision.casefold() in NO:
            yield Decided(number, shop_id)
        elif decision.casefold() in YES:
            row = known.get(shop_id)
            proposed = row.ours if row is not None else ()
            single = len(proposed) == 1
            yield Decided(number, shop_id, proposed[0] if single else "", None if single else "no-proposal")
        else:
            yield Decided(number, shop_id, decision)
        seen.add(shop_id)
