"""HTTP to a sample shop inside the simulated world: httpx's in-process transport, with delays and what goes wrong.

The shop works in a task of the world's: a caller who gives up, or is killed, does not stop what the shop has begun.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from contextvars import Context
from typing import Any

import httpx

from connectors.sandbox.shop.faults import MAINTENANCE
from tests.simulation.faults import HTTP, Fault, Weather
from tests.simulation.inline import Boundary
from tests.simulation.landings import Landings

LATENCY_S = 0.15  # on average
RETRY_AFTER_S = 60
NOT_LET_IN = {"message": "The consumer isn't authorized to access %resources.", "parameters": {"resources": "self"}}
HIDDEN_S = 45  # how long an order may stay unlisted; below every channel's overlap
SILENT_S = 10_000.0
WRITES_ONLY = frozenset({"half"})
READS_OF_ORDERS = frozenset({"shuffled", "hiding"})
ROWS = ("sourceItems", "prices")
"""Where a Magento batch keeps its rows."""

App = Callable[..., Any]


class Wire(httpx.AsyncBaseTransport):
    """From one life of the engine to one shop. `timeout_s` is after how long the engine gives up."""

    def __init__(
        self, shop: str, app: App, world: Context, weather: Callable[[], Weather], chance: random.Random,
        boundary: Boundary, note: Callable[[str], None], timeout_s: float, now: Callable[[], str], landings: Landings,
    ) -> None:  # fmt: skip
        self._shop = shop
        self._inner = httpx.ASGITransport(app)
        self._world = world
        self._weather = weather
        self._chance = chance
        self._boundary = boundary
        self._note = note
        self._timeout_s = timeout_s
        self._now = now
        self._landings = landings

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        call = f"{self._shop} {request.method} {request.url.path.rpartition('/V1/')[2]}"
        await self._boundary(call)
        body = await request.aread()
        fault = self._weather().strikes(self._shop, _fitting(request, body), call)
        kind = fault.kind if fault else ""
        self._note(f"{self._shop} {request.method} {request.url.path} {len(body)} {kind}")
        response = await self._answered(request, body, fault)
        await self._boundary(f"{call} answered")
        return response

    async def _answered(self, request: httpx.Request, body: bytes, fault: Fault | None) -> httpx.Response:
        if fault is None:
            return await self._served(request)
        match fault.kind:
            case "refused" | "away":
                raise httpx.ConnectError("All connection attempts failed")
            case "silent":
                await asyncio.sleep(SILENT_S)
            case "late":
                # Within the settle time, and not before the caller has given up.
                self._begin(request, self._timeout_s * (1 + 0.9 * self._chance.random()))
                await asyncio.sleep(SILENT_S)
            case "locked":
                return httpx.Response(401, json=NOT_LET_IN, request=request)
            case "busy":
                return httpx.Response(429, headers={"Retry-After": str(RETRY_AFTER_S)}, request=request)
            case "down":
                return httpx.Response(503, text=MAINTENANCE, headers={"Content-Type": "text/html"}, request=request)
            case "html":
                return httpx.Response(200, text=MAINTENANCE, headers={"Content-Type": "text/html"}, request=request)
            case "half":
                await self._served(_half_of(request, body))
                raise httpx.ReadError("connection reset")
            case "lost":
                await self._served(request)
                raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
            case "crash":
                await self._served(request)
                return httpx.Response(500, text="", request=request)
        return _changed(await self._served(request), request, fault.kind, self._now())

    async def _served(self, request: httpx.Request) -> httpx.Response:
        answer = await asyncio.shield(self._begin(request, self._pause()))
        await asyncio.sleep(self._pause())
        return answer

    def _pause(self) -> float:
        return self._chance.expovariate(2 / LATENCY_S)

    def _begin(self, request: httpx.Request, after_s: float) -> asyncio.Task[httpx.Response]:
        serving = self._serve(request, after_s, self._landings.leaves())
        return asyncio.get_running_loop().create_task(serving, context=self._world)

    async def _serve(self, request: httpx.Request, after_s: float, number: int) -> httpx.Response:
        await asyncio.sleep(after_s)
        self._landings.lands(number, request.method, request.url.path, request.content)
        response = await self._inner.handle_async_request(request)
        content = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=content, request=request)


def _fitting(request: httpx.Request, body: bytes) -> list[str]:
    """What can go wrong with this call."""
    kinds = [kind for kind in HTTP if kind not in WRITES_ONLY | READS_OF_ORDERS]
    if request.method == "GET" and request.url.path.endswith("/orders"):
        kinds += READS_OF_ORDERS
    if request.method == "POST" and any(f'"{rows}"'.encode() in body[:40] for rows in ROWS):
        kinds += WRITES_ONLY
    return sorted(kinds)


def _half_of(request: httpx.Request, body: bytes) -> httpx.Request:
    told = json.loads(body)
    (name,) = (name for name in ROWS if name in told)
    told[name] = told[name][: len(told[name]) // 2]
    headers = {key: value for key, value in request.headers.items() if key.lower() != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, content=json.dumps(told).encode())


def _changed(response: httpx.Response, request: httpx.Request, kind: str, now: str) -> httpx.Response:
    told = response.json() if response.is_success else None
    if not isinstance(told, dict) or "items" not in told:
        return response
    items = list(told["items"] or ())
    if kind == "shuffled":
        items = [*reversed(items), *items]
    else:
        items = [order for order in items if str(order.get("updated_at", "")) < now]
    headers = {"Content-Type": "application/json", "Date": response.headers.get("Date", "")}
    return httpx.Response(200, headers=headers, content=json.dumps({**told, "items": items}).encode(), request=request)
