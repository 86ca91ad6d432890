"""Magento's REST over HTTP: one request, one answer.

Nothing is repeated and nothing waits here. A read that fails changed nothing; a write whose answer is missing may have
been carried out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

import anyio
import httpx
import msgspec

from connectors.magento.access.ways import Access
from connectors.magento.failures import failure, http_time
from connectors.magento.wire import decode, encode
from engine.errors import OutcomeUnknown, RetryLater

ALL = "/rest/all/V1"
"""Values for all store views: a write without it lands in the default view and hides later ones."""

SHOP = "/rest/V1"

CONNECT_S = 10.0


class Rest:
    """The shop's REST under a base address without a last slash. `timeout_s` bounds each call as a whole."""

    def __init__(
        self, url: str, access: Access, timeout_s: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.access = access
        self._base = url
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            transport=transport,
            auth=access,
            headers={"Accept": "application/json"},
            # The call as a whole is bounded below: httpx's own clocks do not run inside a simulated transport.
            timeout=httpx.Timeout(None, connect=min(CONNECT_S, timeout_s)),
        )
        self.said_at: datetime | None = None  # the Date of the last answer

    async def get(self, path: str, query: str = "") -> Any:
        """The JSON of a GET. `query` is finished but for its brackets: percent-encoded, spaces as %20."""
        return await self._json("GET", path, query=query, writes=False)

    async def ask(self, path: str, body: Any) -> Any:
        """The JSON of a POST that only reads (the `-information` calls)."""
        return await self._json("POST", path, body, writes=False)

    async def post(self, path: str, body: Any = None) -> Any:
        """The JSON of a POST that changes something."""
        return await self._json("POST", path, body)

    async def put(self, path: str, body: Any) -> Any:
        """The JSON of a PUT."""
        return await self._json("PUT", path, body)

    async def delete(self, path: str) -> Any:
        """The JSON of a DELETE."""
        return await self._json("DELETE", path)

    async def text(self, path: str) -> str:
        """The body of a GET that is no JSON (the version page)."""
        response = await self._send("GET", path, b"", writes=False)
        return response.text if response.status_code == httpx.codes.OK else ""

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _json(self, method: str, path: str, body: Any = None, *, query: str = "", writes: bool = True) -> Any:
        content = b"" if body is None else encode(body)
        response = await self._send(method, f"{path}?{_bracketed(query)}" if query else path, content, writes=writes)
        if not response.is_success:
            raise failure(f"{method} {path}", response, writes=writes)
        try:
            return decode(response.content)
        except msgspec.DecodeError:
            if writes:
                raise OutcomeUnknown("channel-not-json", f"{method} {path}") from None
            raise RetryLater("channel-not-json", f"{method} {path}") from None

    async def _send(self, method: str, target: str, content: bytes, *, writes: bool) -> httpx.Response:
        where = f"{method} {target.partition('?')[0]}"
        headers = {"Content-Type": "application/json"} if content else None
        try:
            with anyio.fail_after(self._timeout_s):
                response = await self._client.request(
                    method, self._base + target, content=content or None, headers=headers
                )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise RetryLater("channel-unreachable", f"{where}: {error}") from None
        except (TimeoutError, httpx.TransportError, httpx.DecodingError) as error:
            detail = f"{where}: {str(error) or type(error).__name__}"
            if writes:
                raise OutcomeUnknown("channel-no-answer", detail) from None
            raise RetryLater("channel-no-answer", detail) from None
        self.said_at = http_time(response.headers.get("Date"))
        return response


def path_of(*parts: str | int) -> str:
    """Path segments, percent-encoded: a SKU may hold a space, a slash or a plus (%20, %2F, %2B)."""
    return "".join("/" + quote(str(part), safe="") for part in parts)


def _bracketed(query: str) -> str:
    """Brackets as %5B and %5D: every signed call that a shop was seen to take had them so."""
    return query.replace("[", "%5B").replace("]", "%5D")
