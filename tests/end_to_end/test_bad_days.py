"""Bad days: what breaks is named, the rest goes on, nothing is done twice, and it heals by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.sandbox.shop import create_app, serve
from tests.end_to_end.programs import Place
from tests.end_to_end.world import ACCOUNT, TOKEN, Life, World, life
from tests.firebird_server import FirebirdServer

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

ALL_DAY = 1_000_000


def _codes(engine: Life) -> set[str]:
    return set(engine.problems())


def _mails(world: World, number: str, kind: str) -> int:
    return [mail.kind for mail in world.shop.mail if mail.order == number].count(kind)


async def _waiting_for_its_parcel(world: World, engine: Life, sku: str) -> str:
    """An order that is paid and invoiced."""
    number = await engine.bought({sku: 1}, payment="pix")
    await engine.decide("confirm_payment", number)
    await engine.sync()
    world.staff.invoice(engine.order(number)["erp_key"])
    await engine.sync()
    assert engine.order(number)["queue"] == "to-ship"
    return number


# --- the shop ---------------------------------------------------------------------------------------------------------


async def test_a_shop_that_is_down_is_named_the_erps_side_goes_on_and_it_heals_when_it_is_back(
    world: World, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    app = create_app(world.shop, [TOKEN])
    with serve(app) as world.url:
        port = int(world.url.rpartition(":")[2])
        lives = life(world)
        engine = await lives.__aenter__()
        await engine.sync()
        number = await engine.bought({sku: 2}, payment="pix")
        await engine.decide("confirm_payment", number)
        await engine.sync()
    try:
        world.staff.invoice(engine.order(number)["erp_key"])
        world.till.sell(sku)
        report = await engine.sync()
        assert not report.at_rest
        assert set(report.stuck.values()) == {"channel-unreachable"}
        assert _codes(engine) == {"channel-unreachable"}
        assert engine.order(number)["queue"] == "to-ship", "the invoice in C-Plus is seen all the same"

        status = Place(world, tmp_path).run("status", "--json")
        assert status.returncode == 1
        told = json.loads(status.stdout)
        assert {problem["code"] for problem in told["problems"]} == {"channel-unreachable"}
        assert {task["error"] for task in told["tasks"] if task["task"] == "orders"} == {"channel-unreachable"}
        assert {task["error"] for task in told["tasks"] if task["task"] == "invoices"} == {None}

        with serve(app, port=port):
            await engine.heals()
            assert world.shop.salable(sku) == 7
    finally:
        await lives.__aexit__(None, None, None)


async def test_an_expired_token_is_named_and_a_good_one_heals(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        world.shop.faults.expire_token(".*", "/rest/", times=ALL_DAY)
        world.till.sell(sku)
        report = await engine.sync()
        assert set(report.stuck.values()) == {"channel-rights"}
        assert {row["severity"] for row in engine.rows("SELECT severity FROM problem")} == {"problem"}
        world.shop.faults.clear()
        await engine.heals()
        assert world.shop.salable(sku) == 9


async def test_a_shop_that_asks_for_patience_gets_it(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        world.shop.faults.too_many("POST", "source-items", retry_after_s=120, times=ALL_DAY)
        world.till.sell(sku)
        report = await engine.sync()
        assert report.stuck == {f"{ACCOUNT}/stock": "channel-busy"}, "only what was refused waits"
        (task,) = engine.rows("SELECT * FROM task WHERE name = 'stock'")
        asked_at, next_at = (datetime.fromisoformat(task[column]) for column in ("started_at", "next_at"))
        assert (next_at - asked_at).total_seconds() >= 120
        world.shop.faults.clear()
        await engine.heals()
        assert world.shop.salable(sku) == 9


@pytest.mark.parametrize("status", [200, 503])
async def test_a_page_where_json_is_expected_is_named_and_heals(world: World, status: int) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        world.shop.faults.maintenance("GET", "/orders\\?", times=ALL_DAY, status=status)
        number = world.buy({sku: 1})
        report = await engine.sync()
        assert report.stuck[f"{ACCOUNT}/orders"] == ("channel-not-json" if status == 200 else "channel-maintenance")
        world.shop.faults.clear()
        await engine.heals()
        assert engine.order(number)["fulfilment"] == "reserved"


# --- replies that are lost --------------------------------------------------------------------------------------------


async def test_a_capture_whose_reply_is_lost_is_done_once_and_mailed_once(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="cartao")
        world.shop.faults.lose_reply("POST", "/invoice$")
        await engine.decide("approve", number)
        await engine.heals()
        assert not world.shop.faults.rules, "the reply was lost"
        assert engine.order(number)["payment"] == "paid"
        assert world.shop_order(number)["total_due"] == 0
        assert len(world.shop.calls("POST", "V1/order/{id}/invoice")) == 1
        assert _mails(world, number, "invoice") == 1


async def test_a_capture_that_never_arrived_is_asked_again_after_it_was_read_back(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="cartao")
        world.shop.faults.answer("POST", "/invoice$", 500, {"message": "Internal Error."})
        await engine.decide("approve", number)
        await engine.heals()
        assert engine.order(number)["payment"] == "paid"
        assert [asked.status for asked in world.shop.calls("POST", "V1/order/{id}/invoice")] == [500, 200]
        assert _mails(world, number, "invoice") == 1


async def test_a_shipment_whose_reply_is_lost_is_made_once_and_mailed_once(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await _waiting_for_its_parcel(world, engine, sku)
        world.shop.faults.lose_reply("POST", "/ship$")
        order = engine.order(number)["id"]
        await engine.must("close_shipment", order=order, carrier="correios", tracking="AA473124829BR")
        await engine.heals()
        assert not world.shop.faults.rules, "the reply was lost"
        assert engine.order(number)["queue"] == "done"
        assert engine.order(number)["closed_at"] is not None
        assert world.tracks(number) == ["AA473124829BR"]
        assert _mails(world, number, "shipment") == 1
        assert world.shop.salable(sku) == 9


async def test_a_cancel_whose_reply_is_lost_gives_the_goods_back_once(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await engine.bought({sku: 4}, payment="cartao")
        world.shop.faults.lose_reply("POST", "/cancel$")
        await engine.decide("refuse", number, reason="sem estoque")
        await engine.heals()
        assert not world.shop.faults.rules, "the reply was lost"
        assert world.shop_order(number)["state"] == "canceled"
        assert engine.order(number)["cancellation"] == "cancelled"
        assert len(world.shop.calls("POST", "V1/orders/{id}/cancel")) == 1
        assert world.on_hand_and_reserved(sku) == (10, 0)
        assert world.shop.salable(sku) == 10


async def test_stock_whose_reply_is_lost_is_sent_again_as_it_is_by_then(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        world.shop.faults.lose_reply("POST", "source-items")
        world.till.sell(sku)
        await engine.heals()
        assert not world.shop.faults.rules, "the reply was lost"
        assert world.shop.salable(sku) == 9
        rows = engine.rows("SELECT * FROM publication WHERE item = ? AND facet = 'stock'", sku)
        assert all(row["wanted"] == row["confirmed"] for row in rows)


@pytest.mark.parametrize("path", ["/products$", "/products/[^/]+$", "/media$", "/base-prices$", "/tier-prices"])
async def test_a_first_publication_survives_a_lost_reply(world: World, path: str) -> None:
    sku = world.stocked(10)
    async with life(world, rested=False) as engine:
        lost = world.shop.faults.lose_reply("POST|PUT", path)
        await engine.heals()
        assert lost not in world.shop.faults.rules, "the reply was lost"
        offer = world.on_shelf(sku)
        assert offer is not None
        assert offer.photos
        assert len(set(offer.photos)) == len(offer.photos)
        assert world.shop.salable(sku) == 10


# --- the ERP ----------------------------------------------------------------------------------------------------------


async def test_a_firebird_server_that_dies_keeps_no_order_out_and_heals_when_it_is_back(
    world: World, firebird_server: FirebirdServer, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        before = await engine.bought({sku: 1}, payment="cartao")
        world.close()
        firebird_server.kill()
        number = world.buy({sku: 2})
        await engine.decide("approve", before)
        report = await engine.sync()
        assert not report.at_rest
        assert set(report.stuck.values()) <= {"erp-unreachable", "erp-connection-lost"}
        assert report.stuck[f"{ACCOUNT}/stock"] in ("erp-unreachable", "erp-connection-lost")
        assert f"{ACCOUNT}/orders" not in report.stuck
        assert engine.order(number)["fulfilment"] == "received", "the order is taken in meanwhile"
        assert world.shop_order(before)["total_due"] == 0, "what a person decided is done at the shop"
        status = Place(world, tmp_path).run("status")
        assert status.returncode == 1
        assert "C-Plus" in status.stdout

        firebird_server.restart()
        await engine.heals()
        assert engine.order(number)["fulfilment"] == "reserved"
        assert world.on_hand_and_reserved(sku) == (10, 3)
        assert [row["NUMPEDCLIENTE"].strip() for row in world.erp_orders()] == [f"LJ-{before}", f"LJ-{number}"]


@pytest.mark.long  # Firebird makes who is wrong often wait 8 s
async def test_a_wrong_password_of_the_base_is_named_without_being_shown_and_the_right_one_heals(world: World) -> None:
    sku = world.stocked(10)
    async with life(world):
        pass
    number = world.buy({sku: 1})
    right = world.database
    world.database = replace(right, password="wr0ng-pw")
    async with life(world, rested=False) as engine:
        report = await engine.supervisor.run_to_rest(limit=1)
        assert set(report.stuck.values()) == {"erp-login-refused"}
        assert _codes(engine) == {"erp-login-refused"}
        (problem,) = {tuple(row) for row in engine.rows("SELECT params, detail, severity FROM problem")}
        assert problem[2] == "problem"
        assert "wr0ng-pw" not in problem[0] + problem[1]
        assert engine.order(number)["fulfilment"] == "received", "the order is taken in meanwhile"
    world.database = right
    async with life(world, rested=False) as engine:
        await engine.heals()
        assert engine.order(number)["fulfilment"] == "reserved"


def test_the_doctor_names_a_wrong_password_and_a_wrong_token_and_shows_neither(world: World, tmp_path: Path) -> None:
    place = Place(world, tmp_path)
    assert place.run("doctor").returncode == 0
    place.environment |= {"INTEGRA_ERP_PASSWORD": "wr0ng-pw", "INTEGRA_LOJA_TOKEN": "wrong-token"}
    wrong = place.run("doctor", "--json")
    assert wrong.returncode == 3
    checks = {check["check"]: check for check in json.loads(wrong.stdout)}
    assert not checks["erp"]["ok"]
    assert "Firebird refuses user or password" in checks["erp"]["text"]
    assert not checks[ACCOUNT]["ok"]
    assert checks["settings"]["ok"]
    assert "wr0ng-pw" not in wrong.stdout + wrong.stderr
    assert "wrong-token" not in wrong.stdout + wrong.stderr


# --- orders that are strange ------------------------------------------------------------------------------------------


async def test_an_order_status_that_nobody_knows_stands_aside_named_and_heals(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number, other = world.buy({sku: 1}, payment="cartao"), world.buy({sku: 1})
        entity = {"entity_id": world.shop_order(number)["entity_id"], "increment_id": number}
        world.rest("POST", "V1/orders", {"entity": entity | {"state": "aguardando_lua", "status": "lua_nova"}})
        await engine.sync()
        row = engine.order(number)
        assert (row["queue"], row["parked"], row["raw_status"]) == (
            "problem",
            "unknown-status",
            "aguardando_lua/lua_nova",
        )
        assert engine.order(other)["fulfilment"] == "reserved", "the rest goes on"
        refused = await engine.ask("approve", order=row["id"])
        assert refused["ok"] is False, "nothing is decided on what nobody knows"
        world.clock._shift += timedelta(seconds=5)
        world.rest("POST", "V1/orders", {"entity": entity | {"state": "processing", "status": "processing"}})
        await engine.heals()
        row = engine.order(number)
        assert (row["queue"], row["parked"], row["fulfilment"]) == ("decide", None, "reserved")
        assert world.on_hand_and_reserved(sku) == (10, 2)


async def test_an_order_on_hold_in_the_shop_waits_and_goes_on_when_it_is_released(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = world.buy({sku: 1}, payment="cartao")
        entity_id = world.shop_order(number)["entity_id"]
        world.rest("POST", f"V1/orders/{entity_id}/hold")
        await engine.sync()
        row = engine.order(number)
        assert (row["queue"], row["parked"]) == ("problem", "on-hold-in-channel")
        world.clock._shift += timedelta(seconds=5)
        world.rest("POST", f"V1/orders/{entity_id}/unhold")
        await engine.heals()
        row = engine.order(number)
        assert (row["queue"], row["parked"], row["fulfilment"]) == ("decide", None, "reserved")
        assert world.on_hand_and_reserved(sku) == (10, 1)


async def test_a_name_that_the_base_cannot_hold_loses_only_its_strange_signs(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        guest = {
            "email": "zoe@example.com",
            "firstname": "Zoë 🦄",
            "lastname": "Łukasz 不",
            "cpf": world.buyer_document,
        }
        address = {"street": ["Rua 🏠 da Praia", "1", "", "Centro"], "city": "Porto Alegre", "region_code": "RS",
                   "postcode": "90010-300", "telephone": "51 99999-1234"}  # fmt: skip
        number = world.shop.storefront.place_order({sku: 1}, "boleto", guest=guest, address=address).increment_id
        await engine.heals()
        assert engine.order(number)["fulfilment"] == "reserved"
        (customer,) = world.base("SELECT NOMECLI, ENDERECO FROM CLIENTE WHERE CPF = ?", world.buyer_document)
        assert customer["NOMECLI"].strip() == "ZOË LUKASZ"
        assert customer["ENDERECO"].strip() == "RUA DA PRAIA"


async def test_a_cancel_that_cannot_be_looked_at_afterwards_is_not_asked_for_twice(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await engine.bought({sku: 4}, payment="cartao")
        await engine.decide("refuse", number, reason="sem estoque")
        world.shop.faults.maintenance("GET", r"V1/orders", times=6)  # nor does the list of orders tell
        while world.shop.faults.rules:
            await engine.sync()
        await engine.heals()
        assert len(world.shop.calls("POST", "V1/orders/{id}/cancel")) == 1
        assert engine.order(number)["cancellation"] == "cancelled"
        assert world.on_hand_and_reserved(sku) == (10, 0)
