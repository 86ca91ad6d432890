"""Magento's REST over HTTP: one request, one answer, and what a failure means for the caller.

Nothing is repeated and nothing waits here. A read that fails changed nothing; a write whose answer is missing may have
been carried out.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import anyio
import httpx
import msgspec

from connectors.magento.wire import Json, decode, encode
from engine.errors import IntegraError, Misconfigured, OutcomeUnknown, Refused, RetryLater

ALL = "/rest/all/V1"
"""Values for all store views: a write without it lands in the default view and hides later ones."""

SHOP = "/rest/V1"

CONNECT_S = 10.0
DETAIL_LENGTH = 300
TRANSIENT_REFUSALS = (
    # A database deadlock that Magento wraps into an ordinary 400; the product is not saved then.
    "could not save source item configuration",
    "deadlock found when trying to get lock",
    "lock wait timeout exceeded",
    "the product was unable to be saved. please try again",
)


class Absent(Refused):
    """404: the shop has no such thing."""


class Rest:
    """The shop's REST under a base address. `timeout_s` bounds each call as a whole."""

    def __init__(
        self, url: str, token: str, timeout_s: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._base = url.rstrip("/")
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            transport=transport,
            headers={"Accept": "application/json", "Authorization": f"Bearer {token}"},
            # The call as a whole is bounded below: httpx's own clocks do not run inside a simulated transport.
            timeout=httpx.Timeout(None, connect=min(CONNECT_S, timeout_s)),
        )
        self.said_at: datetime | None = None  # the Date of the last answer

    async def get(self, path: str, query: str = "") -> Any:
        """The JSON of a GET. `query` is finished: percent-encoded, spaces as %20."""
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
        response = await self._send(method, f"{path}?{query}" if query else path, content, writes=writes)
        if not response.is_success:
            raise _failure(f"{method} {path}", response, writes=writes)
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
        self.said_at = _http_time(response.headers.get("Date"))
        return response


def path_of(*parts: str | int) -> str:
    """Path segments, percent-encoded: a SKU may hold a space, a slash or a plus (%20, %2F, %2B)."""
    return "".join("/" + quote(str(part), safe="") for part in parts)


def _failure(where: str, response: httpx.Response, *, writes: bool) -> IntegraError:
    """What an answer that is no success means. The status is a parameter of every error."""
    status = response.status_code
    body = _error_body(response)
    message = fill(body)
    detail = f"{where}: {status} {message}".rstrip()
    if status in (401, 403):
        return Misconfigured("channel-rights", detail, resource=_resource(body), status=status)
    if status in (429, 503):
        return RetryLater("channel-busy", detail, after_s=_retry_after(response), status=status)
    if status >= 500:
        # Magento answers 500 to mistakes too (an unknown field), but it may also have died after the commit.
        return (OutcomeUnknown if writes else RetryLater)("channel-failed", detail, status=status)
    if 300 <= status < 400:
        location = response.headers.get("Location", "").partition("?")[0]
        return Misconfigured("channel-address", detail, location=location, status=status)
    if status == 404:
        return Absent("channel-absent", detail, message=message, status=status)
    if _is_limit(body):
        return Misconfigured("channel-batch-limit", detail, limit=str(body["parameters"]["max"]), status=status)
    if any(words in message.lower() for words in TRANSIENT_REFUSALS):
        return RetryLater("channel-conflict", detail, status=status)
    return Refused("channel-refused", detail, message=message, status=status)


def fill(body: Json) -> str:
    """Magento's message with its placeholders filled: %1 from a list, %fieldName from an object.

    The price calls give names and a list whose order is the call's own: its values follow the text then.
    """
    message = str(body.get("message") or "")
    parameters = body.get("parameters")
    named: dict[str, Any] = dict(parameters) if isinstance(parameters, dict) else {}
    if isinstance(parameters, list):
        named = {str(place): value for place, value in enumerate(parameters, 1)}
        if re.search(r"%[A-Za-z]\w*", message):
            message += f" ({', '.join(map(str, parameters))})"
    filled = re.sub(r"%(\w+)", lambda found: str(named.get(found[1], found[0])), message)
    return " ".join(filled.split())[:DETAIL_LENGTH]


def _error_body(response: httpx.Response) -> Json:
    """The object of the answer; a page of HTML (maintenance, a firewall, the web server's own 404) says nothing."""
    try:
        body = decode(response.content)
    except msgspec.DecodeError:
        return {}
    if not isinstance(body, dict):
        return {}
    errors = (body.get("messages") or {}).get("error") if isinstance(body.get("messages"), dict) else None
    return dict(errors[0]) if errors and isinstance(errors[0], dict) else body


def _resource(body: Json) -> str:
    parameters = body.get("parameters")
    return str(parameters.get("resources", "")) if isinstance(parameters, dict) else ""


def _is_limit(body: Json) -> bool:
    """The shop's input limit (`Maximum items of type "%type" is %max`); told by parameters, as texts are translated."""
    parameters = body.get("parameters")
    return isinstance(parameters, dict) and {"type", "max"} <= parameters.keys()


def _retry_after(response: httpx.Response) -> float | None:
    asked = response.headers.get("Retry-After", "")
    if asked.isdigit():
        return float(asked)
    until, said = _http_time(asked), _http_time(response.headers.get("Date"))
    return max(0.0, (until - said).total_seconds()) if until and said else None


def _http_time(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None
