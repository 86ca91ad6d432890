"""Two rows of ours that the ERP shows as one customer: the same person, or somebody who was given a lost one's key."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.people import ErpCustomer, Person
from engine.store import customers
from engine.store.database import migrate

ANA = Person(name="Ana Souza", document="52998224725", email="ana@loja.com.br")
BIA = Person(name="Bia Lima", document="11144477735", email="bia@loja.com.br")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "store.db")
    yield connection
    connection.close()


def test_who_gets_the_key_of_a_customer_that_a_restore_has_lost_is_not_taken_for_him(db: sqlite3.Connection) -> None:
    ana, bia = customers.recognise_or_insert(db, ANA), customers.recognise_or_insert(db, BIA)
    customers.know_in_erp(db, ana, ErpCustomer("000000041", ANA))
    customers.know_in_erp(db, bia, ErpCustomer("000000041", BIA))
    found = {row["name"]: row["erp_code"] for row in db.execute("SELECT name, erp_code FROM customer")}
    assert found == {"Ana Souza": None, "Bia Lima": "000000041"}


def test_a_guest_who_turns_out_to_be_a_known_customer_is_joined_with_him(db: sqlite3.Connection) -> None:
    guest = customers.recognise_or_insert(db, Person(name="Ana S.", email="outra@loja.com.br"))
    ana = customers.recognise_or_insert(db, ANA)
    customers.know_in_erp(db, ana, ErpCustomer("000000041", ANA))
    customers.know_in_erp(db, guest, ErpCustomer("000000041", ANA))
    assert [row["id"] for row in db.execute("SELECT id FROM customer")] == [guest]
