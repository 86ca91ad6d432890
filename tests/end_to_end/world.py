"""A store for the end-to-end tests: a real Firebird base with its people, the sample shop over HTTP, and the engine.

The engine lives as long as a `Life`; several may follow each other on the same state, as after a crash.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import msgspec

import connectors.cplus
import connectors.magento
from connectors.cplus.base import firebird
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.people import Receiver, Staff, Till
from connectors.sandbox.shop import Delivery, Shop, order_view
from connectors.sandbox.shop.storefront import Offer
from console.letting_pass import VERB, asks
from console.reading.planned import Planned, planned
from engine.engine import Engine
from engine.ports import Erp, SalesChannel, Surroundings
from engine.runtime.commands import OWNER, Ask, Commands
from engine.runtime.supervisor import RestReport, Supervisor
from engine.settings import AccountSettings, EngineSettings, Settings
from engine.store.database import Store, open_store
from engine.store.effects import hasten_all

TOKEN = "token-of-the-tests"
ACCOUNT = "loja"


class ShiftedClock:
    """The real time, moved on by every wait: a test never waits itself."""

    def __init__(self) -> None:
        self._shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    async def sleep(self, seconds: float) -> None:
        self._shift += timedelta(seconds=seconds)
        await anyio.lowlevel.checkpoint()


@dataclass
class World:
    """The outside: base, people, shop. `state` is the engine's folder."""

    database: firebird.Database
    shop: Shop
    url: str
    state: Path
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    account_options: dict[str, Any] = field(default_factory=dict)
    more_erp_options: dict[str, Any] = field(default_factory=dict)
    group_tables: list[str] = field(default_factory=lambda: [r.ATACADO, r.REVENDA])
    timeout_s: float = 2
    more_shop_options: dict[str, Any] = field(default_factory=dict)
    erp_address: tuple[str, int] | None = None  # where the engine thinks the base is, when not where it is

    @cached_property
    def till(self) -> Till:
        return Till(self.database, self.clock)

    @cached_property
    def receiver(self) -> Receiver:
        return Receiver(self.database, self.clock)

    @cached_property
    def staff(self) -> Staff:
        return Staff(self.database, self.clock)

    def close(self) -> None:
        for name in ("till", "receiver", "staff"):
            if name in self.__dict__:
                getattr(self, name).close()

    def settings(self) -> Settings:
        return Settings(
            engine=EngineSettings(full_compare_s=1),
            account=[
                AccountSettings(
                    id=ACCOUNT,
                    kind="magento",
                    order_prefix="LJ",
                    online_tag=r.VENDA_ONLINE,
                    base_price_table=r.VAREJO,
                    group_price_tables=self.group_tables,
                    import_orders_since=date(2020, 1, 1),
                    **self.account_options,
                )
            ],
        )

    def erp_options(self) -> dict[str, Any]:
        return {
            "host": (self.erp_address or (self.database.host or "", 0))[0],
            "port": (self.erp_address or ("", self.database.port))[1],
            "path": self.database.path,
            "user": self.database.user,
            "sectors": [r.LOJA, r.DEPOSITO],
            "seller": r.SELLER_SHOP,
            "user_code": r.USER_INTEGRATION,
            "movement_type": r.SHOP_SALE,
            "order_status": r.ORDER_OPEN,
            "customer_tag": r.SHOP_CUSTOMER,
            "payment_forms": {"*": r.AT_SIGHT},
            **self.more_erp_options,
        }

    def shop_options(self) -> dict[str, Any]:
        return {"url": self.url, "timeout_s": self.timeout_s, **self.more_shop_options}

    def open_channel(self, secrets: Callable[[str], str | None], surroundings: Surroundings) -> SalesChannel:
        channel: SalesChannel = connectors.magento.connector.open(self.shop_options(), secrets, surroundings)
        return channel

    # --- what buyers do -----------------------------------------------------------------------------------------------

    buyer_document = "52998224725"

    def buy(self, lines: Mapping[str, int], payment: str = "boleto", *, review: bool = False) -> str:
        """A guest orders; answers the number of the order."""
        guest = {"email": "joana@example.com", "firstname": "Joana", "lastname": "Prado", "cpf": self.buyer_document}
        address = {
            "street": ["Rua da Praia", "120", "ap 4", "Centro"],
            "city": "Porto Alegre",
            "region_code": "RS",
            "postcode": "90010-300",
            "telephone": "51 99999-1234",
        }
        freight = Delivery("correios_pac", "Correios PAC", Decimal("18.90"))
        placed = self.shop.storefront.place_order(
            lines, payment, guest=guest, address=address, delivery=freight, review=review
        )
        return placed.increment_id

    def decide_at_gateway(self, number: str, *, accept: bool) -> None:
        self.shop.storefront.gateway(number, accept)

    def shop_order(self, number: str) -> dict[str, Any]:
        with self.shop.lock:
            return order_view.full(self.shop.orders.by_increment(number))

    def tracks(self, number: str) -> list[str]:
        with self.shop.lock:
            order = self.shop.orders.by_increment(number)
            shipments = [s for s in self.shop.documents.shipments.values() if s.order is order]
            return [track.number for shipment in shipments for track in shipment.tracks]

    def on_shelf(self, sku: str) -> Offer | None:
        """What a visitor sees of a product; None when it is not for sale."""
        return self.shop.storefront.look_at(sku)

    def refund_in_the_shop(self, number: str, only: Mapping[str, int] | None = None) -> None:
        """Somebody gives the money back in the shop's own admin, of all or of so much of these lines."""
        order = self.shop_order(number)
        body: dict[str, Any] = {"notify": False}
        if only is not None:
            lines = {item["sku"]: item["item_id"] for item in order["items"]}
            body["items"] = [{"order_item_id": lines[sku], "qty": quantity} for sku, quantity in only.items()]
            body["arguments"] = {"shipping_amount": 0}
        self.rest("POST", f"V1/order/{order['entity_id']}/refund", body)

    def delete_in_the_shop(self, number: str) -> None:
        """Somebody deletes an order, as extensions of the shop can."""
        with self.shop.lock:
            del self.shop.orders.by_id[self.shop.orders.by_increment(number).order_id]

    def sell_in_the_shop(self, sku: str, stock: int) -> None:
        """Somebody adds a product in the shop's own admin."""
        product = {
            "sku": sku, "name": f"Produto {sku}", "attribute_set_id": 4, "price": 10, "status": 1, "visibility": 4,
            "type_id": "simple", "weight": 1,
            "extension_attributes": {"website_ids": [1], "stock_item": {"qty": stock, "is_in_stock": True}},
        }  # fmt: skip
        self.rest("POST", "all/V1/products", {"product": product})

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        """A call as the shop's own admin would make it."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = httpx.request(method, f"{self.url}/rest/{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    def change(self, sql: str, *values: object) -> None:
        """Somebody changes what stands in the base."""
        self.staff.write(lambda cursor: cursor.execute(sql, values))

    # --- what a test asks of the base ---------------------------------------------------------------------------------

    def base(self, sql: str, *values: object) -> list[dict[str, Any]]:
        return [dict(row) for row in self.staff.read(sql, *values)]

    def simple_product(self, index: int = 0) -> str:
        """A product without grid that is on sale with price and photo."""
        rows = self.base(
            "SELECT P.CODPROD FROM PRODUTO P JOIN PRODUTOCARACTERISTICA C ON C.CODPROD = P.CODPROD"
            " WHERE C.CODCARACTERISTICA = ? AND P.CODPRODGRADE IS NULL AND P.FLAGINATIVO = 'N'"
            " AND EXISTS (SELECT 1 FROM PRODUTOPRECO R WHERE R.CODPROD = P.CODPROD AND R.CODPRECO = ? AND R.PRECO > 0)"
            " AND EXISTS (SELECT 1 FROM PRODUTOFOTO F WHERE F.CODPROD = P.CODPROD) ORDER BY P.CODPROD",
            r.VENDA_ONLINE,
            r.VAREJO,
        )
        return str(rows[index]["CODPROD"]).strip()

    def stocked(self, loja: int, deposito: int = 0, *, index: int = 0) -> str:
        """The product that `simple_product` finds, with so many pieces in either room and none reserved."""
        sku = self.simple_product(index)
        self.set_stock(sku, loja, deposito)
        return sku

    def set_stock(self, sku: str, loja: int, deposito: int = 0) -> None:
        for sector, quantity in ((r.LOJA, loja), (r.DEPOSITO, deposito)):
            self.staff.write(
                lambda cursor, sector=sector, quantity=quantity: cursor.execute(  # type: ignore[misc]
                    "UPDATE OR INSERT INTO PRODUTOESTOQUE (CODPROD, CODEMPRESA, CODSETORESTOQUE, ESTATU,"
                    " RESERVADOORCAMENTO, RESERVADOOS) VALUES (?, ?, ?, ?, 0, 0)"
                    " MATCHING (CODPROD, CODEMPRESA, CODSETORESTOQUE)",
                    (sku, r.COMPANY, sector, Decimal(quantity)),
                )
            )

    def create_product_like(self, like: str, sku: str) -> None:
        """Staff create a product that differs only in its code."""
        (row,) = self.base("SELECT * FROM PRODUTO WHERE CODPROD = ?", like)
        typed = row | {"CODPROD": sku, "CODIGO": sku}
        marks = ", ".join("?" * len(typed))
        self.change(f"INSERT INTO PRODUTO ({', '.join(typed)}) VALUES ({marks})", *typed.values())

    def on_hand_and_reserved(self, sku: str) -> tuple[int, int]:
        (row,) = self.base(
            "SELECT COALESCE(SUM(ESTATU), 0) AS H, COALESCE(SUM(RESERVADOORCAMENTO), 0) AS R FROM PRODUTOESTOQUE"
            " WHERE CODPROD = ?",
            sku,
        )
        return int(row["H"]), int(row["R"])

    def erp_orders(self) -> list[dict[str, Any]]:
        return self.base("SELECT * FROM ORCAMENTO WHERE NUMPEDCLIENTE STARTING WITH 'LJ-' ORDER BY CODORC")


class Life:
    """One life of the engine."""

    def __init__(self, world: World, store: Store, engine: Engine, supervisor: Supervisor, commands: Commands) -> None:
        self.world = world
        self._store = store
        self.engine = engine
        self.supervisor = supervisor
        self._commands = commands
        self._ids = itertools.count(1)

    async def sync(self) -> RestReport:
        """Until nothing is left to do, as a person asks for it."""
        await self._store.write(hasten_all)
        return await self.supervisor.run_to_rest()

    async def take_in_orders(self) -> None:
        """Only that: what follows from them has not begun."""
        (task,) = [task for task in self.engine.tasks() if task.name == "orders"]
        await task.run()

    async def ask(self, verb: str, row_version: int | None = None, **args: Any) -> dict[str, Any]:
        now = self.world.clock.now()
        number = f"{now.timestamp()}-{next(self._ids)}"
        return await self._commands.ask(Ask(number, verb, args, "operadora", OWNER, row_version, now))

    async def must(self, verb: str, **args: Any) -> dict[str, Any]:
        answer = await self.ask(verb, **args)
        assert answer["ok"], answer
        return answer

    async def heals(self) -> None:
        """All is carried out, and there is nothing left to complain of."""
        report = await self.sync()
        assert report.at_rest, report
        assert self.problems() == []

    async def bought(self, lines: Mapping[str, int], payment: str = "boleto", *, review: bool = False) -> str:
        """A guest orders (`World.buy`), and all that follows by itself is done; answers the number of the order."""
        number = self.world.buy(lines, payment, review=review)
        await self.sync()
        return number

    async def decide(self, verb: str, number: str, **args: Any) -> dict[str, Any]:
        """What a person decides of the order with this number."""
        return await self.must(verb, order=self.order(number)["id"], **args)

    # --- what a test asks of the store, as a console would ------------------------------------------------------------

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        reader = sqlite3.connect(self.world.state / "integra.db")
        reader.row_factory = sqlite3.Row
        try:
            return reader.execute(sql, values).fetchall()
        finally:
            reader.close()

    def planned(self, guard: str | None = None) -> list[Planned]:
        """What the next cycle will write, or what a guard holds of it."""
        reader = sqlite3.connect(self.world.state / "integra.db")
        reader.row_factory = sqlite3.Row
        with closing(reader):
            return planned(reader, ACCOUNT, guard)

    async def let_pass(self, guard: str, item: str | None = None) -> None:
        """All that it holds, or of an item."""
        for args in asks([row for row in self.planned(guard) if item in (None, row.item)]):
            await self.must(VERB, **args)

    def order(self, number: str) -> sqlite3.Row:
        (row,) = self.rows("SELECT * FROM sales_order WHERE number = ?", number)
        return row

    def events(self, number: str) -> list[str]:
        """What has happened to an order, in its order."""
        rows = self.rows("SELECT what FROM order_event WHERE order_id = ? ORDER BY id", self.order(number)["id"])
        return [row["what"] for row in rows]

    def problems(self) -> list[str]:
        return [row["code"] for row in self.rows("SELECT code FROM problem ORDER BY code")]


WrapErp = Callable[[Erp], Erp]
WrapChannel = Callable[[SalesChannel], SalesChannel]


@asynccontextmanager
async def life(
    world: World,
    *,
    live: bool = True,
    rested: bool = True,
    wrap_erp: WrapErp = lambda erp: erp,
    wrap_channel: WrapChannel = lambda channel: channel,
) -> AsyncIterator[Life]:
    """The engine on the world's state, `rested` when it has done all it finds to do.

    `live` approves the account's first write as soon as it has been looked at.
    """
    surroundings = Surroundings(world.clock, random.Random(7), lambda: "instance")
    secrets: Mapping[str, str] = {"password": world.database.password, "token": TOKEN}
    erp = wrap_erp(connectors.cplus.connector.open(world.erp_options(), secrets.get, surroundings))
    channel = wrap_channel(world.open_channel(secrets.get, surroundings))
    settings = msgspec.structs.replace(world.settings())
    try:
        async with open_store(world.state / "integra.db") as store:
            engine = Engine(settings, store, erp, {ACCOUNT: channel}, surroundings)
            supervisor = Supervisor(store, surroundings, engine.tasks(), settings.interval_s)
            engine.wake = supervisor.wake
            commands = Commands(store, engine.verbs(), supervisor.wake)
            await engine.start()
            one = Life(world, store, engine, supervisor, commands)
            if live:
                (row,) = one.rows("SELECT * FROM account")
                if row["mode"] != "live":
                    await one.sync()
                    await one.must("go_live", account=ACCOUNT)
            if rested:
                await one.sync()
            yield one
    finally:
        await channel.close()
        await erp.close()
