"""integra revert: send back the prices or texts that a shop showed at a time, and let C-Plus's count again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from console import planned_text
from console.field_texts import CONTENT_FIELDS
from console.formats import moment, money, quantity
from console.language import _, say, say_n
from console.reading.reverting import Bought, SentBack, bought_meanwhile, sent_back
from console.safe_text import SafeText, safe
from console.texts import FACETS, refusal, word
from console.verbs.context import Context, Exit, complain, confirmed
from console.verbs.moments import since_text
from console.widths import fit
from engine.amounts import e4_to_cents
from engine.reverting import Reversal, seen_as
from engine.store.reverts import reversals

VALUE_CELLS = 60


def show(context: Context, facet: str, account: str, item: str) -> int:
    """Print what holds against C-Plus; 1 when something does."""
    held = context.read(lambda db: sent_back(db, facet, account, item))
    context.show([asdict(one) for one in held], lambda: _held_lines(held))
    return Exit.NEEDS_PERSON if held else Exit.DONE


def release(context: Context, facet: str, account: str, item: str, *, yes: bool) -> int:
    """C-Plus counts again: shown, asked, recorded."""
    held = context.read(lambda db: sent_back(db, facet, account, item))
    if not held:
        complain(refusal("nothing-reverted"))
        return Exit.NEEDS_PERSON
    for line in _held_lines(held):
        print(line)
    question = say_n("Let C-Plus count again for {n} value? [y/N] ", "Let C-Plus count again for {n} values? [y/N] ",
                     len(held))  # fmt: skip
    if not yes and not confirmed(question):
        return Exit.NEEDS_PERSON
    return _ask(context, "release_reverted", {"facet": facet, "account": account, "item": item})


def run(context: Context, facet: str, since: str, account: str, item: str, *, yes: bool) -> int:
    """Print what would be sent back and who bought meanwhile, ask, and send it back."""
    try:
        instant = since_text(since, datetime.now(UTC))
    except (ValueError, OverflowError):
        complain(say("{text} is no time: 14:05, 30m, 2h, or 2026-11-30T08:00", text=since))
        return Exit.WRONG_USAGE

    def read(db: sqlite3.Connection) -> tuple[list[Reversal], list[Bought]]:
        found = reversals(db, facet, instant, account, item)
        return found, bought_meanwhile(db, found) if facet == "price" else []

    chosen, bought = context.read(read)
    told = {"reversals": [asdict(one) for one in chosen], "bought": [asdict(one) for one in bought]}
    context.show(told, lambda: _lines(facet, chosen, bought))
    if not chosen:
        return Exit.DONE
    question = say_n("Send {n} value back? [y/N] ", "Send {n} values back? [y/N] ", len(chosen))
    if not yes and (context.json or not confirmed(question)):
        return Exit.NEEDS_PERSON
    asked = {"facet": facet, "since": instant, "account": account, "item": item, "seen": seen_as(chosen)}
    return _ask(context, "revert", asked)


def _ask(context: Context, verb: str, args: dict[str, str]) -> int:
    with context.engine() as engine:
        answer = engine.ask(verb, args)
    if not answer.ok:
        complain(refusal(answer.code, answer.params))
        return Exit.NEEDS_PERSON
    if not context.json:
        print(_("Done."))
    return Exit.DONE


def _lines(facet: str, chosen: Sequence[Reversal], bought: Sequence[Bought]) -> Iterator[str]:
    if not chosen:
        yield _("Nothing to send back: nothing has changed since then.")
        return
    for one in chosen:
        change = say("{before} → {after}", before=_value(facet, one.wanted), after=_value(facet, one.back))
        yield f"{fit(safe(one.account), 12)} {fit(safe(one.item), 12)} {fit(_what(facet, one.part), 18)} {change}"
    yield _("What C-Plus says now stays out of the shop until it says something else, or integra revert --release.")
    if bought:
        yield ""
        yield say_n("Bought meanwhile: {n} line", "Bought meanwhile: {n} lines", len(bought))
    yield from _bought_lines(bought)


def _bought_lines(bought: Sequence[Bought]) -> Iterator[str]:
    now = datetime.now(UTC)
    for line in bought:
        paid, right = money(e4_to_cents(line.paid_e4)), money(line.right_cents)
        text = say("paid {paid}, was {right}", paid=paid, right=right)
        mark = "!" if line.wrong and not line.cancelled else " "
        goods = f"{quantity(line.ordered_e4)} × {line.item}"
        who = f"{fit(line.buyer, 26)} {fit(line.phone, 14)}"
        yield f"{mark} {fit(line.number, 12)} {moment(line.placed_at, now)}  {who} {goods}: {text}"


def _held_lines(held: Sequence[SentBack]) -> Iterator[str]:
    if not held:
        yield _("Every shop shows what C-Plus says: nothing is sent back.")
        return
    now = datetime.now(UTC)
    for one in held:
        where = f"{fit(one.account, 12)} {fit(one.item, 12)} {fit(one.name, 24)} {fit(_what(one.facet, one.part), 18)}"
        told = say(
            "{value} instead of {refused} ({who}, {when})",
            value=_value(one.facet, one.value),
            refused=_value(one.facet, one.refused),
            who=one.who,
            when=moment(one.at, now),
        )
        yield f"{where} {told}"
    bought = [line for one in held for line in one.bought]
    if bought:
        yield ""
        yield say_n("Bought at such a price: {n} line", "Bought at such a price: {n} lines", len(bought))
    yield from _bought_lines(bought)
    yield _("integra revert --release --facet price|content   C-Plus counts again (--account or --sku: of these)")


def _what(facet: str, part: str) -> SafeText:
    if facet == "content":
        return word(CONTENT_FIELDS, part)
    return SafeText(f"{word(FACETS, facet)} {safe(part)}".rstrip())


def _value(facet: str, value: str | None) -> SafeText:
    if value is None:
        return planned_text.NOTHING
    if facet == "price":
        cents, _space, days = value.partition(" ")
        return SafeText(f"{money(int(cents))} {safe(days)}".rstrip())
    plain = json.loads(value)
    return safe(
        fit(safe(plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)), VALUE_CELLS).rstrip()
    )
