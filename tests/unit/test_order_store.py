"""What a cycle asks of orders goes through those that are open, and not through all that a store ever had."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.model.people import ErpCustomer, Person
from engine.store import accounts, customers, effects, erp_lines, orders, problems
from engine.store.database import migrate

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

QUESTIONS: dict[str, Callable[[sqlite3.Connection], object]] = {
    "the next effect": lambda db: effects.next_one(db, "loja", set(), NOW),
    "when the next effect is due": lambda db: effects.next_due(db, "loja", NOW),
    "how many effects wait": lambda db: effects.backlog(db, "loja", NOW),
    "what the ERP is asked of": orders.open_erp_keys,
    "what is looked back at": lambda db: erp_lines.closed_erp_keys(db, NOW),
    "what arriving goods serve": orders.short_orders,
    "who knows a customer": lambda db: customers.accounts_of(db, 1),
    "two who are one": lambda db: customers.know_in_erp(db, 1, ErpCustomer("C1", Person(name="A"))),
}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "store.db")
    accounts.ensure(connection, "loja", "magento", "Loja")
    for code in (None, "C1"):
        connection.execute("INSERT INTO customer (email, name, erp_code) VALUES ('', 'A', ?)", (code,))
    yield connection
    connection.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_of_a_cycle_goes_through_all_orders(db: sqlite3.Connection, question: str) -> None:
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    QUESTIONS[question](db)
    db.set_trace_callback(None)
    asked = [sql for sql in statements if "sales_order" in sql and not sql.startswith("--")]
    assert asked
    few = ("sales_order_open_in_erp", "sales_order_short", "json_each")  # partial indexes, and what was seen in a run
    for sql in asked:
        plan = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
        whole = [step for step in plan if step.startswith("SCAN") and not any(index in step for index in few)]
        whole += [step for step in plan if step.endswith(("(account=?)", "(queue=?)"))]
        assert whole == [], plan


def test_a_notice_about_one_who_turned_out_to_be_another_goes_with_him(db: sqlite3.Connection) -> None:
    problems.raise_problem(db, accounts.ERP, "customer-email-shared", customers.subject_of(2), {}, "", "notice", NOW)
    customers.know_in_erp(db, 1, ErpCustomer("C1", Person(name="A")))
    assert db.execute("SELECT * FROM problem").fetchall() == []
