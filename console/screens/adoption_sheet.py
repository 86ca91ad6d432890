"""All about one row of adoption: what the shop has, whose it is or may be, and what speaks for it."""

from __future__ import annotations

from collections.abc import Iterator

from console.adoption_texts import MEANINGS, REASONS, STANDINGS
from console.language import _, say
from console.reading.shop_items import Ours, ShopRow
from console.safe_text import SafeText, safe
from console.texts import word
from console.widgets.plain import Labelled, Line, Piece
from console.widgets.sources import Cell, Row

LABEL_CELLS = 9


def cells(row: ShopRow) -> Row:
    """A row of the list: what the shop calls it, and whose it is or may be."""
    if row.standing == "only-cplus":
        return [Cell(SafeText("—"), "dim"), Cell(row.our_name), Cell(_our_key(row.item, row.code), "dim")]
    return [Cell(row.sku, "strong"), Cell(row.name), Cell(_whose(row), "warn" if row.open else "dim")]


def _whose(row: ShopRow) -> SafeText:
    if row.item:
        return SafeText(f"{_our_key(row.item, row.code)} {row.our_name}".strip())
    if len(row.proposals) == 1:
        return SafeText(f"{_our_key(row.proposals[0].item, row.proposals[0].code)}? {row.proposals[0].name}".strip())
    return say("{n} proposals", n=len(row.proposals)) if row.proposals else SafeText("—")


def _our_key(item: str, code: SafeText) -> SafeText:
    return code or safe(item)


def sheet(row: ShopRow) -> Iterator[Line]:
    """The shop's side, the standing with its reason, our side."""
    if row.standing != "only-cplus":
        yield [Piece(say("In the shop"), "head")]
        yield _labelled(_("name"), row.name)
        yield _labelled("SKU", row.sku)
        yield _labelled("GTIN", row.gtin)
        yield _labelled("id", safe(row.id))
        if row.kind == "grid":
            yield _labelled("", say("a product with a grid"))
        yield []
    reason = word(REASONS, row.reason)
    told = (
        say("{standing}: {reason}", standing=word(STANDINGS, row.standing), reason=reason)
        if reason
        else word(STANDINGS, row.standing)
    )
    yield [Piece(told, "warn" if row.open else "strong")]
    if row.settled_by:
        yield [Piece(say("settled by {who}", who=row.settled_by), "dim")]
    yield [Piece(word(MEANINGS, row.standing), "dim")]
    if row.item:
        yield []
        yield [Piece(say("In C-Plus"), "head")]
        yield from _ours(row.item, row.code, row.our_name, SafeText(""))
    for ours in row.proposals:
        yield []
        yield [Piece(say("May be, {reason}", reason=word(REASONS, ours.reason)), "head")]
        yield from _ours(ours.item, ours.code, ours.name, ours.gtin)
        if ours.holder:
            yield _labelled("", say("is {sku} of the shop already", sku=ours.holder), "warn")


def _ours(item: str, code: SafeText, name: SafeText, gtin: SafeText) -> Iterator[Line]:
    yield _labelled(_("name"), name)
    yield _labelled(_("code"), code)
    yield _labelled(_("key"), safe(item))
    yield _labelled("GTIN", gtin)


def product_cells(ours: Ours) -> Row:
    """A product of C-Plus among which one is chosen."""
    told = say("is {sku} of the shop already", sku=ours.holder) if ours.holder else word(REASONS, ours.reason)
    return [
        Cell(_our_key(ours.item, ours.code), "strong"),
        Cell(ours.name),
        Cell(ours.gtin, "dim"),
        Cell(told, "warn" if ours.holder else "dim"),
    ]


def _labelled(label: str, text: SafeText, tone: str = "") -> Line:
    return Labelled([Piece(SafeText(f"{label:<{LABEL_CELLS}}"), "dim"), Piece(text or SafeText("—"), tone)])
