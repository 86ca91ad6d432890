"""What a planted bug is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from tests.simulation.days import Upset

Patch = AbstractContextManager[Any]


@dataclass(frozen=True, slots=True)
class Bug:
    """`plant` takes a mechanism out while its context lasts; `upset` is what must happen for anybody to miss it.

    kills_a_day: at most; what one kill between two calls is needed for takes many.
    """

    plant: Callable[[], Patch]
    upset: Upset = Upset.NONE
    kills_a_day: int = 40

    @property
    def told(self) -> str:
        """In words."""
        return (self.plant.__doc__ or "").strip()
