"""What stands as a code in the params of a sentence, in words: fields, and what a setting is expected to be."""

from __future__ import annotations

from collections.abc import Mapping

from console.formats import date_and_time, instant
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

LISTING_FIELDS = {
    "name": CONTENT_FIELDS["name"],
    "short_description": CONTENT_FIELDS["short_description"],
    "description": CONTENT_FIELDS["description"],
    "categories": CONTENT_FIELDS["categories"],
    "delivery_days": CONTENT_FIELDS["delivery_days"],
    "payment_options": CONTENT_FIELDS["payment_options"],
    "buffer": N_("buffer"),
    "withheld": N_("withheld"),
}
"""What an account may say of an item in place of C-Plus."""

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
        N_("1 to 255 characters on one line"),
        N_("at most 20,000 characters"),
        N_("a path of 1 to 10 categories, each of 1 to 255 characters"),
        N_("whole days from 0 to 365"),
        N_("payment options that C-Plus offers online, each only once"),
        N_("0 or more, with at most 4 decimals"),
        N_("a whole number: it is sold by the piece"),
        N_("nothing: a grid has no stock of its own, only its cells have"),
        N_("yes or no"),
    }
)
"""What checks of settings say; the words of a library that checks types for us are not among them."""


NOT_TOML = {
    "Expected '=' after a key in a key/value pair": N_("there is no = after the key"),
    "Expected ']' at the end of a table declaration": N_("the ] at the end of the table's name is missing"),
    "Expected ']]' at the end of an array declaration": N_("the ]] at the end of the table's name is missing"),
    "Expected newline or end of document after a statement": N_("something stands behind the value"),
    "Invalid statement": N_("this is neither a key nor a table's name"),
    "Invalid initial character for a key part": N_("the key begins with a character that needs quotes"),
    "Invalid value": N_("the value is not right; texts stand in quotes"),
    "Invalid date or datetime": N_("there is no such day or time"),
    "Cannot overwrite a value": N_("the key stands twice"),
    "Unclosed array": N_("the ] at the end of the list is missing"),
    "Unclosed inline table": N_("the closing brace at the end is missing"),
    "Unterminated string": N_("the quote at the end of the text is missing"),
    "Unescaped '\\' in a string": N_("in double quotes a \\ is written \\\\; or use single quotes"),
}
"""What Python's reader of TOML says, as people say it; what it says with a value in it is told in general."""

NO_TOML_AT_ALL = N_("this is not written as settings are (TOML)")


ROLES = {
    "owner": N_("owner"),
    "operator": N_("operator"),
    "viewer": N_("viewer"),
    "disabled": N_("switched off"),
}
"""What people may, as they call it."""


def in_words(params: Mapping[str, object]) -> dict[str, object]:
    """The params of a sentence as a person reads them."""
    told = dict(params)
    if isinstance(fields := params.get("fields"), str):
        told["fields"] = ", ".join(_field(name.strip()) for name in fields.split(","))
    if isinstance(expected := params.get("expected"), str) and expected in EXPECTED:
        told["expected"] = _(expected)
    if isinstance(wrong := params.get("wrong"), str):
        told["wrong"] = _(NOT_TOML.get(wrong, NO_TOML_AT_ALL))
    if isinstance(role := params.get("role"), str) and role in ROLES:
        told["role"] = _(ROLES[role])
    if isinstance(copied_at := params.get("copied_at"), str):
        told["copied_at"] = date_and_time(instant(copied_at))
    return told


def _field(name: str) -> SafeText:
    words = FIELDS.get(name) or CONTENT_FIELDS.get(name) or LISTING_FIELDS.get(name)
    return _(words) if words else safe(name)
