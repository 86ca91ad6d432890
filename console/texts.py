"""Sentences for the stable codes of the engine: what is wrong, whose doing it is, what to do, whether waiting is safe.

A code that is not here shows itself, with its parameters: new codes of a connector must never break a screen.
"""

from __future__ import annotations

from collections.abc import Mapping

from console.field_texts import in_words
from console.formats import date_and_time, instant
from console.language import N_, _, say, tell
from console.problems import PROBLEMS
from console.refusal_texts import REFUSALS
from console.safe_text import SafeText, safe

QUEUES = {
    "decide": N_("Decide"),
    "pay": N_("Payment"),
    "short": N_("Short"),
    "to-invoice": N_("Invoice"),
    "to-ship": N_("Ship"),
    "problem": N_("Problem"),
    "held": N_("On hold"),
    "done": N_("Done"),
    "all": N_("All"),
}

QUEUE_MEANINGS = {
    "decide": N_("The card is authorised: approve takes the money, refuse cancels."),
    "pay": N_("The money is not there yet: boleto, Pix, or the gateway is still reviewing."),
    "short": N_("Goods are missing. What arrives in C-Plus serves these orders first."),
    "to-invoice": N_("Paid and reserved: to be invoiced in C-Plus."),
    "to-ship": N_("Invoiced: pack it, then close the shipment with carrier and tracking code."),
    "problem": N_("Something about these orders needs a person."),
    "held": N_("Put aside by a person, with a reason; they come back when their time is over."),
    "done": N_("Shipped or cancelled."),
    "all": N_("Every order, newest first."),
}

CLEAR = N_(
    "Card authorised, goods reserved, CPF or CNPJ valid, not blocked in C-Plus, sent to the buyer himself, no message,"
    " and no other undecided order of the same buyer."
)
"""What is meant by an order that nothing speaks against."""

TASKS = {
    "catalogue": N_("catalogue"),
    "media": N_("photos"),
    "prices": N_("prices"),
    "stock": N_("stock"),
    "customers": N_("customers"),
    "orders": N_("orders"),
    "effects": N_("decisions"),
    "invoices": N_("invoices"),
    "shipments": N_("shipments"),
    "reconcile": N_("reading back"),
    "watch": N_("C-Plus watch"),
}

DIRECTIONS = {
    "orders": N_("orders"),
    "stock": N_("stock"),
    "prices": N_("prices"),
    "content": N_("texts"),
    "media": N_("photos"),
    "customers": N_("customers"),
    "*": N_("everything"),
}

SUBJECTS = {
    "task": N_("task"),
    "effects": N_("orders"),
    "table": N_("price table"),
    "prices": N_("prices"),
    "stock": N_("stock"),
    "base": N_("C-Plus base"),
    "erp": N_("C-Plus"),
    "engine": N_("engine"),
}
"""What a problem can be about besides products, orders and people."""

TASK_STATES = {
    "waiting": N_("waiting"),
    "running": N_("running"),
    "backing-off": N_("trying again"),
    "paused": N_("paused"),
    "observing": N_("observing"),
    "other-engine": N_("another Integra writes"),
    "out-of-hours": N_("out of its hours"),
    "switched-off": N_("switched off"),
}

STAGES = {
    "sending": N_("Sending"),
    "reading-back": N_("Reading back"),
    "adopting": N_("Looking through the shop"),
}

PAYMENTS = {
    "pending": N_("awaiting payment"),
    "review": N_("in review at the gateway"),
    "accepting": N_("accepting the payment"),
    "authorized": N_("card authorised"),
    "capturing": N_("taking the money"),
    "paid": N_("paid"),
    "refunded": N_("refunded"),
    "unknown": N_("payment unknown"),
}

FULFILMENTS = {
    "received": N_("not in C-Plus yet"),
    "reserved": N_("reserved"),
    "short": N_("goods missing"),
    "part-invoiced": N_("invoiced in part"),
    "part-shipping": N_("part leaving"),
    "part-shipped": N_("shipped in part"),
    "invoiced": N_("invoiced"),
    "shipping": N_("shipment leaving"),
    "shipped": N_("shipped"),
}

CANCELLATIONS = {
    "none": "",
    "refusing": N_("being cancelled"),
    "cancelled": N_("cancelled"),
    "late": N_("cancelled too late"),
}

MODES = {"observe": N_("observing"), "live": N_("live")}

MODE_REASONS = {
    "new": N_("new account: nothing is written before a person approves it"),
    "other-base": N_("another C-Plus base answers than the one this account is bound to"),
    "older-base": N_("the C-Plus base is older than what was written to it: restored from a backup?"),
    "restored-base": N_("the C-Plus base was made anew: backed up and restored?"),
    "lost-store": N_("C-Plus already holds our orders and Integra's own records are gone"),
    "restored-store": N_("Integra's own records were put back from a backup"),
}

