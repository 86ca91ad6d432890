"""The sample shop over HTTP: an ASGI application, for uvicorn on loopback and for httpx's in-process transport alike.

It is no Starlette application because a lost reply must reach the server, or the in-process client, as it is: no
middleware may turn it into an answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from email.utils import format_datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, unquote

import anyio
import anyio.lowlevel
import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from connectors.sandbox.shop import review, web
from connectors.sandbox.shop.errors import (
    BareCrash,
    Crash,
    MethodNotSupported,
    NotFound,
    Overloaded,
    Refused,
    ShopError,
    Unauthorised,
)
from connectors.sandbox.shop.faults import MAINTENANCE, Fault
from connectors.sandbox.shop.fields import parse, pick
from connectors.sandbox.shop.oauth import Integration, Signatures
from connectors.sandbox.shop.products import ALL_VIEWS, DEFAULT_VIEW
from connectors.sandbox.shop.router import Call, Later, Match, Route
from connectors.sandbox.shop.routes import ROUTER
from connectors.sandbox.shop.shop import Asked, Shop
from connectors.sandbox.shop.wire import number

VERSION = "Magento/2.4 (Community)"
STORE_VIEWS = {"all": ALL_VIEWS, "default": DEFAULT_VIEW}
METHODS = ("GET", "POST", "PUT", "DELETE")
RETRY_AFTER_S = 1


class ReplyLost(httpx.RemoteProtocolError):
    """The call was carried out, and the connection broke before the answer. In process, the client gets just this."""


class ConnectionBroken(httpx.ConnectError):
    """The connection broke before anything was carried out."""


class Json(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, default=number, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Outcome:
    """What a request led to, with the route and the number of rows for the log."""

    response: Response
    route: str = ""
    rows: int = 0


class ShopApp:
    """`tokens` open everything as an admin's do; `logins` are the admins who may fetch a new one, by name.

    `integrations` call with a signature, and with their token alone while `takes_bearer`, which a merchant switches on.
    `seen_as` is the address (scheme and host) under which PHP sees itself behind a proxy; `speaks` translates messages.
    """

    def __init__(
        self,
        shop: Shop,
        tokens: Collection[str],
        logins: Mapping[str, str] | None = None,
        integrations: Iterable[Integration] = (),
    ) -> None:
        self.shop = shop
        self.tokens = set(tokens)
        self.takes_bearer = True
        self.seen_as = ""
        self.speaks: Callable[[str], str] = str
        self._logins = dict(logins or {})
        self._by_token = {one.token: one for one in integrations}
        self._signatures = Signatures(self._by_token.values(), shop.clock)
        self._new_tokens = count(1)
        self._reports = count(1)
        self._workers: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the sample shop speaks HTTP only, not {scope['type']}")
        request = Request(scope, receive)
        raw_path = scope.get("raw_path") or scope["path"].encode()
        path = raw_path.decode("ascii")
        query = scope["query_string"].decode("ascii")
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        with self.shop.lock:
            fault = self.shop.faults.take(request.method, f"{path}?{query}" if query else path)
        broken: httpx.TransportError | None = None
        if fault is not None and fault.effect == "refuse":
            outcome = Outcome(Response(), _template(request.method, path))
            broken = ConnectionBroken("All connection attempts failed")
        elif fault is not None and fault.effect == "answer":
            outcome = Outcome(_spoiled(fault), _template(request.method, path))
        else:
            if fault is not None and fault.effect == "delay":
                await anyio.sleep(fault.seconds)
            outcome = await self._answer(request, path, query, body)
            if fault is not None and fault.effect == "lose_reply":
                broken = ReplyLost("Server disconnected without sending a response.")
        status = 0 if broken is not None else outcome.response.status_code
        asked = Asked(request.method, outcome.route, path, status, outcome.rows, self.shop.clock())
        with self.shop.lock:
            self.shop.requests.append(asked)
        if broken is not None:
            raise broken
        outcome.response.headers["Date"] = format_datetime(asked.at.astimezone(UTC), usegmt=True)
        await outcome.response(scope, receive, send)

    async def _answer(self, request: Request, path: str, query: str, body: bytes) -> Outcome:
        match path.split("/")[1:]:
            case ["rest", *rest]:
                return await self._rest(request, rest, query, body)
            case ["integra", "review", *_]:
                with self.shop.lock:
                    target = f"{path}?{query}" if query else path
                    status, told = review.answer(self.shop, request.method, target, request.headers, body)
                return Outcome(Json(told, status), "integra/review")
            case ["magento_version"]:
                return Outcome(PlainTextResponse(VERSION), "magento_version")
            case parts:
                with self.shop.lock:
                    return Outcome(web.answer(self.shop, request.method, [unquote(p) for p in parts], query, body))

    # ------------------------------------------------------------- REST

    async def _rest(self, request: Request, parts: list[str], query: str, body: bytes) -> Outcome:
        template, rows = "", 0
        try:
            view, parts = _store_view(parts)
            if request.method not in METHODS:
                raise MethodNotSupported(f"The {request.method} HTTP method is not supported.")
            if parts == ["V1", "integration", "admin", "token"] and request.method == "POST":
                return Outcome(Json(self._log_in(_decode(body))), "V1/integration/admin/token")
            match = ROUTER.match(request.method, parts)
            template = match.route.template
            if template.startswith("V1/inventory/") and not self.shop.inventory.by_source:
                raise NotFound("Request does not match any route.")
            call = self._call(request, match, view, query, body)
            rows = _rows_sent(call.body)
            result = await self._work(match.route, call, rows)
            rows = rows or _rows_answered(result)
            wanted = dict(call.query).get("fields")
            status = 202 if template.startswith("async/") else 200
            return Outcome(Json(pick(result, parse(wanted)) if wanted else result, status), template, rows)
        except ShopError as error:
            return Outcome(self._error(error), template, rows)

    async def _work(self, route: Route, call: Call, rows: int) -> Any:
        """Serve a call in its time, by one of the shop's workers. Raises Overloaded where too many wait for one."""
        slowness = self.shop.slowness
        if not slowness.costs:
            result = self._begun(route, call)
            await anyio.lowlevel.checkpoint()
            return self._ended(result)
        if self._workers is None:
            self._workers = anyio.CapacityLimiter(slowness.workers)
        if not self._workers.available_tokens and self._workers.statistics().tasks_waiting >= slowness.queue:
            raise Overloaded
        async with self._workers:
            result = self._begun(route, call)
            await anyio.sleep(slowness.seconds(route.method, route.template, rows))
            return self._ended(result)

    def _begun(self, route: Route, call: Call) -> Any:
        with self.shop.lock:
            self.shop.queue.work()
            return route.handler(self.shop, call)

    def _ended(self, result: Any) -> Any:
        with self.shop.lock:
            return result.finish() if isinstance(result, Later) else result

    def _call(self, request: Request, match: Match, view: int, query: str, body: bytes) -> Call:
        trusted = self._may(request, match.route.resource, query)
        if match.route.resource is not None and not trusted:
            raise Unauthorised(match.route.resource)
        pairs = parse_qsl(query, keep_blank_values=True)
        return Call(match.parts, pairs, _decode(body), view, trusted, f"http://{request.headers.get('host', '')}")

    def _may(self, request: Request, resource: str | None, query: str) -> bool:
        """Whether the caller is known and has the right."""
        kind, _, given = (request.headers.get("authorization") or "").partition(" ")
        if kind.lower() == "oauth":
            origin = self.seen_as or f"{request.url.scheme}://{request.headers.get('host', '')}"
            path = request.scope["raw_path"].decode("ascii")
            caller = self._signatures.check(given, request.method, origin + path, query)
            return resource is None or caller.may(resource)
        if kind.lower() != "bearer":
            return False
        if given in self.tokens:
            return True
        known = self._by_token.get(given) if self.takes_bearer else None
        return known is not None and (resource is None or known.may(resource))

    def _log_in(self, body: Any) -> str:
        """A new token for an admin (recorded: refusals/admin_token, refusals/admin_token_wrong_password)."""
        given = body if isinstance(body, dict) else {}
        password = self._logins.get(str(given.get("username")))
        if password is None or password != given.get("password"):
            error = ShopError(
                "The account sign-in was incorrect or your account is disabled temporarily. "
                "Please wait and try again later."
            )
            error.status = 401
            raise error
        token = f"token-{next(self._new_tokens)}"
        self.tokens.add(token)
        return token

    def _error(self, error: ShopError) -> Response:
        if isinstance(error, Overloaded):
            return HTMLResponse(MAINTENANCE, error.status, {"Retry-After": str(RETRY_AFTER_S)})
        if isinstance(error, BareCrash):
            return PlainTextResponse(error.message, error.status)
        body = error.body()
        if isinstance(error, Crash):
            report = f"webapi-{next(self._reports):013x}"
            body = {"message": f"Internal Error. Details are available in Magento log file. Report ID: {report}"}
        return Json({**body, "message": self.speaks(body["message"])}, error.status)


