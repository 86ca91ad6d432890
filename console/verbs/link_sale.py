"""integra orders link: the sales that look like an order, or one of them taken as its invoice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from console.formats import instant, moment, money
from console.language import _, say
from console.safe_text import SafeText, safe
from console.texts import SALE_REASONS, refusal, word
from console.verbs.context import Context, Exit, complain
from console.verbs.named_order import named_order
from console.widths import fit
from engine.amounts import to_cents
from engine.runtime.client import EngineClient


def run(context: Context, arguments: Sequence[str]) -> int:
    """NUMBER shows the sales; NUMBER SALE links that one, by the number people see."""
    if len(arguments) not in (1, 2):
        complain(_("Say which order: integra orders link NUMBER, and to link it: integra orders link NUMBER SALE"))
        return Exit.WRONG_USAGE
    number, *chosen = arguments
    named = named_order(context, number)
    if named is None:
        return Exit.NEEDS_PERSON
    order, row_version = named
    with context.engine() as engine:
        found = engine.ask("sale_candidates", {"order": order})
        if not found.ok:
            complain(refusal(found.code, found.params))
            return Exit.NEEDS_PERSON
        sales: list[Mapping[str, Any]] = found.result["sales"]
        if chosen:
            return _link(engine, order, row_version, number, sales, chosen[0])
    context.show(sales, lambda: _lines(sales, datetime.now(UTC)))
    return Exit.DONE if sales else Exit.NEEDS_PERSON


def _link(
    engine: EngineClient, order: int, row_version: int, number: str, sales: Sequence[Mapping[str, Any]], chosen: str
) -> int:
    sale = next((sale for sale in sales if sale["number"] == chosen), None)
    if sale is None:
        complain(say("No sale {sale} looks like order {number}.", sale=chosen, number=number))
        return Exit.NEEDS_PERSON
    answer = engine.ask("link_sale", {"order": order, "sale": sale["key"]}, row_version)
    if not answer.ok:
        complain(refusal(answer.code, answer.params))
        return Exit.NEEDS_PERSON
    print(say("Sale {sale} is now the invoice of order {number}.", sale=chosen, number=number))
    return Exit.DONE


def _lines(sales: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[str]:
    for sale in sales:
        reasons = SafeText(", ".join(word(SALE_REASONS, reason) for reason in sale["reasons"]))
        total = fit(money(to_cents(Decimal(sale["total"]))), 14, right=True)
        when = fit(moment(instant(sale["at"]), now), 17)
        yield f"{fit(safe(sale['number']), 10)} {when} {fit(safe(sale['customer']), 28)} {total}  {reasons}"
    if not sales:
        yield _("No sale of the last days looks like this order.")
