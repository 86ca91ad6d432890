"""A shop that was silent, or is so often, shows less where little is left, until it has caught up; how stale it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from engine.erp_reads import Looks
from engine.model.goods import StockLevel
from engine.publishing import Facet
from engine.settings import SourceSettings
from engine.store import accounts, mirror, publications, silences, stock_lag, wants
from engine.store.database import generations, migrate
from engine.store.silences import Defence, Patience

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CYCLE = timedelta(minutes=3)
TWO_CYCLES = Patience(silent_s=360, often=3)
ONE = {"default": SourceSettings()}
BEHIND = wants.Defended(10_000, 50_000, every_item=False)
OFTEN = wants.Defended(10_000, 50_000, every_item=True)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "integra.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "integra.db")
    accounts.ensure(connection, "loja", "magento", "Loja")
    yield connection
    connection.close()


def heard(db: sqlite3.Connection, at: datetime, *, all_sent: bool = True) -> bool:
    return silences.heard(db, "loja", all_sent=all_sent, now=at)


def look(db: sqlite3.Connection, at: datetime, taken_at: datetime | None = None) -> Defence:
    return silences.look(db, "loja", TWO_CYCLES, taken_at, at)


# --- when -------------------------------------------------------------------------------------------------------------


def test_a_shop_silent_for_longer_than_two_cycles_is_defended_until_it_has_caught_up(db: sqlite3.Connection) -> None:
    heard(db, NOW)
    assert look(db, NOW + 2 * CYCLE) is Defence.NONE
    back = NOW + 5 * CYCLE
    assert look(db, back) is Defence.BEHIND
    assert not heard(db, back, all_sent=False)
    assert look(db, back + CYCLE) is Defence.BEHIND
    assert heard(db, back + CYCLE)
    assert look(db, back + CYCLE) is Defence.NONE
    assert not heard(db, back + 2 * CYCLE), "it was not behind any more"


def test_screens_are_told_when_it_falls_behind_and_when_it_has_caught_up(db: sqlite3.Connection) -> None:
    heard(db, NOW)
    before = generations(db, "stock-link")
    look(db, NOW + 2 * CYCLE)
    assert generations(db, "stock-link") == before
    look(db, NOW + 4 * CYCLE)
    behind = generations(db, "stock-link")
    assert behind != before
    heard(db, NOW + 4 * CYCLE)
    assert generations(db, "stock-link") != behind


def test_a_long_push_is_no_silence(db: sqlite3.Connection) -> None:
    heard(db, NOW)
    assert look(db, NOW + 5 * CYCLE, NOW + 4 * CYCLE) is Defence.NONE


def test_a_new_account_has_nothing_to_fall_behind_of(db: sqlite3.Connection) -> None:
    assert look(db, NOW) is Defence.NONE
    assert look(db, NOW + 100 * CYCLE) is Defence.NONE


def test_a_shop_whose_orders_cannot_be_read_is_silent(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO task (account, name, interval_s, failures) VALUES ('loja', 'orders', 180, 0)")
    heard(db, NOW)
    db.execute("UPDATE task SET failures = 4")
    heard(db, NOW + 4 * CYCLE)
    assert look(db, NOW + 4 * CYCLE) is Defence.BEHIND
    assert not heard(db, NOW + 4 * CYCLE)
    db.execute("UPDATE task SET failures = 0")
    assert heard(db, NOW + 5 * CYCLE)


def silent(db: sqlite3.Connection, times: int) -> datetime:
    """So many silences; answers when the last one is over."""
    at = NOW
    for _ in range(times):
        heard(db, at)
        at += 4 * CYCLE
        look(db, at)
        db.execute("UPDATE task SET failures = 0")
        heard(db, at)
        db.execute("UPDATE task SET failures = 1 WHERE name = 'stock'")
    return at


def test_an_engine_that_runs_twice_an_hour_is_not_cut_off_often(db: sqlite3.Connection) -> None:
    at = silent(db, 10)
    assert look(db, at) is Defence.NONE


def test_one_that_is_cut_off_often_stays_defended_until_a_day_has_passed(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO task (account, name, interval_s, failures) VALUES ('loja', 'stock', 180, 1)")
    at = silent(db, 3)
    assert look(db, at) is Defence.OFTEN
    for _ in range(24 * 20):
        at += CYCLE
        heard(db, at)
    assert look(db, at) is Defence.NONE


# --- what is shown then -----------------------------------------------------------------------------------------------


def on_sale(db: sqlite3.Connection, sku: str, *, shown: int | None) -> None:
    """A product, and how many the shop shows of it."""
    db.execute(
        "INSERT INTO product (sku, code, name, active, whole, data, version) VALUES (?1, ?1, ?1, 1, 1, '{}', 1)", (sku,)
    )
    publications.want(db, "loja", Facet.CONTENT, [(sku, "", '{"kind":"simple"}')], NOW)
    if shown is not None:
        publications.adopt_found(db, "loja", Facet.STOCK, sku, "default", str(shown * 10_000), NOW)


def stock(db: sqlite3.Connection, **pieces: int) -> None:
    rows = [StockLevel(sku, 1, "000000001", n * 10_000, 0) for sku, n in pieces.items()]
    mirror.store_stock(db, rows, mirror.begin_snapshot(db), NOW)


def wanted(db: sqlite3.Connection, defended: wants.Defended = wants.UNDEFENDED) -> dict[str, int]:
    wants.want_stock(
        db, "loja", sources=ONE, ships_from="default", buffer_e4=0, uncounted_e4=0, counts_own=True,
        to_zero_percent=30, now=NOW, defended=defended,
    )  # fmt: skip
    rows = db.execute("SELECT item, wanted FROM publication WHERE facet = 'stock'")
    return {row["item"]: int(row["wanted"]) // 10_000 for row in rows}


def test_of_a_shop_that_is_back_only_what_has_changed_shows_less_and_only_where_little_is_left(
    db: sqlite3.Connection,
) -> None:
    for sku, shown in (("same", 3), ("sold", 4), ("many", 90), ("new", None)):
        on_sale(db, sku, shown=shown)
    stock(db, same=3, sold=3, many=80, new=2)
    assert wanted(db, BEHIND) == {"same": 3, "sold": 2, "many": 80, "new": 1}
    assert wanted(db) == {"same": 3, "sold": 3, "many": 80, "new": 2}


def test_what_the_shop_may_have_sold_itself_shows_less_too(db: sqlite3.Connection) -> None:
    on_sale(db, "A", shown=3)
    stock(db, A=3)
    publications.unconfirm_stock(db, "loja", ["A"])
    assert wanted(db, BEHIND) == {"A": 2}


def test_one_that_is_cut_off_often_shows_less_of_all_that_is_scarce(db: sqlite3.Connection) -> None:
    for sku, shown in (("A", 3), ("B", 1), ("C", 5), ("D", 6)):
        on_sale(db, sku, shown=shown)
    stock(db, A=3, B=1, C=5, D=6)
    assert wanted(db, OFTEN) == {"A": 2, "B": 0, "C": 4, "D": 6}


def test_what_only_the_defence_takes_to_zero_does_not_stop_what_is_sold_out(db: sqlite3.Connection) -> None:
    skus = [f"S{number:02}" for number in range(30)]
    for sku in skus:
        on_sale(db, sku, shown=1)
    stock(db, **dict.fromkeys(skus, 1) | {"S00": 0})
    assert set(wanted(db, OFTEN).values()) == {0}
    held = db.execute("SELECT COUNT(*) FROM publication WHERE held_by IS NOT NULL").fetchone()[0]
    assert held == 0


def test_what_c_plus_does_not_count_is_not_kept_back(db: sqlite3.Connection) -> None:
    on_sale(db, "service", shown=None)
    db.execute("UPDATE product SET counted = 0")
    wants.want_stock(
        db, "loja", sources=ONE, ships_from="default", buffer_e4=0, uncounted_e4=30_000, counts_own=True,
        to_zero_percent=30, now=NOW, defended=OFTEN,
    )  # fmt: skip
    assert db.execute("SELECT wanted FROM publication WHERE facet = 'stock'").fetchone()[0] == "30000"


# --- how stale it was -------------------------------------------------------------------------------------------------


def test_a_sale_counts_from_the_last_look_that_did_not_see_it() -> None:
    looks = Looks()
    looks.note(NOW, moved_at=None)
    looks.note(NOW + CYCLE, moved_at=NOW + CYCLE + timedelta(seconds=1))
    looks.note(NOW + CYCLE + timedelta(seconds=2), moved_at=NOW + CYCLE + timedelta(seconds=3))
    assert looks.unseen_s(NOW + CYCLE + timedelta(seconds=1)) == 180
    assert looks.unseen_s(NOW + CYCLE + timedelta(seconds=3)) == 2
    assert looks.unseen_s(NOW) == 0, "nobody knows"


def test_falls_are_counted_in_classes_and_the_slowest_is_kept(db: sqlite3.Connection) -> None:
    stock_lag.note(db, "loja", date(2026, 11, 24), [0.5, 1.0, 1.5, 200.0, 9_000.0, 12_000.0])
    rows = db.execute("SELECT up_to_s, falls, longest_s FROM stock_lag ORDER BY up_to_s = 0, up_to_s").fetchall()
    assert [tuple(row) for row in rows] == [(1, 2, 1.0), (2, 1, 1.5), (300, 1, 200.0), (0, 2, 12_000.0)]
    stock_lag.note(db, "loja", date(2027, 3, 1), [1.0])
    assert db.execute("SELECT COUNT(*) FROM stock_lag").fetchone()[0] == 1
