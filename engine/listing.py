"""What a product says on an account: the ERP's words, each overridden by the account's listing.

Pure. Ownership of each field is the design's table: the name is the override, else the web name, else the name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from engine.model.goods import Grid, Product
from engine.publishing import Content
from engine.settings import AccountSettings


@dataclass(frozen=True, slots=True)
class Override:
    """The account's own words about an item; None = the ERP's hold."""

    withheld: bool = False
    name: str | None = None
    short_description: str | None = None
    description: str | None = None
    categories: tuple[str, ...] | None = None
    delivery_days: int | None = None
    payment_options: tuple[str, ...] | None = None


NO_OVERRIDE = Override()


def override_of(row: Mapping[str, Any] | None) -> Override:
    """The override kept in a row of the table `listing`."""
    if row is None:
        return NO_OVERRIDE
    return Override(
        withheld=bool(row["withheld"]),
        name=row["name"],
        short_description=row["short_description"],
        description=row["description"],
        categories=_path(row["categories"]),
        delivery_days=row["delivery_days"],
        payment_options=_path(row["payment_options"]),
    )


def _path(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else msgspec.json.decode(text, type=tuple[str, ...])


def parent_item(account: AccountSettings, parent: str) -> str:
    """The item under which a grid stands in the channel."""
    return f"{account.grid_prefix}{parent}"


WITHOUT_PRICE = "product-without-price"
WITHOUT_STOCK_CONTROL = "product-without-stock-control"
KIT_FAULTS = ("kit-in-itself", "kit-part-inactive", "kit-part-missing", "kit-part-without-quantity")
OBSTACLES = (WITHOUT_PRICE, WITHOUT_STOCK_CONTROL, *KIT_FAULTS)
"""Why a product that the store wants to sell is not sold."""


def offered(product: Product, account: AccountSettings, override: Override) -> bool:
    """Whether the product is sold on this account. Goods without stock control only where the store says how many."""
    return _wanted(product, account, override) and _stock_is_known(product, account)


def obstacles(
    product: Product, account: AccountSettings, override: Override, *, priced: bool, kit_fault: str | None
) -> tuple[str, ...]:
    """What keeps this product from being sold although the store wants it to be; of OBSTACLES."""
    if not _wanted(product, account, override):
        return ()
    found = (
        WITHOUT_STOCK_CONTROL if not _stock_is_known(product, account) else None,
        WITHOUT_PRICE if not priced else None,
        kit_fault,
    )
    return tuple(filter(None, found))


def _wanted(product: Product, account: AccountSettings, override: Override) -> bool:
    return product.active and account.online_tag in product.tags and not override.withheld


def _stock_is_known(product: Product, account: AccountSettings) -> bool:
    return product.counted or account.uncounted_stock > 0


def content_of(
    product: Product,
    account: AccountSettings,
    override: Override,
    payment_options: Sequence[str],
    *,
    grids: bool,
    days_until_arrival: int = 0,
) -> Content:
    """What the channel shall show of a product. Without `grids` a cell is sold as a product of its own.

    `days_until_arrival` of goods on order come before the days until delivery.
    """
    is_variant = grids and product.parent is not None
    days = (override.delivery_days, product.delivery_days, account.delivery_days)
    return Content(
        kind="variant" if is_variant else "simple",
        name=override.name or product.web_name or product.name,
        enabled=offered(product, account, override),
        short_description=_first(override.short_description, product.short_description),
        description=_first(override.description, product.description),
        categories=product.categories if override.categories is None else override.categories,
        brand=product.brand,
        gtin=product.gtin,
        weight_kg=product.weight_kg,
        height_cm=product.height_cm,
        width_cm=product.width_cm,
        length_cm=product.length_cm,
        delivery_days=_delivery(next((value for value in days if value is not None), None), days_until_arrival),
        payment_options=_narrowed(override.payment_options, payment_options),
        parent=parent_item(account, product.parent) if is_variant and product.parent else None,
        grid=product.grid if is_variant else (),
    )


def _delivery(days: int | None, until_arrival: int) -> int | None:
    return until_arrival + (days or 0) if until_arrival else days


def _narrowed(own: Sequence[str] | None, offered_now: Sequence[str]) -> tuple[str, ...]:
    """The listing's choice among the shop's payment options; one that the ERP no longer offers there is no choice."""
    return tuple(offered_now) if own is None else tuple(option for option in own if option in offered_now)


def parent_content(
    grid: Grid, override: Override, cells: Sequence[tuple[str, Content]], payment_options: Sequence[str]
) -> Content:
    """What the channel shall show of a grid, given its cells (SKU, content), of which there is at least one.

    Texts that the grid itself has not come from its first cell on sale.
    """
    assert cells, "a grid without cells is not published"
    lead = next((content for _, content in cells if content.enabled), cells[0][1])
    return Content(
        kind="grid",
        name=override.name or grid.name or lead.name,
        enabled=not override.withheld and any(content.enabled for _, content in cells),
        short_description=_first(override.short_description, lead.short_description),
        description=_first(override.description, lead.description),
        categories=lead.categories if override.categories is None else override.categories,
        brand=lead.brand,
        weight_kg=lead.weight_kg,
        delivery_days=lead.delivery_days if override.delivery_days is None else override.delivery_days,
        payment_options=lead.payment_options
        if override.payment_options is None
        else _narrowed(override.payment_options, payment_options),
        axes=grid.axes or tuple(value.axis for value in lead.grid),
        variants=tuple(sku for sku, _ in cells),
    )


def _first(override: str | None, own: str) -> str:
    return own if override is None else override
