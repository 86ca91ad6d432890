"""Customers as the engine's tasks leave them in the store."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

from engine.erp_customer import DUPLICATES
from engine.model.goods import PriceTable
from engine.model.people import ErpCustomer, Person
from engine.publishing import PriceGroup
from engine.store import accounts, customers, price_groups, registrations
from engine.store.price_mirror import store_price_tables
from engine.store.registrations import Candidate
from tests.console.builder import StoreFile

RETAIL, WHOLESALE, STAFF = "000000001", "000000002", "000000003"
TABLES = (
    PriceTable(RETAIL, "VAREJO", active=True),
    PriceTable(WHOLESALE, "ATACADO", active=True),
    PriceTable(STAFF, "FUNCIONÁRIOS", active=True),
)


def people(store: StoreFile) -> dict[str, int]:
    """Ana pays retail, Bia is a blocked company, Caio's city is disputed, Joana stands twice, Zeca bought as a guest.

    Two of C-Plus shall be registered, of whom one has no e-mail. Answers our ids.
    """
    db = store.db
    store_price_tables(db, TABLES)
    price_groups.carry(db, "loja", WHOLESALE, PriceGroup("7", "Atacado"), "")
    ids = {
        "ana": known(db, ErpCustomer("00000001", person("Ana Beatriz Moura", "11144477735"), RETAIL)),
        "bia": known(
            db,
            ErpCustomer(
                "00000002", person("Bia Comércio Ltda", "11222333000181"), WHOLESALE, blocked=True,
                credit_limit=Decimal("350.50"), block_reason="CHEQUE DEVOLVIDO",
            ),
        ),
        "caio": known(db, ErpCustomer("00000003", person("Caio Nunes", "15350946056"), RETAIL)),
        "joana": known(db, ErpCustomer("00000004", person("Joana Prado", "52998224725"), RETAIL)),
        "zeca": customers.recognise_or_insert(db, person("Zeca Dias")),
    }  # fmt: skip
    for number, name in enumerate(("ana", "bia", "caio", "joana"), 1):
        group = "7" if name == "bia" else "1"
        customers.link(db, ids[name], "loja", str(number), group)
        customers.agree(db, "loja", str(number), {"phone": (f"5199999000{number}", f"51 99999-000{number}")})
    disputed(db, "3", city=("PELOTAS", "JAGUARÃO", "Bagé"), district=("CENTRO", "FRAGATA", "Areal"))
    params = {"id": ids["joana"], "document": "52998224725", "codes": "00000004, 00000005", "chosen": "00000004"}
    store.problem(DUPLICATES, customers.subject_of(ids["joana"]), params, accounts.ERP)
    to_register = [
        Candidate("00000010", "MERCADO DO BAIRRO", "compras@mercado.example"),
        Candidate("00000011", "PADARIA SOL", "", "no-email"),
    ]
    registrations.keep(db, "loja", to_register, store.now)
    return ids


def person(name: str, document: str = "") -> Person:
    """With an e-mail of his own."""
    first, _space, _rest = name.partition(" ")
    return Person(name, f"{first.lower()}@example.com", document=document)


def known(db: sqlite3.Connection, there: ErpCustomer) -> int:
    """Somebody whom C-Plus has."""
    id = customers.recognise_or_insert(db, there.person)
    customers.know_in_erp(db, id, there)
    return id


def disputed(db: sqlite3.Connection, external_id: str, **fields: tuple[str, str, str]) -> None:
    """What was agreed, C-Plus's and the shop's word of each field."""
    for field, (agreed, erp, channel) in fields.items():
        customers.agree(db, "loja", external_id, {field: (agreed, agreed)})
        customers.agree(db, "loja", external_id, {field: (erp, channel)}, conflict=True)
