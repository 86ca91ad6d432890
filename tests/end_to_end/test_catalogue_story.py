"""What the store flags on-line in C-Plus, and what the shop's visitors see of it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from connectors.sandbox.base import registers as r
from tests.end_to_end.world import ACCOUNT, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


async def test_a_product_flagged_online_is_in_the_shop_within_one_cycle_with_all_that_is_said_of_it(
    world: World,
) -> None:
    sku = world.stocked(4, 3)
    world.staff.flag_online(sku, False)
    world.staff.edit_product(
        sku, NOMEPRODWEB="Caneca de Cerâmica Azul", APLICACAO="Para café", DESCRICAOWEB="<p>Feita à mão</p>",
        PESOBRUTO=Decimal("0.45"), ALTURA=Decimal(10), LARGURA=Decimal(8), COMPRIMENTO=Decimal(9), PRAZOENTREGA=6,
    )  # fmt: skip
    world.staff.set_price(sku, r.VAREJO, Decimal("39.90"))
    world.staff.set_price(sku, r.ATACADO, Decimal("31.00"))
    world.staff.set_price(sku, r.REVENDA, Decimal("28.50"))
    async with life(world) as engine:
        assert world.on_shelf(sku) is None
        world.staff.flag_online(sku, True)
        await engine.sync()
        offer = world.on_shelf(sku)
        assert offer is not None
        assert offer.name == "Caneca de Cerâmica Azul"
        assert offer.price == Decimal("39.90")
        assert offer.available == 7
        assert offer.photos
        texts = offer.texts
        assert texts["short_description"] == "Para café"
        assert texts["description"] == "<p>Feita à mão</p>"
        shown = world.rest("GET", f"all/V1/products/{sku}")
        assert shown["weight"] == 0.45
        attributes = {entry["attribute_code"]: entry["value"] for entry in shown["custom_attributes"]}
        assert "6" in attributes.values(), "the delivery estimate"
        assert any("PIX" in str(value) for value in attributes.values()), "the payment options"
        groups = {tier["customer_group_id"]: tier["value"] for tier in shown.get("tier_prices", [])}
        assert sorted(groups.values()) == [28.5, 31]

        world.staff.flag_online(sku, False)
        await engine.sync()
        assert world.on_shelf(sku) is None, "it leaves the storefront"
        assert world.rest("GET", f"all/V1/products/{sku}")["status"] == 2, "and stays in the database"


async def test_goods_received_and_a_counter_sale_move_the_shops_stock_and_a_new_price_follows(world: World) -> None:
    sku = world.stocked(2)
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    async with life(world) as engine:
        world.receiver.receive(sku, 5, {r.VAREJO: Decimal("54.90")})
        await engine.sync()
        offer = world.on_shelf(sku)
        assert offer is not None
        assert (offer.available, offer.price) == (Decimal(7), Decimal("54.90"))
        world.till.sell(sku, 3)
        await engine.sync()
        assert world.shop.salable(sku) == 4


async def test_a_grid_arrives_as_one_product_whose_variants_have_their_own_stock_and_price(world: World) -> None:
    (grid,) = world.base(
        "SELECT FIRST 1 CODPRODGRADE AS G FROM PRODUTO WHERE CODPRODGRADE IS NOT NULL ORDER BY CODPROD"
    )
    cells = [
        row["CODPROD"].strip()
        for row in world.base("SELECT CODPROD FROM PRODUTO WHERE CODPRODGRADE = ? ORDER BY CODPROD", grid["G"])
    ]
    assert len(cells) == 6
    for number, cell in enumerate(cells, start=1):
        world.staff.flag_online(cell, True)
        world.set_stock(cell, number)
        world.staff.set_price(cell, r.VAREJO, Decimal(100 + number))
    async with life(world):
        offer = world.on_shelf(f"G{grid['G'].strip()}")
        assert offer is not None
        variants = {variant.sku: variant for variant in offer.variants}
        assert set(variants) == set(cells)
        assert len({tuple(sorted(variant.choices.items())) for variant in offer.variants}) == 6
        for number, cell in enumerate(cells, start=1):
            assert (variants[cell].available, variants[cell].price) == (Decimal(number), Decimal(100 + number))


async def test_a_product_put_into_another_section_leaves_the_category_of_the_first_and_keeps_the_merchants(
    world: World,
) -> None:
    sku = world.simple_product()
    sections = world.base("SELECT CODSEC, NOMESECAO FROM SECAO ORDER BY CODSEC")
    names = {str(row["CODSEC"]).strip(): str(row["NOMESECAO"]).strip() for row in sections}
    (before,) = (str(row["CODSEC"]).strip() for row in world.base("SELECT CODSEC FROM PRODUTO WHERE CODPROD = ?", sku))
    after = next(key for key in names if key != before)

    def shown() -> set[str]:
        with world.shop.lock:
            links = world.shop.catalogue.get(sku).category_links
            return {world.shop.categories.by_id[category].name for category in links}

    async with life(world) as engine:
        await engine.sync()
        assert shown() == {names[before]}
        promotions = world.rest("POST", "V1/categories", {"category": {"name": "Promoções", "parent_id": 2}})["id"]
        link = {"productLink": {"sku": sku, "position": 1, "category_id": str(promotions)}}
        world.rest("POST", f"V1/categories/{promotions}/products", link)
        world.staff.edit_product(sku, CODSEC=after)
        await engine.sync()
        assert shown() == {names[after], "Promoções"}


async def test_a_changed_map_of_categories_moves_what_was_sent_by_the_old_one_and_keeps_what_the_merchant_added(
    world: World,
) -> None:
    sku = world.simple_product()

    def make(name: str) -> int:
        return int(world.rest("POST", "V1/categories", {"category": {"name": name, "parent_id": 2}})["id"])

    def shown() -> set[str]:
        with world.shop.lock:
            links = world.shop.catalogue.get(sku).category_links
            return {world.shop.categories.by_id[category].name for category in links}

    first, second, promotions = make("Vitrine"), make("Novidades"), make("Promoções")
    async with life(world) as engine:
        (row,) = engine.rows(
            "SELECT json_extract(confirmed, '$.categories') AS path FROM publication"
            " WHERE item = ? AND facet = 'content'",
            sku,
        )
        path = json.loads(row["path"])
        assert shown() == {path[-1]}
    ours = " > ".join(path)
    link = {"productLink": {"sku": sku, "position": 1, "category_id": str(promotions)}}
    world.rest("POST", f"V1/categories/{promotions}/products", link)

    world.more_shop_options = {"categories": {ours: first}}
    async with life(world):
        assert shown() == {"Vitrine", "Promoções"}
    world.more_shop_options = {"categories": {ours: second}}
    async with life(world):
        assert shown() == {"Novidades", "Promoções"}
        asked = len(world.shop.calls("PUT", "V1/products/{sku}"))
    async with life(world):
        assert len(world.shop.calls("PUT", "V1/products/{sku}")) == asked, "moved once"

    world.more_shop_options = {}
    async with life(world):
        assert shown() == {path[-1], "Promoções"}


async def test_a_new_account_writes_nothing_before_a_person_says_so(world: World) -> None:
    sku = world.stocked(4)
    async with life(world):
        pass
    world.rest("PUT", f"all/V1/products/{sku}", {"product": {"name": "Nome dado na loja"}})
    (world.state / "integra.db").unlink()
    asked_before = len(world.shop.requests)
    async with life(world, live=False) as engine:
        await engine.sync()
        writes = [asked for asked in list(world.shop.requests)[asked_before:] if asked.method != "GET"]
        assert writes == []
        assert world.erp_orders() == []
        (account,) = engine.rows("SELECT * FROM account")
        assert (account["mode"], account["adopted_at"] is not None) == ("observe", True)
        changes = {row.item for row in engine.planned() if row.facet == "content"}
        assert sku in changes
        shown = world.rest("GET", f"all/V1/products/{sku}")
        assert shown["name"] == "Nome dado na loja"
        photos = len(shown["media_gallery_entries"])

        await engine.must("go_live", account=ACCOUNT)
        await engine.sync()
        shown = world.rest("GET", f"all/V1/products/{sku}")
        assert shown["name"] != "Nome dado na loja"
        assert len(shown["media_gallery_entries"]) == photos, "the photos it had are not sent again"


async def test_a_product_without_price_or_with_a_broken_photo_is_named_and_the_rest_goes_on(world: World) -> None:
    bare, good = world.simple_product(0), world.simple_product(1)
    world.set_stock(good, 3)
    world.staff.set_price(bare, r.VAREJO, None)
    world.staff.replace_photos(good, b"this is no picture")
    async with life(world) as engine:
        assert world.on_shelf(bare) is None
        assert world.on_shelf(good) is not None
        assert "product-without-price" in engine.problems()
        assert "photo-no-picture" in engine.problems()
        world.staff.set_price(bare, r.VAREJO, Decimal(10))
        world.set_stock(bare, 1)
        await engine.sync()
        assert world.on_shelf(bare) is not None, "it heals by itself"
        named = engine.rows(
            "SELECT 1 FROM problem WHERE code = 'product-without-price' AND subject = ?", f"item:{bare}"
        )
        assert named == []


async def test_what_somebody_changes_in_the_shops_admin_is_put_right_by_the_slower_comparison(world: World) -> None:
    sku = world.stocked(4)
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    async with life(world) as engine:
        await world.clock.sleep(60)
        await engine.sync()
        world.rest("PUT", f"all/V1/products/{sku}", {"product": {"price": 5}})
        row = {"sku": sku, "source_code": "default", "quantity": 99, "status": 1}
        world.rest("POST", "V1/inventory/source-items", {"sourceItems": [row]})
        await world.clock.sleep(60)
        await engine.sync()
        offer = world.on_shelf(sku)
        assert offer is not None
        assert (offer.price, offer.available) == (Decimal(50), Decimal(4))


async def test_the_console_flags_a_product_online_by_writing_it_into_the_erp_which_masters_it(world: World) -> None:
    sku = world.stocked(4)
    async with life(world) as engine:
        await engine.must("flag_online", account=ACCOUNT, sku=sku, online=False)
        await engine.sync()
        assert world.on_shelf(sku) is None
        tagged = "SELECT 1 AS T FROM PRODUTOCARACTERISTICA WHERE CODPROD = ? AND CODCARACTERISTICA = ?"
        assert world.base(tagged, sku, r.VENDA_ONLINE) == []
        await engine.must("flag_online", account=ACCOUNT, sku=sku, online=True)
        await engine.sync()
        assert world.on_shelf(sku) is not None
        entries = engine.rows("SELECT what, after FROM audit WHERE subject = ? ORDER BY id", f"sku {sku}@{ACCOUNT}")
        assert [row["after"] for row in entries] == ["false", "true"]


async def test_what_the_account_says_of_a_product_reaches_the_shop_and_goes_back_to_what_c_plus_says(
    world: World,
) -> None:
    sku = world.stocked(5)
    world.staff.edit_product(sku, NOMEPRODWEB="Caneca de C-Plus")
    async with life(world) as engine:
        said = {"name": "Caneca da loja", "buffer": "2", "short_description": "Só aqui"}
        answer = await engine.ask("set_listing", account=ACCOUNT, changes={sku: said})
        assert answer["ok"]
        await engine.sync()
        offer = world.on_shelf(sku)
        assert offer is not None
        assert (offer.name, offer.available) == ("Caneca da loja", Decimal(3))
        assert offer.texts["short_description"] == "Só aqui"
        undo = answer["result"]
        await engine.must("set_listing", account=ACCOUNT, changes=undo["before"], seen=undo["seen"])
        await engine.sync()
        offer = world.on_shelf(sku)
        assert offer is not None
        assert (offer.name, offer.available) == ("Caneca de C-Plus", Decimal(5))
        await engine.must("set_listing", account=ACCOUNT, changes={sku: {"withheld": True}})
        await engine.sync()
        assert world.on_shelf(sku) is None, "although C-Plus has it online"
