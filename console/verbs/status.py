"""integra status: one screen of plain language: what is wrong, since when, whose doing, what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from console.formats import ago, ahead, duration
from console.keeping_up_text import keeping_up_lines
from console.language import _, say, say_n
from console.reading.accounts import AccountRow, all_accounts
from console.reading.keeping_up import KeepingUp, keeping_up
from console.reading.orders import Troubled, alarm_count, queue_counts, troubled
from console.reading.problems import Cause, HeldRows, causes, held_rows
from console.reading.tasks import TaskRow, all_tasks
from console.standing_text import held_lines, mode_lines
from console.texts import DIRECTIONS, QUEUES, TASK_STATES, TASKS, explain, title, word
from console.troubled_text import troubled_as_json, troubled_lines
from console.verbs.context import FREE_BYTES_MIN, Context, Exit
from console.widths import fit
from console.wrapping import wrapped

TROUBLED_SHOWN = 10
Found = tuple[
    list[AccountRow], list[TaskRow], dict[str, int], int, list[Cause], list[HeldRows], list[Troubled], list[KeepingUp]
]


def _read(db: sqlite3.Connection) -> Found:
    return (
        all_accounts(db), all_tasks(db), queue_counts(db), alarm_count(db), causes(db), held_rows(db),
        troubled(db, -1), keeping_up(db, datetime.now(UTC)),
    )  # fmt: skip


def run(context: Context) -> int:
    """Print it. 1 when something needs a person, 3 when there is nothing to read."""
    found = context.read(_read)
    accounts, _tasks, counts, alarms, causes_found, held, _orders, _keeping_up = found
    pid, free = context.engine_pid(), context.free_bytes()
    told = {**_as_json(pid, found), "disk": {"free_bytes": free}}
    context.show(told, lambda: iter([*_space(context, free), *_lines(pid, found, datetime.now(UTC))]))
    urgent = alarms or counts["decide"] or counts["problem"] or held or pid is None or free < FREE_BYTES_MIN
    wrong = any(cause.severity == "problem" for cause in causes_found)
    waits = any(account.observes for account in accounts)
    return Exit.NEEDS_PERSON if urgent or wrong or waits else Exit.DONE


def _space(context: Context, free: int) -> Iterator[str]:
    """An engine that cannot write cannot tell of it in its records either."""
    if free < FREE_BYTES_MIN:
        folder, left = context.state_dir, free // 10**6
        said = say("Disk almost full: {n} MB left in {folder}. Free some space.", n=left, folder=folder)
        yield from wrapped(said, "! ")


def _as_json(pid: int | None, found: Found) -> dict[str, Any]:
    accounts, tasks, counts, alarms, causes_found, held, orders, keeping = found
    return {
        "engine": {"running": pid is not None, "pid": pid},
        "accounts": [
            {
                "id": account.id,
                "name": account.name,
                "mode": account.mode,
                "reason": account.mode_reason,
                "paused": [direction.name for direction in account.paused(datetime.now(UTC))],
            }
            for account in accounts
        ],
        "orders": {**counts, "alarms": alarms},
        "tasks": [
            {
                "account": task.account,
                "task": task.name,
                "state": task.state,
                "succeeded_at": task.succeeded_at and task.succeeded_at.isoformat(),
                "next_at": task.next_at and task.next_at.isoformat(),
                "lag_s": task.lag_s,
                "todo": task.todo,
                "failures": task.failures,
                "error": task.error_code,
            }
            for task in tasks
        ],
        "problems": [
            {
                "account": cause.account,
                "code": cause.code,
                "severity": cause.severity,
                "count": cause.subjects,
                "since": cause.first_at and cause.first_at.isoformat(),
                "subject": cause.subject,
                "number": cause.number or None,
                "erp_number": cause.erp_number or None,
                "text": explain(cause.code, cause.params, cause.detail),
            }
            for cause in causes_found
        ],
        "orders_in_problem": [troubled_as_json(order) for order in orders],
        "held": [{"account": row.account, "guard": row.guard, "rows": row.rows} for row in held],
        "keeping_up": [{**asdict(one), "rate": one.rate} for one in keeping],
    }


def _lines(pid: int | None, found: Found, now: datetime) -> Iterator[str]:
    accounts, tasks, counts, alarms, causes_found, held, orders, keeping = found
    yield say("Engine: running (process {pid})", pid=pid) if pid else _("Engine: STOPPED. Nothing is synchronised.")
    for account in accounts:
        yield from _account(account, now)
        for line in (line for one in keeping if one.account == account.id for line in keeping_up_lines(one)):
            yield from wrapped(line, "  ")
    yield ""
    if alarms:
        yield say_n("{n} order must NOT be dispatched!", "{n} orders must NOT be dispatched!", alarms)
    waiting = [f"{word(QUEUES, queue)} {n}" for queue, n in counts.items() if n and queue not in ("done", "all")]
    yield from wrapped(say("Orders: {queues}", queues=" · ".join(waiting) or _("none waits")), rest="  ")
    yield ""
    for task in tasks:
        state = word(TASK_STATES, task.state)
        last, following = ago(task.succeeded_at, now), ahead(task.next_at, now)
        lag = say("lag {time}", time=duration(task.lag_s)) if task.lag_s >= 1 else ""
        name = f"{task.account or 'C-Plus'} {word(TASKS, task.name)}"
        yield f"  {fit(name, 25)} {fit(state, 16)} {fit(last, 12)} {fit(following, 10)} {lag}".rstrip()
    yield ""
    for order in orders[:TROUBLED_SHOWN]:
        yield from troubled_lines(order)
    if (more := len(orders) - TROUBLED_SHOWN) > 0:
        yield say("and {n} more: integra orders problem", n=more)
    for row in held:
        yield from held_lines(row)
    for cause in causes_found:
        mark = "·" if cause.severity == "notice" else "!"
        where = cause.account or "C-Plus"
        yield from wrapped(f"{title(cause.code)} ({where}, {cause.subjects}×, {ago(cause.first_at, now)})", f"{mark} ")
        yield from wrapped(explain(cause.code, cause.params, cause.detail), " " * 4)
    quiet = not (causes_found or held or counts["problem"] or any(task.failures for task in tasks))
    if quiet and pid is not None:
        yield _("No problems.")


def _account(account: AccountRow, now: datetime) -> Iterator[str]:
    yield from mode_lines(account)
    for direction in account.paused(now):
        name = word(DIRECTIONS, direction.name)
        yield from wrapped(say("{direction} paused: {reason}", direction=name, reason=direction.reason), "  ")
