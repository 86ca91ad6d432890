"""Python's collector of reference cycles, kept from stopping the loop for a tenth of a second."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 1_000, 10, 1_000


def calm_collector() -> None:
    """Leave what start-up made alone for good, and look through everything that lives only now and then.

    A whole read of C-Plus makes some hundred thousand objects and drops them again. By the defaults (700, 10, 10) the
    collector then goes through all that lives, several times, 50 to 80 ms each. Lots of young objects must stay small:
    50,000 at once, tried first, took as long.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
