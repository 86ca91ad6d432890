"""What Magento has no field for, and the attribute that holds it: one table, read both ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.magento.wire import quantity, quantity_out
from engine.publishing import Content

BETWEEN_OPTIONS = "; "


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field of `Content` and, under `key`, its place among the options' attribute codes."""

    key: str
    name: str
    label: str  # of the attribute, where we create it; shoppers read it
    kind: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]

    def text(self, content: Content) -> str:
        """The value as text, empty where there is none."""
        value = getattr(content, self.name)
        return "" if value is None else self.write(value)


def _measure(text: str) -> Decimal | None:
    return quantity(text.replace(",", ".")) or None


def _days(text: str) -> int | None:
    """Leading digits: a merchant may have typed "5 dias"."""
    found = re.match(r"\s*(\d{1,4})", text)
    return int(found[1]) if found else None


def _options(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


OWN_FIELDS = (
    OwnField("delivery_days", "delivery_days", "Prazo de entrega (dias)", "text", str, _days),
    OwnField("payment_options", "payment_options", "Formas de pagamento", "textarea", BETWEEN_OPTIONS.join, _options),
    OwnField("height", "height_cm", "Altura (cm)", "text", lambda value: str(quantity_out(value)), _measure),
    OwnField("width", "width_cm", "Largura (cm)", "text", lambda value: str(quantity_out(value)), _measure),
    OwnField("length", "length_cm", "Comprimento (cm)", "text", lambda value: str(quantity_out(value)), _measure),
    OwnField("brand", "brand", "Marca", "text", str, str),
    OwnField("gtin", "gtin", "GTIN", "text", str, str),
)
