"""A payment in review is decided at an endpoint of the merchant's own, by a signed call.

Magento's REST can neither accept nor deny a payment in review (only its admin and the gateway can), so whoever wants to
decide it from here puts a small endpoint into the shop; docs/payment-review.md says what it has to do. What it answers
decides nothing: the order itself shows what became of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import anyio
import httpx

from connectors.magento.options import Options
from connectors.magento.orders import read_order
from connectors.magento.shop import Shop
from engine.errors import Misconfigured, OutcomeUnknown, Refused, RetryLater
from engine.ports import Clock

KEY = "review_key"
IN_REVIEW = "payment_review"
TIME_HEADER, SIGNATURE_HEADER = "Integra-Timestamp", "Integra-Signature"
KEY_CHARS_MIN = 32
DETAIL_CHARS_MAX = 300


@dataclass(frozen=True)
class ReviewEndpoint:
    """The merchant's endpoint; `url` may hold {order_id} and {number}."""

    url: str
    key: str = field(repr=False)
    timeout_s: float
    clock: Clock
    client: httpx.AsyncClient

    @classmethod
    def open(
        cls,
        options: Options,
        secrets: Callable[[str], str | None],
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None,
    ) -> ReviewEndpoint | None:
        """The endpoint of an account, None where it has none. Raises Misconfigured without a key of enough letters."""
        if not options.review_url:
            return None
        key = (secrets(KEY) or "").strip()
        if len(key) < KEY_CHARS_MIN:
            raise Misconfigured("secret-missing", f"{KEY}: at least {KEY_CHARS_MIN} characters", name=KEY)
        return cls(options.review_url, key, options.timeout_s, clock, httpx.AsyncClient(transport=transport))

    async def decide(self, shop: Shop, external_id: str, *, accept: bool, reason: str) -> None:
        """Ask for the decision. Raises Refused where the order is not in review, or the endpoint says no."""
        order = await read_order(shop, external_id)
        if order.get("state") != IN_REVIEW:
            raise Refused("channel-not-in-review", f"order {external_id}: {order.get('state')}", order=external_id)
        number = str(order["increment_id"])
        body = json.dumps(
            {
                "order_id": external_id,
                "number": number,
                "decision": "accept" if accept else "deny",
                "reason": reason,
            },
            ensure_ascii=False,
        ).encode()
        url = self.url.replace("{order_id}", quote(external_id, safe="")).replace("{number}", quote(number, safe=""))
        await self._post(url, body)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.client.aclose()

    async def _post(self, url: str, body: bytes) -> None:
        moment = str(int(self.clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            TIME_HEADER: moment,
            SIGNATURE_HEADER: signature(self.key, "POST", url, moment, body),
        }
        where = f"POST {urlsplit(url).path}"
        try:
            with anyio.fail_after(self.timeout_s):
                answer = await self.client.post(url, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise RetryLater("channel-unreachable", f"{where}: {error}") from None
        except (TimeoutError, httpx.TransportError, httpx.DecodingError) as error:
            raise OutcomeUnknown("channel-no-answer", f"{where}: {type(error).__name__}") from None
        status, detail = answer.status_code, f"{where}: {answer.status_code} {answer.text[:DETAIL_CHARS_MAX]}"
        if answer.is_success:
            return
        if status in (429, 503):
            raise RetryLater("channel-busy", detail, status=status)
        if status >= 500:
            raise OutcomeUnknown("channel-no-answer", detail, status=status)
        # A wrong key stops this decision and not the others: they go to Magento itself, with keys of their own.
        raise Refused("channel-review-refused", detail, status=status)


def signature(key: str, method: str, url: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256, in hexadecimal, over method, path with query as sent, Unix time and body, a line feed between."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    signed = b"\n".join((method.encode(), path.encode(), moment.encode(), body))
    return "sha256=" + hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
