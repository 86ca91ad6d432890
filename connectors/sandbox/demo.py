"""The demo: a sample C-Plus base and a sample shop on this machine, the settings that join them, and the trade."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import tomli_w

from connectors.cplus.base import firebird
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import create_base
from connectors.sandbox.base.desk import Desk
from connectors.sandbox.base.people import Staff
from connectors.sandbox.comparison import Terms, compare
from connectors.sandbox.hands import cancel_as_told
from connectors.sandbox.shop import Shop, create_app, serve
from connectors.sandbox.trade import Trade
from connectors.sandbox.wall_clock import WallClock
from engine.errors import Misconfigured

ACCOUNT = "loja"
SHOP_NAME = "Casa Aurora"
TERMS = Terms(
    order_prefix="LJ",
    online_tag=r.VENDA_ONLINE,
    base_table=r.VAREJO,
    group_tables=(r.ATACADO, r.REVENDA),
    grid_prefix="G",
)
PASSWORD = "masterkey"  # noqa: S105 - Firebird's own, which the embedded engine does not even ask for
ORDERS_SINCE_DAYS = 30

# Terms of payment in the sample base by the shop's payment method: Pix, boleto, card in one instalment.
PAYMENT_FORMS = {"pix": r.key(2), "boleto": r.key(3), "cartao": r.key(4), "*": r.AT_SIGHT}


class Demo:
    """The world of a demo in a folder; a context manager.

    Inside the block the base stands at `database`, the shop is served on loopback HTTP, and `settings_path` names a
    settings.toml (with its secrets.toml) that an engine can be started from. Nobody trades before `start_trade`.
    """

    def __init__(
        self, folder: Path, seed: int = 1, *, products: int = 300, customers: int = 200, pace: float = 1.0
    ) -> None:
        self.settings_path = folder / "settings.toml"
        self.database = firebird.Database(path=str(folder / "cplus.fdb"), password=PASSWORD)
        self._clock = WallClock()
        self.shop = Shop(self._clock.now, SHOP_NAME)
        self._seed = seed
        self._products = products
        self._customers = customers
        self._pace = pace
        self._trade: Trade | None = None
        self._receipts = 0
        self._days = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Build and open everything. Raises Misconfigured("demo-folder-in-use") where a base stands already."""
        path = Path(self.database.path)
        if path.exists():
            raise Misconfigured("demo-folder-in-use", str(path), file=str(path), expected="a folder without a demo")
        create_base(self.database, self._seed, self._products, self._customers, clock=self._clock)
        token = f"{random.Random(f'{self._seed}:token').getrandbits(128):032x}"
        with ExitStack() as opening:
            url = opening.enter_context(serve(create_app(self.shop, [token])))
            opening.callback(self._end_trade)
            _write(self.settings_path, self._settings(url), 0o640)
            secrets = {"erp": {"password": PASSWORD}, ACCOUNT: {"token": token}}
            _write(self.settings_path.with_name("secrets.toml"), secrets, 0o600)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the trade (raising what went wrong in it) and the shop."""
        self._open.__exit__(kind, error, trace)

    def start_trade(self) -> None:
        """Let people buy, sell, receive and edit, from the moment something is on the shelf."""
        assert self._trade is None, "the trade is running"
        # Each day draws anew: the second must not repeat the first.
        self._trade = Trade(
            self.database,
            self.shop,
            self._clock,
            self._seed + 1_000 * self._days,
            order_prefix=TERMS.order_prefix,
            known_customers=self._customers,
            pace=self._pace,
        )
        self._days += 1
        self._trade.start()

    def stop_trade(self) -> None:
        """Send everybody home and wait for it. Raises ExceptionGroup of the bugs that the trade met."""
        assert self._trade is not None, "no trade is running"
        self._end_trade()

    def tell_office(self, number: str) -> bool:
        """Ring the office about an order of the shop that must not leave: see `hands.cancel_as_told`."""
        with Staff(self.database, self._clock) as staff:
            return cancel_as_told(staff, self.shop, TERMS.order_prefix, number)

    def report(self) -> dict[str, Any]:
        """What was counted, and `differences` between C-Plus and the shop: a verdict once the engine is at rest."""
        with Desk(self.database, self._clock) as desk:
            found = compare(desk, self.shop, TERMS)
        receipts = self._receipts + (self._trade.done["storekeeper"] if self._trade is not None else 0)
        return {**found.counts, "receipts": receipts, "differences": found.differences}

    def _end_trade(self) -> None:
        trade, self._trade = self._trade, None
        if trade is not None:
            try:
                trade.stop()
            finally:
                self._receipts += trade.done["storekeeper"]

    def _settings(self, url: str) -> dict[str, Any]:
        erp_options = {
            "host": "",
            "path": self.database.path,
            "sectors": [r.LOJA, r.DEPOSITO],
            "seller": r.SELLER_SHOP,
            "user_code": r.USER_INTEGRATION,
            "movement_type": r.SHOP_SALE,
            "order_status": r.ORDER_OPEN,
            "customer_tag": r.SHOP_CUSTOMER,
            "payment_forms": PAYMENT_FORMS,
        }
        account = {
            "id": ACCOUNT,
            "kind": "magento",
            "name": SHOP_NAME,
            "order_prefix": TERMS.order_prefix,
            "online_tag": TERMS.online_tag,
            "base_price_table": TERMS.base_table,
            "group_price_tables": list(TERMS.group_tables),
            "grid_prefix": TERMS.grid_prefix,
            "import_orders_since": (self._clock.now() - timedelta(days=ORDERS_SINCE_DAYS)).date(),
            "options": {"url": url},
        }
        return {
            "engine": {"interval_s": 5, "change_poll_s": 1, "full_compare_s": 60},
            "erp": {"kind": "cplus", "options": erp_options},
            "account": [account],
        }


def _write(path: Path, table: Mapping[str, Any], mode: int) -> None:
    """A new file with just this mode from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        tomli_w.dump(table, file)
