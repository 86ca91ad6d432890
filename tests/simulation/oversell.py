"""How often each way of keeping shops up to date sells what is gone, and what it refuses to sell for that.

usage: python -m tests.simulation.oversell [--days N] [--runs N] [--seed N] [--write]

Prints the table of docs/oversell.md; --write puts it there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.simulation.oversell_world import Policy, StoreModel, Tally, Trade

PAGE = Path(__file__).parents[2] / "docs" / "oversell.md"
BEGIN, END = "<!-- the table begins -->", "<!-- the table ends -->"
DAYS, RUNS, SEED = 60, 4, 1

CALM = Trade()
CUT_OFF = replace(CALM, down_share=0.05)
RUSH = replace(CALM, counter_a_day=4_000, shop_a_day=1_000)

SEEN = Policy("sales at the counter seen within 1 s", notice_s=1)
PROMPT = replace(SEEN, name="seen within 1 s, orders read every 20 s", orders_s=20)
STRATEGIES: tuple[tuple[str, Trade, tuple[Policy, ...]], ...] = (
    (
        "an ordinary store",
        CALM,
        (
            Policy("every 15 min", cycle_s=900),
            Policy("every 3 min (`interval_s = 180`)"),
            Policy("every minute", cycle_s=60),
            replace(SEEN, name="every 3 min, sales at the counter seen within 1 s (`change_poll_s = 1`, or triggers)"),
            replace(PROMPT, name="the same, and orders read every 20 s (`intervals = { orders = 20 }`)"),
            replace(PROMPT, name="the same, and a push takes 30 s", push_s=30),
            Policy('every 3 min, `buffer = "1"`', buffer=1),
            Policy('every 3 min, `buffer = "2"`', buffer=2),
            Policy("every 3 min, buffer 1 only of fast movers (a sale in over 0.3 % of cycles)", buffer=1, rule=0.003),
            replace(PROMPT, name='seen within 1 s, orders every 20 s, `buffer = "1"`', buffer=1),
            Policy("stock set aside for each shop (escrow)", set_aside=True),
        ),
    ),
    (
        "shops out of reach 5 % of the time, half an hour on average",
        CUT_OFF,
        (
            Policy("every 3 min"),
            Policy("every 3 min, `[account.defence]` as it comes", defence=1),
            PROMPT,
            replace(PROMPT, name="seen within 1 s, orders every 20 s, `[account.defence]` as it comes", defence=1),
            replace(PROMPT, name='seen within 1 s, orders every 20 s, `buffer = "1"`', buffer=1),
            Policy("stock set aside for each shop (escrow)", set_aside=True),
        ),
    ),
    ("ten times as much trade", RUSH, (Policy("every 3 min"), PROMPT, Policy('every 3 min, `buffer = "1"`', buffer=1))),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one policy, of all runs together. Rates are of 10,000 orders, shares in per cent."""

    name: str
    orders: int
    oversold: int
    refused_percent: float
    refused_at_counter_percent: float
    stale_s: float  # half of the sales at the counter stood longer in a shop's stock
    stale_most_s: float  # 95 of 100 did not stand longer

    @property
    def rate(self) -> float:
        """Oversold of 10,000 orders."""
        return 10_000 * self.oversold / self.orders if self.orders else 0.0


def measured(trade: Trade, policy: Policy, days: float, seeds: Sequence[int]) -> Line:
    """Run it once for each seed."""
    tallies: list[Tally] = [StoreModel(trade, policy, seed).run(days) for seed in seeds]
    orders, refused = (sum(getattr(tally, name) for tally in tallies) for name in ("orders", "refused"))
    wanted = sum(tally.wanted_at_counter for tally in tallies)
    stale = sorted(seconds for tally in tallies for seconds in tally.stale_s)
    return Line(
        policy.name,
        orders,
        sum(tally.oversold for tally in tallies),
        100 * refused / (orders + refused) if orders else 0.0,
        100 * sum(tally.refused_at_counter for tally in tallies) / wanted if wanted else 0.0,
        stale[len(stale) // 2] if stale else 0.0,
        stale[len(stale) * 95 // 100] if stale else 0.0,
    )


def table(days: float, seeds: Sequence[int]) -> Iterator[str]:
    """The table in Markdown, a part for each kind of trade."""
    for title, trade, policies in STRATEGIES:
        yield f"### {title[0].upper()}{title[1:]}"
        yield ""
        yield "| kept up | oversold of 10,000 orders | refused in the shops | at the counter | stale, half / 95 % |"
        yield "| --- | --- | --- | --- | --- |"
        for policy in policies:
            line = measured(trade, policy, days, seeds)
            stale = "—" if policy.set_aside else f"{line.stale_s:.0f} s / {line.stale_most_s:.0f} s"
            yield (
                f"| {line.name} | {line.rate:.1f} ({line.oversold} of {line.orders:,})"
                f" | {line.refused_percent:.1f} % | {line.refused_at_counter_percent:.1f} % | {stale} |"
            )
        yield ""


def main(arguments: Sequence[str]) -> int:
    """Print the table, or write it into the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.oversell")
    parser.add_argument("--days", type=float, default=DAYS)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=SEED, help="of the first run")
    parser.add_argument("--write", action="store_true", help="put it into docs/oversell.md")
    asked = parser.parse_args(arguments)
    seeds = range(asked.seed, asked.seed + asked.runs)
    lines = []
    for line in table(asked.days, seeds):
        print(line, flush=True)
        lines.append(line)
    if asked.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n\n{chr(10).join(lines)}{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
