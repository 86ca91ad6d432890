"""Tills in a process of their own, so that what slows them is the server and not our own loop. Not a test.

usage: python -m tests.bench.tills, with the base as JSON on its first line of input. Each further line "SECONDS" has
all of them sell for so long, with a moment's thought between two sales; the answer is the milliseconds of each sale.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from decimal import Decimal

from connectors.cplus.base.firebird import Database
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.people import Till
from engine.systime import system_surroundings

TILLS = 3
THOUGHT_S = (0.02, 0.08)


def _sell(till: Till, skus: list[str], chance: random.Random, until: float, took_ms: list[float]) -> None:
    while time.monotonic() < until:
        time.sleep(chance.uniform(*THOUGHT_S))
        began = time.perf_counter()
        if till.sell(chance.choice(skus), Decimal(1)) is None:
            raise RuntimeError("the shelves are empty")
        took_ms.append(1000 * (time.perf_counter() - began))


def main() -> None:
    """Sell until the input ends."""
    base = Database(**json.loads(sys.stdin.readline()))
    tills = [Till(base, system_surroundings().clock) for _ in range(TILLS)]
    rows = tills[0].read(
        "SELECT E.CODPROD FROM PRODUTOESTOQUE E JOIN PRODUTO P ON P.CODPROD = E.CODPROD JOIN PRODUTOPRECO C "
        "ON C.CODPROD = P.CODPROD AND C.CODPRECO = ? WHERE E.ESTATU > 1000 AND E.CODSETORESTOQUE = ? AND C.PRECO > 0 "
        "AND P.FLAGINATIVO = 'N' AND P.FLAGNAOVENDER = 'N'",
        r.VAREJO,
        r.LOJA,
    )
    skus = [row["CODPROD"] for row in rows]
    print(json.dumps(len(skus)), flush=True)
    for line in sys.stdin:
        until = time.monotonic() + float(line)
        took_ms: list[float] = []
        sellers = [
            threading.Thread(target=_sell, args=(till, skus, random.Random(number), until, took_ms))
            for number, till in enumerate(tills)
        ]
        for seller in sellers:
            seller.start()
        for seller in sellers:
            seller.join()
        print(json.dumps(took_ms), flush=True)


if __name__ == "__main__":
    main()
