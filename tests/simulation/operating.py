"""The person at the console: sees what it shows, and repeats a command under its id until it is answered."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
from typing import Any

from connectors.sandbox.base.build import Clock
from connectors.sandbox.base.people import Staff
from connectors.sandbox.decider import Ask, answer_alarms, decide
from connectors.sandbox.decider import OrderRow as Due
from connectors.sandbox.hands import cancel_as_told
from console.reading.orders import order_ids, order_rows
from engine.orders import MISSING_IN_ERP, Fulfilment, Queue
from tests.simulation.branch import Branch
from tests.simulation.house import START_AGAIN_S, House

WORK_QUEUES = (Queue.DECIDE, Queue.PAY, Queue.SHORT, Queue.TO_SHIP, Queue.PROBLEM)
SECOND_THOUGHTS_SHARE = 0.1
"""Of the decisions are taken back at once, to be taken anew."""


class Operator:
    """Speaks to the engine of the house that `house` names, the one that writes."""

    def __init__(
        self, seed: int, house: Callable[[], House], branches: Sequence[Branch], staff: Staff, clock: Clock,
        note: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._seed = seed
        self._house = house
        self._branches = branches
        self._staff = staff
        self._clock = clock
        self._note = note
        self._commands = itertools.count(1)

    async def work(self, chance: random.Random, pause_s: float, is_trading: Callable[[], bool]) -> None:
        """Look at the orders now and then, until the shop closes."""
        while is_trading():
            await asyncio.sleep(chance.expovariate(1 / pause_s))
            if is_trading():
                await self._look_at_orders(chance)

    async def open_accounts(self, house: House) -> None:
        """Approve the first write of every account, as soon as its shop has been looked through."""
        while True:
            await asyncio.sleep(START_AGAIN_S)
            rows = house.accounts()
            if rows and all(row["mode"] == "live" for row in rows):
                return
            for row in rows:
                if row["mode"] != "live" and row["adopted_at"] is not None:
                    await self._command("go_live", {"account": row["id"]}, asked_of=house)

    async def _look_at_orders(self, chance: random.Random) -> None:
        """The operator goes through what waits; some decisions are taken back at once."""
        asked, ask = _asking()
        decide(self._due(), ask, self._seed, tell_office=self._tell_office)
        for verb, args, row_version in asked:
            answer = await self._command(verb, args, row_version)
            if answer.get("ok") and chance.random() < SECOND_THOUGHTS_SHARE:
                await self._command("withdraw", {"order": args["order"]})

    async def answer_what_cannot_wait(self) -> int:
        """Alarms, and orders that a restored base has lost: written there again, unless they have left the house.

        Answers how many there were.
        """
        asked, ask = _asking()
        due = self._due()
        answer_alarms(due, ask, tell_office=self._tell_office)
        for row in due:
            if row["parked"] == MISSING_IN_ERP:
                verb = "unpark" if row["fulfilment"] == Fulfilment.SHIPPED else "rewrite"
                ask(verb, {"order": row["id"]}, row["row_version"])
        for verb, args, row_version in asked:
            await self._command(verb, args, row_version)
        return len(asked)

    async def _command(
        self, verb: str, args: dict[str, Any], row_version: int | None = None, *, asked_of: House | None = None
    ) -> dict[str, Any]:
        """Ask the engine, whichever lives, until it has answered."""
        number = f"command-{next(self._commands)}"
        house = asked_of or self._house()
        while True:
            if house.life is not None and not house.life.dead:
                answer = await house.life.ask(number, verb, args, row_version)
                if answer is not None:
                    self._note(f"operator {verb} {args} {answer.get('ok')} {answer.get('error', '')}")
                    return answer
            await asyncio.sleep(START_AGAIN_S)

    def _tell_office(self, number: str) -> None:
        for branch in self._branches:
            cancel_as_told(self._staff, branch.shop, branch.prefix, number)

    def _due(self) -> Sequence[Due]:
        now = self._clock.now()
        rows = self._house().read(
            lambda db: [row for queue in WORK_QUEUES for row in order_rows(db, order_ids(db, queue)).values()]
        )
        return [
            {
                "id": row.id, "number": row.number, "queue": row.queue, "payment": row.payment,
                "fulfilment": row.fulfilment, "alarm": row.alarm or None, "parked": row.parked or None,
                "row_version": row.row_version, "payment_method": row.payment_method,
                "shipping_method": row.shipping_method,
                "age_s": (now - row.placed_at).total_seconds() if row.placed_at else 0.0,
            }
            for row in rows
        ]  # fmt: skip


def _asking() -> tuple[list[tuple[str, dict[str, Any], int]], Ask]:
    """A list of what somebody wants to ask, and the way to put something on it."""
    asked: list[tuple[str, dict[str, Any], int]] = []

    def ask(verb: str, args: Any, row_version: int) -> bool:
        asked.append((verb, dict(args), row_version))
        return True

    return asked, ask
