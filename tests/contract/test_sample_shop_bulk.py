"""The sample shop's queue answers as recorded: saves are accepted at once, and done when a consumer gets to them."""

from __future__ import annotations

import pytest

from tests.contract.sample_shop import Visit, a_shop, criteria, product, same_as_recorded

pytestmark = pytest.mark.anyio

ROUTE = "all/async/bulk/V1/products"
COMPLETE, FAILED, OPEN = 1, 3, 4


async def hand_over(visit: Visit, *skus: str) -> str:
    answer = await visit.call("POST", ROUTE, [{"product": product(sku)} for sku in skus])
    assert answer.status == 202
    return str(answer.body["bulk_uuid"])


async def statuses(visit: Visit, bulk: str) -> list[int]:
    answer = await visit.get(f"V1/bulk/{bulk}/status")
    return [operation["status"] for operation in answer["operations_list"]]


async def test_products_handed_over_are_accepted_made_and_told_one_by_one() -> None:
    async with a_shop() as visit:
        visit.shop.queue.consumers = 0
        nameless = {"product": {"sku": "SEM-NOME", "attribute_set_id": 4, "type_id": "simple"}}
        answer = await visit.call("POST", ROUTE, [{"product": product("BON-001")}, nameless])
        same_as_recorded(answer, "bulk/accepted")
        bulk = answer.body["bulk_uuid"]
        same_as_recorded(await visit.call("GET", f"V1/bulk/{bulk}/status"), "bulk/open")
        assert visit.shop.catalogue.find("BON-001") is None

        visit.shop.queue.consumers = 1
        same_as_recorded(await visit.call("GET", f"V1/bulk/{bulk}/status"), "bulk/done")
        detail = await visit.get(f"V1/bulk/{bulk}/detailed-status")
        made, refused = detail["operations_list"]
        assert (made["status"], made["serialized_data"]) == (COMPLETE, None)
        assert (refused["status"], refused["error_code"]) == (FAILED, 0)
        assert "SEM-NOME" in refused["serialized_data"]
        same_as_recorded(await visit.call("GET", f"V1/bulk/{bulk}/operation-status/1"), "bulk/count")
        found = await visit.get(f"V1/bulk/?{criteria(('bulk_uuid', 'eq', bulk), ('status', 'eq', '3'))}")
        assert [operation["id"] for operation in found["items"]] == [1]
        assert visit.shop.catalogue.find("BON-001") is not None


async def test_surprise_26_27_one_malformed_item_refuses_all_and_an_empty_list_is_accepted() -> None:
    async with a_shop() as visit:
        answer = await visit.call("POST", ROUTE, [{"product": product("BON-001")}, {"nope": 1}])
        same_as_recorded(answer, "bulk/malformed_item")
        assert not visit.shop.queue.bulks
        same_as_recorded(await visit.call("POST", ROUTE, []), "bulk/empty")
        nowhere = "V1/bulk/00000000-0000-0000-0000-000000000000/status"
        same_as_recorded(await visit.call("GET", nowhere), "bulk/unknown")
        assert (await visit.call("POST", ROUTE.removeprefix("all/"), [])).status == 202


async def test_surprise_25_what_kills_the_consumer_stays_open_for_ever() -> None:
    async with a_shop() as visit:
        visit.shop.queue.kills = {"BON-001"}
        bulk = await hand_over(visit, "BON-001", "BON-002")
        assert await statuses(visit, bulk) == [OPEN, OPEN]
        visit.shop.queue.consumers = 1  # cron starts another one
        assert await statuses(visit, bulk) == [OPEN, COMPLETE]


async def test_surprise_28_consumers_take_their_time_and_share_the_work() -> None:
    async with a_shop() as visit:
        visit.shop.queue.consumers, visit.shop.queue.seconds = 2, 10
        bulk = await hand_over(visit, "BON-001", "BON-002", "BON-003")
        visit.clock.advance(10)
        assert await statuses(visit, bulk) == [COMPLETE, COMPLETE, OPEN]
        visit.clock.advance(10)
        assert await statuses(visit, bulk) == [COMPLETE, COMPLETE, COMPLETE]


async def test_a_deadlock_reads_like_a_refusal_and_nothing_is_saved() -> None:
    async with a_shop() as visit:
        visit.shop.queue.deadlocks = {"BON-001"}
        bulk = await hand_over(visit, "BON-001")
        assert await statuses(visit, bulk) == [FAILED]
        assert visit.shop.catalogue.find("BON-001") is None
