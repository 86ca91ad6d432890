"""Who masters what an item shows, and what becomes of a field that the channel shows otherwise than confirmed. Pure.

Texts that somebody changed in the shop's own admin ask once; everything else of the content is the ERP's and is sent
again; what a listing has left to the shop is followed. Prices and stock are the ERP's and never ask.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.publishing import Content
from engine.shown_content import differing

TEXTS = ("name", "short_description", "description")
FOLLOWED = (*TEXTS, "categories")
"""What a listing can leave to the shop."""

NOT_JUDGED = ("kind", "parent", "grid", "axes", "categories")
"""What a channel may show in its own way, or the merchant may arrange: it is ours to send, and no drift."""


class Answer(StrEnum):
    """What becomes of it."""

    FOLLOW = "follow"  # the shop's: what it shows is what we say
    ASK = "ask"
    RESTORE = "restore"  # ours: sent again
    NOT_KEPT = "not-kept"  # sent again before, and the shop shows the same as then: no more


@dataclass(frozen=True, slots=True)
class Drift:
    """A field that the channel shows otherwise than was confirmed."""

    field: str
    ours: Any
    shown: Any
    answer: Answer


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a field's difference already: what the channel showed then, and whether ours was sent again."""

    shown: Any
    restored: bool


def drifts(confirmed: Content, shown: Content, kept: Collection[str], known: Mapping[str, Known]) -> Iterator[Drift]:
    """The fields that drifted. `kept`: what the listing leaves to the shop; `known`: by field."""
    for field in differing(confirmed, shown):
        ours, now = getattr(confirmed, field), getattr(shown, field)
        if field in kept and field in FOLLOWED:
            yield Drift(field, ours, now, Answer.FOLLOW)
        elif field in NOT_JUDGED:
            continue
        elif field in known and known[field].restored and known[field].shown == now:
            yield Drift(field, ours, now, Answer.NOT_KEPT)
        else:
            yield Drift(field, ours, now, Answer.ASK if field in TEXTS else Answer.RESTORE)
