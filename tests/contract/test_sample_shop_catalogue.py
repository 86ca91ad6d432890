"""Products, scopes, pictures, grids, attributes and categories of the sample shop, against recorded answers."""

from __future__ import annotations

import hashlib
from base64 import b64decode

import anyio
import pytest

from connectors.sandbox.shop import DEADLOCK
from tests.contract.sample_shop import PNG, Visit, a_shop, criteria, product, same_as_recorded

pytestmark = pytest.mark.anyio


def full_product(category_id: int) -> dict[str, object]:
    return product(
        extension_attributes={
            "website_ids": [1],
            "category_links": [{"position": 0, "category_id": str(category_id)}],
            "stock_item": {"qty": 25, "is_in_stock": True},
        },
        custom_attributes=[
            {"attribute_code": "description", "value": "<p>Algodão penteado</p>"},
            {"attribute_code": "short_description", "value": "Algodão"},
            {"attribute_code": "url_key", "value": "camiseta-de-algodao"},
            {"attribute_code": "tax_class_id", "value": "2"},
            {"attribute_code": "meta_title", "value": "Camiseta"},
        ],
    )


def picture(label: str = "Frente", **entry: object) -> dict[str, object]:
    content = {"base64_encoded_data": PNG, "type": "image/png", "name": "frente.png"}
    types = ["image", "small_image", "thumbnail"]
    return {"media_type": "image", "label": label, "position": 1, "disabled": False, "types": types} | {
        "content": content,
        **entry,
    }


async def test_a_product_is_created_read_changed_and_deleted_as_recorded() -> None:
    async with a_shop() as visit:
        category = await visit.call("POST", "V1/categories", {"category": {"name": "Camisetas", "parent_id": 2}})
        same_as_recorded(category, "catalogue/category_created")
        same_as_recorded(await visit.call("GET", "V1/categories"), "catalogue/category_tree")
        data = {"product": full_product(category.body["id"])}
        same_as_recorded(await visit.call("POST", "V1/products", data), "catalogue/product_created")
        same_as_recorded(await visit.call("GET", "V1/products/CAM-001"), "catalogue/product")
        visit.clock.advance()
        again = await visit.call("POST", "V1/products", data)
        same_as_recorded(again, "catalogue/product_created_again")
        assert again.body["updated_at"] > again.body["created_at"]
        changed = await visit.call("PUT", "V1/products/CAM-001", {"product": {"price": 64.5, "name": "Camiseta azul"}})
        same_as_recorded(changed, "catalogue/product_updated")
        found = await visit.call("GET", f"V1/products?{criteria(('sku', 'eq', 'CAM-001'), size=5, page=1)}")
        same_as_recorded(found, "catalogue/search")
        same_as_recorded(await visit.call("GET", "V1/products/NADA"), "catalogue/product_unknown")
        same_as_recorded(await visit.call("DELETE", "V1/products/NADA"), "catalogue/delete_unknown")
        same_as_recorded(await visit.call("DELETE", "V1/products/CAM-001"), "catalogue/deleted")
        assert (await visit.get("V1/categories"))["children_data"][0]["product_count"] == 0


async def test_a_product_sent_for_all_views_stands_on_the_website_with_a_url_key_of_its_name() -> None:
    async with a_shop() as visit:
        answer = await visit.call("POST", "all/V1/products", {"product": product()})
        same_as_recorded(answer, "catalogue/created_for_all_views")
        keys = {entry["attribute_code"]: entry["value"] for entry in answer.body["custom_attributes"]}
        assert keys["url_key"] == "camiseta-de-algodao-cam-001"


async def test_surprise_14_a_save_of_a_known_sku_is_an_update_and_bad_products_are_refused_each_in_its_way() -> None:
    async with a_shop() as visit:
        first = await visit.product(name="Boné azul")
        again = await visit.product(name="Boné preto")
        assert (again["id"], again["name"]) == (first["id"], "Boné preto")

        async def refused(data: dict[str, object], name: str) -> None:
            same_as_recorded(await visit.call("POST", "V1/products", {"product": data}), f"catalogue/{name}")

        await refused(product("CAM-002", name="Boné azul"), "url_key_taken")
        await refused({"sku": "CAM-003"}, "product_without_set")
        await refused(product("CAM-003", price="abc"), "price_is_no_number")
        await refused(product("CAM-003", nosuch=1), "field_unknown")
        await refused(product("C" * 65), "sku_too_long")
        assert (await visit.get("V1/products?searchCriteria="))["total_count"] == 1


