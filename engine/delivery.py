"""Where an order goes to: as the channel told, or as a person corrected it, who may not send it to another state.

The state decides the taxes of the lines (CFOP) that stand in the ERP already; such an order is typed anew.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from engine.errors import Refused
from engine.model.channel import ChannelOrder
from engine.model.people import Recipient
from engine.postcodes import state_of

TEXT_CHARS_MAX = 120
NEEDED = ("name", "street", "city", "postcode")
FIELDS = ("name", "phone", "street", "number", "complement", "district", "city", "state", "postcode")
"""In the order in which people write them."""


def recipient(row: sqlite3.Row, told: ChannelOrder) -> Recipient:
    """Who gets the order, and where."""
    if row["delivery"] is not None:
        return msgspec.json.decode(row["delivery"], type=Recipient)
    return Recipient(told.delivery_name, told.delivery_phone, told.delivery)


def one_line(to: Recipient) -> str:
    """For the history and the audit."""
    at = to.address
    parts = (to.name, to.phone, f"{at.street}, {at.number}", at.complement, at.district, at.city, at.state, at.postcode)
    return " · ".join(part for part in parts if part)


def corrected(stands: Recipient, typed: Mapping[str, Any]) -> Recipient:
    """What stands with some of its fields said anew.

    Raises Refused: "delivery-field" (params: fields), "delivery-postcode", "delivery-state", "delivery-same".
    """
    wrong = [name for name, text in typed.items() if name not in FIELDS or not isinstance(text, str)]
    if wrong:
        raise Refused("delivery-field", fields=", ".join(sorted(wrong)))
    said = {name: " ".join(text.split())[:TEXT_CHARS_MAX] for name, text in typed.items()}
    if "postcode" in said:
        said["postcode"] = re.sub(r"\D", "", said["postcode"])
    if "state" in said:
        said["state"] = said["state"].upper()
    of_person = {name: said.pop(name) for name in ("name", "phone") if name in said}
    found = replace(stands, **of_person, address=replace(stands.address, **said))
    lacking = [name for name in NEEDED if not (found.name if name == "name" else getattr(found.address, name))]
    if lacking:
        raise Refused("delivery-field", fields=", ".join(lacking))
    if found.address.state != stands.address.state:
        raise Refused("delivery-state", was=stands.address.state)
    if state_of(found.address.postcode) != found.address.state:
        raise Refused("delivery-postcode", postcode=found.address.postcode, state=found.address.state)
    if found == stands:
        raise Refused("delivery-same")
    return found
