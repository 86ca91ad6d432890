"""A sample shop to visit in a test, and the recorded answers that its own are held against.

`recorded/` holds answers of a real Magento 2.4.6, retyped with data of our own: keys, JSON types and status are the
fact. `recorded/described.json` holds the few that come from the vendor's API description instead.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from connectors.sandbox.shop import Delivery, Shop, create_app
from connectors.sandbox.shop.orders import Order

RECORDED = Path(__file__).parent / "recorded"
TOKEN = "chave-da-integracao"
SEDEX = Delivery("correios_sedex", "Correios - SEDEX", Decimal("24.90"))
GUEST = {"email": "mariana@example.com.br", "firstname": "Mariana", "lastname": "Oliveira", "cpf": "52998224725"}
ADDRESS = {
    "street": ["Rua das Flores", "123", "Centro"],
    "city": "Campinas",
    "region_id": 508,
    "postcode": "13010-000",
    "telephone": "19 99999-0000",
}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg+M9QDwADhgGApfPjwgAAAABJRU5ErkJggg=="
"""A picture of one dot."""
TRACK = {"track_number": "QB123456789BR", "title": "Correios SEDEX", "carrier_code": "custom"}
OUR_EXTRAS = frozenset(
    {
        "vat_id", "company", "customer_id", "customer_taxvat", "customer_address_id", "taxvat", "ext_order_id",
        "last_trans_id", "default_billing", "default_shipping", "amount_authorized", "base_amount_authorized",
        "category_links", "weight",
    }
)  # fmt: skip
"""Keys that Magento adds only where the value is there."""


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: Any


class Clock:
    """The shop's time; it stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)


