"""The Magento channel on the sample shop, for the tests of the connector."""

from __future__ import annotations

import hashlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from PIL import Image

from connectors.magento import open_channel
from connectors.sandbox.shop import Shop, ShopApp, create_app
from connectors.sandbox.shop.media import Picture
from connectors.sandbox.shop.orders import Order
from connectors.sandbox.shop.products import Product
from engine.model.channel import ChannelOrder
from engine.model.goods import GridValue
from engine.ports import SalesChannel, Surroundings
from engine.publishing import Content, ContentPush, MediaPush, PhotoRef, PricePush, StockPush
from tests.contract.sample_shop import TOKEN, Clock, Visit

URL = "http://loja.test"
PRICE = Decimal("59.90")
SHIRT = Content(
    kind="simple",
    name="Camiseta de algodão",
    enabled=True,
    short_description="Algodão penteado",
    description="<p>Corte reto, <b>sem costura lateral</b></p>",
    categories=("Roupas", "Camisetas"),
    brand="Malha Boa",
    gtin="7891234567895",
    weight_kg=Decimal("0.2"),
    height_cm=Decimal("3.5"),
    width_cm=Decimal(20),
    length_cm=Decimal(30),
    delivery_days=5,
    payment_options=("Boleto", "Pix", "Cartão em até 3x"),
)


class ChannelClock:
    """The engine's clock, told by the shop's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("a connector never waits")


@dataclass
class Bench:
    """A shop, the channel that speaks to it, and a way to see what was asked."""

    channel: SalesChannel
    shop: Shop
    visit: Visit
    app: ShopApp

    def asked(self) -> list[str]:
        """The calls so far, as "POST V1/products"."""
        return [f"{asked.method} {asked.route}" for asked in self.shop.requests]

    def product(self, sku: str) -> Product:
        """The product as the shop keeps it."""
        return self.shop.catalogue.get(sku)

    def text(self, sku: str, code: str) -> Any:
        """An attribute as a visitor reads it, options by their labels."""
        attribute, value = self.shop.attributes.by_code[code], self.product(sku).value(code)
        return next((o.label for o in attribute.options if o.option_id == value), value)

    def photos(self, sku: str) -> list[Picture]:
        """A product's pictures in the order of the gallery."""
        return sorted(self.product(sku).pictures, key=lambda picture: picture.position)

    async def publish(
        self, sku: str, content: Content = SHIRT, price: Decimal | None = PRICE, *, former: Content | None = None
    ) -> str:
        """Push an item's content."""
        return await self.channel.push_content(ContentPush(sku, content, price, former=former))

    async def on_sale(self, sku: str, quantity: int = 10, **changes: Any) -> str:
        """A product that can be bought."""
        remote_id = await self.publish(sku, replace(SHIRT, name=f"Camiseta {sku}", **changes))
        assert await self.channel.push_prices([PricePush(sku, None, PRICE)]) == []
        assert await self.channel.push_stock([StockPush(sku, "default", Decimal(quantity))]) == []
        return remote_id

    async def grid(self, sizes: Sequence[str] = ("P", "M", "G"), colours: Sequence[str] = ("Azul", "Preta")) -> str:
        """A grid with all its variants, each in stock."""
        skus = []
        for size in sizes:
            for colour in colours:
                sku = f"CAM-{size}-{colour}"
                skus.append(sku)
                await self.publish(sku, variant(size, colour))
                await self.channel.push_stock([StockPush(sku, "default", Decimal(4))])
        return await self.publish("GCAM", parent(skus), None)


async def as_told(bench: Bench, placed: Order) -> ChannelOrder:
    """The order as the channel tells it."""
    order = await bench.channel.order(str(placed.order_id))
    assert order is not None
    return order


def variant(size: str, colour: str) -> Content:
    """A cell of the grid GCAM."""
    place = (GridValue("TAMANHO", size, 1), GridValue("COR", colour, 1))
    return replace(SHIRT, kind="variant", name=f"Camiseta {size} {colour}", parent="GCAM", grid=place)


def parent(skus: Sequence[str]) -> Content:
    """The parent of the grid GCAM."""
    return replace(SHIRT, kind="grid", axes=("TAMANHO", "COR"), variants=tuple(skus))


@asynccontextmanager
async def a_bench(*, keys: Mapping[str, str] | None = None, **options: Any) -> AsyncIterator[Bench]:
    """An empty shop in process, and its channel; `keys` are further secrets of the account."""
    clock = Clock()
    shop = Shop(clock)
    app = create_app(shop, {TOKEN})
    transport = httpx.ASGITransport(app=app)
    channel = open_channel(
        {"url": URL, **options}, secrets({"token": TOKEN, **(keys or {})}), surroundings(clock), transport
    )
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        try:
            yield Bench(channel, shop, Visit(shop, clock, client), app)
        finally:
            await channel.close()


def bodies(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies that leave from now on, byte by byte: for what a shop does not show but another version minds."""
    sent: list[bytes] = []
    send = httpx.AsyncClient.send

    async def noted(client: httpx.AsyncClient, request: httpx.Request, **how: Any) -> httpx.Response:
        sent.append(request.content)
        return await send(client, request, **how)

    monkeypatch.setattr(httpx.AsyncClient, "send", noted)
    return sent


def secrets(known: dict[str, str]) -> Callable[[str], str | None]:
    return known.get


def surroundings(clock: Clock) -> Surroundings:
    return Surroundings(ChannelClock(clock), random.Random(7), lambda: "id")


# ----------------------------------------------------------------- photos


class Photos:
    """Pictures of our own by key, and how often each was asked for."""

    def __init__(self, *keys: str) -> None:
        self.content = {key: picture(key) for key in keys}
        self.loaded: list[str] = []

    @property
    def load(self) -> Callable[[str], Awaitable[bytes]]:
        async def load(key: str) -> bytes:
            self.loaded.append(key)
            return self.content[key]

        return load

    def ref(self, key: str, *, main: bool = False) -> PhotoRef:
        return PhotoRef(key, hashlib.sha256(self.content[key]).hexdigest(), main)

    def push(self, *keys: str, remote: dict[str, str] | None = None, sku: str = "CAM-001") -> MediaPush:
        """These photos in this order, the first one the main one."""
        refs = tuple(self.ref(key, main=place == 0) for place, key in enumerate(keys))
        return MediaPush(sku, "Camiseta de algodão", refs, remote or {})


def picture(key: str) -> bytes:
    """A small JPEG that differs for each key."""
    from io import BytesIO

    colour = tuple(hashlib.sha256(key.encode()).digest()[:3])
    buffer = BytesIO()
    Image.new("RGB", (8, 8), colour).save(buffer, "JPEG")
    return buffer.getvalue()
