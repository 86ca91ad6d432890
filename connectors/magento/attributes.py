"""Product attributes, the sets they belong to, and the options of those that are picked from a list.

A value for an attribute that is not in the product's set is dropped by Magento without a word, so what we send is
created and assigned first. Sets are read once; `forget` after a refusal makes the next call read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio

from connectors.magento.search import Filter, find_all
from connectors.magento.transport import ALL, Rest, path_of
from connectors.magento_shapes.labels import LISTS, option_id, text_of
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json
from engine.errors import Misconfigured, Refused

ASSIGNED_GROUP = ("Product Details", "General")
SORT_ORDER = 50


@dataclass
class Attribute:
    """An attribute as the shop has it. `options`: id -> label, of a list."""

    attribute_id: int
    code: str
    label: str
    kind: str  # Magento's frontend_input
    scope: str = "global"  # or "website", "store"
    options: dict[str, str] = field(default_factory=dict)

    def option_id(self, label: str) -> str | None:
        """The id of a label."""
        return option_id(self.options, label)

    def text(self, value: Any) -> str:
        """A stored value as people read it: options by their labels."""
        return text_of(value, self.kind, self.options)


class Attributes:
    """The attributes of the sets that were asked for."""

    def __init__(self, rest: Rest, axes: Mapping[str, str]) -> None:
        self._rest = rest
        self.axes = {code: axis for axis, code in axes.items()}  # attribute code -> axis, as far as it is known
        self._sets: dict[int, dict[str, Attribute]] = {}
        self._lock = anyio.Lock()  # adding an option saves the whole attribute: never two at once

    def forget(self) -> None:
        """Read anew at the next call."""
        self._sets.clear()

    async def of_set(self, set_id: int) -> dict[str, Attribute]:
        """The attributes of a set, by code."""
        if set_id not in self._sets:
            rows = await self._rest.get(f"{ALL}/products/attribute-sets/{set_id}/attributes")
            self._sets[set_id] = {row["attribute_code"]: _attribute(row) for row in rows}
        return self._sets[set_id]

    async def ensure(self, set_id: int, code: str, label: str, kind: str) -> Attribute:
        """The attribute, created where the shop has none and assigned to the set."""
        async with self._lock:
            known = await self.of_set(set_id)
            if code not in known:
                attribute = await self._find(code) or await self._create(code, label, kind)
                await self._assign(set_id, code)
                known[code] = attribute
            return known[code]

    async def ensure_axis(self, set_id: int, code: str, axis: str) -> Attribute:
        """The list attribute that tells the variants of a grid apart.

        Raises Refused("magento-axis", "magento-axis-scope") where the shop's attribute of that code cannot do it:
        Magento takes drop-downs of global scope only. Other products go on.
        """
        attribute = await self.ensure(set_id, code, axis.capitalize() if axis.isupper() else axis, "select")
        if attribute.kind != "select":
            raise Refused("magento-axis", f"{code} is {attribute.kind}", axis=axis, attribute=code)
        if attribute.scope != "global":
            raise Refused("magento-axis-scope", f"{code}: {attribute.scope}", axis=axis, attribute=code)
        self.axes.setdefault(code, axis)
        return attribute

    async def ensure_option(self, attribute: Attribute, label: str, position: int = 0) -> str:
        """The id of the option, created where the attribute has none of that label."""
        async with self._lock:
            return attribute.option_id(label) or await self._add_option(attribute, label, position)

    async def value(self, attribute: Attribute, text: str) -> str:
        """The text as the attribute stores it."""
        if attribute.kind not in LISTS:
            return text
        return await self.ensure_option(attribute, text)

    async def _add_option(self, attribute: Attribute, label: str, position: int) -> str:
        path = f"{ALL}/products/attributes{path_of(attribute.code)}/options"
        option = {"label": label.strip(), "sort_order": position}
        try:
            answer = str(await self._rest.post(path, {"option": option}))
        except Refused:
            answer = ""  # most likely somebody else added the label: the list below tells
        if answer.isdigit():
            attribute.options[answer] = label.strip()
            return answer
        attribute.options = _labels(await self._rest.get(path))
        found = attribute.option_id(label)
        if found is None:
            raise Refused("magento-option", f"{attribute.code}: {label}", attribute=attribute.code, label=label)
        return found

    async def _find(self, code: str) -> Attribute | None:
        try:
            return _attribute(await self._rest.get(f"{ALL}/products/attributes{path_of(code)}"))
        except Absent:
            return None

    async def _create(self, code: str, label: str, kind: str) -> Attribute:
        attribute = {
            "attribute_code": code,
            "default_frontend_label": label,
            "frontend_input": kind,
            "scope": "global",
            "is_required": False,
            "is_user_defined": True,
            "is_visible_on_front": kind not in LISTS,  # on the product's page; a grid shows its axes by itself
        }
        return _attribute(await self._rest.post(f"{ALL}/products/attributes", {"attribute": attribute}))

    async def _assign(self, set_id: int, code: str) -> None:
        groups = await find_all(
            self._rest, f"{ALL}/products/attribute-sets/groups/list", [Filter("attribute_set_id", set_id)]
        )
        if not groups:
            raise Misconfigured("magento-attribute-set", f"set {set_id} has no groups", attribute_set=set_id)
        group = next((g for g in groups if g.get("attribute_group_name") in ASSIGNED_GROUP), groups[0])
        body = {
            "attributeSetId": set_id,
            "attributeGroupId": int(group["attribute_group_id"]),
            "attributeCode": code,
            "sortOrder": SORT_ORDER,
        }
        await self._rest.post(f"{ALL}/products/attribute-sets/attributes", body)


def _attribute(row: Json) -> Attribute:
    return Attribute(
        attribute_id=int(row["attribute_id"]),
        code=row["attribute_code"],
        label=str(row.get("default_frontend_label") or row["attribute_code"]),
        kind=str(row.get("frontend_input") or "text"),
        scope=str(row.get("scope") or "global"),
        options=_labels(row.get("options") or ()),
    )


def _labels(options: Iterable[Json]) -> dict[str, str]:
    """The options without the blank one that Magento lists first."""
    return {str(option["value"]): str(option["label"]) for option in options if option.get("value")}
