"""What the overview shows before a person says yes: an adoption's verdict, what a guard holds, clear orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from console import planned_text
from console.formats import ahead, moment, money
from console.language import _, say
from console.reading.accounts import AccountRow
from console.reading.orders import OrderRow
from console.reading.planned import Planned
from console.safe_text import SafeText
from console.standing_text import missing_orders
from console.texts import CLEAR, GUARDS, MODE_REASONS, VERDICT, word
from console.widgets.plain import Line, Piece
from console.widths import fit

HELD_SHOWN = 100
HELD_ITEM_CELLS, HELD_NAME_CELLS = 10, 26


def held_lines(guard: str, rows: Sequence[Planned]) -> list[Line]:
    """Why a guard holds these rows, and what would be written if it let them pass."""
    lines: list[Line] = [[Piece(word(GUARDS, guard), "warn")], []]
    lines += [
        [
            Piece(SafeText(f"{fit(row.item, HELD_ITEM_CELLS)} {fit(row.name, HELD_NAME_CELLS)} "), "dim"),
            Piece(planned_text.change(row)),
        ]
        for row in rows[:HELD_SHOWN]
    ]
    if len(rows) > HELD_SHOWN:
        lines.append(
            [Piece(say("and {n} more: integra plan {account}", n=len(rows) - HELD_SHOWN, account=rows[0].account))]
        )
    return lines


def clear_lines(orders: Sequence[OrderRow], now: datetime) -> list[Line]:
    """What was looked at, and every one of these orders: what nobody can see is not approved."""
    lines: list[Line] = [[Piece(_(CLEAR))], []]
    for order in orders:
        line = SafeText(f"{order.number}  {money(order.total_cents):>13}  {fit(order.buyer, HELD_NAME_CELLS)}  ")
        lines.append([Piece(line, "dim"), Piece(ahead(order.authorized_until, now), "dim")])
    total = sum(order.total_cents for order in orders)
    lines.append([Piece(say("  together {amount}", amount=money(total)), "strong")])
    return lines


def verdict_lines(account: AccountRow, now: datetime) -> list[Line]:
    """What adoption found, for the person who approves."""
    lines: list[Line] = [
        [Piece(say("Shop: {shop}", shop=account.identity or account.name))],
        [Piece(say("Looked through: {when}.", when=moment(account.adopted_at, now)))],
        [Piece(word(MODE_REASONS, account.mode_reason), "warn")],
    ]
    if account.missing_orders:
        lines.insert(0, [Piece(missing_orders(account), "bad")])
    lines.append([])
    for name, value in (account.verdict or {}).items():
        lines.append([Piece(SafeText(f"{value!s:>8}  "), "strong"), Piece(word(VERDICT, name))])
    lines.append([])
    lines.append([Piece(say("After this, Integra writes to the shop and to C-Plus by itself."))])
    return lines
