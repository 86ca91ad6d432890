"""`integra revert`: what would be sent back, who bought meanwhile, and nothing is done unseen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.verbs.moments import since_text
from engine.publishing import Facet
from engine.runtime.hosted import HostedEngine
from engine.store import publications
from tests.console.builder import StoreFile
from tests.unit.command_line.verbs import run

MUG = "000000009"


@pytest.fixture
def store(state_folder: Path) -> Iterator[StoreFile]:
    """A mug at 49.90 was shown at 4.99 for an hour by now; an order of the time has two of them."""
    file = StoreFile(state_folder / "integra.db", datetime.now(UTC))
    for minutes, cents in ((600, "4990"), (60, "499")):
        when = file.now - timedelta(minutes=minutes)
        publications.want(file.db, "loja", Facet.CONTENT, [(MUG, "", '{"name":"Caneca"}')], when)
        publications.want(file.db, "loja", Facet.PRICE, [(MUG, "", cents)], when)
        for facet in (Facet.CONTENT, Facet.PRICE):
            rows = publications.sendable(file.db, "loja", facet, 9, when)
            publications.begin(file.db, "loja", facet, rows, when, 60)
            publications.confirm(file.db, "loja", facet, rows, when)
    file.order("000000100", placed_at=file.now - timedelta(minutes=30))
    file.order("000000099", placed_at=file.now - timedelta(hours=2))
    file.db.execute("UPDATE order_line SET unit_price_e4 = 49900 WHERE sku = ? AND order_id = 1", [MUG])
    yield file
    file.close()


def revert(state_folder: Path, *arguments: str) -> int:
    return run(state_folder, "revert", *arguments)


def test_who_bought_at_the_wrong_price_and_came_in_only_after_it_went_back_is_named_too(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert revert(state_folder, "--facet", "price", "--since", "2h", "--yes") == 0
    late = store.order("000000101", placed_at=store.now - timedelta(minutes=10))
    store.db.execute("UPDATE order_line SET unit_price_e4 = 49900 WHERE sku = ? AND order_id = ?", [MUG, late])
    store.order("000000102", placed_at=store.now)
    capsys.readouterr()
    assert revert(state_folder) == 1
    told = capsys.readouterr().out
    assert "Bought at such a price: 2 lines" in told
    assert "! 000000101" in told
    assert "000000102" not in told, "it was bought at the right price"
    assert revert(state_folder, "--json") == 1
    (one,) = json.loads(capsys.readouterr().out)
    assert [line["number"] for line in one["bought"]] == ["000000100", "000000101"]


def wanted(store: StoreFile) -> str:
    row = store.db.execute("SELECT wanted FROM publication WHERE facet = 'price'").fetchone()
    return str(row[0])


def test_a_wrong_price_goes_back_after_a_yes_and_who_bought_is_named(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    back = ("--facet", "price", "--since", "2h")
    assert revert(state_folder, *back) == 1, "nobody was there to ask"
    told = capsys.readouterr().out
    assert "R$ 4.99 → R$ 49.90" in told
    assert "Bought meanwhile: 1 line" in told
    assert "! 000000100" in told
    assert "paid R$ 4.99, was R$ 49.90" in told
    assert "000000099" not in told, "it was bought at the right price, before"
    assert wanted(store) == "499"
    assert revert(state_folder, *back, "--yes") == 0
    assert wanted(store) == "4990"
    capsys.readouterr()
    assert revert(state_folder, "--json") == 1
    (held,) = json.loads(capsys.readouterr().out)
    assert (held["item"], held["value"], held["refused"]) == (MUG, "4990", "499")
    assert revert(state_folder, "--release", "--facet", "price", "--sku", MUG, "--yes") == 0
    assert revert(state_folder, "--json") == 0
    what = [row[0] for row in store.db.execute("SELECT what FROM audit ORDER BY id")]
    assert what == ["revert", "release_reverted"]


def test_nothing_changed_since_then_is_nothing_to_do(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert revert(state_folder, "--facet", "price", "--since", "10m") == 0
    assert "nothing has changed since then" in capsys.readouterr().out
    assert revert(state_folder, "--since", "10m") == 2
    assert revert(state_folder, "--facet", "price", "--since", "noon") == 2


def test_a_time_of_day_is_the_last_one_on_the_stores_clock() -> None:
    now = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # 14:00 in São Paulo
    assert since_text("13:05", now) == "2026-11-24T16:05:00.000000Z"
    assert since_text("14:05", now) == "2026-11-23T17:05:00.000000Z"
