"""Orders of the sample shop, their bills, refunds and reviews, against recorded answers."""

from __future__ import annotations

import anyio
import pytest

from connectors.sandbox.shop.errors import Refused
from tests.contract.sample_shop import GUEST, TRACK, a_shop, criteria, lines, recorded, same_as_recorded, two_products

pytestmark = pytest.mark.anyio

# ----------------------------------------------------------------- placing and reading


async def test_a_new_boleto_order_reads_as_recorded() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        answer = await visit.call("GET", "V1/orders/1")
        same_as_recorded(answer, "orders/new")
        order = answer.body
        assert (order["state"], order["status"], order["total_due"]) == ("new", "pending", 144.7)
        assert order["billing_address"]["vat_id"] == GUEST["cpf"]
        same_as_recorded(await visit.call("GET", "V1/orders/1/statuses"), "orders/status")
        same_as_recorded(await visit.call("GET", "V1/orders/99999"), "orders/unknown")
        fields = "fields=items[entity_id,increment_id,status,state,updated_at,grand_total],total_count"
        found = await visit.call("GET", f"V1/orders?{criteria(('increment_id', 'eq', '000000001'))}&{fields}")
        same_as_recorded(found, "orders/search_fields")


async def test_surprise_20_an_order_lowers_the_salable_quantity_at_once_and_the_source_only_when_shipped() -> None:
    async with a_shop() as visit:
        await visit.product(stock=10)
        visit.order({"CAM-001": 2})
        source = f"V1/inventory/source-items?{criteria(('sku', 'eq', 'CAM-001'))}"
        assert visit.shop.salable("CAM-001") == 8
        assert (await visit.get(source))["items"][0]["quantity"] == 10
        await visit.post("V1/order/1/ship", {})
        assert visit.shop.salable("CAM-001") == 8
        assert (await visit.get(source))["items"][0]["quantity"] == 8


async def test_a_buyer_cannot_order_more_than_is_salable() -> None:
    async with a_shop() as visit:
        await visit.product(stock=3)
        visit.order({"CAM-001": 2})
        with pytest.raises(Refused) as refusal:
            visit.order({"CAM-001": 2})
        assert refusal.value.body() == recorded("orders/too_many")["body"]
        assert (await visit.get("V1/orders?searchCriteria="))["total_count"] == 1


async def test_surprise_11_numbers_count_up_and_ids_come_as_numbers_or_as_strings() -> None:
    async with a_shop() as visit:
        await visit.product()
        assert [visit.order().increment_id for _ in range(2)] == ["000000001", "000000002"]
        assert await visit.post("V1/order/2/invoice", {}) == "1"
        assert await visit.post("V1/order/2/ship", {}) == "1"
        assert (await visit.get("V1/orders/2"))["entity_id"] == 2


async def test_surprise_22_23_no_orders_are_null_and_an_unknown_field_crashes() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        past = await visit.call("GET", f"V1/orders?{criteria(size=2, page=99)}&fields=items[entity_id],total_count")
        same_as_recorded(past, "orders/page_past_the_end")
        none = await visit.get(f"V1/orders?{criteria(('status', 'eq', 'closed'))}")
        assert (none["items"], none["total_count"]) == (None, 0)
        same_as_recorded(
            await visit.call("GET", f"V1/orders?{criteria(('nosuch', 'eq', '1'))}"), "orders/unknown_field"
        )


async def test_surprise_24_entries_without_the_field_asked_for_stay_as_empty_lists() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        answer = await visit.get("V1/orders?searchCriteria=&fields=items[sku],total_count")
        assert answer == {"items": [[]], "total_count": 1}


async def test_orders_sort_downwards_where_no_direction_is_given() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        visit.order()
        query = "searchCriteria[sortOrders][0][field]=entity_id&fields=items[entity_id]"
        assert (await visit.get(f"V1/orders?{query}"))["items"] == [{"entity_id": 2}, {"entity_id": 1}]


