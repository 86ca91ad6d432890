"""Magento 2 (Open Source, Adobe Commerce, Mage-OS) over its REST, as a sales channel.

Only the wire is known here: what to publish and when, and what an order means for the store, the engine decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from connectors.magento.access.keys import NAMES, TOKEN
from connectors.magento.channel import MagentoChannel
from connectors.magento.options import check, parse
from connectors.magento.review import ReviewEndpoint
from connectors.magento.shop import open_shop
from engine.ports import Connector, SalesChannel, Surroundings
from engine.survey import Report


def open_channel(
    options: Mapping[str, Any],
    secrets: Callable[[str], str | None],
    surroundings: Surroundings,
    transport: httpx.AsyncBaseTransport | None = None,
) -> SalesChannel:
    """The channel of one account; `transport` takes the place of the network. Nothing is sent yet.

    Raises Misconfigured where an option is wrong or a secret is missing (`access.keys`).
    """
    read = parse(options)
    shop = open_shop(read, secrets, surroundings, transport)
    review = ReviewEndpoint.open(read, secrets, surroundings.clock, transport)
    return MagentoChannel(shop, surroundings.clock, review)


async def _survey(
    options: Mapping[str, Any], secrets: Callable[[str], str | None], surroundings: Surroundings
) -> Report:
    from connectors.magento.survey.run import survey  # noqa: PLC0415  an installer's, not the engine's

    return await survey(options, secrets, surroundings)


connector = Connector(
    kind="magento", port="channel", check=check, open=open_channel, survey=_survey, key_sets=(NAMES, (TOKEN,))
)

__all__ = ["connector", "open_channel"]
