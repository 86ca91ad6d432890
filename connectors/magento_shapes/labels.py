"""Product attributes that are picked from a list: options by their labels, both ways."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

LISTS = ("select", "multiselect")


def option_id(options: Mapping[str, str], label: str) -> str | None:
    """The id of a label in whatever case, as Magento compares them; else of one that has other accents.

    C-Plus is often typed without accents: its UNICO is the shop's Único, and not one value more.
    """
    for form in (str.casefold, _bare):
        wanted = form(label.strip())
        found = next((key for key, known in options.items() if form(known.strip()) == wanted), None)
        if found is not None:
            return found
    return None


def text_of(value: Any, kind: str, options: Mapping[str, str]) -> str:
    """A stored value as people read it: options by their labels."""
    if value is None or isinstance(value, list | dict):
        return ""
    if kind not in LISTS:
        return str(value)
    return ", ".join(options[key] for key in str(value).split(",") if key in options)


def _bare(text: str) -> str:
    """Without accents and case."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
