"""A catalogue as the engine's tasks leave it in the store: what C-Plus has, what is said of it, what the shop shows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import msgspec

from engine.listing import WITHOUT_PRICE, content_of, override_of, parent_content
from engine.model.goods import Catalogue, Grid, GridValue, PhotoStamp, Product, ProductKey
from engine.publishing import Content, Facet
from engine.store import listings, mirror, publications, shop_items
from tests.console.builder import ACCOUNT, StoreFile

TAG = ACCOUNT.online_tag
FULL = Product(
    "", "", "", gtin="7891000315507", weight_kg=Decimal("0.3"), whole=True, categories=("Casa", "Cozinha"),
    tags=frozenset({TAG}), description="Porcelana.", delivery_days=2,
)  # fmt: skip
MUG = replace(FULL, sku="000000017", code="1700", name="CANECA BRANCA 300ML", web_name="Caneca branca")
CHEESE = replace(FULL, sku="000000018", code="1800", name="QUEIJO DA SERRA", whole=False, unit="KG")
BOTTLE = replace(FULL, sku="000000019", code="1900", name="GARRAFA TERMICA", gtin="", weight_kg=None)
LAMP = replace(FULL, sku="000000021", code="2100", name="LUMINARIA", tags=frozenset())
SHIRT = replace(
    FULL, sku="000000020", code="2000", name="CAMISETA P", parent="77", grid=(GridValue("TAMANHO", "P", 1),)
)
GRID = Grid("77", "CAMISETA", ("TAMANHO",))
OPTIONS = ("Pix", "Boleto", "Cartão")
TRAY = ProductKey("000000023", "2300", "", "BANDEJA", "Bandeja de inox")
"""Adoption has heard of it; it never had a mark."""


def goods(store: StoreFile, *products: Product) -> None:
    """Five products, a grid and one that C-Plus does not sell online; the shop shows the mug and the cheese."""
    db = store.db
    read = Catalogue(products or (MUG, CHEESE, BOTTLE, LAMP, SHIRT), (GRID,), OPTIONS, complete=True, cursor="")
    mirror.store_catalogue(db, read, [TAG])
    mirror.store_payment_options(db, OPTIONS)
    shop_items.store_erp_keys(db, [TRAY])
    priced = [(sku, ACCOUNT.base_price_table, 4_990) for sku in (MUG.sku, CHEESE.sku, SHIRT.sku)]
    db.executemany("INSERT INTO price (sku, price_table, cents) VALUES (?, ?, ?)", priced)
    stamps = [PhotoStamp(sku, "1", 1, True, "a") for sku in (MUG.sku, CHEESE.sku, SHIRT.sku)]
    mirror.store_photo_stamps(db, stamps)
    store.stock(MUG.sku, 10, 4)
    for product in (MUG, CHEESE, SHIRT):
        want(store, product)
    said = parent_content(GRID, listings.override(db, "loja", "G77"), [(SHIRT.sku, content(store, SHIRT))], OPTIONS)
    publications.want(db, "loja", Facet.CONTENT, [("G77", "", _encode(said))], store.now)
    for facet, part, value in ((Facet.PRICE, "", "4990"), (Facet.STOCK, "default", "60000")):
        publications.want(db, "loja", facet, [(MUG.sku, part, value), (CHEESE.sku, part, value)], store.now)
    db.execute(
        "UPDATE publication SET confirmed = wanted, confirmed_at = wanted_at WHERE item IN (?, ?)",
        [MUG.sku, CHEESE.sku],
    )
    store.problem(WITHOUT_PRICE, f"item:{BOTTLE.sku}", {"sku": BOTTLE.sku, "code": "1900", "name": BOTTLE.name})


def want(store: StoreFile, product: Product) -> None:
    """Want what is said of a product now, as the catalogue's task does."""
    publications.want(store.db, "loja", Facet.CONTENT, [(product.sku, "", _encode(content(store, product)))], store.now)


def content(store: StoreFile, product: Product) -> Content:
    """What the shop shall show of it."""
    override = override_of(listings.row(store.db, "loja", product.sku))
    return content_of(product, ACCOUNT, override, OPTIONS, grids=True)


def _encode(content: Content) -> str:
    return msgspec.json.encode(content).decode()
