"""A fresh store for each end-to-end test, copied from a base that is built once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.cplus.base.firebird import Database
from connectors.sandbox.base.build import create_base
from connectors.sandbox.openmage import OpenMage
from connectors.sandbox.openmage import create_app as openmage_app
from connectors.sandbox.shop import Shop, create_app, serve
from tests.end_to_end.openmage_world import USER, OpenMageWorld
from tests.end_to_end.world import TOKEN, ShiftedClock, World
from tests.firebird_server import FirebirdServer

PRODUCTS = 12
"""A grid of six and six simple products, all for sale: every story publishes all of them before it begins."""


@pytest.fixture(scope="session")
def base_template(firebird_server: FirebirdServer) -> Path:
    """A sample base on the server, with nobody connected."""
    database = _on(firebird_server, "story-template.fdb")
    create_base(database, seed=7, products=PRODUCTS, customers=8, clock=ShiftedClock())
    return Path(database.path)


def _on(server: FirebirdServer, name: str) -> Database:
    return Database(
        host=server.host, port=server.port, path=server.create_path(name), user="SYSDBA", password=server.password
    )


@pytest.fixture
def world(firebird_server: FirebirdServer, base_template: Path, tmp_path: Path) -> Iterator[World]:
    """A store before its first day: the base is full, the shop empty."""
    database = _on(firebird_server, f"story-{tmp_path.name}.fdb")
    shutil.copyfile(base_template, database.path)
    clock = ShiftedClock()
    shop = Shop(clock.now)
    state = tmp_path / "state"
    with serve(create_app(shop, [TOKEN])) as url:
        one = World(database, shop, url, state, clock)
        try:
            yield one
        finally:
            one.close()


@pytest.fixture
def openmage_world(firebird_server: FirebirdServer, base_template: Path, tmp_path: Path) -> Iterator[OpenMageWorld]:
    """The same store before its first day, with an OpenMage."""
    database = _on(firebird_server, f"openmage-{tmp_path.name}.fdb")
    shutil.copyfile(base_template, database.path)
    clock = ShiftedClock()
    openmage = OpenMage(clock.now, {USER: TOKEN})
    openmage.people.groups |= {4: "Atacado", 5: "Revenda"}
    with serve(openmage_app(openmage)) as url:
        one = OpenMageWorld(database, Shop(clock.now), url, tmp_path / "state", clock, openmage=openmage)
        try:
            yield one
        finally:
            one.close()
