"""What tests of the engine's own clockwork share: a clock that the test moves, and a store that answers at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.virtual_time import InlineStore, VirtualClock, inline_store


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def store(state_folder: Path) -> Iterator[InlineStore]:
    with inline_store(state_folder) as opened:
        yield opened
