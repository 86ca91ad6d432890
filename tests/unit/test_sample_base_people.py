"""The people of the sample base act as C-Plus would: sales, goods, invoices, and the edits of an office."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from firebird.driver import Cursor, DatabaseError

from connectors.cplus.base import firebird
from connectors.cplus.base.firebird import Database
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import copy_base, create_base, template
from connectors.sandbox.base.desk import Record, change, insert
from connectors.sandbox.base.documents import nfe_key
from connectors.sandbox.base.people import Receiver, Staff, Till
from engine.errors import Refused
from tests.firebird_server import FirebirdServer

SHIRT, OTHER_SHIRT, MUG = "000000001", "000000002", "000000008"
NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - the wall clock of the shop, as C-Plus stamps
STOCK = "SELECT * FROM PRODUTOESTOQUE WHERE CODPROD = ? AND CODSETORESTOQUE = ?"


class Noon:
    """A clock that stands still, at noon in the shop."""

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def base(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Database:
    return copy_base(template(tmp_path_factory.getbasetemp(), 1, 12, 5, clock=Noon()), tmp_path / "base.fdb")


@pytest.fixture
def staff(base: Database) -> Iterator[Staff]:
    with Staff(base, Noon()) as office:
        yield office


def set_stock(staff: Staff, codprod: str, on_hand: int, reserved: int = 0, sector: str = r.LOJA) -> None:
    sql = (
        "UPDATE PRODUTOESTOQUE SET ESTATU = ?, RESERVADOORCAMENTO = ?, RESERVADOOS = NULL "
        "WHERE CODPROD = ? AND CODSETORESTOQUE = ?"
    )
    staff.write(lambda cursor: change(cursor, sql, Decimal(on_hand), Decimal(reserved), codprod, sector))


def stock(staff: Staff, codprod: str, sector: str = r.LOJA) -> tuple[Any, Any]:
    (row,) = staff.read(STOCK, codprod, sector)
    return row["ESTATU"], row["RESERVADOORCAMENTO"] or Decimal(0)


def place_order(staff: Staff, *lines: tuple[str, int], reserve: bool = True, reference: str = "M1-100000042") -> str:
    """An order as a shop's connector leaves it: header, lines, and the reservation, in one transaction."""
    codorc, number = staff.take_key("ORCAMENTO", "CODORC"), staff.take_key("ORCAMENTO", "NUMEROORCAMENTO")
    total = Decimal(10) * sum(quantity for _, quantity in lines)

    def work(cursor: Cursor) -> None:
        header: Record = {
            "CODORC": codorc,
            "NUMEROORCAMENTO": number,
            "NUMPEDCLIENTE": reference,
            "DATA": NOW.date(),
            "CODCLI": "00000002",
            "NOMECLI": "CONCEIÇÃO DE ASSIS",
            "CODEMPRESA": r.COMPANY,
            "CODSETORESTOQUE": r.LOJA,
            "CODTIPOMOVIMENTO": r.SHOP_SALE,
            "ENTREGATELEFONE": reference,
            "ENTREGANUMERO": "1508",
            "VALORFRETE": Decimal("12.50"),
            "VALORTOTALPRODUTOS": total,
            "VALORTOTALORCAMENTO": total + Decimal("12.50"),
            "FLAGSTATUS": "O",
            "FLAGRESERVADO": "Y" if reserve else "N",
            "FLAGCANCELADO": "N",
        }
        insert(cursor, "ORCAMENTO", header)
        for codprod, quantity in lines:
            cursor.execute("SELECT NEXT VALUE FOR SEQ_CODORCPROD FROM RDB$DATABASE")
            line: Record = {
                "CODORCPROD": r.key(cursor.fetchone()[0]),
                "CODORC": codorc,
                "CODPROD": codprod,
                "CODEMPRESA": r.COMPANY,
                "QUANTIDADE": Decimal(quantity),
                "VALORUNITARIO": Decimal(10),
                "VALORTOTAL": Decimal(10) * quantity,
                "ALIQICMS": Decimal(0),
            }
            insert(cursor, "ORCAMENTOPROD", line)
            if reserve:
                sql = (
                    "UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = COALESCE(RESERVADOORCAMENTO, 0) + ? "
                    "WHERE CODPROD = ? AND CODSETORESTOQUE = ?"
                )
                assert change(cursor, sql, Decimal(quantity), codprod, r.LOJA) == 1

    staff.write(work)
    return codorc


