"""How much a shop is asked for at once: modelled shops, no time passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.pace import CALL_S, CALLS_JUDGED, JUDGED_AGAIN_AFTER, ROWS_FIRST, Pace


def batches(pace: Pace, calls: int, call_s: Callable[[int], float]) -> list[int]:
    """The sizes that were sent, each answered after `call_s(rows)` seconds."""
    sizes = []
    for _ in range(calls):
        sizes.append(pace.rows)
        pace.answered(pace.rows, call_s(pace.rows))
    return sizes


def singles(pace: Pace, calls: int, cores: int) -> list[int]:
    """Product saves of 0.1 s on a shop of so many cores: the calls at a time, answer by answer."""
    seen = []
    for _ in range(calls):
        seen.append(pace.at_once)
        pace.answered(1, 0.1 * max(1.0, pace.at_once / cores))
    return seen


def test_a_batch_begins_small_and_grows_until_a_call_takes_its_time() -> None:
    pace = Pace(rows_max=500, at_once_max=1)
    sizes = batches(pace, 12, lambda rows: 0.06 + 0.004 * rows)
    assert sizes[0] == ROWS_FIRST
    assert sizes[2] > 130
    assert 0.9 * CALL_S < 0.06 + 0.004 * sizes[-1] <= CALL_S


def test_a_strong_shop_gets_the_largest_batch_after_a_few_calls() -> None:
    assert batches(Pace(rows_max=500, at_once_max=1), 6, lambda rows: 0.0001 * rows)[-1] == 500


def test_a_shop_that_takes_a_second_a_row_gets_one_at_a_time() -> None:
    pace = Pace(rows_max=500, at_once_max=1)
    assert batches(pace, 8, float)[-1] == 1


def test_what_was_too_much_is_not_asked_for_again_soon() -> None:
    pace = Pace(rows_max=500, at_once_max=1)
    batches(pace, 8, lambda _: 0.1)
    assert pace.rows == 500
    pace.struggled()
    assert pace.rows == 250
    sizes = batches(pace, 4, lambda _: 0.1)
    assert sizes == [250, 275, 302, 332], "gently, by a tenth, from where it stood"


def test_a_limit_that_the_shop_names_is_kept() -> None:
    pace = Pace(rows_max=500, at_once_max=1)
    pace.takes_at_most(20)
    assert batches(pace, 5, lambda _: 0.01) == [20] * 5


@pytest.mark.parametrize(("cores", "kept"), [(1, 1), (2, 2), (8, 4)])
def test_another_call_at_a_time_stays_only_where_it_brings_more_through(cores: int, kept: int) -> None:
    pace = Pace(rows_max=1, at_once_max=4)
    seen = singles(pace, 150, cores)
    assert seen[0] == 1
    assert seen[-1] == kept
    assert max(seen) <= kept + 1


def test_after_a_while_it_is_tried_whether_the_shop_has_become_stronger() -> None:
    pace = Pace(rows_max=1, at_once_max=4)
    singles(pace, 100, cores=1)
    assert singles(pace, CALLS_JUDGED * JUDGED_AGAIN_AFTER * 4, cores=4)[-1] == 4


def test_a_shop_in_need_is_left_with_half_the_calls() -> None:
    pace = Pace(rows_max=1, at_once_max=4)
    singles(pace, 150, cores=8)
    pace.struggled()
    assert pace.at_once == 2