async def test_variants_that_no_visitor_opens_may_share_a_url_key() -> None:
    async with a_shop() as visit:
        await visit.product("CAM-P", name="Camiseta", visibility=1)
        await visit.product("CAM-M", name="Camiseta", visibility=1)
        await visit.product("CAM", name="Camiseta")
        shown = await visit.call("PUT", "all/V1/products/CAM-P", {"product": {"visibility": 4}})
        assert shown.status == 400


async def test_surprise_15_what_was_written_to_the_default_view_hides_later_global_texts_but_never_the_price() -> None:
    async with a_shop() as visit:
        await visit.product()
        await visit.call("PUT", "V1/products/CAM-001", {"product": {"price": 21.5, "name": "Só na vitrine"}})
        await visit.call("PUT", "all/V1/products/CAM-001", {"product": {"price": 22.5, "name": "Para todas"}})
        fields = "fields=sku,name,price,updated_at"
        everywhere = await visit.call("GET", f"all/V1/products/CAM-001?{fields}")
        same_as_recorded(everywhere, "catalogue/fields_of_one_product")
        in_shop = await visit.get(f"default/V1/products/CAM-001?{fields}")
        assert (everywhere.body["name"], everywhere.body["price"]) == ("Para todas", 22.5)
        assert (in_shop["name"], in_shop["price"]) == ("Só na vitrine", 22.5)


async def test_surprise_16_a_sku_with_space_slash_and_plus_is_found_encoded_once_and_not_twice() -> None:
    async with a_shop() as visit:
        await visit.product("CAM 1/A+B")
        assert (await visit.get("V1/products/CAM%201%2FA%2BB"))["sku"] == "CAM 1/A+B"
        same_as_recorded(await visit.call("GET", "V1/products/CAM%25201%252FA%252BB"), "catalogue/sku_encoded_twice")


async def test_surprise_17_prices_and_stock_leave_the_time_of_change_and_an_empty_save_moves_it() -> None:
    async with a_shop() as visit:
        before = (await visit.product())["updated_at"]
        visit.clock.advance(60)
        row = {"sku": "CAM-001", "price": 50, "store_id": 0}
        tier = {"sku": "CAM-001", "price": 40, "price_type": "fixed", "website_id": 0, "customer_group": "ALL GROUPS"}
        await visit.post("V1/products/base-prices", {"prices": [row]})
        await visit.post("V1/products/special-price", {"prices": [row | {"price": 45}]})
        await visit.post("V1/products/tier-prices", {"prices": [tier | {"quantity": 1}]})
        items = [{"sku": "CAM-001", "source_code": "default", "quantity": 3, "status": 1}]
        await visit.post("V1/inventory/source-items", {"sourceItems": items})
        await visit.call("PUT", "V1/products/CAM-001/stockItems/1", {"stockItem": {"qty": 4, "is_in_stock": True}})
        assert (await visit.get("V1/products/CAM-001"))["updated_at"] == before
        await visit.call("PUT", "all/V1/products/CAM-001", {"product": {"price": 50}})
        assert (await visit.get("V1/products/CAM-001"))["updated_at"] > before


async def test_surprise_12_four_parallel_creates_of_one_new_sku_make_four_products() -> None:
    async with a_shop() as visit:
        async with anyio.create_task_group() as together:
            for _ in range(4):
                together.start_soon(visit.product)
        found = await visit.get(f"V1/products?{criteria(('sku', 'eq', 'CAM-001'))}")
        assert found["total_count"] == 4
        assert (await visit.get("V1/products/CAM-001"))["id"] == 1


async def test_surprise_13_a_deadlock_in_a_parallel_create_leaves_nothing_and_the_retry_succeeds() -> None:
    async with a_shop() as visit:
        visit.shop.faults.answer("POST", "/V1/products$", 400, DEADLOCK)
        first = await visit.call("POST", "all/V1/products", {"product": product()})
        assert (first.status, first.body) == (400, {"message": "Could not save Source Item Configuration"})
        assert (await visit.call("GET", "V1/products/CAM-001")).status == 404
        await visit.product()


