"""No change is lost, in whatever order transactions commit, and however long somebody keeps one open."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest

from connectors.cplus import settings
from connectors.cplus.base.firebird import connect, writing
from connectors.cplus.base.opening import Opener
from connectors.cplus.base.when import to_local
from connectors.cplus.changes.log import ChangeLog
from connectors.cplus.changes.triggers import LOG, SEQUENCE
from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from engine.base_watch import BaseWatch
from engine.erp_reads import ErpReads, no_picture
from engine.ports import Surroundings
from engine.store import accounts
from engine.store.database import Store as Records
from engine.store.database import open_store
from tests.contract.busy_base import ACTS, PNG, BusyBase, Key
from tests.contract.cplus_store import OPTIONS, Store, order_for
from tests.contract.test_cplus_triggers import install

pytestmark = pytest.mark.anyio

WRITERS = 4
SHORT_S, LONG_S = 2.0, 45.0
LOOKS_MIN, CHANGES_MIN, LOGGED_MIN = 10, 100, 500
"""What a busy machine is given the time for, however long it takes."""
NIGHT_S = 10 * 3600
NEVER_S = 10**7
"""The slower clock's whole comparison must not come to the rescue here."""

lengths = pytest.mark.parametrize("seconds", [SHORT_S, pytest.param(LONG_S, marks=pytest.mark.long)])


class Mirror:
    """The engine's read path into its records, without anything that follows from it."""

    def __init__(self, records: Records, erp: CPlus, path: Path, surroundings: Surroundings) -> None:
        base = BaseWatch(records, erp, surroundings, ["loja"], lambda _account, _task: None)
        self.reads = ErpReads(records, erp, base, surroundings, [r.VENDA_ONLINE], NEVER_S)
        self._path = path

    async def cycle(self) -> None:
        await self.reads.stock_and_orders()
        await self.reads.catalogue()
        await self.reads.prices()
        await self.reads.photos(no_picture)

    def shown(self, row: Key) -> int:
        """The number of the change that the mirror shows; 0 = none of ours."""
        kind, key = row
        sql = {
            "stock": f"SELECT on_hand_e4 / 10000 FROM stock_level WHERE sku = ? AND sector = '{r.LOJA}'",
            "price": f"SELECT cents / 100 FROM price WHERE sku = ? AND price_table = '{r.VAREJO}'",
            "name": "SELECT CAST(SUBSTR(name, 6) AS INTEGER) FROM product WHERE sku = ?",
        }[kind]
        (found,) = self.rows(sql, key)
        return int(found[0])

    def agrees(self, row: Key, n: int) -> bool:
        """Whether it shows exactly this change."""
        kind, key = row
        if kind == "photo":
            digests = self.rows("SELECT digest FROM photo WHERE sku = ? AND main", key)
            return [digest for (digest,) in digests] == [hashlib.sha256(PNG + str(n).encode()).hexdigest()]
        if kind == "order":
            return self.rows("SELECT erp_cancelled FROM sales_order WHERE erp_key = ?", key) == [(1,)]
        return self.shown(row) == n

    def rows(self, sql: str, *values: object) -> list[Any]:
        reader = sqlite3.connect(self._path)
        try:
            return reader.execute(sql, values).fetchall()
        finally:
            reader.close()


@asynccontextmanager
async def mirrored(store: Store, folder: Path, orders: list[str]) -> AsyncIterator[Mirror]:
    surroundings = Surroundings(store.clock, random.Random(1), lambda: str(random.random()))
    erp = store.erp()
    path = folder / "integra.db"
    try:
        async with open_store(path) as records:
            await records.write(lambda db: _know_orders(db, orders))
            yield Mirror(records, erp, path, surroundings)
    finally:
        await erp.close()


def _know_orders(db: sqlite3.Connection, keys: list[str]) -> None:
    accounts.ensure(db, "loja", "magento", "Loja")
    for number, key in enumerate(keys):
        db.execute(
            "INSERT INTO inbox (account, external_id, payload, updated_at, first_seen_at, seen_at)"
            " VALUES ('loja', ?, '', '', '', '')",
            (str(number),),
        )
        texts = (
            "placed_at channel_at raw_status payment_method payment_label shipping_method buyer_name buyer_document"
            " buyer_email buyer_phone"
        ).split()
        amounts = "total_cents freight_cents discount_cents surcharge_cents".split()
        columns = ", ".join(("account", "external_id", "number", "reference", *texts, *amounts))
        values = ", ".join(
            ("'loja'", ":number", ":number", "'M' || :number", *("''" for _ in texts), *("0" for _ in amounts))
        )
        db.execute(
            f"INSERT INTO sales_order ({columns}, payment, fulfilment, cancellation, queue, erp_key, erp_written_at)"
            f" VALUES ({values}, 'paid', 'reserved', 'none', 'to-invoice', :key, '2026-03-02T15:00:00.000000Z')",
            {"key": key, "number": str(number)},
        )


