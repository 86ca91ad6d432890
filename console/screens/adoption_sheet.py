"""All about one row of adoption: what the shop has, whose it is or may be, and what speaks for it."""

from __future__ import annotations

from collections.abc import Iterator

from console.adoption_texts import MEANINGS, REASONS, STANDINGS
from console.language import say
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
    """What the shop has, the standing with its reason, whose it is or may be; little enough for a small terminal."""
    if row.standing != "only-cplus":
        yield [Piece(row.name or row.sku, "head")]
        yield [Piece(_known_as(("SKU", row.sku), ("GTIN", row.gtin), ("id", safe(row.id))), "dim")]
    if row.kind == "grid":
        yield [Piece(say("a product with a grid"), "dim")]
    yield [Piece(_standing(row), "warn" if row.open else "strong")]
    if row.item:
        yield from _ours(say("C-Plus"), row.item, row.code, row.our_name, SafeText(""))
    for ours in row.proposals:
        yield from _ours(say("may be"), ours.item, ours.code, ours.name, ours.gtin)
        yield _labelled(SafeText(""), word(REASONS, ours.reason))
        if ours.holder:
            yield _labelled(SafeText(""), say("already {sku} there", sku=ours.holder), "warn")
    yield []
    if row.settled_by:
        yield [Piece(say("settled by {who}", who=row.settled_by), "dim")]
    yield [Piece(word(MEANINGS, row.standing), "dim")]


def _standing(row: ShopRow) -> SafeText:
    standing, reason = word(STANDINGS, row.standing), word(REASONS, row.reason)
    return say("{standing}: {reason}", standing=standing, reason=reason) if reason else standing


def _ours(label: SafeText, item: str, code: SafeText, name: SafeText, gtin: SafeText) -> Iterator[Line]:
    yield _labelled(label, name, "strong")
    yield _labelled(SafeText(""), _known_as((say("code"), code), (say("internal key"), safe(item)), ("GTIN", gtin)))


def _known_as(*told: tuple[str, SafeText]) -> SafeText:
    """Those that are there, on one line."""
    return SafeText(" · ".join(f"{label} {text}" for label, text in told if text))


def product_cells(ours: Ours) -> Row:
    """A product of C-Plus among which one is chosen."""
    told = say("already {sku} there", sku=ours.holder) if ours.holder else word(REASONS, ours.reason)
    return [
        Cell(_our_key(ours.item, ours.code), "strong"),
        Cell(ours.name),
        Cell(told, "warn" if ours.holder else "dim"),
        Cell(ours.gtin, "dim"),
    ]


def _labelled(label: SafeText, text: SafeText, tone: str = "") -> Line:
    return Labelled([Piece(SafeText(f"{label:<{LABEL_CELLS}}"), "dim"), Piece(text or SafeText("—"), tone)])
