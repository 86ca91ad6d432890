"""The sample OpenMage over HTTP: an ASGI application, for uvicorn on loopback and for httpx's in-process transport.

It is no Starlette application because a lost reply must reach the server, or the in-process client, as it is.
"""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Callable, Sequence
from datetime import UTC
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import anyio
import defusedxml.ElementTree
from defusedxml.xmlrpc import DefusedExpatParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from connectors.sandbox.openmage.calls import ALIASES, CALLS, NOT_CALLABLE
from connectors.sandbox.openmage.errors import ApiFault
from connectors.sandbox.openmage.shop import Asked, OpenMage
from connectors.sandbox.shop.app import ConnectionBroken, ReplyLost

FRONT = "/index.php"
STOCK_ITEM = "cataloginventory_stock_item"
MULTI_UPDATE = "catalogInventoryStockItemMultiUpdate"
SOAP_FAULT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault>'
    "<faultcode>{}</faultcode><faultstring>{}</faultstring></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
SOAP_ANSWER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="urn:OpenMage"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><SOAP-ENV:Body>'
    f'<ns1:{MULTI_UPDATE}Response><result xsi:type="xsd:boolean">true</result></ns1:{MULTI_UPDATE}Response>'
    "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
)


class Fatal(Exception):
    """What PHP does not catch: an argument too few. The web server answers 500 without a body."""


class OpenMageApp:
    """One shop's API behind /api/xmlrpc and /api/v2_soap, with index.php before it or, where it rewrites, without."""

    def __init__(self, shop: OpenMage) -> None:
        self.shop = shop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the sample shop speaks HTTP only, not {scope['type']}")
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        path = request.url.path.rstrip("/")
        found = path.startswith(FRONT) or self.shop.rewrites
        protocol = {"/api/xmlrpc": "xmlrpc", "/api/v2_soap": "soap"}.get(path.removeprefix(FRONT)) if found else None
        if protocol == "soap" and request.method == "GET" and "wsdl" in request.query_params:
            await _wsdl(self.shop)(scope, receive, send)
            return
        if protocol is None or request.method != "POST":
            await HTMLResponse("<html>404 Not Found</html>", 404)(scope, receive, send)
            return
        method, answer = _parsed(protocol, body)
        with self.shop.lock:
            fault = self.shop.faults.take(protocol, method)
        if fault is not None and fault.effect == "refuse":
            raise ConnectionBroken("All connection attempts failed")
        if fault is not None and fault.effect == "answer":
            response = _spoiled(protocol, fault.status, fault.body, dict(fault.headers))
        else:
            if fault is not None and fault.effect == "delay":
                await anyio.sleep(fault.seconds)
            with self.shop.lock:
                response = answer(self.shop)
            if fault is not None and fault.effect == "lose_reply":
                raise ReplyLost("Server disconnected without sending a response.")
        response.headers["Date"] = format_datetime(self.shop.clock().astimezone(UTC), usegmt=True)
        await response(scope, receive, send)


def create_app(shop: OpenMage) -> OpenMageApp:
    """The shop as an ASGI application."""
    return OpenMageApp(shop)


def _spoiled(protocol: str, status: int, body: Any, headers: dict[str, str]) -> Response:
    """A pair is a fault of the API, as its number and sentence; a text is a page."""
    if isinstance(body, tuple):
        code, message = body
        return _soap_fault(code, message) if protocol == "soap" else _xmlrpc(xmlrpc.client.Fault(code, message))
    return HTMLResponse(str(body or ""), status, headers)


def _parsed(protocol: str, body: bytes) -> tuple[str, Callable[[OpenMage], Response]]:
    """What is asked, by the name that faults go by, and the way to answer it."""
    if protocol == "soap":
        return _parsed_soap(body)
    target = xmlrpc.client.Unmarshaller(use_builtin_types=True)
    parser = DefusedExpatParser(target, forbid_dtd=True)
    parser.feed(body)
    parser.close()
    params, name = target.close(), str(target.getmethodname())
    match name, params:
        case "call", (_, str(method), *_):
            asked = method
        case "multiCall", (_, [[str(first), *_], *_], *_):
            asked = f"multiCall {first}"
        case _:
            asked = name
    return asked, lambda shop: _answer(shop, name, params)


# ----------------------------------------------------------------- XML-RPC


def _answer(shop: OpenMage, name: str, params: Sequence[Any]) -> Response:
    try:
        match name, params:
            case "login", (user, key):
                shop.requests.append(Asked("xmlrpc", "login", (user,)))
                return _xmlrpc(shop.login(str(user), str(key)))
            case "resources", (session,):
                _check_session(shop, session)
                return _xmlrpc(_resources(shop))
            case "call", (session, path, *args):
                _check_session(shop, session)
                return _xmlrpc(_call(shop, str(path), args[0] if args else []))
            case "multiCall", (session, list(calls), *_):
                _check_session(shop, session)
                return _xmlrpc([_one_of_many(shop, call) for call in calls])
            case _:
                raise ApiFault("resource_path_invalid")
    except ApiFault as fault:
        resource = _resource(str(params[1]))[0] if name == "call" else ""
        return _xmlrpc(xmlrpc.client.Fault(*fault.of(resource)))
    except Fatal:
        return HTMLResponse("", 500)


