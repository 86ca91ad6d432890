"""The operator of the demo decides as a person would, and the same way in every run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from connectors.sandbox.decider import OrderRow, answer_alarms, decide, tracking_code


def an_order(**columns: Any) -> OrderRow:
    row: OrderRow = {
        "id": 1,
        "number": "000000001",
        "queue": "decide",
        "payment": "authorized",
        "fulfilment": "reserved",
        "alarm": None,
        "parked": None,
        "row_version": 7,
        "payment_method": "cartao",
        "age_s": 60.0,
    }
    row.update(columns)  # type: ignore[typeddict-item]
    return row


class Engine:
    """Takes every decision, and remembers it."""

    def __init__(self, takes: bool = True) -> None:
        self.asked: list[tuple[str, dict[str, Any], int]] = []
        self._takes = takes

    def ask(self, verb: str, args: Mapping[str, Any], row_version: int, /) -> bool:
        self.asked.append((verb, dict(args), row_version))
        return self._takes


def decisions(*rows: OrderRow, seed: int = 1) -> list[tuple[str, dict[str, Any], int]]:
    engine = Engine()
    decide(rows, engine.ask, seed, tell_office=lambda _: None)
    return engine.asked


def test_one_card_in_ten_is_refused_and_says_why() -> None:
    asked = decisions(*(an_order(id=number) for number in range(1, 501)))
    refused = [args for verb, args, _ in asked if verb == "refuse"]
    assert len(asked) == 500
    assert {verb for verb, _, _ in asked} == {"approve", "refuse"}
    assert 30 <= len(refused) <= 70
    assert all(args["reason"] for args in refused)


def test_a_decision_names_the_order_and_the_version_that_was_seen() -> None:
    ((_, args, version),) = decisions(an_order(id=42, row_version=9))
    assert (args["order"], version) == (42, 9)


def test_the_same_seed_decides_the_same_way_whenever_the_order_is_seen() -> None:
    orders = [an_order(id=number) for number in range(1, 60)]
    assert decisions(*orders) == decisions(*orders)
    assert decisions(*orders[::-1]) == decisions(*orders)[::-1]
    assert decisions(*orders, seed=2) != decisions(*orders)


@pytest.mark.parametrize(("method", "too_soon", "late_enough"), [("pix", 3, 10), ("boleto", 9, 25)])
def test_money_is_confirmed_once_it_had_time_to_come(method: str, too_soon: int, late_enough: int) -> None:
    order = an_order(queue="pay", payment="pending", payment_method=method, age_s=float(too_soon))
    assert decisions(order) == []
    order["age_s"] = float(late_enough)
    assert decisions(order) == [("confirm_payment", {"order": 1}, 7)]


def test_a_short_order_is_paid_like_any_other() -> None:
    order = an_order(queue="short", payment="pending", fulfilment="short", payment_method="pix")
    assert [verb for verb, _, _ in decisions(order)] == ["confirm_payment"]
    order["payment"] = "paid"
    assert decisions(order) == []


def test_a_payment_in_review_is_left_to_the_gateway() -> None:
    assert decisions(an_order(queue="pay", payment="review")) == []


def test_shipments_carry_a_valid_tracking_code_or_are_picked_up() -> None:
    asked = decisions(*(an_order(id=n, queue="to-ship", payment="paid", fulfilment="invoiced") for n in range(1, 101)))
    assert {verb for verb, _, _ in asked} == {"close_shipment"}
    by_post = [args for _, args, _ in asked if args["carrier"] == "correios"]
    picked_up = [args for _, args, _ in asked if args["carrier"] == "pickup"]
    assert len(by_post) + len(picked_up) == 100
    assert len(picked_up) > 5
    assert all(re.fullmatch(r"AA\d{9}BR", args["tracking"]) for args in by_post)
    assert all(args["tracking"] == "" for args in picked_up)


@pytest.mark.parametrize(
    ("method", "carrier"), [("retirada_loja", "pickup"), ("correios_pac", "correios"), ("correios_sedex", "correios")]
)
def test_the_carrier_is_the_one_the_buyer_chose(method: str, carrier: str) -> None:
    orders = [an_order(id=n, queue="to-ship", payment="paid", shipping_method=method) for n in range(1, 30)]
    assert {args["carrier"] for _, args, _ in decisions(*orders)} == {carrier}


@pytest.mark.parametrize(
    ("number", "code"),
    [(47312482, "AA473124829BR"), (12345674, "AA123456745BR"), (8, "AA000000080BR"), (0, "AA000000005BR")],
)
def test_the_check_digit_of_a_tracking_code_is_that_of_the_postal_union(number: int, code: str) -> None:
    assert tracking_code(number) == code


def test_an_alarm_comes_first_and_the_office_hears_of_it() -> None:
    engine, rung = Engine(), list[str]()
    order = an_order(queue="problem", alarm="do-not-dispatch", parked="unknown-status")
    assert decide([order], engine.ask, tell_office=rung.append) == 1
    assert rung == ["000000001"]
    assert engine.asked == [("acknowledge_alarm", {"order": 1}, 7)]


def test_after_hours_only_alarms_are_answered() -> None:
    engine, rung = Engine(), list[str]()
    orders = [an_order(id=1), an_order(id=2, number="000000002", alarm="do-not-dispatch")]
    assert answer_alarms(orders, engine.ask, tell_office=rung.append) == 1
    assert [(verb, args["order"]) for verb, args, _ in engine.asked] == [("acknowledge_alarm", 2)]
    assert rung == ["000000002"]


def test_a_parked_order_waits_for_somebody_who_knows_why() -> None:
    assert decisions(an_order(queue="problem", parked="customer-blocked")) == []


def test_only_decisions_that_were_taken_count() -> None:
    orders = [an_order(id=1), an_order(id=2), an_order(id=3, queue="done")]
    assert decide(orders, Engine().ask, tell_office=lambda _: None) == 2
    assert decide(orders, Engine(takes=False).ask, tell_office=lambda _: None) == 0
