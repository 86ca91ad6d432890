"""The people of the store: the till that sells, who receives goods, and the office. Each on a connection of their own.

They know nothing of Integra; it has to get on with what they do, at any moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from firebird.driver import Cursor

from connectors.cplus.base import firebird
from connectors.sandbox.base import after_sale
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import Clock, price_row
from connectors.sandbox.base.desk import Desk, Record, change, fetch, insert
from connectors.sandbox.base.invoicing import Sale, cancel_order, cancel_sale, edit_line, issue_nfe, sell_order
from engine.errors import Refused

_ON_HAND = "COALESCE(ESTATU, 0)"
_FREE = f"{_ON_HAND} - COALESCE(RESERVADOORCAMENTO, 0) - COALESCE(RESERVADOOS, 0)"
_STOCK_ROW = "CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ?"


class Till(Desk):
    """A till at the counter. One that does not heed reservations sells whatever lies on the shelf."""

    def __init__(
        self,
        database: firebird.Database,
        clock: Clock,
        *,
        sector: str = r.LOJA,
        heeds_reservations: bool = True,
    ) -> None:
        super().__init__(database, clock)
        self._sector = sector
        self._guard = _FREE if heeds_reservations else _ON_HAND

    def sell(self, codprod: str, quantity: Decimal | int = 1, *, customer: str = r.CONSUMER) -> Sale | None:
        """Sell to a customer at the counter, paid in cash. None: not for sale, without a price, or not enough there."""
        wanted = Decimal(quantity)
        found = self.read(
            "SELECT P.CODIGO, P.NOMEPROD, P.UNIDADE, P.CUSTOMEDIO, C.PRECO, E.ESTATU FROM PRODUTO P "
            "JOIN PRODUTOPRECO C ON C.CODPROD = P.CODPROD AND C.CODPRECO = ? "
            "JOIN PRODUTOESTOQUE E ON E.CODPROD = P.CODPROD AND E.CODEMPRESA = ? AND E.CODSETORESTOQUE = ? "
            "WHERE P.CODPROD = ? AND P.FLAGINATIVO = 'N' AND COALESCE(P.FLAGNAOVENDER, 'N') = 'N' AND C.PRECO > 0",
            r.VAREJO,
            r.COMPANY,
            self._sector,
            codprod,
        )
        if not found:
            return None
        product = found[0]
        total = (product["PRECO"] * wanted).quantize(Decimal("0.01"))
        sale = Sale(self.take_key("MOVENDA", "CODMOVENDA"), self.take_number("MOVENDA", "NUMPED"), total)
        line, payment = self.take_key("MOVENDAPROD", "CODMOVPROD"), self.take_key("MOVENDAREC", "ID")

        def ring_up(cursor: Cursor) -> bool:
            (buyer,) = fetch(cursor, "SELECT CODCLI, NOMECLI FROM CLIENTE WHERE CODCLI = ?", customer)
            insert(cursor, "MOVENDA", self._header(sale) | buyer)
            insert(cursor, "MOVENDAPROD", self._line(sale, line, codprod, wanted, product))
            row = {"ID": payment, "CODMOVENDA": sale.key, "CODREC": r.CASH, "VALOR": total, "NUMPARCELAS": 1}
            insert(cursor, "MOVENDAREC", row)
            # Last before the commit, so that nobody waits long for a row that everybody wants.
            sold = change(
                cursor,
                f"UPDATE PRODUTOESTOQUE SET ESTATU = ESTATU - ?, LAST_CHANGE = ? WHERE {_STOCK_ROW} "  # noqa: S608
                f"AND {self._guard} >= ?",
                wanted,
                self.now(),
                codprod,
                r.COMPANY,
                self._sector,
                wanted,
            )
            if sold == 0:
                raise _NotEnough
            return True

        try:
            self.write(ring_up)
        except _NotEnough:
            return None
        return sale

    def _header(self, sale: Sale) -> Record:
        now = self.now()
        return {
            "CODMOVENDA": sale.key,
            "NUMPED": sale.number,
            "DATA": now.date(),
            "HORA": now.time(),
            "DATALANCAMENTO": now.date(),
            "FLAGFORNCLI": "C",
            "FLAGCLI": "Y",
            "FLAGVENDA": "Y",
            "FLAGVENDAPDV": "Y",
            "FLAGCANCELADA": "N",
            "MODELONOTA": "65",
            "CODEMPRESA": r.COMPANY,
            "CODSETORESTOQUE": self._sector,
            "CODTIPOMOVIMENTO": r.COUNTER_SALE,
            "CODCFOP": "5102",
            "CODPRECO": r.VAREJO,
            "CODFP": r.AT_SIGHT,
            "CODVENDED": r.SELLER_COUNTER,
            "CODUSER": r.USER_TILL,
            "VALORTOTALPRODUTOS": sale.total,
            "VALORTOTALNOTA": sale.total,
        }

    def _line(self, sale: Sale, line: str, codprod: str, quantity: Decimal, product: Record) -> Record:
        return {
            "CODMOVPROD": line,
            "CODMOVENDA": sale.key,
            "CODPROD": codprod,
            "CODIGOPRODUTO": product["CODIGO"],
            "DESCRICAOPRODUTO": product["NOMEPROD"],
            "UNIDADE": product["UNIDADE"],
            "QUANTIDADE": quantity,
            "VALORUNITARIO": product["PRECO"],
            "PRECOTABELA": product["PRECO"],
            "VALORTOTAL": sale.total,
            "ALIQICMS": Decimal(0),
            "CUSTOMEDIO": product["CUSTOMEDIO"],
            "ESTOQUEANTERIOR": product["ESTATU"],
            "CODPRECO": r.VAREJO,
            "CODEMPRESAESTOQUE": r.COMPANY,
            "CODSETORESTOQUE": self._sector,
        }


class _NotEnough(Exception):
    """The guard of the till let no row pass."""


class Receiver(Desk):
    """Who takes in the goods that suppliers bring."""

    def receive(
        self,
        codprod: str,
        quantity: Decimal | int,
        new_prices: Mapping[str, Decimal] | None = None,
        *,
        sector: str = r.LOJA,
    ) -> None:
        """Put goods into stock; `new_prices` by price table are what the receipt made of the prices."""

        prices = [
            (table, price, self.take_key("PRODUTOPRECO", "CODPRODUTOPRECO"))
            for table, price in sorted((new_prices or {}).items())
        ]

        def put_away(cursor: Cursor) -> None:
            for table, price, spare_key in prices:
                _set_price(cursor, self.now(), codprod, table, price, spare_key)
            place = (codprod, r.COMPANY, sector)
            arrived = Decimal(quantity)
            stocked = change(
                cursor,
                f"UPDATE PRODUTOESTOQUE SET ESTATU = {_ON_HAND} + ?, LAST_CHANGE = ? WHERE {_STOCK_ROW}",  # noqa: S608
                arrived,
                self.now(),
                *place,
            )
            if stocked == 0:
                row = dict(zip(("CODPROD", "CODEMPRESA", "CODSETORESTOQUE"), place, strict=True))
                insert(cursor, "PRODUTOESTOQUE", row | {"ESTATU": arrived, "LAST_CHANGE": self.now()})

        self.write(put_away)


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that waits in C-Plus: neither invoiced nor cancelled. `reference` is the customer's order number."""

    key: str
    number: str
    reference: str
    customer: str
    reserved: bool
    total: Decimal
    day: date