def refusal(action: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refused:
        action()
    return refused.value


# --- at the counter ---------------------------------------------------------------------------------------------------


def test_a_sale_at_the_counter_lowers_the_stock_and_stands_in_the_books(base: Database, staff: Staff) -> None:
    set_stock(staff, MUG, 5)
    staff.set_price(MUG, r.VAREJO, Decimal("29.90"))
    with Till(base, Noon()) as till:
        sale = till.sell(MUG, 2)
    assert sale is not None
    assert sale.total == Decimal("59.80")
    (row,) = staff.read(STOCK, MUG, r.LOJA)
    assert (row["ESTATU"], row["LAST_CHANGE"]) == (3, NOW)
    (header,) = staff.read("SELECT * FROM MOVENDA WHERE CODMOVENDA = ?", sale.key)
    assert (header["NUMPED"], header["VALORTOTALNOTA"], header["FLAGVENDA"]) == (sale.number, sale.total, "Y")
    (line,) = staff.read("SELECT * FROM MOVENDAPROD WHERE CODMOVENDA = ?", sale.key)
    assert (line["CODPROD"], line["QUANTIDADE"], line["ESTOQUEANTERIOR"]) == (MUG, 2, 5)
    (payment,) = staff.read("SELECT * FROM MOVENDAREC WHERE CODMOVENDA = ?", sale.key)
    assert (payment["CODREC"], payment["VALOR"]) == (r.CASH, sale.total)


def test_a_well_behaved_till_leaves_reserved_goods_alone_and_another_takes_them(base: Database, staff: Staff) -> None:
    set_stock(staff, MUG, 3, reserved=2)
    with Till(base, Noon()) as good, Till(base, Noon(), heeds_reservations=False) as other:
        assert good.sell(MUG, 2) is None
        assert good.sell(MUG, 1) is not None
        assert good.sell(MUG, 1) is None
        assert other.sell(MUG, 1) is not None
        assert stock(staff, MUG) == (1, 2), "less there than promised: the order behind it is short"
        assert other.sell(MUG, 2) is None, "what is not there nobody can sell"
    assert stock(staff, MUG) == (1, 2)


def test_a_refused_sale_leaves_nothing_in_the_books(base: Database, staff: Staff) -> None:
    set_stock(staff, MUG, 0)
    with Till(base, Noon()) as till:
        assert till.sell(MUG) is None
    for table in ("MOVENDA", "MOVENDAPROD", "MOVENDAREC"):
        assert staff.read(f"SELECT COUNT(*) AS ROWS_THERE FROM {table}") == [{"ROWS_THERE": 0}]


@pytest.mark.parametrize(
    "forbid",
    [
        lambda staff: staff.edit_product(MUG, FLAGINATIVO="Y"),
        lambda staff: staff.edit_product(MUG, FLAGNAOVENDER="Y"),
        lambda staff: staff.set_price(MUG, r.VAREJO, None),
        lambda staff: staff.set_price(MUG, r.VAREJO, Decimal(0)),
    ],
    ids=["inactive", "not for sale", "no price", "price of zero"],
)
def test_a_till_does_not_sell_what_is_not_for_sale(
    base: Database, staff: Staff, forbid: Callable[[Staff], None]
) -> None:
    set_stock(staff, MUG, 5)
    forbid(staff)
    with Till(base, Noon()) as till:
        assert till.sell(MUG) is None


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """What the jobs returned or raised, each run by a person of its own, all at the same time."""
    start = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(place: int, job: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[place] = job()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place, job)) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_three_tills_at_once_sell_the_last_pieces_once_each_and_never_below_zero(base: Database, staff: Staff) -> None:
    set_stock(staff, MUG, 7, reserved=2)

    def shift() -> list[int]:
        with Till(base, Noon()) as till:
            return [sale.number for sale in (till.sell(MUG) for _ in range(4)) if sale is not None]

    shifts = at_once(shift, shift, shift)

    numbers = [number for sold in shifts for number in sold]
    assert len(numbers) == len(set(numbers)) == 5
    assert stock(staff, MUG) == (2, 2)


def test_a_till_waits_for_a_row_that_another_holds_and_then_sells(base: Database, staff: Staff) -> None:
    set_stock(staff, MUG, 5)
    with firebird.connect(base) as other, Till(base, Noon()) as till:
        other.begin(firebird.writing())
        other.execute_immediate(f"UPDATE PRODUTOESTOQUE SET ESTATU = 4 WHERE CODPROD = '{MUG}'")
        committing = threading.Timer(0.3, other.commit)
        committing.start()
        assert till.sell(MUG, 3) is not None
        committing.join()
    assert stock(staff, MUG)[0] == 1


