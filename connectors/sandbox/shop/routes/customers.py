"""Customer groups and customers."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.shop.customers import CUSTOMER, GROUP
from connectors.sandbox.shop.router import Call, Route, listing
from connectors.sandbox.shop.shop import Shop


def groups(shop: Shop, call: Call) -> Any:
    return listing(shop.groups.collection(), call, lambda row: row.view())


def group(shop: Shop, call: Call) -> Any:
    return shop.groups.get(call.number("id")).view()


def create_group(shop: Shop, call: Call) -> Any:
    return shop.groups.save(call.entity("group", GROUP)).view()


def update_group(shop: Shop, call: Call) -> Any:
    return shop.groups.save(call.entity("group", GROUP), call.number("id")).view()


def search(shop: Shop, call: Call) -> Any:
    return listing(shop.customers.collection(), call, lambda row: row.view())


def get(shop: Shop, call: Call) -> Any:
    return shop.customers.get(call.number("id")).view()


def create(shop: Shop, call: Call) -> Any:
    """Anybody may, without a token too; the group counts only from whoever has one."""
    return shop.customers.create(call.entity("customer", CUSTOMER), call.trusted).view()


def update(shop: Shop, call: Call) -> Any:
    return shop.customers.update(call.number("id"), call.entity("customer", CUSTOMER)).view()


def delete(shop: Shop, call: Call) -> Any:
    shop.customers.delete(call.number("id"))
    return True


def is_email_free(shop: Shop, call: Call) -> Any:
    return shop.customers.find(str(call.need("customerEmail"))) is None


_GROUPS = "Magento_Customer::group"
_CUSTOMERS = "Magento_Customer::customer"
_MANAGE = "Magento_Customer::manage"
ROUTES = (
    Route("GET", "V1/customerGroups/search", groups, _GROUPS),
    Route("GET", "V1/customerGroups/{id}", group, _GROUPS),
    Route("POST", "V1/customerGroups", create_group, _GROUPS),
    Route("PUT", "V1/customerGroups/{id}", update_group, _GROUPS),
    Route("GET", "V1/customers/search", search, _CUSTOMERS),
    Route("GET", "V1/customers/{id}", get, _CUSTOMERS),
    Route("POST", "V1/customers", create, None),
    Route("PUT", "V1/customers/{id}", update, _MANAGE),
    Route("DELETE", "V1/customers/{id}", delete, "Magento_Customer::delete"),
    Route("POST", "V1/customers/isEmailAvailable", is_email_free, None),
)
