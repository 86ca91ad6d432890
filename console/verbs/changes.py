"""integra changes: texts that somebody changed in the shop's own admin, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from console.field_texts import CONTENT_FIELDS
from console.language import _, say
from console.reading.shop_changes import ShopChange, asked
from console.texts import refusal, word
from console.verbs.context import Context, Exit, complain
from console.widths import fit

TEXT_CELLS = 50


def show(context: Context) -> int:
    """Print what waits. 1 when something does."""
    waiting = context.read(asked)
    context.show([asdict(one) for one in waiting], lambda: _lines(waiting))
    return Exit.NEEDS_PERSON if waiting else Exit.DONE


def _lines(waiting: Sequence[ShopChange]) -> Iterator[str]:
    for one in waiting:
        yield f"{one.account}  {one.item}  {fit(one.name, TEXT_CELLS).rstrip()}: {word(CONTENT_FIELDS, one.field)}"
        yield say("    Integra: {text}", text=fit(one.ours, TEXT_CELLS).rstrip() or "—")
        yield say("    shop:    {text}", text=fit(one.shown, TEXT_CELLS).rstrip() or "—")
    if waiting:
        yield _("integra changes keep ITEM      the shop's text is what Integra says of it there from now on")
        yield _("integra changes restore ITEM   Integra's text is sent again")
        yield _("integra changes shop ITEM      the text is the shop's own from now on")
    else:
        yield _("No text waits for a person.")


def settle(context: Context, take: str, item: str, account: str | None, fields: Sequence[str]) -> int:
    """Settle all changed texts of an item, or those of these fields."""
    waiting = [
        one
        for one in context.read(lambda db: asked(db, account))
        if one.item == item and (not fields or one.field in fields)
    ]
    if not waiting:
        complain(say("No text of {item} waits for a person.", item=item))
        return Exit.NEEDS_PERSON
    with context.engine() as engine:
        for one in waiting:
            args = {"account": one.account, "item": one.item, "field": one.field, "take": take}
            answer = engine.ask("settle_change", args)
            if not answer.ok:
                complain(refusal(answer.code, answer.params))
                return Exit.NEEDS_PERSON
    print(_("Done."))
    return Exit.DONE