# --- goods that arrive ------------------------------------------------------------------------------------------------


def test_goods_that_arrive_raise_the_stock_and_may_bring_new_prices(base: Database, staff: Staff) -> None:
    set_stock(staff, MUG, 1, reserved=1)
    with Receiver(base, Noon()) as receiver:
        receiver.receive(MUG, Decimal("2.5"), {r.VAREJO: Decimal("31.90"), r.ATACADO: Decimal("25.50")})
        receiver.receive(MUG, 4, sector=r.DEPOSITO)
    (row,) = staff.read(STOCK, MUG, r.LOJA)
    assert (row["ESTATU"], row["RESERVADOORCAMENTO"], row["LAST_CHANGE"]) == (Decimal("3.5"), 1, NOW)
    prices = staff.read("SELECT CODPRECO, PRECO, DATAREAJUSTE FROM PRODUTOPRECO WHERE CODPROD = ? ORDER BY 1", MUG)
    assert [(p["CODPRECO"], p["PRECO"]) for p in prices[:2]] == [
        (r.VAREJO, Decimal("31.90")),
        (r.ATACADO, Decimal("25.50")),
    ]
    assert prices[0]["DATAREAJUSTE"] == NOW.date() != prices[2]["DATAREAJUSTE"]
    assert staff.read("SELECT LAST_CHANGE FROM PRODUTO WHERE CODPROD = ?", MUG) == [{"LAST_CHANGE": NOW}]


def test_goods_that_were_never_stocked_get_their_row(base: Database, staff: Staff) -> None:
    staff.write(lambda cursor: change(cursor, "DELETE FROM PRODUTOESTOQUE WHERE CODPROD = ?", MUG))
    with Receiver(base, Noon()) as receiver:
        receiver.receive(MUG, 6)
    assert stock(staff, MUG) == (6, 0)


# --- orders into sales ------------------------------------------------------------------------------------------------


def test_invoicing_a_reserved_order_takes_the_goods_and_ends_the_reservation(staff: Staff) -> None:
    set_stock(staff, SHIRT, 5, reserved=1)
    set_stock(staff, MUG, 2)
    codorc = place_order(staff, (MUG, 2), (SHIRT, 1))
    assert stock(staff, SHIRT) == (5, 2)

    sale = staff.invoice(codorc)

    assert stock(staff, SHIRT) == (4, 1), "what others reserved stays reserved"
    assert stock(staff, MUG) == (0, 0)
    (order,) = staff.read("SELECT DATAFATURADO, FLAGRESERVADO FROM ORCAMENTO WHERE CODORC = ?", codorc)
    assert order == {"DATAFATURADO": NOW, "FLAGRESERVADO": "N"}
    links = staff.read(
        "SELECT L.CODPROD, L.QUANTIDADETOTALFATURADA, V.QUANTIDADEVENDA, M.QUANTIDADE, M.CODMOVENDA "
        "FROM ORCAMENTOPROD L "
        "JOIN ORCAMENTOVENDA V ON V.CODORCPROD = L.CODORCPROD JOIN MOVENDAPROD M ON M.CODMOVPROD = V.CODMOVPROD "
        "WHERE L.CODORC = ? ORDER BY L.CODPROD",
        codorc,
    )
    assert [tuple(link.values()) for link in links] == [(SHIRT, 1, 1, 1, sale.key), (MUG, 2, 2, 2, sale.key)]
    (header,) = staff.read("SELECT * FROM MOVENDA WHERE CODMOVENDA = ?", sale.key)
    assert header["ENTREGATELEFONE"] == header["NUMPEDCLIENTE"] == "M1-100000042"
    assert (header["ENTREGANUMEROLOGRADOURO"], header["VALORTOTALNOTA"]) == ("1508", Decimal("42.50"))
    assert header["NOMECLI"] == "CONCEIÇÃO DE ASSIS"


