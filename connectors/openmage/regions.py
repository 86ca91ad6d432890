"""The states of Brazil, which Magento 1 does not know by itself: by what the shop numbers, else by what people type."""

from __future__ import annotations

from connectors.magento_shapes.people import COUNTRY
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json, slug
from connectors.openmage.api import Api

STATES = {
    "AC": "Acre", "AL": "Alagoas", "AP": "Amapá", "AM": "Amazonas", "BA": "Bahia", "CE": "Ceará",
    "DF": "Distrito Federal", "ES": "Espírito Santo", "GO": "Goiás", "MA": "Maranhão", "MT": "Mato Grosso",
    "MS": "Mato Grosso do Sul", "MG": "Minas Gerais", "PA": "Pará", "PB": "Paraíba", "PR": "Paraná",
    "PE": "Pernambuco", "PI": "Piauí", "RJ": "Rio de Janeiro", "RN": "Rio Grande do Norte", "RS": "Rio Grande do Sul",
    "RO": "Rondônia", "RR": "Roraima", "SC": "Santa Catarina", "SP": "São Paulo", "SE": "Sergipe", "TO": "Tocantins",
}  # fmt: skip
_BY_NAME = {slug(name): code for code, name in STATES.items()}


def state_of(region: object) -> str:
    """The two letters of a state that is named by them or in full; empty for anything else."""
    text = str(region or "").strip()
    return text.upper() if text.upper() in STATES else _BY_NAME.get(slug(text), "")


class Regions:
    """The shop's numbers of the states; read once. A shop without a Brazilian module has none."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._ids: dict[str, int] | None = None

    async def fields(self, state: str) -> Json:
        """The address fields that name a state."""
        if self._ids is None:
            try:
                rows = await self._api.read("directory_region.list", COUNTRY)
            except Absent:
                rows = []
            self._ids = {state_of(row["code"]) or state_of(row["name"]): int(row["region_id"]) for row in rows}
        number = self._ids.get(state.upper())
        return {"region": STATES.get(state.upper(), state), "region_id": "" if number is None else str(number)}
