"""Each step of an order, on both sides, in sentences, and what waits and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from console.formats import ahead, moment
from console.language import say
from console.order_words import axes
from console.reading.order import EffectRow, OrderDetail
from console.safe_text import SafeText
from console.texts import EFFECT_STATES, EFFECTS, QUEUES, event, explain, title, word


def order_lines(order: OrderDetail, now: datetime) -> Iterator[SafeText]:
    """How it stands, what keeps it there, what has happened to it, and what was to be done and how far that is."""
    row = order.row
    yield say(
        "Order {number} of {account}, in C-Plus {erp_number}: {queue}",
        number=row.number,
        account=row.account,
        erp_number=row.erp_number or "—",
        queue=word(QUEUES, row.queue),
    )
    yield SafeText("  " + " · ".join(axes(row)))
    for code in filter(None, (row.alarm, row.parked)):
        params = {"status": order.raw_status, **order.parked_params}
        sentence = explain(code, params, str(order.parked_params.get("detail", "")))
        yield SafeText(f"  ! {title(code)}: {sentence}")
    for happening in order.history:
        told = event(happening.what, happening.params)
        yield SafeText(f"  {moment(happening.at, now)}  {happening.who}: {told}")
    for effect in order.effects:
        yield SafeText(f"  → {_effect(effect, now)}")


def _effect(effect: EffectRow, now: datetime) -> SafeText:
    told = SafeText(f"{word(EFFECTS, effect.kind)} {effect.part}".rstrip() + f": {word(EFFECT_STATES, effect.state)}")
    if effect.ended_at is not None:
        return SafeText(f"{told} ({moment(effect.ended_at, now)}){_met(effect)}")
    if effect.not_before and effect.not_before > now:
        when = ahead(effect.not_before, now)
        return say("{told}, leaves {when}; until then it can be taken back", told=told, when=when)
    if effect.state == "in-flight" and effect.settles_at:
        return say(
            "{told}, looked at again {when}{met}", told=told, when=ahead(effect.settles_at, now), met=_met(effect)
        )
    if effect.next_at and effect.next_at > now:
        return say("{told}, tried again {when}{met}", told=told, when=ahead(effect.next_at, now), met=_met(effect))
    return SafeText(f"{told}{_met(effect)}")


def _met(effect: EffectRow) -> str:
    return f" — {title(effect.error_code)} {effect.error_detail}".rstrip() if effect.error_code else ""
