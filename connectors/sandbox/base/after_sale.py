"""What the store does with a sale once it is made: packs it, takes goods back, gives it an NFC-e, loses its NF-e."""

from __future__ import annotations

from decimal import Decimal

from firebird.driver import Cursor

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.desk import Desk, change, fetch, insert
from connectors.sandbox.base.documents import nfe_key, nfe_xml
from engine.errors import Refused

CANCELLED = "135"  # the tax authority's answer: the event of the cancellation is registered

_NEXT_NUMBER = "UPDATE EMPRESA SET NUMNFE = NUMNFE + 1 WHERE CODEMPRESA = ? RETURNING OLD.NUMNFE AS NUMBER, CNPJ"


def issue_nfce(desk: Desk, codmovenda: str) -> str:
    """Authorise the NFC-e of a sale and return its key."""
    nfce = desk.take_key("NFCELETRONICA", "CODNFCELETRONICA")

    def work(cursor: Cursor) -> str:
        company = fetch(cursor, _NEXT_NUMBER, r.COMPANY)[0]
        number = company["NUMBER"]
        key = nfe_key(
            state_ibge=r.COMPANY_STATE_IBGE,
            year_month=f"{desk.now():%y%m}",
            issuer=company["CNPJ"],
            series=1,
            number=number,
            code=f"{number * 7_919 % 10**8:08d}",
            model="65",
        )
        protocol = f"{r.COMPANY_STATE_IBGE}{number:013d}"
        row = {
            "CODNFCELETRONICA": nfce,
            "CODMOVENDA": codmovenda,
            "CHAVEACESSONFCELETRONICA": key,
            "STATUSNFCELETRONICA": "A",
            "CODIGORETORNONFCELETRONICA": "100",
            "NUMEROPROTOCOLONFCELETRONICA": protocol,
            "XMLNFCELETRONICAAUT": nfe_xml(key, protocol),
            "AMBIENTE": "2",
        }
        insert(cursor, "NFCELETRONICA", row)
        return key

    return desk.write(work)


def cancel_nfe(desk: Desk, codmovenda: str) -> None:
    """Cancel the NF-e of a sale at the tax authority; the sale itself stands, to be given another."""

    def work(cursor: Cursor) -> None:
        change(
            cursor,
            "UPDATE DOCUMENTO SET FLAGCANCELADA = 'Y' WHERE NOMEENTIDADEORIGEM = 'MOVENDA' AND IDENTIDADEORIGEM = ?",
            codmovenda,
        )
        change(
            cursor,
            "UPDATE NFELETRONICA SET STATUSNFELETRONICA = 'C', CODIGORETORNONFELETRONICA = ? "
            "WHERE NOMEENTIDADEORIGEM = 'MOVENDA' AND IDENTIDADEORIGEM = ?",
            CANCELLED,
            codmovenda,
        )
        change(cursor, "UPDATE MOVENDA SET NUMNOTA = NULL WHERE CODMOVENDA = ?", codmovenda)

    desk.write(work)


def take_back(desk: Desk, codmovenda: str, codprod: str, quantity: Decimal | int) -> None:
    """A customer brings goods of a sale back: booked against its line, and on the shelf again.

    Raises Refused("sample-line-unknown").
    """
    key = desk.take_key("MOVENDADEVOLUCAO", "CODMOVENDADEVOLUCAO")

    def work(cursor: Cursor) -> None:
        sql = (
            "SELECT L.CODMOVPROD, COALESCE(L.CODEMPRESAESTOQUE, M.CODEMPRESA) AS COMPANY, "
            "COALESCE(L.CODSETORESTOQUE, M.CODSETORESTOQUE) AS SECTOR FROM MOVENDAPROD L "
            "JOIN MOVENDA M ON M.CODMOVENDA = L.CODMOVENDA WHERE L.CODMOVENDA = ? AND L.CODPROD = ?"
        )
        lines = fetch(cursor, sql, codmovenda, codprod)
        if not lines:
            raise Refused("sample-line-unknown", codprod)
        line, back = lines[0], Decimal(quantity)
        row = {
            "CODMOVENDADEVOLUCAO": key,
            "CODMOVEPROD": key,  # the sample store keeps no entries: its own key stands for the line that received it
            "CODMOVPROD": line["CODMOVPROD"],
            "QUANTIDADEDEVOLUCAO": back,
            "DATA": desk.now().date(),
            "CODUSER": r.USER_OFFICE,
        }
        insert(cursor, "MOVENDADEVOLUCAO", row)
        counted = (
            "UPDATE MOVENDAPROD SET QUANTIDADEDEVOLVIDA = COALESCE(QUANTIDADEDEVOLVIDA, 0) + ? WHERE CODMOVPROD = ?"
        )
        change(cursor, counted, back, line["CODMOVPROD"])
        shelf = (
            "UPDATE PRODUTOESTOQUE SET ESTATU = COALESCE(ESTATU, 0) + ?, LAST_CHANGE = ? "
            "WHERE CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ?"
        )
        change(cursor, shelf, back, desk.now(), codprod, line["COMPANY"], line["SECTOR"])

    desk.write(work)


def pack(desk: Desk, codmovenda: str) -> None:
    """The packing table has checked the goods of a sale."""
    key = desk.take_key("CONFERENCIAPEDIDO", "CODCONFERENCIAPEDIDO")
    row = {
        "CODCONFERENCIAPEDIDO": key,
        "NUMEROCONFERENCIA": str(int(key)),
        "DATACRIACAO": desk.now().date(),
        "CODMOVENDA": codmovenda,
        "CODUSER": r.USER_OFFICE,
        "FLAGCONFERIDO": "Y",
    }
    desk.write(lambda cursor: insert(cursor, "CONFERENCIAPEDIDO", row))
