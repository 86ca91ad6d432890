"""What would be written to a channel, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from console.field_texts import CONTENT_FIELDS
from console.formats import money, quantity
from console.language import Counted, _, say, say_n, tell
from console.reading.planned import Planned
from console.safe_text import SafeText, safe
from console.texts import FACETS, word

NOTHING = SafeText("—")

COUNTS = {
    "content": Counted("n", "{n} text", "{n} texts"),
    "media": Counted("n", "photos of {n} product", "photos of {n} products"),
    "price": Counted("n", "{n} price", "{n} prices"),
    "stock": Counted("n", "{n} stock", "{n} stocks"),
}


def summary(rows: Sequence[Planned]) -> Iterator[SafeText]:
    """How much it is, account by account, and what of it is not simply sent."""
    if not rows:
        yield _("Nothing would be written.")
        return
    for account in dict.fromkeys(row.account for row in rows):
        own = [row for row in rows if row.account == account]
        counts = Counter(row.facet for row in own)
        told = [tell(sentence, {"n": counts[facet]}) for facet, sentence in COUNTS.items() if counts[facet]]
        yield say("{account}: {counts} would be written.", account=account, counts=", ".join(told))
        if held := sum(row.held_by is not None for row in own):
            yield say_n("  {n} of them is held by a guard.", "  {n} of them are held by a guard.", held)
        if refused := sum(row.error_code is not None for row in own):
            yield say_n(
                "  {n} of them was refused the last time.", "  {n} of them were refused the last time.", refused
            )
        if gone := sum(row.after is None for row in own):
            yield say_n("  {n} of them takes something away.", "  {n} of them take something away.", gone)


def what(row: Planned) -> SafeText:
    """The kind of value, and which of its kind."""
    table, _slash, special = row.part.partition("/")
    named = [word(FACETS, row.facet)]
    if table:
        named.append(safe(table))
    if special.startswith("qty:"):
        named.append(say("from {n}", n=special.removeprefix("qty:")))
    elif special:
        named.append(_("for a time"))
    return SafeText(" ".join(named))


def change(row: Planned) -> SafeText:
    """What would become of it."""
    if row.facet == "media":
        return _photos(row.before or [], row.after or [])
    if row.facet == "content":
        return _content(row.before, row.after)
    if row.before == row.after:
        return say("{value} once more", value=_amount(row.facet, row.after))
    return say("{before} → {after}", before=_amount(row.facet, row.before), after=_amount(row.facet, row.after))


def _photos(before: Sequence[str], after: Sequence[str]) -> SafeText:
    """By their places: photos have no names in C-Plus."""
    new = [place for place, digest in enumerate(after, 1) if digest not in before]
    gone = [place for place, digest in enumerate(before, 1) if digest not in after]
    told = []
    if new:
        told.append(say_n("{n} new photo ({places})", "{n} new photos ({places})", len(new), places=_places(new)))
    if gone:
        told.append(say_n("{n} removed ({places})", "{n} removed ({places})", len(gone), places=_places(gone)))
    if before and after and before[0] != after[0]:
        told.append(_("another main photo"))
    if not told:
        told.append(_("once more") if before == after else _("another order"))
    return SafeText(", ".join(told))


def _places(places: Sequence[int]) -> str:
    return ", ".join(map(str, places))


def _content(before: dict[str, Any] | None, after: dict[str, Any] | None) -> SafeText:
    if after is None:
        return _("no longer offered")
    if before is None:
        return _("new") if after.get("enabled", True) else _("new, off the storefront")
    changed = [name for name in before | after if before.get(name) != after.get(name)]
    told = []
    if "enabled" in changed:
        changed.remove("enabled")
        told.append(_("back on the storefront") if after.get("enabled") else _("off the storefront"))
    told += dict.fromkeys(word(CONTENT_FIELDS, name) for name in changed)
    return SafeText(", ".join(told)) if told else _("once more")


def _amount(facet: str, value: object) -> SafeText:
    if isinstance(value, int):
        return money(value) if facet == "price" else quantity(value)
    if facet == "price" and isinstance(value, str):
        cents, first, last = value.split(" ")
        return SafeText(f"{money(int(cents))} ({safe(first)} .. {safe(last)})")
    return NOTHING if value is None else safe(value)
