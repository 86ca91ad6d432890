"""What sending former values back would do: which values, from what to what, since when the wrong ones stood there.

Content goes field by field: what a person sends back of a text must not keep the item's stock state or its grid.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, get_type_hints

import msgspec

from engine.publishing import Content

STRUCTURE = frozenset({"kind", "parent", "grid", "axes", "variants"})
"""What an item is; a channel cannot be sent back to another one."""
REVERTED_FIELDS = tuple(field.name for field in fields(Content) if field.name not in STRUCTURE)


@dataclass(frozen=True, slots=True)
class Reversal:
    """One value. `wanted` is what shall be shown now, `back` what was shown at the time; JSON of a field for content.

    began: when the wrong value was sent, an ISO 8601 instant; None when it has not left yet.
    """

    account: str
    item: str
    part: str
    wanted: str | None
    back: str | None
    began: str | None


def field_reversals(account: str, item: str, wanted: str, back: str, began: str | None) -> Iterator[Reversal]:
    """Of a whole content the fields that differ."""
    now, former = json.loads(wanted), json.loads(back)
    for name in REVERTED_FIELDS:
        if now.get(name) != former.get(name):
            yield Reversal(account, item, name, json.dumps(now.get(name)), json.dumps(former.get(name)), began)


def seen_as(reversals: Sequence[Reversal]) -> str:
    """The mark of a plan as a person saw it: another plan has another."""
    told = [[one.account, one.item, one.part, one.wanted, one.back] for one in reversals]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def field_of(content: Content, name: str) -> str:
    """A field as `Reversal` has it."""
    plain: dict[str, Any] = json.loads(msgspec.json.encode(content))
    return json.dumps(plain.get(name))


def with_field(content: Content, name: str, value: str) -> Content:
    """The content with that value in a field."""
    return replace(content, **{name: msgspec.json.decode(value, type=_types()[name])})


@cache
def _types() -> dict[str, Any]:
    return get_type_hints(Content)
