"""Python's collector of reference cycles, kept from stopping the loop for a tenth of a second."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 100


def calm_collector() -> None:
    """Leave what start-up made alone for good, and look through all that lives only now and then.

    A whole read of C-Plus makes some hundred thousand objects and drops them again; by the defaults (700, 10, 10) each
    makes the collector go through everything that lives, several times, 50 to 80 ms each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
