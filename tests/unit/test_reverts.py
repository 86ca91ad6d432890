"""A wrong price or text is sent back to what it was, and stays so until C-Plus says something else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from engine.model.goods import Price, PriceList
from engine.publishing import Content, Facet
from engine.store import accounts, price_mirror, price_wants, publications, reverts
from engine.store.database import migrate
from engine.store.instants import to_text
from engine.store.price_guards import PriceLimits

NINE = datetime(2026, 3, 2, 12, tzinfo=UTC)
BASE = "000000001"


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "integra.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "integra.db")
    accounts.ensure(connection, "loja", "magento", "")
    sent(connection, Facet.CONTENT, NINE, ("A", text("Caneca")), ("B", text("Vaso")))
    yield connection
    connection.close()


def text(name: str, **fields: object) -> str:
    return msgspec.json.encode(Content("simple", name, True, **fields)).decode()  # type: ignore[arg-type]


def sent(db: sqlite3.Connection, facet: Facet, when: datetime, *values: tuple[str, str]) -> None:
    """Wanted, pushed and confirmed."""
    publications.want(db, "loja", facet, [(item, "", value) for item, value in values], when)
    push(db, facet, when)


def push(db: sqlite3.Connection, facet: Facet, when: datetime) -> None:
    rows = publications.sendable(db, "loja", facet, 100, when)
    publications.begin(db, "loja", facet, rows, when, 60)
    publications.confirm(db, "loja", facet, rows, when)


def erp_says(db: sqlite3.Connection, when: datetime, **cents: int) -> None:
    """Prices of the ERP, wanted at once; half off is as far as they may fall."""
    found = PriceList(tuple(Price(item, BASE, value) for item, value in cents.items()), (), ())
    price_mirror.store_prices(db, found, when)
    terms = price_wants.PriceTerms(BASE, (), PriceLimits(50, 50), quantities=False, specials=False, today=when.date())
    price_wants.want_prices(db, "loja", terms, when)


def wanted(db: sqlite3.Connection, item: str, facet: Facet = Facet.PRICE) -> str:
    row = db.execute("SELECT wanted FROM publication WHERE item = ? AND facet = ?", (item, facet)).fetchone()
    return str(row[0])


def send_back(db: sqlite3.Connection, facet: Facet, since: datetime, item: str = "") -> int:
    chosen = reverts.reversals(db, facet, to_text(since), "loja", item)
    reverts.send_back(db, facet, chosen, "ana", at(30))
    return len(chosen)


def raised_wrongly(db: sqlite3.Connection) -> None:
    """A cost ten times what it should be, sent at five past nine; B stays."""
    erp_says(db, NINE, A=1990, B=5000)
    push(db, Facet.PRICE, NINE)
    erp_says(db, at(5), A=19900, B=5000)
    push(db, Facet.PRICE, at(5))


def test_a_wrong_price_goes_back_past_the_guard_and_what_was_right_stays(db: sqlite3.Connection) -> None:
    raised_wrongly(db)
    assert send_back(db, Facet.PRICE, at(1)) == 1
    erp_says(db, at(31), A=19900, B=5000)  # C-Plus still says the wrong one
    assert (wanted(db, "A"), wanted(db, "B")) == ("1990", "5000")
    assert [row.item for row in publications.sendable(db, "loja", Facet.PRICE, 9, at(31))] == ["A"]


def test_it_holds_until_cplus_says_something_else(db: sqlite3.Connection) -> None:
    raised_wrongly(db)
    send_back(db, Facet.PRICE, at(1))
    erp_says(db, at(32), A=2090, B=5000)
    assert wanted(db, "A") == "2090"
    erp_says(db, at(33), A=19900, B=5000)  # the same wrong price once more is a new word of C-Plus
    assert wanted(db, "A") == "19900"


def test_a_person_who_releases_it_gets_what_cplus_says(db: sqlite3.Connection) -> None:
    raised_wrongly(db)
    send_back(db, Facet.PRICE, at(1))
    assert reverts.release(db, Facet.PRICE, "loja") == 1
    erp_says(db, at(31), A=19900, B=5000)
    assert wanted(db, "A") == "19900"


def test_what_was_wrong_twice_goes_back_to_what_it_was_at_the_time(db: sqlite3.Connection) -> None:
    raised_wrongly(db)
    erp_says(db, at(10), A=29900, B=5000)
    push(db, Facet.PRICE, at(10))
    (one,) = reverts.reversals(db, Facet.PRICE, to_text(at(1)))
    assert (one.wanted, one.back, one.began) == ("29900", "1990", to_text(at(5)))
    (one,) = reverts.reversals(db, Facet.PRICE, to_text(at(6)))
    assert one.back == "19900"


def test_a_wrong_price_that_has_not_left_yet_never_leaves(db: sqlite3.Connection) -> None:
    erp_says(db, NINE, A=1990)
    push(db, Facet.PRICE, NINE)
    erp_says(db, at(5), A=19900)
    (one,) = reverts.reversals(db, Facet.PRICE, to_text(at(1)))
    assert (one.back, one.began) == ("1990", None)
    send_back(db, Facet.PRICE, at(1))
    assert publications.sendable(db, "loja", Facet.PRICE, 9, at(31)) == []


def test_of_a_text_only_what_changed_goes_back_and_the_rest_follows_cplus(db: sqlite3.Connection) -> None:
    sent(db, Facet.CONTENT, at(5), ("A", text("ERRADO", delivery_days=3)))
    chosen = reverts.reversals(db, Facet.CONTENT, to_text(at(1)), "loja", "A")
    assert sorted(one.part for one in chosen) == ["delivery_days", "name"]
    reverts.send_back(db, Facet.CONTENT, chosen, "ana", at(30))
    assert wanted(db, "A", Facet.CONTENT) == text("Caneca")
    # other days of C-Plus come through, its wrong name does not
    told = reverts.settled(db, "loja", "A", Content("simple", "ERRADO", True, delivery_days=7))
    assert (told.name, told.delivery_days) == ("Caneca", 7)
    told = reverts.settled(db, "loja", "A", Content("simple", "Caneca nova", True, delivery_days=7))
    assert told.name == "Caneca nova"
    assert reverts.settled(db, "loja", "A", Content("simple", "ERRADO", True)).name == "ERRADO"