class Staff(Desk):
    """The office: orders into sales, the catalogue, prices, customers."""

    def open_orders(self) -> tuple[OpenOrder, ...]:
        """All orders that wait, oldest first."""
        rows = self.read(
            "SELECT CODORC, NUMEROORCAMENTO, NUMPEDCLIENTE, NOMECLI, FLAGRESERVADO, VALORTOTALORCAMENTO, DATA "
            "FROM ORCAMENTO WHERE DATAFATURADO IS NULL AND COALESCE(FLAGCANCELADO, 'N') <> 'Y' ORDER BY CODORC"
        )
        return tuple(
            OpenOrder(
                key=row["CODORC"],
                number=row["NUMEROORCAMENTO"] or "",
                reference=row["NUMPEDCLIENTE"] or "",
                customer=row["NOMECLI"] or "",
                reserved=row["FLAGRESERVADO"] == "Y",
                total=row["VALORTOTALORCAMENTO"] or Decimal(0),
                day=row["DATA"],
            )
            for row in rows
        )

    def invoice(self, codorc: str, nfe: bool = True, *, only: Mapping[str, Decimal | int] | None = None) -> Sale:
        """Make the sale of an order, or of so much of these products, and its NF-e unless told not to.

        Raises Refused: "sample-order-unknown", "-cancelled", "-invoiced", "sample-goods-missing" (with the `sku`).
        """
        sale = sell_order(self, codorc, only)
        if nfe:
            issue_nfe(self, sale.key)
        return sale

    def issue_nfe(self, codmovenda: str) -> str:
        """Authorise the NF-e of a sale that has none and return its key of 44 digits."""
        return issue_nfe(self, codmovenda)

    def issue_nfce(self, codmovenda: str) -> str:
        """Authorise the NFC-e of a sale and return its key of 44 digits."""
        return after_sale.issue_nfce(self, codmovenda)

    def cancel_nfe(self, codmovenda: str) -> None:
        """Cancel only the NF-e of a sale; the sale stands."""
        after_sale.cancel_nfe(self, codmovenda)

    def take_back(self, codmovenda: str, codprod: str, quantity: Decimal | int) -> None:
        """Goods of a sale come back to the store."""
        after_sale.take_back(self, codmovenda, codprod, quantity)

    def pack(self, codmovenda: str) -> None:
        """The goods of a sale are checked and packed."""
        after_sale.pack(self, codmovenda)

    def edit_line(self, codorc: str, codprod: str, quantity: Decimal | int) -> None:
        """Change the quantity of a product in an open order, and what is reserved for it; 0 cancels the line."""
        edit_line(self, codorc, codprod, Decimal(quantity))

    def cancel_order(self, codorc: str, reason: str) -> None:
        """Cancel an order that is not invoiced yet; what it reserved is free again."""
        cancel_order(self, codorc, reason)

    def cancel_sale(self, codmovenda: str, reason: str) -> None:
        """Cancel a sale with its NF-e; the goods return to the shelf."""
        cancel_sale(self, codmovenda, reason)

    def flag_online(self, codprod: str, online: bool, *, characteristic: str = r.VENDA_ONLINE) -> None:
        """Give a product the characteristic of the online shop, or take it away.

        As in C-Plus this leaves no stamp on the product: only the characteristic's own row comes or goes.
        """
        tag = self.take_key("PRODUTOCARACTERISTICA", "CODPRODUTOCARACTERISTICA") if online else ""

        def flag(cursor: Cursor) -> None:
            which = (codprod, characteristic)
            if not online:
                change(cursor, "DELETE FROM PRODUTOCARACTERISTICA WHERE CODPROD = ? AND CODCARACTERISTICA = ?", *which)
                return
            sql = "SELECT 1 AS THERE FROM PRODUTOCARACTERISTICA WHERE CODPROD = ? AND CODCARACTERISTICA = ?"
            if not fetch(cursor, sql, *which):
                row = {
                    "CODPRODUTOCARACTERISTICA": tag,
                    "CODPROD": codprod,
                    "CODCARACTERISTICA": characteristic,
                    "DATACARACTERISTICA": self.now().date(),
                }
                insert(cursor, "PRODUTOCARACTERISTICA", row)

        self.write(flag)

    def set_price(self, codprod: str, table: str, price: Decimal | None) -> None:
        """Set the price of a product in a table; None takes the product out of the table."""
        spare_key = self.take_key("PRODUTOPRECO", "CODPRODUTOPRECO")
        self.write(lambda cursor: _set_price(cursor, self.now(), codprod, table, price, spare_key))

    def rename(self, codprod: str, name: str, web_name: str | None = None) -> None:
        """Give a product another name, and another in the shop (None: the shop shows the first)."""
        self.edit_product(codprod, NOMEPROD=name, NOMEPRODWEB=web_name)

    def edit_product(self, codprod: str, **columns: object) -> None:
        """Change columns of a product."""
        self._edit("PRODUTO", "CODPROD", codprod, columns)

    def edit_customer(self, codcli: str, **columns: object) -> None:
        """Change columns of a customer."""
        self._edit("CLIENTE", "CODCLI", codcli, columns)

    def replace_photos(self, codprod: str, *pictures: bytes) -> None:
        """Throw away a product's photos and store these, the first as the main one."""
        keys = [self.take_key("PRODUTOFOTO", "CODPRODFOTO") for _ in pictures]

        def store(cursor: Cursor) -> None:
            change(cursor, "DELETE FROM PRODUTOFOTO WHERE CODPROD = ?", codprod)
            for place, (photo, picture) in enumerate(zip(keys, pictures, strict=True)):
                row = {
                    "CODPRODFOTO": photo,
                    "CODPROD": codprod,
                    "FLAGPRINCIPAL": "N" if place else "Y",
                    "FOTO": picture,
                    "LAST_CHANGE": self.now(),
                }
                insert(cursor, "PRODUTOFOTO", row)

        self.write(store)

    def _edit(self, table: str, key_column: str, key_value: str, columns: Mapping[str, object]) -> None:
        known = {
            row["NAME"]
            for row in self.read(
                "SELECT RDB$FIELD_NAME AS NAME FROM RDB$RELATION_FIELDS WHERE RDB$RELATION_NAME = ?", table
            )
        }
        if unknown := sorted(set(columns) - known):
            raise Refused("sample-column-unknown", f"{table} has no {', '.join(unknown)}")
        settings = ", ".join(f"{column} = ?" for column in columns)
        sql = f"UPDATE {table} SET {settings}, LAST_CHANGE = ? WHERE {key_column} = ?"  # noqa: S608 - checked above
        if self.write(lambda cursor: change(cursor, sql, *columns.values(), self.now(), key_value)) == 0:
            raise Refused("sample-row-unknown", f"{table} has no {key_value}")


def _set_price(cursor: Cursor, now: datetime, codprod: str, table: str, price: Decimal | None, spare_key: str) -> None:
    """`spare_key` is for the row of a product that was not in the table before."""
    which = (codprod, table)
    if price is None:
        change(cursor, "DELETE FROM PRODUTOPRECO WHERE CODPROD = ? AND CODPRECO = ?", *which)
    else:
        cost = fetch(cursor, "SELECT CUSTOMEDIO FROM PRODUTO WHERE CODPROD = ?", codprod)[0]["CUSTOMEDIO"]
        row = price_row(codprod, table, price, cost, now.date())
        changed = change(
            cursor,
            "UPDATE PRODUTOPRECO SET PRECO = ?, MARGEM = ?, DATAREAJUSTE = ? WHERE CODPROD = ? AND CODPRECO = ?",
            *(row[column] for column in ("PRECO", "MARGEM", "DATAREAJUSTE")),
            *which,
        )
        if changed == 0:
            insert(cursor, "PRODUTOPRECO", {"CODPRODUTOPRECO": spare_key, **row})
    change(cursor, "UPDATE PRODUTO SET DATREAJ = ?, LAST_CHANGE = ? WHERE CODPROD = ?", now.date(), now, codprod)
