"""The people who visit the sample shop, invented from a seed: new faces, and customers whom the store knows already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.sandbox.base import customers
from connectors.sandbox.base.registers import Row

NEW_FACES = 400
SEED_APART = 1_000_003  # so that new faces are not the base's own customers
_WRITTEN = {"XV": "XV", "II": "II", **{word: word.lower() for word in ("DE", "DA", "DO", "DAS", "DOS")}}


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person as he types himself into a shop; `address` as in the shop's address book."""

    firstname: str
    lastname: str
    email: str
    cpf: str
    address: Mapping[str, Any]

    @property
    def guest(self) -> dict[str, str]:
        """Who he is when he orders without an account."""
        return {"email": self.email, "firstname": self.firstname, "lastname": self.lastname, "cpf": self.cpf}

    @property
    def account(self) -> dict[str, Any]:
        """What he fills in to open an account."""
        name = {"firstname": self.firstname, "lastname": self.lastname}
        book = [{**self.address, **name, "country_id": "BR", "default_billing": True, "default_shipping": True}]
        return {"email": self.email, **name, "taxvat": self.cpf, "addresses": book}


def visitors(seed: int, known_customers: int, now: datetime) -> tuple[Visitor, ...]:
    """Persons with valid CPF, every fifth one a customer of the sample base of this seed. `now` has no part in them."""
    new = _persons(customers.rows(seed + SEED_APART, NEW_FACES, now)["CLIENTE"], "example.net")
    old = _persons(customers.rows(seed, known_customers, now)["CLIENTE"], "example.com")
    mixed = []
    for place, person in enumerate(new):
        if place % 4 == 3 and place // 4 < len(old):
            mixed.append(old[place // 4])
        mixed.append(person)
    return tuple(mixed)


def _persons(rows: list[Row], domain: str) -> list[Visitor]:
    return [
        _visitor(row, domain)
        for row in rows
        if row["FLAGFISICA"] == "Y" and row.get("CPF") and row.get("EMAIL") and row["BLOQUEADO"] == "N"
    ]


def _visitor(row: Row, domain: str) -> Visitor:
    text = {column: str(value or "") for column, value in row.items()}
    first, _, last = text["NOMECLI"].partition(" ")
    phone, postcode = text["TELEFONE"], text["CEP"]
    street = ("ENDERECO", "NUMEROLOGRADOURO", "COMPLEMENTOLOGRADOURO", "BAIRRO")
    return Visitor(
        firstname=_written(first),
        lastname=_written(last),
        email=f"{text['EMAIL'].partition('@')[0]}@{domain}",
        cpf="".join(filter(str.isdigit, text["CPF"])),
        address={
            "street": [_written(text[column]) for column in street],
            "city": _written(text["CIDADE"]),
            "region_code": text["ESTADO"],
            "postcode": f"{postcode[:5]}-{postcode[5:]}",
            "telephone": f"({phone[:2]}) {phone[2:7]}-{phone[7:]}",
        },
    )


def _written(text: str) -> str:
    """As people write it, where the base shouts."""
    return " ".join(_WRITTEN.get(word, word.capitalize()) for word in text.split())
