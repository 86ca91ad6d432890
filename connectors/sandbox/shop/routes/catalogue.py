"""Products, their pictures and variants, and categories."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.shop import grid, product_view
from connectors.sandbox.shop.categories import CATEGORY, Category
from connectors.sandbox.shop.criteria import Collection
from connectors.sandbox.shop.errors import Crash, NotFound
from connectors.sandbox.shop.media import ENTRY, find
from connectors.sandbox.shop.product_shapes import OPTION, PRODUCT
from connectors.sandbox.shop.router import Call, Later, Route, listing
from connectors.sandbox.shop.shop import Shop

# ----------------------------------------------------------------- products


def search(shop: Shop, call: Call) -> Any:
    collection = product_view.collection(shop.catalogue, call.view)
    return listing(collection, call, lambda p: product_view.listed(p, call.view))


def get(shop: Shop, call: Call) -> Any:
    return product_view.single(shop.catalogue, shop.catalogue.get(call.text("sku")), call.view)


def create(shop: Shop, call: Call) -> Any:
    """An upsert, as PUT is; the two answer different keys."""
    save = shop.catalogue.prepare(call.entity("product", PRODUCT), call.view)
    return Later(lambda: product_view.saved(shop.catalogue, shop.catalogue.commit(save), call.view))


def update(shop: Shop, call: Call) -> Any:
    save = shop.catalogue.prepare(call.entity("product", PRODUCT), call.view, call.text("sku"))
    return Later(lambda: product_view.single(shop.catalogue, shop.catalogue.commit(save), call.view))


def delete(shop: Shop, call: Call) -> Any:
    shop.catalogue.delete(call.text("sku"))
    return True


# ----------------------------------------------------------------- pictures


def pictures(shop: Shop, call: Call) -> Any:
    return [picture.view() for picture in shop.catalogue.get(call.text("sku")).pictures]


def picture(shop: Shop, call: Call) -> Any:
    return find(shop.catalogue.get(call.text("sku")).pictures, call.number("id")).view()


def add_picture(shop: Shop, call: Call) -> Any:
    """The new id as a string (recorded: media/added)."""
    entry = call.entity("entry", ENTRY)
    product = shop.catalogue.get(call.text("sku"))
    added = shop.catalogue.gallery.add(product.pictures, entry)
    shop.catalogue.touch(product)
    return str(added.picture_id)


def change_picture(shop: Shop, call: Call) -> Any:
    product = shop.catalogue.get(call.text("sku"))
    shop.catalogue.gallery.change(product.pictures, call.number("id"), call.entity("entry", ENTRY))
    shop.catalogue.touch(product)
    return True


def remove_picture(shop: Shop, call: Call) -> Any:
    product = shop.catalogue.get(call.text("sku"))
    shop.catalogue.gallery.remove(product.pictures, call.number("id"))
    shop.catalogue.touch(product)
    return True


# ----------------------------------------------------------------- grids


def add_option(shop: Shop, call: Call) -> Any:
    return grid.add_option(shop.catalogue, call.text("sku"), call.entity("option", OPTION))


def options(shop: Shop, call: Call) -> Any:
    product = shop.catalogue.get(call.text("sku"))
    return [grid.option_view(product, option) for option in product.grid]


def children(shop: Shop, call: Call) -> Any:
    product = shop.catalogue.get(call.text("sku"))
    return [product_view.child(variant, call.view) for variant in shop.catalogue.variants_of(product)]


def add_child(shop: Shop, call: Call) -> Any:
    grid.add_child(shop.catalogue, call.text("sku"), str(call.need("childSku")))
    return True


def remove_child(shop: Shop, call: Call) -> Any:
    grid.remove_child(shop.catalogue, call.text("sku"), call.text("child"))
    return True


# ----------------------------------------------------------------- categories


def tree(shop: Shop, call: Call) -> Any:
    query = dict(call.query)
    root = int(query.get("rootCategoryId") or 2)
    return shop.categories.get(root).tree()


def category(shop: Shop, call: Call) -> Any:
    return shop.categories.get(call.number("id")).view()


def categories(shop: Shop, call: Call) -> Any:
    def value(row: Category, name: str) -> Any:
        return row.view()["id"] if name == "entity_id" else row.view().get(name, row.texts.get(name))

    known = {"entity_id", "parent_id", "name", "is_active", "position", "level", "path", "created_at", "updated_at"}
    collection = Collection(
        rows=shop.categories.by_id.values,
        value=value,
        knows=known.__contains__,
        unknown=lambda name: Crash(f"no attribute {name}"),
    )
    return listing(collection, call, lambda row: row.view())


def create_category(shop: Shop, call: Call) -> Any:
    return shop.categories.create(call.entity("category", CATEGORY)).view()


def update_category(shop: Shop, call: Call) -> Any:
    return shop.categories.update(call.number("id"), call.entity("category", CATEGORY)).view()


def link_product(shop: Shop, call: Call) -> Any:
    """Put a product into a category."""
    shape = {"sku": "string", "position": "int", "category_id": "string", "extension_attributes": "mixed"}
    link = call.entity("productLink", shape)
    shop.categories.get(call.number("id"))
    product = shop.catalogue.get(link.get("sku") or "")
    shop.catalogue.put_in_category(product, call.number("id"), link.get("position") or 0)
    return True


def unlink_product(shop: Shop, call: Call) -> Any:
    product = shop.catalogue.get(call.text("sku"))
    if call.number("id") not in product.category_links:
        raise NotFound("The category doesn't contain the specified product.")
    shop.catalogue.take_out_of_category(product, call.number("id"))
    return True


_PRODUCTS = "Magento_Catalog::products"
_CATALOGUE = "Magento_Catalog::catalog"
_CATEGORIES = "Magento_Catalog::categories"
_GRID = "Magento_Catalog::products"
ROUTES = (
    Route("GET", "V1/products", search, _PRODUCTS),
    Route("POST", "V1/products", create, _PRODUCTS),
    Route("GET", "V1/products/{sku}", get, _PRODUCTS),
    Route("PUT", "V1/products/{sku}", update, _PRODUCTS),
    Route("DELETE", "V1/products/{sku}", delete, _PRODUCTS),
    Route("GET", "V1/products/{sku}/media", pictures, _CATALOGUE),
    Route("POST", "V1/products/{sku}/media", add_picture, _CATALOGUE),
    Route("GET", "V1/products/{sku}/media/{id}", picture, "Magento_Catalog::attributes_attributes"),
    Route("PUT", "V1/products/{sku}/media/{id}", change_picture, _CATALOGUE),
    Route("DELETE", "V1/products/{sku}/media/{id}", remove_picture, _CATALOGUE),
    Route("POST", "V1/configurable-products/{sku}/options", add_option, _GRID),
    Route("GET", "V1/configurable-products/{sku}/options/all", options, _GRID),
    Route("GET", "V1/configurable-products/{sku}/children", children, _GRID),
    Route("POST", "V1/configurable-products/{sku}/child", add_child, _GRID),
    Route("DELETE", "V1/configurable-products/{sku}/children/{child}", remove_child, _GRID),
    Route("GET", "V1/categories", tree, _CATEGORIES),
    Route("POST", "V1/categories", create_category, _CATEGORIES),
    Route("GET", "V1/categories/list", categories, _CATEGORIES),
    Route("GET", "V1/categories/{id}", category, _CATEGORIES),
    Route("PUT", "V1/categories/{id}", update_category, _CATEGORIES),
    Route("POST", "V1/categories/{id}/products", link_product, _CATEGORIES),
    Route("DELETE", "V1/categories/{id}/products/{sku}", unlink_product, _CATEGORIES),
)