# ----------------------------------------------------------------- billing


async def test_an_order_is_billed_shipped_and_complete_as_recorded() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        same_as_recorded(await visit.call("POST", "V1/order/1/invoice", {"capture": True}), "documents/invoiced")
        same_as_recorded(await visit.call("POST", "V1/order/1/invoice", {}), "documents/invoiced_again")
        ship = {**lines((1, 99)), "notify": False}
        same_as_recorded(await visit.call("POST", "V1/order/1/ship", ship), "documents/shipped_too_many")
        same_as_recorded(await visit.call("POST", "V1/order/1/ship", lines((1, 1))), "documents/shipped_again")
        complete = await visit.call("GET", "V1/orders/1")
        same_as_recorded(complete, "orders/complete")
        assert (complete.body["state"], complete.body["total_due"]) == ("complete", 0)
        same_as_recorded(await visit.call("POST", "V1/orders/1/cancel"), "orders/cancel_of_complete")
        by_order = criteria(("order_id", "eq", "1"))
        same_as_recorded(await visit.call("GET", f"V1/shipments?{by_order}"), "documents/shipments")
        same_as_recorded(await visit.call("GET", f"V1/invoices?{by_order}"), "documents/invoices")
        same_as_recorded(await visit.call("GET", "V1/invoices/1"), "described/invoice")
        same_as_recorded(await visit.call("POST", "V1/order/99999/invoice", {}), "documents/invoice_unknown_order")
        same_as_recorded(await visit.call("POST", "V1/order/99999/ship", {}), "documents/ship_unknown_order")


async def test_the_first_of_two_invoices_carries_the_freight_and_both_make_the_total() -> None:
    async with a_shop() as visit:
        await two_products(visit)
        visit.order({"CAM-001": 3, "CAM-002": 2})
        await visit.post("V1/order/1/invoice", {"capture": True, **lines((1, 1))})
        await visit.post("V1/order/1/invoice", {"capture": True})
        order = await visit.get("V1/orders/1")
        assert (order["total_invoiced"], order["total_due"]) == (order["grand_total"], 0)
        found = await visit.get("V1/invoices?searchCriteria=")
        assert [i["shipping_amount"] for i in found["items"]] == [24.9, 0]
        assert (await visit.call("POST", "V1/order/1/invoice", lines((1, 1)))).status == 400


async def test_more_than_is_left_is_refused_on_an_invoice() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        assert (await visit.call("POST", "V1/order/1/invoice", lines((1, 3)))).status == 400
        assert (await visit.get("V1/orders/1"))["items"][0]["qty_invoiced"] == 0


async def test_surprise_6_four_invoices_at_once_make_one_document() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        statuses: list[int] = []

        async def bill() -> None:
            statuses.append((await visit.call("POST", "V1/order/1/invoice", {"capture": True})).status)

        async with anyio.create_task_group() as together:
            for _ in range(4):
                together.start_soon(bill)
        assert sorted(statuses) == [200, 400, 400, 400]
        assert (await visit.get("V1/invoices?searchCriteria="))["total_count"] == 1


async def test_a_captured_card_is_an_authorised_one_that_was_invoiced() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order(payment="cartao")
        before = await visit.get("V1/orders/1")
        assert (before["state"], before["total_due"], before["payment"]["amount_authorized"]) == (
            "processing", 144.7, 144.7,
        )  # fmt: skip
        await visit.post("V1/order/1/invoice", {"capture": True})
        after = await visit.get("V1/orders/1")
        assert (after["state"], after["total_due"], after["payment"]["amount_paid"]) == ("processing", 0, 144.7)


# ----------------------------------------------------------------- cancelling, holding, commenting


