"""What C-Plus does with an order: the sale, its NF-e, and the ways back.

How C-Plus itself does it is inferred from its columns: the order's are carried over to the sale, the lines are linked
and counted, the goods leave the stock and what was reserved for them is reserved no more, all in one transaction.
Stock comes last in each, in the order of the products, so that nobody waits long and nobody in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from firebird.driver import Cursor

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.desk import Desk, Record, change, copied, fetch, insert
from connectors.sandbox.base.documents import nfe_key, nfe_xml
from engine.errors import Refused

TEST_ENVIRONMENT = "2"  # AMBIENTE of an NF-e: nothing here is a fiscal document
AUTHORISED = "100"  # the tax authority's answer code

_CARRIED_BY_SALE = (
    "CODCLI", "FLAGCLI", "NOMECLI", "CODEMPRESA", "CODSETORESTOQUE", "CODPRECO", "CODCFOP", "CODFP", "CODTRANS",
    "CODVENDED", "NUMPEDLOJAVIRTUAL", "NUMPEDCLIENTE", "ENTREGAENDERECO", "ENTREGABAIRRO", "ENTREGACIDADE",
    "ENTREGAESTADO", "ENTREGACEP", "ENTREGAPAIS", "ENTREGATELEFONE", "ENTREGAREFERENCIA", "ENTREGADATA", "FLAGFRETE",
    "FLAGRESERVADO", "VALORFRETE", "VALORDESCONTO", "VALORACRESCIMO", "VALORTOTALPRODUTOS", "QUANTIDADEVOLUMES",
    "INDPRESENCA", "IDENTIFICADORDESTINO", "OBSNOTAFISCAL",
)  # fmt: skip
_CARRIED_BY_LINE = (
    "CODPROD", "CODIGOPRODUTO", "DESCRICAOPRODUTO", "UNIDADE", "VALORUNITARIO", "PRECOTABELA", "FLAGTIPODESCONTOITEM",
    "VALORDESCONTOITEM", "VALORTOTAL", "ALIQICMS", "CODPRECO", "CODCFOP", "COMPLEMENTO", "CODVENDED",
)  # fmt: skip
_LINES = (
    "SELECT L.*, COALESCE(L.CODEMPRESAESTOQUE, L.CODEMPRESA) AS COMPANY, "
    "COALESCE(L.CODSETORESTOQUE, O.CODSETORESTOQUE) AS SECTOR, "
    "L.QUANTIDADE - COALESCE(L.QUANTIDADETOTALFATURADA, 0) AS OPEN_QUANTITY, "
    "L.QUANTIDADE - COALESCE(L.QUANTIDADETOTALFATURADA, 0) AS LEFT_QUANTITY "
    "FROM ORCAMENTOPROD L JOIN ORCAMENTO O ON O.CODORC = L.CODORC "
    "WHERE L.CODORC = ? AND COALESCE(L.FLAGCANCELADO, 'N') <> 'Y' AND COALESCE(L.FLAGITEMCANCELADO, 'N') <> 'Y' "
    "AND L.QUANTIDADE > COALESCE(L.QUANTIDADETOTALFATURADA, 0) ORDER BY L.CODPROD, L.CODORCPROD"
)
_SOLD_LINES = (
    "SELECT L.CODPROD, L.QUANTIDADE, COALESCE(L.CODEMPRESAESTOQUE, M.CODEMPRESA) AS COMPANY, "
    "COALESCE(L.CODSETORESTOQUE, M.CODSETORESTOQUE) AS SECTOR "
    "FROM MOVENDAPROD L JOIN MOVENDA M ON M.CODMOVENDA = L.CODMOVENDA WHERE L.CODMOVENDA = ? ORDER BY L.CODPROD"
)
_NEXT_NFE = "UPDATE EMPRESA SET NUMNFE = NUMNFE + 1 WHERE CODEMPRESA = ? RETURNING OLD.NUMNFE AS NUMBER, SERIENFE, CNPJ"

# What happens to a stock row: amounts, stamp, place, and what must be there.
_HAND_OVER_FREE = (
    "UPDATE PRODUTOESTOQUE SET ESTATU = ESTATU - ?, LAST_CHANGE = ? "
    "WHERE CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ? "
    "AND COALESCE(ESTATU, 0) - COALESCE(RESERVADOORCAMENTO, 0) - COALESCE(RESERVADOOS, 0) >= ?"
)
_HAND_OVER_RESERVED = (
    "UPDATE PRODUTOESTOQUE SET ESTATU = ESTATU - ?, RESERVADOORCAMENTO = RESERVADOORCAMENTO - ?, LAST_CHANGE = ? "
    "WHERE CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ? AND ESTATU >= ? AND RESERVADOORCAMENTO >= ?"
)
_RELEASE = (
    "UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = RESERVADOORCAMENTO - ?, LAST_CHANGE = ? "
    "WHERE CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ?"
)
_PUT_BACK = (
    "UPDATE PRODUTOESTOQUE SET ESTATU = COALESCE(ESTATU, 0) + ?, LAST_CHANGE = ? "
    "WHERE CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ?"
)


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale: its CODMOVENDA, the number people see, and what the customer paid."""

    key: str
    number: int
    total: Decimal


