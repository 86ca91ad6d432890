"""What the parts of the connector share: the shop's REST, the account's options, and what was learnt of the shop."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.magento.attributes import Attributes
from connectors.magento.categories import Categories
from connectors.magento.groups import Groups
from connectors.magento.options import Options
from connectors.magento.regions import Regions
from connectors.magento.transport import Rest


@dataclass(frozen=True)
class Shop:
    """One Magento shop. The learnt parts are caches: losing them costs requests and nothing else."""

    rest: Rest
    options: Options
    attributes: Attributes
    categories: Categories
    groups: Groups
    regions: Regions

    @classmethod
    def of(cls, rest: Rest, options: Options) -> Shop:
        """A shop nothing is known of yet."""
        return cls(
            rest,
            options,
            Attributes(rest, options.axes),
            Categories(rest, options.root_category),
            Groups(rest, options.customer_tax_class),
            Regions(rest),
        )

    def forget(self) -> None:
        """A refusal may rest on something that was changed in the shop's own admin: read it anew next time."""
        self.attributes.forget()
        self.categories.forget()
