"""Two installations of Integra at one C-Plus and one shop, both approved: an order is written once, by one of them."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.end_to_end.programs import Place, eventually
from tests.end_to_end.world import ACCOUNT, World
from tests.firebird_server import FirebirdServer

pytestmark = pytest.mark.firebird_server

OTHER_ENGINE = "erp-other-engine"
HEALED_S_MAX = 40.0
"""A look every 15 seconds while another writes, and the patience for a busy machine."""


class Stores:
    """The store's own installation, and a second one with a state folder of its own."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        (folder / "second").mkdir()
        self.first = Place(world, folder)
        self.second = Place(world, folder / "second")
        self.second.state = folder / "second" / "state"

    def references(self) -> Counter[str]:
        """Of the orders that stand in C-Plus."""
        return Counter(row["NUMPEDCLIENTE"].strip() for row in self.world.erp_orders())


@pytest.fixture
def stores(world: World, tmp_path: Path) -> Stores:
    return Stores(world, tmp_path)


def _problems(place: Place) -> list[str]:
    return [row["code"] for row in place.rows("SELECT code FROM problem WHERE severity = 'problem'")]


def _states(place: Place) -> list[str]:
    """Of the tasks that write."""
    return [row["state"] for row in place.rows("SELECT state FROM task WHERE name IN ('effects', 'stock', 'prices')")]


def _is_refused(place: Place) -> bool:
    return _problems(place) == [OTHER_ENGINE]


@pytest.mark.long
def test_an_order_is_written_once_and_the_second_engine_takes_over_when_the_first_is_killed(
    world: World, stores: Stores, firebird_server: FirebirdServer
) -> None:
    sku = world.stocked(10)
    with stores.first.service("first") as first:
        stores.first.go_live()
        eventually(lambda: stores.first.on_shelf(sku, 10), "the product is in the shop")
        with stores.second.service("second") as second:
            stores.second.go_live()
            eventually(lambda: _is_refused(stores.second), "the second is told who writes")
            number = world.buy({sku: 2}, payment="pix")
            eventually(lambda: stores.first.order(number).get("fulfilment") == "reserved", "the first has written it")
            eventually(lambda: stores.second.order(number), "the second has read it")
            asked = stores.second.ask("flag_online", account=ACCOUNT, sku=sku, online=False)
            assert asked.code == OTHER_ENGINE, "and a person is told why nothing is written"
            assert asked.params["pid"] == first.pid
            asked = stores.second.ask("refuse", order=stores.second.order(number)["id"], reason="sem estoque")
            assert asked.code == OTHER_ENGINE, "nor is a decision taken that nobody would carry out"
            assert stores.second.order(number)["decision"] is None
            eventually(lambda: set(_states(stores.second)) == {"other-engine"}, "nobody has paused anything")
            assert stores.references() == {f"LJ-{number}": 1}
            assert _problems(stores.first) == []
            assert _is_refused(stores.second)

            first.kill()
            eventually(lambda: not _problems(stores.second), "the second goes on by itself", HEALED_S_MAX)
            later = world.buy({sku: 1}, payment="pix")
            eventually(lambda: stores.second.order(later).get("fulfilment") == "reserved", "it writes what comes now")
            eventually(
                lambda: stores.second.order(number).get("fulfilment") == "reserved", "and finds what was written"
            )
            assert stores.references() == {f"LJ-{number}": 1, f"LJ-{later}": 1}
            assert world.on_hand_and_reserved(sku) == (10, 3)
            assert second.running


@pytest.mark.long
def test_an_order_cancelled_while_the_first_engine_hangs_gives_its_goods_back_when_the_second_takes_over(
    world: World, stores: Stores, firebird_server: FirebirdServer
) -> None:
    sku = world.stocked(10)
    with stores.first.service("first") as first:
        stores.first.go_live()
        eventually(lambda: stores.first.on_shelf(sku, 10), "the product is in the shop")
        with stores.second.service("second"):
            stores.second.go_live()
            eventually(lambda: _is_refused(stores.second), "the second is told who writes")
            number = world.buy({sku: 2}, payment="boleto")
            eventually(lambda: stores.first.order(number).get("fulfilment") == "reserved", "the first has written it")
            eventually(lambda: stores.second.order(number), "the second has read it")
            os.kill(first.pid, signal.SIGSTOP)  # it hangs, and holds its connection
            world.rest("POST", f"V1/orders/{world.shop_order(number)['entity_id']}/cancel")
            eventually(lambda: stores.second.order(number)["cancellation"] == "cancelled", "the second reads that")
            assert world.on_hand_and_reserved(sku) == (10, 2)
            first.kill()
            eventually(
                lambda: world.on_hand_and_reserved(sku) == (10, 0), "the second cancels it in C-Plus", HEALED_S_MAX
            )
            assert stores.references() == {f"LJ-{number}": 1}


def test_a_copied_state_folder_is_another_engine_and_the_restarted_one_is_not(
    world: World, stores: Stores, firebird_server: FirebirdServer
) -> None:
    sku = world.stocked(10)
    with stores.first.service("first"):
        stores.first.go_live()
        eventually(lambda: stores.first.on_shelf(sku, 10), "the product is in the shop")
    shutil.copytree(stores.first.state, stores.second.state, ignore=shutil.ignore_patterns("*.sock"))
    with stores.first.service("again"):
        eventually(lambda: _holds(stores.first), "the restarted one writes")
        with stores.second.service("copy"):
            eventually(lambda: _is_refused(stores.second), "the copy is told who writes")
            number = world.buy({sku: 2}, payment="pix")
            eventually(lambda: stores.first.order(number).get("fulfilment") == "reserved", "the first has written it")
            eventually(lambda: stores.second.order(number), "the copy has read it")
            told = stores.second.run("sync", "--once")
            assert told.returncode == 1, "a script learns that nothing was written"
            assert "Another Integra writes into this C-Plus" in told.stdout
            assert stores.references() == {f"LJ-{number}": 1}


def _holds(place: Place) -> bool:
    sql = "SELECT COUNT(*) AS HOW_MANY FROM MON$CONTEXT_VARIABLES WHERE MON$VARIABLE_NAME = ?"
    return place.world.base(sql, "INTEGRA_ENGINE") == [{"HOW_MANY": 1}]
