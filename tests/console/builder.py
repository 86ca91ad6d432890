"""A store file as an engine leaves it, made with the engine's own functions, and an engine with no shop behind it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import anyio

from engine import order_flow
from engine.account import Account
from engine.model.channel import ChannelLine, ChannelOrder, ChannelOrderState, PaymentState
from engine.model.erp import SaleCandidate
from engine.model.people import Address, Person
from engine.orders import Cancellation, Event, Fulfilment, Payment, State
from engine.ports import Capabilities, Erp, SalesChannel, Surroundings
from engine.runtime.commands import AnyVerb
from engine.runtime.connectors import Ports
from engine.runtime.hosted import HostedEngine
from engine.runtime.supervisor import Task
from engine.settings import AccountSettings, Settings
from engine.store import accounts, effects, orders, problems
from engine.store import tasks as task_table
from engine.store.database import Store, migrate
from engine.store.instants import to_text
from engine.systime import system_surroundings
from engine.verbs.accounts import account_verbs
from engine.verbs.adoption import adoption_verbs
from engine.verbs.allowances import allowance_verbs
from engine.verbs.attendance import attendance_verb
from engine.verbs.customer_tables import customer_table_verbs
from engine.verbs.customers import customer_verbs
from engine.verbs.invoice import invoice_verbs
from engine.verbs.listing import listing_verbs
from engine.verbs.orders import order_verbs
from engine.verbs.problems import problem_verbs
from engine.verbs.registrations import registration_verbs
from engine.verbs.revert import revert_verbs
from engine.verbs.sale_links import sale_link_verbs
from engine.verbs.shop_changes import shop_change_verbs
from tests.console.office import Office

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
NFE_KEY = "4" * 44

SETTINGS_TOML = """
[console]
language = "{language}"
[engine]
undo_s = {undo_s}
[[account]]
id = "loja"
kind = "magento"
name = "Loja Centro"
order_prefix = "LC"
online_tag = "VENDA ON-LINE"
import_orders_since = 2026-01-01
"""

ACCOUNT = AccountSettings(
    id="loja",
    kind="magento",
    name="Loja Centro",
    order_prefix="LC",
    online_tag="VENDA ON-LINE",
    import_orders_since=date(2026, 1, 1),
)


def channel_order(number: str, *, buyer: str = "Maria Aparecida da Silva", **changes: Any) -> ChannelOrder:
    """An order as a shop tells it, two lines, paid by card."""
    address = Address("Rua das Acácias", "123", "Apto 4", "Centro", "Curitiba", "PR", "80010000")
    order = ChannelOrder(
        external_id=number.lstrip("0") or "0",
        number=number,
        placed_at=NOW - timedelta(hours=2),
        updated_at=NOW - timedelta(hours=2),
        state=ChannelOrderState.OPEN,
        payment=PaymentState.AUTHORIZED,
        raw_status="new/pending",
        payment_method="cielo_cc",
        payment_label="Cartão de crédito",
        buyer=Person(buyer, "maria@example.com", "41999990000", "52998224725", address),
        buyer_id="7",
        delivery=address,
        delivery_name=buyer,
        delivery_phone="41999990000",
        shipping_method="Correios - PAC",
        lines=(
            ChannelLine("1", "000000009", "Camiseta básica azul M", Decimal(2), Decimal("49.90")),
            ChannelLine("2", "000000012", "Caneca de porcelana", Decimal(1), Decimal("35.00")),
        ),
        freight=Decimal("22.50"),
        discount=Decimal(0),
        surcharge=Decimal(0),
        total=Decimal("157.30"),
        note="Entregar depois das 18h, por favor.",
    )
    return replace(order, **changes)


class StoreFile:
    """A store being filled. `now` is when everything in it happened."""

    def __init__(self, path: Path, now: datetime = NOW) -> None:
        self.path = path
        self.now = now
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode = WAL")
        migrate(self.db, path)
        self.account()

    def account(self, id: str = "loja", name: str = "Loja Centro", *, live: bool = True) -> None:
        """An account that writes, or one that observes."""
        accounts.ensure(self.db, id, "magento", name)
        accounts.set_mode(self.db, id, "live" if live else "observe", "" if live else "new")
        self.db.execute("UPDATE account SET identity = 'Magento 2.4.6 em loja.example' WHERE id = ?", [id])

    def order(
        self,
        number: str,
        *,
        payment: Payment | None = None,
        fulfilment: Fulfilment = Fulfilment.RESERVED,
        cancellation: Cancellation = Cancellation.NONE,
        parked: str | None = None,
        alarm: str | None = None,
        **changes: Any,
    ) -> int:
        """An order that came in, was written to C-Plus and stands at these axes; answers our id."""
        placed_at = self.now - timedelta(hours=2, seconds=int(number) % 3600)
        told = channel_order(number, **{"placed_at": placed_at, "updated_at": placed_at, **changes})
        order_flow.receive(self.db, ACCOUNT, told, self.now - timedelta(hours=1))
        row = orders.find(self.db, "loja", told.external_id)
        assert row is not None
        id = int(row["id"])
        self.db.execute("UPDATE effect SET state = 'done' WHERE order_id = ?", [id])
        state = State(payment or Payment(told.payment.value), fulfilment, cancellation, parked, alarm)
        written = to_text(self.now)
        orders.move(self.db, id, state, erp_key=number, erp_number=number.lstrip("0"), erp_written_at=written)
        event = Event.WRITTEN_SHORT if fulfilment is Fulfilment.SHORT else Event.WRITTEN_RESERVED
        params = {"number": number.lstrip("0"), "short": "000000009"}
        orders.note_event(self.db, id, "C-Plus", str(event), params, self.now - timedelta(minutes=50))
        reserved = "ordered_e4" if fulfilment is not Fulfilment.SHORT else "0"
        if fulfilment in (Fulfilment.INVOICED, Fulfilment.SHIPPING, Fulfilment.SHIPPED):
            self.db.execute("UPDATE order_line SET invoiced_e4 = ordered_e4 WHERE order_id = ?", [id])
            reserved = "0"
        self.db.execute(f"UPDATE order_line SET reserved_e4 = {reserved} WHERE order_id = ?", [id])
        return id

    def capture_in_grace(self, order: int, seconds: float) -> None:
        """An approval that leaves only then."""
        not_before = to_text(self.now + timedelta(seconds=seconds))
        effects.decide(self.db, order, effects.Kind.CAPTURE, self.now, not_before=not_before)

    def stock(self, sku: str, on_hand: int, reserved: int) -> None:
        """A level in the mirror."""
        self.db.execute(
            "INSERT OR REPLACE INTO stock_level VALUES (?, 1, '000000001', ?, ?)",
            [sku, on_hand * 10_000, reserved * 10_000],
        )

    def task(self, name: str, account: str = "loja", *, error: tuple[str, dict[str, Any]] | None = None) -> None:
        """A task that ran 12 s ago."""
        key = (account, name)
        task_table.started(self.db, key, 180, self.now - timedelta(seconds=14))
        at, following = self.now - timedelta(seconds=12), self.now + timedelta(seconds=168)
        if error is None:
            task_table.succeeded(self.db, key, task_table.CycleEnd("waiting", at, following, 2.0), 25, 0, 0.0)
        else:
            end = task_table.CycleEnd("backing-off", at, following, 2.0)
            task_table.failed(self.db, key, end, 3, error[0], "detail of the error", error[1])

    def problem(self, code: str, subject: str, params: Mapping[str, Any], account: str = "loja") -> None:
        """Something a person should know of."""
        problems.raise_problem(self.db, account, code, subject, params, "", "problem", self.now)

    def close(self) -> None:
        """Nothing more comes."""
        self.db.close()


_NOTHING: dict[str, Any] = {field.name: 0 for field in fields(Capabilities)}
PLAIN = Capabilities(**_NOTHING)
"""A channel that can do nothing but sell."""


class BareEngine:
    """The engine's verbs on a real store, with neither C-Plus nor a shop behind them."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.wake: Callable[[str, str], None] = lambda account, task: None

    def tasks(self) -> Sequence[Task]:
        """None: what is in the file stays as it is."""
        return []

    def verbs(self) -> Sequence[AnyVerb]:
        """Those that decide within the store."""
        office, creating_customer = cast("Erp", Office(self.store)), anyio.Lock()
        return [
            *order_verbs(lambda: self.settings.engine.undo_s, lambda _: PLAIN),
            *account_verbs(),
            attendance_verb(self.store),
            *allowance_verbs(),
            *adoption_verbs(lambda: {"loja": cast("Account", SimpleNamespace(settings=ACCOUNT))}),
            *shop_change_verbs(),
            *listing_verbs(lambda: {"loja": cast("Account", SimpleNamespace(settings=ACCOUNT))}),
            *problem_verbs(),
            *revert_verbs(),
            *customer_verbs(self.store, office, creating_customer),
            *customer_table_verbs(self.store, office, dict, creating_customer),
            *registration_verbs(),
            *sale_link_verbs(self.store, cast("Erp", _Till())),
            *invoice_verbs(self.store, cast("Erp", _Till())),
        ]

    async def start(self) -> None:
        """There is nothing to reach."""


