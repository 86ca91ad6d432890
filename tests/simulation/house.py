"""The machine on which an engine runs: started again after each kill, now and then off for a while, and its files."""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import connectors.cplus
from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from engine.model.erp import OTHER_ENGINE
from engine.ports import SalesChannel
from engine.settings import Settings
from engine.store.accounts import ERP
from tests.simulation.faults import Weather
from tests.simulation.life import Life, Pulse, SimClock, SimErp
from tests.simulation.loop import SimLoop

T = TypeVar("T")

START_AGAIN_S = 5.0

Open = Callable[[Life, str], dict[str, SalesChannel]]
"""The channels of a life with this seed."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the engine of a machine meets there. `database` is the path of C-Plus's base."""

    loop: SimLoop
    clock: SimClock
    database: str
    settings: Settings
    weather: Callable[[], Weather]
    note: Callable[[str], None]
    open_channels: Open
    is_trading: Callable[[], bool]


class House:
    """`store` is the SQLite file of its engine, `life` the engine that runs, or ran last."""

    def __init__(self, outside: Outside, store: Path, seed: str) -> None:
        self.store = store
        self.life: Life | None = None
        self._outside = outside
        self._seed = seed
        self._lives = itertools.count(1)
        self._pulses: list[Pulse] = []
        self._cplus: CPlus | None = None

    @property
    def calls(self) -> int:
        """How often a call left an engine or came back to it: each a moment at which it may be killed."""
        return sum(pulse.calls for pulse in self._pulses)

    async def keep_engine_alive(self) -> None:
        """As a service manager does: whenever it was killed it is started again. Now and then the machine stays off."""
        while True:
            if self.life is None or self.life.dead:
                self.life = self._born()
                self._outside.note(f"{self.store.stem} started")
            await asyncio.sleep(START_AGAIN_S)
            if self.life.dead and (killed_by := self._pulses[-1].killed_by) is not None:
                await self._stay_off(killed_by.seconds)

    async def _stay_off(self, seconds: float) -> None:
        """Not beyond the end of the trade."""
        until = self._outside.loop.time() + seconds
        while self._outside.is_trading() and self._outside.loop.time() < until:  # noqa: ASYNC110  the loop's time costs nothing
            await asyncio.sleep(START_AGAIN_S)

    def kill(self) -> None:
        """The engine ends here, if one runs."""
        if self.life is not None and not self.life.dead:
            self.life.kill()

    def lose_store(self) -> None:
        """The engine is killed, and its SQLite file is gone."""
        self.kill()
        for path in self.store.parent.glob(f"{self.store.name}*"):
            path.unlink()
        self._outside.note("the SQLite file is lost")

    def copy_store(self, target: Path) -> None:
        """Somebody copies the state folder of an engine that runs."""
        source = sqlite3.connect(self.store)
        copy = sqlite3.connect(target)
        source.backup(copy)
        source.close()
        copy.close()

    def disconnect(self) -> None:
        """C-Plus's server is stopped: what the engine has open there is gone."""
        if self._cplus is not None:
            cplus_gone(self._cplus)

    def is_the_writer(self) -> bool:
        """Whether this engine knows of none that writes instead of it."""
        sql = "SELECT 1 FROM problem WHERE account = ? AND code = ?"
        return self.store.exists() and not self.read(lambda db: db.execute(sql, (ERP, OTHER_ENGINE)).fetchall())

    def problems(self) -> list[str]:
        """What the console complains of."""
        found = self.read(lambda db: db.execute("SELECT account, code, detail FROM problem").fetchall())
        return [f"{row['account']} {row['code']} {row['detail']}" for row in found]

    def accounts(self) -> list[sqlite3.Row]:
        """How the accounts stand."""
        if not self.store.exists():
            return []
        return self.read(lambda db: db.execute("SELECT id, mode, adopted_at FROM account").fetchall())

    def read(self, work: Callable[[sqlite3.Connection], list[T]]) -> list[T]:
        """What a console shows."""
        db = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)
        db.row_factory = sqlite3.Row
        try:
            return work(db)
        finally:
            db.close()

    def _born(self) -> Life:
        outside, seed = self._outside, f"{self._seed}:life {next(self._lives)}"
        pulse = Pulse(outside.clock, outside.weather, outside.note)
        self._pulses.append(pulse)
        life = Life(outside.loop, pulse, outside.clock, self.store, seed)
        options: dict[str, Any] = {
            "host": "", "path": outside.database, "sectors": [r.LOJA, r.DEPOSITO], "seller": r.SELLER_SHOP,
            "user_code": r.USER_INTEGRATION, "movement_type": r.SHOP_SALE, "order_status": r.ORDER_OPEN,
            "customer_tag": r.SHOP_CUSTOMER, "payment_forms": {"*": r.AT_SIGHT},
        }  # fmt: skip
        cplus = connectors.cplus.connector.open(options, {"password": "masterkey"}.get, life.surroundings)
        assert isinstance(cplus, CPlus)
        self._cplus = cplus
        erp = SimErp(cplus, pulse, outside.weather, random.Random(f"{seed}:erp"), outside.note)
        life.start(outside.settings, erp, outside.open_channels(life, seed))
        life.when_killed = lambda: cplus_gone(cplus)
        return life


def cplus_gone(cplus: CPlus) -> None:
    """What a kill does to the connections to C-Plus: the server finds the other end gone and rolls back."""
    for connection in (cplus._reader, cplus._writer):
        worker, connection._worker = connection._worker, None
        if worker is not None:
            worker.leave()


def replace_file(copy: Path, database: str) -> None:
    """C-Plus's base is put back as it was when the copy was made."""
    shutil.copyfile(copy, database)
