"""Who calls: integrations with their rights, and signed calls checked as Magento 2.4.6 checks them.

Recorded: refusals/signature_method, refusals/signature, refusals/nonce_used. The other refusals are described in
Magento's own source (Oauth/Oauth.php, Nonce/Generator.php, Token/Provider.php).
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from connectors.sandbox.shop.errors import Refused, ShopError, required

CLOCK_AHEAD_MAX_S = 600
KEY_LENGTH = 32
METHOD = "HMAC-SHA256"
NEEDED = (
    "oauth_consumer_key", "oauth_signature", "oauth_signature_method", "oauth_nonce", "oauth_timestamp", "oauth_token",
)  # fmt: skip
_PAIR = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Integration:
    """One row of System > Integrations. `rights` None = all of them."""

    token: str
    consumer_key: str = ""
    consumer_secret: str = ""
    token_secret: str = ""
    rights: frozenset[str] | None = None

    def may(self, resource: str) -> bool:
        """Whether the merchant ticked that right."""
        return self.rights is None or resource in self.rights


class NotSigned(ShopError):
    """401: the signature, or what it rests on, does not hold."""

    status = 401


class Signatures:
    """Signed calls. A nonce serves once for each consumer, and is spent before the signature is looked at."""

    def __init__(self, integrations: Iterable[Integration], clock: Callable[[], datetime]) -> None:
        self._by_key = {one.consumer_key: one for one in integrations if one.consumer_key}
        self._clock = clock
        self._spent: set[tuple[str, str]] = set()

    def check(self, header: str, method: str, url: str, query: str) -> Integration:
        """Whose call it is; `url` as the shop's PHP sees it, without the query. Raises NotSigned, Refused."""
        given = {name: unquote(value) for name, value in _PAIR.findall(header)}
        for name in NEEDED:
            if name not in given:
                raise required(name)
        if given["oauth_signature_method"] != METHOD:
            raise Refused("Signature method %1 is not supported", [given["oauth_signature_method"]])
        if len(given["oauth_token"]) != KEY_LENGTH:
            raise Refused("The token length is invalid. Check the length and try again.")
        caller = self._by_key.get(given["oauth_consumer_key"])
        if caller is None:
            raise NotSigned("A consumer having the specified key does not exist")
        self._spend(caller, given)
        if given["oauth_token"] != caller.token:
            raise NotSigned("Specified token does not exist")
        key = f"{quote(caller.consumer_secret, safe='')}&{quote(caller.token_secret, safe='')}"
        text = base_string(method, url, [*_pairs(query), *given.items()])
        signature = b64encode(hmac.digest(key.encode(), text.encode(), "sha256")).decode()
        if not hmac.compare_digest(signature, given["oauth_signature"]):
            raise NotSigned("The signature is invalid. Verify and try again.")
        return caller

    def _spend(self, caller: Integration, given: dict[str, str]) -> None:
        stamp = int(given["oauth_timestamp"]) if given["oauth_timestamp"].isdigit() else 0
        if not 0 < stamp <= self._clock().timestamp() + CLOCK_AHEAD_MAX_S:
            raise NotSigned("Incorrect timestamp value in the oauth_timestamp parameter")
        nonce = (caller.consumer_key, given["oauth_nonce"])
        if nonce in self._spent:
            raise NotSigned("The nonce is already being used by the consumer with ID %1", ["1"])
        self._spent.add(nonce)


def base_string(method: str, url: str, pairs: Sequence[tuple[str, str]]) -> str:
    """What is signed. Keys stand in PHP's natural order: [2] before [10]."""
    encoded = [(quote(name, safe="~"), quote(value, safe="~")) for name, value in pairs if name != "oauth_signature"]
    parameters = "&".join(f"{name}={value}" for name, value in sorted(encoded, key=lambda pair: _natural(pair[0])))
    return "&".join(quote(part, safe="~") for part in (method.upper(), url, parameters))


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]


def _pairs(query: str) -> list[tuple[str, str]]:
    """A plus stays a plus, and what is not exactly `name=value` is left out."""
    split = (pair.split("=") for pair in query.split("&"))
    return [(unquote(pair[0]), unquote(pair[1])) for pair in split if len(pair) == 2]
