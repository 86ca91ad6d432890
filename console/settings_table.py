"""The settings that are changed in the console: what each is called and means, how it is typed, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from console.language import N_, _, say
from console.safe_text import SafeText, safe
from console.texts import TASKS
from engine.settings import AccountSettings, Settings

WHOLE, AMOUNT, SECONDS, FLAG, TEXT = "whole", "amount", "seconds", "flag", "text"
YES, NO = N_("yes"), N_("no")
_FLAG_WORDS = {"y": True, "s": True, "yes": True, "sim": True, "n": False, "no": False, "não": False, "nao": False}


class Unfit(Exception):
    """What was typed is no such value; `expected` says what is."""

    def __init__(self, expected: SafeText) -> None:
        super().__init__(expected)
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting. `key` is dotted; of an account's, what stands behind the account's id."""

    key: str
    label: str
    help: str
    kind: str
    choices: tuple[str, ...] = ()


GENERAL = (
    Knob("engine.interval_s", N_("a cycle every"), N_("How often each task runs by itself, in seconds."), SECONDS),
    Knob(
        "engine.change_poll_s", N_("ask C-Plus for changes every"),
        N_("Between the cycles, C-Plus is asked this often whether anything was changed, in seconds; 0 = it is not."),
        AMOUNT,
    ),
    Knob(
        "engine.full_compare_s", N_("compare everything every"),
        N_("How often everything is read and compared, in seconds."), SECONDS,
    ),
    Knob(
        "engine.undo_s", N_("grace time of decisions"),
        N_("How long a decision on an order can be taken back before it leaves, in seconds; 0 = it leaves at once."),
        SECONDS,
    ),
    Knob(
        "engine.log_level", N_("log"), N_("How much the engine writes into its log."), TEXT,
        ("debug", "info", "warning", "error"),
    ),
    Knob("console.language", N_("language"), N_("Of the console, from its next start."), TEXT, ("pt_BR", "en")),
    Knob("console.bell", N_("beep"), N_("Whether the terminal beeps when a scan is refused."), FLAG),
    Knob(
        "console.bell_for_orders", N_("beep for orders"), N_("Whether the terminal beeps when a new order comes in."),
        FLAG,
    ),
)  # fmt: skip
ACCOUNT = (
    Knob(
        "buffer", N_("buffer"), N_("Pieces of every product that are held back from this shop; a listing may differ."),
        AMOUNT,
    ),
    Knob(
        "guards.price_drop_percent", N_("guard: fall of a price, %"),
        N_("A price that falls by more than so many per cent is held until a person looks."), WHOLE,
    ),
    Knob(
        "guards.prices_changing_percent", N_("guard: prices changing, %"),
        N_("More per cent of the products whose price would change at once are held until a person looks."), WHOLE,
    ),
    Knob(
        "guards.texts_changing_percent", N_("guard: texts changing, %"),
        N_("More per cent of the products whose name or description would change at once are held likewise."), WHOLE,
    ),
    Knob(
        "guards.leaving_percent", N_("guard: products leaving, %"),
        N_("More per cent of the products that would leave the shop at once are held likewise."), WHOLE,
    ),
    Knob(
        "guards.prices_changing_percent", N_("guard: prices changing, %"),
        N_("When more per cent of the products would change their price at once, it is held until a person looks."),
        WHOLE,
    ),
    Knob(
        "guards.texts_changing_percent", N_("guard: texts changing, %"),
        N_("When more per cent of the products would change their texts at once, it is held until a person looks."),
        WHOLE,
    ),
    Knob(
        "guards.leaving_percent", N_("guard: products leaving, %"),
        N_("When more per cent of the products would leave the shop at once, it is held until a person looks."), WHOLE,
    ),
    Knob(
        "guards.stock_to_zero_percent", N_("guard: products to zero, %"),
        N_("A fall in stock that takes more per cent of the products to zero is held until a person looks."),
        WHOLE,
    ),
    Knob(
        "defence.buffer", N_("kept back after a silence"),
        N_("Pieces less that a shop is told of what is scarce, after a silence, until it has caught up; 0 = none."),
        AMOUNT,
    ),
    Knob(
        "defence.few", N_("scarce: up to"),
        N_("A product is scarce when no more pieces than this are left for the shop."), AMOUNT,
    ),
    Knob(
        "defence.silent_cycles", N_("silent after, cycles"),
        N_("A shop is silent when nothing was heard of it for longer than so many cycles of its stock."), WHOLE,
    ),
    Knob(
        "defence.silences_a_day", N_("silences a day"),
        N_("After so many in a day, tried in vain, what is scarce is kept back all the time; 0 = never."), WHOLE,
    ),
    Knob(
        "defence.buffer", N_("pieces held back in doubt"),
        N_("Held back besides the buffer while the shop may be cut off, of products of which few are left; 0 = none."),
        AMOUNT,
    ),
    Knob(
        "defence.few", N_("how many are few"),
        N_("Only of products of which no more than this are left are pieces held back in doubt."), AMOUNT,
    ),
    Knob(
        "authorization_days", N_("days a card waits"),
        N_("For so many days an authorised card waits for a decision before its money can no longer be taken."), WHOLE,
    ),
    Knob("delivery_days", N_("days until delivery"), N_("Where C-Plus says none; empty = none are said."), WHOLE),
    Knob(
        "delivery_from_arrivals", N_("delivery from goods on order"),
        N_("A sold-out product on order says so in its days until delivery."), FLAG,
    ),
    Knob(
        "uncounted_stock", N_("stock of what is not counted"),
        N_("Shown of products whose stock C-Plus does not keep; 0 = they are not offered."), AMOUNT,
    ),
    Knob(
        "registrations_a_day", N_("registrations a day"),
        N_("So many customers at most are registered in the shop in a day: each may get an e-mail."), WHOLE,
    ),
    Knob("payment_mail", N_("mail when paid"), N_("Whether the shop mails the buyer of a confirmed payment."), FLAG),
    Knob("media_hours", N_("hours of photos"), N_("When photos may leave, as 20:00-07:00; empty = always."), TEXT),
    Knob("media_kb_per_s", N_("photos, kB/s"), N_("So much of photos leaves on the average; 0 = no limit."), WHOLE),
)  # fmt: skip
INTERVALS = tuple(task for task in TASKS if task != "watch")
INTERVAL_HELP = N_("How often this task runs, in seconds; empty = as the others.")


