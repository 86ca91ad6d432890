"""What an answer that is no success means for the caller.

Magento translates its messages into the store view's language, so an answer is judged by its status, its parameters and
whether it is JSON at all; sentences only add to that.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any

import httpx
import msgspec

from connectors.magento.wire import decode
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json
from engine.errors import Collision, IntegraError, Misconfigured, OutcomeUnknown, Refused, RetryLater, TooMany

DETAIL_LENGTH = 300
CLOCK_MINUTES_MAX = 8
"""A shop refuses a signature that is 10 minutes ahead of its clock; a little less already makes the clock suspect."""
TITLE_LENGTH = 80
TRANSIENT_REFUSALS = (
    # A database deadlock that Magento wraps into an ordinary 400; the product is not saved then. Where these are
    # translated it stays a refusal, which the engine tries again too.
    "could not save source item configuration",
    "deadlock",
    "sqlstate[40001]",
    "lock wait timeout exceeded",
    "the product was unable to be saved. please try again",
)

_SIGNED_AT = re.compile(r'oauth_timestamp="(\d+)"')


def failure(where: str, response: httpx.Response, *, writes: bool) -> IntegraError:
    """The error to raise. The status is a parameter of every one."""
    status = response.status_code
    if 300 <= status < 400:
        location = response.headers.get("Location", "").partition("?")[0]
        return Misconfigured("channel-address", f"{where}: {status}", location=location, status=status)
    body = _object(response)
    message = fill(body) if body is not None else _title(response)
    detail = f"{where}: {status} {message}".rstrip()
    if status in (429, 503):
        code = "channel-maintenance" if body is None and status == 503 else "channel-busy"
        return RetryLater(code, detail, after_s=_retry_after(response), status=status, title=message)
    if status >= 500:
        # Magento answers 500 to mistakes too (an unknown field), but it may also have died after the commit.
        return (OutcomeUnknown if writes else RetryLater)("channel-failed", detail, status=status)
    if body is None and status in _PAGES:
        return _page(status, detail, message, writes=writes)
    if status in (401, 403):
        return _not_let_in(response, body or {}, detail, message)
    if status == 404:
        return Absent("channel-absent", detail, message=message, status=status)
    if body is not None and _is_limit(body):
        return TooMany("channel-batch-limit", detail, limit=int(body["parameters"]["max"]), status=status)
    if passes(message):
        return Collision("channel-conflict", detail, status=status)
    return Refused("channel-refused", detail, message=message, status=status)


def passes(message: str) -> bool:
    """Whether a refusal in these words is one that the next try does not meet again (a deadlock)."""
    return any(words in message.lower() for words in TRANSIENT_REFUSALS)


_PAGES = {401: "channel-web-login", 403: "channel-firewall", 404: "channel-no-page", 413: "channel-too-large"}
"""Statuses that mean something else where a page of HTML comes with them: then it was not Magento that answered."""


def _page(status: int, detail: str, title: str, *, writes: bool) -> IntegraError:
    code = _PAGES[status]
    if status == 401:
        return Misconfigured(code, detail, status=status, title=title)
    if status == 403 and not writes:
        return RetryLater(code, detail, status=status, title=title)
    # A firewall may mind the text of one product, and some web servers a slash in a SKU: the others go on.
    return Refused(code, detail, status=status, title=title)


def _not_let_in(response: httpx.Response, body: Json, detail: str, message: str) -> IntegraError:
    """A right that is missing is named; a signature that does not hold is not, and has causes of its own."""
    status = response.status_code
    signed_at = _SIGNED_AT.search(response.request.headers.get("Authorization", ""))
    right = _right(body)
    if right or not signed_at:
        return Misconfigured("channel-rights", detail, resource=right, status=status, message=message)
    said_at = http_time(response.headers.get("Date"))
    minutes = round(abs(int(signed_at[1]) - said_at.timestamp()) / 60) if said_at else 0
    if minutes >= CLOCK_MINUTES_MAX:
        return Misconfigured("magento-clock", detail, minutes=minutes, status=status, message=message)
    if b"%" in response.request.url.raw_path.partition(b"?")[0]:
        # Some versions up to 2.4.7 decode the path before they sign it (magento/magento2#37913); other calls go on.
        return Refused("magento-signed-path", detail, status=status, message=message)
    return Misconfigured("magento-keys", detail, status=status, message=message)


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


def http_time(text: str | None) -> datetime | None:
    """The value of a Date header; None where it is none."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def _object(response: httpx.Response) -> Json | None:
    """The object of the answer; None for a page (maintenance, a firewall, the web server's own 404)."""
    try:
        body = decode(response.content)
    except msgspec.DecodeError:
        return None
    if not isinstance(body, dict):
        return {}
    errors = (body.get("messages") or {}).get("error") if isinstance(body.get("messages"), dict) else None
    return dict(errors[0]) if errors and isinstance(errors[0], dict) else body


def _title(response: httpx.Response) -> str:
    """A page in a few words."""
    found = re.search(r"<title[^>]*>([^<]*)", response.text[:10_000], re.IGNORECASE)
    return " ".join(unescape(found[1]).split())[:TITLE_LENGTH] if found else ""


def _right(body: Json) -> str:
    """The right that an answer of 401 names; empty where the keys themselves were refused."""
    parameters = body.get("parameters")
    return str(parameters.get("resources", "")) if isinstance(parameters, dict) else ""


def _is_limit(body: Json) -> bool:
    """The shop's input limit (`Maximum items of type "%type" is %max`)."""
    parameters = body.get("parameters")
    return isinstance(parameters, dict) and "type" in parameters and str(parameters.get("max", "")).isdigit()


def _retry_after(response: httpx.Response) -> float | None:
    asked = response.headers.get("Retry-After", "")
    if asked.isdigit():
        return float(asked)
    until, said = http_time(asked), http_time(response.headers.get("Date"))
    return max(0.0, (until - said).total_seconds()) if until and said else None
