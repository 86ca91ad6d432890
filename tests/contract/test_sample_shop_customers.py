"""Customers and groups of the sample shop, against recorded answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.sample_shop import ADDRESS, a_shop, criteria, same_as_recorded

pytestmark = pytest.mark.anyio

NAMES = {"firstname": "Mariana", "lastname": "Oliveira"}
HOME = {
    **NAMES,
    "street": ADDRESS["street"],
    "city": "Campinas",
    "region": {"region_code": "SP", "region": "São Paulo", "region_id": 508},
    "postcode": "13010-000",
    "country_id": "BR",
    "telephone": "19 99999-0000",
    "default_shipping": True,
    "default_billing": True,
}


def mariana(**fields: Any) -> dict[str, Any]:
    account = {"email": "mariana@example.com.br", "store_id": 1, "website_id": 1, "addresses": [HOME]}
    return {"customer": {**NAMES, **account, **fields}}


async def test_an_account_is_opened_found_and_not_opened_twice_as_recorded() -> None:
    async with a_shop() as visit:
        created = await visit.call("POST", "V1/customers", mariana(), {"Authorization": ""})
        same_as_recorded(created, "customers/created")
        duplicate = await visit.call("POST", "V1/customers", mariana(email="MARIANA@example.com.br"))
        same_as_recorded(duplicate, "customers/duplicate_email")
        found = await visit.call("GET", f"V1/customers/search?{criteria(('email', 'eq', 'mariana@example.com.br'))}")
        same_as_recorded(found, "customers/search")
        same_as_recorded(await visit.call("GET", "V1/customers/1"), "described/customer")
        same_as_recorded(await visit.call("GET", "V1/customers/99"), "described/customer_unknown")
        taken = await visit.call("POST", "V1/customers/isEmailAvailable", {"customerEmail": "mariana@example.com.br"})
        same_as_recorded(taken, "described/email_free")
        assert taken.body is False
        same_as_recorded(await visit.call("DELETE", "V1/customers/1"), "described/customer_deleted")
        assert await visit.post("V1/customers/isEmailAvailable", {"customerEmail": "mariana@example.com.br"}) is True


async def test_whoever_is_registered_by_the_api_gets_a_welcome_mail_that_nobody_can_silence() -> None:
    async with a_shop() as visit:
        await visit.post("V1/customers", mariana())
        (mail,) = visit.shop.mail
        assert (mail.kind, mail.to, mail.order) == ("welcome", "mariana@example.com.br", None)


async def test_the_group_counts_only_from_a_caller_with_a_token() -> None:
    async with a_shop() as visit:
        anonymous = await visit.call("POST", "V1/customers", mariana(group_id=2), {"Authorization": ""})
        assert anonymous.body["group_id"] == 1
        trusted = await visit.post("V1/customers", mariana(group_id=2, email="ana@example.com.br"))
        assert trusted["group_id"] == 2


async def test_an_update_keeps_what_is_not_sent_and_deletes_the_addresses_that_are_not_in_the_list() -> None:
    async with a_shop() as visit:
        work = HOME | {"city": "Santos", "default_shipping": False, "default_billing": False}
        await visit.post("V1/customers", mariana(addresses=[HOME, work], taxvat="529.982.247-25", group_id=3))
        visit.clock.advance()
        changed = await visit.call("PUT", "V1/customers/1", {"customer": {"lastname": "Souza"}})
        same_as_recorded(changed, "described/customer_changed")
        assert changed.body["updated_at"] > changed.body["created_at"]
        kept = (changed.body["taxvat"], changed.body["group_id"], len(changed.body["addresses"]))
        assert kept == ("529.982.247-25", 3, 2)
        only = {"customer": {"addresses": [work | {"id": 2}, work | {"city": "Bauru"}]}}
        changed = await visit.call("PUT", "V1/customers/1", only)
        assert [(a["id"], a["city"]) for a in changed.body["addresses"]] == [(2, "Santos"), (3, "Bauru")]
        assert "default_billing" not in changed.body
        assert (await visit.call("PUT", "V1/customers/1", {"customer": {"nosuch": 1}})).status == 500


async def test_an_edit_in_the_address_book_does_not_show_in_the_customers_time_of_change() -> None:
    async with a_shop() as visit:
        await visit.post("V1/customers", mariana())
        visit.clock.advance(60)
        visit.shop.storefront.edit_address(1, {"street": ["Rua Nova", "7"], "postcode": "13020-000"})
        customer = await visit.get("V1/customers/1")
        assert customer["addresses"][0]["street"] == ["Rua Nova", "7"]
        assert (customer["addresses"][0]["city"], customer["updated_at"]) == ("Campinas", customer["created_at"])
        visit.shop.storefront.edit_account(1, {"lastname": "Souza"})
        customer = await visit.get("V1/customers/1")
        assert customer["updated_at"] > customer["created_at"]


async def test_incomplete_addresses_bad_emails_and_a_fifth_street_line_are_refused() -> None:
    async with a_shop() as visit:
        homeless = {name: value for name, value in HOME.items() if name != "city"}
        no_state = HOME | {"region": {"region": "Bavaria"}}
        for wrong in (
            mariana(addresses=[homeless]),
            mariana(addresses=[no_state]),
            mariana(addresses=[HOME | {"street": ["1", "2", "3", "4", "5"]}]),
            mariana(email="mariana"),
            mariana(firstname=""),
            mariana(group_id=77),
        ):
            assert (await visit.call("POST", "V1/customers", wrong)).status == 400
        assert (await visit.get("V1/customers/search?searchCriteria="))["total_count"] == 0


async def test_groups_are_created_renamed_and_listed() -> None:
    async with a_shop() as visit:
        same_as_recorded(
            await visit.call("POST", "V1/customerGroups", {"group": {"code": "ATACADO", "tax_class_id": 3}}),
            "described/group_created",
        )
        same_as_recorded(await visit.call("GET", "V1/customerGroups/4"), "described/group")
        renamed = await visit.call("PUT", "V1/customerGroups/4", {"group": {"code": "REVENDA"}})
        same_as_recorded(renamed, "described/group_changed")
        found = await visit.call("GET", "V1/customerGroups/search?searchCriteria=")
        same_as_recorded(found, "described/groups")
        assert [g["code"] for g in found.body["items"]] == [
            "NOT LOGGED IN", "General", "Wholesale", "Retailer", "REVENDA",
        ]  # fmt: skip
        assert (await visit.call("POST", "V1/customerGroups", {"group": {"code": "revenda"}})).status == 400
        assert (await visit.call("POST", "V1/customerGroups", {"group": {"code": "R" * 33}})).status == 400
