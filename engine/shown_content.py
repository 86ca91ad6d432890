"""What an item shows in a channel against what we say of it: which fields truly differ. Pure.

A channel keeps some fields in its own form (texts with other blanks, a variant that does not know its parent), so
values are compared by what they mean, field by field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from engine.publishing import Content

Same = Callable[[Any, Any], bool]


def _same_text(ours: str, shown: str) -> bool:
    return " ".join(ours.split()) == " ".join(shown.split())


def _same_words(ours: tuple[str, ...], shown: tuple[str, ...]) -> bool:
    return [word.strip().casefold() for word in ours] == [word.strip().casefold() for word in shown]


def _not_told(ours: Any, shown: Any) -> bool:
    """A channel that does not say it may be right all the same."""
    return not shown or ours == shown


def _holds_all(ours: tuple[str, ...], shown: tuple[str, ...]) -> bool:
    """A variant that the merchant has added himself is no difference of ours."""
    return {sku.casefold() for sku in ours} <= {sku.casefold() for sku in shown}


_SAME: dict[str, Same] = {
    "name": _same_text,
    "short_description": _same_text,
    "description": _same_text,
    "brand": lambda ours, shown: _same_words((ours,), (shown,)),
    "categories": _same_words,
    "payment_options": _same_words,
    "parent": _not_told,
    "grid": _not_told,
    "axes": lambda ours, shown: not shown or _same_words(tuple(sorted(ours)), tuple(sorted(shown))),
    "variants": _holds_all,
}


def differing(ours: Content, shown: Content) -> tuple[str, ...]:
    """The fields in which the channel shows something else than we say."""
    return tuple(
        field.name
        for field in fields(Content)
        if not _same(field.name, getattr(ours, field.name), getattr(shown, field.name))
    )


def as_shown(ours: Content, shown: Content) -> Content:
    """What the channel shows, in our own form where it means the same: equal to `ours` when nothing truly differs."""
    return replace(ours, **{name: getattr(shown, name) for name in differing(ours, shown)})


def _same(name: str, ours: Any, shown: Any) -> bool:
    same = _SAME.get(name)
    return bool(ours == shown) if same is None else same(ours, shown)
