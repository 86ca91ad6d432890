"""Configurable products: the options of the parent, and its variants one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.sandbox.shop.errors import NotFound, Refused
from connectors.sandbox.shop.products import Catalogue, GridOption, Product


def option_view(product: Product, option: GridOption) -> dict[str, Any]:
    """Recorded: grid/parent."""
    return {
        "id": option.option_id,
        "attribute_id": str(option.attribute_id),
        "label": option.label,
        "position": option.position,
        "values": [{"value_index": value} for value in option.values],
        "product_id": product.product_id,
    }


def add_option(catalogue: Catalogue, sku: str, data: Mapping[str, Any]) -> str:
    """Add an option, or change the one of the same attribute; its id (recorded: grid/option_added)."""
    product = _configurable(catalogue, sku)
    option = catalogue.grid_option(data)
    for at, known in enumerate(product.grid):
        if known.attribute_id == option.attribute_id:
            option.option_id = known.option_id
            product.grid[at] = option
            break
    else:
        product.grid.append(option)
    catalogue.touch(product)
    return str(option.option_id)


def add_child(catalogue: Catalogue, sku: str, child_sku: str) -> None:
    """Attach one variant; each call saves the parent again (recorded: grid/child_added, grid/child_added_again)."""
    product, child = catalogue.get(sku), catalogue.get(child_sku)
    if child.product_id in product.variants:
        raise Refused("The product is already attached.")
    if not product.grid:
        raise Refused("The parent product doesn't have configurable product options.")
    codes = [catalogue.attributes.by_id[option.attribute_id].code for option in product.grid]
    for code in codes:
        if not child.value(code):
            message = 'The child product doesn\'t have the "%1" attribute value. Verify the value and try again.'
            raise Refused(message, [code])
    cell = [str(child.value(code)) for code in codes]
    for variant in catalogue.variants_of(product):
        if [str(variant.value(code)) for code in codes] == cell:
            message = 'Products "%1" and "%2" have the same set of attribute values.'
            raise Refused(message, [variant.product_id, child.product_id])
    catalogue.set_variants(product, [*product.variants, child.product_id])
    catalogue.touch(product)


def remove_child(catalogue: Catalogue, sku: str, child_sku: str) -> None:
    """Detach one variant; it stays in the catalogue as a product of its own."""
    product = _configurable(catalogue, sku)
    rest = [v.product_id for v in catalogue.variants_of(product) if v.sku != child_sku]
    if len(rest) == len(product.variants):
        raise NotFound("The option that was requested doesn't exist. Verify the entity and try again.")
    catalogue.set_variants(product, rest)
    catalogue.touch(product)


def _configurable(catalogue: Catalogue, sku: str) -> Product:
    product = catalogue.get(sku)
    if not product.configurable:
        raise Refused('The product with the "%1" SKU isn\'t a configurable product.', [sku])
    return product