VERDICT = {
    "matched": N_("items of the shop matched with C-Plus"),
    "not_flagged": N_("of these not flagged in C-Plus: left alone"),
    "doubtful": N_("items of the shop that are doubtful: left alone until settled"),
    "double": N_("items of the shop that are double: left alone until settled"),
    "not_ours": N_("items of the shop left alone: only there"),
    "to_create": N_("items that the first writes would create"),
    "waiting": N_("items that wait until the doubtful ones are settled"),
    "to_change": N_("items whose texts would change"),
    "to_switch_off": N_("items that would leave the storefront"),
    "prices_to_change": N_("prices that would change"),
    "customers_known": N_("customers of the shop whom C-Plus knows"),
    "customers_doubtful": N_("customers of the shop who cannot be told"),
    "customers_double": N_("customers of the shop who stand in C-Plus more than once"),
    "customers_new": N_("customers of the shop who would be created in C-Plus"),
    "orders_to_import": N_("orders of the shop that would be written into C-Plus"),
    "orders_in_erp": N_("orders of the shop that stand in C-Plus already: linked, not written again"),
    "orders_dead": N_("orders cancelled in the shop that still stand in C-Plus: they would be cancelled there"),
    "guests": N_("of their buyers not registered in the shop"),
    "guests_new": N_("of these whom C-Plus does not know: created with their order"),
    "skus_by_sku": N_("SKUs of the shop that are a CODPROD"),
    "skus_by_code": N_("SKUs of the shop that are a CODIGO"),
    "skus_by_gtin": N_("SKUs of the shop that are a GTIN"),
}

