"""A shop's keys: which of them the connector asks for, and where the ones that are known come from."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from console.setup import questions as words
from console.setup.asking import Asker
from console.setup.base import ask
from console.setup.draft import Draft
from engine.ports import Connector
from engine.settings import secret_source

Find = Callable[[str], str | None]

ALL_KEYS = "all_keys"


def ask_for(asker: Asker, draft: Draft, connector: Connector, owner: str, *, refused: bool) -> Find:
    """Ask for a set of keys that is enough; answers how they are found. What was just refused is not kept."""
    known = secret_source(draft.path, os.environ)

    def find(name: str) -> str | None:
        return draft.secrets.get(owner, {}).get(name) or known(owner, name)

    wanted: Sequence[str] = connector.key_sets[0] if connector.key_sets else ()
    if len(connector.key_sets) > 1:
        fewer = connector.key_sets[-1]
        complete = all(map(find, wanted)) or not all(map(find, fewer))
        if not asker.yes(ask(words.ACCOUNT, ALL_KEYS, f"{owner}.{wanted[0]}"), default=complete):
            wanted = fewer
    for name in wanted:
        kept = bool(find(name)) and not refused
        given = asker.secret(ask(words.ACCOUNT, name, f"{owner}.{name}"), known=kept)
        if given is not None:
            draft.secrets.setdefault(owner, {})[name] = given
    return lambda name: find(name) if name in wanted else None
