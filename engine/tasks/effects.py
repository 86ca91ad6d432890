"""Effects are carried out: begun in the store, done once, read back where their outcome is unknown.

What each kind does, how it is read back and what follows from it stands in `engine/tasks/effect_kinds.py`.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from engine import coming_back
from engine.account import Account
from engine.errors import ErpAway, IntegraError, InUse, Misconfigured, NeedsPerson, OutcomeUnknown, Refused, RetryLater
from engine.runtime.supervisor import TaskReport
from engine.sole_writer import LOOK_AGAIN
from engine.store import effects, orders, said
from engine.store.effects import AT_CHANNEL, IN_ERP, Effect, Kind
from engine.store.instants import from_text, to_text
from engine.store.problems import Severity, clear_other_problems, clear_problem, problem_since, raise_problem
from engine.store.tasks import Held
from engine.tasks.effect_kinds import KINDS, EffectKind, Finding

ERP_SETTLE_S = 5.0  # the ERP's own locks protect a retry; this only lets a broken connection be noticed there
RETRY_S = (2, 10, 30, 60)
REFUSED_BY_ERP_RETRY_S = 180  # an unknown product, a locked customer: it heals when the cause is gone

IN_USE = "erp-order-in-edit"
NOT_ALLOWED = "effects"
IN_USE_PROBLEM_S = 600  # an order is open on somebody's screen for minutes, not for a coffee break

log = logging.getLogger("integra.effects")


@dataclass(slots=True)
class _Cycle:
    """What a cycle did and met so far; what it met it does not try again."""

    done: int = 0
    met: set[int] = field(default_factory=set)
    erp_trouble: IntegraError | None = None  # of the ERP as a whole
    not_allowed: dict[Kind, Misconfigured] = field(default_factory=dict)  # what the channel does not let us do
    trouble: Exception | None = None

    def failed(self, effect: Effect, error: Exception) -> None:
        """An effect met an error that may concern all."""
        self.met.add(effect.id)
        if isinstance(error, Misconfigured) and effect.kind in AT_CHANNEL:
            self.not_allowed[effect.kind] = error
            return
        self.trouble = self.trouble or error
        if isinstance(error, ErpAway | Misconfigured):
            self.erp_trouble = error

    @property
    def without(self) -> frozenset[Kind]:
        """What is left out whole: each call to an ERP out of reach waits out its time, and the channel with it."""
        return frozenset(self.not_allowed) | (IN_ERP if self.erp_trouble else frozenset())

    @property
    def concerns_all(self) -> Exception | None:
        """What the task has to back off from: the ERP's trouble even where the channel was told something."""
        return self.erp_trouble or (None if self.done else self.trouble)


