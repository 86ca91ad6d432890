"""Orders as JSON; keys about bills, cancellations and refunds come only once there were any.

The shop has one currency and neither taxes nor discounts, so each `base_` twin repeats its amount.
Recorded: orders/new, orders/complete, orders/cancelled_order, orders/search_after_refund.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from connectors.sandbox.shop.criteria import Collection
from connectors.sandbox.shop.errors import Crash
from connectors.sandbox.shop.order_book import OrderBook
from connectors.sandbox.shop.orders import Item, Order
from connectors.sandbox.shop.wire import ZERO

CURRENCY = "BRL"
STORE_NAME = "Site principal\nLoja principal\nDefault Store View"

Amounts = dict[str, Decimal]


def twins(amounts: Amounts) -> Amounts:
    """Each amount with its `base_` twin."""
    return {**{f"base_{name}": value for name, value in amounts.items()}, **amounts}


def zeros(*names: str) -> Amounts:
    return dict.fromkeys(names, ZERO)


_ALWAYS_ZERO = twins(
    zeros("discount_amount", "discount_tax_compensation_amount", "tax_amount", "shipping_discount_amount",
          "shipping_tax_amount")
) | zeros("shipping_discount_tax_compensation_amount", "base_shipping_discount_tax_compensation_amnt")  # fmt: skip
_INVOICED_ZERO = twins(zeros("discount_invoiced", "discount_tax_compensation_invoiced", "tax_invoiced"))
_CANCELED_ZERO = twins(zeros("discount_canceled", "tax_canceled"))
_REFUNDED_ZERO = twins(
    zeros("discount_refunded", "discount_tax_compensation_refunded", "shipping_tax_refunded", "tax_refunded")
)


def full(order: Order) -> dict[str, Any]:
    """As GET /V1/orders/{id} and the search answer."""
    items = [_item(order, item) for item in order.items]
    result: dict[str, Any] = {
        **_ALWAYS_ZERO,
        **twins(
            {
                "grand_total": order.grand_total,
                "shipping_amount": order.freight,
                "shipping_incl_tax": order.freight,
                "subtotal": order.subtotal,
                "subtotal_incl_tax": order.subtotal,
                "total_due": order.grand_total - order.paid,
            }
        ),
        **_totals_so_far(order),
        "base_currency_code": CURRENCY,
        "base_to_global_rate": 1,
        "base_to_order_rate": 1,
        "billing_address_id": order.billing.address_id,
        "created_at": order.created_at,
        "customer_email": order.email,
        "customer_firstname": order.firstname,
        "customer_group_id": order.group_id,
        "customer_is_guest": int(order.customer_id is None),
        "customer_lastname": order.lastname,
        "customer_note_notify": 1,
        "email_sent": 1,
        "entity_id": order.order_id,
        "global_currency_code": CURRENCY,
        "increment_id": order.increment_id,
        "is_virtual": 0,
        "order_currency_code": CURRENCY,
        "protect_code": hashlib.sha256(order.created_at.encode() + order.increment_id.encode()).hexdigest()[:32],
        "quote_id": order.order_id,
        "remote_ip": order.remote_ip,
        "shipping_description": order.shipping_title,
        "state": order.state,
        **_optional(order),
        "store_currency_code": CURRENCY,
        "store_id": 1,
        "store_name": STORE_NAME,
        "store_to_base_rate": 0,
        "store_to_order_rate": 0,
        "total_item_count": len(order.lines),
        "total_qty_ordered": sum((item.ordered for item in order.lines), ZERO),
        "updated_at": order.updated_at,
        "weight": sum((item.weight * item.ordered for item in order.lines), ZERO),
        "items": items,
        "billing_address": order.billing.view(order),
        "payment": _payment(order),
        "status_histories": [note.view(order.order_id) for note in order.notes],
    }
    result["extension_attributes"] = {
        "shipping_assignments": [{"shipping": _shipping(order), "items": items}],
        "payment_additional_info": _payment_info(order),
        "applied_taxes": [],
        "item_applied_taxes": [],
    }
    return result  # fmt: skip


def overwritten(order: Order) -> dict[str, Any]:
    """POST /V1/orders answers null totals; the stored order keeps its own (recorded: orders/status_overwritten)."""
    result: dict[str, Any] = {
        **twins({"total_due": ZERO}),
        "base_grand_total": None,
        "grand_total": None,
        "customer_email": None,
        "billing_address_id": order.billing.address_id,
        "created_at": order.created_at,
        "entity_id": order.order_id,
        "increment_id": order.increment_id,
        "state": order.state,
        "updated_at": order.updated_at,
        "items": [_item(order, item) for item in order.items],
        "billing_address": order.billing.view(order),
        "payment": _payment(order),
        "status_histories": [note.view(order.order_id) for note in order.notes],
    }
    if order.status is not None:
        result["status"] = order.status
    return result


def collection(book: OrderBook) -> Collection[Order]:
    """The orders as a searchable collection: the columns of the order's own row.

    Another one crashes the call (recorded: orders/unknown_field).
    """
    columns: dict[str, Callable[[Order], Any]] = {
        "entity_id": lambda o: o.order_id,
        "increment_id": lambda o: o.increment_id,
        "state": lambda o: o.state,
        "status": lambda o: o.status,
        "created_at": lambda o: o.created_at,
        "updated_at": lambda o: o.updated_at,
        "store_id": lambda o: 1,
        "customer_id": lambda o: o.customer_id,
        "customer_email": lambda o: o.email,
        "customer_firstname": lambda o: o.firstname,
        "customer_lastname": lambda o: o.lastname,
        "customer_group_id": lambda o: o.group_id,
        "customer_is_guest": lambda o: int(o.customer_id is None),
        "customer_taxvat": lambda o: o.taxvat,
        "grand_total": lambda o: o.grand_total,
        "total_due": lambda o: o.grand_total - o.paid,
        "total_paid": lambda o: o.paid if o.invoiced else None,
        "shipping_amount": lambda o: o.freight,
        "subtotal": lambda o: o.subtotal,
        "ext_order_id": lambda o: o.ext_order_id,
        "ext_customer_id": lambda o: o.ext_customer_id,
    }
    return Collection(
        rows=book.by_id.values,
        value=lambda order, name: columns[name](order),
        knows=columns.__contains__,
        unknown=lambda name: Crash(f"no column {name} in sales_order"),
    )


def items_of_all(book: OrderBook) -> Collection[tuple[Order, Item]]:
    """For GET /V1/orders/items."""
    columns: dict[str, Callable[[tuple[Order, Item]], Any]] = {
        "item_id": lambda row: row[1].item_id,
        "order_id": lambda row: row[0].order_id,
        "sku": lambda row: row[1].sku,
        "product_id": lambda row: row[1].product_id,
        "product_type": lambda row: row[1].product_type,
        "parent_item_id": lambda row: row[1].parent.item_id if row[1].parent else None,
        "created_at": lambda row: row[1].created_at,
        "updated_at": lambda row: row[1].updated_at,
    }
    return Collection(
        rows=lambda: ((order, item) for order in book.by_id.values() for item in order.items),
        value=lambda row, name: columns[name](row),
        knows=columns.__contains__,
        unknown=lambda name: Crash(f"no column {name} in sales_order_item"),
    )


def item_view(row: tuple[Order, Item]) -> dict[str, Any]:
    return _item(*row)


def _optional(order: Order) -> dict[str, Any]:
    values = {
        "status": order.status,
        "customer_id": order.customer_id,
        "customer_taxvat": order.taxvat,
        "ext_order_id": order.ext_order_id,
        "ext_customer_id": order.ext_customer_id,
    }
    if order.held_from is not None:
        values |= {"hold_before_state": order.held_from[0], "hold_before_status": order.held_from[1]}
    return {name: value for name, value in values.items() if value is not None}


def _totals_so_far(order: Order) -> Amounts:
    totals: Amounts = {}
    if order.invoiced:
        billed = order.subtotal_invoiced + order.freight_invoiced
        totals |= _INVOICED_ZERO | zeros("base_total_invoiced_cost") | twins({
            "shipping_invoiced": order.freight_invoiced,
            "subtotal_invoiced": order.subtotal_invoiced,
            "total_invoiced": billed,
            "total_paid": order.paid,
        })  # fmt: skip
    if order.canceled:
        totals |= _CANCELED_ZERO | twins({
            "shipping_canceled": order.freight_canceled,
            "subtotal_canceled": order.subtotal_canceled,
            "total_canceled": order.total_canceled,
        })  # fmt: skip
    if order.refunds:
        totals |= _REFUNDED_ZERO | twins({
            "adjustment_negative": order.adjustment_negative,
            "adjustment_positive": order.adjustment_positive,
            "shipping_refunded": order.freight_refunded,
            "subtotal_refunded": order.subtotal_refunded,
            "total_offline_refunded": order.total_refunded,
            "total_refunded": order.total_refunded,
        })  # fmt: skip
    return totals


def _item(order: Order, item: Item) -> dict[str, Any]:
    view = _plain_item(order, item)
    if item.parent is None:
        return view
    for name in ("discount_tax_compensation_amount", "base_discount_tax_compensation_amount", "base_original_price",
                 "price_incl_tax", "base_price_incl_tax"):  # fmt: skip
        del view[name]
    view["row_weight"] = ZERO
    return view | {"parent_item_id": item.parent.item_id, "parent_item": _plain_item(order, item.parent)}


def _plain_item(order: Order, item: Item) -> dict[str, Any]:
    view: dict[str, Any] = {
        "amount_refunded": item.amount_refunded,
        "base_amount_refunded": item.amount_refunded,
        **twins(zeros("discount_amount", "discount_invoiced", "discount_tax_compensation_amount", "tax_amount",
                      "tax_invoiced")),
        **twins({
            "original_price": item.price,
            "price": item.price,
            "price_incl_tax": item.price,
            "row_invoiced": item.row_invoiced,
            "row_total": item.row_total,
            "row_total_incl_tax": item.row_total,
        }),
        "created_at": item.created_at,
        "discount_percent": 0,
        "free_shipping": 0,
        "is_qty_decimal": 0,
        "is_virtual": 0,
        "item_id": item.item_id,
        "name": item.name,
        "no_discount": 0,
        "order_id": order.order_id,
        "product_id": item.product_id,
        "product_type": item.product_type,
        "qty_canceled": item.canceled,
        "qty_invoiced": item.invoiced,
        "qty_ordered": item.ordered,
        "qty_refunded": item.refunded,
        "qty_shipped": item.shipped,
        "quote_item_id": item.item_id,
        "row_weight": item.weight * item.ordered,
        "sku": item.sku,
        "store_id": 1,
        "tax_percent": 0,
        "updated_at": item.updated_at,
        "weight": item.weight,
    }  # fmt: skip
    if item.invoiced:
        view |= twins(zeros("discount_tax_compensation_invoiced")) | {"weee_tax_applied": "[]"}
    if item.canceled:
        view |= zeros("discount_tax_compensation_canceled", "tax_canceled")
    if item.refunded:
        view |= twins(zeros("discount_refunded", "discount_tax_compensation_refunded", "tax_refunded"))
    if item.choices:
        view["product_option"] = {"extension_attributes": {"configurable_item_options": item.choices}}
    return view


def _payment(order: Order) -> dict[str, Any]:
    payment = order.payment
    amounts = {"amount_ordered": order.grand_total, "shipping_amount": order.freight}
    if payment.authorised is not None:
        amounts["amount_authorized"] = payment.authorised
    if order.invoiced:
        amounts |= {"amount_paid": order.paid, "shipping_captured": order.freight_invoiced}
    if order.refunds:
        amounts |= {"amount_refunded": order.total_refunded, "shipping_refunded": order.freight_refunded}
    view: dict[str, Any] = {
        "account_status": None,
        "additional_information": [value for value in (payment.title, payment.transaction) if value],
        "cc_last4": payment.card,
        "entity_id": order.order_id,
        "method": payment.method,
        "parent_id": order.order_id,
        **twins(amounts),
    }
    if payment.transaction:
        view["last_trans_id"] = payment.transaction
    return view


def _payment_info(order: Order) -> list[dict[str, str]]:
    known = {"method_title": order.payment.title, "transaction_id": order.payment.transaction}
    return [{"key": key, "value": value} for key, value in known.items() if value]


def _shipping(order: Order) -> dict[str, Any]:
    total = {
        **twins({"shipping_amount": order.freight, "shipping_incl_tax": order.freight}),
        **{name: value for name, value in _ALWAYS_ZERO.items() if "shipping" in name},
    }
    if order.invoiced:
        total |= twins({"shipping_invoiced": order.freight_invoiced})
    if order.canceled:
        total |= twins({"shipping_canceled": order.freight_canceled})
    if order.refunds:
        total |= twins({"shipping_refunded": order.freight_refunded, "shipping_tax_refunded": ZERO})
    return {"address": order.shipping.view(order), "method": order.shipping_method, "total": total}
