"""The e-mails that the shop would have sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Mail:
    """`kind`: order, invoice, shipment, comment, creditmemo or welcome. `order` is the increment id, if any."""

    kind: str
    to: str
    order: str | None
    at: datetime
