"""How a survey of a shop goes on to its end: every question is asked, what fails by itself is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from statistics import median
from typing import TypeVar

import anyio

from connectors.magento_shapes.categories import Branch
from engine.errors import IntegraError
from engine.survey import Finding, Mark, Report

SURVEY_S_MAX = 90.0
SLOW_MS = 2_000

L = TypeVar("L")


async def report(questions: Sequence[Callable[[L], AsyncIterator[Finding]]], look: L) -> Report:
    """Ask everything; what fails by itself is told, and the rest goes on."""
    found: list[Finding] = []
    with anyio.move_on_after(SURVEY_S_MAX) as limit:
        for ask in questions:
            try:
                found += [finding async for finding in ask(look)]
            except IntegraError as error:
                params = {"question": ask.__name__, "detail": error.detail or error.code}
                found.append(Finding("survey.shop-failed", Mark.UNKNOWN, params))
    if limit.cancelled_caught:
        found.append(Finding("survey.shop-slow", Mark.UNKNOWN, {"seconds": int(SURVEY_S_MAX)}))
    return Report(tuple(found))


def pace_of(took: Sequence[timedelta]) -> Finding:
    """The median of the answers to the questions before."""
    ms = round(median(one.total_seconds() for one in took) * 1000)
    slow = ms > SLOW_MS
    mark = Mark.UNKNOWN if slow else Mark.OK
    return Finding("shop-access.slow" if slow else "shop-access.pace", mark, {"ms": ms, "n": len(took)})


def map_of_categories(root: Branch, table: Mapping[str, int]) -> Iterator[Finding]:
    """Whether each category that the account maps to still stands below the root."""
    gone = {path: category for path, category in table.items() if root.find(category) is None}
    for path, category in gone.items():
        yield Finding("shop-goods.map-unknown", Mark.WRONG, {"path": path, "category": category})
    if table and not gone:
        yield Finding("shop-goods.map", Mark.OK, {"n": len(table)})
