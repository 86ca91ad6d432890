"""What the packing desk says to a scan, by its code."""

from __future__ import annotations

from collections.abc import Mapping

from console.language import N_, _, say
from console.safe_text import SafeText
from console.texts import carrier

SAID: dict[str, str] = {
    "scan-order": N_("Scan the order: its number in the shop or in C-Plus, or the key of its NF-e."),
    "scan-code": N_("{number}, {buyer}: now the tracking code."),
    "left-open": N_("{number}, {buyer}: now the tracking code. {left} stays open without one."),
    "same-order": N_("{number}, {buyer} lies on the desk already: now the tracking code."),
    "next-volume": N_("{number}: volume {n} of {volumes} taken; the next one."),
    "volume-again": N_("{code} was taken already: volume {n} of {volumes} of {number}."),
    "closing": N_("{number}: {code} …"),
    "closed": N_("{number} closed: {carrier} {code}"),
    "code-again": N_("{code} is recorded already, on order {number}."),
    # refused
    "key-misread": N_("The key of an NF-e was misread: its check digit does not fit. Scan the order again."),
    "key-unknown": N_("No order has this NF-e: {text}"),
    "several-orders": N_("{text} names several orders: {orders}. Choose one, or scan the key of the NF-e."),
    "cannot-ship": N_("{number}, {buyer}: {reason}"),
    "order-first": N_("{code} is a tracking code. Scan its order first, then the code."),
    "nothing-found": N_("Neither an order nor a tracking code: {text}"),
    "is-postcode": N_("{text} is the postcode. Scan the tracking code of {number}."),
    "is-product": N_("{text} is the code of a product. Scan the tracking code of {number}."),
    "code-misread": N_("{code} was misread: its check digit does not fit. Scan it again for {number}."),
    "code-used": N_("{code} stands on order {number} already: is it the right label? Both in one box: F7, then again."),
    "several-carriers": N_("{code} may be of several carriers: choose one (F5), then scan it again."),
    "not-of-carrier": N_("{code} is no code of the carrier that was chosen ({carrier})."),
    "another-carrier": N_("{code} is of another carrier than the first volume of {number}."),
    "unreadable": N_("Neither an order nor a tracking code: {text}. To be certain, scan the order again."),
    "one-box": N_("{number} lies in a box with another order: now the code of the box."),
    "left": N_("{number} was laid aside; nothing of it was recorded."),
    "gone": N_("{number} can no longer be closed: {reason}"),
    "no-engine": N_("No engine answers: nothing was recorded. Scan it again when one does."),
    "too-many-scans": N_("Scans come quicker than they are recorded: {text} was not taken."),
}


def told(said: str, params: Mapping[str, object]) -> SafeText:
    """The sentence. Reasons and carriers are said in the language in use."""
    shown = dict(params)
    if "reason" in params:
        shown["reason"] = _(str(params["reason"]))
    if "carrier" in params:
        shown["carrier"] = carrier(str(params["carrier"]))
    return say(SAID[said], **shown)