def test_the_nfe_of_a_sale_has_a_valid_key_and_is_authorised(staff: Staff) -> None:
    set_stock(staff, SHIRT, 5)
    sale = staff.invoice(place_order(staff, (SHIRT, 1)))
    (document,) = staff.read("SELECT * FROM DOCUMENTO WHERE NUMEROPEDIDO = ?", str(sale.number))
    key = document["CHAVEACESSONFELETRONICA"]
    assert len(key) == 44
    assert key == nfe_key(
        state_ibge="43", year_month="2611", issuer=r.COMPANY_CNPJ, series=1, number=1001, code=key[35:43]
    )
    assert (document["NUMNOTA"], document["SERIENOTA"], document["DATAEMISSAO"]) == (1001, "1", NOW.date())
    (answer,) = staff.read("SELECT * FROM NFELETRONICA WHERE IDENTIDADEORIGEM = ?", sale.key)
    assert (answer["CHAVEACESSONFELETRONICA"], answer["CODIGORETORNONFELETRONICA"]) == (key, "100")
    assert answer["AMBIENTE"] == "2", "nothing here may pass for a fiscal document"
    second = staff.invoice(place_order(staff, (SHIRT, 1)), nfe=False)
    assert staff.issue_nfe(second.key)[25:34] == "000001002"
    assert refusal(lambda: staff.issue_nfe(second.key)).code == "sample-sale-has-nfe"


def test_without_an_nfe_the_sale_stands_and_no_document(staff: Staff) -> None:
    set_stock(staff, SHIRT, 5)
    sale = staff.invoice(place_order(staff, (SHIRT, 1)), nfe=False)
    (header,) = staff.read("SELECT NUMNOTA FROM MOVENDA WHERE CODMOVENDA = ?", sale.key)
    assert header["NUMNOTA"] is None
    assert staff.read("SELECT CODDOCUMENTO FROM DOCUMENTO") == []


def test_a_short_order_is_not_invoiced_with_goods_promised_to_others(staff: Staff) -> None:
    set_stock(staff, SHIRT, 5)
    set_stock(staff, MUG, 3, reserved=2)
    codorc = place_order(staff, (SHIRT, 1), (MUG, 2), reserve=False)

    refused = refusal(lambda: staff.invoice(codorc))

    assert (refused.code, refused.params) == ("sample-goods-missing", {"sku": MUG})
    assert stock(staff, SHIRT) == (5, 0), "all of it or nothing"
    assert staff.read("SELECT CODMOVENDA FROM MOVENDA") == []
    assert [order.key for order in staff.open_orders()] == [codorc]

    set_stock(staff, MUG, 4, reserved=2)
    staff.invoice(codorc)
    assert stock(staff, MUG) == (2, 2)


def test_an_order_is_invoiced_once_however_many_try(base: Database, staff: Staff) -> None:
    set_stock(staff, SHIRT, 5)
    codorc = place_order(staff, (SHIRT, 2))

    def invoice() -> object:
        with Staff(base, Noon()) as office:
            return office.invoice(codorc)

    results = at_once(invoice, invoice, invoice)

    refused = [result for result in results if isinstance(result, Refused)]
    assert [error.code for error in refused] == ["sample-order-invoiced"] * 2
    assert stock(staff, SHIRT) == (3, 0)
    assert len(staff.read("SELECT CODMOVENDA FROM MOVENDA")) == 1


def test_a_cancelled_or_unknown_order_is_not_invoiced(staff: Staff) -> None:
    set_stock(staff, SHIRT, 5)
    codorc = place_order(staff, (SHIRT, 2))
    staff.cancel_order(codorc, "CLIENTE DESISTIU")
    assert stock(staff, SHIRT) == (5, 0), "what it reserved is free again"
    assert refusal(lambda: staff.invoice(codorc)).code == "sample-order-cancelled"
    assert refusal(lambda: staff.cancel_order(codorc, "DE NOVO")).code == "sample-order-cancelled"
    assert stock(staff, SHIRT) == (5, 0)
    assert refusal(lambda: staff.invoice("000099999")).code == "sample-order-unknown"


def test_a_cancelled_sale_returns_its_goods_once(staff: Staff) -> None:
    set_stock(staff, SHIRT, 5)
    sale = staff.invoice(place_order(staff, (SHIRT, 2)))
    staff.cancel_sale(sale.key, "ENDEREÇO INEXISTENTE")
    assert stock(staff, SHIRT) == (5, 0)
    assert staff.read("SELECT FLAGCANCELADA FROM DOCUMENTO") == [{"FLAGCANCELADA": "Y"}]
    assert refusal(lambda: staff.cancel_sale(sale.key, "DE NOVO")).code == "sample-sale-cancelled"
    assert stock(staff, SHIRT) == (5, 0)


def test_open_orders_are_those_that_wait(staff: Staff) -> None:
    set_stock(staff, SHIRT, 9)
    waiting, short, done, gone = (
        place_order(staff, (SHIRT, 1), reserve=reserve, reference=f"M1-{n}")
        for n, reserve in enumerate((True, False, True, True))
    )
    staff.invoice(done)
    staff.cancel_order(gone, "DESISTIU")
    orders = staff.open_orders()
    assert [(order.key, order.reference, order.reserved) for order in orders] == [
        (waiting, "M1-0", True),
        (short, "M1-1", False),
    ]
    assert (orders[0].total, orders[0].day) == (Decimal("22.50"), NOW.date())


