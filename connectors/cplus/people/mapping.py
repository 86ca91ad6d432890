"""A person and an address in C-Plus's columns: which field goes where, how it is written there, how it reads back.

Habits of C-Plus's users and of the programs that write beside it: upper case, e-mail in lower case, documents and
postal codes as digits. Old bases have no column for house number and complement: there they stand in the street.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import NamedTuple

from connectors.cplus.base import text
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Value
from engine.model.people import Address, Person


class Place(NamedTuple):
    """The columns of an address in one table."""

    table: str
    street: str
    number: str
    complement: str
    district: str
    city: str
    state: str
    postcode: str


HOME = Place("CLIENTE", "ENDERECO", "NUMEROLOGRADOURO", "COMPLEMENTOLOGRADOURO", "BAIRRO", "CIDADE", "ESTADO", "CEP")
DELIVERY = Place(
    "ORCAMENTO", "ENTREGAENDERECO", "ENTREGANUMERO", "ENTREGACOMPLEMENTO", "ENTREGABAIRRO", "ENTREGACIDADE",
    "ENTREGAESTADO", "ENTREGACEP",
)  # fmt: skip
_ADDRESS_FIELDS = tuple(field.name for field in fields(Address))
_COLUMNS: Mapping[str, str] = {
    "name": "NOMECLI",
    "email": "EMAIL",
    "phone": "TELEFONE",
    **{name: getattr(HOME, name) for name in _ADDRESS_FIELDS},
}

_CPF_DIGITS = 11
_IN_STREET = re.compile(r"^(?P<street>.*?), (?P<number>[^\s,]+)(?: - (?P<complement>.*))?$")


def fit(layout: Layout, field: str, value: str) -> str:
    """A field of a person as the base would hold it and read it back."""
    if field == "document":
        return text.document(value)
    column = _COLUMNS[field]
    if not layout.has("CLIENTE", column):
        return text.upper(text.line(value))
    dressed = _DRESS.get(field, text.upper)(text.line(value))
    return text.cut(dressed, layout.width("CLIENTE", column))


def person_columns(layout: Layout, person: Mapping[str, str]) -> dict[str, Value]:
    """The columns of CLIENTE for these fields of a person (names of `model.PERSON_FIELDS`); an empty field is NULL."""
    values: dict[str, Value] = {
        _COLUMNS[field]: fit(layout, field, value) or None for field, value in person.items() if field != "document"
    }
    if "document" in person:
        values |= _document_columns(text.document(person["document"]))
    if "street" in person and not layout.has("CLIENTE", HOME.number):
        values[HOME.street] = _one_street(layout, HOME, person) or None
    return values


def address_columns(layout: Layout, place: Place, address: Address) -> dict[str, Value]:
    """The columns of a place for an address."""
    values: dict[str, Value] = {}
    for field in _ADDRESS_FIELDS:
        bare = text.line(getattr(address, field))
        values[getattr(place, field)] = _DRESS.get(field, text.upper)(bare) or None
    if not layout.has(place.table, place.number):
        values[place.street] = _one_street(layout, place, {f: getattr(address, f) for f in _ADDRESS_FIELDS})
    return values


def fields_of(person: Person) -> dict[str, str]:
    """A person's fields by their names in `model.PERSON_FIELDS`."""
    return {
        "name": person.name, "email": person.email, "phone": person.phone, "document": person.document,
        **{field: getattr(person.address, field) for field in _ADDRESS_FIELDS},
    }  # fmt: skip


READ_COLUMNS = (
    "NOMECLI", "EMAIL", "TELEFONE", "FLAGFISICA", "CPF", "CNPJ", *(getattr(HOME, field) for field in _ADDRESS_FIELDS)
)  # fmt: skip


def person_of(layout: Layout, row: tuple[Value, ...]) -> Person:
    """The person in a row of READ_COLUMNS."""
    name, email, phone, natural, cpf, cnpj, *parts = (str(value).strip() if value is not None else "" for value in row)
    address = dict(zip(_ADDRESS_FIELDS, parts, strict=True))
    address["postcode"] = text.digits(address["postcode"])
    if not layout.has("CLIENTE", HOME.number) and (found := _IN_STREET.match(address["street"])):
        address |= {key: value or "" for key, value in found.groupdict().items()}
    documents = (cpf, cnpj) if text.yes(natural) else (cnpj, cpf)
    return Person(
        name=name,
        email=email,
        phone=phone,
        document=next(filter(None, map(text.document, documents)), ""),
        address=Address(**address),
    )


def _document_columns(document: str) -> dict[str, Value]:
    natural = len(document) == _CPF_DIGITS or not document
    return {
        "FLAGFISICA": "Y" if natural else "N",
        "CPF": (document or None) if natural else None,
        "CNPJ": None if natural else document,
    }


def _one_street(layout: Layout, place: Place, address: Mapping[str, str]) -> str:
    """Street, number and complement in one, the street cut so that the number is never lost."""
    street, number, complement = (
        text.upper(text.line(address.get(field, ""))) for field in ("street", "number", "complement")
    )
    width = layout.width(place.table, place.street)
    if not number:
        return text.cut(street, width)
    full = f"{street}, {number}" + (f" - {complement}" if complement else "")
    return full if len(full) <= width else f"{street[: width - len(number) - 2]}, {number}"


def _email(value: str) -> str:
    return value.lower()


def _as_it_is(value: str) -> str:
    return value


_DRESS: Mapping[str, Callable[[str], str]] = {"email": _email, "phone": _as_it_is, "postcode": text.digits}