class Visit:
    """One sample shop and a client that holds its token."""

    def __init__(self, shop: Shop, clock: Clock, client: httpx.AsyncClient) -> None:
        self.shop = shop
        self.clock = clock
        self.client = client

    async def call(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """`path` below /rest, with its query."""
        response = await self.client.request(method, f"/rest/{path}", json=body, headers=headers)
        kind = response.headers["content-type"].partition(";")[0]
        return Answer(response.status_code, kind, response.json() if kind == "application/json" else response.text)

    async def get(self, path: str) -> Any:
        """The body of a GET that must succeed."""
        answer = await self.call("GET", path)
        assert answer.status == 200, answer
        return answer.body

    async def post(self, path: str, body: Any = None) -> Any:
        """The body of a POST that must succeed."""
        answer = await self.call("POST", path, body)
        assert answer.status == 200, answer
        return answer.body

    async def product(self, sku: str = "CAM-001", stock: float = 10, **fields: Any) -> Any:
        """A product on the shelf."""
        return await self.post("all/V1/products", {"product": product(sku, stock, **fields)})

    def order(self, lines: Mapping[str, int] | None = None, **how: Any) -> Order:
        """A guest orders."""
        how = {"delivery": SEDEX, "guest": GUEST, "address": ADDRESS, "payment": "boleto", **how}
        if how.get("customer_id") is not None:
            how["guest"] = None
        return self.shop.storefront.place_order(lines or {"CAM-001": 2}, **how)


def product(sku: str = "CAM-001", stock: float = 10, **fields: Any) -> dict[str, Any]:
    """A product as a connector would send it."""
    return {
        "sku": sku,
        "name": f"Camiseta de algodão {sku}",
        "attribute_set_id": 4,
        "price": 59.9,
        "status": 1,
        "visibility": 4,
        "type_id": "simple",
        "weight": 0.2,
        "extension_attributes": {"website_ids": [1], "stock_item": {"qty": stock, "is_in_stock": stock > 0}},
        **fields,
    }


async def two_products(visit: Visit) -> None:
    """CAM-001 and CAM-002, ten pieces each."""
    await visit.product("CAM-001", stock=10)
    await visit.product("CAM-002", stock=10)


def lines(*pairs: tuple[int, float]) -> dict[str, Any]:
    """The lines of a document, as (order item id, quantity)."""
    return {"items": [{"order_item_id": item, "qty": quantity} for item, quantity in pairs]}


@asynccontextmanager
async def a_shop() -> AsyncIterator[Visit]:
    """An empty shop, in process."""
    clock = Clock()
    shop = Shop(clock)
    app = create_app(shop, {TOKEN}, {"admin": "Segredo-123"})
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://loja.test", headers=headers) as client:
        yield Visit(shop, clock, client)


def criteria(*filters: tuple[str, str, str], size: int | None = None, page: int | None = None, sort: str = "") -> str:
    """A query string: filters joined by AND, as (field, condition, value)."""
    pairs = []
    for at, (field, condition, value) in enumerate(filters):
        start = f"searchCriteria[filter_groups][{at}][filters][0]"
        pairs += [(f"{start}[field]", field), (f"{start}[value]", value), (f"{start}[condition_type]", condition)]
    if sort:
        pairs += [("searchCriteria[sortOrders][0][field]", sort), ("searchCriteria[sortOrders][0][direction]", "ASC")]
    if size is not None:
        pairs.append(("searchCriteria[pageSize]", str(size)))
    if page is not None:
        pairs.append(("searchCriteria[currentPage]", str(page)))
    return "&".join(f"{key}={quote(value)}" for key, value in pairs) or "searchCriteria="


# ----------------------------------------------------------------- holding answers against the recorded ones


@cache
def recorded(name: str) -> dict[str, Any]:
    """`orders/new` -> the entry `new` of recorded/orders.json."""
    file, _, entry = name.partition("/")
    found: dict[str, Any] = json.loads((RECORDED / f"{file}.json").read_text("utf-8"))[entry]
    if "like" in found:
        body = recorded(found["like"])["body"]
        found["body"] = body["items"][0] if found.get("entry") else body
    return found


def same_as_recorded(answer: Answer, name: str) -> None:
    """Same status, kind of body, keys and JSON types; for a refusal the same message too."""
    fact = recorded(name)
    assert answer.status == fact["status"], (name, answer)
    assert answer.content_type == fact.get("content_type", "application/json"), (name, answer)
    found = differences(answer.body, fact["body"])
    assert not found, f"{name}: {found}"
    if isinstance(fact["body"], dict) and "message" in fact["body"] and "Report ID" not in fact["body"]["message"]:
        assert answer.body == fact["body"], name


def differences(live: Any, fact: Any, at: str = "$") -> list[str]:
    """Where the shape of two JSON values differs. A list's entries are each like one of the recorded ones."""
    if _kind(live) != _kind(fact):
        return [f"{at}: {_kind(live)} instead of {_kind(fact)}"]
    if isinstance(fact, dict):
        missing = [f"{at}.{key}: missing" for key in fact if key not in live and key not in OUR_EXTRAS]
        extra = [f"{at}.{key}: not recorded" for key in live if key not in fact and key not in OUR_EXTRAS]
        inside = [d for key in fact if key in live for d in differences(live[key], fact[key], f"{at}.{key}")]
        return missing + extra + inside
    if isinstance(fact, list):
        return _list_differences(live, fact, at)
    return []


def _list_differences(live: Sequence[Any], fact: Sequence[Any], at: str) -> list[str]:
    if not fact:
        return []
    if not live:
        return [f"{at}: empty"]
    if isinstance(fact[0], dict) and "attribute_code" in fact[0] and "value" in fact[0]:
        known = {entry["attribute_code"]: entry["value"] for entry in live}
        lost = [f"{at}[{e['attribute_code']}]: missing" for e in fact if e["attribute_code"] not in known]
        wrong = [
            f"{at}[{e['attribute_code']}]: {_kind(known[e['attribute_code']])}"
            for e in fact
            if e["attribute_code"] in known and _kind(known[e["attribute_code"]]) != _kind(e["value"])
        ]
        return lost + wrong
    best = [min((differences(e, f, f"{at}[{i}]") for f in fact), key=len) for i, e in enumerate(live)]
    return [d for found in best for d in found]


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {dict: "object", list: "list", str: "string", type(None): "null"}[type(value)]
