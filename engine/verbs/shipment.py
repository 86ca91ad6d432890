"""Closing a shipment: how it leaves, the codes of its parcels, and who took what leaves without one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.runtime.commands import Ask, Outcome
from engine.store import erp_lines, orders, parcel_codes
from engine.verbs.refusal import refusal

CODE_CHARS_MAX = 60
LABEL_CHARS_MAX = 60
NAME_CHARS_MAX = 80
DOCUMENT_CHARS_MAX = 30
VOLUMES_MAX = 50
WITHOUT_CODE = ("pickup", "own-driver")
COLLECTED = "handed-over"
"""The history's entry about who took it, by the name that histories have kept it under from the start."""
SHARED = "code-shared"
"""The history's entry about a code that stands on another order too, as a person said."""

_POSTAL = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_NAMES = {"correios": "Correios", "pickup": "Retirada na loja", "own-driver": "Entrega própria"}


@dataclass(frozen=True, slots=True)
class Closing:
    """What a close_shipment asks for. `label` is what the buyer reads; `codes` are in the order of the parcels."""

    kind: str
    label: str
    codes: tuple[str, ...]
    taken_by: str
    document: str
    shared: bool

    @property
    def has_code(self) -> bool:
        """Whether it leaves under a tracking code."""
        return self.kind not in WITHOUT_CODE


def code_of(text: object) -> str:
    """A tracking code as it is kept: capitals, no blanks; a postal one also without the dots and hyphens of print."""
    code = "".join(str(text).split()).upper()[:CODE_CHARS_MAX]
    bare = re.sub(r"[.\-]", "", code)
    return bare if _POSTAL.fullmatch(bare) else code


def closing_of(ask: Ask) -> Closing:
    """Arguments: carrier ("correios", "pickup", "own-driver" or "carrier:NAME"), tracking, further (the codes of more
    parcels), taken_by and document (of who took it), shared (true: a code may stand on another order, such as of two
    orders in one box, or where the carrier uses its short numbers again)."""
    kind, _, label = str(ask.args.get("carrier", "")).partition(":")
    further = ask.args.get("further") or ()
    codes = [code_of(code) for code in (ask.args.get("tracking", ""), *further)]
    return Closing(
        kind,
        label.strip()[:LABEL_CHARS_MAX] or _NAMES.get(kind, ""),
        () if kind in WITHOUT_CODE else tuple(dict.fromkeys(code for code in codes if code)),
        " ".join(str(ask.args.get("taken_by", "")).split())[:NAME_CHARS_MAX],
        " ".join(str(ask.args.get("document", "")).split())[:DOCUMENT_CHARS_MAX],
        ask.args.get("shared") is True,
    )


def check(db: sqlite3.Connection, order_id: int, ask: Ask) -> Outcome | None:
    """Why it is not closed so. A code that stands on another parcel would send a buyer after somebody else's.

    It passes only where a person says that it is shared.
    """
    closing = closing_of(ask)
    if closing.kind not in ("carrier", *_NAMES) or not closing.label:
        return refusal("carrier-missing")
    if closing.has_code and not closing.codes:
        return refusal("tracking-missing")
    if len(closing.codes) > VOLUMES_MAX:
        return refusal("volumes-too-many", n_max=VOLUMES_MAX)
    if not closing.shared:
        for code, other in _used(db, closing):
            return refusal("code-used", tracking=code, other=other)
    if not erp_lines.to_ship(db, order_id):
        row = orders.get(db, order_id)
        assert row is not None, "a decision is about an order"
        return refusal("nothing-to-ship", order=row["number"])
    return None


def columns(ask: Ask) -> Mapping[str, Any]:
    """Of the order: carrier and all codes, as lists and searches show them."""
    closing = closing_of(ask)
    return {"carrier": closing.label, "tracking": " ".join(closing.codes)}


def args(db: sqlite3.Connection, order_id: int, ask: Ask) -> Mapping[str, Any]:
    """Of the effect. `lines` is how much of each line shall have been shipped in all."""
    closing = closing_of(ask)
    return {
        "carrier": closing.kind,
        "label": closing.label,
        "tracking": closing.codes[0] if closing.codes else "",
        "further": list(closing.codes[1:]),
        "lines": erp_lines.to_ship(db, order_id),
    }


def keep(db: sqlite3.Connection, order_id: int, part: str, ask: Ask) -> None:
    """The codes are this parcel's from now on, and it is known who took what left without one."""
    closing = closing_of(ask)
    for code, other in _used(db, closing):
        orders.note_event(db, order_id, ask.who, SHARED, {"tracking": code, "other": other}, ask.now)
    parcel_codes.keep(db, order_id, part, closing.codes)
    if closing.taken_by or closing.document:
        params = {"name": closing.taken_by, "document": closing.document}
        orders.note_event(db, order_id, ask.who, COLLECTED, params, ask.now)


def _used(db: sqlite3.Connection, closing: Closing) -> Iterator[tuple[str, str]]:
    """Its codes that stand on another parcel, each with the number of that order."""
    for code in closing.codes:
        holder = parcel_codes.order_with(db, code)
        if holder is not None:
            yield code, str(holder["number"])
