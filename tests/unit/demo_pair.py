"""A small C-Plus base and a shop that tells the same, set up by hand: no engine has a part in it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from firebird.driver import Cursor

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.desk import Record, change, fetch, insert
from connectors.sandbox.base.people import Staff
from connectors.sandbox.demo import TERMS
from connectors.sandbox.shop import Shop

ATACADO, REVENDA = "Atacado", "Revenda"  # as a merchant may write what C-Plus shouts
GUEST = {"email": "joana@example.com", "firstname": "Joana", "lastname": "Prado", "cpf": "52998224725"}
ADDRESS = {
    "street": ["Rua da Praia", "120", "ap 4", "Centro"],
    "city": "Porto Alegre",
    "region_code": "RS",
    "postcode": "90010-300",
    "telephone": "51 99999-1234",
}


def flag_only(staff: Staff, *skus: str) -> None:
    """Take everything off the shop but these."""
    marks = ", ".join("?" * len(skus))
    sql = f"DELETE FROM PRODUTOCARACTERISTICA WHERE CODPROD NOT IN ({marks})"
    staff.write(lambda cursor: change(cursor, sql, *skus))


def set_stock(staff: Staff, sku: str, loja: int, deposito: int = 0) -> None:
    """What lies there, nothing of it reserved."""
    sql = (
        "UPDATE OR INSERT INTO PRODUTOESTOQUE (CODPROD, CODEMPRESA, CODSETORESTOQUE, ESTATU, RESERVADOORCAMENTO, "
        "RESERVADOOS) VALUES (?, ?, ?, ?, NULL, 0) MATCHING (CODPROD, CODEMPRESA, CODSETORESTOQUE)"
    )
    for sector, pieces in ((r.LOJA, loja), (r.DEPOSITO, deposito)):
        row = (sku, r.COMPANY, sector, Decimal(pieces))
        staff.write(lambda cursor, row=row: change(cursor, sql, *row))  # type: ignore[misc]


def make_kit(staff: Staff, kit: str, part: str, pieces: int) -> None:
    """Turn a product into a kit of so many pieces of another."""
    staff.edit_product(kit, FLAGCOMPOSTO="Y")
    sql = "INSERT INTO COMPOSICAO (CODCOMPOSICAO, CODPROD, REFERCODPROD, QUANTIDADE) VALUES (?, ?, ?, ?)"
    staff.write(lambda cursor: change(cursor, sql, "000000901", kit, part, pieces))


def publish(staff: Staff, shop: Shop, *skus: str) -> None:
    """Put these products into the shop as C-Plus has them, with the prices of all three tables."""
    for name in (ATACADO, REVENDA):
        if shop.groups.by_code(name) is None:
            shop.groups.save({"code": name})
    for sku in skus:
        (product,) = staff.read("SELECT NOMEPROD, NOMEPRODWEB FROM PRODUTO WHERE CODPROD = ?", sku)
        (stock,) = staff.read("SELECT SUM(ESTATU) AS PIECES FROM PRODUTOESTOQUE WHERE CODPROD = ?", sku)
        prices = {
            row["CODPRECO"]: row["PRECO"].quantize(Decimal("0.01"))
            for row in staff.read("SELECT CODPRECO, PRECO FROM PRODUTOPRECO WHERE CODPROD = ?", sku)
        }
        add_product(shop, sku, product["NOMEPRODWEB"] or product["NOMEPROD"], prices[r.VAREJO], stock["PIECES"])
        for group, table in ((ATACADO, r.ATACADO), (REVENDA, r.REVENDA)):
            set_group_price(shop, sku, group, prices[table])


def add_product(shop: Shop, sku: str, name: str, price: Decimal, pieces: Decimal, **more: Any) -> None:
    product = {
        "sku": sku,
        "name": name,
        "attribute_set_id": 4,
        "price": price,
        "extension_attributes": {"stock_item": {"qty": pieces, "is_in_stock": pieces > 0}},
    }
    shop.catalogue.save(product | more)


def set_group_price(shop: Shop, sku: str, group: str, price: Decimal) -> None:
    row = {"sku": sku, "price": price, "price_type": "fixed", "website_id": 0, "customer_group": group}
    assert shop.prices.merge_tiers([row | {"quantity": Decimal(1)}]) == []


def set_source(shop: Shop, sku: str, pieces: int) -> None:
    row = {"sku": sku, "source_code": "default", "quantity": pieces, "status": int(pieces > 0)}
    shop.inventory.save_items([row])


def buy(shop: Shop, lines: Mapping[str, int], payment: str = "boleto") -> str:
    """A guest orders; answers the number."""
    return shop.storefront.place_order(dict(lines), payment, guest=GUEST, address=ADDRESS).increment_id


def write_order(staff: Staff, shop: Shop, number: str, *, reserve: bool = True) -> str:
    """The shop's order in C-Plus, as a connector would leave it; answers its CODORC."""
    order = shop.orders.by_increment(number)
    codorc = staff.take_key("ORCAMENTO", "CODORC")

    def work(cursor: Cursor) -> None:
        header: Record = {
            "CODORC": codorc,
            "NUMPEDCLIENTE": f"{TERMS.order_prefix}-{number}",
            "DATA": staff.now().date(),
            "CODCLI": "00000002",
            "CODEMPRESA": r.COMPANY,
            "CODSETORESTOQUE": r.LOJA,
            "CODTIPOMOVIMENTO": r.SHOP_SALE,
            "VALORTOTALORCAMENTO": order.grand_total,
            "FLAGRESERVADO": "Y" if reserve else "N",
            "FLAGCANCELADO": "N",
        }
        insert(cursor, "ORCAMENTO", header)
        for item in order.lines:
            (next_key,) = fetch(cursor, "SELECT NEXT VALUE FOR SEQ_CODORCPROD AS CODE FROM RDB$DATABASE")
            line: Record = {
                "CODORCPROD": r.key(next_key["CODE"]),
                "CODORC": codorc,
                "CODPROD": item.sku,
                "CODEMPRESA": r.COMPANY,
                "QUANTIDADE": item.ordered,
                "VALORUNITARIO": item.price,
                "VALORTOTAL": item.row_total,
                "ALIQICMS": Decimal(0),
            }
            insert(cursor, "ORCAMENTOPROD", line)
            if reserve:
                reserve_pieces(cursor, item.sku, item.ordered)

    staff.write(work)
    return codorc


def reserve_pieces(cursor: Cursor, sku: str, pieces: Decimal) -> None:
    sql = (
        "UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = COALESCE(RESERVADOORCAMENTO, 0) + ? "
        "WHERE CODPROD = ? AND CODSETORESTOQUE = ?"
    )
    assert change(cursor, sql, pieces, sku, r.LOJA) == 1
