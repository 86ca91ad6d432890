"""The survey from its first question to its last, over a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from connectors.magento.identity import let_in
from connectors.magento.options import parse
from connectors.magento.shop import open_shop
from connectors.magento.survey import access, goods, payments, prices, queue, rights, stock, stores
from connectors.magento.survey.asking import Ask, Look
from connectors.magento_shapes.survey import report
from engine.ports import Surroundings
from engine.survey import Report

QUESTIONS: Sequence[Ask] = (
    access.version, access.address, rights.rights, stores.websites, stores.views, stores.hidden, stock.kind,
    stock.places, goods.attribute_set, goods.attributes, goods.root_category,
    goods.category_map, prices.groups, prices.lowering,
    payments.gateways, payments.attribute, queue.consumer, access.way, access.clock, access.pace,
)  # fmt: skip
"""The last three speak of the calls before them."""


async def survey(
    options: Mapping[str, Any],
    secrets: Callable[[str], str | None],
    surroundings: Surroundings,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Report:
    """Look at the shop that the options name. Raises IntegraError where it cannot be reached or lets us in nowhere."""
    shop = open_shop(parse(options), secrets, surroundings, transport)
    try:
        await let_in(shop)
        return await report(QUESTIONS, Look(shop, surroundings.clock))
    finally:
        await shop.rest.close()