def _resources(shop: OpenMage) -> list[dict[str, Any]]:
    """What the user's role may call; a resource of which nothing is left is not named."""
    allowed = sorted(path for path in (*CALLS, *NOT_CALLABLE) if path not in shop.denied)
    names = dict.fromkeys(path.partition(".")[0] for path in allowed)
    return [
        {
            "title": name, "name": name, "aliases": [alias for alias, meant in ALIASES.items() if meant == name],
            "methods": [
                {"title": path, "path": path, "name": path.partition(".")[2], "aliases": []}
                for path in allowed if path.partition(".")[0] == name
            ],
        }
        for name in names
    ]  # fmt: skip


def _one_of_many(shop: OpenMage, call: Any) -> Any:
    try:
        return _call(shop, str(call[0]), call[1] if len(call) > 1 else [])
    except ApiFault as fault:
        # Of an exception that no part of the API foresaw, a multiCall tells nothing.
        told = ApiFault("internal") if fault.name == "internal" else fault
        code, message = told.of(_resource(str(call[0]))[0])
        return {"isFault": True, "faultCode": code, "faultMessage": message}


def _call(shop: OpenMage, path: str, args: Any) -> Any:
    resource, method = _resource(path)
    name = f"{resource}.{method}"
    arguments = tuple(args) if isinstance(args, list) else (args,)
    shop.requests.append(Asked("xmlrpc", name, arguments))
    if name in NOT_CALLABLE:
        raise ApiFault("resource_path_not_callable")
    if name not in CALLS:
        raise ApiFault("resource_path_invalid")
    if name in shop.denied:
        raise ApiFault("access_denied")
    try:
        return CALLS[name](shop, *arguments)
    except (TypeError, KeyError) as error:
        raise Fatal(path) from error


def _resource(path: str) -> tuple[str, str]:
    resource, _, method = path.partition(".")
    return ALIASES.get(resource, resource), method


def _check_session(shop: OpenMage, session: Any) -> None:
    if not shop.is_open(session):
        raise ApiFault("session_expired")


def _xmlrpc(value: Any) -> Response:
    if isinstance(value, xmlrpc.client.Fault):
        return _xml(xmlrpc.client.dumps(value, allow_none=True))
    return _xml(xmlrpc.client.dumps((value,), methodresponse=True, allow_none=True))


def _xml(text: str, status: int = 200) -> Response:
    return Response(text.encode(), status, media_type="text/xml")


# ----------------------------------------------------------------- SOAP v2


def _parsed_soap(body: bytes) -> tuple[str, Callable[[OpenMage], Response]]:
    root = defusedxml.ElementTree.fromstring(body, forbid_dtd=True)
    call = next(iter(next(element for element in root.iter() if element.tag.endswith("}Body"))))
    operation = call.tag.rpartition("}")[2]
    method = f"{STOCK_ITEM}.multiUpdate" if operation == MULTI_UPDATE else operation
    return method, lambda shop: _answer_soap(shop, operation, call)


def _answer_soap(shop: OpenMage, operation: str, call: ElementTree.Element) -> Response:
    if shop.ws_i:
        return _soap_fault("SOAP-ENV:Server", f"Procedure '{operation}' not present", 500)
    if not shop.soap_works:
        return _soap_fault("WSDL", "SOAP-ERROR: Parsing WSDL: Couldn't load from 'http://loja.test/'", 500)
    try:
        _check_session(shop, call.findtext("sessionId"))
        if operation != MULTI_UPDATE:
            raise ApiFault("resource_path_not_callable")
        return _multi_update(shop, call)
    except ApiFault as fault:
        return _soap_fault(*fault.of(STOCK_ITEM))


def _wsdl(shop: OpenMage) -> Response:
    """The description of SOAP v2, as short as it can be."""
    use = "literal" if shop.ws_i else "encoded"
    body = f'<operation name="{MULTI_UPDATE}"><input><soap:body use="{use}"/></input></operation>'
    return _xml(f'<definitions xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">{body}</definitions>')


def _multi_update(shop: OpenMage, call: ElementTree.Element) -> Response:
    """One after the other, up to the first that fails; those before it stay."""
    skus = [item.text or "" for item in call.iterfind("productIds/item")]
    rows = [{value.tag: value.text for value in item} for item in call.iterfind("productData/item")]
    if len(skus) != len(rows) or not _says_how_many(call, len(skus)):
        raise ApiFault("multi_update_not_match")
    shop.requests.append(Asked("soap", f"{STOCK_ITEM}.multiUpdate", tuple(skus)))
    if f"{STOCK_ITEM}.update" in shop.denied:
        raise ApiFault("access_denied")
    for sku, row in zip(skus, rows, strict=True):
        CALLS[f"{STOCK_ITEM}.update"](shop, sku, row)
    return _xml(SOAP_ANSWER)


def _says_how_many(call: ElementTree.Element, rows: int) -> bool:
    """PHP reads an array by its `arrayType`."""
    found = [element for name in ("productIds", "productData") if (element := call.find(name)) is not None]
    kinds = [value for element in found for key, value in element.attrib.items() if key.endswith("}arrayType")]
    return len(kinds) == 2 and all(re.fullmatch(rf".+\[{rows}\]", kind) for kind in kinds)


def _soap_fault(code: Any, message: str, status: int = 200) -> Response:
    return _xml(SOAP_FAULT.format(escape(str(code)), escape(message)), status)
