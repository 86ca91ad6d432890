"""The Brazilian states as Magento numbers them (recorded: store/regions_of_brazil), for addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.sandbox.shop.errors import Refused
from connectors.sandbox.shop.wire import collate

STATES: tuple[tuple[int, str, str], ...] = (
    (485, "AC", "Acre"),
    (486, "AL", "Alagoas"),
    (487, "AP", "Amapá"),
    (488, "AM", "Amazonas"),
    (489, "BA", "Bahia"),
    (490, "CE", "Ceará"),
    (511, "DF", "Distrito Federal"),
    (491, "ES", "Espírito Santo"),
    (492, "GO", "Goiás"),
    (493, "MA", "Maranhão"),
    (494, "MT", "Mato Grosso"),
    (495, "MS", "Mato Grosso do Sul"),
    (496, "MG", "Minas Gerais"),
    (497, "PA", "Pará"),
    (498, "PB", "Paraíba"),
    (499, "PR", "Paraná"),
    (500, "PE", "Pernambuco"),
    (501, "PI", "Piauí"),
    (502, "RJ", "Rio de Janeiro"),
    (503, "RN", "Rio Grande do Norte"),
    (504, "RS", "Rio Grande do Sul"),
    (505, "RO", "Rondônia"),
    (506, "RR", "Roraima"),
    (507, "SC", "Santa Catarina"),
    (508, "SP", "São Paulo"),
    (509, "SE", "Sergipe"),
    (510, "TO", "Tocantins"),
)
_BY_ID = {state[0]: state for state in STATES}
_BY_CODE = {state[1]: state for state in STATES}
_BY_NAME = {collate(state[2]): state for state in STATES}


def country() -> dict[str, Any]:
    """GET /V1/directory/countries/BR."""
    return {
        "id": "BR",
        "two_letter_abbreviation": "BR",
        "three_letter_abbreviation": "BRA",
        "full_name_locale": "Brasil",
        "full_name_english": "Brazil",
        "available_regions": [{"id": str(number), "code": code, "name": name} for number, code, name in STATES],
    }


def region_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The region of an address, from `region_id`, or a region's code or name. Brazil requires one; raises Refused."""
    given = data.get("region")
    region: Mapping[str, Any] = given if isinstance(given, Mapping) else {"region": given}
    number = data.get("region_id") or region.get("region_id")
    code = data.get("region_code") or region.get("region_code") or ""
    state = (
        _BY_ID.get(number or 0)
        or _BY_CODE.get(str(code).upper())
        or _BY_NAME.get(collate(region.get("region") or ""))
        or _BY_CODE.get(str(region.get("region") or "").upper())
    )
    if state is not None:
        return {"region_code": state[1], "region": state[2], "region_id": state[0]}
    if data.get("country_id") == "BR":
        raise Refused('"%fieldName" is required. Enter and try again.', {"fieldName": "regionId"})
    return {"region_code": code or None, "region": region.get("region"), "region_id": 0}
