"""HTTP to the shop: one request, one answer, and what a failure means for the caller.

Nothing is repeated and nothing waits here. A read that fails changed nothing; a write whose answer is missing may have
been carried out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import anyio
import httpx

from engine.errors import Misconfigured, OutcomeUnknown, RetryLater

CONNECT_S = 10.0
FRONT = "/index.php"
"""Where the web server rewrites no addresses, everything of Magento's stands below its front file."""


class Http:
    """The shop under a base address. `timeout_s` bounds each call as a whole."""

    def __init__(self, url: str, timeout_s: float, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._base = url
        self.front = ""  # or FRONT, before each path
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            transport=transport,
            headers={"Content-Type": "text/xml; charset=utf-8"},
            # The call as a whole is bounded below: httpx's own clocks do not run inside a simulated transport.
            timeout=httpx.Timeout(None, connect=min(CONNECT_S, timeout_s)),
        )
        self.said_at: datetime | None = None  # the Date of the last answer

    async def post(self, path: str, content: bytes, where: str, *, writes: bool) -> httpx.Response:
        """The answer to a POST: a success, or a 500, whose body may hold a SOAP fault."""
        try:
            with anyio.fail_after(self._timeout_s):
                response = await self._client.post(self._base + self.front + path, content=content)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise RetryLater("channel-unreachable", f"{where}: {error}") from None
        except (TimeoutError, httpx.TransportError, httpx.DecodingError) as error:
            raise unanswered("channel-no-answer", f"{where}: {str(error) or type(error).__name__}", writes) from None
        self.said_at = _http_time(response.headers.get("Date"))
        _judge(where, response, writes)
        return response

    async def get(self, path: str, where: str) -> str:
        """The text of an answer to a GET; empty for anything but a success."""
        try:
            with anyio.fail_after(self._timeout_s):
                response = await self._client.get(self._base + self.front + path)
        except (TimeoutError, httpx.TransportError, httpx.DecodingError) as error:
            raise RetryLater("channel-no-answer", f"{where}: {str(error) or type(error).__name__}") from None
        return response.text if response.is_success else ""

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


def unanswered(code: str, detail: str, writes: bool, status: int | None = None) -> RetryLater | OutcomeUnknown:
    """A request that left without an answer that says what became of it."""
    return (OutcomeUnknown if writes else RetryLater)(code, detail, status=status)


def _judge(where: str, response: httpx.Response, writes: bool) -> None:
    status = response.status_code
    if response.is_success or status == httpx.codes.INTERNAL_SERVER_ERROR:
        return
    detail = f"{where}: {status}"
    if status in (429, 503):
        asked = response.headers.get("Retry-After", "")
        raise RetryLater("channel-busy", detail, after_s=float(asked) if asked.isdigit() else None, status=status)
    if status > 500:
        raise unanswered("channel-failed", detail, writes, status)
    if status in (401, 403):
        raise Misconfigured("openmage-blocked", detail, status=status)
    location = response.headers.get("Location", "").partition("?")[0]
    raise Misconfigured("channel-address", detail, location=location, status=status)


def _http_time(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None
