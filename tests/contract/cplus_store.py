"""A store for the tests of the C-Plus connector: a sample base of its own, its people, and connectors to it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from firebird.driver import Cursor

from connectors.cplus import connector
from connectors.cplus.base.firebird import Database, connect, writing
from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.desk import Desk, Record
from connectors.sandbox.base.people import Receiver, Staff, Till
from engine.model.engine_mark import EngineMark
from engine.model.erp import ErpLine, ErpOrder
from engine.model.people import Address, Person
from engine.ports import Surroundings

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PRODUCTS, CUSTOMERS, SEED = 120, 12, 7

OPTIONS: dict[str, Any] = {
    "companies": [r.COMPANY],
    "sectors": [r.LOJA, r.DEPOSITO],
    "order_company": r.COMPANY,
    "seller": r.SELLER_SHOP,
    "user_code": r.USER_INTEGRATION,
    "movement_type": r.SHOP_SALE,
    "order_status": r.ORDER_OPEN,
    "customer_tag": r.SHOP_CUSTOMER,
    "account_plan": "000000002",
    "default_price_table": r.VAREJO,
    "payment_forms": {"*": r.AT_SIGHT, "pix": "000000002"},
    "carriers": {"flatrate": "004"},
    "lock_timeout_s": 1,
}


class HandClock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass
class Store:
    """A sample base and who works in it. Everybody the test met is sent home by `close`."""

    database: Database
    clock: HandClock = field(default_factory=HandClock)
    _desks: list[Desk] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.till = Till(self.database, self.clock)
        self.careless_till = Till(self.database, self.clock, heeds_reservations=False)
        self.receiver = Receiver(self.database, self.clock)
        self.staff = Staff(self.database, self.clock)
        self._desks += [self.till, self.careless_till, self.receiver, self.staff]

    def erp(
        self, *, port: int | None = None, password: str | None = None, mark: EngineMark | None = None, **options: Any
    ) -> CPlus:
        """A connector to the base, over another port (a faulty link) if one is given; `mark`: of an engine."""
        ids = itertools.count()
        surroundings = Surroundings(self.clock, random.Random(1), lambda: f"id-{next(ids)}", mark)
        table = {**OPTIONS, "path": self.database.path, "user": self.database.user, **options}
        if self.database.host is not None:
            table |= {"host": self.database.host, "port": port or self.database.port}
        assert not connector.check(table)
        secret = self.database.password if password is None else password
        opened = connector.open(table, {"password": secret}.get, surroundings)
        assert isinstance(opened, CPlus)
        return opened

    def rows(self, sql: str, *values: object) -> list[Record]:
        """What stands in the base."""
        return self.staff.read(sql, *values)

    def change(self, sql: str, *values: object) -> None:
        """Change what stands in the base."""
        self.staff.write(lambda cursor: cursor.execute(sql, values))

    @contextmanager
    def open_transaction(self) -> Iterator[Cursor]:
        """Somebody's transaction that is still open; rolled back at the end unless the test committed it."""
        connection = connect(self.database)
        try:
            connection.begin(writing(1))
            with connection.cursor() as cursor:
                yield cursor
        finally:
            if connection.is_active():
                connection.rollback()
            connection.close()

    def stock(self, sku: str, on_hand: int, *, sector: str = r.LOJA) -> None:
        """Put the stock of a product to a number in one sector, and to nothing in the others."""
        self.change(
            "UPDATE PRODUTOESTOQUE SET ESTATU = 0, RESERVADOORCAMENTO = 0, RESERVADOOS = 0 WHERE CODPROD = ?", sku
        )
        where = "WHERE CODPROD = ? AND CODSETORESTOQUE = ?"
        if not self.rows(f"SELECT 1 AS THERE FROM PRODUTOESTOQUE {where}", sku, sector):
            self.change(
                "INSERT INTO PRODUTOESTOQUE (CODPROD, CODEMPRESA, CODSETORESTOQUE) VALUES (?, 1, ?)", sku, sector
            )
        self.change(f"UPDATE PRODUTOESTOQUE SET ESTATU = ? {where}", Decimal(on_hand), sku, sector)

    def held(self, sku: str) -> tuple[Decimal | int, Decimal | int]:
        """On hand and reserved by orders, over all sectors."""
        sql = (
            "SELECT CAST(SUM(COALESCE(ESTATU, 0)) AS NUMERIC(18,4)) AS ON_HAND,"
            " CAST(SUM(COALESCE(RESERVADOORCAMENTO, 0)) AS NUMERIC(18,4)) AS RESERVED,"
            " MIN(COALESCE(ESTATU, 0) - COALESCE(RESERVADOORCAMENTO, 0)) AS LEFT_OVER"
            " FROM PRODUTOESTOQUE WHERE CODPROD = ?"
        )
        row = self.rows(sql, sku)[0]
        assert row["RESERVED"] >= 0
        return row["ON_HAND"], row["RESERVED"]

    def skus(self) -> list[str]:
        """Keys of products that anybody may buy by the piece: online, priced, stocked, outside grids."""
        sql = (
            "SELECT p.CODPROD FROM PRODUTO p WHERE p.FLAGINATIVO = 'N' AND p.UNIDADE = 'UN'"
            " AND p.CODPROD IN (SELECT c.CODPROD FROM PRODUTOCARACTERISTICA c WHERE c.CODCARACTERISTICA = ?)"
            " AND EXISTS (SELECT 1 FROM PRODUTOPRECO v WHERE v.CODPROD = p.CODPROD AND v.PRECO > 0)"
            " ORDER BY p.CODPROD"
        )
        return [row["CODPROD"] for row in self.rows(sql, r.VENDA_ONLINE)]

    def close(self) -> None:
        """Everybody leaves."""
        for desk in self._desks:
            desk.close()


BUYER = Person(
    name="Maria das Graças 😀 Nguyễn",
    email="Maria.Nguyen@Example.com",
    phone="(51) 99999-0001",
    document="52998224725",
    address=Address("Rua das Flores", "100", "apto 201", "Centro", "Porto Alegre", "RS", "90010-000"),
)


def order_for(customer: str, *lines: tuple[str, int], reference: str = "M1000001", freight: str = "15.90") -> ErpOrder:
    """An order of these SKUs at R$ 10.00 each."""
    written = tuple(ErpLine(sku, f"item {sku}", Decimal(quantity), Decimal("10.00")) for sku, quantity in lines)
    products = sum((line.quantity * line.unit_price for line in written), Decimal(0))
    return ErpOrder(
        reference=reference,
        customer_code=customer,
        customer_name=BUYER.name,
        delivery=BUYER.address,
        delivery_name="Ana Souza",
        delivery_phone="51 98888-0002",
        lines=written,
        freight=Decimal(freight),
        discount=Decimal(0),
        surcharge=Decimal(0),
        total=products + Decimal(freight),
        payment_method="pix",
        shipping_method="flatrate",
        placed_at=NOON,
    )