async def test_surprise_22_23_a_page_past_the_end_is_empty_and_unknown_fields_and_no_criteria_are_refused() -> None:
    async with a_shop() as visit:
        await visit.product()
        await visit.product("CAM-002")
        since = ("updated_at", "gteq", "2026-01-01 00:00:00")
        past = await visit.call("GET", f"V1/products?{criteria(since, size=2, page=99)}")
        same_as_recorded(past, "catalogue/search_page_past_the_end")
        assert past.body["items"] == []
        fields = "fields=items[sku,updated_at,price],total_count,search_criteria[current_page,page_size]"
        some = await visit.call("GET", f"V1/products?{criteria(since, size=2, page=1, sort='updated_at')}&{fields}")
        same_as_recorded(some, "catalogue/search_fields")
        same_as_recorded(await visit.call("GET", "V1/products"), "catalogue/search_without_criteria")
        unknown = await visit.call("GET", f"V1/products?{criteria(('nosuchattr', 'eq', '1'))}")
        same_as_recorded(unknown, "catalogue/search_unknown_field")
        listed = await visit.call(
            "GET", f"V1/products?{criteria(('sku', 'in', 'CAM-001,CAM-002'))}&fields=items[sku],total_count"
        )
        same_as_recorded(listed, "catalogue/search_by_list_of_skus")
        assert [entry["sku"] for entry in listed.body["items"]] == ["CAM-001", "CAM-002"]


async def test_conditions_compare_numbers_as_numbers_and_texts_without_case_and_accents() -> None:
    async with a_shop() as visit:
        for sku, name, price in (("A", "Pão", 9), ("B", "Pao doce", 10), ("C", "Café", 100)):
            await visit.product(sku, name=name, price=price)

        async def skus(*filters: tuple[str, str, str]) -> list[str]:
            found = await visit.get(f"V1/products?{criteria(*filters)}&fields=items[sku]")
            return [entry["sku"] for entry in found["items"] or []]

        assert await skus(("price", "gt", "9")) == ["B", "C"]
        assert await skus(("name", "like", "pao%")) == ["A", "B"]
        assert await skus(("name", "eq", "CAFE")) == ["C"]
        assert await skus(("sku", "nin", "A,B")) == ["C"]
        assert await skus(("price", "from", "9"), ("price", "to", "10")) == ["A", "B"]
        assert await skus(("meta_title", "null", "1"), ("sku", "neq", "A")) == ["B", "C"]
        assert await skus(("meta_title", "neq", "x")) == []


async def test_pictures_are_kept_whole_doubled_when_sent_twice_and_change_their_id_with_their_content() -> None:
    async with a_shop() as visit:
        before = (await visit.product())["updated_at"]
        visit.clock.advance()
        media = "all/V1/products/CAM-001/media"
        same_as_recorded(await visit.call("POST", media, {"entry": picture()}), "media/added")
        same_as_recorded(await visit.call("GET", "V1/products/CAM-001/media"), "media/list")
        same_as_recorded(await visit.call("GET", "V1/products/CAM-001/media/1"), "described/picture")
        (kept,) = visit.shop.catalogue.get("CAM-001").pictures
        assert kept.sha256 == hashlib.sha256(b64decode(PNG)).hexdigest()
        assert (await visit.get("V1/products/CAM-001"))["updated_at"] > before
        await visit.post(media, {"entry": picture()})
        assert len(await visit.get("V1/products/CAM-001/media")) == 2
        same_as_recorded(
            await visit.call("PUT", f"{media}/1", {"entry": {"label": "Costas"}}), "described/picture_changed"
        )
        await visit.call("PUT", f"{media}/1", {"entry": picture("Outra")})
        ids = [entry["id"] for entry in await visit.get("V1/products/CAM-001/media")]
        assert ids == [2, 3]
        assert (await visit.call("PUT", f"{media}/1", {"entry": picture("Outra")})).status == 404
        same_as_recorded(await visit.call("DELETE", f"{media}/2"), "described/picture_removed")
        shown = await visit.client.get("/media/catalog/product/f/r/frente.png")
        assert (shown.headers["content-type"], shown.content) == ("image/png", b64decode(PNG))


async def test_a_text_file_sent_as_a_photo_is_refused_and_a_save_with_an_empty_list_takes_all_photos_away() -> None:
    async with a_shop() as visit:
        await visit.product()
        bad = picture(content={"base64_encoded_data": "bm90IGEgcGljdHVyZQ==", "type": "image/png", "name": "x.png"})
        assert (await visit.call("POST", "V1/products/CAM-001/media", {"entry": bad})).status == 400
        await visit.post("V1/products/CAM-001/media", {"entry": picture()})
        await visit.product()
        assert len(await visit.get("V1/products/CAM-001/media")) == 1
        await visit.product(media_gallery_entries=[])
        assert await visit.get("V1/products/CAM-001/media") == []


