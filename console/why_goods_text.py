"""Why a shop shows what it shows of a product, in sentences: for the command line and for a page of the console."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from console.formats import ago, ahead, moment, money, quantity
from console.keeping_up_text import DEFENCES
from console.language import _, say
from console.reading.why_goods import Goods, OnAccount, Shown, WhyGoods
from console.safe_text import SafeText
from console.texts import DIRECTIONS, FACETS, GUARDS, MODE_REASONS, explain, title, word

ONE_E4 = 10_000


def account_lines(why: WhyGoods, own: OnAccount, now: datetime) -> Iterator[SafeText]:
    """One shop: what keeps the product from it, the sum of its stock, and each value with how far it is."""
    yield from _kept_away(why, own)
    yield from _stopped(own, now)
    yield from _sum(why, own)
    for value in own.shown:
        yield _how_far(value, now)
    if not own.shown:
        yield _("Nothing of it was ever sent or wanted there.")


def publishable_e4(why: WhyGoods, own: OnAccount) -> int:
    """What the sum comes to; ten-thousandths."""
    if why.faulty_kit:
        return 0
    if not why.counted:
        return own.uncounted_e4
    return _plain_e4(why, own) - kept_back_e4(why, own)


def kept_back_e4(why: WhyGoods, own: OnAccount) -> int:
    """What a defended shop does not show besides its buffer; of one that is only behind, where it was sent so."""
    plain = _plain_e4(why, own)
    if why.faulty_kit or not (own.defence and why.counted) or plain > own.few_e4:
        return 0
    shown = _in_steps(why, plain - own.defence_e4)
    wanted = _stock_wanted_e4(own)
    as_it_is = own.defence == "behind" and wanted not in (shown, shown + own.held_e4)
    return 0 if as_it_is else plain - shown


def _plain_e4(why: WhyGoods, own: OnAccount) -> int:
    return _in_steps(why, _available_e4(own) - own.buffer_e4)


def _in_steps(why: WhyGoods, e4: int) -> int:
    step_e4 = ONE_E4 if why.whole else 1
    return max(0, e4 // step_e4 * step_e4)


def adds_held(why: WhyGoods, own: OnAccount) -> bool:
    """Whether what is held goes on top: the shop counts its own open orders down itself."""
    wanted = _stock_wanted_e4(own)
    return wanted is not None and own.held_e4 > 0 and wanted == publishable_e4(why, own) + own.held_e4


def _stock_wanted_e4(own: OnAccount) -> int | None:
    """In all sources together; None where no stock is wanted there."""
    wanted = [int(value.wanted) for value in own.shown if value.facet == "stock" and value.wanted is not None]
    return sum(wanted) if wanted else None


def _available_e4(own: OnAccount) -> int:
    limits = [max(0, part.available_e4) // part.needed_e4 * ONE_E4 for part in own.parts if part.counted]
    return min(limits) if limits else own.goods.available_e4


def _kept_away(why: WhyGoods, own: OnAccount) -> Iterator[SafeText]:
    if not why.active:
        yield _("It is inactive in C-Plus.")
    if not own.online:
        yield _("It is not marked for this shop in C-Plus (its characteristic is missing).")
    if own.withheld:
        yield _("Somebody withheld it from this shop in Integra.")
    for fault in own.faults:
        yield SafeText(f"{title(fault.code)}: {explain(fault.code, fault.params, fault.detail)}")


def _stopped(own: OnAccount, now: datetime) -> Iterator[SafeText]:
    """What keeps all of the shop waiting."""
    if own.row is None:
        yield _("No engine has seen this account yet.")
        return
    if own.row.observes:
        yield say("Nothing is written there: {reason}", reason=word(MODE_REASONS, own.row.mode_reason))
    for direction in own.row.paused(now):
        yield say("{direction} paused: {reason}", direction=word(DIRECTIONS, direction.name), reason=direction.reason)


def _sum(why: WhyGoods, own: OnAccount) -> Iterator[SafeText]:
    if why.faulty_kit:
        yield _("The kit cannot be sold as it stands in C-Plus: 0 are shown.")
        return
    if not why.counted:
        yield say("C-Plus keeps no stock of it: {n} are shown, as the settings say.", n=quantity(own.uncounted_e4))
        return
    publishable = publishable_e4(why, own)
    for part in own.parts:
        yield say(
            "Kit, {needed} of {sku} in each: {terms} = {n}",
            needed=quantity(part.needed_e4),
            sku=part.sku,
            terms=_terms(part),
            n=quantity(part.available_e4),
        )
    buffer = say(" - {n} buffer", n=quantity(own.buffer_e4)) if own.buffer_e4 else SafeText("")
    kept_back = kept_back_e4(why, own)
    if kept_back:
        buffer = SafeText(buffer + say(" - {n} kept back", n=quantity(kept_back)))
    terms = say("{n} of the kit", n=quantity(_available_e4(own))) if own.parts else _terms(own.goods)
    yield say("Stock: {terms}{buffer} = {n}", terms=terms, buffer=buffer, n=quantity(publishable))
    if kept_back:
        yield _(DEFENCES[own.defence])
    if adds_held(why, own):
        yield say(
            "{held} held for its own open orders, which the shop subtracts itself: {n} are sent",
            held=quantity(own.held_e4),
            n=quantity(publishable + own.held_e4),
        )
    wanted = _stock_wanted_e4(own)
    if wanted is not None and wanted not in (publishable, publishable + own.held_e4):
        yield say(
            "The engine's last sum came to {n}; what has changed since is reckoned in the next cycle.",
            n=quantity(wanted),
        )


def _terms(goods: Goods) -> SafeText:
    told = say(
        "{on_hand} on hand - {reserved} reserved",
        on_hand=quantity(goods.on_hand_e4),
        reserved=quantity(goods.reserved_e4),
    )
    return say("{terms} - {n} promised", terms=told, n=quantity(goods.promised_e4)) if goods.promised_e4 else told


def _how_far(value: Shown, now: datetime) -> SafeText:
    what = SafeText(f"{word(FACETS, value.facet)} {value.part}".strip())
    if not value.todo and value.confirmed is None:
        return say("{what}: not there", what=what)
    if not value.todo:
        when = moment(value.confirmed_at, now)
        return say("{what} sent {when}, confirmed", what=_with_value(what, value.facet, value.confirmed), when=when)
    what = _with_value(what, value.facet, value.wanted)
    if value.held_by:
        return say("{what} HELD, {guard}", what=what, guard=word(GUARDS, value.held_by))
    if value.error_code:
        return say(
            "{what} REFUSED ({why} {detail}), {n} tries, again {when}",
            what=what,
            why=title(value.error_code),
            detail=value.error_detail,
            n=value.attempts,
            when=ahead(value.next_at, now),
        )
    if value.in_flight:
        when = ahead(value.settles_at, now)
        return say("{what} sent, outcome not known yet; looked at again {when}", what=what, when=when)
    return say("{what} waits to be sent, wanted {when}", what=what, when=ago(value.wanted_at, now))


def _with_value(what: SafeText, facet: str, value: str | None) -> SafeText:
    """Numbers in full; texts and photos are only named."""
    if value is None:
        return say("{what}: nothing", what=what)
    if facet == "stock":
        return SafeText(f"{what}: {quantity(int(value))}")
    if facet == "price" and value.isdigit():
        return SafeText(f"{what}: {money(int(value))}")
    return what
