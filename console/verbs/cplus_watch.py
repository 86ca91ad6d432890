"""integra cplus watch: what moves in C-Plus while somebody reserves, cancels and invoices one piece; writes nothing."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import anyio

from console.language import N_, _, number, say
from console.safe_text import SafeText, safe
from console.setup.asking import NOTHING, Ask, Terminal, WrongAnswer
from console.survey_report import setting_lines
from console.texts import word
from console.verbs.context import Context, Exit, complain, error_sentence, tell
from console.verbs.cplus import opened, write_options
from console.wrapping import wrapped
from engine.errors import RetryLater
from engine.settings import overlay_path

if TYPE_CHECKING:
    from connectors.cplus.survey.habit import Proposal, Seen
    from connectors.cplus.survey.watch import Movement, Watch

LOOK_S = 1.0
STEP = "==> "

GUIDE = (
    N_("Take a product that nobody is selling right now, with two pieces free. Do a step, wait until it is told here:"),
    N_("  1. In C-Plus, make an order (orçamento) of 1 piece of it and mark it as reserved."),
    N_("  2. Cancel that order."),
    N_("  3. Make another order of 1 piece, reserved, and invoice it."),
    N_("  4. If you like: reserve all that is left of it, then try to sell one at a till."),
    N_("Ctrl-C ends the watch and says what was learnt. Nothing is written meanwhile."),
)

STEPS = {
    "quoted": N_("an order was made, not reserved"),
    "reserved": N_("an order was RESERVED"),
    "released": N_("a reservation was taken back"),
    "cancelled": N_("an order was CANCELLED"),
    "invoiced": N_("an order was INVOICED"),
    "sold": N_("a till SOLD"),
    "other": N_("the stock moved by itself"),
}

MODES = {
    "flag+amount": N_(
        "C-Plus's own program counts what is reserved, and no trigger does it:"
        " for the orders that Integra writes, Integra has to count it."
    ),
    "flag": N_(
        "A trigger of the base ({triggers}) counts what is reserved: Integra sets the flag and leaves the rest."
    ),
    "none": N_(
        "C-Plus sets the flag and counts nothing: reserving there holds no goods back."
        " Integra does it by itself, in what it tells the shops."
    ),
}
NOT_SEEN = N_("No order was seen being reserved by itself, so nothing is proposed for `reservation`.")

RELEASES = {
    "erp": N_("Invoicing gives back what was reserved."),
    "integra": N_("Invoicing leaves it reserved: Integra has to give it back."),
}
RELEASE_NOT_SEEN = N_("No reserved order was seen being invoiced, so nothing is proposed for `releases_at_invoicing`.")

TILL_KEPT = {
    True: N_("A till may not sell reserved pieces."),
    False: N_("A till may sell reserved pieces: an order of the shop can lose its goods at the counter."),
    None: N_("Whether a till is kept from selling reserved pieces is not known."),
}

TILL_HELP = N_(
    "Step 4: with all that is left of the product reserved, try to sell one piece of it at a till. Type y where C-Plus"
    " refused the sale, n where it sold the piece, and only Enter where you did not try."
)

# Of "5.0000" and "QUANTIDADE=1.0000, ...", and not of a date or an address.
_AMOUNT = re.compile(r"(?<![\w.:-])-?\d+\.\d+(?![\w.:-])")


class Say(Protocol):
    """Where the watch is told: the screen, or standard error where the result is JSON."""

    def __call__(self, text: SafeText | str, mark: str = "") -> None: ...


def run(context: Context, sku: str, minutes: float) -> int:
    """Watch, then say what was learnt and write it where that is wanted. 1 where the steps show too little."""
    shown: list[Movement] = []
    said = complain if context.json else tell
    watch: Watch = opened(context, "watch")
    learnt = anyio.run(_watch, watch, sku, minutes, said, shown)
    asking = sys.stdin.isatty() and not context.json
    if asking and learnt.till_kept is None and learnt.reservation is not None:
        learnt = replace(learnt, till_kept=_till_kept())
    context.show(_as_json(learnt, shown), lambda: _lines(learnt))
    if not learnt.settings:
        return Exit.NEEDS_PERSON
    prompt = say("Write this to {file}?", file=overlay_path(context.settings_path))
    help_ = _("These lines go into that file, which Integra reads at its next start.")
    with suppress(EOFError):
        if asking and Terminal().yes(Ask("write", prompt, help_), default=False):
            return write_options(context, learnt.settings)
    return Exit.DONE


def _till_kept() -> bool | None:
    """What no look at the base shows: whether C-Plus refused the sale of a reserved piece; None = not tried."""
    yes, _slash, no = _("y/n").partition("/")

    def answer(typed: str) -> bool | None:
        if typed[:1].lower() not in ("", yes, no):
            raise WrongAnswer(say("Type {yes} or {no}.", yes=yes, no=no))
        return typed[0].lower() == yes if typed else None

    prompt = say("Did a till refuse to sell a reserved piece? {yes}, {no}, Enter: not tried", yes=yes, no=no)
    with suppress(EOFError):
        return Terminal().text(Ask("till_kept", prompt, _(TILL_HELP)), NOTHING, answer)
    return None


async def _watch(watch: Watch, sku: str, minutes: float, said: Say, shown: list[Movement]) -> Proposal:
    try:
        name, on_hand, reserved = await watch.begin(sku)
        amounts = {"n": on_hand.normalize() + 0, "reserved": reserved.normalize() + 0}
        first = say("{sku} {name}: {n} on hand, {reserved} reserved.", sku=sku, name=name, **amounts)
        said(first)
        for line in GUIDE:
            said(_(line))
        async with anyio.create_task_group() as group:
            stop = anyio.Event()
            group.start_soon(_until_interrupted, stop)
            with anyio.move_on_after(minutes * 60):
                while not stop.is_set():
                    await _look(watch, said, shown)
                    with anyio.move_on_after(LOOK_S):
                        await stop.wait()
            group.cancel_scope.cancel()
        return watch.finish()
    finally:
        await watch.close()


async def _look(watch: Watch, said: Say, shown: list[Movement]) -> None:
    try:
        look = await watch.look()
    except RetryLater as error:
        complain(error_sentence(error))
        return
    shown += look.movements
    for movement in look.movements:
        said(_moved(movement), f"{movement.at:%H:%M:%S}  ")
    for seen in look.seen:
        said(_step(seen), STEP)


async def _until_interrupted(stop: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGINT) as signals:
        async for _signal in signals:
            stop.set()


def _moved(movement: Movement) -> SafeText:
    row = f"{movement.table} {movement.key}"
    if movement.column:
        return safe(f"{row}  {movement.column}  {_value(movement.before)} → {_value(movement.after)}")
    if movement.before is None:
        return SafeText(safe(row) + "  " + say("new: {row}", row=_value(movement.after)))
    return SafeText(safe(row) + "  " + say("gone: {row}", row=_value(movement.before)))


def _value(text: str | None) -> str:
    """A value, or a row's values, as C-Plus holds it; amounts as people here write them."""
    return _AMOUNT.sub(lambda found: number(Decimal(found[0]).normalize() + 0), text) if text else "—"


