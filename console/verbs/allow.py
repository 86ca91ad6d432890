"""integra allow: falls of prices that the guard shall let pass between two moments, and those that are allowed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from console.allowance_text import how_far, of_what, when
from console.formats import date_and_time, instant
from console.language import _, say
from console.reading.allowances import AllowedAhead, allowed_ahead
from console.reading.why_goods import goods_named
from console.texts import refusal
from console.verbs.context import Context, Exit, complain, confirmed
from console.verbs.moments import until_text
from console.widths import fit

SKUS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """As it was typed."""

    account: str
    products: Sequence[str]
    every: bool
    fall: int
    begins: str
    ends: str


def show(context: Context) -> int:
    """Print what is allowed, now or to come."""
    now = datetime.now(UTC)
    ahead = context.read(lambda db: allowed_ahead(db, now))
    context.show([asdict(one) for one in ahead], lambda: _lines(ahead, now))
    return Exit.DONE


def forget(context: Context, number: int) -> int:
    """One of them allows nothing any more."""
    return _ask(context, "withdraw_allowance", {"allowance": number})


def allow(context: Context, wish: Wish, *, yes: bool) -> int:
    """Show of which products, ask, and have it allowed."""
    if wish.every == bool(wish.products):
        complain(_("Say which products, or --all for every one."))
        return Exit.WRONG_USAGE
    now = datetime.now(UTC)
    moments = []
    for typed in (wish.begins or "0m", wish.ends):
        try:
            moments.append(until_text(typed, now))
        except (ValueError, OverflowError):
            complain(say("{text} is no time: 30m, 2h, 1d, or 2026-11-30T08:00", text=typed))
            return Exit.WRONG_USAGE

    def read(db: sqlite3.Connection) -> dict[str, list[str]]:
        return {name: goods_named(db, name) for name in wish.products}

    found = context.read(read)
    for name, skus in found.items():
        if not skus:
            complain(say("Integra knows no product called {name}.", name=name))
            return Exit.NEEDS_PERSON
    items = list(dict.fromkeys(sku for skus in found.values() for sku in skus))
    begins, ends = (date_and_time(instant(text)) for text in moments)
    print(
        say(
            "Prices may fall by up to {n} % from {begins} until {ends}, on {account}, of:",
            n=wish.fall, begins=begins, ends=ends, account=wish.account,
        )
    )  # fmt: skip
    print(f"  {_products(items)}")
    if not yes and not confirmed(_("Allow it? [y/N] ")):
        return Exit.NEEDS_PERSON
    args = {"account": wish.account, "items": items, "fall": wish.fall, "from": moments[0], "until": moments[1]}
    return _ask(context, "allow_ahead", args)


def _products(items: Sequence[str]) -> str:
    if not items:
        return say("every product")
    more = len(items) - SKUS_SHOWN
    named = ", ".join(items[:SKUS_SHOWN])
    return say("{products} and {n} more", products=named, n=more) if more > 0 else named


def _ask(context: Context, verb: str, args: dict[str, Any]) -> int:
    with context.engine() as engine:
        answer = engine.ask(verb, args)
    if not answer.ok:
        complain(refusal(answer.code, answer.params))
        return Exit.NEEDS_PERSON
    print(_("Done."))
    return Exit.DONE


def _lines(ahead: Sequence[AllowedAhead], now: datetime) -> Iterator[str]:
    if not ahead:
        yield _("No fall of prices is allowed ahead.")
        return
    for one in ahead:
        yield f"{one.id:>4} {fit(one.account, 12)} {fit(of_what(one), 24)} {how_far(one)}  {when(one, now)} ({one.who})"
    yield _("integra allow --forget NUMBER   takes one back")
