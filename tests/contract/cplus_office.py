"""The office of a store whose C-Plus keeps reservations in one of the three ways that the evidence leaves open.

The triggers here are the tests' own: none of a real base is known.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from firebird.driver import Cursor

from connectors.cplus.base import firebird
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import Clock
from connectors.sandbox.base.desk import Desk, change, insert


class Keeper(StrEnum):
    """Who moves RESERVADOORCAMENTO."""

    PROGRAM = "program"
    TRIGGER = "trigger"
    NOBODY = "nobody"


_TRIGGER = """
CREATE TRIGGER ORCAMENTO_RESERVA FOR ORCAMENTO ACTIVE AFTER UPDATE POSITION 1 AS
BEGIN
  IF (COALESCE(OLD.FLAGRESERVADO, 'N') <> COALESCE(NEW.FLAGRESERVADO, 'N')) THEN
    UPDATE PRODUTOESTOQUE E SET E.RESERVADOORCAMENTO = COALESCE(E.RESERVADOORCAMENTO, 0)
      + IIF(NEW.FLAGRESERVADO = 'Y', 1, -1)
      * (SELECT SUM(L.QUANTIDADE) FROM ORCAMENTOPROD L WHERE L.CODORC = NEW.CODORC AND L.CODPROD = E.CODPROD)
    WHERE E.CODSETORESTOQUE = NEW.CODSETORESTOQUE
      AND E.CODPROD IN (SELECT L.CODPROD FROM ORCAMENTOPROD L WHERE L.CODORC = NEW.CODORC);
END
"""
_CHECK = """
CREATE TRIGGER PRODUTOESTOQUE_CONFERE FOR PRODUTOESTOQUE ACTIVE BEFORE UPDATE POSITION 1 AS
DECLARE LEFT_OVER NUMERIC(18,4);
BEGIN
  IF (NEW.RESERVADOORCAMENTO > NEW.ESTATU) THEN LEFT_OVER = 0;
END
"""

_LINE = {"ALIQICMS": 0, "CODEMPRESA": r.COMPANY}


class Office(Desk):
    """Writes, reserves, cancels and invoices orders of one product in the sector LOJA."""

    def __init__(
        self, database: firebird.Database, clock: Clock, keeper: Keeper, *, releases: bool = True, check: bool = False
    ) -> None:
        super().__init__(database, clock)
        self._keeper = keeper
        self._releases = releases  # whether the amount falls when an order is invoiced
        for statement in ([_TRIGGER] if keeper is Keeper.TRIGGER else []) + ([_CHECK] if check else []):
            self.write(lambda cursor, statement=statement: cursor.execute(statement))  # type: ignore[misc]

    def quote(self, sku: str, quantity: int = 1) -> str:
        """An order that reserves nothing yet."""
        key, line = self.take_key("ORCAMENTO", "CODORC"), self.take_key("ORCAMENTO", "CODORC")

        def work(cursor: Cursor) -> None:
            header = {"CODORC": key, "CODCLI": r.CONSUMER, "NOMECLI": "JOANA PRADO", "CODSETORESTOQUE": r.LOJA}
            insert(
                cursor, "ORCAMENTO", header | {"FLAGRESERVADO": "N", "FLAGCANCELADO": "N", "DATA": self.now().date()}
            )
            row = {
                "CODORCPROD": f"9{line[1:]}",
                "CODORC": key,
                "CODPROD": sku,
                "QUANTIDADE": Decimal(quantity),
                **_LINE,
            }
            insert(cursor, "ORCAMENTOPROD", row)

        self.write(work)
        return key

    def reserve(self, order: str) -> None:
        self._flag(order, "Y", 1)

    def cancel(self, order: str) -> None:
        self._flag(order, "N", -1)
        self.write(lambda cursor: change(cursor, "UPDATE ORCAMENTO SET FLAGCANCELADO = 'Y' WHERE CODORC = ?", order))

    def invoice(self, order: str) -> None:
        """The goods leave; a program that releases gives the reserved amount back with them."""
        sale = self.take_key("MOVENDA", "CODMOVENDA")

        def work(cursor: Cursor) -> None:
            cursor.execute("SELECT CODORCPROD, CODPROD, QUANTIDADE FROM ORCAMENTOPROD WHERE CODORC = ?", (order,))
            line, sku, quantity = cursor.fetchone()
            row = {
                "CODMOVENDA": sale,
                "NUMPED": int(sale),
                "FLAGCANCELADA": "N",
                "CODEMPRESA": r.COMPANY,
                "CODTIPOMOVIMENTO": r.SHOP_SALE,
            }
            insert(cursor, "MOVENDA", row | {"DATA": self.now().date()})
            insert(
                cursor,
                "MOVENDAPROD",
                {"CODMOVPROD": sale, "CODMOVENDA": sale, "CODPROD": sku, "QUANTIDADE": quantity, "ALIQICMS": 0},
            )
            link = {"CODORCAMENTOVENDA": sale, "CODORCPROD": line, "CODMOVPROD": sale, "QUANTIDADEVENDA": quantity}
            insert(cursor, "ORCAMENTOVENDA", link)
            change(cursor, "UPDATE ORCAMENTO SET DATAFATURADO = ? WHERE CODORC = ?", self.now(), order)
            place = (sku, r.COMPANY, r.LOJA)
            _move(cursor, "ESTATU", -quantity, place)
            if self._releases and self._keeper is Keeper.PROGRAM:
                _move(cursor, "RESERVADOORCAMENTO", -quantity, place)
            if self._releases and self._keeper is Keeper.TRIGGER:
                change(cursor, "UPDATE ORCAMENTO SET FLAGRESERVADO = 'N' WHERE CODORC = ?", order)

        self.write(work)

    def _flag(self, order: str, flag: str, sign: int) -> None:
        def work(cursor: Cursor) -> None:
            cursor.execute("SELECT FLAGRESERVADO FROM ORCAMENTO WHERE CODORC = ?", (order,))
            if cursor.fetchone()[0] == flag:
                return
            change(cursor, "UPDATE ORCAMENTO SET FLAGRESERVADO = ? WHERE CODORC = ?", flag, order)
            if self._keeper is Keeper.PROGRAM:
                cursor.execute("SELECT CODPROD, QUANTIDADE FROM ORCAMENTOPROD WHERE CODORC = ?", (order,))
                sku, quantity = cursor.fetchone()
                _move(cursor, "RESERVADOORCAMENTO", sign * quantity, (sku, r.COMPANY, r.LOJA))

        self.write(work)


def _move(cursor: Cursor, column: str, amount: Decimal, place: tuple[object, ...]) -> None:
    sql = f"UPDATE PRODUTOESTOQUE SET {column} = COALESCE({column}, 0) + ?"
    change(cursor, f"{sql} WHERE CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ?", amount, *place)
