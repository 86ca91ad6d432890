"""Everything outside the engine: C-Plus on the embedded Firebird, the shops, and the people who buy, sell and decide.

The people are those of the demo, each a task of the world's. The operator sees what the console shows, and repeats a
command under its id until it is answered.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import random
import sqlite3
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import connectors.cplus
from connectors.cplus.erp import CPlus
from connectors.magento import open_channel
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import copy_base
from connectors.sandbox.base.people import Receiver, Staff, Till
from connectors.sandbox.buyers import Buyers, Gateway, SecondThoughts
from connectors.sandbox.comparison import Terms
from connectors.sandbox.decider import OrderRow as Due
from connectors.sandbox.decider import answer_alarms, decide
from connectors.sandbox.hands import Billing, Cashier, Office, Storekeeper, cancel_as_told
from connectors.sandbox.shop import Shop, create_app
from connectors.sandbox.trade import _is_done
from connectors.sandbox.visitors import visitors
from console.reading.orders import order_ids, order_rows
from engine.orders import Queue
from engine.ports import SalesChannel
from engine.settings import AccountSettings, EngineSettings, Settings
from tests.simulation.faults import Weather
from tests.simulation.life import Life, Pulse, SimClock, SimErp
from tests.simulation.loop import SimLoop
from tests.simulation.wire import Wire

T = TypeVar("T")

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOKEN = "token-of-the-simulation"
GROUP_TABLES = (r.ATACADO, r.REVENDA)
CUSTOMERS = 8
TIMEOUT_S = 30.0
WORK_QUEUES = (Queue.DECIDE, Queue.PAY, Queue.SHORT, Queue.TO_SHIP, Queue.PROBLEM)
START_AGAIN_S = 5.0
OUTAGE_SHARE, OUTAGE_S = 0.2, (600.0, 3000.0)
"""Of the kills, and for how long. Afterwards a page of orders holds more than a channel's overlap."""
TOLD_LAST = 60

CYCLE_S = 1800
OFTEN = ("orders", "effects", "stock", "prices", "catalogue")
"""Tasks that run each cycle. Idle cycles find nothing, so they are ten times rarer than in a real store."""

SELDOM = {"reconcile": 12 * 3600}
"""Reading the shops back would mend within the hour what should not have gone wrong."""

PAUSES_S = {"till-1": 1500.0, "till-2": 2500.0, "storekeeper": 2500.0, "office": 6000.0, "operator": 900.0}
"""How long each waits between two acts, on average. Those of a shop:"""
SHOP_PAUSES_S = {"buyers": 2700.0, "second-thoughts": 9000.0, "gateway": 1800.0, "billing": 1500.0}


@dataclass
class Branch:
    """A shop with its account."""

    account: str
    prefix: str
    shop: Shop
    others: tuple[str, ...] = ()

    @property
    def by_product(self) -> bool:
        """A Magento without sources: one number a product, sent product by product and lowered by its orders."""
        return not self.shop.inventory.by_source

    @property
    def url(self) -> str:
        return f"http://{self.account}.test"

    @property
    def terms(self) -> Terms:
        """What the engine was told to publish there."""
        return Terms(self.prefix, r.VENDA_ONLINE, r.VAREJO, GROUP_TABLES, "G", self.others)

    def settings(self) -> AccountSettings:
        return AccountSettings(
            id=self.account, kind="magento", order_prefix=self.prefix, online_tag=r.VENDA_ONLINE,
            base_price_table=r.VAREJO, group_price_tables=list(GROUP_TABLES), grid_prefix="G",
            import_orders_since=date(2020, 1, 1),
        )  # fmt: skip


@dataclass
class Story:
    """What happened, for a person, and a digest of every step of it."""

    when: Callable[[], str]
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=TOLD_LAST))
    kills: int = 0

    def __post_init__(self) -> None:
        self._digest = hashlib.sha256()

    def note(self, text: str) -> None:
        line = f"{self.when()}  {text}"
        self._digest.update(line.encode())
        self.lines.append(line)
        self.kills += text.startswith("killed")

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