async def sizes(visit: Visit) -> tuple[int, dict[str, str]]:
    """An attribute "Tamanho" in the set, with three options."""
    attribute = {
        "attribute_code": "tamanho",
        "frontend_input": "select",
        "default_frontend_label": "Tamanho",
        "scope": "global",
        "options": [{"label": "P", "sort_order": 1}, {"label": "M", "sort_order": 2}],
    }
    created = await visit.call("POST", "V1/products/attributes", {"attribute": attribute})
    same_as_recorded(created, "attributes/created")
    added = await visit.call("POST", "V1/products/attributes/tamanho/options", {"option": {"label": "G"}})
    same_as_recorded(added, "attributes/option_added")
    options = await visit.call("GET", "V1/products/attributes/tamanho/options")
    same_as_recorded(options, "attributes/options")
    assign = {"attributeSetId": 4, "attributeGroupId": 7, "attributeCode": "tamanho", "sortOrder": 50}
    same_as_recorded(await visit.call("POST", "V1/products/attribute-sets/attributes", assign), "attributes/assigned")
    by_label = {entry["label"]: entry["value"] for entry in options.body if entry["value"]}
    return created.body["attribute_id"], by_label


async def grid(visit: Visit) -> tuple[int, dict[str, str]]:
    """A configurable CAM-001 with its option, and three loose variants."""
    attribute_id, options = await sizes(visit)
    for label, value in options.items():
        chosen = [{"attribute_code": "tamanho", "value": value}]
        await visit.product(f"CAM-001-{label}", visibility=1, custom_attributes=chosen)
    stock = {"website_ids": [1], "stock_item": {"is_in_stock": True}}
    parent = product(type_id="configurable", price=0, extension_attributes=stock)
    answer = await visit.call("POST", "all/V1/products", {"product": parent})
    same_as_recorded(answer, "grid/parent_created")
    values = [{"value_index": int(value)} for value in options.values()]
    option = {"attribute_id": str(attribute_id), "label": "Tamanho", "position": 0, "values": values}
    answer = await visit.call("POST", "V1/configurable-products/CAM-001/options", {"option": option})
    same_as_recorded(answer, "grid/option_added")
    return attribute_id, options


async def test_a_grid_grows_child_by_child_as_recorded() -> None:
    async with a_shop() as visit:
        _, options = await grid(visit)
        before = (await visit.get("V1/products/CAM-001"))["updated_at"]
        visit.clock.advance()
        for label in options:
            child = await visit.call("POST", "V1/configurable-products/CAM-001/child", {"childSku": f"CAM-001-{label}"})
            same_as_recorded(child, "grid/child_added")
        again = await visit.call("POST", "V1/configurable-products/CAM-001/child", {"childSku": "CAM-001-P"})
        same_as_recorded(again, "grid/child_added_again")
        same_as_recorded(await visit.call("GET", "V1/configurable-products/CAM-001/children"), "grid/children")
        parent = await visit.call("GET", "V1/products/CAM-001")
        fact_without_pictures = {"image", "small_image", "thumbnail"}
        parent.body["custom_attributes"] += [
            {"attribute_code": code, "value": "no_selection"} for code in fact_without_pictures
        ]
        same_as_recorded(parent, "grid/parent")
        assert parent.body["updated_at"] > before
        same_as_recorded(
            await visit.call("GET", "V1/configurable-products/CAM-001/options/all"), "described/grid_options"
        )
        removed = await visit.call("DELETE", "V1/configurable-products/CAM-001/children/CAM-001-P")
        same_as_recorded(removed, "described/variant_removed")
        assert len(await visit.get("V1/configurable-products/CAM-001/children")) == 2


async def test_a_grid_comes_in_one_call_with_options_and_links() -> None:
    async with a_shop() as visit:
        attribute_id, options = await sizes(visit)
        ids = [
            (await visit.product(f"V-{label}", visibility=1, custom_attributes=[
                {"attribute_code": "tamanho", "value": value}
            ]))["id"]
            for label, value in options.items()
        ]  # fmt: skip
        values = [{"value_index": int(value)} for value in options.values()]
        extension = {
            "website_ids": [1],
            "stock_item": {"is_in_stock": True},
            "configurable_product_options": [
                {"attribute_id": str(attribute_id), "label": "Tamanho", "position": 0, "values": values}
            ],
            "configurable_product_links": ids,
        }
        parent = product("V", type_id="configurable", price=0, extension_attributes=extension)
        same_as_recorded(await visit.call("POST", "all/V1/products", {"product": parent}), "grid/created_in_one_call")
        extension["configurable_product_links"] = [*ids, ids[0]]
        assert (await visit.call("POST", "all/V1/products", {"product": parent})).status == 400