class _Till:
    """Of C-Plus only its sales: one that looks like every order, and the NF-e of it."""

    async def invoice_xml(self, key: str, linked: str = "") -> bytes:
        return f'<?xml version="1.0"?><nfeProc><infNFe Id="NFe{NFE_KEY}"/>ç</nfeProc>'.encode()

    async def sale_candidates(self, key: str) -> Sequence[SaleCandidate]:
        reasons = ("document", "products")
        return [SaleCandidate("000000881", "1881", None, "ANA", Decimal("139.90"), reasons)]


class _Nothing:
    async def close(self) -> None:
        """There is nothing to let go."""


def bare_host(folder: Path, state_dir: Path, *, language: str = "pt_BR", undo_s: int = 0) -> Callable[[], HostedEngine]:
    """What hosts a BareEngine; writes its settings into the folder."""
    settings_path = folder / "settings.toml"
    settings_path.write_text(SETTINGS_TOML.format(language=language, undo_s=undo_s), encoding="utf-8")

    def ports(*_: Any) -> Ports:
        return Ports(erp=cast("Erp", _Nothing()), channels={})

    def build(
        settings: Settings, store: Store, _erp: Erp, _c: Mapping[str, SalesChannel], _s: Surroundings
    ) -> BareEngine:
        return BareEngine(settings, store)

    return lambda: HostedEngine(
        settings_path, state_dir, system_surroundings(), environment={}, ports=ports, build=build
    )