class World:
    """The outside of one run in `folder`; `template` is a base to copy."""

    def __init__(self, loop: SimLoop, folder: Path, template: Path, seed: int, branches: int, pace: float) -> None:
        self.loop = loop
        self.seed = seed
        self.clock = SimClock(loop, MORNING)
        self.story = Story(self.moment)
        self.weather = Weather([], loop.time)
        self.store = folder / "integra.db"
        self.database = copy_base(template, folder / "cplus.fdb")
        world_clock = SimClock(loop, MORNING)  # that of C-Plus and the shops, which nobody sets
        self.world_clock = world_clock
        prefixes = [f"L{number}" for number in range(1, branches + 1)]
        self.branches = [
            Branch(f"loja-{prefix[1:]}", prefix, Shop(world_clock.now), tuple(p for p in prefixes if p != prefix))
            for prefix in prefixes
        ]
        for branch in self.branches[1::2]:
            branch.shop.inventory.by_source = False
        self._pace = pace
        self._context = copy_context()
        self._desks = ExitStack()
        self._chance = random.Random(f"{seed}:world")
        self._lives = itertools.count(1)
        self._commands = itertools.count(1)
        self._apps = {branch.account: create_app(branch.shop, [TOKEN]) for branch in self.branches}
        self.till = self._desks.enter_context(Till(self.database, world_clock))
        self.receiver = self._desks.enter_context(Receiver(self.database, world_clock))
        self.staff = self._desks.enter_context(Staff(self.database, world_clock))
        self.life: Life | None = None
        self.trading = False
        self.bugs: list[str] = []
        self._pulses: list[Pulse] = []
        self._at_work: dict[asyncio.Task[None], None] = {}

    @property
    def calls(self) -> int:
        """How often a call left an engine or came back to it: each a moment at which it may be killed."""
        return sum(pulse.calls for pulse in self._pulses)

    async def close(self) -> None:
        """Everybody leaves; the last life is killed."""
        for task in list(self._at_work):
            task.cancel()
        if self.life is not None and not self.life.dead:
            self.life.kill()
        await asyncio.sleep(1)
        self._desks.close()

    def moment(self, seconds: float | None = None) -> str:
        at = self.loop.time() if seconds is None else seconds
        day, rest = divmod(at, 86_400)
        return f"dia {int(day) + 1} {int(rest // 3600):02}:{int(rest % 3600 // 60):02}:{rest % 60:06.3f}"

    # ------------------------------------------------------------- the engine

    def settings(self) -> Settings:
        return Settings(
            engine=EngineSettings(
                interval_s=3600, intervals=dict.fromkeys(OFTEN, CYCLE_S) | SELDOM, full_compare_s=6 * 3600
            ),
            account=[branch.settings() for branch in self.branches],
        )

    async def keep_engine_alive(self) -> None:
        """As a service manager does: whenever it was killed it is started again. Now and then the machine stays off."""
        chance = random.Random(f"{self.seed}:outages")
        while True:
            if self.life is None or self.life.dead:
                self.life = self._born()
                self.story.note("started")
            await asyncio.sleep(START_AGAIN_S)
            if self.life.dead and chance.random() < OUTAGE_SHARE:
                await self._stay_off(chance.uniform(*OUTAGE_S))

    async def _stay_off(self, seconds: float) -> None:
        """Not beyond the end of the trade."""
        until = self.loop.time() + seconds
        while self.trading and self.loop.time() < until:  # noqa: ASYNC110  the loop's time costs nothing
            await asyncio.sleep(START_AGAIN_S)

    def lose_store(self) -> None:
        """The engine is killed, and its SQLite file is gone."""
        if self.life is not None and not self.life.dead:
            self.life.kill()
        for path in self.store.parent.glob(f"{self.store.name}*"):
            path.unlink()
        self.story.note("the SQLite file is lost")

    def _born(self) -> Life:
        seed = f"{self.seed}:life {next(self._lives)}"
        pulse = Pulse(self.clock, lambda: self.weather, self.story.note)
        self._pulses.append(pulse)
        life = Life(self.loop, pulse, self.clock, self.store, seed)
        options = {
            "host": "", "path": self.database.path, "sectors": [r.LOJA, r.DEPOSITO], "seller": r.SELLER_SHOP,
            "user_code": r.USER_INTEGRATION, "movement_type": r.SHOP_SALE, "order_status": r.ORDER_OPEN,
            "customer_tag": r.SHOP_CUSTOMER, "payment_forms": {"*": r.AT_SIGHT},
        }  # fmt: skip
        cplus = connectors.cplus.connector.open(options, {"password": "masterkey"}.get, life.surroundings)
        assert isinstance(cplus, CPlus)
        erp = SimErp(cplus, pulse, lambda: self.weather, random.Random(f"{seed}:erp"), self.story.note)
        channels = {branch.account: self._channel(branch, life, seed) for branch in self.branches}
        life.start(self.settings(), erp, channels)
        life.when_killed = cplus_gone(cplus)
        return life

    def _channel(self, branch: Branch, life: Life, seed: str) -> SalesChannel:
        wire = Wire(
            branch.account, self._apps[branch.account], self._context, lambda: self.weather,
            random.Random(f"{seed}:{branch.account}"), life.pulse.boundary, self.story.note, TIMEOUT_S,
            lambda: f"{self.world_clock.now():%Y-%m-%d %H:%M:%S}",
        )  # fmt: skip
        options: dict[str, Any] = {"url": branch.url, "timeout_s": TIMEOUT_S}
        if branch.by_product:
            options["inventory"] = "product"
        return open_channel(options, {"token": TOKEN}.get, life.surroundings, wire)

    # ------------------------------------------------------------- the people

    def arrive(self, day: int) -> None:
        """Everybody comes to work."""
        people = visitors(self.seed, CUSTOMERS, MORNING)
        clock = self.world_clock

        def chance(name: str) -> random.Random:
            return random.Random(f"{self.seed}:{day}:{name}")

        steps: dict[str, Callable[[], bool]] = {
            "till-1": Cashier(self.till, chance("till-1")).step,
            "till-2": Cashier(self.till, chance("till-2")).step,
            "storekeeper": Storekeeper(self.receiver, chance("storekeeper")).step,
            "office": Office(self.staff, chance("office")).step,
        }
        pauses = dict(PAUSES_S)
        for branch in self.branches:
            name, shop = branch.account, branch.shop
            steps[f"billing {name}"] = Billing(self.staff, shop, clock, branch.prefix, chance(f"billing {name}")).step
            steps[f"buyers {name}"] = Buyers(shop, people, chance(f"buyers {name}")).step
            steps[f"second-thoughts {name}"] = SecondThoughts(shop, clock, people, chance(f"thoughts {name}")).step
            steps[f"gateway {name}"] = Gateway(shop, clock, chance(f"gateway {name}")).step
            pauses |= {f"{role} {name}": pause for role, pause in SHOP_PAUSES_S.items()}
        self.trading = True
        for name, step in steps.items():
            self.begin(self._work(name, step, pauses[name] * self._pace, chance(f"{name} pauses")))
        self.begin(self._operate(chance("operator"), PAUSES_S["operator"] * self._pace))

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let somebody of the world's begin; what goes wrong with them is kept in `bugs`."""
        task = self.loop.create_task(work, context=self._context.copy())
        self._at_work[task] = None
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._at_work[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            self.bugs.append(f"{error!r}")

    async def _work(self, name: str, step: Callable[[], bool], pause_s: float, chance: random.Random) -> None:
        await asyncio.sleep(chance.expovariate(1 / pause_s))
        while self.trading:
            done = _is_done(step)
            self.story.note(f"{name} {'acts' if done else 'finds nothing'}")
            await asyncio.sleep(chance.expovariate(1 / pause_s))

    async def _operate(self, chance: random.Random, pause_s: float) -> None:
        while self.trading:
            await asyncio.sleep(chance.expovariate(1 / pause_s))
            if self.trading:
                await self.look_at_orders()

    async def look_at_orders(self, *, alarms_only: bool = False) -> int:
        """The operator goes through what waits; answers how many decisions were taken."""
        asked: list[tuple[str, dict[str, Any], int]] = []

        def ask(verb: str, args: Any, row_version: int) -> bool:
            asked.append((verb, dict(args), row_version))
            return True

        due = self._due()
        if alarms_only:
            answer_alarms(due, ask, tell_office=self._tell_office)
        else:
            decide(due, ask, self.seed, tell_office=self._tell_office)
        for verb, args, row_version in asked:
            await self.command(verb, args, row_version)
        return len(asked)

    async def command(self, verb: str, args: dict[str, Any], row_version: int | None = None) -> dict[str, Any]:
        """Ask the engine, whichever lives, until it has answered."""
        number = f"command-{next(self._commands)}"
        while True:
            if self.life is not None and not self.life.dead:
                answer = await self.life.ask(number, verb, args, row_version)
                if answer is not None:
                    self.story.note(f"operator {verb} {args} {answer.get('ok')} {answer.get('error', '')}")
                    return answer
            await asyncio.sleep(START_AGAIN_S)

    def _tell_office(self, number: str) -> None:
        for branch in self.branches:
            cancel_as_told(self.staff, branch.shop, branch.prefix, number)

    def _due(self) -> Sequence[Due]:
        now = self.world_clock.now()
        rows = self._read(
            lambda db: [row for queue in WORK_QUEUES for row in order_rows(db, order_ids(db, queue)).values()]
        )
        return [
            {
                "id": row.id, "number": row.number, "queue": row.queue, "payment": row.payment,
                "fulfilment": row.fulfilment, "alarm": row.alarm or None, "parked": row.parked or None,
                "row_version": row.row_version, "payment_method": row.payment_method,
                "shipping_method": row.shipping_method,
                "age_s": (now - row.placed_at).total_seconds() if row.placed_at else 0.0,
            }
            for row in rows
        ]  # fmt: skip

    def problems(self) -> list[str]:
        """What the console complains of."""
        found = self._read(lambda db: db.execute("SELECT account, code, detail FROM problem").fetchall())
        return [f"{row['account']} {row['code']} {row['detail']}" for row in found]

    def _read(self, work: Callable[[sqlite3.Connection], list[T]]) -> list[T]:
        """What a console shows."""
        db = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)
        db.row_factory = sqlite3.Row
        try:
            return work(db)
        finally:
            db.close()

    async def open_accounts(self) -> None:
        """Approve the first write of every account, as soon as its shop has been looked through."""
        while True:
            await asyncio.sleep(START_AGAIN_S)
            if not self.store.exists():
                continue
            rows = self._read(lambda db: db.execute("SELECT id, mode, adopted_at FROM account").fetchall())
            if rows and all(row["mode"] == "live" for row in rows):
                return
            for row in rows:
                if row["mode"] != "live" and row["adopted_at"] is not None:
                    await self.command("go_live", {"account": row["id"]})


def cplus_gone(cplus: CPlus) -> Callable[[], None]:
    """What a kill does to the connections to C-Plus: the server finds the other end gone and rolls back."""

    def gone() -> None:
        for connection in (cplus._reader, cplus._writer):
            worker, connection._worker = connection._worker, None
            if worker is not None:
                worker.leave()

    return gone
