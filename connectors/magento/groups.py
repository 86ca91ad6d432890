"""Customer groups: Magento's price groups. Prices name them by code (the label), customers by id."""

from __future__ import annotations

from connectors.magento.search import find_all
from connectors.magento.transport import SHOP, Rest
from connectors.magento_shapes.values import same
from engine.errors import Refused
from engine.publishing import PriceGroup

CODE_LENGTH = 32


class Groups:
    """The groups by id, read anew when one is asked for that is not known. A renamed group keeps its id."""

    def __init__(self, rest: Rest, tax_class: int) -> None:
        self._rest = rest
        self._tax_class = tax_class
        self._codes: dict[str, str] = {}

    async def all(self) -> list[PriceGroup]:
        """Every group of the shop, as it stands now."""
        rows = await find_all(self._rest, f"{SHOP}/customerGroups/search")
        self._codes = {str(row["id"]): str(row["code"]) for row in rows}
        return [PriceGroup(external_id=key, name=code) for key, code in self._codes.items()]

    def forget(self) -> None:
        """Read anew at the next call."""
        self._codes.clear()

    async def code(self, group_id: str) -> str | None:
        """The code of a group, None where the shop has no such group."""
        if group_id not in self._codes:
            await self.all()
        return self._codes.get(group_id)

    async def create(self, name: str) -> PriceGroup:
        """Create a group, or find the one of that name; Magento holds 32 letters."""
        code = name.strip()[:CODE_LENGTH].strip()
        await self.all()
        if existing := self._find(code):
            return PriceGroup(existing, self._codes[existing])
        try:
            body = {"group": {"code": code, "tax_class_id": self._tax_class}}
            answer = await self._rest.post(f"{SHOP}/customerGroups", body)
        except Refused:
            # Somebody may have created it in between.
            await self.all()
            if existing := self._find(code):
                return PriceGroup(existing, self._codes[existing])
            raise
        self._codes[str(answer["id"])] = str(answer["code"])
        return PriceGroup(str(answer["id"]), str(answer["code"]))

    def _find(self, code: str) -> str | None:
        return next((key for key, known in self._codes.items() if same(known, code)), None)
