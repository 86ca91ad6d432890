"""The model behind docs/oversell.md: what each way of keeping up promises, it keeps there."""

from __future__ import annotations

from dataclasses import replace

from tests.simulation.oversell import CALM, CUT_OFF, Line, measured
from tests.simulation.oversell_world import Policy, Trade

BUSY = replace(CALM, products=60, counter_a_day=1_500, shop_a_day=400)
DAYS, SEEDS = 10, (1, 2)


def lived(policy: Policy, trade: Trade = BUSY) -> Line:
    return measured(trade, policy, DAYS, SEEDS)


def test_the_sooner_a_sale_is_seen_the_fewer_shops_sell_what_is_gone() -> None:
    rarely, often = lived(Policy("15 min", cycle_s=900)), lived(Policy("1 min", cycle_s=60))
    at_once = lived(Policy("seen", notice_s=1, orders_s=20))
    assert rarely.oversold > 2 * often.oversold > 0
    assert at_once.oversold < often.oversold
    assert at_once.stale_s < often.stale_s < rarely.stale_s <= 900


def test_a_buffer_is_paid_for_with_sales_that_it_refuses() -> None:
    without, with_one = lived(Policy("none")), lived(Policy("one", buffer=1))
    assert with_one.oversold < without.oversold
    assert with_one.refused_percent > without.refused_percent + 5


def test_stock_set_aside_is_never_sold_twice_though_the_shops_are_out_of_reach() -> None:
    line = lived(Policy("escrow", set_aside=True), replace(BUSY, down_share=0.3))
    assert line.orders > 1_000
    assert line.oversold == 0
    assert line.refused_at_counter_percent > 0, "that is its price"


def test_the_same_seed_lives_through_the_same_days() -> None:
    policy = Policy("defended", notice_s=1, defence=1)
    assert lived(policy, CUT_OFF) == lived(policy, CUT_OFF)
