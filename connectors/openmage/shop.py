"""What the parts of the connector share: the shop's API, the account's options, and what was learnt of the shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from connectors.magento_shapes.categories import Categories
from connectors.openmage.api import Api
from connectors.openmage.attributes import Attributes
from connectors.openmage.categories import ApiCategories
from connectors.openmage.groups import Groups
from connectors.openmage.options import Options
from connectors.openmage.regions import Regions
from connectors.openmage.transport import Http
from engine.errors import Misconfigured

KEY = "key"
"""The name of the secret: the API user's key."""


@dataclass
class Shop:
    """One shop. The learnt parts are caches: losing them costs requests and nothing else."""

    api: Api
    options: Options
    attributes: Attributes
    categories: Categories
    groups: Groups
    regions: Regions
    speaks_soap: bool | None = None  # None before it was tried

    @classmethod
    def of(cls, api: Api, options: Options) -> Shop:
        """A shop nothing is known of yet."""
        categories = Categories(ApiCategories(api), options.root_category, options.categories)
        return cls(api, options, Attributes(api), categories, Groups(api), Regions(api))

    def forget(self) -> None:
        """A refusal may rest on something that was changed in the shop's own admin: read it anew next time."""
        self.attributes.forget()
        self.categories.forget()


def open_shop(
    options: Options, secrets: Callable[[str], str | None], transport: httpx.AsyncBaseTransport | None = None
) -> Shop:
    """The shop of an account; `transport` takes the place of the network. Raises Misconfigured("secret-missing")."""
    key = secrets(KEY)
    if not key:
        raise Misconfigured("secret-missing", KEY, name=KEY)
    return Shop.of(Api(Http(options.base, options.timeout_s, transport), options.user, key), options)
