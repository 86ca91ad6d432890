"""What the overview says: rows and sentences made of what was read."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from console.formats import ago, ahead, duration, moment
from console.language import N_, _, number, say, say_n
from console.link import LinkState
from console.reading.accounts import AccountRow
from console.reading.clear_orders import clear_orders
from console.reading.orders import (
    WORK,
    OrderRow,
    alarm_count,
    came_back,
    first_alarm,
    next_to_lapse,
    oldest_in_queues,
    queue_counts,
)
from console.reading.problems import Cause, HeldRows, RefusedItems, causes, held_rows, refused_items
from console.reading.shop_items import open_rows
from console.reading.tasks import Progress, TaskRow
from console.safe_text import SafeText, safe
from console.texts import (
    CLEAR,
    DIRECTIONS,
    FACETS,
    GUARDS,
    MODE_REASONS,
    MODES,
    QUEUE_MEANINGS,
    STAGES,
    SUBJECTS,
    TASK_STATES,
    TASKS,
    explain,
    title,
    word,
)
from console.widgets.plain import Line, Piece
from console.widgets.sources import Cell, Row
from console.widgets.spark import spark
from console.widths import fit

LAPSES_SOON_S = 86_400
ACCOUNT_CELLS = 24
DASH = SafeText("—")
OBSERVES = N_("Nothing is written before a person approves: v shows what adoption found.")
HELD_HINTS = {
    "observing": OBSERVES,
    "other-engine": N_(
        "Another Integra writes into this C-Plus; this one goes on by itself when that one has stopped."
    ),
}
"""What a task does none of its work for, where that is more than its state says."""


@dataclass(frozen=True)
class Needs:
    """What may need a person."""

    counts: dict[str, int] = field(default_factory=dict)
    oldest: dict[str, datetime] = field(default_factory=dict)
    alarms: int = 0
    first_alarm: OrderRow | None = None
    lapses: OrderRow | None = None
    back: int = 0
    first_back: OrderRow | None = None
    causes: tuple[Cause, ...] = ()
    refused: tuple[RefusedItems, ...] = ()
    held: tuple[HeldRows, ...] = ()
    open_items: Mapping[str, int] = field(default_factory=dict)
    clear: tuple[OrderRow, ...] = ()


def read_needs(db: sqlite3.Connection) -> Needs:
    """All of it, from one connection in one go."""
    back, first_back = came_back(db)
    return Needs(
        counts=queue_counts(db),
        oldest=oldest_in_queues(db),
        alarms=alarm_count(db),
        first_alarm=first_alarm(db),
        lapses=next_to_lapse(db),
        back=back,
        first_back=first_back,
        causes=tuple(causes(db)),
        refused=tuple(refused_items(db)),
        held=tuple(held_rows(db)),
        open_items=open_rows(db),
        clear=clear_orders(db),
    )


Keyed = tuple[Hashable, Row]


def needs_rows(needs: Needs, accounts: Sequence[AccountRow], link: LinkState, now: datetime) -> list[Keyed]:
    """What stops everything, alarms, accounts that wait to go live, queues, what lapses, guards, other causes."""
    rows: list[Keyed] = []
    if link.kind == "gone":
        what = say("nothing is synchronised: {reason}", reason=title(link.code))
        rows.append((("engine",), [Cell(SafeText("")), Cell(what, "bad"), Cell(DASH, "dim")]))
    rows += [_cause_row(cause, now) for cause in needs.causes if cause.holds_up_all]
    if needs.first_alarm:
        what = say_n("order must NOT be dispatched", "orders must NOT be dispatched", needs.alarms)
        since = ago(needs.first_alarm.placed_at, now)
        rows.append((("alarm", "problem", needs.first_alarm.id), _need(needs.alarms, what, since, "bad")))
    for account in accounts:
        if account.observes:
            name = fit(account.name, ACCOUNT_CELLS).rstrip()
            what = say("{account} observes: verdict ready (v)", account=name)
            if account.verdict is None:
                what = say("{account} observes: looking through the shop", account=name)
            rows.append((("observe", account.id), [Cell(SafeText("")), Cell(what, "warn"), Cell(DASH, "dim")]))
        if n := needs.open_items.get(account.id):
            what = say_n(
                "item of the shop: whose is it? ({account})", "items of the shop: whose are they? ({account})", n,
                account=fit(account.name, ACCOUNT_CELLS).rstrip(),
            )  # fmt: skip
            rows.append((("open_items", account.id), _need(n, what, DASH, "warn")))
    if needs.first_back:
        what = say_n("order came back: its time is over", "orders came back: their time is over", needs.back)
        rows.append((("back", needs.first_back.queue, needs.first_back.id), _need(needs.back, what, DASH, "warn")))
    rows += _queue_rows(needs, now)
    lapsing = needs.lapses
    if lapsing and lapsing.authorized_until and (lapsing.authorized_until - now).total_seconds() < LAPSES_SOON_S:
        what = say("card authorisation of {number} lapses first", number=lapsing.number)
        rows.append(
            (("lapse", lapsing.queue, lapsing.id), _need(1, what, ahead(lapsing.authorized_until, now), "warn"))
        )
    for held in needs.held:
        what = say_n("held: {guard}", "held: {guard}", held.rows, guard=word(GUARDS, held.guard))
        rows.append((("held", held.account, held.guard), _need(held.rows, what, held.account, "warn")))
    rows += [_cause_row(cause, now) for cause in needs.causes if not cause.holds_up_all]
    for row in needs.refused:
        key = ("refused", row.account, row.code, row.facet)
        rows.append((key, _cause(row.items, refused_title(row.code, row.facet), row.account, "warn")))
    return rows


def _queue_rows(needs: Needs, now: datetime) -> Iterator[Keyed]:
    """The queues in which orders wait; below the undecided ones those that one key approves."""
    counts = {queue: needs.counts.get(queue, 0) for queue in WORK}
    sentences = {
        "decide": say_n("order waits for a decision", "orders wait for a decision", counts["decide"]),
        "pay": say_n("order waits for its payment", "orders wait for their payment", counts["pay"]),
        "short": say_n("order lacks goods", "orders lack goods", counts["short"]),
        "to-invoice": say_n("order to invoice in C-Plus", "orders to invoice in C-Plus", counts["to-invoice"]),
        "to-ship": say_n("order to ship", "orders to ship", counts["to-ship"]),
        "problem": say_n("order with a problem", "orders with a problem", counts["problem"]),
    }
    for queue in WORK:
        if count := counts[queue]:
            since = ago(needs.oldest.get(queue), now)
            yield (("queue", queue), _need(count, sentences[queue], since, "bad" if queue == "problem" else ""))
        if queue == "decide" and needs.clear:
            n = len(needs.clear)
            what = say_n("of these: nothing speaks against it", "of these: nothing speaks against them", n)
            yield (("clear",), _need(n, what, DASH, "good"))


def _cause_row(cause: Cause, now: datetime) -> Keyed:
    tone = "bad" if cause.holds_up_all else "dim" if cause.severity == "notice" else "warn"
    what = cause_title(cause.account, cause.code)
    return ("cause", cause.account, cause.code), _cause(cause.subjects, what, ago(cause.first_at, now), tone)


def cause_title(account: str, code: str) -> SafeText:
    """A cause of trouble on an account ("" = C-Plus) in a few words."""
    return say("{title} ({account})", title=title(code), account=account or "C-Plus")


def refused_title(code: str, facet: str) -> SafeText:
    """What the shop does not take, in a few words."""
    return say("{title}: {facet}", title=title(code), facet=word(FACETS, facet))


def _need(count: int, what: SafeText, since: SafeText, tone: str) -> Row:
    return [Cell(SafeText(str(count)), "strong"), Cell(what, tone), Cell(since, "dim")]


def _cause(count: int, what: SafeText, since: SafeText, tone: str) -> Row:
    """A title is the same for one and for many: it stands so many times."""
    return [Cell(SafeText(f"{count}×"), "strong"), Cell(what, tone), Cell(since, "dim")]


def need_hint(key: tuple[Any, ...], needs: Needs, link: LinkState) -> SafeText:
    """The sentence that says what to do."""
    kind = key[0]
    if kind == "engine":
        return explain(link.code, link.params, str(link.params.get("detail", "")))
    if kind == "alarm":
        return explain("do-not-dispatch")
    if kind == "queue":
        return say("{meaning} Enter opens the queue.", meaning=word(QUEUE_MEANINGS, str(key[1])))
    if kind == "back":
        return say("Put on hold, waiting for goods or to be looked at until now. Enter opens the list with it on top.")
    if kind == "clear":
        return say("{checked} A reads them through and approves.", checked=_(CLEAR))
    if kind == "lapse":
        return say("After that moment the money can no longer be taken. Enter opens the order.")
    if kind == "held":
        return say("Nothing of this is sent until a person has looked: Enter. The rest goes on; waiting is safe.")
    if kind == "cause":
        found = next((cause for cause in needs.causes if (cause.account, cause.code) == key[1:]), None)
        if found is None:
            return SafeText("")
        sentence = explain(found.code, found.params, found.detail)
        alone = found.subjects == 1 and found.subject.partition(":")[0] in SUBJECTS
        return sentence if alone else _with_the_way_to_all(sentence, found.subjects)
    if kind == "refused":
        refused = next((row for row in needs.refused if (row.account, row.code, row.facet) == key[1:]), None)
        if refused is None:
            return SafeText("")
        return _with_the_way_to_all(refused_sentence(refused.code, refused.detail), refused.items)
    if kind == "open_items":
        return say(
            "Nothing is done to them, and nothing is made in their place, until you say: Enter. Waiting is safe."
        )
    return say("{sentence} Enter shows whose each item of the shop is.", sentence=_(OBSERVES))


def refused_sentence(code: str, detail: SafeText) -> SafeText:
    """Why the shop did not take an item: in its own words, for what the sentence of the code names is not kept."""
    return say("{title}: {detail}.", title=title(code), detail=detail) if detail else title(code)


def _with_the_way_to_all(sentence: SafeText, n: int) -> SafeText:
    return say_n("{sentence} Enter shows which.", "{sentence} Enter shows all {n}.", n, sentence=sentence)


def task_rows(tasks: Sequence[TaskRow], accounts: Sequence[AccountRow], now: datetime) -> list[Keyed]:
    """Each account with its tasks below it; what belongs to C-Plus alone comes last."""
    rows: list[Keyed] = []
    for account in accounts:
        rows.append((("account", account.id), _account_row(account, now)))
        rows += [_task_row(task, account, now) for task in tasks if task.account == account.id]
    known = {account.id for account in accounts}
    rows += [_task_row(task, None, now) for task in tasks if task.account not in known]
    return rows


def _account_row(account: AccountRow, now: datetime) -> Row:
    paused = account.paused(now)
    if account.observes:
        state = Cell(word(MODES, account.mode), "warn")
    elif paused:
        state = Cell(say("{n} paused", n=len(paused)), "warn")
    else:
        state = Cell(word(MODES, account.mode), "good")
    return [Cell(account.name, "strong"), state, *[Cell(SafeText(""))] * 6]


def _task_row(task: TaskRow, account: AccountRow | None, now: datetime) -> Keyed:
    tones = {"running": "good", "backing-off": "bad", "paused": "warn", "observing": "warn", "other-engine": "bad"}
    state = word(TASK_STATES, task.state)
    if task.progress is not None:
        state = _far(task.progress, now)
    elif task.failures:
        state = say("{state} ({n}×)", state=state, n=task.failures)
    late = task.lag_s > 2 * task.interval_s
    return ("task", task.account, task.name), [
        Cell(SafeText(f"  {word(TASKS, task.name)}")),
        Cell(state, tones.get(task.state, "dim")),
        Cell(ago(task.succeeded_at, now)),
        Cell(DASH if task.state == "running" else ahead(task.next_at, now), "dim"),
        Cell(duration(task.lag_s) if task.lag_s >= 1 else DASH, "bad" if late else "dim"),
        Cell(SafeText(str(task.todo)) if task.todo else DASH, "" if task.todo else "dim"),
        Cell(number(Decimal(f"{task.rate:.1f}")) if task.rate else DASH, "dim"),
        Cell(spark(task.lately(now)), "dim"),
    ]


def _far(progress: Progress, now: datetime) -> SafeText:
    """How far a long run has come, in the width of a state."""
    left_s = progress.left_s(now)
    if progress.total is None or left_s is None:
        return say("{n} so far", n=Decimal(progress.done))
    percent = progress.done * 100 // max(progress.total, 1)
    return say("{percent} %, {time} left", percent=percent, time=duration(left_s))


def _far_in_full(progress: Progress, now: datetime) -> SafeText:
    stage, done, left_s = word(STAGES, progress.stage), Decimal(progress.done), progress.left_s(now)
    if progress.total is None or left_s is None:
        return say("{stage}: {done} so far, nobody knows of how many.", stage=stage, done=done)
    return say(
        "{stage}: {done} of {total}, about {time} left.",
        stage=stage,
        done=done,
        total=Decimal(progress.total),
        time=duration(left_s),
    )


def account_hint(account: AccountRow | None, now: datetime) -> Line:
    """Which shop it is, whether it writes, what is paused and why."""
    if account is None:
        return []
    who = " ".join(part for part in (f"{account.id} ({account.kind})", account.identity) if part)
    line = [Piece(SafeText(f"{who}. "))]
    if account.observes:
        line.append(Piece(say("Observing: {reason}. ", reason=word(MODE_REASONS, account.mode_reason)), "warn"))
    for direction in account.paused(now):
        until = moment(direction.paused_until, now) if direction.paused_until else _("resumed")
        text = say(
            "{direction} paused by {who} until {until}: {reason}. ",
            direction=word(DIRECTIONS, direction.name),
            who=direction.changed_by,
            until=until,
            reason=direction.reason or DASH,
        )
        line.append(Piece(text, "warn"))
    return line


def task_hint(task: TaskRow | None, now: datetime) -> Line:
    """Its clock and its work, or what is wrong."""
    if task is None:
        return []
    if task.state in HELD_HINTS:
        return [Piece(_(HELD_HINTS[task.state]), "warn")]
    if task.error_code:
        sentence = explain(task.error_code, task.error_params, task.error_detail)
        when = ago(task.failed_at, now)
        since = say_n(" Tried once, {when}.", " Tried {n} times, last {when}.", task.failures, when=when)
        return [Piece(sentence, "warn"), Piece(since, "dim")]
    if task.progress is not None:
        return [Piece(_far_in_full(task.progress, now), "good")]
    lately = task.lately(now)
    return [
        Piece(
            say_n(
                "Every {interval}; {n} row in the last run, {total} in all.",
                "Every {interval}; {n} rows in the last run, {total} in all.",
                task.done_last,
                interval=duration(task.interval_s),
                total=safe(task.done_total),
            )
        ),
        *([Piece(say(" In the last hour {bars}", bars=spark(lately)), "dim")] if any(lately) else []),
    ]
