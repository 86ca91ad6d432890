"""What a scanner reads at the packing desk: the right order gets the right code, whatever was misread in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from connectors.sandbox.decider import tracking_code
from console.reading.orders import OrderRow
from console.reading.reader import open_readonly
from console.reading.shipments import NAMED, desk_orders, found_by
from console.safe_text import SafeText
from console.shipping import barcodes
from console.shipping.carriers import carriers
from console.shipping.desk import Desk, DeskOrder, Found, Step, scan
from console.shipping.texts import SAID
from engine.orders import Fulfilment, Payment
from engine.store import parcel_codes
from tests.console.builder import StoreFile

CODE, OTHER = "AA473124829BR", "AA000000080BR"
KEY, LETTERS = "35261011222333000181550010000001231000000129", "35260712ABC34501DE35550010000123451123456788"
KNOWN = carriers({"Azulzinha": "[0-9]{14}", "Verdinha": "V[0-9]{6}"})


@pytest.fixture
def desk(store: StoreFile) -> PackingDesk:
    for number in ("000000101", "000000102", "000000103"):
        store.order(number, payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    store.order("000000104", payment=Payment.PAID)
    store.db.execute("UPDATE sales_order SET nfe_key = ? WHERE number = '000000102'", [KEY])
    store.db.execute("UPDATE sales_order SET nfe_key = ? WHERE number = '000000103'", [LETTERS])
    store.db.execute("UPDATE sales_order SET erp_number = '000008' || id")
    return PackingDesk(store)


class PackingDesk:
    """A desk on a store, and what was closed there."""

    def __init__(self, store: StoreFile) -> None:
        self.store = store
        self.desk = Desk()
        self.closed: list[tuple[str, str, tuple[str, ...]]] = []

    def scan(self, *texts: str) -> Step:
        """Read these; answers what the last one led to."""
        return [self._read(text) for text in texts][-1]

    def _read(self, text: str) -> Step:
        read = barcodes.scanned(text)
        db = open_readonly(self.store.path)
        found = found_by(db, read)
        db.close()
        step = scan(self.desk, read, found, KNOWN)
        assert step.said in SAID
        self.desk = step.desk
        if step.closing is not None:
            self.closed.append((step.closing.order.row.number, step.closing.carrier, step.closing.codes))
        return step


def test_an_order_and_its_code_are_closed_and_the_next_one_follows(desk: PackingDesk) -> None:
    assert desk.scan("000000101").said == "scan-code"
    assert desk.scan(CODE.lower()).said == "closing"
    desk.scan(f"NFe{KEY}", OTHER)
    assert desk.closed == [("000000101", "correios", (CODE,)), ("000000102", "correios", (OTHER,))]


def test_an_order_is_found_by_either_number_its_reference_and_the_key_of_its_nfe(desk: PackingDesk) -> None:
    reference = desk.store.db.execute("SELECT reference FROM sales_order WHERE id = 2").fetchone()[0]
    for text in ("000000102", "102", "82", "0000082", reference, KEY, f"https://sefaz.example/qr?p={KEY}|2|1|A9"):
        desk.desk = Desk()
        assert desk.scan(text).params["number"] == "000000102", text
    assert desk.scan(LETTERS).params["number"] == "000000103"
    assert not barcodes.is_nfe_key(LETTERS.replace("ABC", "ABD"))


def test_no_search_reads_all_orders(desk: PackingDesk) -> None:
    plans = [
        desk.store.db.execute(f"EXPLAIN QUERY PLAN {NAMED}", {"text": "1", "padded": "1"}).fetchall(),
        desk.store.db.execute(f"EXPLAIN QUERY PLAN {parcel_codes.OURS}", ("1",)).fetchall(),
        desk.store.db.execute(f"EXPLAIN QUERY PLAN {parcel_codes.OTHERS}", ("1",)).fetchall(),
    ]
    for plan in plans:
        assert not [row["detail"] for row in plan if row["detail"].startswith(("SCAN sales_order", "SCAN o", "SCAN e"))]
        assert "USING" in "".join(row["detail"] for row in plan)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CODE[:10] + "7BR", "code-misread"),
        ("80010000", "is-postcode"),
        ("7891000315507", "is-product"),
        ("000000101", "same-order"),
    ],
)
def test_another_barcode_of_the_parcel_is_told_as_such_and_the_order_waits_on(
    desk: PackingDesk, text: str, said: str
) -> None:
    desk.scan("000000101")
    assert desk.scan(text).said == said
    assert desk.scan(CODE).said == "closing"


@pytest.mark.parametrize("text", [KEY[:43] + "8", "00000O1O2", "000000999", "x", ""])
def test_after_what_may_have_been_another_order_a_code_finds_none(desk: PackingDesk, text: str) -> None:
    desk.scan("000000101")
    assert desk.scan(text).tone == "bad"
    assert desk.scan(CODE).said == "order-first"
    assert not desk.closed


def test_who_skips_a_code_is_told_and_goes_on_with_the_next_order(desk: PackingDesk) -> None:
    desk.scan("000000101")
    step = desk.scan("000000102")
    assert (step.said, step.tone, step.params["left"]) == ("left-open", "warn", "000000101")
    desk.scan(CODE)
    assert desk.closed == [("000000102", "correios", (CODE,))]


def test_what_is_not_invoiced_is_refused_with_the_reason(desk: PackingDesk) -> None:
    step = desk.scan("000000104")
    assert step.said == "cannot-ship"
    assert step.params["reason"] == "it is not invoiced in C-Plus yet"
    assert desk.desk.order is None


def test_a_number_of_two_orders_is_no_order(desk: PackingDesk) -> None:
    desk.store.db.execute("UPDATE sales_order SET erp_number = '101' WHERE number = '000000102'")
    assert desk.scan("101").said == "several-orders"
    step = desk.scan("000000101")
    assert step.said == "several-orders"
    assert "000000102" in str(step.params["orders"])


def test_several_volumes_are_closed_with_the_last_code(desk: PackingDesk) -> None:
    desk.scan("000000101")
    desk.desk = Desk(order=desk.desk.order, volumes=2)
    assert desk.scan(CODE).said == "next-volume"
    assert desk.scan(CODE).said == "volume-again"
    assert desk.scan("V123456").said == "another-carrier"
    assert desk.scan(OTHER).said == "closing"
    assert desk.closed == [("000000101", "correios", (CODE, OTHER))]


def test_the_carrier_is_known_by_the_code_or_chosen(desk: PackingDesk) -> None:
    desk.scan("000000101", "V123456", "000000102", "95712345675", "000000103")
    assert desk.scan("JD 0042-77").said == "unreadable"
    desk.desk = Desk(carrier="carrier:Rápido")
    desk.scan("000000103")
    assert desk.scan("000000999").said == "unreadable"  # an order that is not there, not a code
    desk.scan("000000103", "JD 0042-77")
    desk.store.order("000000105", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    desk.desk = Desk(carrier="carrier:Verdinha")
    assert desk.scan("000000105", CODE).said == "not-of-carrier"
    desk.desk = Desk(carrier="carrier:Hub")
    desk.scan("000000105", CODE)
    assert desk.closed == [
        ("000000101", "carrier:Verdinha", ("V123456",)),
        ("000000102", "carrier:LATAM Cargo", ("95712345675",)),
        ("000000103", "carrier:Rápido", ("JD0042-77",)),
        ("000000105", "carrier:Hub", (CODE,)),
    ]


def test_a_code_of_another_order_is_refused_naming_it(desk: PackingDesk) -> None:
    desk.store.db.execute(
        "UPDATE sales_order SET tracking = ?, fulfilment = 'shipped' WHERE number = '000000103'", [CODE]
    )
    desk.scan("000000101")
    step = desk.scan(CODE)
    assert (step.said, step.params["number"]) == ("code-used", "000000103")
    assert desk.scan(OTHER).said == "closing"


# ----------------------------------------------------------------- a day of a bad scanner


def _orders(store: StoreFile, count: int) -> Sequence[DeskOrder]:
    first = store.order("000000100", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    db = open_readonly(store.path)
    (order,) = desk_orders(db, [first])
    db.close()
    return [_numbered(order, number) for number in range(count)]


def _numbered(order: DeskOrder, number: int) -> DeskOrder:
    row: OrderRow = replace(
        order.row, id=number, number=SafeText(f"1{number:08}"), erp_number=SafeText(f"7{number:05}")
    )
    return DeskOrder(row, f"LC{row.number}", "", order.postcode)


@pytest.mark.parametrize("seed", range(20))
def test_misread_and_double_scans_never_give_a_parcel_the_code_of_another(store: StoreFile, seed: int) -> None:
    chance = Random(seed)
    orders = _orders(store, 100)
    codes = [tracking_code(number) for number in range(100)]
    desk = Desk()
    closed: dict[int, str] = {}
    holders: dict[str, str] = {}
    for order, code in zip(orders, codes, strict=True):
        tries = 0
        while order.row.id not in closed and tries < 3:
            tries += 1
            for text in _as_scanned([str(order.row.number), code], chance):
                named = [one for one in orders if one.is_called(text)]
                step = scan(desk, text, Found(named, holders.get(text, "")), KNOWN)
                desk = step.desk
                if step.closing is not None:
                    (taken,) = step.closing.codes
                    closed[step.closing.order.row.id] = taken
                    holders[taken] = str(step.closing.order.row.number)
    assert len(closed) > 80
    assert all(code == codes[id] for id, code in closed.items())


def _as_scanned(texts: Sequence[str], chance: Random) -> list[str]:
    """Some are cut off, some have a wrong character, some come twice."""
    read = []
    for text in texts:
        kind = chance.random()
        if kind < 0.1:
            read.append(text[: chance.randrange(1, len(text))])
        elif kind < 0.2:
            place = chance.randrange(len(text))
            read.append(text[:place] + "?" + text[place + 1 :])
        elif kind < 0.35:
            read += [text, text]
        else:
            read.append(text)
    return read