def sell_order(desk: Desk, codorc: str, only: Mapping[str, Decimal | int] | None = None) -> Sale:
    """Make the sale of an order, or of a part of it: so much of these products. What is left can be sold later.

    Raises Refused: "sample-order-unknown", "-cancelled", "-invoiced", "sample-goods-missing" with the `sku`.
    """
    lines = len(desk.read(_LINES, codorc))
    payments = max(1, len(desk.read("SELECT CODORCAMENTOREC FROM ORCAMENTOREC WHERE CODORC = ?", codorc)))
    sale_key, number = desk.take_key("MOVENDA", "CODMOVENDA"), desk.take_number("MOVENDA", "NUMPED")
    line_keys = [desk.take_key("MOVENDAPROD", "CODMOVPROD") for _ in range(lines)]
    link_keys = [desk.take_key("ORCAMENTOVENDA", "CODORCAMENTOVENDA") for _ in range(lines)]
    payment_keys = [desk.take_key("MOVENDAREC", "ID") for _ in range(payments)]

    def work(cursor: Cursor) -> Sale:
        order = _open_order(cursor, codorc)
        total = order["VALORTOTALORCAMENTO"] or Decimal(0)
        now = desk.now()
        reserved = order["FLAGRESERVADO"] == "Y"
        everything = fetch(cursor, _LINES, codorc)
        open_lines = everything if only is None else _part(everything, only)
        row = _sale_row(order, sale_key, number) | _moment(desk)
        if [line["OPEN_QUANTITY"] for line in open_lines] == [line["LEFT_QUANTITY"] for line in everything]:
            sql = "UPDATE ORCAMENTO SET DATAFATURADO = ?, FLAGRESERVADO = 'N' WHERE CODORC = ?"
            change(cursor, sql, now, codorc)
        else:
            total = sum((line["OPEN_QUANTITY"] * line["VALORUNITARIO"] for line in open_lines), Decimal(0))
            row |= {"VALORTOTALPRODUTOS": total, "VALORTOTALNOTA": total, "VALORFRETE": Decimal(0)}
        insert(cursor, "MOVENDA", row)
        _pay(cursor, codorc, sale_key, total, payment_keys)
        for line, line_key, link_key in zip(open_lines, line_keys, link_keys, strict=False):
            insert(cursor, "MOVENDAPROD", _sale_line(cursor, line, sale_key, line_key))
            link = {
                "CODORCAMENTOVENDA": link_key,
                "CODORCPROD": line["CODORCPROD"],
                "CODMOVPROD": line_key,
                "QUANTIDADEVENDA": line["OPEN_QUANTITY"],
                "DATA": now.date(),
                "CODUSER": r.USER_OFFICE,
            }
            insert(cursor, "ORCAMENTOVENDA", link)
            change(
                cursor,
                "UPDATE ORCAMENTOPROD SET QUANTIDADETOTALFATURADA = COALESCE(QUANTIDADETOTALFATURADA, 0) + ? "
                "WHERE CODORCPROD = ?",
                line["OPEN_QUANTITY"],
                line["CODORCPROD"],
            )
        for line in open_lines:
            _hand_over(desk, cursor, line, reserved)
        return Sale(sale_key, number, total)

    return desk.write(work)