class EffectsTask:
    """Carries out the effects of an account's orders, one after another."""

    name = "effects"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id
        self._not_allowed: set[Kind] = set(AT_CHANNEL)  # what may be told of as such; a former life told of anything

    async def run(self) -> TaskReport:
        """One cycle: everything that may be worked on now, once. Raises the first error that concerns all orders."""
        account = self._account
        comes_back = await self._bring_back()
        held = await account.held_from_writing("orders")
        if held is not None:
            # Another engine may leave at any time.
            return TaskReport(held=held, again_s=LOOK_AGAIN.total_seconds() if held is Held.OTHER_ENGINE else None)
        cycle = _Cycle()
        while True:
            effect = await account.store.read(lambda db: self._next(db, cycle))
            if effect is None:
                break
            try:
                if await self._carry_out(effect, cycle):
                    cycle.done += 1
                else:
                    cycle.met.add(effect.id)
            except IntegraError as error:
                cycle.failed(effect, error)
            except Exception as error:  # a bug that one order meets must not stop the others
                log.exception("unexpected", extra={"order": effect.order_id, "kind": str(effect.kind)})
                cycle.failed(effect, error)
        if cycle.done:
            account.wake("*", "stock")
        await self._tell_not_allowed(cycle)
        if cycle.concerns_all is not None:
            raise cycle.concerns_all
        now = account.now()
        (todo, oldest), due = await account.store.read(
            lambda db: (effects.backlog(db, account.id, now), effects.next_due(db, account.id, now))
        )
        lag_s = (now - from_text(oldest)).total_seconds() if oldest else 0.0
        dues = [from_text(one) for one in (due, comes_back) if one]
        again_s = (min(dues) - now).total_seconds() if dues else None
        return TaskReport(done=cycle.done, todo=todo, lag_s=lag_s, again_s=again_s)

    async def _bring_back(self) -> str | None:
        """Orders whose time is over go back to a person, whether or not anything is written; answers the next time."""
        account, now = self._account, self._account.now()
        first = await account.store.read(lambda db: said.next_time(db, account.id))
        if first is None or first > to_text(now):
            return first

        def bring_back(db: sqlite3.Connection) -> str | None:
            coming_back.bring_back(db, account.id, now)
            return said.next_time(db, account.id)

        return await account.store.write(bring_back)

    async def _tell_not_allowed(self, cycle: _Cycle) -> None:
        """A right that the channel does not give us keeps the orders from this alone: in C-Plus they are reserved."""
        if not cycle.not_allowed and not self._not_allowed:
            return
        account, now = self._account, self._account.now()

        def tell(db: sqlite3.Connection) -> set[Kind]:
            for kind, error in cycle.not_allowed.items():
                subject = f"{NOT_ALLOWED}:{kind}"
                raise_problem(db, account.id, error.code, subject, error.params, error.detail, "problem", now)
                clear_other_problems(db, account.id, error.code, subject)
            wanted = effects.open_kinds(db, account.id)
            for kind in self._not_allowed - wanted:
                clear_problem(db, account.id, None, f"{NOT_ALLOWED}:{kind}")
            return (self._not_allowed | cycle.not_allowed.keys()) & wanted

        self._not_allowed = await account.store.write(tell)

    async def _carry_out(self, effect: Effect, cycle: _Cycle) -> bool:
        """Do one effect, or read back one whose outcome was unknown; True when it ended."""
        account, kind = self._account, KINDS[effect.kind]
        settle_s = account.settle_s if effect.kind in AT_CHANNEL else ERP_SETTLE_S
        if effect.in_flight:
            found = await kind.look(account, effect)
            if kind.happened(effect, found):
                return await self._ended(effect, kind, found)
        if not await account.store.write(lambda db: self._begin(db, effect, cycle, settle_s)):
            return False  # taken back, or no longer alone, since it was read: the next cycle looks again
        try:
            found = await kind.act(account, effect)
        except InUse as busy:
            await self._wait_for(effect, busy)
            return False
        except OutcomeUnknown as unknown:
            await self._settle_later(effect, settle_s, unknown)
            raise
        except (RetryLater, Misconfigured) as failure:
            if effect.in_flight and effect.kind not in AT_CHANNEL:  # this try does not disprove the first one
                await self._settle_later(effect, settle_s, failure)
            else:
                await self._postpone(effect, failure)
            raise
        except (Refused, NeedsPerson) as error:
            return await self._refused(effect, kind, error)
        if found is None:  # the deed tells nothing: only what the other side shows counts
            found = await kind.look(account, effect)  # a look that fails leaves it in flight, to be looked at again
        if not kind.happened(effect, found):
            raise OutcomeUnknown("effect-not-shown", order=effect.order_id, kind=str(effect.kind))
        return await self._ended(effect, kind, found)

    def _next(self, db: sqlite3.Connection, cycle: _Cycle) -> Effect | None:
        return effects.next_one(db, self._account.id, cycle.met, self._account.now(), cycle.without)

    def _begin(self, db: sqlite3.Connection, effect: Effect, cycle: _Cycle, settle_s: float) -> bool:
        """Begin the effect if it is still the next one; between reading and beginning it, a person may have decided."""
        if self._next(db, cycle) != effect:
            return False
        effects.begin(db, effect, self._account.now(), settle_s)
        return True

    async def _ended(self, effect: Effect, kind: EffectKind, finding: Finding) -> bool:
        """It happened: note it with everything that follows, in one transaction."""

        def store(db: sqlite3.Connection) -> None:
            met = effects.error_of(db, effect)
            if not effects.finish(db, effect, self._account.now()):
                return  # withdrawn while it was done: the order does not stand there any more
            _heal(db, effect, met)
            clear_problem(db, self._account.id, IN_USE, _subject(effect))
            clear_problem(db, self._account.id, None, f"{NOT_ALLOWED}:{effect.kind}")
            kind.follow(db, self._account, effect, finding)

        await self._store(store)
        return True

    async def _refused(self, effect: Effect, kind: EffectKind, error: IntegraError) -> bool:
        """The other side said no. What it shows decides: it may have happened already, by another's hand."""
        finding = await kind.look(self._account, effect)
        if kind.happened(effect, finding):
            return await self._ended(effect, kind, finding)
        log.warning("refused: %s", error, extra={"order": effect.order_id, "kind": str(effect.kind)})

        def store(db: sqlite3.Connection) -> None:
            now = self._account.now()
            if effect.kind in AT_CHANNEL:
                stands = effects.refuse(db, effect, error.code, error.detail, now)
            elif effect.in_flight:
                stands = effects.settle_later(db, effect, REFUSED_BY_ERP_RETRY_S, error.code, error.detail, now)
            else:
                stands = effects.postpone(db, effect, REFUSED_BY_ERP_RETRY_S, error.code, error.detail, now)
            if stands:
                kind.refused(db, self._account, effect, error, finding)

        await self._store(store)
        return effect.kind in AT_CHANNEL

    async def _wait_for(self, effect: Effect, busy: InUse) -> None:
        """A person has the order open in the ERP: come back, and tell it as a problem when it lasts."""
        now = self._account.now()
        wait_s = RETRY_S[min(effect.attempts, len(RETRY_S) - 1)]

        def store(db: sqlite3.Connection) -> None:
            row = orders.get(db, effect.order_id)
            assert row is not None, "an effect belongs to an order"
            again = effects.settle_later if effect.in_flight else effects.postpone
            if not again(db, effect, wait_s, busy.code, busy.detail, now):
                return
            since = problem_since(db, self._account.id, busy.code, _subject(effect)) or now
            lasts = (now - since).total_seconds() >= IN_USE_PROBLEM_S
            severity: Severity = "problem" if lasts else "notice"
            params = {**busy.params, "order": row["number"]}
            raise_problem(db, self._account.id, busy.code, _subject(effect), params, busy.detail, severity, now)

        await self._store(store)

    async def _settle_later(self, effect: Effect, settle_s: float, error: IntegraError) -> None:
        now = self._account.now()
        await self._store(lambda db: effects.settle_later(db, effect, settle_s, error.code, error.detail, now))

    async def _postpone(self, effect: Effect, error: IntegraError) -> None:
        # From an ERP out of reach the task as a whole backs off, and is called once anybody gets through.
        tries = 0 if isinstance(error, ErpAway) else effect.attempts
        now, wait_s = self._account.now(), RETRY_S[min(tries, len(RETRY_S) - 1)]
        await self._store(lambda db: effects.postpone(db, effect, wait_s, error.code, error.detail, now))

    async def _store(self, work: Callable[[sqlite3.Connection], object]) -> None:
        await self._account.store.write(work)


def _heal(db: sqlite3.Connection, effect: Effect, met: str | None) -> None:
    """What the effect met last, and did not keep it from happening, keeps its order no more."""
    row = orders.get(db, effect.order_id)
    assert row is not None, "an effect belongs to an order"
    if row["parked"] is not None and row["parked"] == met:
        orders.move(db, effect.order_id, replace(orders.state_of(row), parked=None))


def _subject(effect: Effect) -> str:
    return f"order:{effect.order_id}"