EVENTS = {
    "placed": N_("placed in the shop ({status})"),
    "payment-pending": N_("the shop says: payment pending"),
    "payment-review": N_("the shop says: the gateway is reviewing the payment"),
    "payment-authorized": N_("the shop says: card authorised"),
    "payment-accepting": N_("the payment in review is being accepted"),
    "accept_payment": N_("the payment in review was accepted"),
    "deny_payment": N_("the payment in review was denied: {decision_reason}"),
    "refund": N_("the shop was asked to credit what came back"),
    "credited-in-shop": N_("the shop credited what C-Plus has not taken back: {goods}"),
    "credited": N_("the shop credited what came back; the money itself is given back elsewhere"),
    "correct_delivery": N_("the delivery address is being corrected"),
    "delivery-corrected": N_("C-Plus has the corrected address: {to}"),
    "delivery-too-late": N_("invoiced or cancelled before the address was corrected in C-Plus"),
    "credit_short": N_("the shop was asked to credit what is short"),
    "credited-short": N_("the shop credited what was short; the money itself is given back elsewhere"),
    "hold": N_("put on hold: {text}"),
    "hold-until": N_("put on hold until {until}: {text}"),
    "take_up": N_("taken off hold"),
    "hold-over": N_("its time on hold is over: {text}"),
    "wait_for_goods-until": N_("waits for its goods until {until} {text}"),
    "wait-over": N_("the goods were expected by now {text}"),
    "part_first": N_("what is there goes first, the rest later {text}"),
    "short_again": N_("what becomes of the missing goods is open again"),
    "note": N_("note: {text}"),
    "note-until": N_("note, to be looked at on {until}: {text}"),
    "note-gone": N_("the note was taken away"),
    "follow-up": N_("to be looked at now: {text}"),
    "refund-refused": N_("the shop did not take the credit: {detail}"),
    "review-decided": N_("the shop took the decision on the payment in review"),
    "review-refused": N_("the shop did not take the decision on the payment: {detail}"),
    "payment-capturing": N_("the money is being taken"),
    "payment-paid": N_("the shop says: paid"),
    "payment-refunded": N_("the shop says: refunded"),
    "payment-unknown": N_("the shop shows a payment status nobody knows ({status})"),
    "do-not-dispatch": N_("cancelled or refunded after it was approved or invoiced: do not dispatch"),
    "cancelled": N_("cancelled in the shop"),
    "approve": N_("approved"),
    "refuse": N_("refused: {decision_reason}"),
    "confirm_payment": N_("payment confirmed"),
    "handed-over": N_("handed over to {name} ({document})"),
    "code-shared": N_("{tracking} stands on order {other} too"),
    "close_shipment": N_("shipment closed: {carrier} {tracking}"),
    "withdrawn": N_("decision taken back"),
    "acknowledge_alarm": N_("alarm seen"),
    "unpark": N_("put back in its queue"),
    "customer-city-unknown": N_("{city} ({state}) is not among the cities of C-Plus: the NF-e needs its IBGE code"),
    "rewrite": N_("to be written into C-Plus again"),
    "order-missing-in-erp": N_("gone from C-Plus, where it stood as {number}: a backup was restored"),
    "captured": N_("the shop has the payment"),
    "capture-refused": N_("the shop did not take the payment: {detail}"),
    "cancel-refused": N_("the shop did not cancel: {detail}"),
    "ship-refused": N_("the shop did not take the shipment: {detail}"),
    "written-reserved": N_("in C-Plus under number {number}, goods reserved"),
    "written-short": N_("in C-Plus under number {number}; goods missing: {short}"),
    "reserved-later": N_("goods arrived and are reserved"),
    "fell-short": N_("the goods of {sku} are gone: more was sold than there was"),
    "invoiced": N_("invoiced in C-Plus (sale {sale})"),
    "no-stock-row": N_("C-Plus keeps no stock row of {skus}"),
    "not-given-back": N_("C-Plus keeps no stock row of {skus} any more: nothing was given back of it"),
    "reserved-in-erp": N_("reserved by hand in C-Plus"),
    "unreserved-in-erp": N_("the reservation was taken away in C-Plus"),
    "invoiced-partly": N_("a part of it invoiced in C-Plus (sale {sale})"),
    "rest-cancelled-in-shop": N_("the shop cancelled {goods} of it, which C-Plus still holds"),
    "sold-and-cancelled-in-shop": N_("the shop cancelled {goods} of it after the invoice"),
    "invoiced-differs": N_("what C-Plus invoiced is not what the buyer ordered"),
    "invoice-undone": N_("the invoice was undone in C-Plus"),
    "edited-in-erp": N_("its lines were changed in C-Plus"),
    "reopened-in-erp": N_("its cancellation was taken back in C-Plus"),
    "nfe-cancelled": N_("NF-e {number} was cancelled"),
    "returned-in-erp": N_("goods came back to the store: {skus}"),
    "packed": N_("checked and packed"),
    "erp-status": N_("C-Plus says: {status}"),
    "released-after-invoice": N_("what was still reserved for it in C-Plus was given back (sale {sale})"),
    "link_sale": N_("linked to sale {sale}, typed again at the till"),
    "linked": N_("cancelled in C-Plus in favour of sale {sale}, goods back in stock"),
    "nfe": N_("NF-e {number} issued"),
    "cancelled-in-erp": N_("cancelled in C-Plus by its staff"),
    "cancelled-in-erp-by-us": N_("cancelled in C-Plus, goods back in stock"),
    "shipped": N_("the shop has the shipment and was asked for the buyer's e-mail ({carrier} {tracking})"),
    "channel-cancelled": N_("cancelled in the shop"),
    "shipped-in-channel": N_("somebody shipped it in the shop's own admin"),
    "tracked-in-channel": N_("somebody gave it a tracking code in the shop's own admin ({carrier} {tracking})"),
    "tracked-by-another": N_("{tracking} was not added: the shipment carries another's code in the shop"),
    "track-missing": N_("the shop did not take the tracking code {tracking}: {detail}"),
}

TOLD_BY_SHOP = {"placed", "payment-unknown"}
"""Their status is the shop's."""

SAID = {
    "hold": N_("On hold"),
    "wait": N_("Waits for its goods"),
    "part": N_("What is there goes first"),
    "note": N_("Note"),
}

EFFECTS = {
    "erp-order": N_("write it into C-Plus"),
    "erp-reserve": N_("reserve in C-Plus"),
    "erp-release": N_("release in C-Plus"),
    "erp-release-invoiced": N_("give back in C-Plus what is still reserved"),
    "erp-cancel": N_("cancel in C-Plus"),
    "erp-delivery": N_("correct the delivery address in C-Plus"),
    "erp-link": N_("cancel in C-Plus in favour of the linked sale"),
    "accept-payment": N_("accept the payment in review"),
    "deny-payment": N_("deny the payment in review"),
    "capture": N_("take the money"),
    "cancel": N_("cancel in the shop"),
    "ship": N_("tell the shop of the shipment"),
    "refund": N_("credit in the shop what came back"),
    "credit-short": N_("credit in the shop what is short"),
    "track": N_("see that the shipment carries its tracking code in the shop"),
}

REGISTRATIONS = {
    "waiting": N_("waits for your word"),
    "approved": N_("will be registered"),
    "sent": N_("being registered"),
}

