"""Stores for the tests of the C-Plus connector: on a Firebird server, the same as a 2.5 speaks, and embedded."""

from __future__ import annotations

import itertools
import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.cplus.base import layout
from connectors.cplus.base.firebird import Database
from connectors.sandbox.base.build import copy_base, create_base
from tests.contract.cplus_store import CUSTOMERS, PRODUCTS, SEED, HandClock, Store
from tests.faulty_link import FaultyLink
from tests.firebird_server import FirebirdServer
from tests.protocol12 import Protocol12Link

PROTOCOL_12 = "protocol12"

ALWAYS_OVER_PROTOCOL_12 = frozenset({
    "test_an_order_of_two_lines_stands_with_its_goods_reserved",
    "test_while_the_first_try_is_open_the_second_waits_and_then_finds_it",
    "test_the_last_piece_sold_at_the_counter_leaves_the_web_order_short",
    "test_two_writers_who_race_for_the_last_pieces_never_take_more_than_there_are",
    "test_a_till_that_holds_the_stock_row_makes_the_order_wait_its_turn",
    "test_cancelling_gives_the_goods_back_exactly_once",
    "test_the_connection_lost_in_the_middle_of_the_commit_leaves_one_order",
    "test_a_server_killed_and_restarted_is_found_again",
    "test_a_product_comes_with_texts_measures_section_and_brand",
    "test_a_second_look_brings_only_what_changed",
    "test_prices_of_all_tables_come_in_cents_and_only_when_one_changed",
    "test_photos_are_stamped_without_their_bytes_and_read_one_by_one",
    "test_stock_counts_the_configured_sectors_with_absent_amounts_as_nothing",
    "test_an_order_is_seen_reserved_then_invoiced_with_its_nfe_then_undone",
    "test_the_pulse_moves_when_a_transaction_open_since_before_is_committed",
    "test_a_new_customer_is_held_as_the_base_can_and_marked_as_the_shops",
    "test_what_staff_change_is_brought_with_the_next_look",
    "test_the_bell_rings_within_a_moment_of_a_counter_sale",
})  # fmt: skip
"""Tests that `make test` too repeats as a Firebird 2.5 speaks; all the others do so in `make test-all`."""

_numbers = itertools.count()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave most of what is repeated over the old protocol to the long runs."""
    for item in items:
        varied = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if PROTOCOL_12 in (varied.get("store"), varied.get("served")):
            assert isinstance(item, pytest.Function)
            if item.originalname not in ALWAYS_OVER_PROTOCOL_12:
                item.add_marker("long")


@pytest.fixture(scope="session")
def server_template(firebird_server: FirebirdServer) -> Path:
    """A sample base on the server, to be copied."""
    path = firebird_server.create_path("template.fdb")
    database = Database(path, firebird_server.host, firebird_server.port, password=firebird_server.password)
    create_base(database, SEED, PRODUCTS, CUSTOMERS, clock=HandClock())
    return Path(path)


@pytest.fixture(scope="session")
def file_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample base of the embedded engine, to be copied."""
    path = tmp_path_factory.mktemp("cplus") / "template.fdb"
    create_base(Database(str(path)), SEED, PRODUCTS, CUSTOMERS, clock=HandClock())
    return path


@pytest.fixture
def server_base(firebird_server: FirebirdServer, server_template: Path) -> Database:
    """A base of the test's own on the server."""
    path = firebird_server.create_path(f"store{next(_numbers)}.fdb")
    shutil.copyfile(server_template, path)
    return Database(path, firebird_server.host, firebird_server.port, password=firebird_server.password)


@pytest.fixture(scope="session")
def protocol12(firebird_server: FirebirdServer) -> Iterator[Protocol12Link]:
    """The server as a client meets a Firebird 2.5."""
    link = Protocol12Link(firebird_server.host, firebird_server.port)
    yield link
    link.close()


@pytest.fixture
def served_newly(server_base: Database) -> Iterator[Store]:
    """A store whose base a Firebird 3.0 has."""
    store = Store(server_base)
    yield store
    store.close()


@pytest.fixture
def served_over_protocol_12(
    server_base: Database, protocol12: Protocol12Link, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """A store whose programs and connector all speak to their server as to a 2.5, which has no versions of rows."""
    monkeypatch.setattr(layout, "RECORD_VERSIONS_SINCE", math.inf)
    store = Store(replace(server_base, port=protocol12.port))
    yield store
    store.close()


@pytest.fixture(params=["server", PROTOCOL_12])
def served(request: pytest.FixtureRequest) -> Store:
    """A store whose base a server has, as in the field."""
    return _one_of(request)


@pytest.fixture
def embedded(file_template: Path, tmp_path: Path) -> Iterator[Store]:
    """A store whose base is a file of the embedded engine, as in the demo."""
    store = Store(copy_base(file_template, tmp_path / "store.fdb"))
    yield store
    store.close()


@pytest.fixture(params=["server", PROTOCOL_12, pytest.param("embedded", marks=pytest.mark.long)])
def store(request: pytest.FixtureRequest) -> Store:
    """All of them, one after the other."""
    return _one_of(request)


@pytest.fixture
def link(served: Store) -> Iterator[FaultyLink]:
    """A link to the server that can be broken."""
    assert served.database.host is not None
    broken = FaultyLink(served.database.host, served.database.port)
    yield broken
    broken.close()


_STORES = {"server": "served_newly", PROTOCOL_12: "served_over_protocol_12", "embedded": "embedded"}


def _one_of(request: pytest.FixtureRequest) -> Store:
    found = request.getfixturevalue(_STORES[request.param])
    assert isinstance(found, Store)
    return found
