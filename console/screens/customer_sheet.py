"""A row of the customers, and all about one of them, in lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from console.customer_texts import NO_TABLE, SEVERAL, shown_in_shops
from console.field_texts import FIELDS
from console.formats import document, moment, money
from console.language import _, say, say_n
from console.reading.customer_card import CustomerCard, Disputed, Table
from console.reading.customer_list import CustomerRow
from console.safe_text import SafeText, safe
from console.screens.order_page import state_cell
from console.texts import REGISTRATIONS, UNFIT, word
from console.widgets.plain import Labelled, Line, Piece
from console.widgets.sources import Cell, Row
from console.widths import fit
from engine.settings import AccountSettings
from engine.verbs.customers import ERP

LABEL_CELLS = 13
NAMED_MAX = 8


def cells(row: CustomerRow) -> Row:
    """A row of the list."""
    return [
        Cell(row.name or row.email, "strong"),
        Cell(document(row.document) or SafeText("—"), "dim"),
        Cell(safe(row.erp_code) or SafeText("—"), "dim"),
        Cell(row.table_name or SafeText("—")),
        _state(row),
    ]


def _state(row: CustomerRow) -> Cell:
    """The one thing about him that matters most."""
    if row.standing:
        return Cell(_standing(row), "warn" if row.standing == "waiting" else "dim")
    if row.blocked:
        return Cell(say("blocked in C-Plus"), "bad")
    if row.conflicts:
        return Cell(say_n("{n} field in conflict", "{n} fields in conflict", row.conflicts), "warn")
    if row.several:
        return Cell(word(SEVERAL, row.several), "warn")
    if row.applies_in:
        return Cell(say("wants to resell"), "warn")
    if not row.erp_code:
        return Cell(say("not in C-Plus yet"), "dim")
    return Cell(say("in the shop") if row.linked else say("no shop account"), "dim")


def _standing(row: CustomerRow) -> SafeText:
    return word(UNFIT, row.reason) if row.reason else word(REGISTRATIONS, row.standing)


def registration_sheet(row: CustomerRow) -> Iterator[Line]:
    """One of C-Plus who shall be registered in a shop."""
    yield [Piece(row.name, "head")]
    yield _labelled(SafeText("C-Plus"), safe(row.erp_code))
    yield _labelled(say("e-mail"), row.email or SafeText("—"))
    yield _labelled(say("shop"), safe(row.account))
    yield []
    yield [Piece(_standing(row), "warn")]


def sheet(
    row: CustomerRow,
    card: CustomerCard,
    tables: Sequence[Table],
    accounts: Sequence[AccountSettings],
    now: datetime,
) -> Iterator[Line]:
    """What waits first, then how he is reached, what he pays, his accounts and his orders."""
    yield [Piece(row.name or row.email, "head")]
    n = card.orders_in_all
    orders = say_n("{n} order (Enter)", "{n} orders (Enter)", n) if n else say("no order yet")
    known = (document(row.document), safe(row.erp_code and f"C-Plus {row.erp_code}"), orders)
    yield [Piece(SafeText(" · ".join(text for text in known if text)), "dim")]
    if row.blocked:
        yield [Piece(say("BLOCKED in C-Plus: {reason}", reason=card.block_reason or _("no reason given")), "bad")]
    if row.applies_in:
        yield [
            Piece(say("Asks in {account} to buy as a reseller: give a price table (t)", account=row.applies_in), "warn")
        ]
    yield from _several(row, card)
    yield from _conflicts(card.disputed)
    yield []
    yield _labelled(say("phone"), card.phone or SafeText("—"))
    yield _labelled(say("e-mail"), row.email or SafeText("—"))
    yield from _price(row, tables, accounts)
    if row.erp_code:
        limit = money(row.credit_cents) if row.credit_cents else SafeText("—")
        yield _labelled(say("credit limit"), limit)
    for shop in card.shops:
        group = say("group {group}", group=shop.group) if shop.group else say("group not known yet")
        yield _labelled(safe(shop.account), say("account {number}, {group}", number=shop.external_id, group=group))
    yield from _orders(card, now)


def _several(row: CustomerRow, card: CustomerCard) -> Iterator[Line]:
    for code, params in card.several.items():
        text = say(
            "{what}: {codes}; orders take {chosen}. See them side by side (b)",
            what=word(SEVERAL, code), codes=params.get("codes", "—"), chosen=row.erp_code or params.get("chosen", "—"),
        )  # fmt: skip
        yield [Piece(text, "warn")]


def _conflicts(disputed: Sequence[Disputed]) -> Iterator[Line]:
    """Both words and what was agreed last; side by side they stand where they are settled."""
    for one in disputed:
        text = say(
            "{erp} in C-Plus, {channel} in {account}; agreed last: {agreed}",
            erp=one.erp or "—", channel=one.channel or "—", account=one.account, agreed=one.agreed or "—",
        )  # fmt: skip
        yield Labelled(
            [Piece(SafeText(fit(word(FIELDS, one.field), LABEL_CELLS - 1) + " "), "dim"), Piece(text, "warn")]
        )


def _price(row: CustomerRow, tables: Sequence[Table], accounts: Sequence[AccountSettings]) -> Iterator[Line]:
    if not row.erp_code:
        return
    table = next((table for table in tables if table.key == row.price_table), None)
    yield _labelled(say("table"), row.table_name or _(NO_TABLE))
    for text in shown_in_shops(table, accounts):
        yield _labelled(SafeText(""), text)


def _orders(card: CustomerCard, now: datetime) -> Iterator[Line]:
    if not card.orders:
        return
    yield []
    for order in card.orders:
        state = state_cell(order, now)
        tone = state.tone if state.tone in ("good", "warn", "bad", "dim") else ""
        told = SafeText(f"{moment(order.placed_at, now)}  {money(order.total_cents)}  ")
        yield Labelled([Piece(SafeText(fit(order.number, LABEL_CELLS))), Piece(told), Piece(state.text, tone)])


def _labelled(label: SafeText, text: SafeText) -> Line:
    return Labelled([Piece(SafeText(fit(label, LABEL_CELLS - 1) + " "), "dim"), Piece(text)])


def moved(rows: Sequence[CustomerRow], table: Table | None, accounts: Sequence[AccountSettings]) -> Iterator[Line]:
    """What another price table does: for whom, and in each shop."""
    key, name = (table.key, table.name) if table is not None else ("", _(NO_TABLE))
    changing = [row for row in rows if row.price_table != key]
    yield [Piece(say_n("{n} customer changes.", "{n} customers change.", len(changing)), "strong")]
    if len(rows) > len(changing):
        told = say_n("{n} has it already.", "{n} have it already.", len(rows) - len(changing))
        yield [Piece(told, "dim")]
    for row in changing[:NAMED_MAX]:
        yield [
            Piece(SafeText(f"  {fit(row.name, 30)} ")),
            Piece(SafeText(f"{row.table_name or _(NO_TABLE)} → ")),
            Piece(name, "warn"),
        ]
    if len(changing) > NAMED_MAX:
        yield [Piece(say("  and {n} more", n=len(changing) - NAMED_MAX), "dim")]
    yield []
    yield [Piece(say("It is written into C-Plus: the counter charges it too."))]
    yield from ([Piece(text)] for text in shown_in_shops(table, accounts))


def settled(fields: Sequence[Disputed], side: str) -> Iterator[Line]:
    """What becomes of which field."""
    for one in fields[:NAMED_MAX]:
        kept, lost = (one.erp, one.channel) if side == ERP else (one.channel, one.erp)
        yield Labelled(
            [
                Piece(SafeText(fit(word(FIELDS, one.field), LABEL_CELLS - 1) + " "), "dim"),
                Piece(SafeText(f"{lost or '—'} → ")),
                Piece(kept or SafeText("—"), "warn"),
            ]
        )
    if len(fields) > NAMED_MAX:
        yield [Piece(say("  and {n} more", n=len(fields) - NAMED_MAX), "dim")]