def issue_nfe(desk: Desk, codmovenda: str) -> str:
    """Authorise the NF-e of a sale and return its key.

    Raises Refused: "sample-sale-unknown", "-cancelled", "-has-nfe".
    """
    document, nfe = desk.take_key("DOCUMENTO", "CODDOCUMENTO"), desk.take_key("NFELETRONICA", "CODNFELETRONICA")

    def work(cursor: Cursor) -> str:
        sale = _valid_sale(cursor, codmovenda)
        if sale["NUMNOTA"] is not None:
            raise Refused("sample-sale-has-nfe", codmovenda)
        company = fetch(cursor, _NEXT_NFE, sale["CODEMPRESA"])[0]
        now, number, series = desk.now(), company["NUMBER"], company["SERIENFE"]
        nfe_code = nfe_key(
            state_ibge=r.COMPANY_STATE_IBGE,
            year_month=f"{now:%y%m}",
            issuer=company["CNPJ"],
            series=int(series),
            number=number,
            code=f"{number * 7_919 % 10**8:08d}",
        )
        invoice = {"NUMNOTA": number, "SERIENOTA": series, "DATAEMISSAO": now.date()}
        carried = (
            "CODCLI", "CODEMPRESA", "CODCFOP", "CODFP", "CODTRANS", "CODVENDED", "CODUSER", "CODTIPOMOVIMENTO",
            "CODSETORESTOQUE", "VALORFRETE", "VALORDESCONTO", "VALORTOTALPRODUTOS", "VALORTOTALNOTA", "NUMPEDCLIENTE",
        )  # fmt: skip
        origin = {"NOMEENTIDADEORIGEM": "MOVENDA", "IDENTIDADEORIGEM": codmovenda}
        row = origin | invoice | copied(sale, carried)
        row |= {"CODDOCUMENTO": document, "NUMEROPEDIDO": str(sale["NUMPED"]), "DATAINCLUSAO": now}
        row |= {"CHAVEACESSONFELETRONICA": nfe_code, "MODELODOCUMENTO": "55", "FLAGCANCELADA": "N"}
        insert(cursor, "DOCUMENTO", row)
        answer = {
            "CODNFELETRONICA": nfe,
            "CHAVEACESSONFELETRONICA": nfe_code,
            "STATUSNFELETRONICA": "A",
            "CODIGORETORNONFELETRONICA": AUTHORISED,
            "DESCRICAORETORNONFELETRONICA": "Autorizado o uso da NF-e",
            "NUMEROPROTOCOLONFELETRONICA": f"{r.COMPANY_STATE_IBGE}{number:013d}",
            "DATAHORARECEBIMENTO": f"{now:%Y-%m-%dT%H:%M:%S}",
            "AMBIENTE": TEST_ENVIRONMENT,
            "XMLNFELETRONICARET": nfe_xml(nfe_code, f"{r.COMPANY_STATE_IBGE}{number:013d}"),
        }
        insert(cursor, "NFELETRONICA", origin | answer)
        change(
            cursor,
            "UPDATE MOVENDA SET NUMNOTA = ?, SERIENOTA = ?, DATAEMISSAO = ?, MODELONOTA = '55' WHERE CODMOVENDA = ?",
            *invoice.values(),
            codmovenda,
        )
        return nfe_code

    return desk.write(work)


