"""Two texts side by side: the words in which they differ stand between marks, what is equal and far from them goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from console.safe_text import SafeText, safe
from console.widgets.plain import Line, Piece

WORDS_MAX = 2_000
"""Comparing takes time by the square of it; what is longer is compared as far as that."""
AROUND_WORDS = 12
"""So many words that are equal stay beside a difference."""
CHARS_MAX = 20_000

_WORD = re.compile(r"\S+\s*")
OPENS, CLOSES = "«", "»"
"""Colour alone would tell nothing on a terminal without."""


def difference(ours: str, shown: str) -> tuple[Line, Line]:
    """Our text and the shop's, each with what the other has not."""
    one, other = _words(ours), _words(shown)
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return (
        list(_told(one, [(tag == "equal", first, last) for tag, first, last, _, _ in blocks], "warn")),
        list(_told(other, [(tag == "equal", first, last) for tag, _, _, first, last in blocks], "good")),
    )


def _words(text: str) -> Sequence[str]:
    return _WORD.findall(text)[:WORDS_MAX]


def _told(words: Sequence[str], blocks: Sequence[tuple[bool, int, int]], tone: str) -> Iterator[Piece]:
    for number, (equal, first, last) in enumerate(blocks):
        part = words[first:last]
        if equal:
            yield Piece(_near(part, begins=number == 0, ends=number == len(blocks) - 1), "")
        elif part:
            text = "".join(part)
            yield Piece(SafeText(f"{OPENS}{_shown(text.rstrip())}{CLOSES}"), tone)
            yield Piece(SafeText(" " if text[-1:].isspace() else ""))


def _near(words: Sequence[str], *, begins: bool, ends: bool) -> SafeText:
    """Of what is equal, the words beside a difference."""
    before = [] if begins else words[:AROUND_WORDS]
    after = [] if ends else words[-AROUND_WORDS:]
    if len(before) + len(after) >= len(words):
        return _shown("".join(words))
    return _shown(f"{''.join(before)}… {''.join(after)}")


def _shown(text: str) -> SafeText:
    return safe(text, CHARS_MAX)
