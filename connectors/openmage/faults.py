"""The shop's faults and what each means for the caller.

Numbers below 100 are the same everywhere; from 100 on each resource has its own (Magento 1's api.xml).
"""

from __future__ import annotations

from connectors.magento_shapes.refusals import Absent
from engine.errors import Collision, IntegraError, Misconfigured, OutcomeUnknown, Refused, RetryLater

ACCESS_DENIED, SESSION_EXPIRED = 2, 5
DETAIL_LENGTH = 300

_ABSENT = {
    "catalog_category": {102},
    "catalog_product": {101},
    "catalog_product_attribute": {101},
    "catalog_product_attribute_media": {101, 103},
    "catalog_product_attribute_tier_price": {100},
    "cataloginventory_stock_item": {101},
    "customer": {102},
    "customer_address": {101, 102},
    "directory_region": {101},
    "sales_order": {100},
    "sales_order_creditmemo": {100, 103},
    "sales_order_invoice": {100, 103},
    "sales_order_shipment": {100, 103},
}
_CONFLICTS = ("deadlock found when trying to get lock", "lock wait timeout exceeded")
_DATABASE = "sqlstate["


class Fault(Exception):
    """A fault as it came; only inside this connector."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"fault {code}: {message}")
        self.code = code
        self.message = " ".join(message.split())[:DETAIL_LENGTH]


def meaning(method: str, fault: Fault, *, writes: bool) -> IntegraError:
    """The error of a fault.

    Number 1 ("internal") is not always a breakdown: a duplicate SKU comes under it too, with a sentence that says so.
    """
    detail = f"{method}: {fault}"
    text = fault.message.lower()
    if fault.code == ACCESS_DENIED:
        return Misconfigured("openmage-rights", detail, resource=method)
    if fault.code == SESSION_EXPIRED:  # of a session that was begun a moment ago
        return RetryLater("openmage-session", detail)
    if any(words in text for words in _CONFLICTS):
        return Collision("channel-conflict", detail)
    if _DATABASE in text:
        return (OutcomeUnknown if writes else RetryLater)("channel-failed", detail, status=fault.code)
    if fault.code in _ABSENT.get(method.partition(".")[0], ()):
        return Absent("channel-refused", detail, message=fault.message, status=fault.code)
    return Refused("channel-refused", detail, message=fault.message, status=fault.code)
