"""integra sync --once: every task until nothing is left to do; and integra plan: what would be written."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from console.language import _, say
from console.reading.reader import NotReadable
from console.reading.tasks import all_tasks
from console.safe_text import safe
from console.texts import FACETS, GUARDS, TASKS, refusal, title, word
from console.verbs.context import Context, Exit, complain
from console.widths import fit
from engine.errors import OutcomeUnknown
from engine.runtime.client import Answer, EngineClient, EngineUnreachable

AMOUNT_FACETS = {"price": 100, "stock": 10_000}
VALUE_CELLS = 40
START_S_MAX = 10.0
"""For an engine that answers already and is still starting: the one that this process hosts always is, at first."""
LOOK_S = 0.1
ENGINES_MAX = 3
"""So many may go before an answer is there."""


def once(context: Context) -> int:
    """Run to rest. 1 when a task's error persists."""
    before = _done_so_far(context)
    answer = _brought_to_rest(context)
    if not answer.ok:
        complain(refusal(answer.code, answer.params))
        return Exit.UNREACHED
    # A task that was woken, or came round by its clock, did its part of the work outside of the engine's own rounds.
    done = {key: rows - before.get(key, 0) for key, rows in _done_so_far(context).items()}
    report = {**answer.result, "done": {key: rows for key, rows in done.items() if rows}}
    context.show(report, lambda: _report(report))
    return Exit.DONE if report.get("at_rest") else Exit.NEEDS_PERSON


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


def _report(report: dict[str, Any]) -> Iterator[str]:
    def named(key: str) -> str:
        account, _slash, task = key.partition("/")
        return f"{safe(account) or 'C-Plus'} {word(TASKS, task)}"

    for key, rows in report.get("done", {}).items():
        yield say("  {task}: {n} rows", task=fit(named(key), 28), n=rows)
    for key, rows in report.get("todo", {}).items():
        yield say("  {task}: {n} rows left", task=fit(named(key), 28), n=rows)
    for key, code in report.get("stuck", {}).items():
        yield say("  {task}: STUCK, {why}", task=fit(named(key), 28), why=title(code))
    yield say("At rest after {n} rounds.", n=report.get("rounds", 0)) if report.get("at_rest") else _("Not at rest.")


def plan(context: Context, account: str | None) -> int:
    """Print what the next cycle would write, as of the last look at C-Plus; writes nothing, wakes nobody."""
    from engine.store.publications import plan as planned

    def read(db: sqlite3.Connection) -> list[dict[str, Any]]:
        return [dict(row) for row in planned(db, account)]

    rows = context.read(read)
    for row in rows:
        row["before"], row["after"] = _value(row["before"]), _value(row["after"])
    context.show(rows, lambda: _plan_lines(rows))
    return Exit.NEEDS_PERSON if any(row["held_by"] for row in rows) else Exit.DONE


def _value(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text


def _plan_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        facet, part = row["facet"], row["part"]
        before, after = _told(facet, row["before"]), _told(facet, row["after"])
        name = f"{word(FACETS, facet)} {safe(part)}".strip()
        held = say("  HELD: {guard}", guard=word(GUARDS, row["held_by"])) if row["held_by"] else ""
        where = f"{fit(safe(row['account']), 12)} {fit(safe(row['item']), 16)} {fit(name, 18)}"
        yield f"{where} {before} → {after}{held}"
    yield say("{n} rows would be written.", n=len(rows))


def _told(facet: str, value: Any) -> str:
    """A value of a facet in a few cells."""
    if value is None:
        return "—"
    if facet in AMOUNT_FACETS and isinstance(value, int):
        from console.formats import money, quantity

        return money(value) if facet == "price" else quantity(value)
    if facet == "price" and isinstance(value, str):  # a special price: its cents and its days
        from console.formats import money

        cents, first, last = value.split(" ")
        return f"{money(int(cents))} ({first} .. {last})"
    if isinstance(value, dict):
        name = fit(safe(value.get("name", "")), VALUE_CELLS).rstrip()
        return name if value.get("enabled", True) else say("{name} (off the storefront)", name=name)
    return fit(safe(json.dumps(value, ensure_ascii=False)), VALUE_CELLS).rstrip()