async def test_surprise_5_a_cancelled_order_gives_its_goods_back_once_and_a_second_cancel_says_false() -> None:
    async with a_shop() as visit:
        await visit.product()
        customer = visit.shop.storefront.register(
            {"email": "ana@example.com.br", "firstname": "Ana", "lastname": "Lima"}
        )
        visit.order(customer_id=customer.customer_id)
        same_as_recorded(await visit.call("POST", "V1/orders/1/cancel"), "orders/cancelled")
        same_as_recorded(await visit.call("POST", "V1/orders/1/cancel"), "orders/cancelled_again")
        cancelled = await visit.call("GET", "V1/orders/1")
        same_as_recorded(cancelled, "orders/cancelled_order")
        assert cancelled.body["customer_id"] == customer.customer_id
        assert visit.shop.salable("CAM-001") == 10


async def test_an_order_on_hold_cannot_be_shipped_nor_billed_and_goes_on_where_it_stood() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        same_as_recorded(await visit.call("POST", "V1/orders/1/hold"), "orders/held")
        same_as_recorded(await visit.call("POST", "V1/order/1/ship", {}), "orders/ship_on_hold")
        assert (await visit.call("POST", "V1/order/1/invoice", {})).status == 400
        assert (await visit.call("POST", "V1/orders/1/hold")).status == 400
        same_as_recorded(await visit.call("POST", "V1/orders/1/unhold"), "orders/unheld")
        assert (await visit.get("V1/orders/1"))["status"] == "pending"


async def test_surprise_4_a_comment_without_a_status_leaves_the_order_without_one() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        history = {"comment": "NF-e 35", "is_customer_notified": 0, "is_visible_on_front": 0, "parent_id": 1}
        with_status = {"statusHistory": history | {"status": "pending"}}
        same_as_recorded(await visit.call("POST", "V1/orders/1/comments", with_status), "orders/commented")
        foreign = await visit.call("POST", "V1/orders/1/comments", {"statusHistory": history | {"status": "complete"}})
        assert foreign.status == 400
        assert await visit.post("V1/orders/1/comments", {"statusHistory": history}) is True
        assert "status" not in await visit.get("V1/orders/1")
        assert (await visit.get(f"V1/orders?{criteria(('status', 'eq', 'pending'))}"))["items"] is None


async def test_surprise_10_a_status_set_by_hand_answers_null_totals_and_the_order_keeps_them() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        entity = {"entity_id": 1, "increment_id": "000000001", "status": "separando", "state": "processing"}
        answer = await visit.call("POST", "V1/orders", {"entity": entity})
        same_as_recorded(answer, "orders/status_overwritten")
        order = await visit.get("V1/orders/1")
        assert (order["status"], order["state"], order["grand_total"]) == ("separando", "processing", 144.7)
        del entity["increment_id"]
        assert (await visit.post("V1/orders", {"entity": entity}))["increment_id"] == "000000002"
        assert (await visit.call("POST", "V1/orders", {"entity": {"increment_id": "X"}})).status == 400


# ----------------------------------------------------------------- refunding


async def test_a_partial_refund_returns_the_piece_to_stock_and_reads_as_recorded() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        visit.order()
        await visit.post("V1/order/1/invoice", {})
        await visit.post("V1/order/1/ship", {})
        await visit.post("V1/orders/2/cancel")
        arguments = {
            "shipping_amount": 0,
            "adjustment_positive": 0,
            "adjustment_negative": 0,
            "extension_attributes": {"return_to_stock_items": [1]},
        }
        refund = lines((1, 1)) | {"notify": False, "arguments": arguments}
        same_as_recorded(await visit.call("POST", "V1/order/1/refund", refund), "documents/refunded")
        assert visit.shop.salable("CAM-001") == 9
        memos = await visit.call("GET", f"V1/creditmemos?{criteria(('order_id', 'eq', '1'))}")
        same_as_recorded(memos, "documents/credit_memos")
        same_as_recorded(await visit.call("GET", "V1/creditmemo/1"), "described/credit_memo")
        await visit.post("V1/orders/1/comments", {"statusHistory": {"comment": "ok", "status": "complete"}})
        since = ("updated_at", "gt", "2026-01-01 00:00:00")
        page = await visit.call("GET", f"V1/orders?{criteria(since, size=2, page=1, sort='updated_at')}")
        same_as_recorded(page, "orders/search_after_refund")


