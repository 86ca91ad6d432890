"""Invoices, shipments and credit memos as JSON.

Recorded: documents/invoices, documents/shipments, documents/shipment, documents/credit_memos.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from connectors.sandbox.shop.criteria import Collection
from connectors.sandbox.shop.errors import Crash
from connectors.sandbox.shop.order_view import CURRENCY, twins, zeros
from connectors.sandbox.shop.orders import CreditMemo, DocumentItem, Invoice, Shipment, Track
from connectors.sandbox.shop.wire import ZERO

Document = TypeVar("Document", Invoice, Shipment, CreditMemo)


def invoice(document: Invoice) -> dict[str, Any]:
    subtotal = sum((line.row_total for line in document.items), ZERO)
    return {
        **_common(document),
        **_money(document),
        **twins(zeros("discount_amount", "discount_tax_compensation_amount", "tax_amount", "shipping_tax_amount")),
        **zeros("shipping_discount_tax_compensation_amount", "base_shipping_discount_tax_compensation_amnt"),
        **twins({
            "grand_total": subtotal + document.freight,
            "shipping_amount": document.freight,
            "shipping_incl_tax": document.freight,
            "subtotal": subtotal,
            "subtotal_incl_tax": subtotal,
        }),
        "can_void_flag": 0,
        "state": 2,
        "total_qty": sum((line.quantity for line in document.items), ZERO),
        "items": [_billed(line, document.document_id) for line in document.items],
        "comments": list(document.comments),
    }  # fmt: skip


def shipment(document: Shipment) -> dict[str, Any]:
    return {
        **_common(document),
        "packages": [],
        "total_qty": sum((line.quantity for line in document.items), ZERO),
        "items": [
            {
                "entity_id": line.item_id,
                "name": line.line.name,
                "parent_id": document.document_id,
                "price": line.line.price,
                "product_id": line.line.product_id,
                "sku": line.line.sku,
                "weight": line.line.weight,
                "order_item_id": line.line.item_id,
                "qty": line.quantity,
            }
            for line in document.items
        ],
        "tracks": [track(document, entry) | {"description": entry.description or None} for entry in document.tracks],
        "comments": list(document.comments),
        "extension_attributes": {"source_code": document.source_code},
    }


def track(document: Shipment, entry: Track) -> dict[str, Any]:
    """Recorded: documents/track_added."""
    return {
        "order_id": document.order.order_id,
        "created_at": entry.created_at,
        "entity_id": entry.track_id,
        "parent_id": document.document_id,
        "updated_at": entry.updated_at,
        "weight": entry.weight,
        "qty": entry.quantity,
        "description": entry.description,
        "track_number": entry.number,
        "title": entry.title,
        "carrier_code": entry.carrier,
    }


def creditmemo(document: CreditMemo) -> dict[str, Any]:
    subtotal = sum((line.row_total for line in document.items), ZERO)
    adjustment = document.adjustment_positive - document.adjustment_negative
    return {
        **_common(document),
        **_money(document),
        **twins(zeros("discount_amount", "discount_tax_compensation_amount", "tax_amount", "shipping_tax_amount")),
        **twins({
            "adjustment": adjustment,
            "adjustment_negative": document.adjustment_negative,
            "adjustment_positive": document.adjustment_positive,
            "grand_total": subtotal + document.freight + adjustment,
            "shipping_amount": document.freight,
            "shipping_incl_tax": document.freight,
            "subtotal": subtotal,
            "subtotal_incl_tax": subtotal,
        }),
        "state": 2,
        "items": [
            _billed(line, document.document_id)
            | {
                "base_cost": None,
                "base_weee_tax_row_disposition": 0,
                "weee_tax_applied": "[]",
                "weee_tax_applied_row_amount": 0,
                "weee_tax_row_disposition": 0,
            }
            for line in document.items
        ],
        "comments": list(document.comments),
    }  # fmt: skip


def collection(documents: Mapping[int, Document]) -> Collection[Document]:
    """A kind of document as a searchable collection."""
    columns: dict[str, Callable[[Document], Any]] = {
        "entity_id": lambda d: d.document_id,
        "increment_id": lambda d: d.increment_id,
        "order_id": lambda d: d.order.order_id,
        "created_at": lambda d: d.created_at,
        "updated_at": lambda d: d.updated_at,
        "store_id": lambda d: 1,
    }
    return Collection(
        rows=documents.values,
        value=lambda document, name: columns[name](document),
        knows=columns.__contains__,
        unknown=lambda name: Crash(f"no column {name}"),
    )


def _common(document: Invoice | Shipment | CreditMemo) -> dict[str, Any]:
    return {
        "billing_address_id": document.order.billing.address_id,
        "created_at": document.created_at,
        "entity_id": document.document_id,
        "increment_id": document.increment_id,
        "order_id": document.order.order_id,
        "shipping_address_id": document.order.shipping.address_id,
        "store_id": 1,
        "updated_at": document.updated_at,
    }


def _money(document: Invoice | CreditMemo) -> dict[str, Any]:
    codes = ("base_currency_code", "global_currency_code", "order_currency_code", "store_currency_code")
    return {
        **dict.fromkeys(codes, CURRENCY),
        "base_to_global_rate": 1,
        "base_to_order_rate": 1,
        "store_to_base_rate": 0,
        "store_to_order_rate": 0,
    }


def _billed(line: DocumentItem, document_id: int) -> dict[str, Any]:
    return {
        **twins(zeros("discount_tax_compensation_amount", "tax_amount")),
        **twins({
            "price": line.line.price,
            "price_incl_tax": line.line.price,
            "row_total": line.row_total,
            "row_total_incl_tax": line.row_total,
        }),
        "entity_id": line.item_id,
        "name": line.line.name,
        "parent_id": document_id,
        "product_id": line.line.product_id,
        "sku": line.line.sku,
        "order_item_id": line.line.item_id,
        "qty": line.quantity,
    }  # fmt: skip
