"""The API's faults by name, as Magento 1's own tables number them: a few for all resources, others for each."""

from __future__ import annotations

GLOBAL = {
    "unknown": (0, "Unknown Error"),
    "internal": (1, "Internal Error. Please see log for details."),
    "access_denied": (2, "Access denied."),
    "resource_path_invalid": (3, "Invalid api path."),
    "resource_path_not_callable": (4, "Resource path is not callable."),
    "session_expired": (5, "Session expired. Try to relogin."),
}
FAULTS = {
    "catalog_category": {"not_exists": (102, "Category not exists."), "data_invalid": (103, "Invalid data given.")},
    "catalog_product": {
        "product_not_exists": (101, "Product not exists."),
        "data_invalid": (102, "Invalid data given. Details in error message."),
        "product_attribute_set_not_exists": (105, "Product attribute set is not existed"),
    },
    "catalog_product_attribute": {
        "not_exists": (101, "Requested attribute not found."),
        "invalid_frontend_input": (104, "Incorrect attribute type."),
        "unable_to_save": (105, "Unable to save attribute."),
    },
    "catalog_product_attribute_set": {
        "attribute_is_already_in_set": (109, "Requested attribute is already in requested attribute set."),
    },
    "catalog_product_attribute_media": {
        "product_not_exists": (101, "Product not exists."),
        "data_invalid": (102, "Invalid data given. Details in error message."),
        "not_exists": (103, "Requested image not exists in product images' gallery."),
    },
    "catalog_product_attribute_tier_price": {
        "product_not_exists": (100, "Product not exists."),
        "data_invalid": (101, "Invalid data given. Details in error message."),
    },
    "cataloginventory_stock_item": {"not_exists": (101, "Product not exists.")},
    "customer": {
        "data_invalid": (100, "Invalid customer data. Details in error message."),
        "not_exists": (102, "Customer not exists."),
    },
    "customer_address": {
        "data_invalid": (100, "Invalid address data. Details in error message."),
        "customer_not_exists": (101, "Customer not exists."),
        "not_exists": (102, "Address not exists."),
    },
    "directory_region": {"country_not_exists": (101, "Country not exists.")},
    "sales_order": {
        "not_exists": (100, "Requested order not exists."),
        "status_not_changed": (103, "Order status not changed. Details in error message."),
    },
    "sales_order_creditmemo": {
        "not_exists": (100, "Requested credit memo does not exist."),
        "data_invalid": (102, "Invalid data given. Details in error message."),
        "order_not_exists": (103, "Requested order does not exist."),
        "cannot_create_creditmemo": (105, "Cannot do credit memo for order."),
    },
    "sales_order_invoice": {
        "not_exists": (100, "Requested shipment not exists."),
        "data_invalid": (102, "Invalid data given. Details in error message."),
        "order_not_exists": (103, "Requested order not exists."),
        "status_not_changed": (104, "Invoice status not changed"),
    },
    "sales_order_shipment": {
        "not_exists": (100, "Requested shipment not exists."),
        "data_invalid": (102, "Invalid data given. Details in error message."),
        "order_not_exists": (103, "Requested order not exists."),
    },
}


class ApiFault(Exception):
    """A fault by its name, with a sentence of its own where one was given."""

    def __init__(self, name: str, message: str | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.message = message

    def of(self, resource: str) -> tuple[int, str]:
        """Number and sentence, as this resource has them; one that no table names is an unknown error."""
        tables = (FAULTS.get(resource, {}), GLOBAL)
        code, message = next((table[self.name] for table in tables if self.name in table), GLOBAL["unknown"])
        return code, self.message or message
