"""The card above the overview: what is out of reach, what came of it, what has come since a person left his screen."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from console.actions import BY_ID, key_name
from console.formats import ahead, duration, moment, money
from console.language import say, say_n
from console.reading.accounts import AccountRow
from console.reading.morning import Morning, lapsing_today, morning
from console.reading.orders import OrderRow
from console.reading.outages import OUTAGE_S_MIN, Back, Down, Outage, ToCall, last_ended, lasting
from console.safe_text import SafeText
from console.widgets.plain import Line, Piece
from console.widths import fit

NAME_CELLS = 24
CALLED_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Cards:
    """What a card may tell."""

    morning: Morning | None = None
    down: tuple[Down, ...] = ()
    back: Back | None = None
    lapsing: tuple[OrderRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """The lines of a card. Under its key it can be put away; one without a key goes by itself."""

    key: Hashable | None
    lines: Sequence[Line]


def read_cards(db: sqlite3.Connection, who: str | None, now: datetime) -> Cards:
    """All of it; `who` is None while no engine has said who asks."""
    since = None if who is None else morning(db, who, now)
    return Cards(since, lasting(db), last_ended(db, now), lapsing_today(db, now))


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand beside that: `short` orders lack goods; an engine that is gone worked last at `stopped_at`."""

    accounts: Sequence[AccountRow]
    short: int
    stopped_at: datetime | None


def card(cards: Cards, standing: Standing, now: datetime, away: Set[Hashable]) -> Card | None:
    """The one that matters most, of those that nobody has put away."""
    accounts, stopped_at = standing.accounts, standing.stopped_at
    if stopped_at is not None and (now - stopped_at).total_seconds() >= OUTAGE_S_MIN:
        return Card(None, [_stopped(stopped_at, now), *_lapsing(cards, now)])
    down = [one for one in cards.down if one.outage.seconds(now) >= OUTAGE_S_MIN]
    if down:
        after = say("What you decide now waits as well, and leaves by itself once it answers.")
        return Card(None, [*(_down(one, accounts, now) for one in down), [Piece(after, "dim")], *_lapsing(cards, now)])
    back, since = cards.back, cards.morning
    if back and back.is_news(now) and ("back", back.outage.id) not in away:
        lines = [*_back(back, accounts, now), *_lapsing(cards, now)]
        return Card(("back", back.outage.id), _with_the_way_out(lines))
    if since and since.is_news(now) and ("morning", since.left_at) not in away:
        lines = [_morning(since, standing.short, now), *_lapsing(cards, now)]
        return Card(("morning", since.left_at), _with_the_way_out(lines))
    return None


def _with_the_way_out(lines: Sequence[Line]) -> list[Line]:
    key = key_name(BY_ID["escape"].keys[0])
    return [*lines[:-1], [*lines[-1], Piece(say("  {key} puts this away", key=key), "dim")]]


def _stopped(at: datetime, now: datetime) -> Line:
    text = say(
        "No engine works since {when} ({time}): no order comes in, and the shops show the stock of then.",
        when=moment(at, now),
        time=duration((now - at).total_seconds()),
    )
    return [Piece(text, "bad")]


def _down(down: Down, accounts: Sequence[AccountRow], now: datetime) -> Line:
    outage = down.outage
    title = say(
        "{who} does not answer since {when} ({time}).",
        who=_name(outage, accounts),
        when=moment(outage.began_at, now),
        time=duration(outage.seconds(now)),
    )
    waiting: list[SafeText] = []
    if down.for_erp:
        what = say_n("{n} thing to be written into C-Plus", "{n} things to be written into C-Plus", down.for_erp)
        waiting.append(what)
    if down.for_shop:
        waiting.append(say_n("{n} decision for the shop", "{n} decisions for the shop", down.for_shop))
    told = say("Waiting: {what}.", what=SafeText(", ".join(waiting))) if waiting else say("Nothing waits yet.")
    return [Piece(title, "bad"), Piece(SafeText(f" {told}"))]


def _back(back: Back, accounts: Sequence[AccountRow], now: datetime) -> list[Line]:
    outage = back.outage
    title = say(
        "{who} answers again since {when}, after {time}.",
        who=_name(outage, accounts),
        when=moment(outage.ended_at, now),
        time=duration(outage.seconds(now)),
    )
    came = say("No order came meanwhile.")
    if back.orders:
        came = say_n(
            "{n} order came meanwhile ({amount}).",
            "{n} orders came meanwhile ({amount}).",
            back.orders,
            amount=money(back.total_cents),
        )
    line = [Piece(title, "good"), Piece(SafeText(f" {came}"))]
    if back.unwritten:
        still = say_n("{n} is not in C-Plus yet.", "{n} are not in C-Plus yet.", back.unwritten)
        line.append(Piece(SafeText(f" {still}"), "warn"))
    lines: list[Line] = [line]
    if back.short:
        call = say_n(
            "{n} of them lacks goods; call {whom}.",
            "{n} of them lack goods; call {whom}.",
            len(back.short),
            whom=SafeText(" · ".join(_whom(one) for one in back.short[:CALLED_SHOWN])),
        )
        lines.append([Piece(call, "warn")])
    return lines


def _whom(one: ToCall) -> SafeText:
    return SafeText(" ".join(part for part in (one.number, fit(one.buyer, NAME_CELLS).rstrip(), one.phone) if part))


def _morning(since: Morning, short: int, now: datetime) -> Line:
    came = say("no order came")
    if since.orders:
        came = say_n(
            "{n} order came ({amount})", "{n} orders came ({amount})", since.orders, amount=money(since.total_cents)
        )
    line = [
        Piece(say("Since you left ({when}): ", when=moment(since.left_at, now)), "head"),
        Piece(came, "strong"),
    ]
    if short:
        lacking = say_n("{n} lacks goods", "{n} lack goods", short)
        line.append(Piece(SafeText(f" · {lacking}"), "warn"))
    return line


def _lapsing(cards: Cards, now: datetime) -> list[Line]:
    if not cards.lapsing:
        return []
    first = cards.lapsing[0]
    text = say_n(
        "{n} card authorisation lapses today: {number} {when}.",
        "{n} card authorisations lapse today, the first one {number} {when}.",
        len(cards.lapsing),
        number=first.number,
        when=ahead(first.authorized_until, now),
    )
    return [[Piece(text, "warn")]]


def _name(outage: Outage, accounts: Sequence[AccountRow]) -> SafeText:
    if not outage.account:
        return SafeText("C-Plus")
    named = next((account.name for account in accounts if account.id == outage.account), outage.account)
    return SafeText(fit(named, NAME_CELLS).rstrip())
