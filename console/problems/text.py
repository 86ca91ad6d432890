"""What is said of a cause of trouble."""

from __future__ import annotations

from typing import NamedTuple

from console.language import Counted


class Text(NamedTuple):
    """A few words for a list, and the sentence: what is wrong, whose doing, what to do, whether waiting is safe."""

    title: str
    sentence: str | Counted
