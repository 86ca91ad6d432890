"""Orders, as the shop tells of them."""

from __future__ import annotations

from console.language import N_
from console.problems.text import Text

TEXTS: dict[str, Text] = {
    "tracks-unseen": Text(
        N_("Shipments cannot be read"),
        N_(
            "The access may not read the shop's shipments, so Integra does not see whether the tracking code of a"
            " parcel arrived there, and cannot add one. Everything else of the orders goes on. integra doctor names the"
            " right that is missing."
        ),
    ),
    "unknown-status": Text(
        N_("Status nobody knows"),
        N_("The shop shows the status {status}, unknown to Integra. Look at the order in its admin, then put it back."),
    ),
    "on-hold-in-channel": Text(
        N_("On hold in the shop"),
        N_("Somebody put the order on hold in the shop. Release it there; it goes on by itself."),
    ),
    "do-not-dispatch": Text(
        N_("DO NOT DISPATCH"),
        N_(
            "Do not dispatch: the buyer cancelled or was refunded after approval or invoice. Stop the parcel, undo the"
            " invoice in C-Plus, then mark the alarm as seen."
        ),
    ),
    "capture-refused": Text(
        N_("Payment not taken"),
        N_("The shop did not take the payment ({detail}). Look at the order in its admin, then put it back."),
    ),
    "cancel-refused": Text(
        N_("Not cancelled in the shop"),
        N_("The shop did not cancel the order ({detail}). Look at it in its admin, then put it back."),
    ),
    "ship-refused": Text(
        N_("Shipment not taken"),
        N_("The shop did not take the shipment ({detail}). Look at the order in its admin, then put it back."),
    ),
    "track-missing": Text(
        N_("Tracking code not in the shop"),
        N_(
            "The shop has the shipment without its tracking code {tracking} ({detail}). Add it to the shipment in the"
            " shop's admin and send its e-mail there, then put the order back."
        ),
    ),
    "channel-no-parcel": Text(
        N_("No shipment in the shop"),
        N_("The shop shows no shipment of the order. Look at it in its admin."),
    ),
    "credited-in-shop": Text(
        N_("Credited in the shop"),
        N_(
            "The shop credited {goods} of this order, which C-Plus has not taken back. When the goods come, book the"
            " return in C-Plus, and this goes away; if the buyer keeps them, put the order back."
        ),
    ),
    "refund-refused": Text(
        N_("Credit not taken"),
        N_("The shop did not take the credit ({detail}). Look at the order in its admin, then put it back."),
    ),
    "delivery-too-late": Text(
        N_("Address not corrected"),
        N_(
            "It was invoiced or cancelled in C-Plus before the address was corrected. Correct it on the parcel and, if"
            " the invoice has to say it, in C-Plus; then put the order back."
        ),
    ),
    "channel-refund-refused": Text(
        N_("Credit not taken"),
        N_("The shop did not take the credit. Look at the order in its admin."),
    ),
    "review-refused": Text(
        N_("Decision on the payment not taken"),
        N_(
            "The shop's endpoint did not take the decision on the payment in review ({detail}). Decide on the gateway's"
            " page, or correct the endpoint and put the order back."
        ),
    ),
    "channel-review-refused": Text(
        N_("Decision on the payment not taken"),
        N_("The shop's endpoint did not take the decision on the payment in review. Decide on the gateway's page."),
    ),
    "channel-not-in-review": Text(
        N_("Payment not in review"),
        N_("The payment of order {order} is not in review any more. What the shop shows counts."),
    ),
    "channel-no-review": Text(
        N_("Decided at the gateway"),
        N_("The account has no endpoint for payments in review: decide on the gateway's page; the outcome shows here."),
    ),
    "channel-cancel-refused": Text(
        N_("Not cancelled in the shop"),
        N_("The shop did not cancel the order. Look at it in its admin."),
    ),
    "channel-ship-refused": Text(
        N_("Shipment not taken"),
        N_("The shop did not take the shipment. Look at the order in its admin."),
    ),
    "effect-not-shown": Text(
        N_("Not shown yet"),
        N_("The shop accepted what was asked and does not show it yet. Integra looks again; waiting is safe."),
    ),
    "order-gone": Text(
        N_("Order gone from the shop"),
        N_("The order is not in the shop any more. Settle it with the buyer, then refuse it: that ends it here too."),
    ),
    "line-without-sku": Text(
        N_("Line without SKU"),
        N_("Line {line} has no SKU, so C-Plus cannot store the order. Give the product one, or refuse the order."),
    ),
}
