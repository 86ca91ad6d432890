"""Why a command was not done, by the code of the refusal."""

from __future__ import annotations

from console.language import N_

REFUSALS: dict[str, str] = {
    "stale": N_("Not done: {order} was changed meanwhile by {who}. Look again, then decide."),
    "not-allowed": N_("Not done: your role ({role}) may not do this."),
    "unknown-verb": N_("Not done: the running engine does not know this command. Is it an older version?"),
    "bad-request": N_("Not done: the engine did not understand the command."),
    "line-too-long": N_("Not done: the command is too long."),
    "answer-too-long": N_("The answer is too long to show; ask for less."),
    "id-reused": N_("Not done: this command was already asked in another form."),
    "outcome-unknown": N_("It is not known whether this was done. Look before you ask again."),
    # orders
    "no-such-order": N_("Not done: the order is not there any more."),
    "nothing-came-back": N_("Not done: nothing of {order} came back in C-Plus that the shop has not credited."),
    "channel-no-refund": N_("Not done: this shop takes no credit from here. Credit {order} in its admin."),
    "not-in-review": N_("Not done: the payment of {order} is not in review."),
    "in-review": N_("Not done: {order} is in review. Decide on the gateway's own page; the outcome shows here."),
    "not-authorized": N_("Not done: {order} has no authorised card to approve."),
    "payment-not-pending": N_("Not done: {order} does not wait for a payment."),
    "too-late-to-refuse": N_("Not done: {order} is paid, invoiced or cancelled already."),
    "not-invoiced": N_("Not done: {order} is not invoiced, is shipped already, or must not be dispatched."),
    "nothing-to-ship": N_("Not done: nothing that the buyer of {order} ordered is invoiced and left to ship."),
    "not-to-link": N_("Not done: only a paid order that waits to be invoiced takes a sale, not {order}."),
    "no-such-sale": N_("Not done: the sale is cancelled, linked or gone. Look for it again."),
    "sale-linked-already": N_("Not done: sale {sale} is the invoice of order {order} already."),
    "no-invoice-xml": N_("C-Plus has no authorised NF-e or NFC-e of order {order} with its file."),
    "reason-missing": N_("Not done: say why."),
    "carrier-missing": N_("Not done: say how it leaves."),
    "tracking-missing": N_("Not done: the tracking code is missing."),
    "code-used": N_("Not done: {tracking} stands on order {other} already."),
    "volumes-too-many": N_("Not done: at most {n_max} parcels of one shipment."),
    "not-missing": N_("Not done: {order} is not missing in C-Plus, or is being written again already."),
    "must-be-written-again": N_("Not done: {order} must stand in C-Plus to be invoiced. Have it written again (w)."),
    "nothing-to-take-back": N_("Too late to take back: the decision on {order} has left already."),
    # accounts and the rest
    "no-such-account": N_("Not done: there is no account {account}."),
    "account-observes": N_("Not done: {account} only observes and writes nothing, not into C-Plus either."),
    "direction-paused": N_("Not done: {account} is paused. Resume it first: integra resume {account} {direction}"),
    "no-such-direction": N_("Not done: there is no account {account} with a direction {direction}."),
    "no-such-guard": N_("Not done: there is no guard {guard}."),
    "allowance-fall": N_("Not done: prices may be allowed to fall by 0 to {n_max} per cent."),
    "allowance-time": N_("Not done: it has to end after now, and after it begins, and last at most {n_max} days."),
    "no-such-allowance": N_("Not done: this was taken back already."),
    "plan-changed": N_("Not done: what is planned for {item} has changed meanwhile. See it again: integra plan"),
    "no-such-tool": N_("This ERP ({kind}) has no {tool}."),
    "not-adopted-yet": N_("Not done: {account} is still looking through the shop."),
    "texts-approved-already": N_(
        "Not done: {account} is live; texts changed in the shop are settled with integra changes."
    ),
    "no-such-facet": N_("Not done: prices and texts can be sent back, not {facet}."),
    "nothing-to-revert": N_("Nothing to send back: nothing has changed since then."),
    "nothing-reverted": N_("Nothing of this was sent back, or C-Plus says something else by now."),
    "no-such-problem": N_("Not done: there is no such problem any more: {cause}."),
    "no-such-change": N_("Not done: {fields} of {item} waits for nobody any more."),
    "changed-once-more": N_("Not done: {fields} of {item}: the shop shows another text by now. Look again."),
    # what an account says of an item
    "listing-items": N_("Not done: from 1 to {n_max} products at a time."),
    "listing-changed": N_("Not done: somebody changed {item} meanwhile. Look again."),
    "listing-value": N_("Not done: {fields} of {item}; expected: {expected}."),
    "no-such-item": N_("Not done: C-Plus has no product or grid {item}."),
    "no-such-field": N_("Not done: nothing called {fields} is said of a product."),
    "adoption-approved-already": N_("Not done: {account} is live; what was settled stays."),
    "adoption-rows-wrong": N_("Not done: rows that cannot be settled so: {rows}. None was settled."),
    "no-such-conflict": N_("Not done: the conflict is settled already."),
    "nobody-to-register": N_("Not done: in {account} nobody waits to be registered."),
    "another-number-to-register": N_(
        "Not done: {n} wait to be registered by now, not {shown}. Look at them again: integra customers register"
    ),
    "no-such-customer": N_("Not done: there is no customer {customer}."),
    "no-such-erp-customer": N_("Not done: C-Plus has no customer {customer}."),
    "another-document": N_("Not done: customer {customer} of C-Plus has another CPF or CNPJ ({document})."),
    "no-such-price-table": N_("Not done: C-Plus has no price table {table}."),
    "customer-not-in-erp": N_("Not done: the customer is not in C-Plus yet."),
}