def _step(seen: Seen) -> SafeText:
    what = say(
        "{step} {subject}: reserved {reserved}, on hand {on_hand}",
        step=word(STEPS, seen.step),
        subject=seen.subject,
        reserved=_signed(seen.reserved),
        on_hand=_signed(seen.on_hand),
    )
    return what if seen.alone else SafeText(what + _(" (with something else: proves nothing; do one step at a time)"))


def _signed(amount: Decimal) -> str:
    """How far it moved; a bare 0 would read as none left."""
    return f"{'+' if amount > 0 else ''}{number(amount.normalize() + 0)}" if amount else _("unchanged")


def _lines(learnt: Proposal) -> Iterator[str]:
    yield ""
    for seen in learnt.seen:
        yield from wrapped(_step(seen), STEP)
    mode = learnt.reservation
    yield from wrapped(_(NOT_SEEN) if mode is None else say(MODES[mode], triggers=", ".join(learnt.triggers)))
    releases = learnt.releases_at_invoicing
    if mode != "none":
        yield from wrapped(_(RELEASE_NOT_SEEN if releases is None else RELEASES[releases]))
    yield from wrapped(_(TILL_KEPT[learnt.till_kept]))
    if learnt.settings:
        yield ""
        yield "[erp.options]"
        for key, value in learnt.settings.items():
            yield from setting_lines(key, value)


def _as_json(learnt: Proposal, shown: list[Movement]) -> dict[str, Any]:
    return {
        "settings": learnt.settings,
        "till_kept": learnt.till_kept,
        "triggers": learnt.triggers,
        "seen": [asdict(seen) for seen in learnt.seen],
        "movements": [asdict(movement) for movement in shown],
    }
