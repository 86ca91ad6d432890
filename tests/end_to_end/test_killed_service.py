"""kill -9 of the service itself, again and again while people buy and decide: nothing is lost, nothing doubled.

How many times: make kill ARGS="--kills 300"
"""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.decider import tracking_code
from engine.errors import IntegraError
from engine.runtime.client import EngineClient
from tests.end_to_end.programs import LOOK_S, Place, Service, eventually
from tests.end_to_end.world import World

pytestmark = [pytest.mark.firebird_server, pytest.mark.long]

SEED = 20_261
LIFE_S_MAX = 1.5
"""From the bound socket on: about what a cycle takes that finds something to do."""
HEAL_S_MAX = 120.0
PAYMENTS = ("cartao", "boleto", "pix")


class Shop:
    """Who buys, and the staff who decide; what the engine said yes to is noted, for it has to come true."""

    def __init__(self, world: World, place: Place, chance: random.Random) -> None:
        self.world = world
        self.place = place
        self.chance = chance
        self.skus = [world.stocked(1_000, index=0), world.stocked(1_000, index=1)]
        self.bought: list[str] = []
        self.invoiced: set[str] = set()
        self.promised: dict[str, set[str]] = {}

    def buy(self) -> None:
        lines = {self.chance.choice(self.skus): self.chance.randint(1, 3)}
        self.bought.append(self.world.buy(lines, payment=self.chance.choice(PAYMENTS)))

    def work(self, engine: EngineClient) -> None:
        """One step for each order that waits for somebody. Raises IntegraError when the engine is gone."""
        waiting = self.place.rows(
            "SELECT id, number, queue, erp_key, row_version FROM sales_order WHERE queue <> 'done'"
        )
        for order in self.chance.sample(waiting, len(waiting)):
            match order["queue"]:
                case "decide":
                    self._ask(engine, order, self.chance.choice(("approve", "refuse")), reason="teste")
                case "pay":
                    self._ask(engine, order, "confirm_payment")
                case "to-invoice" if order["number"] not in self.invoiced:
                    self.invoiced.add(order["number"])
                    self.world.staff.invoice(order["erp_key"])
                case "to-ship":
                    code = tracking_code(int(order["number"]))
                    self._ask(engine, order, "close_shipment", carrier="correios", tracking=code)

    def _ask(self, engine: EngineClient, order: dict[str, Any], verb: str, **args: str) -> None:
        if engine.ask(verb, {"order": order["id"], **args}, order["row_version"]).ok:
            self.promised.setdefault(verb, set()).add(order["number"])


@contextmanager
def killed_within(service: Service, seconds: float) -> Iterator[None]:
    """The engine dies at that moment, whatever is asked of it."""
    killer = threading.Timer(seconds, service.kill)
    killer.start()
    try:
        yield
    finally:
        killer.join()


def test_a_service_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing(
    world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(SEED)
    place = Place(world, tmp_path)
    shop = Shop(world, place, chance)
    with place.service():
        place.go_live()
        eventually(lambda: all(place.on_shelf(sku, 1_000) for sku in shop.skus), "both products are in the shop")
    for _ in range(request.config.getoption("--kills")):
        shop.buy()
        service = place.start()
        service.wait_until_ready()
        with (
            killed_within(service, chance.uniform(0, LIFE_S_MAX)),
            suppress(IntegraError),
            EngineClient.connect(place.state, patience_s=0) as engine,
        ):
            while service.running:
                shop.work(engine)
                time.sleep(LOOK_S)
        with closing(sqlite3.connect(place.state / "integra.db")) as db:
            assert db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    with place.service("last"):
        eventually(lambda: _at_rest(shop), "everything has come true", HEAL_S_MAX)
    _nothing_doubled(shop)


def _at_rest(shop: Shop) -> bool:
    """Each order is known, each decision carried out, and the shop shows what the base has."""
    place, world = shop.place, shop.world
    known = place.rows("SELECT COUNT(*) AS n FROM sales_order")[0]["n"]
    todo = place.rows("SELECT 1 FROM effect WHERE state IN ('decided', 'in-flight') LIMIT 1")
    todo += place.rows("SELECT 1 FROM sales_order WHERE erp_key IS NULL AND cancellation = 'none' LIMIT 1")
    if known < len(shop.bought) or todo or place.rows("SELECT 1 FROM problem"):
        return False
    free = {sku: world.on_hand_and_reserved(sku) for sku in shop.skus}
    return all(place.on_shelf(sku, on_hand - reserved) for sku, (on_hand, reserved) in free.items())


def _nothing_doubled(shop: Shop) -> None:
    world = shop.world
    references = Counter(row["NUMPEDCLIENTE"].strip() for row in world.erp_orders())
    assert set(references.values()) == {1}
    in_cplus = shop.place.rows("SELECT reference FROM sales_order WHERE erp_key IS NOT NULL")
    recorded = {row["reference"] for row in in_cplus}
    bought = {f"LJ-{number}" for number in shop.bought}
    assert references.keys() == recorded, "what the records say is in C-Plus is there, and no more"
    # Refused before it was in C-Plus, an order need not come there.
    refused = {f"LJ-{number}" for number in shop.promised.get("refuse", ())}
    assert bought - refused <= recorded <= bought
    assert len(world.base("SELECT CODCLI FROM CLIENTE WHERE CPF = ?", world.buyer_document)) == 1
    mails = Counter((mail.kind, mail.order) for mail in world.shop.mail)
    assert [sent for sent, times in mails.items() if times > 1] == []
    for number in shop.promised.get("approve", set()) | shop.promised.get("confirm_payment", set()):
        assert world.shop_order(number)["total_due"] == 0, number
    for number in shop.promised.get("refuse", ()):
        assert world.shop_order(number)["state"] == "canceled", number
    for number in shop.promised.get("close_shipment", ()):
        assert world.tracks(number) == [tracking_code(int(number))], number
    (held,) = world.base(
        "SELECT COUNT(*) AS N FROM ORCAMENTO WHERE NUMPEDCLIENTE STARTING WITH 'LJ-' AND FLAGRESERVADO = 'Y'"
        " AND FLAGCANCELADO = 'Y'"
    )
    assert held["N"] == 0, "what is cancelled holds nothing"
    print({verb: len(numbers) for verb, numbers in shop.promised.items()}, "orders:", len(shop.bought))
