"""Sample shops in a process of their own, so that the figures are the engine's. Not a test.

usage: python -m tests.bench.shops COUNT. Prints the URLs as JSON; then answers each line of its input, by shop:
"writes" -> what was written since the last time, by route; "reads" -> how much was read since then; "salable SKU";
"consumers N" -> so many work off the queue;
"slow" -> from now on calls take the time that a real shop was seen to take; "fast" -> no longer.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.shop import Shop, create_app, serve
from connectors.sandbox.shop.slowness import MEASURED, Slowness

TOKEN = "token-of-the-benchmarks"
SAVE_BY_CONSUMERS_S = {1: 0.052, 2: 0.050, 4: 0.105}
"""What a save took a consumer where so many ran, on the same two cores as `MEASURED`."""


def _writes(shop: Shop) -> dict[str, list[int]]:
    """Route -> [requests, rows]."""
    requests: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    while shop.requests:
        asked = shop.requests.popleft()
        if asked.method != "GET":
            requests[f"{asked.method} {asked.route}"] += 1
            rows[f"{asked.method} {asked.route}"] += asked.rows
    return {route: [requests[route], rows[route]] for route in requests}


def _answer(shop: Shop, command: str, sku: str = "") -> Any:
    match command:
        case "writes":
            return _writes(shop)
        case "reads":
            return sum(asked.method == "GET" for asked in shop.requests)
        case "salable":
            return shop.salable(sku)
        case "consumers":
            consumers = int(sku)
            shop.queue.consumers, shop.queue.seconds = consumers, SAVE_BY_CONSUMERS_S[consumers]
            return consumers
        case "slow" | "fast":
            shop.slowness = Slowness(MEASURED if command == "slow" else {})
            return command
    raise ValueError(command)


def main(count: int) -> None:
    """Serve until the input ends."""
    shops = [Shop(lambda: datetime.now(UTC)) for _ in range(count)]
    with ExitStack() as stack:
        print(json.dumps([stack.enter_context(serve(create_app(shop, [TOKEN]))) for shop in shops]), flush=True)
        for line in sys.stdin:
            print(json.dumps([_answer(shop, *line.strip().split(" ")) for shop in shops]), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
