"""What the customers' screen reads: the right people in each pile, in little time however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec
import pytest

from console.reading import customer_card, customer_list
from console.reading.customer_list import ALL, CONFLICTS, DUPLICATED, LISTED_MAX, PILES, UNLINKED, WAITING
from console.reading.reader import open_readonly
from engine.model.people import ErpCustomer, Person
from engine.store import customers
from tests.console.builder import ACCOUNT, StoreFile
from tests.console.people import WHOLESALE, people

ACCOUNTS = [ACCOUNT]


@pytest.fixture
def ids(store: StoreFile) -> dict[str, int]:
    return people(store)


@pytest.fixture
def reader(store: StoreFile, ids: dict[str, int]) -> Iterator[sqlite3.Connection]:
    db = open_readonly(store.path)
    yield db
    db.close()


def test_each_pile_has_its_customers_and_counts_them(reader: sqlite3.Connection, ids: dict[str, int]) -> None:
    found = {pile: customer_list.keys(reader, ACCOUNTS, pile) for pile in PILES}
    assert found == {
        ALL: [ids[name] for name in ("ana", "bia", "caio", "joana", "zeca")],
        CONFLICTS: [ids["caio"]],
        DUPLICATED: [ids["joana"]],
        WAITING: [("loja", "00000010"), ("loja", "00000011")],
        UNLINKED: [ids["zeca"]],
    }
    assert customer_list.counts(reader, ACCOUNTS) == {pile: len(keys) for pile, keys in found.items()}


def test_who_asks_in_the_shop_to_be_a_reseller_waits_until_he_has_another_table(
    store: StoreFile, reader: sqlite3.Connection, ids: dict[str, int]
) -> None:
    shop = msgspec.structs.replace(ACCOUNT, applicants_group="4")
    customers.link(store.db, ids["ana"], "loja", "1", "4")
    assert customer_list.keys(reader, [shop], WAITING)[2:] == [ids["ana"]]
    (row,) = customer_list.rows(reader, [shop], [ids["ana"]]).values()
    assert row.applies_in == "loja"
    customers.know_in_erp(store.db, ids["ana"], ErpCustomer("00000001", Person("ANA"), WHOLESALE))
    assert customer_list.keys(reader, [shop], WAITING)[2:] == []


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("joana", ["joana"]), ("529.982.247-25", ["joana"]), ("11222333000181", ["bia"]), ("00000003", ["caio"]),
        ("zeca@example.com", ["zeca"]), ("ninguém", []), ('"', []),
    ],
)  # fmt: skip
def test_a_customer_is_found_by_what_people_know_of_him(
    reader: sqlite3.Connection, ids: dict[str, int], typed: str, names: list[str]
) -> None:
    assert customer_list.keys(reader, ACCOUNTS, ALL, typed) == [ids[name] for name in names]


def test_those_to_be_registered_are_found_by_name_and_key(reader: sqlite3.Connection) -> None:
    assert customer_list.keys(reader, ACCOUNTS, WAITING, "mercado") == [("loja", "00000010")]
    assert customer_list.keys(reader, ACCOUNTS, WAITING, "11") == [("loja", "00000011")]


def test_a_row_says_what_he_pays_and_what_waits(reader: sqlite3.Connection, ids: dict[str, int]) -> None:
    rows = customer_list.rows(reader, ACCOUNTS, [ids["bia"], ids["caio"], ids["joana"], ("loja", "00000011")])
    bia, caio, joana, bakery = rows.values()
    assert (bia.table_name, bia.blocked, bia.credit_cents, bia.linked) == ("ATACADO", True, 35050, True)
    assert (caio.conflicts, joana.several) == (2, "customer-duplicates")
    assert (bakery.id, bakery.standing, bakery.reason) == (None, "unfit", "no-email")


def test_what_was_settled_waits_no_more(store: StoreFile, reader: sqlite3.Connection, ids: dict[str, int]) -> None:
    for field in ("city", "district"):
        customers.decide(store.db, "loja", "3", field, "erp")
    assert customer_list.keys(reader, ACCOUNTS, CONFLICTS) == []
    assert customer_card.disputed(reader, [ids["caio"]]) == []


def test_the_card_has_the_phone_his_accounts_and_both_words(reader: sqlite3.Connection, ids: dict[str, int]) -> None:
    card = customer_card.customer_card(reader, ids["caio"])
    assert card.phone == "51999990003"
    assert [(shop.account, shop.external_id, shop.group) for shop in card.shops] == [("loja", "3", "1")]
    assert [(one.field, one.agreed, one.erp, one.channel) for one in card.disputed] == [
        ("city", "PELOTAS", "JAGUARÃO", "Bagé"),
        ("district", "CENTRO", "FRAGATA", "Areal"),
    ]
    assert customer_card.customer_card(reader, ids["bia"]).shops[0].group == "Atacado"


def test_the_phone_of_who_only_bought_is_his_last_orders(
    store: StoreFile, reader: sqlite3.Connection, ids: dict[str, int]
) -> None:
    id = store.order("000000100")
    store.db.execute("UPDATE sales_order SET customer_id = ? WHERE id = ?", [ids["zeca"], id])
    card = customer_card.customer_card(reader, ids["zeca"])
    assert card.phone == "41999990000"
    assert ([order.number for order in card.orders], card.orders_in_all) == (["000000100"], 1)


@pytest.mark.parametrize("pile", PILES)
@pytest.mark.parametrize("text", ["", "silva"])
def test_no_pile_goes_through_all_customers_or_their_fields(
    store: StoreFile, reader: sqlite3.Connection, pile: str, text: str
) -> None:
    plan: list[str] = []

    def explained(statement: str) -> None:
        if "FROM customer c" in statement:
            told = store.db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            plan.extend(row["detail"] for row in told)

    reader.set_trace_callback(explained)
    customer_list.keys(reader, ACCOUNTS, pile, text)
    assert plan
    scans = [step for step in plan if step.startswith("SCAN") and "INDEX" not in step]
    large = ("c", "l", "f", "customer", "customer_link", "customer_field")
    assert not [step for step in scans if step.split()[1] in large], plan
    if pile in (ALL, UNLINKED) and not text:
        assert not [step for step in plan if "TEMP B-TREE" in step], plan


def test_of_very_many_the_first_are_listed_and_no_more_are_counted(
    store: StoreFile, reader: sqlite3.Connection
) -> None:
    many = LISTED_MAX + 50
    store.db.execute("BEGIN")
    rows = ((f"{n}@example.com", f"Cliente {n:06}") for n in range(many))
    store.db.executemany("INSERT INTO customer (email, name) VALUES (?, ?)", rows)
    store.db.execute("COMMIT")
    assert len(customer_list.keys(reader, ACCOUNTS, ALL)) == LISTED_MAX
    assert customer_list.counts(reader, ACCOUNTS)[ALL] == LISTED_MAX + 1


def test_two_who_turn_out_to_be_one_have_the_accounts_of_both(
    store: StoreFile, reader: sqlite3.Connection, ids: dict[str, int]
) -> None:
    customers.know_in_erp(store.db, ids["zeca"], ErpCustomer("00000001", Person("ANA", document="11144477735")))
    assert customer_list.keys(reader, ACCOUNTS, UNLINKED) == []
    assert ids["ana"] not in customer_list.keys(reader, ACCOUNTS, ALL)
