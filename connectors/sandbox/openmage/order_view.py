"""An order as the API shows it: keys and kinds as recorded (order/new, order/complete), most of them empty."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from connectors.sandbox.openmage.sales import Invoice, Item, Order, Shipment
from connectors.sandbox.openmage.values import ZERO, Row, four, stamp

_ORDER = """
state status coupon_code protect_code shipping_description is_virtual store_id customer_id base_discount_amount
base_discount_canceled base_discount_invoiced base_discount_refunded base_grand_total base_shipping_amount
base_shipping_canceled base_shipping_invoiced base_shipping_refunded base_shipping_tax_amount base_shipping_tax_refunded
base_subtotal base_subtotal_canceled base_subtotal_invoiced base_subtotal_refunded base_tax_amount base_tax_canceled
base_tax_invoiced base_tax_refunded base_to_global_rate base_to_order_rate base_total_canceled base_total_invoiced
base_total_invoiced_cost base_total_offline_refunded base_total_online_refunded base_total_paid base_total_qty_ordered
base_total_refunded discount_amount discount_canceled discount_invoiced discount_refunded grand_total shipping_amount
shipping_canceled shipping_invoiced shipping_refunded shipping_tax_amount shipping_tax_refunded store_to_base_rate
store_to_order_rate subtotal subtotal_canceled subtotal_invoiced subtotal_refunded tax_amount tax_canceled tax_invoiced
tax_refunded total_canceled total_invoiced total_offline_refunded total_online_refunded total_paid total_qty_ordered
total_refunded can_ship_partially can_ship_partially_item customer_is_guest customer_note_notify billing_address_id
customer_group_id edit_increment email_sent forced_shipment_with_invoice payment_auth_expiration quote_address_id
quote_id shipping_address_id adjustment_negative adjustment_positive base_adjustment_negative base_adjustment_positive
base_shipping_discount_amount base_subtotal_incl_tax base_total_due payment_authorization_amount
shipping_discount_amount subtotal_incl_tax total_due weight customer_dob increment_id applied_rule_ids
base_currency_code customer_email customer_firstname customer_lastname customer_middlename customer_prefix
customer_suffix customer_taxvat discount_description ext_customer_id ext_order_id global_currency_code
hold_before_state hold_before_status order_currency_code original_increment_id relation_child_id relation_child_real_id
relation_parent_id relation_parent_real_id remote_ip shipping_method store_currency_code store_name x_forwarded_for
customer_note created_at updated_at total_item_count customer_gender hidden_tax_amount base_hidden_tax_amount
shipping_hidden_tax_amount base_shipping_hidden_tax_amnt hidden_tax_invoiced base_hidden_tax_invoiced
hidden_tax_refunded base_hidden_tax_refunded shipping_incl_tax base_shipping_incl_tax coupon_rule_name
paypal_ipn_customer_notified gift_message_id payment_authorization_expiration forced_do_shipment_with_invoice
base_shipping_hidden_tax_amount order_id
""".split()
_ORDER_NOTHING = """
base_discount_amount base_shipping_tax_amount base_tax_amount discount_amount shipping_tax_amount tax_amount
base_shipping_discount_amount shipping_discount_amount hidden_tax_amount base_hidden_tax_amount
shipping_hidden_tax_amount base_shipping_hidden_tax_amnt base_shipping_hidden_tax_amount
""".split()
_ITEM = """
item_id order_id parent_item_id quote_item_id store_id created_at updated_at product_id product_type product_options
weight is_virtual sku name description applied_rule_ids additional_data free_shipping is_qty_decimal no_discount
qty_backordered qty_canceled qty_invoiced qty_ordered qty_refunded qty_shipped base_cost price base_price original_price
base_original_price tax_percent tax_amount base_tax_amount tax_invoiced base_tax_invoiced discount_percent
discount_amount base_discount_amount discount_invoiced base_discount_invoiced amount_refunded base_amount_refunded
row_total base_row_total row_invoiced base_row_invoiced row_weight base_tax_before_discount tax_before_discount
ext_order_item_id locked_do_invoice locked_do_ship price_incl_tax base_price_incl_tax row_total_incl_tax
base_row_total_incl_tax hidden_tax_amount base_hidden_tax_amount hidden_tax_invoiced base_hidden_tax_invoiced
hidden_tax_refunded base_hidden_tax_refunded is_nominal tax_canceled hidden_tax_canceled tax_refunded base_tax_refunded
discount_refunded base_discount_refunded gift_message_id gift_message_available base_weee_tax_applied_amount
base_weee_tax_applied_row_amnt base_weee_tax_applied_row_amount weee_tax_applied_amount weee_tax_applied_row_amount
weee_tax_applied weee_tax_disposition weee_tax_row_disposition base_weee_tax_disposition base_weee_tax_row_disposition
""".split()
_ITEM_NOTHING = """
qty_refunded tax_percent tax_amount base_tax_amount tax_invoiced base_tax_invoiced discount_percent discount_amount
base_discount_amount discount_invoiced base_discount_invoiced amount_refunded base_amount_refunded hidden_tax_amount
base_hidden_tax_amount base_weee_tax_applied_amount base_weee_tax_applied_row_amnt base_weee_tax_applied_row_amount
weee_tax_applied_amount weee_tax_applied_row_amount weee_tax_disposition weee_tax_row_disposition
base_weee_tax_disposition base_weee_tax_row_disposition
""".split()
_ADDRESS = """
parent_id customer_address_id quote_address_id region_id customer_id fax region postcode lastname street city email
telephone country_id firstname address_type prefix middlename suffix company vat_id vat_is_valid vat_request_id
vat_request_date vat_request_success address_id
""".split()
_PAYMENT = """
parent_id base_shipping_captured shipping_captured amount_refunded base_amount_paid amount_canceled
base_amount_authorized base_amount_paid_online base_amount_refunded_online base_shipping_amount shipping_amount
amount_paid amount_authorized base_amount_ordered base_shipping_refunded shipping_refunded base_amount_refunded
amount_ordered base_amount_canceled quote_payment_id additional_data cc_exp_month cc_ss_start_year echeck_bank_name
method cc_debug_request_body cc_secure_verify protection_eligibility cc_approval cc_last4 cc_status_description
echeck_type cc_debug_response_serialized cc_ss_start_month echeck_account_type last_trans_id cc_cid_status cc_owner
cc_type po_number cc_exp_year cc_status echeck_routing_number account_status anet_trans_method cc_debug_response_body
cc_ss_issue echeck_account_name cc_avs_status cc_number_enc cc_trans_id paybox_request_number address_status
additional_information payment_id
""".split()
CURRENCY = "BRL"


def full(order: Order) -> Row:
    """sales_order.info."""
    return {
        **head(order),
        "shipping_address": _address(order, order.shipping, "shipping"),
        "billing_address": _address(order, order.billing, "billing"),
        "items": [_item(order, item) for item in order.items],
        "payment": _payment(order),
        "status_history": [
            {
                "parent_id": str(order.order_id), "is_customer_notified": "0", "is_visible_on_front": "0",
                "comment": comment, "status": status, "created_at": stamp(at), "entity_name": "order",
            }
            for status, comment, at in order.history
        ],
    }  # fmt: skip


def listed(order: Order) -> Row:
    """A row of sales_order.list: the head and some names from the addresses."""
    names: Row = {}
    for kind, address in (("billing", order.billing), ("shipping", order.shipping)):
        first, last = address.get("firstname", ""), address.get("lastname", "")
        names |= {f"{kind}_firstname": first, f"{kind}_lastname": last, f"{kind}_name": f"{first} {last}"}
    plain = {key: order.billing.get(key) for key in ("firstname", "middlename", "lastname", "telephone", "postcode")}
    return head(order) | names | plain


def head(order: Order) -> Row:
    customer = order.customer
    row: Row = dict.fromkeys(_ORDER) | dict.fromkeys(_ORDER_NOTHING, four(0))
    row |= _both("grand_total", order.total()) | _both("subtotal", order.subtotal())
    row |= _both("shipping_amount", order.freight) | _both("subtotal_incl_tax", order.subtotal())
    row |= _both("shipping_incl_tax", order.freight)
    row |= {f"{pair}_rate": four(1) for pair in ("base_to_global", "base_to_order", "store_to_base", "store_to_order")}
    row |= {f"{kind}_currency_code": CURRENCY for kind in ("base", "global", "order", "store")}
    if order.paid is not None:
        row |= _both("total_paid", order.paid) | _both("total_due", order.total() - order.paid)
        row |= _both("total_invoiced", order.paid) | _both("shipping_invoiced", order.freight)
    if order.refunded():
        row |= _both("total_refunded", order.refunded()) | _both("shipping_refunded", order.freight_refunded)
    return row | {
        "state": order.state, "status": order.status, "protect_code": f"{order.order_id:016x}",
        "shipping_description": order.shipping_title, "is_virtual": "0", "store_id": "1",
        "customer_id": customer.get("customer_id"),
        "total_qty_ordered": four(sum((item.ordered for item in order.items), ZERO)),
        "customer_is_guest": "0" if customer.get("customer_id") else "1", "customer_note_notify": "1",
        "billing_address_id": str(2 * order.order_id - 1), "shipping_address_id": str(2 * order.order_id),
        "customer_group_id": customer["group_id"], "email_sent": "1", "quote_id": str(order.order_id),
        "weight": four(len(order.items)), "increment_id": order.number, "customer_email": customer["email"],
        "customer_firstname": customer["firstname"], "customer_lastname": customer["lastname"],
        "customer_taxvat": customer.get("taxvat"), "shipping_method": order.shipping_method,
        "store_name": "Loja\nLoja\nPadrão", "created_at": stamp(order.created_at),
        "updated_at": stamp(order.updated_at), "total_item_count": str(len(order.items)),
        "paypal_ipn_customer_notified": "0", "order_id": str(order.order_id),
    }  # fmt: skip


def _both(name: str, value: Decimal) -> Row:
    """In the order's currency and in the shop's, which are the same here."""
    return {name: four(value), f"base_{name}": four(value)}


def _item(order: Order, item: Item) -> Row:
    total, product = item.price * item.ordered, item.product
    prices = {f"{base}{kind}": four(item.price) for base in ("", "base_") for kind in ("price", "original_price")}
    return dict.fromkeys(_ITEM) | dict.fromkeys(_ITEM_NOTHING, four(0)) | prices | {
        "item_id": str(item.item_id), "order_id": str(order.order_id), "quote_item_id": str(item.item_id),
        "store_id": "1", "created_at": stamp(order.created_at), "updated_at": stamp(order.updated_at),
        "product_id": str(product.product_id), "product_type": product.kind, "product_options": "a:0:{}",
        "weight": four(1), "is_virtual": "0", "sku": product.sku, "name": item.name, "free_shipping": "0",
        "is_qty_decimal": "0", "no_discount": "0", "qty_canceled": four(item.cancelled),
        "qty_invoiced": four(item.invoiced), "qty_refunded": four(item.refunded),
        "qty_ordered": four(item.ordered), "qty_shipped": four(item.shipped),
        "row_total": four(total), "base_row_total": four(total), "row_invoiced": four(item.price * item.invoiced),
        "base_row_invoiced": four(item.price * item.invoiced), "row_weight": four(item.ordered),
        "price_incl_tax": four(item.price), "base_price_incl_tax": four(item.price),
        "row_total_incl_tax": four(total), "base_row_total_incl_tax": four(total), "is_nominal": "0",
        "weee_tax_applied": "a:0:{}",
    }  # fmt: skip


def _address(order: Order, address: Mapping[str, str], kind: str) -> Row:
    known = {key: address[key] for key in _ADDRESS if key in address}
    number = 2 * order.order_id - (kind == "billing")
    own = {"email": order.customer["email"], "address_type": kind, "address_id": str(number)}
    return dict.fromkeys(_ADDRESS) | known | own | {"parent_id": str(order.order_id)}


def _payment(order: Order) -> Row:
    row: Row = dict.fromkeys(_PAYMENT)
    row |= dict.fromkeys(("cc_exp_month", "cc_ss_start_year", "cc_ss_start_month", "cc_exp_year"), "0")
    row |= _both("shipping_amount", order.freight) | _both("amount_ordered", order.total())
    if order.paid is not None:
        row |= _both("amount_paid", order.paid) | _both("shipping_captured", order.freight)
    if order.authorized is not None:
        row |= _both("amount_authorized", order.authorized)
    own = {"parent_id": str(order.order_id), "payment_id": str(order.order_id), "method": order.method}
    return row | own | {"additional_information": []}


def invoice(document: Invoice) -> Row:
    return {
        "invoice_id": str(document.invoice_id), "increment_id": document.number,
        "order_id": str(document.order.order_id), "created_at": stamp(document.created_at), "state": document.state,
        "grand_total": four(document.order.total()), "order_currency_code": CURRENCY,
    }  # fmt: skip


def shipment(document: Shipment) -> Row:
    """sales_order_shipment.info (recorded: shipment/info)."""
    at, order_id, parent = stamp(document.created_at), str(document.order.order_id), str(document.shipment_id)
    return {
        "store_id": "1", "total_weight": None, "total_qty": four(sum((q for _, q in document.quantities), ZERO)),
        "email_sent": "1" if document.mailed else None, "order_id": order_id, "customer_id": None,
        "shipping_address_id": str(2 * document.order.order_id),
        "billing_address_id": str(2 * document.order.order_id - 1), "shipment_status": None,
        "increment_id": document.number, "created_at": at, "updated_at": at, "packages": None,
        "shipping_label": None, "shipment_id": parent,
        "items": [
            {
                "parent_id": parent, "row_total": None, "price": four(item.price), "weight": four(1),
                "qty": four(quantity), "product_id": str(item.product.product_id), "order_item_id": str(item.item_id),
                "additional_data": None, "description": None, "name": item.name, "sku": item.product.sku,
                "item_id": str(place),
            }
            for place, (item, quantity) in enumerate(document.quantities, 1)
        ],
        "tracks": [
            {
                "parent_id": parent, "weight": None, "qty": None, "order_id": order_id, "track_number": track.number,
                "number": track.number, "description": None, "title": track.title, "carrier_code": track.carrier,
                "created_at": stamp(track.created_at), "updated_at": stamp(track.created_at),
                "track_id": str(track.track_id),
            }
            for track in document.tracks
        ],
        "comments": [
            {
                "parent_id": parent, "is_customer_notified": "0", "is_visible_on_front": "0",
                "comment": document.comment, "created_at": at, "comment_id": parent,
            }
        ],
    }  # fmt: skip
