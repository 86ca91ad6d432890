"""A row of bars, one cell each."""

from __future__ import annotations

from collections.abc import Sequence

from console.safe_text import SafeText

BARS = "▁▂▃▄▅▆▇█"
NOTHING = "·"


def spark(values: Sequence[int]) -> SafeText:
    """Each value beside the greatest of them; what is little is not nothing."""
    most = max(values, default=0)
    return SafeText("".join(BARS[(value * len(BARS) - 1) // most] if value > 0 else NOTHING for value in values))
