"""What sells well: the first goods of a list go more often, so that the counter and the web want the same ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

SKEW = 2.0  # 1 = all goods alike


def favourite(goods: Sequence[T], chance: random.Random) -> T:
    """One of the goods, of which there is at least one."""
    return goods[int(len(goods) * chance.random() ** SKEW)]
