"""Products: what a save changes, which scope it writes to, and how they are found again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from connectors.sandbox.shop.attributes import SET_ID, Attributes
from connectors.sandbox.shop.categories import Categories
from connectors.sandbox.shop.errors import NO_SUCH_PRODUCT, NotFound, Refused
from connectors.sandbox.shop.inventory import DEFAULT_SOURCE, Inventory
from connectors.sandbox.shop.media import Gallery, Picture
from connectors.sandbox.shop.wire import ZERO, collate, decimal_of, slug, stamp

ALL_VIEWS = 0
DEFAULT_VIEW = 1
INVISIBLE = 1
SKU_LENGTH = 64
WEBSITE_IDS = [1]


@dataclass
class TierPrice:
    """A price of a customer group. `group_id` None = all groups; `percent` is a discount instead of a price."""

    group_id: int | None
    quantity: Decimal
    price: Decimal
    percent: bool = False
    website_id: int = 0


@dataclass
class GridOption:
    """One attribute that tells the variants of a configurable product apart."""

    option_id: int
    attribute_id: int
    label: str
    position: int
    values: list[int]


@dataclass
class Product:
    """`values` hold for all store views; `overrides` for the default one, where they hide the former."""

    product_id: int
    sku: str
    type_id: str
    created_at: str
    updated_at: str
    stock_item_id: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    overrides: dict[str, Any] = field(default_factory=dict)
    website_ids: list[int] = field(default_factory=lambda: list(WEBSITE_IDS))
    category_links: dict[int, int] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    tiers: list[TierPrice] = field(default_factory=list)
    grid: list[GridOption] = field(default_factory=list)
    variants: list[int] = field(default_factory=list)
    in_stock: bool = False
    """The flag of a configurable; for others the default source's item tells."""
    stock_auto: bool = False
    """The shop itself took a configurable out of stock, and puts it back when a variant returns."""
    manage_stock: bool = True

    def value(self, code: str, view: int = ALL_VIEWS) -> Any:
        """The value of an attribute as a store view has it, or None."""
        if view == DEFAULT_VIEW and code in self.overrides:
            return self.overrides[code]
        return self.values.get(code)

    @property
    def configurable(self) -> bool:
        return self.type_id == "configurable"


@dataclass
class Save:
    """A checked product save, not yet carried out. `existing` None = a new product."""

    data: Mapping[str, Any]
    view: int
    existing: int | None


