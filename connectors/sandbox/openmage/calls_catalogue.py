"""The API's calls for products, their attributes, pictures and stock, and for categories."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from connectors.sandbox.openmage.catalogue import EVERYBODY, LISTS, ROOT_ID, SET_ID, Attribute, Picture, Product, Tier
from connectors.sandbox.openmage.errors import ApiFault
from connectors.sandbox.openmage.shop import OpenMage
from connectors.sandbox.openmage.values import Row, decimal, four, pick, stamp

_INFO = """
old_id news_from_date news_to_date url_path required_options has_options image_label small_image_label thumbnail_label
country_of_manufacture group_price tier_price minimal_price msrp_enabled msrp_display_actual_price_type msrp meta_title
meta_keyword meta_description is_recurring recurring_profile custom_design custom_design_from custom_design_to
custom_layout_update page_layout options_container gift_message_available name description short_description weight
status url_key visibility price special_price special_from_date special_to_date tax_class_id
""".split()
NUMBERS = ("weight", "price", "special_price")
ROLES = ("image", "small_image", "thumbnail")
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}


# ----------------------------------------------------------------- products


def product_list(shop: OpenMage, filters: Any = None, store: Any = None) -> list[Row]:
    rows = [
        {
            "product_id": str(one.product_id), "sku": one.sku, "name": one.values.get("name"), "set": str(one.set_id),
            "type": one.kind, "category_ids": list(one.categories), "website_ids": list(one.websites),
        }
        for one in shop.catalogue.products.values()
    ]  # fmt: skip
    return pick(rows, filters)


def product_info(shop: OpenMage, name: Any, store: Any = None, wanted: Any = None, identifier: Any = None) -> Row:
    """Recorded: product/info, product/missing."""
    one = shop.catalogue.of(name, identifier)
    shown: Row = {code: one.values.get(code) for code, known in shop.catalogue.attributes.items() if known.in_set}
    shown |= {key: four(decimal(shown[key])) for key in NUMBERS if shown.get(key)}
    return {
        "product_id": str(one.product_id), "sku": one.sku, "set": str(one.set_id), "type": one.kind,
        "categories": list(one.categories), "websites": list(one.websites), "type_id": one.kind,
        **dict.fromkeys(_INFO), **shown, "url_path": f"{one.values.get('url_key')}.html",
        "category_ids": list(one.categories), "required_options": "0", "has_options": "0",
        "created_at": one.created_at.astimezone(UTC).isoformat(timespec="seconds"),
        "updated_at": stamp(one.updated_at), "group_price": [], "tier_price": [], "options_container": "container1",
    }  # fmt: skip


def product_create(shop: OpenMage, kind: Any, set_id: Any, sku: Any, data: Mapping[str, Any], store: Any = None) -> str:
    """Nothing is required of the data, not even a name (recorded: create/no_name)."""
    if str(set_id) != str(SET_ID):
        raise ApiFault("product_attribute_set_not_exists")
    one = shop.catalogue.create(str(kind), int(set_id), str(sku))
    if not isinstance(data.get("stock_data"), dict):
        one.counts_stock = False
    one.values |= {"status": "1", "visibility": "4", "tax_class_id": "0"}
    _save(shop, one, data)
    one.values.setdefault("url_key", one.sku.lower())
    return str(one.product_id)


def product_update(shop: OpenMage, name: Any, data: Any, store: Any = None, identifier: Any = None) -> bool:
    _save(shop, shop.catalogue.of(name, identifier), data)
    return True


def _save(shop: OpenMage, one: Product, data: Mapping[str, Any]) -> None:
    """What is absent, null, or no attribute of the set is passed over; an empty text clears."""
    for code, attribute in shop.catalogue.attributes.items():
        value = data.get(code)
        if value is None or not attribute.in_set:
            continue
        if value == "":
            one.values.pop(code, None)
        else:
            one.values[code] = str(value)
    if one.values.get("special_price") and not one.values.get("special_from_date"):
        one.values["special_from_date"] = stamp(shop.clock())
    if isinstance(data.get("categories"), list):
        one.categories = [str(category) for category in data["categories"]]
    if isinstance(data.get("websites"), list):
        one.websites = [str(website) for website in data["websites"]]
    if isinstance(data.get("stock_data"), dict):
        _set_stock(one, data["stock_data"])
    shop.catalogue.saved(one)


# ----------------------------------------------------------------- tier prices


def tiers(shop: OpenMage, name: Any, identifier: Any = None) -> list[Row]:
    return [
        {
            "customer_group_id": "all" if tier.group == EVERYBODY else tier.group,
            "website": "base" if tier.website else "all",
            "qty": four(tier.quantity),
            "price": four(tier.price),
        }
        for tier in shop.catalogue.of(name, identifier).tiers
    ]


def set_tiers(shop: OpenMage, name: Any, rows: Any, identifier: Any = None) -> bool:
    """These are all of them from now on."""
    one = shop.catalogue.of(name, identifier)
    if not isinstance(rows, list) or any("qty" not in row or "price" not in row for row in rows):
        raise ApiFault("data_invalid", "Invalid Tier Prices")
    one.tiers = [
        Tier(
            EVERYBODY if str(row.get("customer_group_id", "all")) == "all" else str(row["customer_group_id"]),
            0 if row.get("website", "all") == "all" else 1,
            decimal(row["qty"]),
            decimal(row["price"]),
        )
        for row in rows
    ]
    shop.catalogue.saved(one)
    return True


# ----------------------------------------------------------------- stock


def stock_list(shop: OpenMage, names: Any) -> list[Row]:
    """A name is a SKU where there is such a SKU, else an id."""
    found = {}
    for name in names if isinstance(names, list) else [names]:
        one = shop.catalogue.by_sku(str(name)) or shop.catalogue.products.get(_id(name))
        if one is not None:
            found[one.product_id] = one
    return [
        {
            "product_id": str(one.product_id), "sku": one.sku, "qty": four(one.quantity),
            "is_in_stock": "1" if one.in_stock else "0",
        }
        for one in found.values()
    ]  # fmt: skip


def stock_update(shop: OpenMage, name: Any, data: Mapping[str, Any]) -> bool:
    one = shop.catalogue.by_sku(str(name)) or shop.catalogue.products.get(_id(name))
    if one is None:
        raise ApiFault("not_exists")
    _set_stock(one, data)
    shop.catalogue.saved(one)
    return True


def _id(name: Any) -> int:
    return int(name) if str(name).isdigit() else 0


def _set_stock(one: Product, data: Mapping[str, Any]) -> None:
    one.quantity = decimal(data["qty"]) if data.get("qty") is not None else one.quantity
    one.in_stock = str(data.get("is_in_stock", int(one.in_stock))) == "1" and one.quantity > 0
    if data.get("manage_stock") is not None:
        one.counts_stock = str(data["manage_stock"]) == "1" or str(data.get("use_config_manage_stock")) == "1"


# ----------------------------------------------------------------- pictures


def pictures(shop: OpenMage, name: Any, store: Any = None, identifier: Any = None) -> list[Row]:
    one = shop.catalogue.of(name, identifier)
    return [
        {
            "file": picture.file, "label": picture.label, "position": picture.position, "exclude": picture.exclude,
            "url": f"http://loja.test/media/catalog/product{picture.file}",
            "types": [role for role in ROLES if one.roles.get(role) == picture.file],
        }
        for picture in one.pictures
    ]  # fmt: skip


def add_picture(shop: OpenMage, name: Any, data: Any, store: Any = None, identifier: Any = None) -> str:
    one, sent = shop.catalogue.of(name, identifier), data.get("file") or {}
    if sent.get("mime") not in ENDINGS:
        raise ApiFault("data_invalid", "Invalid image type.")
    try:
        content = base64.b64decode(str(sent.get("content")), validate=True)
    except binascii.Error:
        raise ApiFault("data_invalid", "The image contents is not valid base64 data.") from None
    stem, ending = str(sent.get("name") or "image"), ENDINGS[sent["mime"]]
    folder = f"/{stem[0]}/{stem[1]}/"
    taken = {picture.file for product in shop.catalogue.products.values() for picture in product.pictures}
    names = (f"{folder}{stem}{'' if not n else f'_{n}'}.{ending}" for n in range(len(taken) + 1))
    picture = Picture(next(file for file in names if file not in taken), content)
    one.pictures.append(picture)
    _describe(one, picture, data)
    shop.catalogue.saved(one)
    return picture.file


def change_picture(shop: OpenMage, name: Any, file: Any, data: Any, store: Any = None, identifier: Any = None) -> bool:
    one = shop.catalogue.of(name, identifier)
    _describe(one, _picture(one, file), data)
    shop.catalogue.saved(one)
    return True


def remove_picture(shop: OpenMage, name: Any, file: Any, identifier: Any = None) -> bool:
    one = shop.catalogue.of(name, identifier)
    one.pictures.remove(_picture(one, file))
    one.roles = {role: held for role, held in one.roles.items() if held != file}
    shop.catalogue.saved(one)
    return True


def _picture(one: Product, file: Any) -> Picture:
    found = next((picture for picture in one.pictures if picture.file == file), None)
    if found is None:
        raise ApiFault("not_exists")
    return found


def _describe(one: Product, picture: Picture, data: Mapping[str, Any]) -> None:
    for key in ("label", "position", "exclude"):
        if data.get(key) is not None:
            setattr(picture, key, str(data[key]))
    if isinstance(data.get("types"), list):
        one.roles = {role: held for role, held in one.roles.items() if held != picture.file}
        one.roles |= dict.fromkeys(data["types"], picture.file)


# ----------------------------------------------------------------- attributes and categories


def sets(shop: OpenMage) -> list[Row]:
    return [{"set_id": str(SET_ID), "name": "Default"}]


def attributes(shop: OpenMage, set_id: Any) -> list[Row]:
    return [
        {
            "attribute_id": str(one.attribute_id), "code": one.code, "type": one.kind, "required": "0",
            "scope": "global",
        }
        for one in shop.catalogue.attributes.values()
        if one.in_set and str(set_id) == str(SET_ID)
    ]  # fmt: skip


def attribute_info(shop: OpenMage, name: Any) -> Row:
    one = _attribute(shop, name)
    return {"attribute_id": str(one.attribute_id), "attribute_code": one.code, "frontend_input": one.kind}


def attribute_options(shop: OpenMage, name: Any, store: Any = None) -> list[Row]:
    one = _attribute(shop, name)
    blank = [{"value": "", "label": ""}] if one.kind in LISTS else []
    return blank + [{"value": key, "label": label} for key, label in one.options.items()]


def attribute_create(shop: OpenMage, data: Mapping[str, Any]) -> int:
    labels: Sequence[Mapping[str, Any]] = data["frontend_label"]
    one = shop.catalogue.add_attribute(data["attribute_code"], data["frontend_input"], str(labels[0]["label"]))
    return one.attribute_id


def attribute_add_option(shop: OpenMage, name: Any, data: Mapping[str, Any]) -> bool:
    one = _attribute(shop, name)
    if one.kind not in LISTS:
        raise ApiFault("invalid_frontend_input")
    shop.catalogue.add_option(one, str(data["label"][0]["value"]))
    return True


def attribute_assign(shop: OpenMage, name: Any, set_id: Any, group: Any = None, order: Any = "0") -> bool:
    one = _attribute(shop, name)
    if one.in_set:
        raise ApiFault("attribute_is_already_in_set")
    one.in_set = True
    return True


def _attribute(shop: OpenMage, name: Any) -> Attribute:
    known = shop.catalogue.attributes.values()
    found = next((one for one in known if str(name) in (one.code, str(one.attribute_id))), None)
    if found is None:
        raise ApiFault("not_exists")
    return found


def category_tree(shop: OpenMage, parent: Any = None, store: Any = None) -> Row:
    """A root that does not exist breaks the call down (`Argument #1 must be of type Varien_Data_Tree_Node`)."""
    return _branch(shop, int(parent or ROOT_ID), 0)


def _branch(shop: OpenMage, category_id: int, level: int) -> Row:
    one = shop.catalogue.categories[category_id]
    children = [c for c in shop.catalogue.categories.values() if c.parent_id == category_id]
    return {
        "category_id": str(category_id), "parent_id": str(one.parent_id), "name": one.name, "is_active": "1",
        "position": "1", "level": str(level),
        "children": [_branch(shop, child.category_id, level + 1) for child in children],
    }  # fmt: skip


def category_create(shop: OpenMage, parent: Any, data: Mapping[str, Any], store: Any = None) -> str:
    missing = next((key for key in ("name", "available_sort_by", "default_sort_by") if not data.get(key)), None)
    if missing:
        raise ApiFault("data_invalid", f'Attribute "{missing}" is required.')
    return str(shop.catalogue.add_category(int(parent), str(data["name"])).category_id)
