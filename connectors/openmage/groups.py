"""Customer groups: Magento's price groups. They can be read but not made over this API."""

from __future__ import annotations

from connectors.magento_shapes.values import same
from connectors.openmage.api import Api
from engine.errors import Misconfigured
from engine.publishing import PriceGroup

CODE_LENGTH = 32
NOT_LOGGED_IN = 0


class Groups:
    """The groups of the shop."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def all(self) -> list[PriceGroup]:
        """Every group, as it stands now."""
        rows = await self._api.read("customer_group.list")
        return [PriceGroup(str(row["customer_group_id"]), str(row["customer_group_code"])) for row in rows]

    async def named(self, name: str) -> PriceGroup:
        """The group of that name. Raises Misconfigured where somebody has to make it in the shop's admin first."""
        code = name.strip()[:CODE_LENGTH].strip()
        found = next((group for group in await self.all() if same(group.name, code)), None)
        if found is None:
            raise Misconfigured("openmage-group", code, group=code)
        return found
