"""What people say of an order that neither side is told of: it is kept, changes the queue, and comes back in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.reading.orders import came_back, order_ids
from engine import coming_back
from engine.orders import Event, Fulfilment, Payment
from engine.runtime.commands import OPERATOR, Ask
from engine.store import effects, orders, said
from engine.store.instants import later, to_text
from engine.verbs.orders import order_verbs
from tests.console.builder import NOW, PLAIN, StoreFile


class Desk:
    """Orders, and a person who says something of them."""

    def __init__(self, folder: Path) -> None:
        self.file = StoreFile(folder / "integra.db")
        self.db = self.file.db
        self.woken: list[str] = []
        self._verbs = {verb.name: verb for verb in order_verbs(lambda: 60, lambda _: replace(PLAIN, refunds=True))}

    def ask(self, verb: str, order: int, now: datetime = NOW, **args: Any) -> str:
        """The refusal's code, "" where it was done."""
        self.db.execute("BEGIN")
        ask = Ask("c", verb, {"order": order, **args}, "maria", OPERATOR, None, now)
        outcome = self._verbs[verb].apply(self.db, ask)  # type: ignore[union-attr]
        self.db.execute("ROLLBACK" if outcome.error else "COMMIT")
        self.woken += [task for _account, task in outcome.wake]
        return outcome.error[0] if outcome.error else ""

    def queue(self, order: int) -> str:
        row = orders.get(self.db, order)
        assert row is not None
        return str(row["queue"])

    def events(self, order: int) -> list[str]:
        rows = self.db.execute("SELECT what FROM order_event WHERE order_id = ? ORDER BY id", [order])
        return [row["what"] for row in rows]

    def pass_time(self, **span: float) -> int:
        return coming_back.bring_back(self.db, "loja", NOW + timedelta(**span))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.file.close()


HOUR = later(NOW, 3600)


def test_an_order_on_hold_is_not_approved_and_comes_back_on_top_when_its_time_is_over(desk: Desk) -> None:
    older, order = desk.file.order("000000105"), desk.file.order("000000104")
    assert desk.ask("hold", order, text="ligar para o comprador", until=HOUR) == ""
    assert desk.woken == ["effects"], "the task learns of the time"
    assert desk.queue(order) == "held"
    assert desk.ask("approve", order) == "is-held"
    assert desk.pass_time(minutes=59) == 0
    assert desk.pass_time(minutes=61) == 1
    assert list(order_ids(desk.db, "decide")) == [order, older]
    assert desk.events(order)[-1] == "hold-over"
    assert desk.pass_time(minutes=62) == 0, "once"
    count, first = came_back(desk.db)
    assert (count, first and first.id) == (1, order)
    assert desk.ask("approve", order) == ""
    assert came_back(desk.db) == (0, None)


def test_a_hold_needs_a_reason_and_a_time_that_lies_ahead_and_can_be_ended(desk: Desk) -> None:
    order = desk.file.order("000000101")
    assert desk.ask("hold", order, text=" ") == "reason-missing"
    for wrong in (to_text(NOW), "amanhã", 7):
        assert desk.ask("hold", order, text="x", until=wrong) == "time-missing"
    assert desk.ask("take_up", order) == "not-held"
    assert desk.ask("hold", order, text="x") == ""
    assert desk.pass_time(days=400) == 0, "without a time it waits for a person"
    assert desk.ask("take_up", order) == ""
    assert (desk.queue(order), said.of(desk.db, order)) == ("decide", {})
    rows = desk.db.execute("SELECT what, before, after FROM audit ORDER BY id").fetchall()
    assert [(row["what"], row["before"], row["after"]) for row in rows] == [
        ("hold", None, '{"text": "x", "until": null}'),
        ("take_up", '{"text": "x", "until": null}', None),
    ]


def test_a_decision_that_is_about_to_leave_is_taken_back_before_its_order_is_put_aside(desk: Desk) -> None:
    order = desk.file.order("000000101")
    assert desk.ask("approve", order) == ""
    assert desk.ask("hold", order, text="x") == "decision-leaves"
    assert desk.ask("withdraw", order) == ""
    assert desk.ask("hold", order, text="x") == ""


def test_an_order_on_hold_can_be_refused_and_is_still_on_hold_when_that_is_taken_back(desk: Desk) -> None:
    order = desk.file.order("000000101")
    assert desk.ask("hold", order, text="x") == ""
    assert desk.ask("refuse", order, reason="fraude") == ""
    assert desk.queue(order) == "done"
    assert desk.ask("withdraw", order) == ""
    assert desk.queue(order) == "held"


def short(desk: Desk, number: str = "000000301") -> int:
    return desk.file.order(number, payment=Payment.PAID, fulfilment=Fulfilment.SHORT)


