"""Stores for the tests of the C-Plus connector: on a Firebird server, and in a file of the embedded engine."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.cplus.firebird import Database
from connectors.sandbox.base.build import copy_base, create_base
from tests.contract.cplus_store import CUSTOMERS, PRODUCTS, SEED, HandClock, Store
from tests.faulty_link import FaultyLink
from tests.firebird_server import FirebirdServer

_numbers = itertools.count()


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
def served(firebird_server: FirebirdServer, server_template: Path) -> Iterator[Store]:
    """A store whose base a server has, as in the field."""
    path = firebird_server.create_path(f"store{next(_numbers)}.fdb")
    shutil.copyfile(server_template, path)
    store = Store(Database(path, firebird_server.host, firebird_server.port, password=firebird_server.password))
    yield store
    store.close()


@pytest.fixture
def embedded(file_template: Path, tmp_path: Path) -> Iterator[Store]:
    """A store whose base is a file of the embedded engine, as in the demo."""
    store = Store(copy_base(file_template, tmp_path / "store.fdb"))
    yield store
    store.close()


@pytest.fixture(params=["server", "embedded"])
def store(request: pytest.FixtureRequest) -> Store:
    """Both, one after the other."""
    found = request.getfixturevalue("served" if request.param == "server" else "embedded")
    assert isinstance(found, Store)
    return found


@pytest.fixture
def link(firebird_server: FirebirdServer) -> Iterator[FaultyLink]:
    """A link to the server that can be broken."""
    broken = FaultyLink(firebird_server.host, firebird_server.port)
    yield broken
    broken.close()
