"""A shipment as the engine is asked for it, and a line of a file as people read it."""

from __future__ import annotations

from typing import Any

from console.language import _, say
from console.safe_text import SafeText
from console.shipping.desk import Closing
from console.shipping.file import WRONG, Line

CLOSE = "close_shipment"


def asked(what: Closing | Line) -> dict[str, Any]:
    """The arguments of close_shipment."""
    assert what.order is not None, "only what has an order is closed"
    args: dict[str, Any] = {"order": what.order.row.id, "carrier": what.carrier, "tracking": ""}
    if what.codes:
        args |= {"tracking": what.codes[0], "further": list(what.codes[1:])}
    if isinstance(what, Closing):
        args |= {"taken_by": what.taken_by, "document": what.document}
    if what.shared:
        args["shared"] = True
    return args


def wrong(line: Line) -> SafeText:
    """Why a line is not done, or what of it is shared."""
    params = dict(line.params)
    if "reason" in params:
        return _(str(params["reason"]))
    return say(WRONG[line.wrong or line.shared], **params)
