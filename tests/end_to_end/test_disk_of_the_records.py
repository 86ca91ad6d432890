"""The disk with Integra's own records is full: what cannot be kept is not taken in, people are told, and it heals."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from tests.end_to_end.programs import Place, Service, eventually
from tests.end_to_end.world import World

pytestmark = pytest.mark.firebird_server

FULL_BYTES = 4_096
"""No file grows, or is written, beyond its first page."""


def fill_disk(service: Service) -> None:
    resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (FULL_BYTES, resource.RLIM_INFINITY))


def make_space(service: Service) -> None:
    resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.mark.long  # what fails is tried again after 5 s, then 10 s
def test_an_order_that_comes_in_while_the_disk_is_full_waits_in_the_shop_and_is_taken_in_once(
    world: World, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    place = Place(world, tmp_path)
    with place.service() as service:
        place.go_live()
        eventually(lambda: place.on_shelf(sku, 10), "the product is in the shop")
        kept = world.buy({sku: 1})
        eventually(lambda: place.order(kept).get("fulfilment") == "reserved", "the order is in C-Plus")

        fill_disk(service)
        refused = place.ask("approve", order=place.order(kept)["id"])
        assert (refused.ok, refused.code) == (False, "store-disk"), "whoever asks is told that nothing was kept"
        number = world.buy({sku: 2})
        done = place.run("sync", "--once")
        assert done.returncode != 0
        assert place.order(number) == {}
        assert [row["NUMPEDCLIENTE"].strip() for row in world.erp_orders()] == [f"LJ-{kept}"]
        assert service.running

        make_space(service)
        eventually(lambda: place.order(number).get("fulfilment") == "reserved", "it is taken in", 60)
        eventually(lambda: place.on_shelf(sku, 7), "the shop shows what is left", 60)
        assert [row["NUMPEDCLIENTE"].strip() for row in world.erp_orders()] == [f"LJ-{kept}", f"LJ-{number}"]
        assert world.on_hand_and_reserved(sku) == (10, 3)
