"""The survey from its first question to its last, over a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from connectors.magento_shapes.survey import report
from connectors.openmage.identity import let_in
from connectors.openmage.options import parse
from connectors.openmage.shop import open_shop
from connectors.openmage.survey import access, rights, shop
from connectors.openmage.survey.asking import Ask, Look
from engine.ports import Surroundings
from engine.survey import Report

QUESTIONS: Sequence[Ask] = (
    access.version, access.address, access.user, rights.rights, shop.stores, shop.stock, shop.attribute_set,
    shop.attributes, shop.root_category, shop.groups, access.pace,
)  # fmt: skip
"""The last speaks of the calls before it."""


async def survey(
    options: Mapping[str, Any],
    secrets: Callable[[str], str | None],
    surroundings: Surroundings,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Report:
    """Look at the shop that the options name. Raises IntegraError where it cannot be reached or lets us in nowhere."""
    found = open_shop(parse(options), secrets, transport)
    try:
        return await report(QUESTIONS, Look(found, surroundings.clock, await let_in(found)))
    finally:
        await found.api.http.close()
