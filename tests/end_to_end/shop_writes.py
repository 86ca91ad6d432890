"""What the engine writes to the shop while a test looks away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.end_to_end.world import World


@contextmanager
def counted_writes(world: World) -> Iterator[list[Any]]:
    """What was written to the shop meanwhile."""
    before = len(world.shop.requests)
    writes: list[Any] = []
    yield writes
    writes += [asked for asked in list(world.shop.requests)[before:] if asked.method != "GET"]
