"""integra why SKU|ORDER: the sum behind a product's stock in each shop, or each step of an order on both sides."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from console.language import _, say
from console.reading.elsewhere import Elsewhere, elsewhere
from console.reading.order import OrderDetail, order_detail
from console.reading.orders import orders_named
from console.reading.why_goods import WhyGoods, goods_named, why_goods
from console.texts import QUEUES, title, word
from console.verbs.context import Context, Exit, complain
from console.why_goods_text import account_lines, adds_held, publishable_e4
from console.why_order_text import order_lines
from console.wrapping import wrapped


def run(context: Context, name: str) -> int:
    """Print it, of whatever is called so: one number may be a product's and an order's.

    1 where nothing is, and for a SKU that only a shop, an order, or what is not sold on-line in C-Plus has.
    """
    name = name.strip()
    if not name:
        complain(_("Say which: the key or code of a product, or a number of an order."))
        return Exit.WRONG_USAGE
    accounts = context.settings().account
    scopes = {account.id: (account.all_companies, account.all_sectors) for account in accounts}

    def read(db: sqlite3.Connection) -> tuple[list[WhyGoods], list[OrderDetail], Elsewhere | None]:
        goods = [why_goods(db, sku, accounts) for sku in goods_named(db, name)]
        orders = [order_detail(db, order, scopes) for order in orders_named(db, name)]
        return [one for one in goods if one], [one for one in orders if one], None if goods else elsewhere(db, name)

    goods, orders, others = context.read(read)
    if not goods and not orders and others is None:
        complain(say("Integra knows no product and no order called {name}.", name=name))
        return Exit.NEEDS_PERSON

    def lines() -> Iterator[str]:
        yield from _lines(goods, orders, datetime.now(UTC))
        if others is not None:
            yield from _lines_of_elsewhere(others)

    context.show(_as_json(goods, orders) | {"elsewhere": others and asdict(others)}, lines)
    return Exit.DONE if goods or orders else Exit.NEEDS_PERSON


def _lines(goods: Sequence[WhyGoods], orders: Sequence[OrderDetail], now: datetime) -> Iterator[str]:
    for one in goods:
        yield from wrapped(say("Product {sku} ({code}) {name}", sku=one.sku, code=one.code, name=one.name))
        for own in one.accounts:
            yield f"  {own.account}"
            for line in account_lines(one, own, now):
                yield from wrapped(line, " " * 4)
        yield ""
    for order in orders:
        for line in order_lines(order, now):
            yield from wrapped(line, rest="    ")
        yield ""


def _lines_of_elsewhere(others: Elsewhere) -> Iterator[str]:
    if others.in_erp is None:
        yield from wrapped(say("C-Plus has no product {sku} that Integra has seen.", sku=others.sku))
    else:
        yield from wrapped(
            say(
                "{sku} is in C-Plus ({name}), but marked for no shop of the settings.",
                sku=others.sku,
                name=others.in_erp,
            )
        )
    for item in others.shops:
        yield from wrapped(say("It stands in {account}: {name}", account=item.account, name=item.name), rest="    ")
    for order in others.orders:
        waits = say(
            "Order {number} of {account} has it: {queue}",
            number=order.number,
            account=order.account,
            queue=word(QUEUES, order.queue),
        )
        yield from wrapped(f"{waits} — {title(order.code)}" if order.code else waits, rest="    ")


def _as_json(goods: Sequence[WhyGoods], orders: Sequence[OrderDetail]) -> dict[str, Any]:
    return {
        "products": [
            asdict(one)
            | {
                "accounts": [
                    asdict(own) | {"publishable_e4": publishable_e4(one, own), "adds_held": adds_held(one, own)}
                    for own in one.accounts
                ]
            }
            for one in goods
        ],
        "orders": [asdict(order) for order in orders],
    }
