"""What the tasks of one account share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import anyio

from engine.erp_reads import ErpReads
from engine.errors import Misconfigured, RetryLater
from engine.media_limits import is_within
from engine.pace import Load
from engine.ports import Erp, SalesChannel, Surroundings
from engine.settings import AccountSettings, Settings, SourceSettings
from engine.store import accounts
from engine.store.database import Store
from engine.store.tasks import Held


@dataclass(frozen=True, slots=True)
class Account:
    """One configured channel at work. Settings are asked anew each time: a person may have changed them."""

    id: str
    store: Store
    erp: Erp
    channel: SalesChannel  # by our own names
    shop: SalesChannel  # by the shop's: what stands there before it is known whose it is
    reads: ErpReads
    surroundings: Surroundings
    all_settings: Callable[[], Settings]
    wake: Callable[[str, str], None]
    know_base: Callable[[], Awaitable[RetryLater | None]]  # `BaseWatch.know`
    load: Load
    creating_customer: anyio.Lock  # of the whole engine: the same person may come by two ways at once

    @property
    def settings(self) -> AccountSettings:
        """The account's own settings."""
        return next(account for account in self.all_settings().account if account.id == self.id)

    def now(self) -> datetime:
        """The engine's clock."""
        return self.surroundings.clock.now()

    @property
    def zone(self) -> ZoneInfo:
        """Where the account's days begin and end."""
        return ZoneInfo(self.settings.time_zone)

    def today(self) -> date:
        """The day by the account's own calendar."""
        return self.now().astimezone(self.zone).date()

    @property
    def sources(self) -> Mapping[str, SourceSettings]:
        """The channel's sources that are written, and what each shows; goods leave from `Capabilities.ships_from`.

        Raises Misconfigured where several are named and that is none of them.
        """
        settings, ships_from = self.settings, self.channel.capabilities.ships_from
        if not settings.sources:
            return {ships_from: SourceSettings(companies=settings.companies, sectors=settings.sectors)}
        if ships_from not in settings.sources:
            expected = f"{ships_from}, from which goods leave, among them"
            raise Misconfigured("settings", f"account {self.id}", key="sources", expected=expected)
        return settings.sources

    @property
    def settle_s(self) -> float:
        """How long a push or effect of unknown outcome may still land at the channel."""
        return 2 * self.channel.capabilities.timeout_s

    async def may_write(self, direction: str) -> bool:
        """Whether nothing holds this direction, as `held_from_writing` tells."""
        return await self.held_from_writing(direction) is None

    async def held_from_writing(self, direction: str) -> Held | None:
        """What holds this direction now, another engine that writes into the ERP included.

        Raises what the ERP raises until it has said once which base it is: before that nothing is written anywhere.
        """
        if await self.know_base() is not None:
            return Held.OTHER_ENGINE
        return await self.held(direction)

    async def held(self, direction: str) -> Held | None:
        """What holds this direction now, as far as the store knows; None is enough to take orders in.

        Photos have hours besides.
        """
        now = self.now()
        held = await self.store.read(lambda db: accounts.held(db, self.id, direction, now))
        if held or direction != "media" or is_within(self.settings.media_hours, now.astimezone(self.zone).time()):
            return held
        return Held.OUT_OF_HOURS
