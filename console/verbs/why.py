"""integra why SKU|ORDER: the sum behind a product's stock in each shop, or each step of an order on both sides."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from console.language import say
from console.reading.order import OrderDetail, order_detail
from console.reading.orders import orders_named
from console.reading.why_goods import WhyGoods, goods_named, why_goods
from console.verbs.context import Context, Exit, complain
from console.why_goods_text import account_lines, adds_held, publishable_e4
from console.why_order_text import order_lines
from console.wrapping import wrapped


def run(context: Context, name: str) -> int:
    """Print it, of whatever is called so: one number may be a product's and an order's. 1 where nothing is."""
    accounts = context.settings().account
    scopes = {account.id: (account.all_companies, account.all_sectors) for account in accounts}

    def read(db: sqlite3.Connection) -> tuple[list[WhyGoods], list[OrderDetail]]:
        goods = [why_goods(db, sku, accounts) for sku in goods_named(db, name)]
        orders = [order_detail(db, order, scopes) for order in orders_named(db, name)]
        return [one for one in goods if one], [one for one in orders if one]

    goods, orders = context.read(read)
    if not goods and not orders:
        complain(say("Integra knows no product and no order called {name}.", name=name))
        return Exit.NEEDS_PERSON
    context.show(_as_json(goods, orders), lambda: _lines(goods, orders, datetime.now(UTC)))
    return Exit.DONE


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
