"""A tracking code stands on one parcel only, and several volumes leave together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.orders import Fulfilment, Payment
from engine.runtime.commands import OPERATOR, Ask, Outcome, Verb
from engine.verbs.orders import order_verbs
from tests.console.builder import NOW, PLAIN, StoreFile

CODE, OTHER = "AA473124829BR", "AA000000080BR"
VERBS = {verb.name: verb for verb in order_verbs(lambda: 60, lambda _: PLAIN)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreFile]:
    file = StoreFile(tmp_path / "integra.db")
    yield file
    file.close()


def ask(store: StoreFile, verb: str, order: int, **args: Any) -> Outcome:
    known = VERBS[verb]
    assert isinstance(known, Verb)
    return known.apply(store.db, Ask("c", verb, {"order": order, **args}, "ana", OPERATOR, None, NOW))


def close(store: StoreFile, order: int, code: str, *further: str, carrier: str = "correios") -> Outcome:
    return ask(store, "close_shipment", order, carrier=carrier, tracking=code, further=list(further))


def invoiced(store: StoreFile, number: str) -> int:
    return store.order(number, payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)


def test_a_code_that_stands_on_another_order_is_refused_naming_it(store: StoreFile) -> None:
    first, second = invoiced(store, "000000101"), invoiced(store, "000000102")
    assert close(store, first, CODE).error is None
    assert close(store, second, " aa 473.124-829 br").error == ("code-used", {"tracking": CODE, "other": "000000101"})
    assert close(store, second, OTHER).error is None


def test_two_orders_in_one_box_share_its_code_where_a_person_says_so_and_that_is_in_the_history(
    store: StoreFile,
) -> None:
    first, second = invoiced(store, "000000101"), invoiced(store, "000000102")
    assert close(store, first, CODE).error is None
    args = {"carrier": "correios", "tracking": CODE, "further": [OTHER], "shared": True}
    assert ask(store, "close_shipment", second, **args).error is None
    (told,) = store.db.execute("SELECT order_id, who, params FROM order_event WHERE what = 'code-shared'").fetchall()
    assert (told["order_id"], told["who"]) == (second, "ana")
    assert json.loads(told["params"]) == {"tracking": CODE, "other": "000000101"}
    third = invoiced(store, "000000103")
    assert close(store, third, OTHER).error == ("code-used", {"tracking": OTHER, "other": "000000102"})


def test_the_second_volume_counts_as_well(store: StoreFile) -> None:
    first, second = invoiced(store, "000000101"), invoiced(store, "000000102")
    assert close(store, first, OTHER, CODE).error is None
    assert close(store, second, CODE).error == ("code-used", {"tracking": CODE, "other": "000000101"})


def test_a_decision_that_is_taken_back_frees_its_code(store: StoreFile) -> None:
    first, second = invoiced(store, "000000101"), invoiced(store, "000000102")
    close(store, first, CODE)
    assert ask(store, "withdraw", first).error is None
    assert close(store, second, CODE).error is None
    assert close(store, first, CODE).error == ("code-used", {"tracking": CODE, "other": "000000102"})
    assert close(store, first, OTHER).error is None


def test_an_order_shares_no_code_with_itself(store: StoreFile) -> None:
    order = invoiced(store, "000000101")
    args = {"carrier": "correios", "tracking": CODE, "shared": True}
    ask(store, "close_shipment", order, **args)
    ask(store, "withdraw", order)
    assert ask(store, "close_shipment", order, **args).error is None
    assert store.db.execute("SELECT count(*) FROM order_event WHERE what = 'code-shared'").fetchone()[0] == 0


def test_a_code_that_was_given_in_the_shops_own_admin_is_taken_too(store: StoreFile) -> None:
    theirs, ours = store.order("000000101", fulfilment=Fulfilment.SHIPPED), invoiced(store, "000000102")
    store.db.execute("UPDATE sales_order SET tracking = ? WHERE id = ?", [CODE, theirs])
    assert close(store, ours, CODE).error == ("code-used", {"tracking": CODE, "other": "000000101"})


def test_several_volumes_leave_with_all_their_codes_and_each_once(store: StoreFile) -> None:
    order = invoiced(store, "000000101")
    assert close(store, order, CODE, OTHER, CODE, "").error is None
    args = json.loads(store.db.execute("SELECT args FROM effect WHERE kind = 'ship'").fetchone()[0])
    assert (args["tracking"], args["further"]) == (CODE, [OTHER])
    assert store.db.execute("SELECT tracking FROM sales_order").fetchone()[0] == f"{CODE} {OTHER}"


def test_who_picked_it_up_is_in_the_orders_history(store: StoreFile) -> None:
    order = invoiced(store, "000000101")
    args = {"carrier": "pickup", "taken_by": " Ana  Moura ", "document": "52998224725"}
    assert ask(store, "close_shipment", order, **args).error is None
    found = store.db.execute("SELECT who, params FROM order_event WHERE what = 'handed-over'").fetchone()
    assert found["who"] == "ana"
    assert json.loads(found["params"]) == {"name": "Ana Moura", "document": "52998224725"}
