"""Every task of every account on its own clock, none stopped by another's failure."""

from __future__ import annotations

import logging
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import anyio

from engine.errors import ErpAway, IntegraError, OutcomeUnknown, Param, RetryLater
from engine.ports import Surroundings
from engine.runtime.log import without_secrets
from engine.store import outages
from engine.store import tasks as task_table
from engine.store.accounts import ERP
from engine.store.database import Store
from engine.store.problems import DETAIL_CHARS_MAX, Severity, clear_other_problems, clear_problem, raise_problem

BACKOFF_S_MIN = 5.0
BACKOFF_S_MAX = 600.0
ERP_AWAY_S_MAX = 60.0
"""The longest back-off from an ERP out of reach: it stands in the same house, and orders wait for it."""
RETRY_AFTER_S_MAX = 3_600.0
"""The longest wait that another side's "come back later" is believed."""
JITTER = 0.2
"""A back-off is stretched by up to this part of it, never shortened: the other side's wish holds."""
GAP_S_MIN = 0.2
"""Between the end of a cycle and the next one by the clock, when a cycle takes longer than its interval."""
NOTICES_BEFORE_PROBLEM = 2
"""A retry that usually helps is a notice this often in a row, then a problem."""
STUCK_AFTER = 3
"""Rounds that a task may fail in a row before `run_to_rest` gives up on it."""
IDLE_ROUNDS_MAX = 7
"""Rounds in a row that may do nothing with work left; the pauses between them, doubling, last about two minutes."""
REST_PAUSE_S_MAX = 60.0

FIRST = ("orders", "effects", "stock")
"""At start all tasks begin at once, these before the others: they must not queue behind a long catalogue read."""

AWAY_SUBJECT = "erp:away"

ASKS_THE_SHOP, ASKS_THE_ERP = "orders", "stock"
"""The tasks that ask the shop, and the ERP, in each of their cycles whatever there is to do."""

log = logging.getLogger("integra.supervisor")


@dataclass(frozen=True, slots=True)
class TaskReport:
    """What one cycle of a task did: rows done, rows left that it could work on, age in seconds of the oldest left.

    again_s: seconds until something of what is left may be worked on, where that is known.
    """

    done: int = 0
    todo: int = 0
    lag_s: float = 0.0
    again_s: float | None = None
    held: task_table.Held | None = None  # why it did nothing: shown so, and not counted as work left


class Task(Protocol):
    """One kind of work for one account ("" = the ERP's own)."""

    @property
    def account(self) -> str:
        """Whose."""

    @property
    def name(self) -> str:
        """Which."""

    async def run(self) -> TaskReport:
        """One cycle. Raises errors of engine.errors; what it did before one is done. May be cancelled at any await."""


@dataclass(frozen=True, slots=True)
class RestReport:
    """What `run_to_rest` did, by "account/task"; counts of 0 are left out."""

    rounds: int
    done: dict[str, int]
    todo: dict[str, int]  # left in the end
    stuck: dict[str, str]  # the code of the error that persists

    @property
    def at_rest(self) -> bool:
        """Nothing is left to do."""
        return not self.todo and not self.stuck


@dataclass(slots=True)
class _Slot:
    """A task as the supervisor keeps it. `delay_s` is the wait before its next cycle."""

    task: Task
    delay_s: float = 0.0
    failures: int = 0
    wanted: bool = False
    insisted: bool = False
    erp_away: bool = False  # it could not reach the ERP last
    error_code: str | None = None
    bell: anyio.Event = field(default_factory=anyio.Event)
    busy: anyio.Lock = field(default_factory=anyio.Lock)

    @property
    def key(self) -> task_table.TaskKey:
        return (self.task.account, self.task.name)

    @property
    def label(self) -> str:
        return "/".join(part for part in self.key if part)

    @property
    def subject(self) -> str:
        return f"task:{self.task.name}"

    def due_now(self) -> bool:
        """A wake-up cuts a wait short, but not a back-off, unless a person insisted."""
        return self.wanted and (not self.failures or self.insisted)


