"""integra sync --once: every task until nothing is left to do, and what of it waits for a person."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from console.language import _, say, say_n
from console.reading.accounts import AccountRow, all_accounts
from console.reading.orders import Troubled, standing_aside
from console.reading.problems import Cause, HeldRows, causes, held_rows
from console.reading.reader import NotReadable
from console.reading.tasks import all_tasks
from console.safe_text import safe
from console.standing_text import held_lines, mode_lines
from console.texts import TASKS, refusal, title, word
from console.troubled_text import troubled_as_json, troubled_lines
from console.verbs.context import Context, Exit, complain
from console.widths import fit
from console.wrapping import wrapped
from engine.errors import OutcomeUnknown
from engine.model.erp import OTHER_ENGINE
from engine.runtime.client import Answer, EngineClient, EngineUnreachable
from engine.sole_writer import SUBJECT
from engine.store.accounts import ERP
from engine.store.problems import has_problem

START_S_MAX = 10.0
"""For an engine that answers already and is still starting: the one that this process hosts always is, at first."""
LOOK_S = 0.1
ENGINES_MAX = 3
"""So many may go before an answer is there."""
AWAY = frozenset({"erp-unreachable", "erp-connection-lost", "channel-unreachable", "channel-no-answer"})
"""Errors of a task that say that the other side was not reached at all."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is there after the rounds for a person to see to."""

    waiting: list[Troubled]
    observing: list[AccountRow]
    held: list[HeldRows]
    problems: list[Cause]

    def __bool__(self) -> bool:
        return bool(self.waiting or self.observing or self.held or self.problems)


def once(context: Context) -> int:
    """Run to rest. 3 when C-Plus or a shop is out of reach; 1 when another error persists or a person is needed."""
    before = _done_so_far(context)
    answer = _brought_to_rest(context)
    if not answer.ok:
        complain(refusal(answer.code, answer.params))
        return Exit.UNREACHED
    # A task that was woken, or came round by its clock, did its part of the work outside of the engine's own rounds.
    done = {key: rows - before.get(key, 0) for key, rows in _done_so_far(context).items()}
    left = context.read(_left)
    refused = context.read(lambda db: has_problem(db, ERP, OTHER_ENGINE, SUBJECT))
    report = {
        **answer.result,
        "at_rest": answer.result.get("at_rest") and not refused,
        "other_engine": refused,
        "done": {key: rows for key, rows in done.items() if rows},
        "waiting": [troubled_as_json(order) for order in left.waiting],
        "observing": [{"account": account.id, "reason": account.mode_reason} for account in left.observing],
        "held": [asdict(row) for row in left.held],
        "problems": [
            {"account": cause.account, "code": cause.code, "count": cause.subjects} for cause in left.problems
        ],
    }
    context.show(report, lambda: _report(report, left))
    if AWAY.intersection(report.get("stuck", {}).values()):
        return Exit.UNREACHED
    return Exit.DONE if report.get("at_rest") and not left else Exit.NEEDS_PERSON


def _left(db: sqlite3.Connection) -> Left:
    return Left(
        waiting=standing_aside(db),
        observing=[account for account in all_accounts(db) if account.observes],
        held=held_rows(db),
        problems=[cause for cause in causes(db) if cause.severity == "problem"],
    )


def _done_so_far(context: Context) -> dict[str, int]:
    """The rows that each task has done in all its lives, by "account/task"."""
    try:
        tasks = context.read(all_tasks)
    except NotReadable:  # the first engine of this folder makes the store
        return {}
    return {"/".join(part for part in (task.account, task.name) if part): task.done_total for task in tasks}


def _brought_to_rest(context: Context) -> Answer:
    """The answer of the engine; when it goes meanwhile, of the next: another command hosted it, and has ended."""
    for _attempt in range(ENGINES_MAX - 1):
        with suppress(EngineUnreachable, OutcomeUnknown), context.engine() as engine:
            return _asked(engine)
    with context.engine() as engine:
        return _asked(engine)


def _asked(engine: EngineClient) -> Answer:
    deadline = time.monotonic() + START_S_MAX
    while True:
        answer = engine.ask("sync_once", timeout_s=None)
        if answer.code != "engine-starting" or time.monotonic() >= deadline:
            return answer
        time.sleep(LOOK_S)


def _report(report: dict[str, Any], left: Left) -> Iterator[str]:
    def named(key: str) -> str:
        account, _slash, task = key.rpartition("/")
        return f"{safe(account) or 'C-Plus'} {word(TASKS, task)}"

    for key, rows in report.get("done", {}).items():
        yield say_n("  {task}: {n} row", "  {task}: {n} rows", rows, task=fit(named(key), 28))
    for key, rows in report.get("todo", {}).items():
        yield say_n("  {task}: {n} row left", "  {task}: {n} rows left", rows, task=fit(named(key), 28))
    for key, code in report.get("stuck", {}).items():
        yield say("  {task}: STUCK, {why}", task=fit(named(key), 28), why=title(code))
    if report.get("at_rest"):
        yield say_n("At rest after {n} round.", "At rest after {n} rounds.", report.get("rounds", 0))
    else:
        yield _("Not at rest.")
    for account in left.observing:
        yield from mode_lines(account)
    for row in left.held:
        yield from held_lines(row)
    for cause in left.problems:
        yield from wrapped(f"{title(cause.code)} ({cause.account or 'C-Plus'}, {cause.subjects}×)", "! ")
    if left.problems or left.held:
        yield _("What to do about it: integra status")
    for order in left.waiting:
        yield from troubled_lines(order)
