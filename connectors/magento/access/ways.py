"""How a call says who makes it: by the bare token, or signed after OAuth 1.0a. Which of the two, the shop decides.

Since 2.4.4 a shop takes an integration's token alone only where its owner allowed it; a signed call it always takes.
"""

from __future__ import annotations

from collections.abc import Generator
from enum import StrEnum

import httpx
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, Client

from connectors.magento.access.keys import Keys
from engine.ports import Surroundings


class Way(StrEnum):
    """How calls are let in."""

    BEARER = "bearer"
    OAUTH = "oauth"


class Access(httpx.Auth):
    """Puts the Authorization header on each call. What the shop takes is found out by the first calls, and kept.

    `signing_url` is scheme and host as the shop's PHP sees them where a proxy before it ends TLS or has another name.
    """

    def __init__(self, keys: Keys, surroundings: Surroundings, signing_url: str = "") -> None:
        self._keys = keys
        self._surroundings = surroundings
        self._signing_url = signing_url
        self.way: Way | None = None

    @property
    def can_sign(self) -> bool:
        """Whether there are keys to sign with."""
        return self._keys.can_sign

    @property
    def unproven_keys(self) -> bool:
        """Whether there are keys to sign with and nothing has shown yet that the shop takes them."""
        return self.can_sign and self.way is None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """httpx's own protocol. A 401 changed nothing, so the same call is made again the other way."""
        if self.way is not Way.OAUTH:
            request.headers["Authorization"] = f"Bearer {self._keys.token}"
            response = yield request
            if response.status_code != httpx.codes.UNAUTHORIZED:
                self._let_in(Way.BEARER, response)
                return
            if self.way is Way.BEARER:
                self.way = None  # a right that is missing, or a switch turned off in the shop: the next call finds out
                return
            if not self.can_sign:
                return
        request.headers["Authorization"] = self._signed(request)
        response = yield request
        self._let_in(Way.OAUTH, response)

    def _let_in(self, way: Way, response: httpx.Response) -> None:
        # Only a success proves it: a key of the wrong length is refused with 400.
        if response.is_success:
            self.way = way

    def _signed(self, request: httpx.Request) -> str:
        """The header. Each try has its own nonce and time; a body of JSON is not signed."""
        client = Client(
            self._keys.consumer_key,
            self._keys.consumer_secret,
            self._keys.token,
            self._keys.token_secret,
            signature_method=SIGNATURE_HMAC_SHA256,
            nonce=self._surroundings.new_id(),
            timestamp=str(int(self._surroundings.clock.now().timestamp())),
        )
        _url, headers, _body = client.sign(self._seen_by_shop(request.url), request.method)
        return str(headers["Authorization"])

    def _seen_by_shop(self, url: httpx.URL) -> str:
        """What is really sent, under the name by which the shop knows itself."""
        origin = self._signing_url or f"{url.scheme}://{url.netloc.decode('ascii')}"
        return origin + url.raw_path.decode("ascii")