def busy_morning(store: StoreFile) -> None:
    """A store with something in every queue."""
    store.stock("000000009", 10, 4)
    store.stock("000000012", 0, 0)
    for number, buyer in enumerate(("Ana Beatriz Moura", "Cláudio Pacheco", "Íris Conceição", "Otávio Salles"), 1):
        store.order(f"00000010{number}", buyer=buyer)
    store.order("000000201", payment=Payment.PENDING, payment_label="Boleto", payment_method="boleto")
    store.order("000000202", payment=Payment.REVIEW)
    store.order("000000301", payment=Payment.PAID, fulfilment=Fulfilment.SHORT)
    store.order("000000401", payment=Payment.PAID)
    store.order("000000501", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    store.order(
        "000000601",
        payment=Payment.PAID,
        fulfilment=Fulfilment.INVOICED,
        cancellation=Cancellation.LATE,
        alarm="do-not-dispatch",
    )
    store.order("000000602", payment=Payment.UNKNOWN, parked="unknown-status")
    store.order("000000701", payment=Payment.PAID, fulfilment=Fulfilment.SHIPPED)
    for task in ("catalogue", "media", "prices", "stock", "customers", "orders", "effects", "invoices", "shipments"):
        store.task(task)
    store.task("prices", error=("channel-unreachable", {}))
    store.problem("product-without-price", "item:000000033", {"name": "Garrafa térmica"})
    store.problem("product-without-price", "item:000000034", {"name": "Mochila"})
    store.problem("channel-unreachable", "task:prices", {})
