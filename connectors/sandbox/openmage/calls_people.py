"""The API's calls for customers, groups, the store itself and the states of a country."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.openmage.errors import ApiFault
from connectors.sandbox.openmage.people import Address, Customer
from connectors.sandbox.openmage.shop import OpenMage
from connectors.sandbox.openmage.values import Row, pick, stamp


def info(shop: OpenMage) -> Row:
    return {"magento_edition": "Community", "magento_version": "1.9.4.5", "openmage_version": "20.10.2"}


def stores(shop: OpenMage) -> list[Row]:
    return [
        {
            "store_id": "1", "code": "default", "website_id": "1", "group_id": "1", "name": "Default Store View",
            "sort_order": "0", "is_active": "1",
        }
    ]  # fmt: skip


def regions(shop: OpenMage, country: Any) -> list[Row]:
    """Magento 1 itself knows no state of Brazil."""
    if country != "BR":
        raise ApiFault("country_not_exists")
    return [{"region_id": str(key), "code": code, "name": name} for key, (code, name) in shop.brazil.items()]


def groups(shop: OpenMage) -> list[Row]:
    known = shop.people.groups.items()
    return [{"customer_group_id": str(key), "customer_group_code": code} for key, code in known]


def customer_list(shop: OpenMage, filters: Any) -> list[Row]:
    return pick((_customer(one) for one in shop.people.customers.values()), filters)


def customer_info(shop: OpenMage, number: Any, wanted: Any = None) -> Row:
    return _customer(shop.people.get(number))


def customer_create(shop: OpenMage, data: Any) -> str:
    return str(shop.people.create(data).customer_id)


def customer_update(shop: OpenMage, number: Any, data: Any) -> bool:
    shop.people.update(shop.people.get(number), data)
    return True


def address_list(shop: OpenMage, number: Any) -> list[Row]:
    customer = shop.people.get(number, "customer_not_exists")
    return [_address(customer, address) for address in customer.addresses]


def address_create(shop: OpenMage, number: Any, data: Any) -> str:
    return str(shop.people.add_address(shop.people.get(number, "customer_not_exists"), data).address_id)


def address_update(shop: OpenMage, number: Any, data: Any) -> bool:
    customer, address = shop.people.address(number)
    shop.people.change_address(customer, address, data)
    return True


def _customer(one: Customer) -> Row:
    times = {"created_at": stamp(one.created_at), "updated_at": stamp(one.updated_at)}
    return {"customer_id": str(one.customer_id), **one.fields, **times}


def _address(customer: Customer, one: Address) -> Row:
    return {
        "customer_address_id": str(one.address_id), **one.fields,
        "is_default_billing": customer.default_billing == one.address_id,
        "is_default_shipping": customer.default_shipping == one.address_id,
    }  # fmt: skip
