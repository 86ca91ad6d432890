"""People and addresses, between Magento's fields and a Brazilian's: one table of street lines, CPF/CNPJ, states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from connectors.magento_shapes.values import Json
from engine.model.people import Address

COUNTRY = "BR"
NO_LAST_NAME = "-"
"""Magento insists on a last name; a company of one word has none."""

OPTIONAL_LINES = ("complement", "district", "number")
DOCUMENT_LENGTHS = (11, 14)
_MASKED = re.compile(r"[*•]|[xX]{3}")


def name_of(entity: Json) -> str:
    """First and last name as one."""
    last = str(entity.get("lastname") or "").strip()
    parts = (str(entity.get("firstname") or "").strip(), "" if last == NO_LAST_NAME else last)
    return " ".join(part for part in parts if part)


def split_name(name: str) -> Json:
    """The first word, and the rest."""
    first, _, rest = " ".join(name.split()).partition(" ")
    return {"firstname": first, "lastname": rest or NO_LAST_NAME}


def is_masked(value: object) -> bool:
    """Whether a privacy module hides a part of a document: ***.982.247-**."""
    return _MASKED.search(str(value or "")) is not None


def document_of(candidates: Iterable[object]) -> str:
    """The first that is as long as a CPF or CNPJ, else the first there is; without punctuation, and not judged.

    A masked one is none.
    """
    whole = [str(value) for value in candidates if value and not is_masked(value)]
    plain = [text for value in whole if (text := re.sub(r"[^0-9A-Za-z]", "", value).upper())]
    return next((text for text in plain if len(text) in DOCUMENT_LENGTHS), plain[0] if plain else "")


def address_of(entity: Json | None, order: Sequence[str]) -> Address:
    """A customer's or an order's address; `order` names what each street line holds."""
    if not entity:
        return Address()
    return Address(
        **street_parts(entity.get("street"), order),
        city=str(entity.get("city") or "").strip(),
        state=_state(entity),
        postcode=re.sub(r"\D", "", str(entity.get("postcode") or "")),
    )


def street_parts(lines: object, order: Sequence[str]) -> dict[str, str]:
    """The street lines by what they hold.

    Checkouts squeeze blank lines out (magento/magento2#27847): with fewer lines than places the complement, which most
    addresses lack, is taken as the missing one, then district and number. Lines past the last place join it.
    """
    texts = [lines] if isinstance(lines, str) else list(lines) if isinstance(lines, list) else []
    clean = [str(text or "").strip() for text in texts]
    missing = OPTIONAL_LINES[: max(0, len(order) - len(clean))]
    places = [place for place in order if place not in missing]
    found = dict(zip(places, clean, strict=False))
    if len(clean) > len(places):
        found[places[-1]] = ", ".join(text for text in clean[len(places) - 1 :] if text)
    return found


def street_lines(address: Address, order: Sequence[str]) -> list[str]:
    """The street lines of an address, every one of them: a blank one holds its place."""
    return [str(getattr(address, place)) for place in order]


def postcode_out(postcode: str) -> str:
    """13010000 -> 13010-000, which every version's check takes."""
    return f"{postcode[:5]}-{postcode[5:]}" if re.fullmatch(r"\d{8}", postcode) else postcode


def _state(entity: Json) -> str:
    """Two letters; a customer's region is an object, an order's address has it flat."""
    region = entity.get("region")
    code = region.get("region_code") if isinstance(region, dict) else entity.get("region_code")
    name = region.get("region") if isinstance(region, dict) else region
    state = str(code or name or "").strip().upper()
    return state if len(state) == 2 else ""
