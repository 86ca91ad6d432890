"""Whose word holds when a shop shows something else: texts are asked about, the ERP's values sent again, once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.publishing import Content, Facet, RemoteItem
from engine.reconcile import content
from engine.reconcile.ownership import Answer, Known, drifts
from engine.shown_content import as_shown, differing
from engine.store import accounts, listings, publications, shop_changes
from engine.store.database import migrate

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CUP = Content(
    kind="variant",
    name="Caneca Azul",
    enabled=True,
    description="<p>Feita à mão</p>",
    categories=("CASA",),
    brand="Olaria",
    weight_kg=Decimal("0.45"),
    payment_options=("PIX",),
    parent="G1",
    variants=("A", "B"),
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "store.db")
    accounts.ensure(connection, "loja", "magento", "Loja")
    publications.adopt_found(connection, "loja", Facet.CONTENT, "A", "", content_text(CUP), NOW)
    yield connection
    connection.close()


def content_text(value: Content) -> str:
    return shop_changes.encode(value)


def shows(db: sqlite3.Connection, shown: Content, minutes: int) -> int:
    """A pass of so many minutes later finds this."""
    at = NOW + timedelta(minutes=minutes)
    return content.judge(db, "loja", RemoteItem("A", "7", shown, (), ()), at)


def sent(db: sqlite3.Connection, minutes: int) -> None:
    """What was to be sent is confirmed."""
    at = (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    db.execute("UPDATE publication SET unconfirmed = 0, confirmed_at = ?", (at,))


def todo(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT todo FROM publication WHERE item = 'A'").fetchone()["todo"])


def problems(db: sqlite3.Connection) -> set[str]:
    return {row["code"] for row in db.execute("SELECT code FROM problem")}


def test_what_a_channel_writes_in_its_own_way_is_no_difference() -> None:
    theirs = replace(
        CUP, name="  Caneca  Azul", brand="OLARIA", parent=None, variants=("A", "B", "DA-LOJA"), categories=("Casa",)
    )
    assert differing(CUP, theirs) == ()
    assert as_shown(CUP, theirs) == CUP


def test_a_variant_that_is_missing_from_its_grid_is_a_difference() -> None:
    assert differing(CUP, replace(CUP, variants=("A",))) == ("variants",)


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"name": "Outra"}, Answer.ASK),
        ({"description": ""}, Answer.ASK),
        ({"enabled": False}, Answer.RESTORE),
        ({"weight_kg": Decimal(9)}, Answer.RESTORE),
        ({"payment_options": ()}, Answer.RESTORE),
    ],
)
def test_texts_ask_and_the_rest_of_it_is_the_erps(changed: dict[str, object], answer: Answer) -> None:
    (found,) = drifts(CUP, replace(CUP, **changed), frozenset(), {})  # type: ignore[arg-type]
    assert found.answer is answer


def test_what_a_listing_left_to_the_shop_is_followed_and_where_the_merchant_puts_it_is_never_drift() -> None:
    theirs = replace(CUP, name="Outra", categories=("PROMOÇÕES",))
    assert [one.answer for one in drifts(CUP, theirs, {"name", "categories"}, {})] == [Answer.FOLLOW, Answer.FOLLOW]
    assert [one.field for one in drifts(CUP, theirs, frozenset(), {})] == ["name"]


def test_a_value_that_the_shop_does_not_keep_is_sent_twice_and_not_every_hour() -> None:
    theirs = replace(CUP, weight_kg=None)
    (once,) = drifts(CUP, theirs, frozenset(), {})
    (twice,) = drifts(CUP, theirs, frozenset(), {"weight_kg": Known(None, restored=True)})
    assert (once.answer, twice.answer) == (Answer.RESTORE, Answer.NOT_KEPT)


def test_a_weight_that_does_not_stay_becomes_a_notice(db: sqlite3.Connection) -> None:
    light = replace(CUP, weight_kg=Decimal("0.1"))
    assert shows(db, light, 1) == 1
    assert todo(db)
    sent(db, 2)
    assert shows(db, light, 60) == 0
    assert not todo(db)
    assert problems(db) == {"shop-does-not-keep"}
    assert shows(db, CUP, 120) == 0
    assert problems(db) == set()


def test_a_text_that_was_put_back_by_itself_asks_no_more(db: sqlite3.Connection) -> None:
    shows(db, replace(CUP, name="Outra"), 1)
    assert not todo(db)
    assert listings.left_to_shop(db, "loja", "A") == ("name",)
    assert problems(db) == {"changed-in-shop"}
    shows(db, CUP, 2)
    assert listings.left_to_shop(db, "loja", "A") == ()
    assert problems(db) == set()


def test_nothing_is_judged_by_an_answer_older_than_the_last_push(db: sqlite3.Connection) -> None:
    assert shows(db, replace(CUP, enabled=False), -1) == 0
    db.execute("UPDATE publication SET in_flight_version = 2, settles_at = '2027'")
    assert shows(db, replace(CUP, enabled=False), 5) == 0
    assert not todo(db)


def test_prices_that_were_confirmed_while_the_shop_was_read_are_no_drift(db: sqlite3.Connection) -> None:
    publications.adopt_found(db, "loja", Facet.PRICE, "A", "", "100", NOW)
    shown = {("A", ""): "90"}
    assert publications.drifted(db, "loja", Facet.PRICE, ["A"], shown, NOW) == []
    later = NOW + timedelta(minutes=1)
    assert publications.drifted(db, "loja", Facet.PRICE, ["A"], shown, later) == [("A", "")]


def test_what_is_deleted_in_the_shop_and_not_on_sale_is_forgotten_and_not_made_anew(db: sqlite3.Connection) -> None:
    off = content_text(replace(CUP, enabled=False))
    publications.adopt_found(db, "loja", Facet.CONTENT, "B", "", off, NOW)
    publications.adopt_found(db, "loja", Facet.PRICE, "B", "", "100", NOW)
    publications.gone(db, "loja", ["A", "B"])
    rows = [(row["item"], row["confirmed"]) for row in db.execute("SELECT item, confirmed FROM publication")]
    assert rows == [("A", None)]
    assert json.loads(db.execute("SELECT wanted FROM publication").fetchone()[0])["name"] == "Caneca Azul"
