"""What stands as a code in the params of a sentence, in words: fields, and what a setting is expected to be."""

from __future__ import annotations

from collections.abc import Mapping

from console.language import N_, _
from console.safe_text import SafeText, safe

FIELDS = {
    "name": N_("name"),
    "email": N_("e-mail"),
    "phone": N_("phone"),
    "document": N_("CPF or CNPJ"),
    "street": N_("street"),
    "number": N_("house number"),
    "complement": N_("complement"),
    "district": N_("district"),
    "city": N_("city"),
    "state": N_("state"),
    "postcode": N_("postal code"),
}

CONTENT_FIELDS = {
    "kind": N_("kind of product"),
    "enabled": N_("place on the storefront"),
    "name": N_("name"),
    "short_description": N_("short description"),
    "description": N_("description"),
    "categories": N_("categories"),
    "brand": N_("brand"),
    "gtin": N_("bar code"),
    "weight_kg": N_("weight"),
    "height_cm": N_("height"),
    "width_cm": N_("width"),
    "length_cm": N_("length"),
    "delivery_days": N_("delivery time"),
    "payment_options": N_("payment options"),
    "parent": N_("place in its grid"),
    "grid": N_("place in its grid"),
    "axes": N_("axes of the grid"),
    "variants": N_("variants"),
}

CHANGED_TEXTS = {
    "all": N_("All"),
    "name": N_("name"),
    "short_description": N_("short description"),
    "description": N_("description"),
}
"""The texts that ask when somebody changes them in the shop, and all of them."""

EXPECTED = frozenset(
    {
        N_("a value"),
        N_("no such key"),
        N_("each id only once"),
        N_("each prefix only once"),
        N_("no prefix of digits that another one begins with"),
        N_("0 or more"),
        N_("a time zone, like America/Sao_Paulo"),
        N_("the name of a time zone, like America/Sao_Paulo"),
        N_("a short path to a folder of ours, mode 0700"),
        N_("a folder without a demo"),
        N_("at least one website id"),
        N_("the shop's base address, https://..., without user name or password"),
        N_("scheme and host of the shop as its own server sees them, https://host"),
    }
)
"""What checks of settings say; the words of a library that checks types for us are not among them."""


def in_words(params: Mapping[str, object]) -> dict[str, object]:
    """The params of a sentence as a person reads them."""
    told = dict(params)
    if isinstance(fields := params.get("fields"), str):
        told["fields"] = ", ".join(_field(name.strip()) for name in fields.split(","))
    if isinstance(expected := params.get("expected"), str) and expected in EXPECTED:
        told["expected"] = _(expected)
    return told


def _field(name: str) -> SafeText:
    words = FIELDS.get(name) or CONTENT_FIELDS.get(name)
    return _(words) if words else safe(name)
