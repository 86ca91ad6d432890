"""The story of a web order, from the buyer's click to the closed parcel: Firebird server and HTTP, nothing faked."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.end_to_end.world import World, life
from tests.faulty_link import FaultyLink

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


async def test_an_order_its_customer_and_its_reservation_stand_in_the_erp_once_and_others_see_less(
    world: World,
) -> None:
    first, second = world.stocked(5), world.stocked(3, index=1)
    async with life(world) as engine:
        number = world.buy({first: 2, second: 1})
        assert world.shop.salable(first) == 3
        await engine.sync()
        await engine.sync()
        (order,) = world.erp_orders()
        assert order["NUMPEDCLIENTE"].strip() == f"LJ-{number}"
        assert order["FLAGRESERVADO"] == "Y"
        lines = world.base("SELECT CODPROD, QUANTIDADE FROM ORCAMENTOPROD WHERE CODORC = ?", order["CODORC"])
        assert {line["CODPROD"].strip(): int(line["QUANTIDADE"]) for line in lines} == {first: 2, second: 1}
        assert world.on_hand_and_reserved(first) == (5, 2)
        assert world.on_hand_and_reserved(second) == (3, 1)
        customers = world.base("SELECT CODCLI FROM CLIENTE WHERE CPF = ?", world.buyer_document)
        assert len(customers) == 1
        shop_total = float(world.shop_order(number)["grand_total"])
        assert float(order["VALORTOTALORCAMENTO"]) == shop_total
        assert world.shop.salable(first) == 3, "what the shop subtracted itself is not subtracted again"
        row = engine.order(number)
        assert (row["queue"], row["fulfilment"], row["erp_key"].strip()) == ("pay", "reserved", order["CODORC"].strip())


async def test_the_last_piece_sold_at_the_counter_leaves_the_web_order_short_and_arriving_goods_serve_it_first(
    world: World,
) -> None:
    sku = world.stocked(1)
    async with life(world) as engine:
        number = world.buy({sku: 1})
        assert world.till.sell(sku) is not None, "the counter is quicker"
        await engine.sync()
        assert world.on_hand_and_reserved(sku) == (0, 0), "nothing goes negative"
        (order,) = world.erp_orders()
        assert order["FLAGRESERVADO"] == "N"
        assert engine.order(number)["queue"] == "short"
        assert world.shop.salable(sku) == 0

        world.receiver.receive(sku, 3)
        await engine.sync()
        assert world.on_hand_and_reserved(sku) == (3, 1)
        assert engine.order(number)["fulfilment"] == "reserved"
        assert world.shop.salable(sku) == 2, "the waiting order is served before anybody else sees the goods"


async def test_an_approved_card_is_captured_by_invoicing_and_a_refused_one_gives_the_goods_back_once(
    world: World,
) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        taken, refused = world.buy({sku: 1}, payment="cartao"), world.buy({sku: 2}, payment="cartao")
        await engine.sync()
        assert engine.order(taken)["queue"] == engine.order(refused)["queue"] == "decide"
        assert world.on_hand_and_reserved(sku) == (10, 3)

        await engine.decide("approve", taken)
        await engine.decide("refuse", refused, reason="Fraude evidente")
        await engine.sync()
        await engine.sync()
        assert world.shop_order(taken)["total_due"] == 0
        assert world.shop_order(refused)["state"] == "canceled"
        assert engine.order(taken)["queue"] == "to-invoice"
        assert engine.order(refused)["queue"] == "done"
        assert world.on_hand_and_reserved(sku) == (10, 1), "the refused goods are back, once"
        assert world.shop.salable(sku) == 9


async def test_the_gateways_review_is_followed_whatever_it_decides(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        good = world.buy({sku: 1}, payment="cartao", review=True)
        bad = await engine.bought({sku: 1}, payment="cartao", review=True)
        assert engine.order(good)["payment"] == "review"
        answer = await engine.ask("approve", order=engine.order(good)["id"])
        assert answer["error"]["code"] == "in-review"
        world.decide_at_gateway(good, accept=True)
        world.decide_at_gateway(bad, accept=False)
        await engine.sync()
        assert engine.order(good)["queue"] == "decide"
        assert engine.order(good)["authorized_until"] is not None, "the operator sees how long he has"
        assert engine.order(bad)["cancellation"] == "cancelled"
        assert world.on_hand_and_reserved(sku) == (10, 1)


async def test_a_buyer_who_cancels_after_the_approval_raises_the_alarm_and_moves_nothing(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="boleto")
        await engine.decide("confirm_payment", number)
        await engine.sync()
        world.refund_in_the_shop(number)
        await engine.sync()
        row = engine.order(number)
        assert row["alarm"] == "do-not-dispatch"
        assert row["queue"] == "problem"
        assert world.on_hand_and_reserved(sku) == (10, 1), "nothing happens by itself"


async def test_a_confirmed_boleto_asks_the_shop_once_for_its_payment_mail(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="boleto")
        row = engine.order(number)
        assert row["queue"] == "pay"
        await engine.must("confirm_payment", order=row["id"])
        again = await engine.ask("confirm_payment", order=row["id"])
        assert again["error"]["code"] == "payment-not-pending"
        await engine.sync()
        assert engine.order(number)["queue"] == "to-invoice"
        assert [mail.kind for mail in world.shop.mail if mail.order == number].count("invoice") == 1


async def test_an_invoiced_order_is_closed_with_its_tracking_and_the_customer_is_mailed(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await engine.bought({sku: 2}, payment="pix")
        await engine.decide("confirm_payment", number)
        await engine.sync()
        early = await engine.ask("close_shipment", order=engine.order(number)["id"], carrier="correios", tracking="X")
        assert early["error"]["code"] == "not-invoiced"

        world.staff.invoice(engine.order(number)["erp_key"])
        await engine.sync()
        row = engine.order(number)
        assert row["queue"] == "to-ship"
        assert len(row["nfe_key"]) == 44
        assert world.on_hand_and_reserved(sku) == (8, 0)
        assert world.shop.salable(sku) == 8

        bare = await engine.ask("close_shipment", order=row["id"], carrier="correios", tracking=" ")
        assert bare["error"]["code"] == "tracking-missing"
        await engine.must("close_shipment", order=row["id"], carrier="correios", tracking="aa473124829br")
        await engine.sync()
        assert engine.order(number)["queue"] == "done"
        assert engine.order(number)["closed_at"] is not None
        assert world.tracks(number) == ["AA473124829BR"]
        assert [mail.kind for mail in world.shop.mail if mail.order == number].count("shipment") == 1
        assert world.shop_order(number)["state"] == "complete"
        assert world.shop.salable(sku) == 8


async def test_a_pick_up_is_closed_without_a_tracking_code(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="pix")
        await engine.decide("confirm_payment", number)
        await engine.sync()
        world.staff.invoice(engine.order(number)["erp_key"], nfe=False)
        await engine.sync()
        await engine.decide("close_shipment", number, carrier="pickup", tracking="")
        await engine.sync()
        assert engine.order(number)["queue"] == "done"
        assert world.tracks(number) == []


async def test_a_decision_made_on_an_old_screen_is_refused_and_says_what_changed(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="cartao")
        row = engine.order(number)
        await engine.must("approve", order=row["id"])
        stale = await engine.ask("refuse", order=row["id"], reason="x", row_version=row["row_version"])
        assert stale["error"]["code"] == "stale"
        assert stale["error"]["params"]["what"] == "approve"


async def test_an_order_with_a_product_the_erp_does_not_know_waits_named_and_heals(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        world.sell_in_the_shop("DESCONHECIDO-1", stock=5)
        number, other = world.buy({"DESCONHECIDO-1": 1}), world.buy({sku: 1})
        await engine.sync()
        assert engine.order(number)["queue"] == "problem"
        assert "unknown" in engine.order(number)["parked"]
        assert engine.order(other)["fulfilment"] == "reserved", "the rest goes on"


@pytest.mark.parametrize(
    "applied", [pytest.param(False, marks=pytest.mark.long), True], ids=["lost-before", "lost-after"]
)
async def test_a_connection_lost_anywhere_while_orders_are_written_leaves_each_of_them_once(
    world: World, applied: bool
) -> None:
    sku = world.stocked(100)
    with closing(FaultyLink(world.database.host or "", world.database.port)) as link:
        world.erp_address = ("127.0.0.1", link.port)
        async with life(world) as engine:
            numbers, struck = [], 0
            for message in range(1, 120, 11):
                numbers.append(world.buy({sku: 1}))
                (link.cut_after if applied else link.cut_before)(message)
                await engine.sync()
                struck += link.struck.is_set()
                link.disarm()
                await engine.sync()
            assert struck >= 3, "the line was hardly ever lost"
            references = [order["NUMPEDCLIENTE"].strip() for order in world.erp_orders()]
            assert references == [f"LJ-{number}" for number in numbers]
            assert world.on_hand_and_reserved(sku) == (100, len(numbers))
            assert world.shop.salable(sku) == 100 - len(numbers)


async def test_people_who_share_an_email_but_not_a_document_are_different_customers_and_hold_nobody_up(
    world: World,
) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        first = await engine.bought({sku: 1})
        world.buyer_document = "11144477735"
        second = world.buy({sku: 1})
        world.buyer_document = "00000000000"
        nobody = await engine.bought({sku: 1})
        assert all(engine.order(number)["fulfilment"] == "reserved" for number in (first, second, nobody))
        documents = {
            row["CPF"].strip() for row in world.base("SELECT CPF FROM CLIENTE WHERE EMAIL = 'joana@example.com'")
        }
        assert {"52998224725", "11144477735"} <= documents


async def test_a_cancel_that_the_shop_refuses_leaves_an_order_that_still_reaches_the_erp(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = world.buy({sku: 1}, payment="cartao")
        await engine.take_in_orders()
        await engine.decide("refuse", number, reason="engano")
        world.shop.faults.answer("POST", f"orders/{world.shop_order(number)['entity_id']}/cancel", 200, False, times=5)
        await engine.sync()
        row = engine.order(number)
        assert (row["cancellation"], row["parked"]) == ("none", "cancel-refused")
        assert row["fulfilment"] == "reserved"
        assert world.on_hand_and_reserved(sku) == (10, 1)