class Supervisor:
    """Runs tasks, writes their rows and problems. `interval_s(account, task)` is asked anew for each cycle."""

    def __init__(
        self,
        store: Store,
        surroundings: Surroundings,
        tasks: Sequence[Task],
        interval_s: Callable[[str, str], float],
    ) -> None:
        self._store = store
        self._clock = surroundings.clock
        self._random = surroundings.random
        self._interval_s = interval_s
        self._prepared = False
        ordered = sorted(tasks, key=lambda task: FIRST.index(task.name) if task.name in FIRST else len(FIRST))
        self._slots = {slot.key: slot for slot in map(_Slot, ordered)}
        self._in_flow = [self._slots[task.account, task.name] for task in tasks]
        if len(self._slots) != len(tasks):
            raise ValueError("two tasks have the same account and name")

    async def run(self) -> None:
        """All tasks at once, each again after its interval or when woken, until cancelled."""
        await self._prepare()
        async with anyio.create_task_group() as group:
            for slot in self._slots.values():
                group.start_soon(self._keep, slot, name=slot.label)

    def wake(self, account: str, name: str, *, insist: bool = False) -> None:
        """Want a cycle now ("*" = every account, every task); wakes coalesce, one during a cycle makes another follow.

        A task that backs off keeps its wait, unless a person insists. Call it from the engine's loop.
        """
        for slot in self._slots.values():
            if account in ("*", slot.task.account) and name in ("*", slot.task.name):
                slot.wanted = True
                slot.insisted |= insist
                if slot.due_now():
                    slot.bell.set()

    async def run_to_rest(self, limit: int = 50) -> RestReport:
        """Every task, round after round, until one did nothing, left nothing and woke nobody; at most `limit` rounds.

        Accounts go side by side, the tasks of one in the order given. A task that fails STUCK_AFTER rounds in a row is
        not tried again; rounds that do nothing while work is left (a settle time, say) are followed by longer pauses.
        """
        await self._prepare()
        done: dict[str, int] = {}
        failed: dict[str, int] = {}
        idle_rounds = rounds = 0
        once_more = False
        todo: dict[str, int] = {}
        while rounds < limit:
            rounds += 1
            active = [slot for slot in self._in_flow if failed.get(slot.label, 0) < STUCK_AFTER]
            reports = await self._round(active)
            todo = {label: report.todo for label, report in reports.items() if report and report.todo}
            progress = 0
            for label, report in reports.items():
                failed[label] = 0 if report else failed.get(label, 0) + 1
                if report and report.done:
                    done[label] = done.get(label, 0) + report.done
                    progress += report.done
            trying = any(0 < count < STUCK_AFTER for count in failed.values())
            woken = any(slot.wanted for slot in active)  # by one that found work for it after its turn
            quiet = not progress and not todo and not trying
            # Who was woken gets a turn; where the ERP is busy somebody is woken in each round, and that is no work.
            if quiet and (once_more or not woken):
                break
            once_more = quiet
            idle_rounds = 0 if progress else idle_rounds + 1
            if idle_rounds > IDLE_ROUNDS_MAX:
                break
            if idle_rounds and not (quiet or (woken and idle_rounds == 1)):
                await self._clock.sleep(min(REST_PAUSE_S_MAX, 2.0 ** (idle_rounds - 1)))
        stuck = {slot.label: slot.error_code for slot in self._in_flow if slot.error_code}
        return RestReport(rounds, done, todo, stuck)

    async def _round(self, slots: Sequence[_Slot]) -> dict[str, TaskReport | None]:
        reports: dict[str, TaskReport | None] = {}

        async def one_account(own: Sequence[_Slot]) -> None:
            for slot in own:
                reports[slot.label] = await self._cycle(slot)
                slot.bell.set()  # its own clock counts from this cycle

        async with anyio.create_task_group() as group:
            for account in dict.fromkeys(slot.task.account for slot in slots):
                group.start_soon(one_account, [slot for slot in slots if slot.task.account == account])
        return reports

    async def _keep(self, slot: _Slot) -> None:
        while True:
            await self._cycle(slot)
            await self._until_due(slot)

    async def _until_due(self, slot: _Slot) -> None:
        rung = True
        while rung and not slot.due_now():
            slot.bell = bell = anyio.Event()
            rung = await self._rings_within(bell, slot.delay_s)

    async def _rings_within(self, bell: anyio.Event, seconds: float) -> bool:
        """Sleep that long on the clock handed in, or less when the bell rings. The wall clock may be set meanwhile."""
        async with anyio.create_task_group() as race:

            async def alarm() -> None:
                await self._clock.sleep(seconds)
                race.cancel_scope.cancel()

            race.start_soon(alarm)
            await bell.wait()
            race.cancel_scope.cancel()
        return bell.is_set()

    async def _cycle(self, slot: _Slot) -> TaskReport | None:
        """One cycle with its rows; None when it failed. Raises nothing but what ends the process or cancels."""
        async with slot.busy:
            slot.wanted = slot.insisted = False
            interval_s = self._interval_s(*slot.key)
            begun = self._clock.now()
            try:
                await self._store.write(lambda db: task_table.started(db, slot.key, round(interval_s), begun))
                report = await slot.task.run()
            except Exception as error:
                await self._failed(slot, begun, error)
                return None
            await self._succeeded(slot, begun, interval_s, report)
            return report

    async def _succeeded(self, slot: _Slot, begun: datetime, interval_s: float, report: TaskReport) -> None:
        now = self._clock.now()
        seconds = max(0.0, (now - begun).total_seconds())
        slot.failures, slot.error_code = 0, None
        again_s = interval_s if report.again_s is None else report.again_s
        slot.delay_s = max(GAP_S_MIN, min(interval_s - seconds, again_s))
        answered = slot.erp_away and report.held is None
        if answered:
            self._erp_answers()
        state = report.held or "waiting"
        end = task_table.CycleEnd(state, now, now + timedelta(seconds=slot.delay_s), seconds)

        def note(db: sqlite3.Connection) -> None:
            task_table.succeeded(db, slot.key, end, report.done, report.todo, report.lag_s)
            clear_problem(db, slot.task.account, None, slot.subject)
            if answered:
                clear_problem(db, ERP, None, AWAY_SUBJECT)
                outages.ends(db, ERP, now)
            self._note_answers(db, slot, report, now)

        await self._note(note)

    def _note_answers(self, db: sqlite3.Connection, slot: _Slot, report: TaskReport, now: datetime) -> None:
        """Whoever was out of reach answers again, be it since a former life."""
        if report.held is not None:
            return
        if slot.task.name == ASKS_THE_SHOP:
            outages.ends(db, slot.task.account, now)
        if slot.task.name == ASKS_THE_ERP and not any(other.erp_away for other in self._slots.values()):
            outages.ends(db, ERP, now)

    def _erp_answers(self) -> None:
        """One that could not reach the ERP got through: the others need not wait out their back-offs."""
        for slot in self._slots.values():
            if slot.erp_away:
                slot.erp_away = False
                slot.wanted = slot.insisted = True
                slot.bell.set()

    async def _failed(self, slot: _Slot, begun: datetime, raised: Exception) -> None:
        now = self._clock.now()
        seconds = max(0.0, (now - begun).total_seconds())
        error = first_cause(raised)
        slot.failures += 1
        slot.error_code = code = error.code if isinstance(error, IntegraError) else "unexpected"
        slot.delay_s = backoff_s(slot.failures, error, self._random)
        slot.erp_away = isinstance(error, ErpAway)
        params: Mapping[str, Param] = {"type": type(error).__name__}
        detail = str(error)
        if isinstance(error, IntegraError):
            params, detail = error.params, error.detail
            log.warning("%s failed: %s", slot.label, error, extra={"task": slot.label, "code": code})
        else:
            log.error("%s failed unexpectedly", slot.label, exc_info=raised, extra={"task": slot.label, "code": code})
        detail = without_secrets(detail)[:DETAIL_CHARS_MAX]
        account, subject, in_a_row = slot.task.account, slot.subject, slot.failures
        if slot.erp_away:  # one cause, however many tasks meet it
            account, subject = ERP, AWAY_SUBJECT
            in_a_row = max(other.failures for other in self._slots.values() if other.erp_away)
        passing = isinstance(error, RetryLater | OutcomeUnknown) and in_a_row <= NOTICES_BEFORE_PROBLEM
        severity: Severity = "notice" if passing else "problem"
        nobody_waits = not any(other.erp_away for other in self._slots.values())
        end = task_table.CycleEnd("backing-off", now, now + timedelta(seconds=slot.delay_s), seconds)

        def note(db: sqlite3.Connection) -> None:
            task_table.failed(db, slot.key, end, slot.failures, code, detail, params)
            if slot.erp_away:
                clear_problem(db, slot.task.account, None, slot.subject)
                outages.begins(db, ERP, now)
            elif slot.task.name == ASKS_THE_SHOP and isinstance(error, RetryLater | OutcomeUnknown):
                outages.begins(db, slot.task.account, now)
            raise_problem(db, account, code, subject, params, detail, severity, now)
            clear_other_problems(db, account, code, subject)
            if nobody_waits:  # what they meet now is something else
                clear_problem(db, ERP, None, AWAY_SUBJECT)
                outages.ends(db, ERP, now)

        await self._note(note)

    async def _prepare(self) -> None:
        """Once: the table lists these tasks, and what a former life left as running is waiting again."""
        if not self._prepared:
            self._prepared = True

            def prepare(db: sqlite3.Connection) -> None:
                task_table.prepare(db, list(self._slots))
                clear_problem(db, ERP, None, AWAY_SUBJECT)  # a former life's

            await self._note(prepare)

    async def _note(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Write what a screen shows. When the disk is full the work goes on: what it must store, it stores itself."""
        try:
            await self._store.write(work)
        except (IntegraError, sqlite3.Error) as error:
            log.error("the state of a task could not be noted: %s", error)


def backoff_s(failures: int, error: Exception, chance: random.Random) -> float:
    """5 s, doubling to 10 min (to 1 min from the ERP), or what the other side asked for when longer; plus jitter."""
    longest = ERP_AWAY_S_MAX if isinstance(error, ErpAway) else BACKOFF_S_MAX
    wait = min(longest, BACKOFF_S_MIN * 2.0 ** min(failures - 1, 20))
    if isinstance(error, RetryLater) and error.after_s is not None:
        wait = max(wait, min(error.after_s, RETRY_AFTER_S_MAX))
    return wait * (1 + JITTER * chance.random())


def first_cause(error: Exception) -> Exception:
    """Of a group, as a task group raises it, the first error that a caller can act on, else the first one."""
    leaves = list(_leaves(error))
    return next((leaf for leaf in leaves if isinstance(leaf, IntegraError)), leaves[0])


def _leaves(error: Exception) -> Iterator[Exception]:
    if isinstance(error, ExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