def create_app(
    shop: Shop,
    tokens: Iterable[str],
    logins: Mapping[str, str] | None = None,
    integrations: Iterable[Integration] = (),
) -> ShopApp:
    """The shop as an ASGI application that lets these in."""
    return ShopApp(shop, set(tokens), logins, integrations)


def _store_view(parts: list[str]) -> tuple[int, list[str]]:
    """The store code is optional; without one the call speaks of the default store view."""
    if parts[:1] in (["V1"], ["async"]):
        return DEFAULT_VIEW, parts
    if parts and parts[0] in STORE_VIEWS:
        return STORE_VIEWS[parts[0]], parts[1:]
    raise Refused("Specified request cannot be processed.")


def _decode(body: bytes) -> Any:
    if not body.strip():
        return {}
    try:
        return json.loads(body, parse_float=Decimal)
    except ValueError:
        raise Refused("Decoding error.") from None


def _template(method: str, path: str) -> str:
    """The route that a call would have taken."""
    try:
        return ROUTER.match(method, _store_view(path.split("/")[2:])[1]).route.template
    except (NotFound, Refused):
        return ""


def _spoiled(fault: Fault) -> Response:
    headers = dict(fault.headers)
    if isinstance(fault.body, str):
        return HTMLResponse(fault.body, fault.status, headers)
    return Json(fault.body, fault.status, headers)


def _rows_sent(body: Any) -> int:
    if isinstance(body, list):
        return len(body)
    if isinstance(body, dict):
        lists = [value for value in body.values() if isinstance(value, list)]
        return len(lists[0]) if lists else 0
    return 0


def _rows_answered(result: Any) -> int:
    searched = isinstance(result, dict) and "total_count" in result
    items = result["items"] if searched else result
    return len(items) if isinstance(items, list) else 0
