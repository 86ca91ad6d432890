"""Integra's own records are lost, or put back from a backup: nothing is doubled, and a person learns what lacks."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from engine.store import copies
from tests.end_to_end.paid_orders import TRACKING, erp_key, paid_order, ship, two_products
from tests.end_to_end.programs import Place, eventually
from tests.end_to_end.shop_writes import counted_writes
from tests.end_to_end.world import ACCOUNT, Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


def copy_records(world: World, target: Path) -> Path:
    with closing(sqlite3.connect(world.state / "integra.db")) as db:
        copies.make(db, target)
    return target


def lose_records(world: World) -> None:
    for file in world.state.glob("integra.db*"):
        file.unlink()


def put_back(world: World, copy: Path) -> None:
    """As the guide says: only the file itself; what a killed engine left beside it lies there still."""
    shutil.copyfile(copy, world.state / "integra.db")


def mode(engine: Life) -> tuple[str, str]:
    (row,) = engine.rows("SELECT mode, mode_reason FROM account")
    return row["mode"], row["mode_reason"]


def found(engine: Life) -> dict[str, int]:
    (row,) = engine.rows("SELECT verdict FROM account")
    counted: dict[str, int] = json.loads(row["verdict"])
    return counted


def references(world: World) -> Counter[str]:
    return Counter(row["NUMPEDCLIENTE"].strip() for row in world.erp_orders())


def nothing_doubled(world: World, numbers: list[str], skus: tuple[str, ...]) -> None:
    assert references(world) == {f"LJ-{number}": 1 for number in numbers}
    assert len(world.base("SELECT CODCLI FROM CLIENTE WHERE CPF = ?", world.buyer_document)) == 1
    assert [what for what, times in mails(world).items() if times > 1] == []
    for sku in skus:
        on_hand, reserved = world.on_hand_and_reserved(sku)
        assert world.shop.salable(sku) == on_hand - reserved, sku


def mails(world: World) -> Counter[tuple[str, str]]:
    sent = [mail for mail in world.shop.mail if mail.kind in ("invoice", "shipment")]
    return Counter((mail.kind, mail.order or "") for mail in sent)


async def test_after_a_loss_of_all_records_orders_links_and_stock_are_found_again_and_nothing_is_written_twice(
    world: World,
) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        undecided = await engine.bought({one: 1}, payment="cartao")
        paid = await paid_order(world, engine, {one: 2})
        sold = await paid_order(world, engine, {two: 1})
        world.staff.invoice(erp_key(engine, sold))
        gone = await paid_order(world, engine, {two: 1})
        world.staff.invoice(erp_key(engine, gone))
        await engine.sync()
        await ship(engine, gone)
        refused = await engine.bought({two: 1}, payment="cartao")
        await engine.decide("refuse", refused, reason="desistiu")
        await engine.sync()
        dying = await engine.bought({two: 3})
        keys = {number: erp_key(engine, number) for number in (undecided, paid, sold)}
    before, reserved = world.erp_orders(), world.on_hand_and_reserved(two)[1]

    lose_records(world)
    world.shop.storefront.cancel_order(dying)
    meanwhile = world.buy({one: 1})
    with counted_writes(world) as writes:
        async with life(world, live=False, rested=False) as engine:
            await engine.sync()
            assert mode(engine) == ("observe", "lost-store")
            assert engine.problems() == ["lost-store"]
            counted = {name: found(engine)[name] for name in ("orders_in_erp", "orders_dead", "orders_to_import")}
            assert counted == {"orders_in_erp": 3, "orders_dead": 1, "orders_to_import": 1}
    assert writes == []
    assert world.erp_orders() == before, "nothing is written before a person has seen it"

    async with life(world, live=False, rested=False) as engine:
        await engine.must("go_live", account=ACCOUNT)
        await engine.heals()
        queues = {number: engine.order(number)["queue"] for number in keys}
        assert queues == {undecided: "decide", paid: "to-invoice", sold: "to-ship"}
        assert {number: erp_key(engine, number) for number in keys} == keys
        assert engine.order(meanwhile)["fulfilment"] == "reserved"
        assert world.on_hand_and_reserved(two)[1] == reserved - 3, "what died while nobody remembered it is free again"
        assert engine.order(dying)["queue"] == "done"
        await ship(engine, sold, "AA987654321BR")
        nothing_doubled(world, [undecided, paid, sold, gone, refused, dying, meanwhile], (one, two))


async def test_records_put_back_from_before_the_days_work_repeat_nothing_of_it(world: World, tmp_path: Path) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        undecided = await engine.bought({one: 1}, payment="cartao")
        approved = await engine.bought({one: 1}, payment="cartao")
        refused = await engine.bought({two: 1}, payment="cartao")
        sold, back = [await paid_order(world, engine, {two: 1}) for _ in range(2)]
        _sale, sale = [world.staff.invoice(erp_key(engine, number)) for number in (sold, back)]
        await engine.sync()
        await ship(engine, back, "AA987654321BR")
        world.staff.take_back(sale.key, two, 1)
        await world.clock.sleep(2)
        await engine.sync()
        # Decided, and none of it has left when the copy is made.
        unwritten = world.buy({one: 1})
        await engine.take_in_orders()
        await engine.decide("approve", approved)
        await engine.decide("refuse", refused, reason="desistiu")
        await engine.decide("close_shipment", sold, carrier="correios", tracking=TRACKING)
        await engine.decide("refund", back)
        copy = copy_records(world, tmp_path / "backup.db")

        await engine.sync()
        assert mails(world)["shipment", sold] == 1
        await engine.decide("refuse", undecided, reason="sem resposta")
        dying = await engine.bought({two: 2})
        later = await engine.bought({two: 1}, payment="pix")
        await engine.decide("confirm_payment", later)
        await engine.heals()
        memos = len(world.shop.documents.creditmemos)
        assert memos == 1
    numbers = [undecided, approved, refused, sold, back, unwritten, dying, later]
    nothing_doubled(world, numbers, (one, two))

    put_back(world, copy)
    world.shop.storefront.cancel_order(dying)
    world.till.sell(one)
    with counted_writes(world) as writes:
        async with life(world, live=False, rested=False) as engine:
            before = world.erp_orders()
            await engine.sync()
            assert mode(engine) == ("observe", "restored-store")
            assert "restored-store" in engine.problems()
            counted = found(engine)
            assert (counted["orders_in_erp"], counted["orders_dead"], counted["orders_to_import"]) == (1, 1, 0)
            assert world.erp_orders() == before
    assert writes == []

    async with life(world, live=False, rested=False) as engine:
        await engine.must("go_live", account=ACCOUNT)
        await engine.heals()
        assert len(world.shop.documents.creditmemos) == memos, "neither goods nor freight are credited twice"
        assert engine.order(undecided)["queue"] == "done"
        assert engine.order(approved)["payment"] == "paid"
        assert engine.order(later)["queue"] == "to-invoice"
        assert engine.order(dying)["queue"] == "done"
        assert world.tracks(sold) == [TRACKING]
        nothing_doubled(world, numbers, (one, two))


@pytest.mark.long
def test_a_backup_taken_while_the_service_runs_is_put_back_after_it_was_killed(world: World, tmp_path: Path) -> None:
    sku = world.stocked(10)
    place = Place(world, tmp_path)
    copy = tmp_path / "nightly.db"
    with place.service("first") as service:
        place.go_live()
        eventually(lambda: place.on_shelf(sku, 10), "the product is in the shop")
        first = world.buy({sku: 1})
        eventually(lambda: place.order(first).get("fulfilment") == "reserved", "the order is in C-Plus")
        done = place.run("backup", str(copy), "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["bytes"] == copy.stat().st_size
        again = place.run("backup", str(copy))
        assert (again.returncode, "is there already" in again.stderr) == (2, True)
        second = world.buy({sku: 2})
        eventually(lambda: place.order(second).get("fulfilment") == "reserved", "the other one too")
        service.kill()

    put_back(world, copy)
    with place.service("second"):
        told = place.run("status", "--json")
        eventually(lambda: place.rows("SELECT 1 FROM account WHERE adopted_at IS NOT NULL"), "it has looked again")
        assert json.loads(told.stdout)["accounts"][0]["reason"] == "restored-store"
        approved = place.run("go-live", ACCOUNT, "--yes")
        assert approved.returncode == 0, approved.stderr
        eventually(lambda: place.order(second).get("fulfilment") == "reserved", "it is known again")
        assert world.on_hand_and_reserved(sku) == (10, 3)
        assert references(world) == {f"LJ-{first}": 1, f"LJ-{second}": 1}
        eventually(lambda: place.on_shelf(sku, 7), "the shop shows what is left")
