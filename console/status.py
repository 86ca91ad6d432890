"""The status line: the engine, what does not run as usual, the greatest lag, problems."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from console.formats import duration
from console.language import _, say, say_n
from console.link import LinkState
from console.reading.accounts import AccountRow, all_accounts
from console.reading.orders import queue_counts
from console.reading.problems import notice_count, problem_count
from console.reading.tasks import TaskRow, all_tasks
from console.safe_text import safe
from console.widgets.plain import Piece
from engine.runtime.commands import VIEWER

LAG_S_SHOWN = 1.0


@dataclass(frozen=True)
class Status:
    """What the line is made of."""

    accounts: tuple[AccountRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    problems: int = 0
    notices: int = 0


def read_status(db: sqlite3.Connection) -> Status:
    """Read it."""
    tasks = tuple(all_tasks(db))
    problems = problem_count(db) + queue_counts(db)["problem"]
    return Status(tuple(all_accounts(db)), tasks, problems, notice_count(db))


def parts(status: Status, link: LinkState, marked: int, now: datetime) -> list[Piece]:
    """The pieces of the line, the more important first."""
    shown = [_engine(link), *_who(link)]
    if marked:
        shown.append(Piece(say_n("{n} marked", "{n} marked", marked), "strong"))
    for account in status.accounts:
        paused = account.paused(now)
        if account.observes:
            shown.append(Piece(say("{account}: observing", account=account.id), "warn"))
        elif paused:
            shown.append(Piece(say("{account}: {n} paused", account=account.id, n=len(paused)), "warn"))
    if status.problems:
        shown.append(Piece(say_n("{n} problem", "{n} problems", status.problems), "bad"))
    elif status.notices:
        shown.append(Piece(say_n("{n} notice", "{n} notices", status.notices), "dim"))
    elif link.attached:  # nobody looks for problems while the engine is stopped
        shown.append(Piece(_("no problem"), "dim"))
    lag_s = max((task.lag_s for task in status.tasks), default=0.0)
    if lag_s >= LAG_S_SHOWN:
        late = any(task.lag_s > 2 * task.interval_s for task in status.tasks)
        shown.append(Piece(say("lag {time}", time=duration(lag_s)), "bad" if late else ""))
    else:
        shown.append(Piece(_("no lag"), "dim"))
    return shown


def _who(link: LinkState) -> list[Piece]:
    """Where it cannot be taken for granted: on a shared login, and where somebody only looks."""
    if link.hello is None or not (link.hello.people or link.hello.role == VIEWER):
        return []
    if link.hello.role == VIEWER:
        return [Piece(say("{who}: only looking", who=link.hello.who), "warn")]
    return [Piece(safe(link.hello.who), "strong")]


def _engine(link: LinkState) -> Piece:
    if link.kind == "connecting":
        return Piece(_("engine: looking for it …"), "warn")
    if link.kind == "hosting":
        return Piece(_("engine: this window, while it is open"), "warn")
    if link.hello is not None:
        return Piece(say("engine: running (process {pid})", pid=link.hello.pid), "good")
    return Piece(_("engine: STOPPED"), "bad")