UNFIT = {
    "no-email": N_("has no e-mail in C-Plus"),
    "made-up-email": N_("its e-mail is nobody's"),
    "shared-email": N_("several customers have this e-mail"),
    "blocked": N_("is blocked in C-Plus"),
    "no-name": N_("has no name"),
    "channel-email-of-another": N_("in the shop this e-mail is somebody else's, with another CPF or CNPJ"),
    "channel-refused": N_("the shop did not take the data"),
}

SHOP_STATUSES = {
    "new": N_("new"),
    "pending": N_("pending"),
    "pending_payment": N_("awaiting payment"),
    "payment_review": N_("payment in review"),
    "processing": N_("being processed"),
    "holded": N_("on hold"),
    "complete": N_("complete"),
    "closed": N_("closed"),
    "canceled": N_("cancelled"),
    "fraud": N_("suspected fraud"),
}
"""Magento's own states and statuses, by their codes; a shop may have made more of them."""

EFFECT_STATES = {
    "decided": N_("to do"),
    "in-flight": N_("sent, outcome not known yet"),
    "done": N_("done"),
    "refused": N_("refused by the other side"),
    "withdrawn": N_("taken back"),
}

ERP_MEANINGS = {
    "waiting": N_("waiting"),
    "picking": N_("being picked"),
    "packed": N_("packed"),
    "problem": N_("problem"),
    "cancelled": N_("given up by staff"),
}

SALE_REASONS = {
    "document": N_("same customer"),
    "name": N_("same name"),
    "reference": N_("same order number"),
    "value": N_("same total"),
    "value-without-freight": N_("same total without freight"),
    "products": N_("same products"),
}

GUARDS = {
    "price-drop": N_("prices fall further than the guard allows"),
    "many-prices": N_("too many prices would change at once"),
    "many-texts": N_("too many products would get another name or description at once"),
    "many-leaving": N_("too many products would leave the shop at once"),
    "many-to-zero": N_("too many items would fall to zero at once"),
    "price-groups": N_("price tables go to other customer groups, as the settings say"),
    "adoption": N_("it may be in the shop already: settle it with integra adopt"),
}

FACETS = {
    "content": N_("texts"),
    "media": N_("photos"),
    "price": N_("price"),
    "stock": N_("stock"),
}

DECISIONS = {
    "approve": N_("approved"),
    "refuse": N_("refused"),
    "confirm-payment": N_("payment confirmed"),
    "accept-payment": N_("payment accepted"),
    "deny-payment": N_("payment denied"),
}

CARRIERS = {
    "correios": N_("Correios"),
    "pickup": N_("picked up at the store"),
    "own-driver": N_("own driver"),
}


def word(table: Mapping[str, str], code: str) -> SafeText:
    """The word for a code of one of the tables above; the code itself where there is none."""
    return _(table[code]) if code in table else safe(code)


def shop_status(raw: str) -> SafeText:
    """What the shop shows of an order, "state/status" as it comes: in words, and once where both say the same."""
    return SafeText(" / ".join(dict.fromkeys(word(SHOP_STATUSES, part) for part in raw.split("/") if part)))


def carrier(code: str) -> SafeText:
    """A carrier as people call it: "carrier:<label>" is the label."""
    return safe(code.removeprefix("carrier:")) if code.startswith("carrier:") else word(CARRIERS, code)


def event(what: str, params: Mapping[str, object]) -> SafeText:
    """An entry of an order's history as a sentence."""
    if "until" in params:
        params = {**params, "until": date_and_time(instant(str(params["until"])))}
    if what in TOLD_BY_SHOP:
        params = {**params, "status": shop_status(str(params.get("status") or ""))}
    if what in EVENTS:
        return say(EVENTS[what], **params)
    return explain(what, params)  # what kept an order from being written is told by its code


def title(code: str) -> SafeText:
    """The cause in a few words, for a list."""
    known = PROBLEMS.get(code)
    return _(known.title) if known else safe(code)


def explain(code: str, params: Mapping[str, object] | None = None, detail: str = "") -> SafeText:
    """The whole sentence: what is wrong and what to do. Details of an unknown code are shown as they are."""
    params = in_words(params or {})
    known = PROBLEMS.get(code)
    if known:
        return tell(known.sentence, {"detail": detail, **params})
    shown = _with_params(code, params)
    return SafeText(f"{shown}: {safe(detail)}") if detail else shown


def refusal(code: str, params: Mapping[str, object] | None = None) -> SafeText:
    """Why a command was not done."""
    known = REFUSALS.get(code)
    return say(known, **in_words(params or {})) if known else explain(code, params)


def _with_params(code: str, params: Mapping[str, object]) -> SafeText:
    shown = ", ".join(f"{safe(name)}={safe(value)}" for name, value in params.items())
    return SafeText(f"{safe(code)} ({shown})" if shown else safe(code))