async def orders_in(store: Store, sku: str, count: int) -> list[str]:
    erp = store.erp(reservation="none")
    keys = []
    for number in range(count):
        codes = await erp.take_order_codes()
        await erp.write_order(codes, order_for("00000002", (sku, 1), reference=f"M{number}"))
        keys.append(codes.key)
    await erp.close()
    return keys


@lengths
async def test_the_mirror_sees_each_change_at_its_next_look_and_is_equal_to_the_base_in_the_end(
    served: Store, tmp_path: Path, seconds: float
) -> None:
    with_photo = {row["CODPROD"] for row in served.rows("SELECT CODPROD FROM PRODUTOFOTO")}
    skus = [sku for sku in served.skus() if sku in with_photo][:21]
    orders = await orders_in(served, skus[0], 9)
    for sku in skus:
        served.stock(sku, 1)
    last, others = skus[-1], skus[:-1]
    rows: list[Key] = [(kind, sku) for sku in others for kind in ("stock", "price", "name", "photo")]
    rows += [("order", key) for key in orders[1:]]
    night: list[Key] = [(kind, last) for kind in ("stock", "price", "name", "photo")] + [("order", orders[0])]

    def now() -> datetime:
        return to_local(served.clock.now(), settings.parse({**OPTIONS, "path": "x"}).zone)

    busy = BusyBase(served.database, now, rows, WRITERS)
    looks = 0
    async with mirrored(served, tmp_path, orders) as mirror:
        await mirror.cycle()
        with served.open_transaction() as overnight:
            for kind, key in night:
                ACTS[kind](overnight, key, 999, now())
            with busy.at_work():
                until = time.monotonic() + seconds
                while time.monotonic() < until or looks < LOOKS_MIN or busy.changes < CHANGES_MIN:
                    before = busy.committed
                    await mirror.cycle()
                    looks += 1
                    late = [
                        (row, n, mirror.shown(row))
                        for row, n in before.items()
                        if row[0] in ("stock", "price", "name") and mirror.shown(row) < n
                    ]
                    assert not late
            served.clock.advance(NIGHT_S)
            for sku in others[:3]:  # the early ones of the morning
                served.staff.rename(sku, "NOME 999999")
                busy.note(("name", sku), 999_999)
                await mirror.cycle()
            overnight.connection.commit()
        await mirror.cycle()
        for row in night:
            busy.note(row, 999)
        wrong = [row for row, n in busy.committed.items() if not mirror.agrees(row, n)]
        assert not wrong
    print(f"{busy.changes} changes, {looks} looks")


# --- the log of the triggers ------------------------------------------------------------------------------------------


@lengths
async def test_the_log_names_each_change_once_it_is_committed_and_only_once(served: Store, seconds: float) -> None:
    await install(served)
    database = served.database
    table = {**OPTIONS, "path": database.path, "host": database.host, "port": database.port}
    opener = Opener(
        settings.parse(table), database.password, Surroundings(served.clock, random.Random(1), lambda: "id")
    )
    told: list[str] = []

    def write(session_ended: threading.Event, number: int, committed: list[str]) -> None:
        """Rows of the log as triggers leave them, each with a name of its own."""
        chance, n = random.Random(number), 0
        with connect(database) as connection:
            while not session_ended.is_set():
                n += 1
                name = f"{number}-{n}"
                connection.begin(writing(5))
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"INSERT INTO {LOG} (ID, TRANSACTION_ID, PART) VALUES (GEN_ID({SEQUENCE}, 1),"
                        " CURRENT_TRANSACTION, ?)",
                        (name,),
                    )
                time.sleep(0.3 if chance.random() < 0.03 else chance.random() * 0.004)
                if chance.random() < 0.1:
                    connection.rollback()
                else:
                    connection.commit()
                    committed.append(name)

    def run() -> list[str]:
        session = opener.session()
        log, ended = ChangeLog(), threading.Event()
        committed: list[list[str]] = [[] for _ in range(6)]
        threads = [
            threading.Thread(target=write, args=(ended, number, names)) for number, names in enumerate(committed)
        ]
        with served.open_transaction() as overnight:
            overnight.execute("UPDATE PRODUTO SET NOMEPROD = 'DA NOITE' WHERE CODPROD = ?", (served.skus()[0],))
            assert log.unseen(session) is None
            for thread in threads:
                thread.start()
            until = time.monotonic() + seconds
            while time.monotonic() < until or sum(map(len, committed)) < LOGGED_MIN:
                done = [len(names) for names in committed]
                told.extend(log.unseen(session) or ())
                seen = set(told)
                for names, count in zip(committed, done, strict=True):
                    assert seen.issuperset(names[:count]), "told at the first look after its commit"
                time.sleep(0.02)
            ended.set()
            for thread in threads:
                thread.join()
            overnight.connection.commit()
        told.extend(log.unseen(session) or ())
        told.extend(log.unseen(session) or ())
        while log.prune(session):
            pass
        session.close()
        return [name for names in committed for name in names]

    committed = await anyio.to_thread.run_sync(run)
    assert sorted(told) == sorted([*committed, "catalogue"])
    assert served.rows(f"SELECT COUNT(*) AS N FROM {LOG}")[0]["N"] < 100, "what was told is deleted"
