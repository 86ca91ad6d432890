"""A shop that sold before Integra came: filled by hand or by an older connector, with SKUs of all kinds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.base import registers as r
from engine.ports import SalesChannel
from engine.publishing import StockPush
from tests.end_to_end.programs import Place
from tests.end_to_end.shop_writes import counted_writes
from tests.end_to_end.world import ACCOUNT, Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

CHEAP = Decimal("50.00")


@pytest.fixture
def world(world: World) -> World:
    world.more_erp_options["ean_kind"] = r.CODE_EAN
    return world


def known(world: World, sku: str) -> dict[str, str]:
    (row,) = world.base(
        "SELECT P.CODIGO, P.NOMEPROD, B.CODIGO AS GTIN FROM PRODUTO P LEFT JOIN PRODUTOCODIGO B ON B.CODPROD ="
        " P.CODPROD AND B.CODTIPOCODIGO = ? WHERE P.CODPROD = ?",
        r.CODE_EAN,
        sku,
    )
    return {"code": row["CODIGO"].strip(), "name": row["NOMEPROD"].strip(), "gtin": (row["GTIN"] or "").strip()}


def put_in_shop(world: World, sku: str, *, name: str = "Da loja", gtin: str = "", price: Decimal = CHEAP) -> None:
    """Somebody typed it there, years ago."""
    world.sell_in_the_shop(sku, 9)
    custom = [{"attribute_code": "url_key", "value": f"antigo-{sku.lower()}"}]
    if gtin:
        ensure_gtin_attribute(world)
        custom.append({"attribute_code": "gtin", "value": gtin})
    product = {"name": name, "price": float(price), "custom_attributes": custom}
    world.rest("PUT", f"all/V1/products/{sku}", {"product": product})


def ensure_gtin_attribute(world: World) -> None:
    with world.shop.lock:
        if "gtin" in world.shop.attributes.by_code:
            return
    attribute = {
        "attribute_code": "gtin", "default_frontend_label": "GTIN", "frontend_input": "text", "scope": "global",
        "is_required": False, "is_user_defined": True,
    }  # fmt: skip
    world.rest("POST", "all/V1/products/attributes", {"attribute": attribute})
    body = {"attributeSetId": 4, "attributeGroupId": 7, "attributeCode": "gtin", "sortOrder": 1}
    world.rest("POST", "all/V1/products/attribute-sets/attributes", body)


def shown(world: World, sku: str) -> dict[str, Any]:
    product: dict[str, Any] = world.rest("GET", f"all/V1/products/{sku}")
    return product


def custom(product: Mapping[str, Any], code: str) -> Any:
    return next((a["value"] for a in product["custom_attributes"] if a["attribute_code"] == code), None)


def standings(engine: Life) -> dict[str, str]:
    rows = engine.rows("SELECT remote_sku, standing FROM shop_item ORDER BY remote_sku")
    return {row["remote_sku"]: row["standing"] for row in rows}


def shop_ids(engine: Life) -> dict[str, str]:
    return {row["remote_sku"]: row["remote_id"] for row in engine.rows("SELECT * FROM shop_item")}


async def test_what_an_older_connector_made_is_kept_under_its_own_sku_and_sold_from_our_stock(world: World) -> None:
    sku = world.simple_product()
    one = known(world, sku)
    theirs = f"{one['code']}-{sku}"
    world.account_options["sku_key"] = "code"
    world.set_stock(sku, 4)
    world.staff.set_price(sku, r.VAREJO, CHEAP)
    put_in_shop(world, theirs, name=one["name"])
    async with life(world) as engine:
        product = shown(world, theirs)
        assert custom(product, "url_key") == f"antigo-{theirs.lower()}"
        with world.shop.lock:
            assert world.shop.catalogue.find(sku) is None, "it is not made a second time"
        offer = world.on_shelf(theirs)
        assert offer is not None
        assert (offer.available, offer.price) == (Decimal(4), CHEAP)

        await engine.bought({theirs: 3})
        (line,) = engine.rows("SELECT sku FROM order_line")
        assert line["sku"] == sku
        assert world.on_hand_and_reserved(sku) == (4, 3)
        assert world.shop.salable(theirs) == 1


async def test_nothing_is_written_before_the_approval_and_then_only_what_truly_differs(world: World) -> None:
    dearer, new = (world.simple_product(index) for index in range(2))
    async with life(world):
        pass
    (world.state / "integra.db").unlink()
    world.rest("PUT", f"all/V1/products/{dearer}", {"product": {"price": 1}})
    with world.shop.lock:
        world.shop.catalogue.delete(new)
    with counted_writes(world) as writes:
        async with life(world, live=False) as engine:
            await engine.sync()
    assert writes == []
    with counted_writes(world) as writes:
        async with life(world, live=False, rested=False) as engine:
            await engine.must("go_live", account=ACCOUNT)
            await engine.sync()
    prices = sum(asked.rows for asked in writes if "base-prices" in asked.path)
    assert prices == 2, "the one that differs, and that of the product that is made"
    changed = [asked.path for asked in writes if asked.method == "PUT"]
    assert changed == []
    assert world.on_shelf(new) is not None
    assert shown(world, dearer)["price"] != 1


async def test_doubtful_items_wait_for_a_person_and_nothing_is_made_for_them_meanwhile(world: World) -> None:
    first, second = world.simple_product(0), world.simple_product(1)
    for sku in (first, second):
        world.set_stock(sku, 5)
        world.staff.set_price(sku, r.VAREJO, CHEAP)
    put_in_shop(world, first, gtin=known(world, second)["gtin"])  # says one, and means the other
    put_in_shop(world, "CANECA-X", name=known(world, first)["name"])
    async with life(world) as engine:
        found = standings(engine)
        assert {found[first], found["CANECA-X"]} == {"doubtful"}
        assert shown(world, first)["name"] == "Da loja", "not touched"
        with world.shop.lock:
            assert world.shop.catalogue.find(second) is None, "it may be there already"

        ids = shop_ids(engine)
        wrong = await engine.ask(
            "settle_adoption", account=ACCOUNT, decisions={ids[first]: second, ids["CANECA-X"]: second}
        )
        assert wrong["error"]["code"] == "adoption-rows-wrong"
        assert standings(engine) == found, "nothing is half settled"

        await engine.must("settle_adoption", account=ACCOUNT, decisions={ids[first]: second, ids["CANECA-X"]: first})
        await engine.sync()
        assert shown(world, first)["name"] == shown_name(world, second), "each is told what it is"
        assert shown(world, "CANECA-X")["name"] == shown_name(world, first)
        await engine.bought({first: 2})
        assert world.on_hand_and_reserved(second) == (5, 2)
        assert world.on_hand_and_reserved(first) == (5, 0)


async def test_the_verdict_tells_what_settling_has_left_to_create(world: World) -> None:
    sku = world.simple_product()
    put_in_shop(world, "CANECA-X", name=known(world, sku)["name"])
    async with life(world, live=False) as engine:
        await engine.sync()
        before = verdict(engine)
        await engine.must("settle_adoption", account=ACCOUNT, decisions={shop_ids(engine)["CANECA-X"]: sku})
        await engine.sync()
        after = verdict(engine)
        assert (before["waiting"], before["to_change"]) == (1, 0)
        assert (after["waiting"], after["to_change"]) == (0, 1)
        assert after["to_create"] == before["to_create"], "what stands there is not made"


def verdict(engine: Life) -> dict[str, int]:
    (account,) = engine.rows("SELECT verdict FROM account")
    found: dict[str, int] = json.loads(account["verdict"])
    return found


async def test_until_the_first_write_is_approved_a_person_can_take_back_whose_it_is(world: World) -> None:
    meant, other = world.simple_product(0), world.simple_product(1)
    for sku in (meant, other):
        world.set_stock(sku, 5)
        world.staff.set_price(sku, r.VAREJO, CHEAP)
    put_in_shop(world, "CANECA-X", name=known(world, meant)["name"], price=Decimal(70))
    async with life(world, live=False) as engine:
        await engine.sync()
        row = shop_ids(engine)["CANECA-X"]
        untouched = everything_said_of(engine, other)
        await engine.must("settle_adoption", account=ACCOUNT, decisions={row: other})
        await engine.sync()
        assert engine.rows("SELECT 1 FROM shop_item WHERE item = ? AND adopted_at IS NOT NULL", other)

        await engine.must("keep_texts", account=ACCOUNT)
        await engine.must("reopen_adoption", account=ACCOUNT, rows=[row])
        await engine.sync()
        assert shop_row(engine, row) == (None, None, None)
        assert everything_said_of(engine, other) == untouched
        await engine.must("settle_adoption", account=ACCOUNT, decisions={row: meant})
        await engine.must("go_live", account=ACCOUNT)
        await engine.sync()
        assert (shown(world, "CANECA-X")["name"], shown(world, "CANECA-X")["price"]) == (shown_name(world, meant), 50)
        assert shown(world, other)["name"] == shown_name(world, other), "it is made under its own SKU"
        late = await engine.ask("reopen_adoption", account=ACCOUNT, rows=[row])
        assert late["error"]["code"] == "adoption-approved-already"


def shop_row(engine: Life, remote_id: str) -> tuple[object, ...]:
    (row,) = engine.rows("SELECT item, settled_by, adopted_at FROM shop_item WHERE remote_id = ?", remote_id)
    return tuple(row)


def everything_said_of(engine: Life, sku: str) -> list[tuple[object, ...]]:
    sql = "SELECT facet, part, wanted, confirmed FROM publication WHERE item = ? ORDER BY facet, part"
    words = engine.rows("SELECT name, description, categories, adopted, shop_keeps FROM listing WHERE item = ?", sku)
    nothing = (None, None, None, 0, "[]")
    return [*map(tuple, engine.rows(sql, sku)), *(tuple(row) for row in words if tuple(row) != nothing)]


async def test_what_is_taken_back_while_the_shop_is_read_is_not_taken_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sku, other = world.simple_product(0), world.simple_product(1)
    put_in_shop(world, sku, gtin=known(world, other)["gtin"])
    channels: list[SalesChannel] = []

    def keep(channel: SalesChannel) -> SalesChannel:
        channels.append(channel)
        return channel

    async with life(world, live=False, wrap_channel=keep) as engine:
        await engine.sync()
        row = shop_ids(engine)[sku]
        await engine.must("settle_adoption", account=ACCOUNT, decisions={row: sku})
        read = channels[0].read_stock

        async def meanwhile(*asked: Any) -> Sequence[StockPush]:
            await engine.must("reopen_adoption", account=ACCOUNT, rows=[row])
            return await read(*asked)

        monkeypatch.setattr(channels[0], "read_stock", meanwhile)
        await engine.sync()
        assert shop_row(engine, row) == (None, None, None)
        assert engine.rows("SELECT 1 FROM listing WHERE item = ? AND adopted", sku) == []


def shown_name(world: World, sku: str) -> str:
    (row,) = world.base("SELECT NOMEPROD, NOMEPRODWEB FROM PRODUTO WHERE CODPROD = ?", sku)
    return str(row["NOMEPRODWEB"] or row["NOMEPROD"]).strip()


async def test_an_order_for_an_item_that_is_doubtful_takes_no_wrong_goods_and_goes_on_once_it_is_settled(
    world: World,
) -> None:
    first, second = world.simple_product(0), world.simple_product(1)
    for sku in (first, second):
        world.set_stock(sku, 5)
        world.staff.set_price(sku, r.VAREJO, CHEAP)
    put_in_shop(world, first, gtin=known(world, second)["gtin"])
    async with life(world) as engine:
        await engine.bought({first: 1})
        assert world.on_hand_and_reserved(first) == world.on_hand_and_reserved(second) == (5, 0)
        await engine.must("settle_adoption", account=ACCOUNT, decisions={shop_ids(engine)[first]: second})
        await world.clock.sleep(600)
        await engine.sync()
        assert world.on_hand_and_reserved(second) == (5, 1)
        assert world.on_hand_and_reserved(first) == (5, 0)


async def test_what_is_only_in_the_shop_or_not_flagged_is_listed_and_never_touched(world: World) -> None:
    flagged = world.simple_product()
    unflagged = world.simple_product(1)
    world.staff.flag_online(unflagged, False)
    put_in_shop(world, "VALE-PRESENTE", name="Vale-presente")
    put_in_shop(world, unflagged, name="Há anos na loja")
    world.set_stock(unflagged, 2)
    async with life(world) as engine:
        await world.clock.sleep(60)
        await engine.sync()
        assert standings(engine) == {"VALE-PRESENTE": "only-shop", unflagged: "sure"}
        (account,) = engine.rows("SELECT verdict FROM account")
        assert '"not_flagged": 1' in account["verdict"]
        for sku, name in (("VALE-PRESENTE", "Vale-presente"), (unflagged, "Há anos na loja")):
            assert (shown(world, sku)["name"], shown(world, sku)["status"]) == (name, 1)
        assert world.on_shelf(flagged) is not None

        world.staff.flag_online(unflagged, True)
        await engine.sync()
        product = shown(world, unflagged)
        assert product["name"] == shown_name(world, unflagged)
        assert custom(product, "url_key") == f"antigo-{unflagged.lower()}", "flagged later, it is adopted and not made"


async def test_categories_and_photos_of_an_adopted_product_stay_the_shops_own(world: World) -> None:
    sku = world.stocked(4)
    put_in_shop(world, sku)
    category = world.rest(
        "POST", "all/V1/categories", {"category": {"name": "Campanha", "parent_id": 2, "is_active": True}}
    )
    links = {"category_links": [{"position": 3, "category_id": str(category["id"])}]}
    world.rest("PUT", f"all/V1/products/{sku}", {"product": {"extension_attributes": links}})
    async with life(world) as engine:
        world.staff.edit_product(sku, NOMEPRODWEB="Outro nome")
        await engine.sync()
        product = shown(world, sku)
        assert product["name"] == "Outro nome"
        (link,) = product["extension_attributes"]["category_links"]
        assert link["category_id"] == str(category["id"])


@pytest.mark.long
async def test_the_doubtful_are_settled_in_a_spreadsheet_or_not_at_all(world: World, tmp_path: Path) -> None:
    sku = world.simple_product()
    world.staff.set_price(sku, r.VAREJO, CHEAP)
    put_in_shop(world, "CANECA-X", name=known(world, sku)["name"])
    place, file = Place(world, tmp_path), tmp_path / "loja.csv"
    found = place.run("--language", "en", "adopt", ACCOUNT)
    assert found.returncode == 1, found.stderr
    assert "CANECA-X" in found.stdout
    assert place.run("adopt", ACCOUNT, "--csv", str(file)).returncode == 1
    header, line, *_ = file.read_text(encoding="utf-8-sig").splitlines()
    assert "CANECA-X" in line

    file.write_text(f"{header}\n999{line}\n", encoding="utf-8")
    refused = place.run("--language", "en", "adopt", ACCOUNT, "--settle", str(file))
    assert refused.returncode == 2
    assert "line 2: C-Plus has no active product with this key" in refused.stderr
    file.write_text(f"{header}\n{sku.lstrip('0')}{line}\n", encoding="utf-8")
    settled = place.run("--language", "en", "adopt", ACCOUNT, "--settle", str(file))
    assert settled.returncode == 0, settled.stderr
    (row,) = place.rows("SELECT item, standing FROM shop_item")
    assert row["item"] == sku
    assert place.run("adopt", ACCOUNT).returncode == 0


async def test_customers_are_matched_by_document_then_by_email_and_nobody_is_created_before_the_approval(
    world: World,
) -> None:
    one, other = world.base(
        "SELECT FIRST 2 CODCLI, CPF, EMAIL FROM CLIENTE WHERE CPF > '' AND EMAIL > '' ORDER BY CODCLI"
    )
    world.staff.edit_customer(other["CODCLI"], CPF=None)
    people = {
        "by document": {"email": "outro@example.com", "taxvat": one["CPF"]},
        "by e-mail": {"email": other["EMAIL"].strip()},
        "new": {"email": "nova@example.com", "taxvat": "111.444.777-35"},
    }
    for name, data in people.items():
        world.shop.storefront.register({"firstname": name, "lastname": "-", **data})
    before = world.base("SELECT COUNT(*) AS N FROM CLIENTE")[0]["N"]
    async with life(world, live=False) as engine:
        rows = {row["name"]: row for row in engine.rows("SELECT * FROM shop_customer")}
        assert (rows["by document"]["standing"], rows["by document"]["reason"]) == ("sure", "document")
        assert (rows["by e-mail"]["standing"], rows["by e-mail"]["reason"]) == ("sure", "email")
        assert rows["new"]["standing"] == "only-shop"
        (account,) = engine.rows("SELECT verdict FROM account")
        verdict = json.loads(account["verdict"])
        assert (verdict["customers_known"], verdict["customers_new"]) == (2, 1)
        assert world.base("SELECT COUNT(*) AS N FROM CLIENTE")[0]["N"] == before
        await engine.must("go_live", account=ACCOUNT)
        await engine.sync()
        assert world.base("SELECT COUNT(*) AS N FROM CLIENTE")[0]["N"] == before + 1


async def test_names_and_texts_that_the_merchant_wrote_can_be_kept_before_the_first_write(world: World) -> None:
    sku = world.stocked(4)
    put_in_shop(world, sku, name="Caneca do Zé, a melhor")
    async with life(world, live=False) as engine:
        await engine.must("keep_texts", account=ACCOUNT)
        await engine.must("go_live", account=ACCOUNT)
        world.staff.edit_product(sku, NOMEPRODWEB="OUTRO NOME", APLICACAO="Para café", PESOBRUTO=Decimal("7.5"))
        await engine.sync()
        product = shown(world, sku)
        assert (product["name"], product["weight"]) == ("Caneca do Zé, a melhor", 7.5)
        assert custom(product, "short_description") == "Para café", "a text that the shop has not is ours"
        late = await engine.ask("keep_texts", account=ACCOUNT)
        assert late["error"]["code"] == "texts-approved-already"


async def test_the_verdict_counts_the_orders_that_would_come_in_and_the_guests_among_their_buyers(
    world: World,
) -> None:
    world.sell_in_the_shop("X", 9)
    world.buy({"X": 1})
    world.buy({"X": 1})
    async with life(world, live=False) as engine:
        (account,) = engine.rows("SELECT verdict FROM account")
        verdict = json.loads(account["verdict"])
        assert (verdict["orders_to_import"], verdict["guests"], verdict["guests_new"]) == (2, 1, 1)
        assert engine.rows("SELECT 1 FROM sales_order") == []