def cancel_order(desk: Desk, codorc: str, reason: str) -> None:
    """Cancel an open order and free what it reserved. Raises Refused like `sell_order`."""

    def work(cursor: Cursor) -> None:
        order = _open_order(cursor, codorc)
        change(
            cursor,
            "UPDATE ORCAMENTO SET FLAGCANCELADO = 'Y', FLAGRESERVADO = 'N', MOTIVOCANCELAMENTO = ?, "
            "CODUSERCANCELAMENTO = ? WHERE CODORC = ?",
            reason,
            r.USER_OFFICE,
            codorc,
        )
        if order["FLAGRESERVADO"] == "Y":
            for line in fetch(cursor, _LINES, codorc):
                change(cursor, _RELEASE, line["OPEN_QUANTITY"], desk.now(), *_place(line))

    desk.write(work)


def edit_line(desk: Desk, codorc: str, codprod: str, quantity: Decimal) -> None:
    """Give the line of a product another quantity, and its reservation with it; 0 cancels the line.

    Raises Refused like `sell_order`.
    """

    def work(cursor: Cursor) -> None:
        order = _open_order(cursor, codorc)
        (line,) = (line for line in fetch(cursor, _LINES, codorc) if line["CODPROD"] == codprod)
        if quantity:
            sql = "UPDATE ORCAMENTOPROD SET QUANTIDADE = ? WHERE CODORCPROD = ?"
            change(cursor, sql, quantity, line["CODORCPROD"])
        else:
            sql = "UPDATE ORCAMENTOPROD SET FLAGITEMCANCELADO = 'Y' WHERE CODORCPROD = ?"
            change(cursor, sql, line["CODORCPROD"])
        if order["FLAGRESERVADO"] == "Y":
            change(cursor, _RELEASE, line["QUANTIDADE"] - quantity, desk.now(), *_place(line))

    desk.write(work)


def cancel_sale(desk: Desk, codmovenda: str, reason: str) -> None:
    """Cancel a sale with its document; its goods return to stock.

    Raises Refused: "sample-sale-unknown", "-cancelled".
    """

    def work(cursor: Cursor) -> None:
        _valid_sale(cursor, codmovenda)
        change(
            cursor,
            "UPDATE MOVENDA SET FLAGCANCELADA = 'Y', MOTIVOCANCELAMENTO = ?, CODUSERCANCELAMENTO = ? "
            "WHERE CODMOVENDA = ?",
            reason,
            r.USER_OFFICE,
            codmovenda,
        )
        change(
            cursor,
            "UPDATE DOCUMENTO SET FLAGCANCELADA = 'Y' WHERE NOMEENTIDADEORIGEM = 'MOVENDA' AND IDENTIDADEORIGEM = ?",
            codmovenda,
        )
        for line in fetch(cursor, _SOLD_LINES, codmovenda):
            change(cursor, _PUT_BACK, line["QUANTIDADE"], desk.now(), *_place(line))

    desk.write(work)


def _open_order(cursor: Cursor, codorc: str) -> Record:
    """The order, locked: whoever else works on it waits for our commit."""
    found = fetch(cursor, "SELECT * FROM ORCAMENTO WHERE CODORC = ? WITH LOCK", codorc)
    if not found:
        raise Refused("sample-order-unknown", codorc)
    if found[0]["FLAGCANCELADO"] == "Y":
        raise Refused("sample-order-cancelled", codorc)
    if found[0]["DATAFATURADO"] is not None:
        raise Refused("sample-order-invoiced", codorc)
    return found[0]


def _valid_sale(cursor: Cursor, codmovenda: str) -> Record:
    found = fetch(cursor, "SELECT * FROM MOVENDA WHERE CODMOVENDA = ? WITH LOCK", codmovenda)
    if not found:
        raise Refused("sample-sale-unknown", codmovenda)
    if found[0]["FLAGCANCELADA"] == "Y":
        raise Refused("sample-sale-cancelled", codmovenda)
    return found[0]


