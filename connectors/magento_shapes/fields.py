"""What Magento has no field for, and the attribute that holds it: one table, read both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from connectors.magento_shapes import options
from connectors.magento_shapes.values import quantity, quantity_out
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


A = TypeVar("A")


class Attributes(Protocol[A]):
    """The shop's product attributes, by what they are called."""

    async def ensure(self, set_id: int, code: str, label: str, kind: str) -> A:
        """The attribute, created where the shop has none and assigned to the set."""

    async def value(self, attribute: A, text: str) -> str:
        """The text as the attribute stores it."""


async def own_values(
    attributes: Attributes[A], codes: options.Attributes, set_id: int, content: Content, now: Mapping[str, Any]
) -> dict[str, Any]:
    """Texts and our own fields, to send. An empty value is sent only where the shop holds one, to clear it."""
    values: dict[str, Any] = {}
    for code in ("short_description", "description"):
        text = getattr(content, code)
        if text or now.get(code):
            values[code] = text
    for own in OWN_FIELDS:
        code = getattr(codes, own.key)
        if text := own.text(content):
            attribute = await attributes.ensure(set_id, code, own.label, own.kind)
            values[code] = await attributes.value(attribute, text)
        elif now.get(code):
            values[code] = ""
    return values
