"""What an account says of an item, as people type and read it; and large changes in pieces that one command takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from console.formats import quantity
from console.language import N_, _, say
from console.safe_text import SafeText, safe
from engine.amounts import to_e4
from engine.verbs.listing import ITEMS_MAX

YES = ("yes", "y", "sim", "s")
NO = ("no", "n", "não", "nao")
BETWEEN_CATEGORIES = " > "
BETWEEN_OPTIONS = ", "
MANY_AT_ONCE = ("categories", "delivery_days", "payment_options", "buffer", "withheld")
"""What several products can be told to have in common; a name is each one's own."""
HOW = {
    "name": N_("as the shop shall call it"),
    "short_description": N_("a few sentences; empty: none is shown"),
    "description": N_("the whole text, HTML as in the shop; empty: none is shown"),
    "categories": N_("from the outermost: Casa > Cozinha > Canecas"),
    "delivery_days": N_("whole days until delivery"),
    "payment_options": N_("of those that C-Plus offers online, with commas between; empty: none"),
    "buffer": N_("so much is kept back from the shop"),
    "withheld": N_("yes: it is not sold there, whatever C-Plus says"),
}
BATCH_BYTES_MAX = 48_000
"""A command has to fit on a line of the socket, with its name and id."""

_NUMBER = re.compile(r"\d+([.,]\d+)?")


def value_of(field: str, typed: str) -> Any:
    """What was typed, as the engine takes it; what cannot be that stays a text, which the engine's check refuses."""
    text = typed.strip()
    if field == "withheld":
        return True if text.casefold() in YES else False if text.casefold() in NO else text
    if field == "delivery_days":
        return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else text
    if field == "categories":
        return [name.strip() for name in text.split(BETWEEN_CATEGORIES.strip())]
    if field == "payment_options":
        return [name.strip() for name in text.split(BETWEEN_OPTIONS.strip()) if name.strip()]
    if field == "buffer":
        return text.replace(",", ".") if _NUMBER.fullmatch(text) else text
    return text


def typed_of(field: str, value: Any) -> str:
    """A value as it would be typed; "" for C-Plus's word."""
    if value is None:
        return ""
    if field == "withheld":
        return _("yes") if value else _("no")
    if field == "categories":
        return BETWEEN_CATEGORIES.join(value)
    if field == "payment_options":
        return BETWEEN_OPTIONS.join(value)
    if field == "buffer":
        return str(quantity(to_e4(Decimal(value))))
    return str(value)


def shown_value(field: str, value: Any) -> SafeText:
    """A value on one line; what is empty shows as a dash."""
    return safe(typed_of(field, value)) or SafeText("—")


def said(field: str, value: Any) -> SafeText:
    """A value, or that C-Plus says it."""
    return say("as in C-Plus") if value is None else shown_value(field, value)


def is_one_line(value: Any) -> bool:
    """Whether a line to type into can hold it."""
    return not isinstance(value, str) or "\n" not in value


def batches(
    account: str, changes: Mapping[str, Mapping[str, Any]], seen: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    """The arguments of `set_listing` for all of these changes, a command each."""
    piece: dict[str, Mapping[str, Any]] = {}
    room = BATCH_BYTES_MAX
    for item, fields in changes.items():
        needed = len(json.dumps({item: fields})) + len(item) + 16
        if piece and (needed > room or len(piece) == ITEMS_MAX):
            yield _asked(account, piece, seen)
            piece, room = {}, BATCH_BYTES_MAX
        piece[item] = fields
        room -= needed
    if piece:
        yield _asked(account, piece, seen)


def _asked(account: str, piece: Mapping[str, Mapping[str, Any]], seen: Mapping[str, int]) -> dict[str, Any]:
    return {"account": account, "changes": dict(piece), "seen": {item: seen[item] for item in piece if item in seen}}
