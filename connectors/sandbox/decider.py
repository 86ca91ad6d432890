"""The operator of a demo without a screen: looks at the orders now and then and decides as a person would.

What is decided about an order depends on its id and the seed alone, so a run decides the same way again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NotRequired, Protocol, TypedDict

REFUSED_SHARE = 0.10  # of the authorised cards
PICKED_UP_SHARE = 0.2  # of the orders whose way of delivery nobody tells
PICK_UP_METHODS = frozenset({"retirada_loja"})
CARD_S = (2, 6)  # how long a card waits, lowest and highest
PAYMENT_S = {"pix": (4, 10), "boleto": (10, 25)}
"""How long after the order the money is on the account, in seconds."""

REASONS = (
    "Endereço de entrega não confere com o do cartão",
    "Cliente não confirmou a compra por telefone",
    "Tentativas com cartões diferentes no mesmo dia",
)

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)  # UPU S10, from the left


class OrderRow(TypedDict):
    """What the operator sees of an order; `age_s` counts from its placing, `alarm` and `parked` are codes or None."""

    id: int
    number: str
    queue: str
    payment: str
    fulfilment: str
    alarm: str | None
    parked: str | None
    row_version: int
    payment_method: str
    age_s: float
    shipping_method: NotRequired[str]


class Ask(Protocol):
    """How a decision reaches the engine; False where it was not taken (the order has changed meanwhile)."""

    def __call__(self, verb: str, args: Mapping[str, Any], row_version: int, /) -> bool: ...


TellOffice = Callable[[str], object]
"""How the office hears that the order of this number must not leave."""


def decide(rows: Iterable[OrderRow], ask: Ask, seed: int = 1, *, tell_office: TellOffice) -> int:
    """Decide whatever is due among these orders; answers how many decisions were taken."""
    return sum(_decide_one(row, ask, tell_office, random.Random(f"{seed}:{row['id']}")) for row in rows)


def answer_alarms(rows: Iterable[OrderRow], ask: Ask, *, tell_office: TellOffice) -> int:
    """Only what cannot wait for tomorrow: the alarms; answers how many were acknowledged."""
    return sum(_answer_alarm(row, ask, tell_office) for row in rows if row["alarm"])


def _answer_alarm(row: OrderRow, ask: Ask, tell_office: TellOffice) -> bool:
    tell_office(row["number"])
    return ask("acknowledge_alarm", {"order": row["id"]}, row["row_version"])


def _decide_one(row: OrderRow, ask: Ask, tell_office: TellOffice, chance: random.Random) -> bool:
    # All is drawn before anything is looked at: an order's chances do not depend on when it is seen.
    refused, picked_up, patience = chance.random() < REFUSED_SHARE, chance.random() < PICKED_UP_SHARE, chance.random()
    reason, code = chance.choice(REASONS), tracking_code(chance.randrange(10**8))

    def say(verb: str, **args: str) -> bool:
        return ask(verb, {"order": row["id"], **args}, row["row_version"])

    def waited(seconds: tuple[int, int]) -> bool:
        lowest, highest = seconds
        return row["age_s"] >= lowest + patience * (highest - lowest)

    if row["alarm"]:
        return _answer_alarm(row, ask, tell_office)
    if row["parked"]:
        return False  # why it waits is no everyday matter
    match row["queue"]:
        case "decide" if waited(CARD_S):
            return say("refuse", reason=reason) if refused else say("approve")
        case "pay" | "short" if row["payment"] == "pending" and waited(_payment_s(row["payment_method"])):
            return say("confirm_payment")
        case "to-ship":
            method = row.get("shipping_method")
            if picked_up if method is None else method in PICK_UP_METHODS:
                return say("close_shipment", carrier="pickup", tracking="")
            return say("close_shipment", carrier="correios", tracking=code)
    return False


def _payment_s(method: str) -> tuple[int, int]:
    return next((seconds for name, seconds in PAYMENT_S.items() if name in method), PAYMENT_S["boleto"])


def tracking_code(number: int, service: str = "AA", country: str = "BR") -> str:
    """A tracking code of the Correios with its check digit; `number` has at most eight digits."""
    digits = f"{number:08d}"
    assert len(digits) == 8
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, digits, strict=True)) % 11
    check = {10: 0, 11: 5}.get(rest, rest)
    return f"{service}{digits}{check}{country}"
