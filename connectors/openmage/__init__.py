"""OpenMage and Magento 1 over their XML-RPC, and SOAP v2 for stock, as a sales channel.

Only the wire is known here: what to publish and when, and what an order means for the store, the engine decides. What
both generations of Magento have in common stands in `connectors.magento_shapes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from connectors.openmage.channel import OpenMageChannel
from connectors.openmage.options import check, parse
from connectors.openmage.shop import KEY, open_shop
from engine.ports import Connector, SalesChannel, Surroundings
from engine.survey import Report


def open_channel(
    options: Mapping[str, Any],
    secrets: Callable[[str], str | None],
    surroundings: Surroundings,
    transport: httpx.AsyncBaseTransport | None = None,
) -> SalesChannel:
    """The channel of one account; `transport` takes the place of the network. Nothing is sent yet.

    Raises Misconfigured where an option is wrong or the secret "key" (the API user's key) is missing.
    """
    return OpenMageChannel(open_shop(parse(options), secrets, transport), surroundings.clock)


async def _survey(
    options: Mapping[str, Any], secrets: Callable[[str], str | None], surroundings: Surroundings
) -> Report:
    from connectors.openmage.survey.run import survey  # noqa: PLC0415  an installer's, not the engine's

    return await survey(options, secrets, surroundings)


connector = Connector(
    kind="openmage",
    port="channel",
    check=check,
    open=open_channel,
    survey=_survey,
    key_sets=((KEY,),),
    asked=("url", "user"),
)

__all__ = ["connector", "open_channel"]