async def test_a_variant_without_the_grids_attribute_and_a_parent_without_options_are_refused() -> None:
    async with a_shop() as visit:
        await grid(visit)
        await visit.product("SOLTA", visibility=1)
        answer = await visit.call("POST", "V1/configurable-products/CAM-001/child", {"childSku": "SOLTA"})
        assert (answer.status, answer.body["parameters"]) == (400, ["tamanho"])
        await visit.product("PAI", type_id="configurable")
        answer = await visit.call("POST", "V1/configurable-products/PAI/child", {"childSku": "CAM-001-P"})
        assert answer.body == {"message": "The parent product doesn't have configurable product options."}


async def test_a_value_for_an_attribute_outside_the_set_is_dropped_without_a_word() -> None:
    async with a_shop() as visit:
        attribute = {"attribute_code": "prazo", "frontend_input": "text", "default_frontend_label": "Prazo"}
        await visit.post("V1/products/attributes", {"attribute": attribute})
        value = [{"attribute_code": "prazo", "value": "5 dias"}]
        saved = await visit.product(custom_attributes=value)
        assert "prazo" not in {entry["attribute_code"] for entry in saved["custom_attributes"]}
        assign = {"attributeSetId": 4, "attributeGroupId": 7, "attributeCode": "prazo", "sortOrder": 1}
        await visit.post("V1/products/attribute-sets/attributes", assign)
        saved = await visit.product(custom_attributes=value)
        assert {"attribute_code": "prazo", "value": "5 dias"} in saved["custom_attributes"]


async def test_attributes_and_the_set_are_read_as_recorded_and_an_option_is_not_doubled() -> None:
    async with a_shop() as visit:
        await sizes(visit)
        same_as_recorded(await visit.call("GET", "V1/products/attributes/tamanho"), "attributes/attribute")
        same_as_recorded(
            await visit.call("GET", "V1/products/attribute-sets/sets/list?searchCriteria="), "attributes/sets"
        )
        groups = await visit.call(
            "GET", f"V1/products/attribute-sets/groups/list?{criteria(('attribute_set_id', 'eq', '4'))}"
        )
        same_as_recorded(groups, "attributes/groups")
        again = await visit.call("POST", "V1/products/attributes/tamanho/options", {"option": {"label": "g"}})
        assert (again.status, again.body["parameters"]) == (400, ["g"])
        changed = await visit.call(
            "PUT", "V1/products/attributes/tamanho", {"attribute": {"default_frontend_label": "Tam."}}
        )
        same_as_recorded(changed, "described/attribute_changed")
        found = await visit.call("GET", "V1/products/attributes?searchCriteria=")
        same_as_recorded(found, "described/attributes")
        in_set = await visit.call("GET", "V1/products/attribute-sets/4/attributes")
        same_as_recorded(in_set, "described/attributes_of_the_set")
        assert "tamanho" in {entry["attribute_code"] for entry in in_set.body}


async def test_categories_are_renamed_and_hold_the_products_put_into_them() -> None:
    async with a_shop() as visit:
        await visit.product()
        category_id = (await visit.post("V1/categories", {"category": {"name": "Camisetas"}}))["id"]
        same_as_recorded(await visit.call("GET", f"V1/categories/{category_id}"), "described/category")
        changed = await visit.call("PUT", f"V1/categories/{category_id}", {"category": {"name": "Blusas"}})
        same_as_recorded(changed, "described/category_changed")
        same_as_recorded(
            await visit.call("GET", f"V1/categories/list?{criteria(('name', 'eq', 'blusas'))}"), "described/categories"
        )
        link = {"productLink": {"sku": "CAM-001", "position": 1, "category_id": str(category_id)}}
        put = await visit.call("POST", f"V1/categories/{category_id}/products", link)
        same_as_recorded(put, "described/product_put_in_category")
        assert (await visit.get("V1/categories"))["children_data"][0]["product_count"] == 1
        out = await visit.call("DELETE", f"V1/categories/{category_id}/products/CAM-001")
        same_as_recorded(out, "described/product_taken_out")
        twice = await visit.call("POST", "V1/categories", {"category": {"name": "Camisetas"}})
        assert twice.status == 400