def test_an_order_that_waits_for_its_goods_comes_back_on_the_day_or_is_forgotten_when_they_arrive(desk: Desk) -> None:
    late, served = short(desk), short(desk, "000000302")
    for order in (late, served):
        assert desk.ask("wait_for_goods", order) == "time-missing"
        assert desk.ask("wait_for_goods", order, until=HOUR, text="avisado") == ""
        assert desk.queue(order) == "short"
    row = orders.get(desk.db, served)
    assert row is not None
    orders.move(desk.db, served, orders.state_of(row).after(Event.RESERVED_LATER))
    assert said.of(desk.db, served) == {}
    assert desk.pass_time(hours=2) == 1
    assert desk.events(late)[-1] == "wait-over"
    assert list(order_ids(desk.db, "short")) == [late]


def test_what_is_there_goes_first_and_that_can_be_taken_back(desk: Desk) -> None:
    order = short(desk)
    assert desk.ask("wait_for_goods", order, until=HOUR) == ""
    assert desk.ask("part_first", order) == ""
    assert (desk.queue(order), list(said.of(desk.db, order))) == ("to-invoice", ["part"])
    assert desk.ask("short_again", order) == ""
    assert (desk.queue(order), said.of(desk.db, order)) == ("short", {})
    unpaid = desk.file.order("000000303", payment=Payment.PENDING, fulfilment=Fulfilment.SHORT)
    assert desk.ask("part_first", unpaid) == "not-short-and-paid"
    assert desk.ask("wait_for_goods", desk.file.order("000000304"), until=HOUR) == "not-short"


def test_a_note_comes_back_on_top_stays_and_goes_when_it_is_emptied(desk: Desk) -> None:
    order = desk.file.order("000000701", payment=Payment.PAID, fulfilment=Fulfilment.SHIPPED)
    assert desk.ask("note", order, text="chegou bem?", until=HOUR) == ""
    assert desk.pass_time(hours=2) == 1
    assert came_back(desk.db)[0] == 1, "of an order that is done, too"
    assert [row["text"] for row in said.of(desk.db, order).values()] == ["chegou bem?"]
    assert desk.ask("note", order, text="chegou bem?") == ""
    assert came_back(desk.db)[0] == 0
    assert desk.ask("note", order, text="") == ""
    assert said.of(desk.db, order) == {}


def test_a_hold_on_an_order_that_is_over_meanwhile_comes_back_to_nobody(desk: Desk) -> None:
    order = desk.file.order("000000101")
    assert desk.ask("hold", order, text="x", until=HOUR) == ""
    assert desk.ask("refuse", order, reason="fraude") == ""
    assert desk.pass_time(hours=2) == 0
    assert said.of(desk.db, order) == {}


def test_what_is_short_is_credited_once_and_never_all_of_the_order(desk: Desk) -> None:
    order = short(desk)  # two shirts, one mug
    assert desk.ask("credit_short", order, lines={"1": 20_000, "2": 10_000}) == "all-short"
    for wrong in ({}, {"1": 30_000}, {"9": 10_000}, {"1": -1}, None, {"x": 1}):
        assert desk.ask("credit_short", order, lines=wrong) == "nothing-short"
    assert desk.ask("credit_short", order, lines={"2": 10_000}) == ""
    assert desk.ask("credit_short", order, lines={"2": 10_000}) == "short-credited-already"
    row = desk.db.execute("SELECT args FROM effect WHERE kind = 'credit-short' AND state = 'decided'").fetchone()
    assert row["args"] == '{"lines": {"1": 0, "2": 10000}, "freight": false}'
    assert desk.ask("withdraw", order) == ""
    assert not effects.pending(desk.db, order, [effects.Kind.CREDIT_SHORT])
    found = orders.get(desk.db, order)
    assert found is not None
    assert (found["queue"], found["parked"]) == ("short", None)


ADDRESS = {"street": "Rua Nova", "number": "77", "city": "Londrina", "postcode": "86010-000"}


def test_an_address_is_corrected_within_its_state_and_taken_back_while_it_has_not_left(desk: Desk) -> None:
    order = desk.file.order("000000101")  # to Curitiba
    for wrong, code in (
        ({}, "delivery-same"),
        ({"street": " "}, "delivery-field"),
        ({"planet": "Marte"}, "delivery-field"),
        ({"state": "sc", "postcode": "88010000"}, "delivery-state"),
        ({"postcode": "88010000"}, "delivery-postcode"),
        ({"postcode": "8601000"}, "delivery-postcode"),
    ):
        assert desk.ask("correct_delivery", order, to=wrong) == code, wrong
    assert desk.ask("correct_delivery", order, to=ADDRESS) == ""
    assert desk.ask("correct_delivery", order, to=ADDRESS) == "delivery-being-corrected"
    entry = desk.db.execute("SELECT before, after FROM audit WHERE what = 'correct_delivery'").fetchone()
    assert "Rua das Acácias, 123" in entry["before"]
    assert "Rua Nova, 77 · Apto 4 · Centro · Londrina · PR · 86010000" in entry["after"]
    assert desk.ask("withdraw", order) == ""
    assert desk.ask("correct_delivery", order, to=ADDRESS) == ""
    assert desk.ask("correct_delivery", invoiced(desk), to=ADDRESS) == "sold-already"


def invoiced(desk: Desk) -> int:
    return desk.file.order("000000501", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