async def test_all_money_given_back_closes_the_order_and_goods_not_shipped_are_free_again() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        assert (await visit.call("POST", "V1/order/1/refund", {})).status == 400
        await visit.post("V1/order/1/invoice", {})
        keep = {"arguments": {"extension_attributes": {"return_to_stock_items": [1]}}}
        await visit.post("V1/order/1/refund", keep)
        order = await visit.get("V1/orders/1")
        assert (order["state"], order["total_refunded"]) == ("closed", order["grand_total"])
        assert visit.shop.salable("CAM-001") == 10
        assert (await visit.call("POST", "V1/order/1/refund", keep)).status == 400


# ----------------------------------------------------------------- payment review


async def test_in_payment_review_nothing_works_but_the_gateway() -> None:
    async with a_shop() as visit:
        await visit.product()
        order = visit.order(payment="cartao", review=True)
        assert (order.state, order.status) == ("payment_review", "payment_review")
        same_as_recorded(await visit.call("POST", "V1/order/1/invoice", {}), "described/invoice_in_review")
        same_as_recorded(await visit.call("POST", "V1/orders/1/cancel"), "described/cancel_in_review")
        assert (await visit.call("POST", "V1/orders/1/hold")).status == 400
        assert (await visit.call("POST", "V1/order/1/ship", {})).status == 400
        assert visit.shop.salable("CAM-001") == 8


async def test_a_payment_accepted_at_the_gateway_is_still_to_be_captured_and_a_denied_one_frees_the_goods() -> None:
    async with a_shop() as visit:
        await visit.product()
        for _ in range(2):
            visit.order(payment="cartao", review=True)
        page = await visit.client.get("/gateway")
        assert all(text in page.text for text in ("000000001", "000000002", "Mariana Oliveira", "R$ 144,70"))
        visit.clock.advance()
        assert (await visit.client.post("/gateway/000000001/accept")).status_code == 303
        assert (await visit.client.post("/gateway/000000002/deny")).status_code == 303
        accepted, denied = await visit.get("V1/orders/1"), await visit.get("V1/orders/2")
        assert (accepted["state"], accepted["total_due"]) == ("processing", 144.7)
        assert (denied["state"], denied["updated_at"] > denied["created_at"]) == ("canceled", True)
        assert visit.shop.salable("CAM-001") == 8
        assert (await visit.client.post("/gateway/000000001/deny")).status_code == 400
        assert "000000001" not in (await visit.client.get("/gateway")).text
        assert await visit.post("V1/order/1/invoice", {"capture": True}) == "1"


# ----------------------------------------------------------------- mail


async def test_the_buyer_gets_a_mail_for_the_order_and_further_ones_only_where_asked_for() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        await visit.post("V1/order/1/invoice", {"notify": True})
        await visit.post("V1/order/1/ship", {"notify": True, "tracks": [TRACK]})
        visit.order()
        await visit.post("V1/order/2/invoice", {})
        await visit.post("V1/order/2/ship", {})
        kinds = [(mail.kind, mail.order) for mail in visit.shop.mail]
        assert kinds == [
            ("order", "000000001"),
            ("invoice", "000000001"),
            ("shipment", "000000001"),
            ("order", "000000002"),
        ]
        for route, name in (("orders", "order"), ("invoices", "invoice"), ("shipment", "shipment")):
            same_as_recorded(await visit.call("POST", f"V1/{route}/1/emails"), f"described/{name}_mailed")
        assert [mail.kind for mail in visit.shop.mail[-3:]] == ["order", "invoice", "shipment"]
