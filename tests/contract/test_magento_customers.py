"""Customers of a Magento shop, read and changed without losing what else the shop keeps of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.sandbox.shop.customers import Customer
from engine.errors import Refused
from engine.model.people import Address, ChannelCustomer, Person
from tests.contract.magento_channel import Bench, a_bench, bodies

pytestmark = pytest.mark.anyio

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HOME: dict[str, Any] = {
    "firstname": "Ana", "lastname": "Reis", "street": ["Rua das Flores", "123", "ap 4", "Centro"], "city": "Campinas",
    "region_id": 508, "country_id": "BR", "postcode": "13010-000", "telephone": "19 3232-0000",
    "vat_id": "529.982.247-25",
}  # fmt: skip
ANA: dict[str, Any] = {
    "email": "Ana@Example.com.br",
    "firstname": "Ana",
    "lastname": "Reis",
    "taxvat": "529.982.247-25",
}
ANA_AT_HOME = {**ANA, "addresses": [{**HOME, "default_billing": True, "default_shipping": True}]}


async def registered(bench: Bench, data: dict[str, Any]) -> Customer:
    """Somebody opens an account in the shop."""
    return bench.shop.storefront.register(data)


async def told(bench: Bench, customer: Customer) -> ChannelCustomer:
    found = await bench.channel.customer(str(customer.customer_id))
    assert found is not None
    return found


async def test_a_visitor_who_registers_is_told_with_document_address_and_group() -> None:
    async with a_bench() as bench:
        customer = await registered(bench, ANA_AT_HOME)
        (page,) = [page async for page in bench.channel.customers(LONG_AGO)]
        address = Address("Rua das Flores", "123", "ap 4", "Centro", "Campinas", "SP", "13010000")
        person = Person("Ana Reis", "ana@example.com.br", "19 3232-0000", "52998224725", address)
        assert page == [ChannelCustomer(str(customer.customer_id), person, "1", datetime(2026, 5, 4, 12, tzinfo=UTC))]
        assert await told(bench, customer) == page[0]


async def test_a_customer_without_address_or_document_is_told_as_he_is() -> None:
    async with a_bench() as bench:
        bare = {"email": "joao@example.com.br", "firstname": "João", "lastname": "-"}
        found = await told(bench, await registered(bench, bare))
        assert found.person == Person("João", "joao@example.com.br")


async def test_a_document_shown_in_part_is_told_as_hidden_and_its_asterisks_are_not_sent_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_bench() as bench:
        home = {**HOME, "vat_id": "***.982.247-**", "default_billing": True}
        customer = await registered(bench, {**ANA, "taxvat": "***.982.247-**", "addresses": [home]})
        found = await told(bench, customer)
        assert (found.person.document, found.hidden) == ("", frozenset({"document"}))
        sent = bodies(monkeypatch)
        await bench.channel.update_customer(found.external_id, {"phone": "19 99999-0000"})
        assert b"*" not in b"".join(sent)
        assert (await told(bench, customer)).person.phone == "19 99999-0000"


async def test_a_document_that_stands_whole_elsewhere_or_nowhere_is_not_hidden() -> None:
    async with a_bench() as bench:
        home = {**HOME, "default_billing": True}
        whole = await told(bench, await registered(bench, {**ANA, "taxvat": "***.982.247-**", "addresses": [home]}))
        assert (whole.person.document, whole.hidden) == ("52998224725", frozenset())
        bare = {"email": "joao@example.com.br", "firstname": "João", "lastname": "-"}
        assert not (await told(bench, await registered(bench, bare))).hidden


async def test_each_field_changed_in_the_erp_stands_in_the_shop_and_is_read_back_the_same() -> None:
    async with a_bench() as bench:
        customer = await registered(bench, ANA_AT_HOME)
        changes = {
            "name": "Ana Maria Reis", "email": "ana.reis@example.com.br", "phone": "(11) 98888-7777",
            "document": "11144477735", "street": "Avenida Paulista", "number": "1000", "complement": "",
            "district": "Bela Vista", "city": "São Paulo", "state": "SP", "postcode": "01310100",
        }  # fmt: skip
        await bench.channel.update_customer(str(customer.customer_id), changes)
        person = (await told(bench, customer)).person
        assert person == Person(
            "Ana Maria Reis", "ana.reis@example.com.br", "(11) 98888-7777", "11144477735",
            Address("Avenida Paulista", "1000", "", "Bela Vista", "São Paulo", "SP", "01310100"),
        )  # fmt: skip
        (address,) = customer.addresses
        assert address.fields["vat_id"] == "11144477735"
        assert address.fields["postcode"] == "01310-100"
        assert (customer.fields["firstname"], customer.fields["lastname"]) == ("Ana", "Maria Reis")


async def test_one_changed_field_leaves_the_others_and_the_other_addresses_alone() -> None:
    async with a_bench() as bench:
        customer = await registered(bench, ANA_AT_HOME)
        beach = {**HOME, "street": ["Rua da Praia", "7", "", "Boqueirão"], "city": "Santos", "postcode": "11045-000"}
        bench.shop.storefront.add_address(customer.customer_id, {**beach, "default_shipping": True})
        await bench.channel.update_customer(str(customer.customer_id), {"state": "RJ", "city": "Niterói"})
        home, away = customer.addresses
        assert (home.fields["city"], home.region["region_code"]) == ("Niterói", "RJ")
        assert home.street == ["Rua das Flores", "123", "ap 4", "Centro"]
        assert (away.fields["city"], away.street) == ("Santos", ["Rua da Praia", "7", "", "Boqueirão"])
        assert (customer.default_billing, customer.default_shipping) == (home.address_id, away.address_id)
        assert customer.fields["taxvat"] == "529.982.247-25"


async def test_a_customer_moved_to_the_wholesale_table_is_in_its_group_and_stays_there() -> None:
    async with a_bench() as bench:
        customer = await registered(bench, ANA_AT_HOME)
        group = await bench.channel.create_price_group("ATACADO")
        await bench.channel.update_customer(str(customer.customer_id), {"group": group.external_id})
        assert (await told(bench, customer)).group == group.external_id
        assert customer.disable_auto_group_change == 1
        assert len(customer.addresses) == 1


async def test_a_change_made_by_us_shows_to_whoever_polls_for_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = bodies(monkeypatch)
    async with a_bench() as bench:
        customer = await registered(bench, ANA_AT_HOME)
        bench.visit.clock.advance(60)
        await bench.channel.update_customer(str(customer.customer_id), {"phone": "11 5555-0000"})
        assert b"updated_at" not in sent[-1]  # a real shop would keep the time that is sent back
        assert (await told(bench, customer)).updated_at == datetime(2026, 5, 4, 12, 1, tzinfo=UTC)


async def test_a_first_address_is_made_for_both_uses() -> None:
    async with a_bench() as bench:
        customer = await registered(bench, ANA)
        changes = {"street": "Rua A", "number": "1", "district": "Centro", "city": "Recife", "state": "PE",
                   "postcode": "50010000"}  # fmt: skip
        await bench.channel.update_customer(str(customer.customer_id), changes)
        (address,) = customer.addresses
        assert customer.default_billing == customer.default_shipping == address.address_id
        assert (await told(bench, customer)).person.address == Address(
            "Rua A", "1", "", "Centro", "Recife", "PE", "50010000"
        )


async def test_a_phone_for_a_customer_without_address_is_refused_by_name() -> None:
    async with a_bench() as bench:
        customer = await registered(bench, ANA)
        with pytest.raises(Refused, match="customer-no-address"):
            await bench.channel.update_customer(str(customer.customer_id), {"phone": "11 5555-0000"})


async def test_an_email_that_another_customer_has_is_refused_and_nothing_changes() -> None:
    async with a_bench() as bench:
        await registered(bench, {**ANA, "email": "outra@example.com.br"})
        customer = await registered(bench, ANA_AT_HOME)
        changes = {"email": "outra@example.com.br", "city": "Olinda"}
        with pytest.raises(Refused, match="channel-refused"):
            await bench.channel.update_customer(str(customer.customer_id), changes)
        assert (await told(bench, customer)).person.address.city == "Campinas"


async def test_an_address_edited_in_the_shop_is_seen_by_reading_all_customers() -> None:
    async with a_bench() as bench:
        customer = await registered(bench, ANA_AT_HOME)
        bench.visit.clock.advance(3600)
        bench.shop.storefront.edit_address(customer.customer_id, {"city": "Valinhos"})
        recent = [page async for page in bench.channel.customers(bench.visit.clock.now)]
        every = [page async for page in bench.channel.customers(LONG_AGO)]
        assert recent == []  # Magento does not count it as a change of the customer
        assert every[0][0].person.address.city == "Valinhos"


async def test_customers_of_many_pages_come_once_each() -> None:
    async with a_bench() as bench:
        for number in range(250):
            await registered(bench, {**ANA, "email": f"ana{number}@example.com.br"})
        emails = [c.person.email async for page in bench.channel.customers(LONG_AGO) for c in page]
        assert emails == [f"ana{number}@example.com.br" for number in range(250)]


async def test_nobody_is_none() -> None:
    async with a_bench() as bench:
        assert await bench.channel.customer("99") is None


async def test_a_word_alone_is_a_name_and_comes_back_alone() -> None:
    async with a_bench() as bench:
        customer = await registered(bench, ANA_AT_HOME)
        await bench.channel.update_customer(str(customer.customer_id), {"name": "BAZAR"})
        assert (await told(bench, customer)).person.name == "BAZAR"


async def test_whoever_is_registered_by_us_is_found_by_his_email_with_group_and_document_and_mailed_once() -> None:
    async with a_bench() as bench:
        person = Person("BAZAR CENTRAL LTDA", "compras@bazarcentral.com.br", document="12ABC34501DE35")
        assert await bench.channel.find_customer(person.email) is None
        number = await bench.channel.create_customer(person, "2")
        found = await bench.channel.find_customer(person.email)
        assert found is not None
        assert (found.external_id, found.group) == (number, "2")
        assert (found.person.name, found.person.document) == (person.name, person.document)
        assert [mail.kind for mail in bench.shop.mail] == ["welcome"]
        with pytest.raises(Refused):
            await bench.channel.create_customer(person, "2")
