"""The service works for minutes or for days, and needs no more at the end than at the beginning.

How long: make soak ARGS="--soak-minutes 600"
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.sandbox.decider import tracking_code
from tests.end_to_end.programs import Place, Service, eventually
from tests.end_to_end.world import World

pytestmark = [pytest.mark.firebird_server, pytest.mark.long]

SEED = 20_262
STEP_S = 0.5
FAULTS_EVERY = 20
"""Steps; each time something goes wrong for a few calls."""
MEMORY_GROWTH_MAX = 0.05
"""Of the middle third's median, in the last third."""
MEMORY_SLACK_BYTES = 6_000_000
FILES_SLACK = 4
LOG_BYTES_MAX = 16_000_000
"""Of SQLite's write-ahead log, which one writer that checkpoints keeps at 4 MB plus what a long read held back."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the process has at a moment."""

    memory_bytes: int
    files: int
    threads: int
    log_bytes: int


def measure(service: Service, place: Place) -> Measured:
    process = Path("/proc") / str(service.pid)
    resident = int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    log = place.state / "integra.db-wal"
    return Measured(
        resident,
        len(list((process / "fd").iterdir())),
        len(list((process / "task").iterdir())),
        log.stat().st_size if log.exists() else 0,
    )


def day(world: World, place: Place, skus: list[str], chance: random.Random) -> Iterator[None]:
    """People buy, sell, decide and invoice, for ever, one step at a time; now and then the shop has a bad minute."""
    step = 0
    while True:
        step += 1
        if step % 3 == 1:
            world.buy({chance.choice(skus): 1}, payment=chance.choice(("cartao", "pix")))
        world.till.sell(chance.choice(skus))
        if step % 50 == 0:
            for sku in skus:
                world.receiver.receive(sku, 100)
        if step % FAULTS_EVERY == 0:
            fault = chance.choice(
                (world.shop.faults.refuse, world.shop.faults.lose_reply, world.shop.faults.maintenance)
            )
            fault(".*", "/rest/", times=chance.randint(1, 4))
        yield
        for order in place.rows("SELECT * FROM sales_order WHERE queue IN ('decide', 'pay', 'to-invoice', 'to-ship')"):
            match order["queue"]:
                case "decide":
                    place.ask(chance.choice(("approve", "refuse")), order=order["id"], reason="teste")
                case "pay":
                    place.ask("confirm_payment", order=order["id"])
                case "to-invoice":
                    world.staff.invoice(order["erp_key"])
                case "to-ship":
                    code = tracking_code(int(order["number"]))
                    place.ask("close_shipment", order=order["id"], carrier="correios", tracking=code)
        yield


def test_a_service_that_works_on_and_on_holds_no_more_memory_files_or_log_than_it_did(
    world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seconds = request.config.getoption("--soak-minutes") * 60
    place = Place(world, tmp_path)
    skus = [world.stocked(1_000, index=index) for index in range(3)]
    found: list[Measured] = []
    with place.service() as service:
        place.go_live()
        eventually(lambda: all(place.on_shelf(sku, 1_000) for sku in skus), "all of them are in the shop")
        steps = day(world, place, skus, random.Random(SEED))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            next(steps)
            found.append(measure(service, place))
            time.sleep(STEP_S)
        world.shop.faults.clear()
        eventually(lambda: _shows(world, place, skus), "the shop shows what the base has", 60)
        assert service.running
    third = len(found) // 3
    middle, last = found[third : 2 * third], found[2 * third :]
    was, is_now = (statistics.median(one.memory_bytes for one in part) for part in (middle, last))
    print(f"{len(found)} looks; memory {was / 1e6:.1f} -> {is_now / 1e6:.1f} MB, files {last[-1].files},"
          f" threads {last[-1].threads}, log {max(one.log_bytes for one in found) / 1e6:.1f} MB")  # fmt: skip
    assert is_now <= was * (1 + MEMORY_GROWTH_MAX) + MEMORY_SLACK_BYTES
    assert max(one.files for one in last) <= max(one.files for one in middle) + FILES_SLACK
    assert max(one.threads for one in last) <= max(one.threads for one in middle) + FILES_SLACK
    assert max(one.log_bytes for one in found) <= LOG_BYTES_MAX


def _shows(world: World, place: Place, skus: list[str]) -> bool:
    free = {sku: world.on_hand_and_reserved(sku) for sku in skus}
    return all(place.on_shelf(sku, on_hand - reserved) for sku, (on_hand, reserved) in free.items())
