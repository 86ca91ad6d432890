"""Sentences at the width of the terminal: broken between words, and never inside a command that somebody will copy."""

from __future__ import annotations

import re
import shutil
import textwrap

WIDTH = 80
"""Where nothing tells how wide it is: a pipe, a file."""
WIDTH_MIN, WIDTH_MAX = 40, 100
"""Narrower is not worth wrapping, and nobody reads longer lines."""

# Lower case: the product itself is called Integra.
_COMMAND = re.compile(r"\b(?:integra(?: [a-z-]+){1,3}(?: [A-Z]{2,}\b)*|gfix -sweep)")
_AT_THE_END = re.compile(r": ((?:integra|gfix|sudo|apt|apt-get|pip) [^.:]+)$")
_HOLD = "\N{NO-BREAK SPACE}"


def terminal_width() -> int:
    """How many columns a line may take."""
    return max(WIDTH_MIN, min(WIDTH_MAX, shutil.get_terminal_size((WIDTH, 24)).columns))


def wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """The lines of a text, `first` before the first one and `rest` (as much blank) before the others.

    A command that ends the sentence has a line of its own, however long.
    """
    indent = " " * len(first) if rest is None else rest
    ending = _AT_THE_END.search(text)
    said = text[: ending.start() + 1] if ending else text
    said = _COMMAND.sub(lambda found: found[0].replace(" ", _HOLD), said)
    lines = textwrap.wrap(
        said, terminal_width(), initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
    ) or [first.rstrip()]
    lines = [line.replace(_HOLD, " ") for line in lines]
    if ending:
        lines.append(f"{indent}    {ending[1]}")
    return lines
