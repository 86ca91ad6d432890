"""What the C-Plus connector costs beside the tills, on a base of ten years: ratios within one run."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest
import stdnum.br.cpf

from connectors.cplus.base.firebird import WRITE, Database, connect
from connectors.sandbox.base.documents import cpf
from engine import order_flow
from engine.engine import Engine
from engine.erp_reads import ErpReads
from engine.model.channel import ChannelLine, ChannelOrder, ChannelOrderState, PaymentState
from engine.model.people import Address, Person
from engine.store import accounts
from engine.store.database import Store
from engine.systime import system_surroundings
from tests.bench.large_base import FIRST_CUSTOMER, create_large_base
from tests.bench.world import bench_engine
from tests.firebird_server import FirebirdServer

pytestmark = [pytest.mark.anyio, pytest.mark.bench, pytest.mark.firebird_server]

ORDERS = int(os.environ.get("INTEGRA_BENCH_ORDERS", "200000"))
CUSTOMERS = int(os.environ.get("INTEGRA_BENCH_CUSTOMERS", "50000"))
PRODUCTS = int(os.environ.get("INTEGRA_BENCH_PRODUCTS", "20000"))
PHASE_S = float(os.environ.get("INTEGRA_BENCH_PHASE_S", "15"))
ROUNDS = 4
IMPORTED = 200
NO_SHOP = {"loja": "http://127.0.0.1:9"}  # never asked: only what concerns C-Plus runs here

# The same rows and columns that a full comparison reads, by the bare driver, fetched and thrown away.
BARE = (
    "SELECT CODPROD, CODEMPRESA, CODSETORESTOQUE, ESTATU, RESERVADOORCAMENTO, RESERVADOOS FROM PRODUTOESTOQUE",
    "SELECT CODPROD, CODPRECO, PRECO FROM PRODUTOPRECO",
    "SELECT P.CODPROD, P.CODIGO, P.NOMEPROD, P.NOMEPRODWEB, P.APLICACAO, P.CODSEC, P.CODFABRICANTE, P.UNIDADE,"
    " P.PESOBRUTO, P.PESOLIQUIDO, P.ALTURA, P.LARGURA, P.COMPRIMENTO, P.PRAZOENTREGA, P.FLAGINATIVO, P.FLAGNAOVENDER,"
    " P.CODPRODGRADE, P.CODITEMGRADEDETALHEV, P.CODITEMGRADEDETALHEH, CAST(P.DESCRICAOWEB AS VARCHAR(8000))"
    " FROM PRODUTO P JOIN PRODUTOCARACTERISTICA C ON C.CODPROD = P.CODPROD",
    "SELECT CODPROD, CODIGO, CODTIPOCODIGO FROM PRODUTOCODIGO",
)


class Tills:
    """The tills' process."""

    def __init__(self, base: Database) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.tills"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._ask(json.dumps(asdict(base)))

    def _ask(self, line: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    async def sell(self, seconds: float) -> list[float]:
        """Milliseconds of each sale."""
        return await anyio.to_thread.run_sync(lambda: list(self._ask(str(seconds))))

    def close(self) -> None:
        with self._process:
            pass


class LoopLag:
    """How long the loop was away, at most, in milliseconds."""

    STEP_S = 0.002

    def __init__(self) -> None:
        self.longest_ms = 0.0

    async def watch(self) -> None:
        while True:
            began = time.perf_counter()
            await anyio.sleep(self.STEP_S)
            self.longest_ms = max(self.longest_ms, 1000 * (time.perf_counter() - began - self.STEP_S))


@pytest.fixture(scope="module")
def base(firebird_server: FirebirdServer) -> Database:
    database = Database(
        host=firebird_server.host,
        port=firebird_server.port,
        path=firebird_server.create_path("large.fdb"),
        user="SYSDBA",
        password=firebird_server.password,
    )
    create_large_base(
        database, orders=ORDERS, customers=CUSTOMERS, products=PRODUCTS, clock=system_surroundings().clock
    )
    return database


@pytest.fixture(scope="module")
def tills(base: Database) -> Iterator[Tills]:
    opened = Tills(base)
    yield opened
    opened.close()


def read_bare(base: Database) -> tuple[int, float]:
    """Rows and seconds."""
    connection = connect(base)
    began, rows = time.perf_counter(), 0
    for sql in BARE:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            rows += len(cursor.fetchall())
    took = time.perf_counter() - began
    connection.close()
    return rows, took


async def compare_all(store: Store, reads: ErpReads) -> float:
    """A full comparison of stock, prices and catalogue; in seconds."""

    def forget(db: Any) -> None:
        db.execute("DELETE FROM cursor WHERE account = ''")

    await store.write(forget)
    reads.wrote("stock")
    began = time.perf_counter()
    await reads.stock_and_orders()
    await reads.prices()
    await reads.catalogue()
    return time.perf_counter() - began


async def test_full_comparison(tmp_path: Path, base: Database, capsys: pytest.CaptureFixture[str]) -> None:
    async with bench_engine(tmp_path, base, NO_SHOP) as (engine, store):
        reads = reads_of(engine)
        await compare_all(store, reads)  # the mirror is filled; from now on nothing differs
        bare, full, rows, lag = [], [], 0, LoopLag()
        async with anyio.create_task_group() as group:
            group.start_soon(lag.watch)
            for _ in range(ROUNDS):
                rows, took = await anyio.to_thread.run_sync(read_bare, base)
                bare.append(took)
                lag.longest_ms = 0
                full.append(await compare_all(store, reads))
            group.cancel_scope.cancel()
    ratio = statistics.median(full) / statistics.median(bare)
    with capsys.disabled():
        print(
            f"\nfull comparison: {statistics.median(full):.2f} s, {ratio:.1f} x a bare read of the same {rows} rows"
            f" ({statistics.median(bare):.2f} s); longest pause of the loop {lag.longest_ms:.0f} ms"
        )
    assert ratio <= 3


async def test_orders_imported(tmp_path: Path, base: Database, capsys: pytest.CaptureFixture[str]) -> None:
    async with bench_engine(tmp_path, base, NO_SHOP) as (engine, store):
        [effects] = [task for task in engine.tasks() if task.name == "effects"]
        account = engine.settings.account[0]
        skus = skus_in_stock(base)
        make_known(base)
        await store.write(lambda db: accounts.set_mode(db, account.id, accounts.LIVE, "bench"))
        now = system_surroundings().clock.now()

        def take_in(db: Any) -> None:
            for number in range(IMPORTED):
                chosen = [skus[(number * 3 + line) % len(skus)] for line in range(3)]
                order_flow.receive(db, account, an_order(number, chosen, now), now)

        lag = LoopLag()
        async with anyio.create_task_group() as group:
            group.start_soon(lag.watch)
            began = time.perf_counter()
            await store.write(take_in)
            report = await effects.run()
            took = time.perf_counter() - began
            group.cancel_scope.cancel()
        assert report.done == IMPORTED
    with capsys.disabled():
        print(
            f"\norders of 3 lines imported, customer found or created, reserved: {IMPORTED / took:.0f} per second;"
            f" longest pause of the loop {lag.longest_ms:.0f} ms"
        )


async def test_tills(tmp_path: Path, base: Database, tills: Tills, capsys: pytest.CaptureFixture[str]) -> None:
    """Three tills: alone, beside a cycle in each phase (by default one in 180 s), beside comparisons all along."""
    took: dict[str, list[float]] = {"alone": [], "a cycle": [], "full comparisons": []}
    async with bench_engine(tmp_path, base, NO_SHOP) as (engine, store):
        await compare_all(store, reads_of(engine))

        async def beside(what: Callable[[], Awaitable[object]], again: bool) -> list[float]:
            async with anyio.create_task_group() as group:

                async def work() -> None:
                    await what()
                    while again:
                        await what()

                group.start_soon(work)
                sold = await tills.sell(PHASE_S)
                group.cancel_scope.cancel()
            return sold

        async def nothing() -> None:
            """The tills alone."""

        async def cycle() -> None:
            await reads_of(engine).stock_and_orders()
            await reads_of(engine).prices()
            await reads_of(engine).catalogue()

        async def full() -> None:
            await compare_all(store, reads_of(engine))

        for _ in range(ROUNDS):
            took["alone"] += await beside(nothing, again=False)
            took["a cycle"] += await beside(cycle, again=False)
            took["full comparisons"] += await beside(full, again=True)
    p99 = {name: statistics.quantiles(sales, n=100)[98] for name, sales in took.items()}
    lines = [
        f"  beside {name}: {len(sales)} sales, p50 {statistics.median(sales):.1f} ms, p99 {p99[name]:.1f} ms,"
        f" {p99[name] / p99['alone']:.2f} x alone, longest {max(sales):.0f} ms"
        for name, sales in took.items()
    ]
    with capsys.disabled():
        print("\n" + "\n".join(["tills:", *lines]))


def reads_of(engine: Engine) -> ErpReads:
    """What all tasks of the engine read C-Plus through."""
    return engine._reads


def document_of(number: int) -> str:
    return cpf(f"{100_000_000 + number}")


def make_known(base: Database) -> None:
    """Every other buyer is in C-Plus already, typed at the counter with dots and dash."""
    connection = connect(base)
    connection.begin(WRITE)
    with connection.cursor() as cursor:
        for number in range(0, IMPORTED, 2):
            dressed = stdnum.br.cpf.format(document_of(number))
            code = f"{FIRST_CUSTOMER + number:08d}"
            cursor.execute("UPDATE CLIENTE SET CPF = ? WHERE CODCLI = ?", (dressed, code))
    connection.commit()
    connection.close()


def skus_in_stock(base: Database) -> list[str]:
    connection = connect(base)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT E.CODPROD FROM PRODUTOESTOQUE E JOIN PRODUTO P ON P.CODPROD = E.CODPROD WHERE E.ESTATU > 1000"
            " AND COALESCE(P.FLAGCOMPOSTO, 'N') = 'N' ORDER BY E.CODPROD"
        )
        skus = [sku.strip() for (sku,) in cursor.fetchall()]
    connection.close()
    return skus


def an_order(number: int, skus: list[str], now: datetime) -> ChannelOrder:
    lines = tuple(
        ChannelLine(f"{number}-{line}", sku, f"item {sku}", Decimal(1), Decimal("10.00"))
        for line, sku in enumerate(skus)
    )
    address = Address("Rua das Flores", "100", "", "Centro", "Porto Alegre", "RS", "90010000")
    return ChannelOrder(
        external_id=str(number),
        number=f"{100000000 + number}",
        placed_at=now,
        updated_at=now.astimezone(UTC),
        state=ChannelOrderState.OPEN,
        payment=PaymentState.PENDING,
        raw_status="new/pending",
        payment_method="pix",
        payment_label="Pix",
        buyer=Person(
            f"Comprador {number}",
            f"novo{number}@example.com",
            "51999990000",
            document_of(number) if number % 2 == 0 else cpf(f"{900_000_000 + number}"),
            address,
        ),
        buyer_id=None,
        delivery=address,
        delivery_name=f"Comprador {number}",
        delivery_phone="51999990000",
        shipping_method="flatrate",
        lines=lines,
        freight=Decimal(0),
        discount=Decimal(0),
        surcharge=Decimal(0),
        total=Decimal("10.00") * len(lines),
    )
