"""The survey from its first question to its last: every group in turn, over one connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from firebird.driver.types import DatabaseError

from connectors.cplus import settings
from connectors.cplus.base import charsets
from connectors.cplus.base.actor import Actor
from connectors.cplus.base.firebird import Database, connect
from connectors.cplus.base.opening import Opener
from connectors.cplus.base.session import Session, is_lost
from connectors.cplus.base.when import to_local
from connectors.cplus.survey import (
    counters,
    customers,
    fiscal,
    goods,
    measures,
    neighbours,
    orders,
    own_triggers,
    payments,
    prices,
    reservation,
    rights,
    server,
    shape,
    stock,
    texts,
)
from connectors.cplus.survey.asking import SURVEY_S_MAX, Base, TooSlow
from engine.errors import Misconfigured
from engine.ports import Surroundings
from engine.survey import Finding, Mark, Question, Report

GROUPS: Sequence[ModuleType] = (
    server, rights, shape, neighbours, own_triggers, reservation, counters, orders, payments, fiscal,
    goods, texts, measures, prices, stock, customers,
)  # fmt: skip

_CHARSETS = """
SELECT TRIM(r.RDB$RELATION_NAME) || '.' || TRIM(r.RDB$FIELD_NAME), f.RDB$CHARACTER_SET_ID
FROM RDB$RELATION_FIELDS r JOIN RDB$FIELDS f ON f.RDB$FIELD_NAME = r.RDB$FIELD_SOURCE
JOIN RDB$RELATIONS t ON t.RDB$RELATION_NAME = r.RDB$RELATION_NAME
WHERE f.RDB$FIELD_TYPE IN (14, 37) AND COALESCE(t.RDB$SYSTEM_FLAG, 0) = 0
"""

ANSWER_S_MAX = 2 * SURVEY_S_MAX
"""For the whole of it, connecting included; statements are limited much earlier."""


async def survey(
    options: Mapping[str, Any], secrets: Callable[[str], str | None], surroundings: Surroundings
) -> Report:
    """Look at the base that the options name. Raises Misconfigured, RetryLater where it cannot be reached."""
    known = settings.parse(options)
    opener = Opener(known, secrets("password") or "", surroundings)
    now = to_local(surroundings.clock.now(), known.zone)

    def connected(database: Database) -> Session:
        # Without reading the layout, which refuses a base that lacks a column.
        return Session(connect(database), opener.begins, known.lock_timeout_s, surroundings.random)

    def open_session() -> Session:
        session = connected(opener.database)
        charset = _charset(session)
        if known.charset != charsets.AUTO or charset == opener.database.charset:
            return session
        session.close()
        return connected(replace(opener.database, charset=charset))

    actor = Actor("cplus-survey", open_session)
    try:
        return await actor.run(lambda session: report(Base(session, known, now)), ANSWER_S_MAX)
    finally:
        await actor.close()


def _charset(session: Session) -> str:
    """In which charset the base's names are read right; where none would do, in the one that reads most."""
    with session.reading() as base:
        columns: dict[str, int] = {str(name): number or 0 for name, number in base.rows(_CHARSETS)}
    try:
        return charsets.spoken(columns)
    except Misconfigured:
        return charsets.NONE


def report(base: Base) -> Report:
    """Ask everything."""
    found: list[Finding] = []
    left: list[Question] = []
    for group in GROUPS:
        for ask in group.QUESTIONS:
            for answer in _answers(base, ask):
                if isinstance(answer, Question):
                    left.append(answer)
                else:
                    found.append(answer)
    return Report(tuple(found), tuple(left))


def _answers(base: Base, ask: Callable[[Base], Iterator[Finding | Question]]) -> list[Finding | Question]:
    answers: list[Finding | Question] = []
    try:
        answers.extend(ask(base))  # what came before a failure stays
    except TooSlow:
        answers.append(Finding("survey.too-slow", Mark.UNKNOWN, {"question": ask.__name__}))
    except DatabaseError as error:
        if is_lost(error):
            raise
        detail = str(error).replace("\n", " ")
        answers.append(Finding("survey.failed", Mark.UNKNOWN, {"question": ask.__name__, "detail": detail}))
    return answers
