"""The survey from its first question to its last, over a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anyio
import httpx

from connectors.magento.identity import let_in
from connectors.magento.options import parse
from connectors.magento.shop import open_shop
from connectors.magento.survey import access, goods, payments, prices, queue, rights, stock, stores
from connectors.magento.survey.asking import Ask, Look
from engine.errors import IntegraError
from engine.ports import Surroundings
from engine.survey import Finding, Mark, Report

SURVEY_S_MAX = 90.0

QUESTIONS: Sequence[Ask] = (
    access.version, access.address, rights.rights, stores.websites, stores.views, stores.hidden, stock.kind,
    stock.places, goods.attribute_set, goods.attributes, goods.root_category, prices.groups, prices.lowering,
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
        return await report(Look(shop, surroundings.clock))
    finally:
        await shop.rest.close()


async def report(look: Look) -> Report:
    """Ask everything; what fails by itself is told, and the rest goes on."""
    found: list[Finding] = []
    with anyio.move_on_after(SURVEY_S_MAX) as limit:
        for ask in QUESTIONS:
            try:
                found += [finding async for finding in ask(look)]
            except IntegraError as error:
                params = {"question": ask.__name__, "detail": error.detail or error.code}
                found.append(Finding("survey.shop-failed", Mark.UNKNOWN, params))
    if limit.cancelled_caught:
        found.append(Finding("survey.shop-slow", Mark.UNKNOWN, {"seconds": int(SURVEY_S_MAX)}))
    return Report(tuple(found))
