"""Product attributes, their options, and the one attribute set with its groups.

A value sent for an attribute that is not in the set is dropped without a word, as Magento does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from connectors.sandbox.shop.errors import NO_SUCH_ENTITY, NotFound, Refused, required
from connectors.sandbox.shop.wire import Shape, collate

SET_ID = 4
ENTITY_TYPE = 4
GROUPS = {
    7: "Product Details",
    13: "Content",
    19: "Bundle Items",
    10: "Images",
    9: "Search Engine Optimization",
    8: "Advanced Pricing",
    11: "Design",
    14: "Schedule Design Update",
    12: "Autosettings",
    20: "Gift Options",
}
FIRST_USER_ATTRIBUTE = 137

_LABEL: Shape = {"store_id": "int", "label": "string"}
OPTION: Shape = {
    "label": "string",
    "value": "string",
    "sort_order": "int",
    "is_default": "boolean",
    "store_labels": (_LABEL,),
}
ATTRIBUTE: Shape = {
    "attribute_id": "int",
    "attribute_code": "string",
    "frontend_input": "string",
    "default_frontend_label": "string",
    "frontend_labels": (_LABEL,),
    "options": (OPTION,),
    "scope": "string",
    "backend_type": "string",
    "default_value": "string",
    "note": "string",
    "position": "int",
    "entity_type_id": "string",
    "source_model": "string",
    "apply_to": ("string",),
    "validation_rules": "mixed",
    "extension_attributes": "mixed",
    "custom_attributes": "mixed",
    **dict.fromkeys(
        (
            "is_required", "is_user_defined", "is_unique", "is_visible", "is_visible_on_front", "is_searchable",
            "is_comparable", "is_filterable", "is_filterable_in_search", "is_filterable_in_grid",
            "is_used_in_grid", "is_visible_in_grid", "is_visible_in_advanced_search", "is_used_for_promo_rules",
            "is_html_allowed_on_front", "is_wysiwyg_enabled", "used_in_product_listing", "used_for_sort_by",
        ),
        "boolean",
    ),
}  # fmt: skip

_BACKEND = {"select": "int", "multiselect": "text", "textarea": "text", "price": "decimal", "date": "datetime"}


@dataclass
class Option:
    option_id: str
    label: str
    sort_order: int = 0


@dataclass
class Attribute:
    """One product attribute. `scope`: global, website or store; `assigned`: is in the attribute set."""

    attribute_id: int
    code: str
    input: str
    label: str
    scope: str = "store"
    user_defined: bool = False
    required: bool = False
    assigned: bool = True
    options: list[Option] = field(default_factory=list)

    @property
    def has_options(self) -> bool:
        return self.input in ("select", "multiselect")

    def option_list(self) -> list[dict[str, Any]]:
        """The options as GET answers them: a blank one first (recorded: attributes/options)."""
        return [
            {"label": " ", "value": ""},
            *({"label": o.label, "value": o.option_id} for o in sorted(self.options, key=lambda o: o.sort_order)),
        ]

    def view(self) -> dict[str, Any]:
        """As POST and GET answer (recorded: attributes/created, attributes/attribute)."""
        return {
            "extension_attributes": {"is_pagebuilder_enabled": False},
            "is_wysiwyg_enabled": False,
            "is_html_allowed_on_front": False,
            "used_for_sort_by": False,
            "is_filterable": False,
            "is_filterable_in_search": False,
            "is_used_in_grid": False,
            "is_visible_in_grid": False,
            "is_filterable_in_grid": False,
            "position": 0,
            "apply_to": [],
            "is_searchable": "0",
            "is_visible_in_advanced_search": "0",
            "is_comparable": "0",
            "is_used_for_promo_rules": "0",
            "is_visible_on_front": "0",
            "used_in_product_listing": "0",
            "is_visible": True,
            "scope": self.scope,
            "attribute_id": self.attribute_id,
            "attribute_code": self.code,
            "frontend_input": self.input,
            "entity_type_id": str(ENTITY_TYPE),
            "is_required": self.required,
            "options": self.option_list() if self.has_options else [],
            "is_user_defined": self.user_defined,
            "default_frontend_label": self.label,
            "frontend_labels": [],
            "backend_type": _BACKEND.get(self.input, "varchar"),
            "source_model": "Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Table" if self.has_options else "",
            "default_value": "",
            "is_unique": "0",
            "validation_rules": [],
        }


_SYSTEM: tuple[tuple[int, str, str, str, str], ...] = (
    (73, "name", "text", "Product Name", "store"),
    (74, "sku", "text", "SKU", "global"),
    (75, "description", "textarea", "Description", "store"),
    (76, "short_description", "textarea", "Short Description", "store"),
    (77, "price", "price", "Price", "global"),
    (78, "special_price", "price", "Special Price", "global"),
    (79, "special_from_date", "date", "Special Price From Date", "global"),
    (80, "special_to_date", "date", "Special Price To Date", "global"),
    (81, "cost", "price", "Cost", "global"),
    (82, "weight", "weight", "Weight", "global"),
    (83, "manufacturer", "select", "Manufacturer", "global"),
    (84, "meta_title", "text", "Meta Title", "store"),
    (85, "meta_keyword", "textarea", "Meta Keywords", "store"),
    (86, "meta_description", "textarea", "Meta Description", "store"),
    (87, "image", "media_image", "Base", "store"),
    (88, "small_image", "media_image", "Small", "store"),
    (89, "thumbnail", "media_image", "Thumbnail", "store"),
    (93, "color", "select", "Color", "global"),
    (94, "news_from_date", "date", "Set Product as New from Date", "website"),
    (95, "news_to_date", "date", "Set Product as New to Date", "website"),
    (97, "status", "select", "Enable Product", "website"),
    (99, "visibility", "select", "Visibility", "store"),
    (106, "options_container", "select", "Display Product Options In", "store"),
    (114, "country_of_manufacture", "select", "Country of Manufacture", "website"),
    (119, "url_key", "text", "URL Key", "store"),
    (132, "tax_class_id", "select", "Tax Class", "website"),
)


class Attributes:
    """The attributes of the shop, by code and by id."""

    def __init__(self) -> None:
        self.by_code = {code: Attribute(i, code, kind, label, scope) for i, code, kind, label, scope in _SYSTEM}
        self.by_id = {a.attribute_id: a for a in self.by_code.values()}
        self._ids = count(FIRST_USER_ATTRIBUTE)
        self._option_ids = count(4)
        self._assignment_ids = count(135)
        self._assignments = {a.attribute_id: str(a.attribute_id) for a in self.by_code.values()}

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self.by_code.values())

    def get(self, code: str) -> Attribute:
        """By code, or by id written as a number. Raises NotFound."""
        found = self.by_code.get(code) or (self.by_id.get(int(code)) if code.isdigit() else None)
        if found is None:
            raise NotFound(
                'The attribute with a "%1" attributeCode doesn\'t exist. Verify the attribute and try again.', [code]
            )
        return found

    def writable(self, code: str) -> Attribute | None:
        """The attribute, where a product can hold a value of it."""
        found = self.by_code.get(code)
        return found if found is not None and found.assigned else None

    def create(self, data: Mapping[str, Any]) -> Attribute:
        """A new user-defined attribute; it is in no set yet."""
        label = data.get("default_frontend_label") or next(
            (entry["label"] for entry in data.get("frontend_labels") or [] if entry.get("label")), None
        )
        code = data.get("attribute_code") or "_".join(collate(label or "").split())
        if not label:
            raise required("frontend_label")
        if code in self.by_code:
            raise Refused("Attribute with the same code already exists.")
        attribute = Attribute(
            next(self._ids), code, data.get("frontend_input") or "text", label, data.get("scope") or "store",
            user_defined=True, required=bool(data.get("is_required")), assigned=False,
        )  # fmt: skip
        self.by_code[code] = self.by_id[attribute.attribute_id] = attribute
        for option in data.get("options") or []:
            self.add_option(code, option)
        return attribute

    def update(self, code: str, data: Mapping[str, Any]) -> Attribute:
        """Label, scope and required; options sent are added where their label is new."""
        attribute = self.get(code)
        attribute.label = data.get("default_frontend_label") or attribute.label
        attribute.scope = data.get("scope") or attribute.scope
        attribute.required = bool(data.get("is_required", attribute.required))
        known = {collate(o.label) for o in attribute.options}
        for option in data.get("options") or []:
            if option.get("label") and collate(option["label"]) not in known:
                self.add_option(code, option)
        return attribute

    def add_option(self, code: str, data: Mapping[str, Any]) -> str:
        """The new option's id. Raises Refused for a label that is there already, in whatever case."""
        attribute = self.get(code)
        label = data.get("label")
        if not attribute.has_options:
            raise Refused('The "%1" attribute doesn\'t work with options.', [code])
        if not label:
            raise Refused("The attribute option label is empty. Enter the value and try again.")
        if any(o.label.upper() == label.upper() for o in attribute.options):
            raise Refused('Admin store attribute option label "%1" already exists.', [label])
        option = Option(str(next(self._option_ids)), label, data.get("sort_order") or len(attribute.options) + 1)
        attribute.options.append(option)
        return option.option_id

    def assign(self, set_id: int, group_id: int, code: str) -> str:
        """Put an attribute into the set; the assignment's id."""
        if set_id != SET_ID:
            raise NotFound(NO_SUCH_ENTITY)
        if group_id not in GROUPS:
            raise Refused("The attribute group doesn't belong to the attribute set.")
        attribute = self.get(code)
        attribute.assigned = True
        return self._assignments.setdefault(attribute.attribute_id, str(next(self._assignment_ids)))
