"""Product attributes, the sets they belong to, and the options of those that are picked from a list.

A value for an attribute that is not in the product's set is dropped without a word, so what we send is created and
assigned first. Sets are read once; `forget` after a refusal makes the next call read anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import anyio

from connectors.magento_shapes.labels import LISTS, option_id, text_of
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json
from connectors.openmage.api import Api
from engine.errors import Refused

NO_EXTRAS = (
    "is_unique", "is_required", "is_configurable", "is_searchable", "is_visible_in_advanced_search", "is_comparable",
    "is_used_for_promo_rules", "used_in_product_listing",
)  # fmt: skip


@dataclass
class Attribute:
    """An attribute as the shop has it. `options`: id -> label of a list, None before they were read."""

    attribute_id: int
    code: str
    kind: str  # Magento's frontend_input
    options: dict[str, str] | None = field(default=None)

    def option_id(self, label: str) -> str | None:
        """The id of a label."""
        return option_id(self.options or {}, label)


class Attributes:
    """The attributes of the sets that were asked for."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._sets: dict[int, dict[str, Attribute]] = {}
        self._lock = anyio.Lock()  # adding an option saves the whole attribute: never two at once

    def forget(self) -> None:
        """Read anew at the next call."""
        self._sets.clear()

    async def of_set(self, set_id: int) -> dict[str, Attribute]:
        """The attributes of a set, by code."""
        if set_id not in self._sets:
            rows = await self._api.read("catalog_product_attribute.list", set_id)
            self._sets[set_id] = {
                str(row["code"]): Attribute(int(row["attribute_id"]), str(row["code"]), str(row.get("type") or "text"))
                for row in rows
                if row.get("attribute_id")
            }
        return self._sets[set_id]

    async def ensure(self, set_id: int, code: str, label: str, kind: str) -> Attribute:
        """The attribute, created where the shop has none and assigned to the set."""
        async with self._lock:
            known = await self.of_set(set_id)
            if code not in known:
                attribute = await self._find(code) or await self._create(code, label, kind)
                await self._api.write("catalog_product_attribute_set.attributeAdd", attribute.attribute_id, set_id)
                known[code] = attribute
            return known[code]

    async def value(self, attribute: Attribute, text: str) -> str:
        """The text as the attribute stores it: of a list the option's id, the option created where there is none."""
        if attribute.kind not in LISTS:
            return text
        async with self._lock:
            await self._load_options(attribute)
            return attribute.option_id(text) or await self._add_option(attribute, text.strip())

    async def text(self, attribute: Attribute, value: Any) -> str:
        """A stored value as people read it."""
        if value is not None and attribute.kind in LISTS:
            await self._load_options(attribute)
        return text_of(value, attribute.kind, attribute.options or {})

    async def _load_options(self, attribute: Attribute) -> None:
        if attribute.options is None:
            rows = await self._api.read("catalog_product_attribute.options", attribute.attribute_id)
            attribute.options = _labels(rows)

    async def _add_option(self, attribute: Attribute, label: str) -> str:
        entry = {"label": [{"store_id": 0, "value": label}], "order": 0, "is_default": 0}
        try:
            await self._api.write("catalog_product_attribute.addOption", attribute.code, entry)
        finally:
            attribute.options = None  # the answer does not tell the id
        await self._load_options(attribute)
        found = attribute.option_id(label)
        if found is None:
            raise Refused("magento-option", f"{attribute.code}: {label}", attribute=attribute.code, label=label)
        return found

    async def _find(self, code: str) -> Attribute | None:
        try:
            row = await self._api.read("catalog_product_attribute.info", code)
        except Absent:
            return None
        return Attribute(int(row["attribute_id"]), code, str(row.get("frontend_input") or "text"))

    async def _create(self, code: str, label: str, kind: str) -> Attribute:
        data: Json = dict.fromkeys(NO_EXTRAS, 0) | {
            "attribute_code": code,
            "frontend_input": kind,
            "scope": "global",
            "default_value": "",
            "apply_to": [],
            "is_visible_on_front": 1,
            "additional_fields": {},
            "frontend_label": [{"store_id": 0, "label": label}],
        }
        return Attribute(int(await self._api.write("catalog_product_attribute.create", data)), code, kind)


def _labels(rows: Iterable[Json]) -> dict[str, str]:
    """The options without the blank one that comes first."""
    return {str(row["value"]): str(row["label"]) for row in rows if row.get("value") not in (None, "")}
