"""OpenMage and Magento 1 over their XML-RPC, and SOAP v2 for stock, as a sales channel.

Only the wire is known here: what to publish and when, and what an order means for the store, the engine decides. What
both generations of Magento have in common stands in `connectors.magento_shapes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from connectors.openmage.api import Api
from connectors.openmage.channel import OpenMageChannel
from connectors.openmage.options import check, parse
from connectors.openmage.shop import Shop
from connectors.openmage.transport import Http
from engine.errors import Misconfigured
from engine.ports import Connector, SalesChannel, Surroundings

KEY = "key"


def open_channel(
    options: Mapping[str, Any],
    secrets: Callable[[str], str | None],
    surroundings: Surroundings,
    transport: httpx.AsyncBaseTransport | None = None,
) -> SalesChannel:
    """The channel of one account; `transport` takes the place of the network. Nothing is sent yet.

    Raises Misconfigured where an option is wrong or the secret "key" (the API user's key) is missing.
    """
    read = parse(options)
    key = secrets(KEY)
    if not key:
        raise Misconfigured("secret-missing", KEY, name=KEY)
    api = Api(Http(read.url, read.timeout_s, transport), read.user, key)
    return OpenMageChannel(Shop.of(api, read), surroundings.clock)


connector = Connector(kind="openmage", port="channel", check=check, open=open_channel, key_sets=((KEY,),))

__all__ = ["connector", "open_channel"]
