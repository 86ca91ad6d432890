"""The keys that settings choose for actions: checked before the console shows anything, and none does two things."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

from console.actions import ACTIONS, EVERYWHERE, LIST, PAGES, Action, with_keys
from engine.errors import Misconfigured

EATEN = frozenset({"f10", "f11", "ctrl+m", "ctrl+i", "ctrl+h", "ctrl+j", ",", "~", "^", "´", "`", "'", '"'})
"""Keys of terminals that take them, dead keys of ABNT2, and the comma, which stands between keys."""

_NAMED = re.compile(
    r"(ctrl\+|shift\+|alt\+)?(space|enter|escape|tab|left|right|up|down|pageup|pagedown|home|end|insert|delete|backspace)"
    r"|f([1-9]|12)|ctrl\+[a-z]"
)


def chosen_keys(chosen: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The keys as settings choose them, by action. Raises Misconfigured for the first thing that cannot be."""
    known = {action.id for action in ACTIONS}
    for id, keys in chosen.items():
        if id not in known:
            raise Misconfigured("keys-unknown-action", action=id, known=", ".join(sorted(known)))
        if not keys:
            raise Misconfigured("keys-none", action=id)
        for key in keys:
            if key in EATEN or not (_NAMED.fullmatch(key) or (len(key) == 1 and key.isprintable() and key != " ")):
                raise Misconfigured("keys-unusable", action=id, key=key)
    found = {id: tuple(keys) for id, keys in chosen.items()}
    _refuse_doubled(with_keys(found))
    return found


def _refuse_doubled(actions: Sequence[Action]) -> None:
    for place in sorted({place for action in actions for place in action.places} - EVERYWHERE - LIST):
        here = {place} | EVERYWHERE | (set() if place in PAGES else LIST)
        for one, other in combinations([action for action in actions if action.places & here], 2):
            if doubled := set(one.keys) & set(other.keys):
                raise Misconfigured("keys-doubled", key=min(doubled), one=one.id, other=other.id, screen=place)
