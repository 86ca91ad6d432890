"""The sample OpenMage to visit in a test, its channel, and the recorded answers that it is held against."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from connectors.openmage import open_channel
from connectors.openmage.api import Api
from connectors.openmage.transport import Http
from connectors.sandbox.openmage import OpenMage, create_app
from connectors.sandbox.openmage.catalogue import Product
from connectors.sandbox.openmage.sales import Order
from connectors.sandbox.shop.faults import Fault
from engine.model.channel import ChannelOrder
from engine.ports import SalesChannel, Surroundings
from engine.publishing import Content, ContentPush, PricePush, StockPush
from tests.contract.magento_channel import PRICE, SHIRT, ChannelClock
from tests.contract.sample_shop import RECORDED, Clock, differences

URL, USER, KEY = "http://loja.test", "integra", "chave-da-api"
GUEST = {"email": "mariana@example.com.br", "firstname": "Mariana", "lastname": "Oliveira", "taxvat": "52998224725"}
ADDRESS = {
    "street": "Rua das Flores\n123\n\nCentro",
    "city": "Campinas",
    "region": "São Paulo",
    "region_id": "485",
    "postcode": "13010-000",
    "telephone": "19 99999-0000",
}


@dataclass
class Bench:
    """A shop, the channel that speaks to it, and its bare API."""

    channel: SalesChannel
    shop: OpenMage
    api: Api
    clock: Clock

    def product(self, sku: str) -> Product:
        return self.shop.product(sku)

    def asked(self, protocol: str = "xmlrpc") -> list[str]:
        return [one.method for one in self.shop.requests if one.protocol == protocol]

    async def publish(self, sku: str, content: Content = SHIRT, price: Decimal | None = PRICE) -> str:
        return await self.channel.push_content(ContentPush(sku, content, price))

    async def on_sale(self, sku: str, quantity: int = 10) -> str:
        """A product that can be bought."""
        remote_id = await self.publish(sku)
        assert await self.channel.push_stock([StockPush(sku, "default", Decimal(quantity))]) == []
        return remote_id

    async def priced(self, *rows: PricePush) -> None:
        assert await self.channel.push_prices(rows) == []

    def order(self, lines: dict[str, int] | None = None, payment: str = "boleto", **how: Any) -> Order:
        return self.shop.order(lines or {"CAM-001": 2}, payment, guest=GUEST, address=ADDRESS, **how)

    async def told(self, placed: Order) -> ChannelOrder:
        """The order as the channel tells it."""
        found = await self.channel.order(placed.number)
        assert found is not None
        return found

    def bad_day(self, method: str, effect: str, **how: Any) -> None:
        """Spoil the next call of that method, over XML-RPC unless told otherwise."""
        self.shop.faults.add(Fault(how.pop("protocol", "xmlrpc"), method, effect, **how))  # type: ignore[arg-type]


@asynccontextmanager
async def a_bench(**options: Any) -> AsyncIterator[Bench]:
    """An empty shop in process, and its channel."""
    clock = Clock()
    shop = OpenMage(clock, {USER: KEY})
    transport = httpx.ASGITransport(app=create_app(shop))
    surroundings = Surroundings(ChannelClock(clock), random.Random(7), lambda: "id")
    channel = open_channel({"url": URL, "user": USER, **options}, {"key": KEY}.get, surroundings, transport)
    shop.users["teste"] = KEY
    api = Api(Http(URL, 30, transport), "teste", KEY)
    try:
        yield Bench(channel, shop, api, clock)
    finally:
        await channel.close()
        await api.http.close()


def recorded(name: str) -> Any:
    """An answer of the real shop, retyped with data of our own: keys and kinds are the fact; of a fault, all of it."""
    entry = json.loads((RECORDED / "openmage.json").read_text("utf-8"))[name]
    return tuple(entry["fault"]) if "fault" in entry else entry["answer"]


def same_as_recorded(answer: Any, name: str) -> None:
    """Same keys and JSON types."""
    found = differences(answer, recorded(name))
    assert not found, f"{name}: {found}"