class Catalogue:
    """All products, by id and by SKU."""

    def __init__(
        self, clock: Callable[[], datetime], attributes: Attributes, categories: Categories, inventory: Inventory
    ) -> None:
        self._clock = clock
        self.attributes = attributes
        self.categories = categories
        self.inventory = inventory
        self.gallery = Gallery()
        self.only_adds_categories = False  # in a save, as versions 2.2 and 2.3 were reported (magento/magento2#25646)
        self.by_id: dict[int, Product] = {}
        self._by_sku: dict[str, list[int]] = {}
        self._url_keys: dict[str, set[int]] = {}
        self._parents: dict[int, list[int]] = {}
        self._ids = count(1)
        self._stock_item_ids = count(1)
        self._grid_option_ids = count(1)
        inventory.on_change = self._stock_changed

    # ------------------------------------------------------------- finding

    def find(self, sku: str) -> Product | None:
        """By SKU, case and accents aside. Of several with one SKU, the oldest."""
        ids = self._by_sku.get(collate(sku))
        return self.by_id[ids[0]] if ids else None

    def find_all(self, sku: str) -> list[Product]:
        """Every product of a SKU: parallel creates can make more than one."""
        return [self.by_id[i] for i in self._by_sku.get(collate(sku), [])]

    def get(self, sku: str) -> Product:
        """Raises NotFound."""
        product = self.find(sku)
        if product is None:
            raise NotFound(NO_SUCH_PRODUCT)
        return product

    def parent_of(self, product: Product) -> Product | None:
        """The configurable that has this product as a variant."""
        parents = self._parents.get(product.product_id)
        return self.by_id[parents[0]] if parents else None

    def variants_of(self, product: Product) -> list[Product]:
        return [self.by_id[i] for i in product.variants if i in self.by_id]

    # ------------------------------------------------------------- saving

    def prepare(self, data: Mapping[str, Any], view: int, path_sku: str | None = None) -> Save:
        """Check a save. Between this and `commit` the shop takes its time, and looks at nothing again.

        That is why parallel creates of one SKU make several products. Raises Refused.
        """
        sku = data.get("sku") or path_sku
        if not sku:
            raise Refused("Invalid product data: %1", ["Invalid attribute set entity type"])
        if len(sku) > SKU_LENGTH:
            raise Refused("SKU length should be 64 characters maximum.")
        existing = self.find(sku)
        if existing is None:
            if data.get("attribute_set_id") != SET_ID:
                raise Refused("Invalid product data: %1", ["Invalid attribute set entity type"])
            if not data.get("name"):
                raise Refused('The "%1" attribute value is empty. Set the attribute and try again.', ["name"])
        if "price" in data and data["price"] is not None and data["price"] < 0:
            raise Refused('The value of attribute "%1" must be set, and not below 0.', ["price"])
        extension = data.get("extension_attributes") or {}
        for link in extension.get("category_links") or []:
            self.categories.get(int(link["category_id"]))
        for entry in data.get("media_gallery_entries") or []:
            if entry.get("id") is None:
                self.gallery.check(entry)
        self._check_grid(existing, extension)
        save = Save(dict(data, sku=sku), view, existing.product_id if existing else None)
        self._check_url_key(save)
        return save

    def commit(self, save: Save) -> Product:
        """Carry out a checked save; `updated_at` moves even where nothing changed."""
        now = stamp(self._clock())
        product = self.by_id.get(save.existing) if save.existing is not None else None
        new = product is None
        if product is None:
            product = Product(next(self._ids), save.data["sku"], save.data.get("type_id") or "simple", now, now)
            product.stock_item_id = next(self._stock_item_ids)
            product.values = {"status": 1, "visibility": 4, "tax_class_id": "2", "options_container": "container2"}
            self.by_id[product.product_id] = product
            self._by_sku.setdefault(collate(product.sku), []).append(product.product_id)
        elif save.data["sku"] != product.sku:
            self._rename(product, save.data["sku"])
        product.updated_at = now
        before = self._url_key(product)
        for code, value in self._written(save.data).items():
            self._write(product, code, value, ALL_VIEWS if new else save.view)
        if not product.value("url_key", DEFAULT_VIEW):
            product.values["url_key"] = slug(product.value("name") or product.sku)
        self._claim_url_key(product, before)
        self._apply_extension(product, save.data.get("extension_attributes") or {})
        if save.data.get("media_gallery_entries") is not None:
            self.gallery.replace(product.pictures, save.data["media_gallery_entries"])
        return product

    def save(self, data: Mapping[str, Any], view: int = ALL_VIEWS) -> Product:
        """Check and carry out at once."""
        return self.commit(self.prepare(data, view))

    def touch(self, product: Product) -> None:
        """What a product save does to the time of change: pictures and variants are saved with their product."""
        product.updated_at = stamp(self._clock())

    def delete(self, sku: str) -> None:
        """Remove a product with its source items and pictures. Raises NotFound."""
        product = self.get(sku)
        self._url_keys.get(self._url_key(product) or "", set()).discard(product.product_id)
        ids = self._by_sku[collate(product.sku)]
        ids.remove(product.product_id)
        if not ids:
            del self._by_sku[collate(product.sku)]
            self.inventory.forget(product.sku)
        self.gallery.forget(product.pictures)
        for category_id in list(product.category_links):
            self.take_out_of_category(product, category_id)
        for parent_id in self._parents.pop(product.product_id, []):
            self.by_id[parent_id].variants.remove(product.product_id)
        self.set_variants(product, [])
        del self.by_id[product.product_id]

    def correct_sku(self, product: Product, sku: str) -> None:
        """Somebody gives a product another SKU in the shop's admin, where it is found by its id."""
        ids = self._by_sku[collate(product.sku)]
        ids.remove(product.product_id)
        if not ids:
            del self._by_sku[collate(product.sku)]
        self.inventory.rename(product.sku, sku)
        product.sku = sku
        self._by_sku.setdefault(collate(sku), []).append(product.product_id)

    @staticmethod
    def _written(data: Mapping[str, Any]) -> dict[str, Any]:
        """The attribute values that a save sends, fixed and custom ones alike."""
        fixed = ("name", "price", "status", "visibility", "weight")
        sent = {code: data[code] for code in fixed if data.get(code) is not None}
        for entry in data.get("custom_attributes") or []:
            if entry.get("attribute_code") not in (*fixed, "sku", "category_ids", "image", "small_image", "thumbnail"):
                sent[entry["attribute_code"]] = entry.get("value")
        return sent

    def _write(self, product: Product, code: str, value: Any, view: int) -> None:
        attribute = self.attributes.writable(code)
        if attribute is None:
            return
        if attribute.input == "price" and value is not None:
            value = decimal_of(value)
        target = product.overrides if view == DEFAULT_VIEW and attribute.scope != "global" else product.values
        if value is None:
            target.pop(code, None)
        else:
            target[code] = ",".join(map(str, value)) if isinstance(value, list) else value

    def _rename(self, product: Product, sku: str) -> None:
        if collate(sku) != collate(product.sku):
            raise AssertionError("a product is saved under the SKU it is found by")
        self.inventory.rename(product.sku, sku)
        product.sku = sku

    # ------------------------------------------------------------- URL keys

    def _url_key(self, product: Product) -> str | None:
        """The key a product holds in the shop: one that visitors cannot open holds none."""
        visible = product.value("visibility", DEFAULT_VIEW) != INVISIBLE
        return product.value("url_key", DEFAULT_VIEW) if visible else None

    def _check_url_key(self, save: Save) -> None:
        product = self.by_id.get(save.existing) if save.existing is not None else None
        sent = self._written(save.data)
        visibility = sent.get("visibility") or (product.value("visibility", DEFAULT_VIEW) if product else 4)
        if visibility == INVISIBLE:
            return
        key = sent.get("url_key") or (product.value("url_key", DEFAULT_VIEW) if product else slug(sent["name"]))
        if self._url_keys.get(key, set()) - {save.existing} or (product is None and self.categories.claims(key)):
            raise Refused("URL key for specified store already exists.")

    def _claim_url_key(self, product: Product, before: str | None) -> None:
        now = self._url_key(product)
        if before is not None and before != now:
            self._url_keys.get(before, set()).discard(product.product_id)
        if now is not None:
            self._url_keys.setdefault(now, set()).add(product.product_id)

    # ------------------------------------------------------------- websites, categories, stock, variants

    def _apply_extension(self, product: Product, extension: Mapping[str, Any]) -> None:
        if extension.get("website_ids") is not None:
            product.website_ids = list(extension["website_ids"])
        if extension.get("category_links") is not None:
            for category_id in list(product.category_links):
                if not self.only_adds_categories:
                    self.take_out_of_category(product, category_id)
            for link in extension["category_links"]:
                self.put_in_category(product, int(link["category_id"]), link.get("position") or 0)
        if extension.get("stock_item") is not None:
            self.set_stock_item(product, extension["stock_item"])
        if extension.get("configurable_product_options") is not None:
            product.grid = [self.grid_option(o) for o in extension["configurable_product_options"]]
        if extension.get("configurable_product_links") is not None:
            self.set_variants(product, extension["configurable_product_links"])

    def put_in_category(self, product: Product, category_id: int, position: int = 0) -> None:
        product.category_links[category_id] = position
        self.categories.by_id[category_id].product_ids.add(product.product_id)

    def take_out_of_category(self, product: Product, category_id: int) -> None:
        del product.category_links[category_id]
        self.categories.by_id[category_id].product_ids.discard(product.product_id)

    def set_stock_item(self, product: Product, data: Mapping[str, Any]) -> None:
        """The legacy stock of one SKU: with MSI it writes the default source and nothing else."""
        product.manage_stock = bool(data.get("manage_stock", product.manage_stock))
        if product.configurable:
            product.in_stock = bool(data.get("is_in_stock", product.in_stock))
            product.stock_auto = False
            return
        item = self.inventory.item(product.sku, DEFAULT_SOURCE)
        quantity = data.get("qty") if data.get("qty") is not None else (item.quantity if item else ZERO)
        status = data.get("is_in_stock")
        in_stock = bool(status) if status is not None else bool(item and item.status)
        if item is not None or quantity != 0 or in_stock:
            self.inventory.put(product.sku, DEFAULT_SOURCE, Decimal(quantity or 0), int(in_stock))
            self._stock_changed([product.sku])

    def grid_option(self, data: Mapping[str, Any]) -> GridOption:
        """An option of a configurable. Raises Refused or NotFound for an attribute that cannot tell variants apart."""
        attribute = self.attributes.get(str(data.get("attribute_id") or ""))
        values = [entry["value_index"] for entry in data.get("values") or []]
        if not values:
            raise Refused("Option values are not specified.")
        return GridOption(
            next(self._grid_option_ids), attribute.attribute_id, data.get("label") or attribute.label,
            data.get("position") or 0, values,
        )  # fmt: skip

    def _check_grid(self, existing: Product | None, extension: Mapping[str, Any]) -> None:
        options = extension.get("configurable_product_options")
        ids = [str(o.get("attribute_id") or "") for o in options] if options else []
        if options is None and existing is not None:
            ids = [str(option.attribute_id) for option in existing.grid]
        attributes = [self.attributes.get(attribute_id) for attribute_id in ids]
        seen: dict[tuple[str, ...], int] = {}
        for variant_id in extension.get("configurable_product_links") or []:
            variant = self.by_id.get(variant_id)
            if variant is None:
                raise Refused('Product with id "%1" does not exist. Verify and try again.', [variant_id])
            for attribute in attributes:
                if not variant.value(attribute.code):
                    message = 'Product with id "%1" does not contain required attribute "%2".'
                    raise Refused(message, [variant_id, attribute.code])
            cell = tuple(str(variant.value(a.code)) for a in attributes)
            if attributes and cell in seen:
                message = 'Products "%1" and "%2" have the same set of attribute values.'
                raise Refused(message, [seen[cell], variant_id])
            seen[cell] = variant_id

    def set_variants(self, product: Product, variant_ids: Iterable[int]) -> None:
        """The full list of a configurable's variants."""
        for variant_id in product.variants:
            self._parents.get(variant_id, []).remove(product.product_id)
        product.variants = list(variant_ids)
        for variant_id in product.variants:
            self._parents.setdefault(variant_id, []).append(product.product_id)

    def _stock_changed(self, skus: Iterable[str]) -> None:
        """A configurable leaves the stock with its last variant, and comes back if the shop itself took it out."""
        changed = {i for sku in skus for i in self._by_sku.get(collate(sku), [])}
        for parent_id in {p for i in changed for p in self._parents.get(i, [])}:
            parent = self.by_id[parent_id]
            alive = any(item.status for v in self.variants_of(parent) for item in self.inventory.items_of(v.sku))
            if parent.in_stock and not alive:
                parent.in_stock, parent.stock_auto = False, True
            elif alive and not parent.in_stock and parent.stock_auto:
                parent.in_stock = True
