"""The engine: everything that keeps one store's ERP and channels telling the same story, built from its ports."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import anyio

from engine import restored
from engine.account import Account
from engine.base_watch import BaseWatch
from engine.erp_reads import ErpReads
from engine.pace import Load
from engine.ports import Capabilities, Erp, SalesChannel, Surroundings
from engine.runtime.commands import AnyVerb
from engine.runtime.supervisor import Task
from engine.settings import Settings
from engine.shop_names import ChannelByOurNames
from engine.store import accounts
from engine.store.database import Store
from engine.tasks.catalogue import CatalogueTask
from engine.tasks.customers import CustomersTask
from engine.tasks.effects import EffectsTask
from engine.tasks.invoices import InvoicesTask
from engine.tasks.media import MediaTask
from engine.tasks.orders import OrdersTask
from engine.tasks.prices import PricesTask
from engine.tasks.reconcile import ReconcileTask
from engine.tasks.shipments import ShipmentsTask
from engine.tasks.stock import StockTask
from engine.tasks.watch import WatchTask
from engine.verbs.accounts import account_verbs
from engine.verbs.adoption import adoption_verbs
from engine.verbs.allowances import allowance_verbs
from engine.verbs.attendance import attendance_verb
from engine.verbs.customer_tables import customer_table_verbs
from engine.verbs.customers import customer_verbs
from engine.verbs.goods import goods_verbs
from engine.verbs.invoice import invoice_verbs
from engine.verbs.listing import listing_verbs
from engine.verbs.orders import order_verbs
from engine.verbs.problems import problem_verbs
from engine.verbs.registrations import registration_verbs
from engine.verbs.revert import revert_verbs
from engine.verbs.sale_links import sale_link_verbs
from engine.verbs.shop_changes import shop_change_verbs

TASKS = (
    OrdersTask,
    EffectsTask,
    StockTask,
    InvoicesTask,
    ShipmentsTask,
    PricesTask,
    CatalogueTask,
    MediaTask,
    CustomersTask,
    ReconcileTask,
)


def _nobody(account: str, task: str) -> None:
    """Before a host has given a bell to ring."""


def _capabilities(channel: SalesChannel) -> Capabilities:
    return channel.capabilities


class Engine:
    """One store's engine. The host sets `wake`, and `settings` when a person changed them."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        erp: Erp,
        channels: Mapping[str, SalesChannel],
        surroundings: Surroundings,
    ) -> None:
        self.settings = settings
        self.wake: Callable[[str, str], None] = _nobody
        self._store = store
        self._erp = erp
        self._surroundings = surroundings
        account_ids = [account.id for account in settings.account]
        self._base = BaseWatch(store, erp, surroundings, account_ids, self._ring)
        tags = sorted({account.online_tag for account in settings.account})
        self._reads = ErpReads(store, erp, self._base, surroundings, tags, settings.engine.full_compare_s)
        self._creating_customer = anyio.Lock()
        self._accounts = {
            account.id: Account(
                id=account.id,
                store=store,
                erp=erp,
                channel=ChannelByOurNames(account.id, channels[account.id], store),
                shop=channels[account.id],
                reads=self._reads,
                surroundings=surroundings,
                all_settings=lambda: self.settings,
                wake=self._ring,
                know_base=self._base.know,
                load=Load(partial(_capabilities, channels[account.id])),
                creating_customer=self._creating_customer,
            )
            for account in settings.account
        }

    def _ring(self, account: str, task: str) -> None:
        self.wake(account, task)

    def _channel_of(self, account: str) -> Capabilities | None:
        found = self._accounts.get(account)
        return None if found is None else found.channel.capabilities

    async def start(self) -> None:
        """Know the accounts, and the store as what it is. The base is asked by the first task that would write."""
        now = self._surroundings.clock.now()

        def ensure(db: sqlite3.Connection) -> None:
            restored.draw_conclusions(db, now)
            for account in self.settings.account:
                accounts.ensure(db, account.id, account.kind, account.name)

        await self._store.write(ensure)

    def tasks(self) -> Sequence[Task]:
        """All tasks of all accounts."""
        tasks: list[Task] = [task(account) for account in self._accounts.values() for task in TASKS]
        tasks.append(WatchTask(self._store, self._erp, self._surroundings.clock, lambda: self.settings, self._ring))
        return tasks

    def verbs(self) -> Sequence[AnyVerb]:
        """What people may ask."""
        return [
            *order_verbs(lambda: self.settings.engine.undo_s, self._channel_of),
            *account_verbs(),
            attendance_verb(self._store),
            *allowance_verbs(),
            *adoption_verbs(lambda: self._accounts),
            *shop_change_verbs(),
            *problem_verbs(),
            *revert_verbs(),
            *customer_verbs(self._store, self._erp, self._creating_customer),
            *customer_table_verbs(self._store, self._erp, lambda: self._accounts, self._creating_customer),
            *registration_verbs(),
            *goods_verbs(self._store, self._erp, lambda: self._accounts),
            *listing_verbs(lambda: self._accounts),
            *sale_link_verbs(self._store, self._erp),
            *invoice_verbs(self._store, self._erp),
        ]
