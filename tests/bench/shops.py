"""Sample shops in a process of their own, so that the figures are the engine's. Not a test.

usage: python -m tests.bench.shops COUNT. Prints the URLs as JSON; then answers each line of its input:
"writes" -> what was written since the last time, by shop and route; "salable SKU" -> by shop.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime

from connectors.sandbox.shop import Shop, create_app, serve

TOKEN = "token-of-the-benchmarks"


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


def main(count: int) -> None:
    """Serve until the input ends."""
    shops = [Shop(lambda: datetime.now(UTC)) for _ in range(count)]
    with ExitStack() as stack:
        print(json.dumps([stack.enter_context(serve(create_app(shop, [TOKEN]))) for shop in shops]), flush=True)
        for line in sys.stdin:
            command, _, sku = line.strip().partition(" ")
            answer = [_writes(shop) for shop in shops] if command == "writes" else [shop.salable(sku) for shop in shops]
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
