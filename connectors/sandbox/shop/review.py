"""The merchant's own endpoint for payments in review, as docs/payment-review.md tells a developer to write it.

It shares no code with the connector that calls it: what is documented is all that it knows.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from connectors.sandbox.shop.errors import NotFound, Refused
from connectors.sandbox.shop.orders import PAYMENT_REVIEW
from connectors.sandbox.shop.shop import Shop

AGE_S_MAX = 300


def answer(shop: Shop, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
    """(status, body) of one call; `target` is path and query as they came."""
    moment, given = headers.get("integra-timestamp", ""), headers.get("integra-signature", "")
    signed = f"{method}\n{target}\n{moment}\n".encode() + body
    wanted = "sha256=" + hmac.new(shop.review_key.encode(), signed, hashlib.sha256).hexdigest()
    if not shop.review_key or not hmac.compare_digest(wanted.encode(), given.encode()):
        return 401, {"message": "signature"}
    if not moment.isdigit() or abs(shop.clock().timestamp() - int(moment)) > AGE_S_MAX:
        return 401, {"message": "timestamp"}
    asked = json.loads(body)
    try:
        order = shop.orders.get(int(asked["order_id"]))
        if order.state != PAYMENT_REVIEW:
            return 200, {"state": order.state}  # decided before: a call may come twice
        shop.orders.review(order.increment_id, asked["decision"] == "accept")
    except NotFound:
        return 404, {"message": "no such order"}
    except Refused as refused:
        return 409, {"message": str(refused)}
    return 200, {"state": order.state}
