"""Orders and people in C-Plus: what is missing there, and what staff made of them."""

from __future__ import annotations

from console.language import N_
from console.problems.text import Text

TEXTS: dict[str, Text] = {
    "erp-unknown-sku": Text(
        N_("Unknown SKU in an order"),
        N_("The order has SKU {sku}, which C-Plus does not know. Create it in C-Plus or refuse the order."),
    ),
    "erp-no-such-product": Text(
        N_("Product not in C-Plus"),
        N_("C-Plus has no product with CODPROD {sku}. Type the key, with its zeros, not the bar code."),
    ),
    "erp-inactive-sku": Text(
        N_("SKU in an order is not for sale"),
        N_("SKU {sku} ({name}) is not for sale in C-Plus. Put it on sale again there, or refuse the order."),
    ),
    "erp-payment-kind-unknown": Text(
        N_("Payment kind missing"),
        N_("No payment kind (CODREC) is named for {method}. Add it to payment_kinds in [erp.options]."),
    ),
    "erp-order-in-edit": Text(
        N_("Order open in C-Plus"),
        N_("Order {order} is open on a screen of C-Plus ({who}). Integra leaves it alone until it is closed there."),
    ),
    "erp-customer-in-edit": Text(
        N_("Customer open in C-Plus"),
        N_("Customer {key} is open on a screen of C-Plus ({who}). Integra leaves it alone until it is closed there."),
    ),
    "erp-reference-edited": Text(
        N_("Order number changed in C-Plus"),
        N_("Order {erp_number} of C-Plus was {ours} and says {theirs} now. It stays {order} of the shop; correct it."),
    ),
    "erp-order-gone": Text(
        N_("Order gone from C-Plus"),
        N_(
            "Staff deleted the order in C-Plus, where it stood as {number}; its goods are for sale again. Have it"
            " written again (key w, or integra orders rewrite), or end it: refuse it, or refund one that is paid in"
            " the shop."
        ),
    ),
    "erp-order-without-goods": Text(
        N_("Order without goods"),
        N_("The order has no line that C-Plus could store. Look at it in the shop."),
    ),
    "erp-total-differs": Text(
        N_("Totals differ"),
        N_("The lines add up to {computed} and the shop says {total}: it is not stored in C-Plus. Look at the order."),
    ),
    "erp-customer-gone": Text(
        N_("Customer gone from C-Plus"),
        N_("Customer {customer} was deleted in C-Plus. Create the customer again, or link another one."),
    ),
    "order-missing-in-erp": Text(
        N_("Missing in C-Plus after a restore"),
        N_(
            "C-Plus was restored from a backup and lacks this order, which stood there as {number}. Its goods stay"
            " held. Have it written again (key w, or integra orders rewrite): it takes a new number."
        ),
    ),
    "cancelled-in-erp": Text(
        N_("Cancelled in C-Plus"),
        N_("Staff cancelled the order in C-Plus, and the shop still has it. Refuse it, or enter it again in C-Plus."),
    ),
    "invoice-cancelled-in-erp": Text(
        N_("Invoice cancelled in C-Plus"),
        N_("The invoice was cancelled in C-Plus. Invoice it again, or refuse the order."),
    ),
    "sale-cancelled-after-shipping": Text(
        N_("Sale cancelled after shipping"),
        N_(
            "Staff cancelled the sale in C-Plus, and its goods have left already. If they come back, refund the buyer"
            " in the shop; if not, invoice again in C-Plus. Then put the order back."
        ),
    ),
    "invoiced-differs": Text(
        N_("Invoiced otherwise"),
        N_(
            "C-Plus invoiced something else than the buyer ordered; the lines below show what. Only what was ordered"
            " and invoiced is shipped. Agree with the buyer, refund the rest in the shop, then put the order back."
        ),
    ),
    "rest-cancelled-in-shop": Text(
        N_("Cancelled in part in the shop"),
        N_(
            "The shop cancelled {goods}, and order {number} of C-Plus still holds it. Take it out of that order there,"
            " which frees the goods; the order goes on, or ends, by itself. If C-Plus cannot, put the order back."
        ),
    ),
    "sold-and-cancelled-in-shop": Text(
        N_("Cancelled after invoice"),
        N_(
            "The shop cancelled {goods} after order {number} was invoiced in C-Plus; it is not shipped. Keep it out of"
            " the parcel and take it back in C-Plus, then put the order back."
        ),
    ),
    "nfe-cancelled": Text(
        N_("NF-e cancelled"),
        N_(
            "The NF-e of this order was cancelled and its sale stands. Issue another one in C-Plus: the order goes on"
            " by itself. Do not dispatch without it."
        ),
    ),
    "returned-in-erp": Text(
        N_("Goods came back"),
        N_(
            "C-Plus booked a return of this order; the lines below show what. Nothing was done in the shop. Credit the"
            " buyer (key g: a credit memo in the shop, the freight with the last of the goods; give the money back at"
            " the gateway or bank), or send the goods again, as you agreed, and put the order back."
        ),
    ),
    "erp-status-problem": Text(
        N_("Status in C-Plus"),
        N_("The store's staff gave the order the status {status} in C-Plus. Ask them, then put the order back."),
    ),
    "linked-too-late": Text(
        N_("Invoiced twice in C-Plus"),
        N_(
            "Staff invoiced the order (sale {own}) while it was being linked to sale {sale}. Its own sale counts;"
            " cancel sale {sale} in C-Plus if it is the same goods, then put the order back."
        ),
    ),
}
