"""The states of Brazil as the shop numbers them."""

from __future__ import annotations

from connectors.magento.transport import SHOP, Rest
from connectors.magento_shapes.people import COUNTRY
from connectors.magento_shapes.values import Json


class Regions:
    """The states by their two letters; read once."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._regions: dict[str, Json] = {}

    async def fields(self, state: str) -> Json:
        """The address fields that name a state. One the shop does not know goes as text."""
        if not self._regions:
            answer = await self._rest.get(f"{SHOP}/directory/countries/{COUNTRY}")
            self._regions = {
                str(row["code"]): {"region_code": row["code"], "region": row["name"], "region_id": int(row["id"])}
                for row in answer.get("available_regions") or ()
            }
        region = self._regions.get(state.upper(), {"region_code": state, "region": state, "region_id": 0})
        return {"region": region, "region_id": region["region_id"]}
