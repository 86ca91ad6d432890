"""A shop of the simulated world with its account, and the ways in which one differs from the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import httpx

from connectors.magento import open_channel
from connectors.sandbox.base import registers as r
from connectors.sandbox.comparison import Terms
from connectors.sandbox.shop import Integration, Shop, ShopApp, create_app
from engine.ports import SalesChannel, Surroundings
from engine.settings import AccountSettings
from tests.simulation.landings import Landings

INTEGRATION = Integration(token="t" * 32, consumer_key="k" * 32, consumer_secret="c" * 32, token_secret="s" * 32)
KEYS = {name: getattr(INTEGRATION, name) for name in ("token", "consumer_key", "consumer_secret", "token_secret")}
GROUP_TABLES = (r.ATACADO, r.REVENDA)
TIMEOUT_S = 30.0


@dataclass
class Branch:
    """A shop with its account."""

    account: str
    prefix: str
    shop: Shop
    landings: Landings
    others: tuple[str, ...] = ()
    by_product: bool = False  # without sources: one number a product, sent product by product and lowered by its orders
    signed: bool = False  # takes no token alone: every call is signed, with the time by the engine's clock

    def __post_init__(self) -> None:
        self.shop.inventory.by_source = not self.by_product

    @property
    def url(self) -> str:
        return f"http://{self.account}.test"

    @property
    def terms(self) -> Terms:
        """What the engine was told to publish there."""
        return Terms(self.prefix, r.VENDA_ONLINE, r.VAREJO, GROUP_TABLES, "G", self.others)

    def settings(self) -> AccountSettings:
        return AccountSettings(
            id=self.account, kind="magento", order_prefix=self.prefix, online_tag=r.VENDA_ONLINE,
            base_price_table=r.VAREJO, group_price_tables=list(GROUP_TABLES), grid_prefix="G",
            import_orders_since=date(2020, 1, 1),
        )  # fmt: skip

    def app(self) -> ShopApp:
        """What answers its calls."""
        if not self.signed:
            return create_app(self.shop, [KEYS["token"]])
        app = create_app(self.shop, [], integrations=[INTEGRATION])
        app.takes_bearer = False
        return app

    def open_channel(self, surroundings: Surroundings, wire: httpx.AsyncBaseTransport) -> SalesChannel:
        """The connector as this account's settings ask for it."""
        options = {"url": self.url, "timeout_s": TIMEOUT_S} | ({"inventory": "product"} if self.by_product else {})
        keys = KEYS if self.signed else {"token": KEYS["token"]}
        return open_channel(options, keys.get, surroundings, wire)


def branches(count: int, now: Callable[[], datetime], moment: Callable[[], str]) -> list[Branch]:
    """The first is a plain Magento, the second one without sources, the third takes signed calls only."""
    prefixes = [f"L{number}" for number in range(1, count + 1)]
    return [
        Branch(
            f"loja-{prefix[1:]}",
            prefix,
            Shop(now),
            Landings(moment),
            tuple(other for other in prefixes if other != prefix),
            by_product=place % 2 == 1,
            signed=place % 3 == 2,
        )
        for place, prefix in enumerate(prefixes)
    ]
