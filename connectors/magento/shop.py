"""What the parts of the connector share: the shop's REST, the account's options, and what was learnt of the shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import anyio
import httpx

from connectors.magento.access.keys import Keys
from connectors.magento.access.ways import Access
from connectors.magento.attributes import Attributes
from connectors.magento.categories import RestCategories
from connectors.magento.groups import Groups
from connectors.magento.options import Options
from connectors.magento.regions import Regions
from connectors.magento.transport import Rest
from connectors.magento.views import Views
from connectors.magento_shapes.categories import Categories
from engine.ports import Surroundings


@dataclass(frozen=True)
class Shop:
    """One Magento shop. The learnt parts are caches: losing them costs requests and nothing else."""

    rest: Rest
    options: Options
    attributes: Attributes
    categories: Categories
    groups: Groups
    regions: Regions
    views: Views
    _turns: WeakValueDictionary[str, anyio.Lock] = field(default_factory=WeakValueDictionary, init=False)

    @classmethod
    def of(cls, rest: Rest, options: Options) -> Shop:
        """A shop nothing is known of yet."""
        return cls(
            rest,
            options,
            Attributes(rest, options.axes),
            Categories(RestCategories(rest), options.root_category, options.categories),
            Groups(rest, options.customer_tax_class),
            Regions(rest),
            Views(rest, options.websites),
        )

    def turn_of(self, sku: str) -> anyio.Lock:
        """Held while a product is written: the shop makes as many products of one SKU as are posted at once."""
        return self._turns.setdefault(sku.casefold(), anyio.Lock())

    def forget(self) -> None:
        """A refusal may rest on something that was changed in the shop's own admin: read it anew next time."""
        self.attributes.forget()
        self.categories.forget()


def open_shop(
    options: Options,
    secrets: Callable[[str], str | None],
    surroundings: Surroundings,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Shop:
    """The shop of an account; `transport` takes the place of the network. Raises Misconfigured("secret-missing")."""
    access = Access(Keys.read(secrets), surroundings, options.signing_url)
    return Shop.of(Rest(options.base, access, options.timeout_s, transport), options)