def _sale_row(order: Record, sale_key: str, number: int) -> Record:
    return copied(order, _CARRIED_BY_SALE) | {
        "CODMOVENDA": sale_key,
        "NUMPED": number,
        "ENTREGANUMEROLOGRADOURO": order["ENTREGANUMERO"],
        "ENTREGACOMPLEMENTOLOGRADOURO": order["ENTREGACOMPLEMENTO"],
        "CODTIPOMOVIMENTO": order["CODTIPOMOVIMENTO"] or r.SHOP_SALE,
        "VALORTOTALNOTA": order["VALORTOTALORCAMENTO"],
        "FLAGFORNCLI": "C",
        "FLAGVENDA": "Y",
        "FLAGCANCELADA": "N",
        "FLAGESTOQUELIBERADO": "Y",
        "PERCCOMISSAO": -1,
        "CODUSER": r.USER_OFFICE,
    }


def _part(lines: Sequence[Record], only: Mapping[str, Decimal | int]) -> list[Record]:
    """So much of these products, as far as the lines go."""
    left = {sku: Decimal(quantity) for sku, quantity in only.items()}
    part: list[Record] = []
    for line in lines:
        taken = min(line["OPEN_QUANTITY"], left.get(line["CODPROD"], Decimal(0)))
        if taken:
            left[line["CODPROD"]] -= taken
            part.append(line | {"OPEN_QUANTITY": taken, "VALORTOTAL": taken * line["VALORUNITARIO"]})
    return part


def _moment(desk: Desk) -> Record:
    now = desk.now()
    return {"DATA": now.date(), "HORA": now.time(), "DATALANCAMENTO": now.date(), "DATASAIDA": now.date()}


def _sale_line(cursor: Cursor, line: Record, sale_key: str, line_key: str) -> Record:
    sql = "SELECT ESTATU FROM PRODUTOESTOQUE WHERE CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ?"
    before = fetch(cursor, sql, *_place(line))
    return copied(line, _CARRIED_BY_LINE) | {
        "CODMOVPROD": line_key,
        "CODMOVENDA": sale_key,
        "QUANTIDADE": line["OPEN_QUANTITY"],
        "CODEMPRESAESTOQUE": line["COMPANY"],
        "CODSETORESTOQUE": line["SECTOR"],
        "ESTOQUEANTERIOR": before[0]["ESTATU"] if before else None,
    }


def _pay(cursor: Cursor, codorc: str, sale_key: str, total: Decimal, keys: list[str]) -> None:
    """The planned payments become the sale's; an order without any was paid in one, of the kind that nobody noted."""
    sql = "SELECT CODREC, VALOR, NUMPARCELAS FROM ORCAMENTOREC WHERE CODORC = ? ORDER BY CODORCAMENTOREC"
    planned = fetch(cursor, sql, codorc) or [{"CODREC": r.CASH, "VALOR": total, "NUMPARCELAS": 1}]
    for payment, key in zip(planned, keys, strict=True):
        insert(cursor, "MOVENDAREC", {"ID": key, "CODMOVENDA": sale_key, **payment})


def _hand_over(desk: Desk, cursor: Cursor, line: Record, reserved: bool) -> None:
    """Take the goods of a line from stock, and from what is reserved when they were; never more than is there."""
    quantity = line["OPEN_QUANTITY"]
    sql, amounts = (_HAND_OVER_RESERVED, [quantity] * 2) if reserved else (_HAND_OVER_FREE, [quantity])
    if change(cursor, sql, *amounts, desk.now(), *_place(line), *amounts) == 0:
        raise Refused("sample-goods-missing", line["CODPROD"], sku=line["CODPROD"])


def _place(line: Record) -> tuple[object, ...]:
    """The key of the stock row that a line draws on."""
    return line["CODPROD"], line["COMPANY"], line["SECTOR"]
