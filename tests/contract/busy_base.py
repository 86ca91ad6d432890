"""Many people at work in one base at once, each knowing what of his was committed: no read may miss one."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from firebird.driver import Cursor

from connectors.cplus.base.firebird import Database, connect, writing
from connectors.sandbox.base import registers as r

ROLLED_BACK, LONG, LONG_S = 0.10, 0.03, 0.3
PAUSE_S = 0.004

PNG = b"\x89PNG\r\n\x1a\n"

Kind = str
Key = tuple[Kind, str]
Act = Callable[[Cursor, str, int, datetime], object]

ACTS: Mapping[Kind, Act] = {
    "stock": lambda cursor, sku, n, now: cursor.execute(
        "UPDATE PRODUTOESTOQUE SET ESTATU = ?, LAST_CHANGE = ? WHERE CODPROD = ? AND CODSETORESTOQUE = ?",
        (Decimal(n), now, sku, r.LOJA),
    ),
    "price": lambda cursor, sku, n, _now: cursor.execute(
        "UPDATE PRODUTOPRECO SET PRECO = ? WHERE CODPROD = ? AND CODPRECO = ?", (Decimal(n), sku, r.VAREJO)
    ),
    "name": lambda cursor, sku, n, now: cursor.execute(
        "UPDATE PRODUTO SET NOMEPROD = ?, LAST_CHANGE = ? WHERE CODPROD = ?", (f"NOME {n}", now, sku)
    ),
    "photo": lambda cursor, sku, n, now: cursor.execute(
        "UPDATE PRODUTOFOTO SET FOTO = ?, LAST_CHANGE = ? WHERE CODPROD = ? AND FLAGPRINCIPAL = 'Y'",
        (PNG + str(n).encode(), now, sku),
    ),
    "order": lambda cursor, key, _n, _now: cursor.execute(
        "UPDATE ORCAMENTO SET FLAGCANCELADO = 'Y' WHERE CODORC = ?", (key,)
    ),
}
"""What may be done to a row: the n-th change of it writes n, so that a later one is a higher one."""


class BusyBase:
    """The writers; `committed` says, row by row, which change had been committed at the latest when it was asked."""

    def __init__(self, database: Database, now: Callable[[], datetime], rows: Sequence[Key], writers: int) -> None:
        self.changes = 0
        self._database = database
        self._now = now
        self._shares = [rows[number::writers] for number in range(writers)]
        self._lock = threading.Lock()
        self._committed: dict[Key, int] = {}
        self._ended = threading.Event()
        self._failed: list[BaseException] = []

    @property
    def committed(self) -> dict[Key, int]:
        with self._lock:
            return dict(self._committed)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [
            threading.Thread(target=self._live, args=(number, share)) for number, share in enumerate(self._shares)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()
        assert not self._failed, self._failed

    def note(self, row: Key, n: int) -> None:
        """This change is committed."""
        with self._lock:
            self._committed[row] = n
            self.changes += 1

    def _live(self, number: int, share: Sequence[Key]) -> None:
        chance = random.Random(number)
        try:
            with connect(self._database) as connection:
                n = 1000
                while not self._ended.is_set():
                    n += 1
                    changed = chance.sample(share, min(len(share), chance.randint(1, 3)))
                    connection.begin(writing(5))
                    with connection.cursor() as cursor:
                        for kind, key in changed:
                            ACTS[kind](cursor, key, n, self._now())
                            time.sleep(chance.random() * PAUSE_S)
                    time.sleep(LONG_S if chance.random() < LONG else 0)
                    if chance.random() < ROLLED_BACK:
                        connection.rollback()
                        continue
                    connection.commit()
                    for row in changed:
                        self.note(row, n)
        except BaseException as error:
            self._failed.append(error)
