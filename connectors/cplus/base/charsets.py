"""In which charset to speak to a base. What its text columns are declared as decides, not the default of the base.

Columns of no charset and of one byte a letter hold what Windows programs left in them, and are read untouched over a
connection of charset NONE (see `firebird.CODEC`). A UTF8 base is spoken to in UTF8; the server then translates what
is declared as something else, but knows nothing of columns without a charset.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Misconfigured

AUTO, NONE, UTF8 = "auto", "NONE", "UTF8"

_UNDECLARED = 0
_UNICODE = frozenset({3, 4})  # UNICODE_FSS, UTF8

NAMED_MAX = 5
"""Columns named in a refusal."""


def spoken(columns: Mapping[str, int]) -> str:
    """NONE or UTF8, for a base with these columns ("TABLE.COLUMN") of these charsets (RDB$CHARACTER_SET_ID).

    Raises Misconfigured("erp-charset-mixed") where no connection would read all of them right.
    """
    unicode = [name for name, charset in columns.items() if charset in _UNICODE]
    undeclared = [name for name, charset in columns.items() if charset == _UNDECLARED]
    if not unicode:
        return NONE
    if undeclared:
        fewer = min(unicode, undeclared, key=len)
        named = ", ".join(sorted(fewer)[:NAMED_MAX])
        detail = f"{len(unicode)} columns are UTF8, {len(undeclared)} have no charset; {named}"
        raise Misconfigured("erp-charset-mixed", detail, columns=named)
    return UTF8
