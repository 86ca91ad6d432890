"""Kits from C-Plus to the shop and back: one stock for the kit and its parts, whoever sells either."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors.sandbox.base import registers as r
from tests.end_to_end.world import Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


def make_kit(world: World, kit: str, **parts: object) -> None:
    """Turn a product into a kit; nothing is stamped."""
    world.change("UPDATE PRODUTO SET FLAGCOMPOSTO = 'Y' WHERE CODPROD = ?", kit)
    world.change("DELETE FROM COMPOSICAO WHERE CODPROD = ?", kit)
    for part, quantity in parts.items():
        world.change(
            "INSERT INTO COMPOSICAO (CODCOMPOSICAO, CODPROD, REFERCODPROD, QUANTIDADE) VALUES (?, ?, ?, ?)",
            f"{kit[-4:]}{part[-4:]}", kit, part, quantity,
        )  # fmt: skip


def held(world: World, *skus: str) -> list[tuple[int, int]]:
    """On hand and reserved."""
    return [world.on_hand_and_reserved(sku) for sku in skus]


def for_sale(world: World, *skus: str) -> list[int]:
    return [int(world.shop.salable(sku)) for sku in skus]


def problems(engine: Life) -> dict[str, str]:
    return {row["subject"]: row["code"] for row in engine.rows("SELECT subject, code FROM problem")}


@pytest.fixture
def goods(world: World) -> tuple[str, str, str]:
    """A kit of two cups and a plate; ten cups and six plates. The kit itself has none on any shelf."""
    kit, cup, plate = (world.simple_product(index) for index in range(3))
    make_kit(world, kit, **{cup: 2, plate: 1})
    world.set_stock(kit, 0)
    world.set_stock(cup, 10)
    world.set_stock(plate, 6)
    return kit, cup, plate


async def test_a_kit_sold_in_the_shop_takes_its_parts_in_c_plus_from_the_order_to_the_invoice(
    world: World, goods: tuple[str, str, str]
) -> None:
    kit, cup, plate = goods
    async with life(world) as engine:
        assert for_sale(world, kit, cup, plate) == [5, 10, 6]
        number = await engine.bought({kit: 2, cup: 1}, payment="pix")
        order = engine.order(number)
        assert order["fulfilment"] == "reserved"
        assert held(world, kit, cup, plate) == [(0, 0), (10, 5), (6, 2)]
        assert for_sale(world, kit, cup, plate) == [2, 5, 4], "two pairs of five cups are left"

        lines = world.base(
            "SELECT CODPROD, QUANTIDADE, VALORUNITARIO, VALORTOTAL FROM ORCAMENTOPROD WHERE CODORC = ?"
            " ORDER BY NUMEROITEM", order["erp_key"],
        )  # fmt: skip
        assert [(row["CODPROD"], int(row["QUANTIDADE"])) for row in lines] == [(cup, 4), (plate, 2), (cup, 1)]
        (price,) = world.base("SELECT PRECO FROM PRODUTOPRECO WHERE CODPROD = ? AND CODPRECO = ?", kit, r.VAREJO)
        assert lines[0]["VALORTOTAL"] + lines[1]["VALORTOTAL"] == 2 * price["PRECO"], "the parts cost what the kit does"
        (header,) = world.base("SELECT OBS, VALORTOTALORCAMENTO FROM ORCAMENTO WHERE CODORC = ?", order["erp_key"])
        assert f"KIT {kit}" in header["OBS"]
        assert header["VALORTOTALORCAMENTO"] == Decimal(str(world.shop_order(number)["grand_total"]))

        await engine.must("confirm_payment", order=order["id"])
        await engine.sync()
        world.staff.invoice(order["erp_key"])
        await engine.sync()
        assert engine.order(number)["queue"] == "to-ship"
        assert held(world, kit, cup, plate) == [(0, 0), (5, 0), (4, 0)]
        assert for_sale(world, kit, cup, plate) == [2, 5, 4]
        await engine.must("close_shipment", order=order["id"], carrier="correios", tracking="AA123456785BR")
        await engine.sync()
        assert world.shop_order(number)["state"] == "complete"
        assert for_sale(world, kit, cup, plate) == [2, 5, 4], "nothing comes back with the shipment"


async def test_the_last_cups_sold_at_the_counter_leave_no_kit_in_the_shop(
    world: World, goods: tuple[str, str, str]
) -> None:
    kit, cup, plate = goods
    world.set_stock(cup, 3)
    async with life(world) as engine:
        assert for_sale(world, kit, cup, plate) == [1, 3, 6]
        assert world.till.sell(cup, 2) is not None
        await engine.sync()
        assert for_sale(world, kit, cup, plate) == [0, 1, 6]


async def test_a_kit_whose_part_is_missing_waits_short_and_is_served_when_the_part_arrives(
    world: World, goods: tuple[str, str, str]
) -> None:
    kit, cup, plate = goods
    async with life(world) as engine:
        number = world.buy({kit: 3}, payment="pix")
        assert world.till.sell(cup, 6) is not None
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "short"
        assert held(world, cup, plate) == [(4, 0), (6, 0)]
        assert for_sale(world, kit, cup, plate) == [0, 0, 3], "what waits for the kit is promised, plates too"
        world.receiver.receive(cup, 3)
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "reserved"
        assert held(world, cup, plate) == [(7, 6), (6, 3)]
        assert for_sale(world, kit, cup, plate) == [0, 1, 3]


async def test_cups_that_a_count_finds_missing_take_the_kits_order_back_to_short(
    world: World, goods: tuple[str, str, str]
) -> None:
    kit, cup, plate = goods
    async with life(world) as engine:
        number = await engine.bought({kit: 3}, payment="pix")
        assert held(world, cup, plate) == [(10, 6), (6, 3)]
        world.change("UPDATE PRODUTOESTOQUE SET ESTATU = 5 WHERE CODPROD = ? AND CODSETORESTOQUE = ?", cup, r.LOJA)
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "short"
        assert held(world, cup, plate) == [(5, 0), (6, 0)]


@pytest.mark.long
async def test_a_cup_given_back_of_a_kit_is_for_a_person_to_decide(world: World, goods: tuple[str, str, str]) -> None:
    kit, cup, _ = goods
    async with life(world) as engine:
        number = await engine.bought({kit: 1}, payment="pix")
        order = engine.order(number)
        await engine.must("confirm_payment", order=order["id"])
        sale = world.staff.invoice(order["erp_key"])
        await engine.sync()
        world.staff.take_back(sale.key, cup, 1)
        await engine.sync()
        assert engine.order(number)["parked"] == "returned-in-erp"


@pytest.mark.long
async def test_a_cancelled_kit_gives_its_parts_back_once(world: World, goods: tuple[str, str, str]) -> None:
    kit, cup, plate = goods
    async with life(world) as engine:
        number = await engine.bought({kit: 2}, payment="pix")
        assert for_sale(world, kit, cup, plate) == [3, 6, 4]
        world.shop.storefront.cancel_order(number)
        await engine.sync()
        assert held(world, cup, plate) == [(10, 0), (6, 0)]
        assert for_sale(world, kit, cup, plate) == [5, 10, 6]


@pytest.mark.long
async def test_an_order_keeps_the_composition_it_was_bought_with(world: World, goods: tuple[str, str, str]) -> None:
    kit, cup, plate = goods
    async with life(world) as engine:
        number = world.buy({kit: 1}, payment="pix")
        await engine.take_in_orders()
        make_kit(world, kit, **{cup: 5})
        await engine.sync()
        assert held(world, cup, plate) == [(10, 2), (6, 1)]
        assert for_sale(world, kit) == [1], "eight cups make one of the new kind"
        await engine.decide("confirm_payment", number)
        world.staff.invoice(engine.order(number)["erp_key"])
        await engine.sync()
        assert engine.order(number)["parked"] is None


@pytest.mark.long
async def test_a_kit_that_contains_itself_is_not_sold_and_is_named(world: World, goods: tuple[str, str, str]) -> None:
    kit, cup, plate = goods
    async with life(world) as engine:
        number = world.buy({kit: 1}, payment="pix")
        make_kit(world, cup, **{kit: 1})
        await engine.sync()
        assert for_sale(world, kit, cup, plate) == [0, 0, 5]
        found = problems(engine)
        assert found[f"item:{kit}"] == "kit-in-itself"
        assert found[f"item:{cup}"] == "kit-in-itself"

        # The order that came meanwhile: its composition was kept while it was still sound.
        assert engine.order(number)["fulfilment"] == "reserved"
        other = world.buy({plate: 1}, payment="pix")
        make_kit(world, cup)
        world.change("UPDATE PRODUTO SET FLAGCOMPOSTO = 'N' WHERE CODPROD = ?", cup)
        await engine.sync()
        assert engine.order(other)["fulfilment"] == "reserved"
        assert f"item:{kit}" not in problems(engine)
        assert for_sale(world, kit, cup, plate) == [4, 8, 4]


@pytest.mark.long
async def test_an_order_of_a_kit_that_cannot_be_read_waits_for_a_person_and_goes_on_once_it_is_put_right(
    world: World, goods: tuple[str, str, str]
) -> None:
    kit, cup, plate = goods
    async with life(world) as engine:
        world.change("UPDATE COMPOSICAO SET QUANTIDADE = NULL WHERE CODPROD = ? AND REFERCODPROD = ?", kit, cup)
        (catalogue,) = [task for task in engine.engine.tasks() if task.name == "catalogue"]
        await catalogue.run()  # the shop has not been told yet
        number = await engine.bought({kit: 1}, payment="pix")
        order = engine.order(number)
        assert (order["queue"], order["parked"]) == ("problem", "kit-part-without-quantity")
        assert world.erp_orders() == []
        world.change("UPDATE COMPOSICAO SET QUANTIDADE = 2 WHERE CODPROD = ? AND REFERCODPROD = ?", kit, cup)
        await engine.sync()
        await engine.must("unpark", order=order["id"])
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "reserved"
        assert held(world, cup, plate) == [(10, 2), (6, 1)]


@pytest.mark.long
async def test_what_is_odd_about_the_stock_is_told_once_with_its_names(
    world: World, goods: tuple[str, str, str]
) -> None:
    kit, cup, plate = goods
    world.change("UPDATE PRODUTOESTOQUE SET ESTATU = -3 WHERE CODPROD = ? AND CODSETORESTOQUE = ?", cup, r.LOJA)
    world.change("DELETE FROM PRODUTOESTOQUE WHERE CODPROD = ?", plate)
    world.change("DELETE FROM PRODUTOESTOQUE WHERE CODPROD = ?", kit)
    async with life(world) as engine:
        assert for_sale(world, kit, cup, plate) == [0, 0, 0]
        told = {row["code"]: row["params"] for row in engine.rows("SELECT * FROM problem WHERE subject = 'stock:'")}
        assert cup in told["stock-negative"]
        assert plate in told["stock-row-missing"]
        assert kit not in told["stock-row-missing"], "a kit needs none of its own"
        world.set_stock(cup, 4)
        world.set_stock(plate, 4)
        await engine.sync()
        assert "stock-negative" not in engine.problems()
        assert for_sale(world, kit, cup, plate) == [2, 4, 4]


@pytest.mark.long
async def test_a_service_is_offered_only_in_the_number_that_the_store_sets(
    world: World, goods: tuple[str, str, str]
) -> None:
    wrapping = world.simple_product(3)
    world.change("UPDATE PRODUTO SET FLAGSERVICO = 'Y' WHERE CODPROD = ?", wrapping)
    async with life(world) as engine:
        assert world.on_shelf(wrapping) is None
        assert problems(engine)[f"item:{wrapping}"] == "product-without-stock-control"
    world.account_options["uncounted_stock"] = Decimal(100)
    async with life(world) as engine:
        assert f"item:{wrapping}" not in problems(engine)
        assert for_sale(world, wrapping) == [100]
        number = await engine.bought({wrapping: 1}, payment="pix")
        assert engine.order(number)["fulfilment"] == "reserved", "it never waits for goods"
        assert for_sale(world, wrapping) == [100]