# --- the office -------------------------------------------------------------------------------------------------------


def test_flagging_online_adds_one_row_and_unflagging_removes_it(staff: Staff) -> None:
    flagged = "SELECT CODPRODUTOCARACTERISTICA FROM PRODUTOCARACTERISTICA WHERE CODPROD = ?"
    before = staff.read("SELECT LAST_CHANGE FROM PRODUTO WHERE CODPROD = ?", MUG)
    staff.flag_online(MUG, False)
    assert staff.read(flagged, MUG) == []
    staff.flag_online(MUG, False)
    staff.flag_online(MUG, True)
    staff.flag_online(MUG, True)
    assert len(staff.read(flagged, MUG)) == 1
    assert staff.read("SELECT LAST_CHANGE FROM PRODUTO WHERE CODPROD = ?", MUG) == before, "a tag leaves no stamp"


def test_a_price_can_be_set_taken_away_and_set_again(staff: Staff) -> None:
    price = "SELECT PRECO, MARGEM FROM PRODUTOPRECO WHERE CODPROD = ? AND CODPRECO = ?"
    staff.edit_product(MUG, CUSTOMEDIO=Decimal(10))
    staff.set_price(MUG, r.REVENDA, Decimal("18.80"))
    assert staff.read(price, MUG, r.REVENDA) == [{"PRECO": Decimal("18.80"), "MARGEM": Decimal(88)}]
    staff.set_price(MUG, r.REVENDA, None)
    assert staff.read(price, MUG, r.REVENDA) == []
    staff.set_price(MUG, r.REVENDA, Decimal("19.90"))
    assert staff.read(price, MUG, r.REVENDA)[0]["PRECO"] == Decimal("19.90")


def test_names_and_customers_can_be_edited_and_carry_a_new_stamp(staff: Staff) -> None:
    staff.rename(MUG, "CANECA SÃO JOÃO", "Caneca São João – 300 ml")
    (product,) = staff.read("SELECT NOMEPROD, NOMEPRODWEB, LAST_CHANGE FROM PRODUTO WHERE CODPROD = ?", MUG)
    assert tuple(product.values()) == ("CANECA SÃO JOÃO", "Caneca São João – 300 ml", NOW)
    staff.edit_customer("00000002", ENDERECO="RUA DA PRAIA", CODPRECO=r.ATACADO)
    (customer,) = staff.read("SELECT ENDERECO, CODPRECO, LAST_CHANGE FROM CLIENTE WHERE CODCLI = '00000002'")
    assert tuple(customer.values()) == ("RUA DA PRAIA", r.ATACADO, NOW)
    assert refusal(lambda: staff.edit_customer("00000002", APELIDO="ZÉ")).code == "sample-column-unknown"
    assert refusal(lambda: staff.edit_customer("00009999", ENDERECO="-")).code == "sample-row-unknown"


def test_photos_are_replaced_with_the_first_as_the_main_one(staff: Staff) -> None:
    staff.replace_photos(MUG, b"\xff\xd8one", b"\xff\xd8two")
    rows = staff.read("SELECT FLAGPRINCIPAL, FOTO FROM PRODUTOFOTO WHERE CODPROD = ? ORDER BY CODPRODFOTO", MUG)
    assert [tuple(row.values()) for row in rows] == [("Y", b"\xff\xd8one"), ("N", b"\xff\xd8two")]


# --- a server ---------------------------------------------------------------------------------------------------------


def test_people_work_on_when_the_server_is_back(firebird_server: FirebirdServer) -> None:
    server = firebird_server
    database = Database(server.create_path("people.fdb"), server.host, server.port, password=server.password)
    create_base(database, 1, products=12, customers=5, clock=Noon(), with_photos=False)
    with Staff(database, Noon()) as staff, Till(database, Noon()) as till:
        set_stock(staff, MUG, 5)
        assert till.sell(MUG) is not None
        server.kill()
        with pytest.raises(DatabaseError) as lost:
            till.sell(MUG)
        assert firebird.classify(lost.value).kind is firebird.Kind.CONNECTION_LOST
        with pytest.raises(DatabaseError):
            staff.open_orders()
        server.restart()
        codorc = place_order(staff, (MUG, 1))
        assert till.sell(MUG, 2) is not None
        staff.invoice(codorc)
        assert stock(staff, MUG) == (1, 0)