def knob_label(knob: Knob) -> SafeText:
    """What it is called."""
    if knob.key.rpartition(".")[0].endswith("intervals"):
        return say("every: {task}", task=_(knob.label))
    return _(knob.label)


def general() -> list[Knob]:
    """Of all accounts."""
    return [*GENERAL, *(Knob(f"engine.intervals.{task}", TASKS[task], INTERVAL_HELP, SECONDS) for task in INTERVALS)]


def of_account() -> list[Knob]:
    """Of one account."""
    return [*ACCOUNT, *(Knob(f"intervals.{task}", TASKS[task], INTERVAL_HELP, SECONDS) for task in INTERVALS)]


def value_at(table: Mapping[str, Any], key: str) -> Any:
    """The value under a dotted key, None for none."""
    found: Any = table
    for name in key.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def shown(knob: Knob, value: Any) -> SafeText:
    """A value as it is read."""
    if value is None or value == "":
        return SafeText("—")
    if isinstance(value, bool):
        return _(YES) if value else _(NO)
    return say("{n} s", n=value) if knob.kind == SECONDS else safe(str(value))


def typed(value: Any) -> SafeText:
    """A value as it stands in the field."""
    if isinstance(value, bool):
        return _(YES) if value else _(NO)
    return safe("" if value is None else str(value))


def parsed(knob: Knob, text: str, *, account: bool) -> Any:
    """What was typed as the engine takes it; None for nothing: what the file says holds again. Raises Unfit."""
    text = text.strip()
    if not text:
        return None
    hint = _hint(AccountSettings if account else Settings, knob.key.split("."))
    value = _read(knob, text, hint)
    try:
        msgspec.convert(value, hint, strict=True)
    except msgspec.ValidationError as error:
        raise Unfit(_expected(knob, hint)) from error
    return value


def _read(knob: Knob, text: str, hint: Any) -> Any:
    try:
        if knob.kind == FLAG:
            return _FLAG_WORDS[text.casefold()]
        if knob.kind in (WHOLE, SECONDS):
            return int(text)
        if knob.kind == AMOUNT:
            amount = Decimal(text.replace(",", "."))
            if not (amount.is_finite() and amount >= 0):
                raise Unfit(say("0 or more"))
            return float(amount) if float in _parts(hint) else f"{amount:f}"
    except (ValueError, KeyError, InvalidOperation) as error:
        raise Unfit(_expected(knob, hint)) from error
    return text


def _expected(knob: Knob, hint: Any) -> SafeText:
    if knob.choices:
        return SafeText(", ".join(knob.choices))
    if knob.kind == FLAG:
        return say("yes or no")
    if knob.kind == AMOUNT:
        return say("0 or more")
    if knob.kind == TEXT:
        return _(knob.help)
    meta = next((part for part in _parts(hint) if isinstance(part, msgspec.Meta)), msgspec.Meta())
    return say("a whole number from {low} to {high}", low=meta.ge, high=meta.le)


def _hint(struct: Any, path: list[str]) -> Any:
    """The type of a setting, with its limits."""
    hint = get_type_hints(struct, include_extras=True)[path[0]]
    if len(path) == 1:
        return hint
    if get_origin(hint) is dict:
        return get_args(hint)[1]
    return _hint(hint, path[1:])


def _parts(hint: Any) -> list[Any]:
    """A type and all that it is made of."""
    if get_origin(hint) in (Annotated, Union, UnionType):
        return [hint, *(part for arg in get_args(hint) for part in _parts(arg))]
    return [hint, *getattr(hint, "__metadata__", ())]
