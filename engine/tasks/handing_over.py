"""New items left to a channel that makes them by and by (`Capabilities.hands_over_rows`), instead of one by one.

Nobody knows beforehand whether the channel gets to it: the first ones are few. While they are open for longer than
OPEN_S nothing more is handed over; they settle, and are then looked for and made one by one like anything of unknown
outcome. What is made late all the same is sent again. Each ticket is stored before anything else is done.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from engine.account import Account
from engine.errors import Misconfigured, OutcomeUnknown, Param, Refused, RetryLater, TooMany
from engine.publishing import ContentPush, Facet, Making
from engine.store import handed_over, publications
from engine.store.handed_over import Ticket
from engine.store.instants import from_text, to_text
from engine.store.problems import clear_problem, raise_problem
from engine.store.publications import Row

FIRST_ROWS = 5
"""Enough to see whether anybody works on them."""
OPEN_S = 120.0
"""Without one more that is made: a consumer is started each minute, and a save takes less than a second."""
ASK_APART_S = 1.0
MEANWHILE_APART_S = 5.0
"""Between two looks at what else is to be sent."""
REMEMBERED = timedelta(days=1)
"""How long what stays open is asked for; then a few new ones are tried again."""

ASLEEP, SUBJECT = "queue-asleep", "queue:content"


class HandingOver:
    """The tickets of one account, from cycle to cycle."""

    def __init__(
        self,
        account: Account,
        push: Callable[[sqlite3.Connection, Row], ContentPush],
        look: Callable[[], Awaitable[None]],
    ) -> None:
        self._account = account
        self._push = push
        self._look = look
        self._rows = FIRST_ROWS

    async def run(self, meanwhile: Callable[[], Awaitable[None]]) -> int:
        """Look at what is wanted, hand over what is new, and wait for it; answers how many were made.

        meanwhile: sends what is not new, now and then while waiting.
        Raises what the channel raises; after an unknown outcome the items stay in flight until they settle.
        """
        made = 0
        if await self._ask_of_former():
            return made
        await self._awake()
        if not self._account.channel.capabilities.hands_over_rows:
            return made
        await self._look()
        while rows := await self._choose():
            ticket = await self._hand_over(rows)
            if ticket is None:
                continue
            confirmed, is_done = await self._wait(ticket, meanwhile)
            made += confirmed
            if not is_done:
                self._rows = FIRST_ROWS
                await self._tell(ticket)
                break
            self._rows = self._account.channel.capabilities.hands_over_rows
        return made

    async def _ask_of_former(self) -> bool:
        """Ask what became of all that was handed over before; True while some of it is open."""
        account = self._account
        for ticket in await account.store.read(lambda db: handed_over.tickets(db, account.id)):
            if from_text(ticket.at) + REMEMBERED <= account.now():
                await self._forget(ticket)
                continue
            left, _ = await self._ask(ticket)
            if left:
                return True
        return False

    @property
    def _settle_s(self) -> float:
        return OPEN_S + self._account.settle_s

    async def _choose(self) -> list[Row]:
        account = self._account
        if not await account.may_write("content"):
            return []
        limit = min(self._rows, account.channel.capabilities.hands_over_rows)

        def begin(db: sqlite3.Connection) -> list[Row]:
            now = account.now()
            rows = publications.sendable(db, account.id, Facet.CONTENT, limit, now, new=True)
            publications.begin(db, account.id, Facet.CONTENT, rows, now, self._settle_s)
            return rows

        return await account.store.write(begin)

    async def _hand_over(self, rows: Sequence[Row]) -> Ticket | None:
        """The ticket, stored; what the channel does not take is sent by itself."""
        account = self._account
        pushes = await account.store.read(lambda db: [self._push(db, row) for row in rows])
        try:
            answer = await account.channel.hand_over(pushes)
        except OutcomeUnknown:
            account.load.struggled()
            raise
        except (RetryLater, Misconfigured, Refused) as error:
            await self._give_back(rows)
            if isinstance(error, TooMany):
                self._rows = max(1, min(self._rows - 1, error.limit))
            if isinstance(error, Refused):
                return None
            raise
        taken = [] if answer is None else [rows[place] for place in answer.taken]
        now = account.now()
        left = [row for row in rows if row not in taken]

        def keep(db: sqlite3.Connection) -> None:
            publications.give_back(db, account.id, Facet.CONTENT, left)
            if answer is not None:
                handed_over.keep(db, account.id, answer.ticket, [row.item for row in taken], now)

        await account.store.write(keep)
        if answer is None or not taken:
            return None
        return Ticket(answer.ticket, to_text(now), {place: row.item for place, row in enumerate(taken)})

    async def _wait(self, ticket: Ticket, meanwhile: Callable[[], Awaitable[None]]) -> tuple[int, bool]:
        """How many were made, and whether all is told."""
        account = self._account
        looked_at = moved_at = account.now()
        confirmed = 0
        while ticket.items:
            await account.surroundings.clock.sleep(ASK_APART_S)
            left, done = await self._ask(ticket)
            confirmed += done
            if len(left) < len(ticket.items):
                moved_at = account.now()
            elif (account.now() - moved_at).total_seconds() >= OPEN_S:
                return confirmed, False
            ticket = replace(ticket, items=left)
            if (account.now() - looked_at).total_seconds() >= MEANWHILE_APART_S:
                await meanwhile()
                looked_at = account.now()
        return confirmed, True

    async def _ask(self, ticket: Ticket) -> tuple[Mapping[int, str], int]:
        """Store what is told of by now; what is still open, and how many were confirmed."""
        account = self._account
        states = await account.channel.handed_over(ticket.id, ticket.items)
        # What the channel does not know settles like anything of unknown outcome.
        unknown = [place for place in ticket.items if place not in states]
        told = {place: made for place, made in states.items() if made.state is not Making.OPEN}
        still = [place for place, made in states.items() if made.state is Making.OPEN]
        now = account.now()

        def store(db: sqlite3.Connection) -> int:
            confirmed = handed_over.settle(db, account.id, ticket, told, now)
            handed_over.forget(db, account.id, ticket.id, unknown)
            if told:
                handed_over.still_open(db, account.id, ticket.id, still, now, self._settle_s)
            return confirmed

        confirmed = await account.store.write(store)
        return {place: ticket.items[place] for place in still}, confirmed

    async def _tell(self, ticket: Ticket) -> None:
        account, now = self._account, self._account.now()
        params: dict[str, Param] = {"n": len(ticket.items)}
        await account.store.write(
            lambda db: raise_problem(db, account.id, ASLEEP, SUBJECT, params, ticket.id, "notice", now)
        )

    async def _awake(self) -> None:
        """Nothing is open that the channel does not get to."""
        account = self._account
        await account.store.write(lambda db: clear_problem(db, account.id, ASLEEP, SUBJECT))

    async def _give_back(self, rows: Sequence[Row]) -> None:
        account = self._account
        await account.store.write(lambda db: publications.give_back(db, account.id, Facet.CONTENT, rows))

    async def _forget(self, ticket: Ticket) -> None:
        account = self._account
        await account.store.write(lambda db: handed_over.forget(db, account.id, ticket.id, list(ticket.items)))
