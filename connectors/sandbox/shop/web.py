"""What is not REST: the buyers' JSON under /storefront, the gateway's page, and the pictures. No token, no disguise.

/storefront is ours, not Magento's: the demo's people and the tests act as buyers through it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, RedirectResponse, Response

from connectors.sandbox.shop.checkout import Delivery
from connectors.sandbox.shop.errors import NotFound, Refused, ShopError
from connectors.sandbox.shop.orders import Order
from connectors.sandbox.shop.shop import Shop
from connectors.sandbox.shop.storefront import PICK_UP, Offer
from connectors.sandbox.shop.wire import decimal_of, number

PAGE = 48


def answer(shop: Shop, method: str, parts: list[str], query: str, body: bytes) -> Response:
    """Serve one request outside of /rest."""
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    try:
        match [method, *parts]:
            case ["GET", "media", "catalog", "product", *path]:
                return _picture(shop, "/" + "/".join(path))
            case ["GET", "gateway"]:
                return HTMLResponse(_gateway_page(shop))
            case ["POST", "gateway", increment_id, "accept" | "deny" as decision]:
                shop.storefront.gateway(increment_id, decision == "accept")
                return RedirectResponse("/gateway", 303)
            case [_, "storefront", *rest]:
                return _json(_storefront(shop, method, rest, asked, _decode(body)))
    except ShopError as error:
        return _json(error.body(), error.status)
    except (KeyError, TypeError, ValueError) as error:
        return _json({"message": f"Bad request: {error}"}, 400)
    return HTMLResponse("<!doctype html><title>404</title><p>404 Not Found</p>", 404)


# ----------------------------------------------------------------- buyers


def _storefront(shop: Shop, method: str, parts: list[str], asked: Mapping[str, str], data: dict[str, Any]) -> Any:
    front = shop.storefront
    match [method, *parts]:
        case ["GET", "products"]:
            offers = front.shelf(_optional_int(asked.get("customer")))
            start = (max(int(asked.get("page", "1")), 1) - 1) * PAGE
            return {"total": len(offers), "products": [_offer(offer) for offer in offers[start : start + PAGE]]}
        case ["GET", "products", sku]:
            offer = front.look_at(sku, _optional_int(asked.get("customer")))
            if offer is None:
                raise NotFound("Not on the shelf.")
            return _offer(offer)
        case ["POST", "customers"]:
            return front.register(data).view()
        case ["PUT", "customers", customer_id]:
            return front.edit_account(int(customer_id), data).view()
        case ["POST", "customers", customer_id, "addresses"]:
            return {"id": front.add_address(int(customer_id), data).address_id}
        case ["PUT", "customers", customer_id, "addresses", address_id]:
            return {"id": front.edit_address(int(customer_id), data, int(address_id)).address_id}
        case ["POST", "orders"]:
            return _order(_place(shop, data))
        case ["GET", "orders", increment_id]:
            return _order(shop.orders.by_increment(increment_id))
        case ["POST", "orders", increment_id, "cancel"]:
            return {"canceled": front.cancel_order(increment_id)}
    raise NotFound("No such page.")


def _place(shop: Shop, data: dict[str, Any]) -> Order:
    lines: dict[str, Decimal] = {}
    for line in data.get("lines") or []:
        lines[str(line["sku"])] = lines.get(str(line["sku"]), Decimal(0)) + (decimal_of(line.get("quantity")) or 0)
    given = data.get("delivery")
    delivery = PICK_UP
    if given:
        delivery = Delivery(given["method"], given["title"], decimal_of(given.get("freight")) or Decimal(0))
    return shop.storefront.place_order(
        lines, data.get("payment") or "pix", data.get("customer"), data.get("guest"), data.get("address"),
        data.get("shipping_address"), delivery, bool(data.get("review")),
    )  # fmt: skip


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "sku": offer.sku,
        "name": offer.name,
        "price": offer.price,
        "available": offer.available,
        "texts": dict(offer.texts),
        "photos": [f"/media/catalog/product{file}" for file in offer.photos],
        "categories": list(offer.categories),
        "variants": [
            {"sku": v.sku, "choices": dict(v.choices), "price": v.price, "available": v.available}
            for v in offer.variants
        ],
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "increment_id": order.increment_id,
        "state": order.state,
        "status": order.status,
        "total": order.grand_total,
        "lines": [{"sku": item.sku, "quantity": item.ordered, "price": item.price} for item in order.lines],
    }


# ----------------------------------------------------------------- the gateway


def _gateway_page(shop: Shop) -> str:
    """The payment provider's list of payments that a person decides."""
    rows = "".join(_gateway_row(order) for order in shop.orders.in_review())
    waiting = f"<table><tr><th>Pedido<th>Comprador<th>Valor<th>Decisão</tr>{rows}</table>" if rows else ""
    return (
        '<!doctype html><html lang="pt-BR"><meta charset="utf-8"><title>Pagamentos em análise</title>'
        "<style>body{font:16px sans-serif;margin:2em}td,th{padding:.3em 1em;text-align:left}"
        "form{display:inline}</style>"
        f"<h1>Pagamentos em análise</h1>{waiting or '<p>Nenhum pagamento espera por decisão.</p>'}</html>"
    )


def _gateway_row(order: Order) -> str:
    buttons = "".join(
        f'<form method="post" action="/gateway/{order.increment_id}/{act}"><button>{label}</button></form> '
        for act, label in (("accept", "Aceitar"), ("deny", "Negar"))
    )
    buyer = escape(f"{order.firstname} {order.lastname} <{order.email}>")
    total = f"R$ {order.grand_total:,.2f}".translate(str.maketrans(",.", ".,"))
    return f"<tr><td>{order.increment_id}<td>{buyer}<td>{total}<td>{buttons}</tr>"


# ----------------------------------------------------------------- pictures and forms


def _picture(shop: Shop, file: str) -> Response:
    picture = shop.catalogue.gallery.files.get(file)
    if picture is None:
        raise NotFound("No such picture.")
    kinds: dict[bytes, str] = {b"\x89PNG": "image/png", b"GIF8": "image/gif"}
    return Response(picture.content, media_type=kinds.get(picture.content[:4], "image/jpeg"))


def _decode(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body, parse_float=Decimal) if body.strip() else {}
    except ValueError:
        raise Refused("Decoding error.") from None
    if not isinstance(data, dict):
        raise Refused("Decoding error.")
    return data


def _optional_int(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content, default=number, ensure_ascii=False), status, media_type="application/json")
