"""What goes wrong, drawn from the seed before the day begins: a list, so that a failure can be told with less of it.

Half of the misfortunes are meant for one kind of call, so that a rare kind gets as many as a common one. And each day
leaves some kinds out: what a restart or a later fault would heal shows on days without them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

HTTP: dict[str, str] = {
    "refused": "recusa a conexão",
    "silent": "não recebe a chamada nem responde",
    "late": "recebe a chamada só depois de desistirmos de esperar",
    "lost": "faz o que pedimos, e a resposta se perde",
    "half": "aplica metade do lote e cai",
    "busy": "responde 429",
    "down": "responde 503 com uma página HTML",
    "html": "responde 200 com HTML no lugar de JSON",
    "crash": "responde 500 depois de fazer o que pedimos",
    "locked": "não aceita mais as nossas chaves",
    "away": "fica fora do ar",
    "shuffled": "lista os pedidos fora de ordem e em dobro",
    "hiding": "ainda não lista os pedidos mais novos",
}
ERP: dict[str, str] = {
    "conflict": "está ocupado: outra transação veio antes",
    "cut": "perde a conexão antes de gravar",
    "erp-away": "fica fora do ar",
    "unsure-done": "grava, e a confirmação se perde",
    "unsure-undone": "perde a conexão na confirmação, sem ter gravado",
}
OURS: dict[str, str] = {
    "kill": "é morta à força numa chamada de entrada ou saída",
    "clock": "vê o relógio da máquina saltar",
    "disk": "não consegue gravar: o disco está cheio",
}
SAYS = {**HTTP, **ERP, **OURS}
LASTING = frozenset({"away", "erp-away"})
"""These spoil all calls for some time, and not a number of them."""

WEIGHTS: dict[str, int] = {
    "refused": 3, "silent": 3, "late": 4, "lost": 5, "half": 3, "busy": 2, "down": 2, "html": 2, "crash": 3,
    "locked": 1, "away": 2, "shuffled": 2, "hiding": 2, "conflict": 3, "cut": 3, "erp-away": 1, "unsure-done": 4,
    "unsure-undone": 3, "clock": 1, "disk": 3,
}  # fmt: skip
LEFT_OUT_SHARE = 0.2
"""Of the kinds, each day."""
KILLS_SHARES = (0.0, 0.3, 1.0, 1.0)
"""How many of a day's kills there are, one of these by chance."""

SHOP_WRITES = ("POST source-items", "PUT stockItems", "POST -prices", "products", "POST invoice", "POST ship",
               "POST cancel", "PUT customers")  # fmt: skip
SHOP_CALLS = (*SHOP_WRITES, "GET orders", "GET customers")
ERP_WRITES = ("create_customer", "update_customer", "take_customer_code", "take_order_codes", "write_order",
              "reserve_order", "release_order", "cancel_order", "release_invoiced", "set_online")  # fmt: skip
ERP_CALLS = (*ERP_WRITES, "catalogue", "prices", "snapshot", "find_orders", "find_customers")
ANSWERED = frozenset({"lost", "late", "crash", "html", "silent"})
"""Of the shop's misfortunes, those in which a write may have been done: rather at a write."""

NEAR_SHARE = 0.5
SKIP_MAX = 60
TIMES_MAX = 4
KILL_CALLS_MAX = 400
"""A kill strikes at the n-th call of the engine after its time; n is drawn evenly over orders of magnitude, because
what fails between two calls of one piece of work is found there, and not by killing at any moment."""
KILL_NEAR_CALLS_MAX = 12
OUTAGE_SHARE, OUTAGE_S = 0.2, (900.0, 3600.0)
"""Of the kills, and how long the machine stays off. Afterwards a page of orders holds more than a channel's overlap."""
OUTAGE_KILL_CALLS_MAX = 30
STRUCK_AGAIN_SHARE = 0.8
"""Of the outages: soon after its return the engine is killed once more. `at`: so that the machine is off by then."""
STRUCK_AGAIN_AFTER_S = OUTAGE_S[0] / 2
AWAY_S = (120.0, 3600.0)
CLOCK_S = (-7200, -600, -60, 60, 600, 7200)


@dataclass(frozen=True, slots=True)
class Fault:
    """One misfortune: from second `at` on it lets `skip` calls of its target pass and spoils the next `times`.

    near: words that are all in the name of the only calls that count; a kill counts all calls, but after such a one.
    seconds: how long what lasts lasts, how long the machine stays off after a kill, or by how much the clock is set.
    """

    at: float
    kind: str
    target: str
    times: int = 1
    skip: int = 0
    seconds: float = 0.0
    near: str = ""

    def told(self, when: Callable[[float], str]) -> str:
        """In a person's words."""
        strikes = f", na {self.skip + 1}ª chamada" if self.skip else ""
        at = f" {'depois de' if self.kind == 'kill' else 'em'} «{self.near}»" if self.near else ""
        again = f", {self.times} vezes" if self.times > 1 else ""
        lasts = f" {self.seconds:+.0f} s" if self.seconds else ""
        return f"{when(self.at)}  {self.target} {SAYS[self.kind]}{lasts}{strikes}{at}{again}"

    def meant_for(self, call: str) -> bool:
        """Whether this call has all the words."""
        return all(word in call for word in self.near.split())


def drawn(seed: int, day: int, seconds: float, shops: Sequence[str], faults: int, kills: int) -> list[Fault]:
    """A day's misfortunes, in the order of their times; `kills` at most, not counting those after an outage."""
    chance = random.Random(f"{seed}:{day}:faults")
    kinds = [kind for kind in WEIGHTS if chance.random() >= LEFT_OUT_SHARE] or list(WEIGHTS)
    weights = [WEIGHTS[kind] for kind in kinds]
    found = [_one(chance, chance.choices(kinds, weights)[0], chance.uniform(0, seconds), shops) for _ in range(faults)]
    for _ in range(round(kills * chance.choice(KILLS_SHARES))):
        found += _kills(chance, chance.uniform(0, seconds))
    return sorted(found, key=lambda fault: fault.at)


def _one(chance: random.Random, kind: str, at: float, shops: Sequence[str]) -> Fault:
    if kind == "clock":
        return Fault(at, kind, "engine", seconds=chance.choice(CLOCK_S))
    target = chance.choice(shops) if kind in HTTP else "cplus" if kind in ERP else "engine"
    times, skip = chance.randint(1, TIMES_MAX), _logarithmic(chance, SKIP_MAX) - 1
    if kind in LASTING:
        return Fault(at, kind, target, skip=skip, seconds=chance.uniform(*AWAY_S))
    near = ""
    if kind not in {"half", "shuffled", "hiding", "disk"} and chance.random() < NEAR_SHARE:
        unsure = kind.startswith("unsure")
        calls = ERP_WRITES if unsure else ERP_CALLS if kind in ERP else SHOP_WRITES if kind in ANSWERED else SHOP_CALLS
        near, skip = chance.choice(calls), min(skip, 2)
    return Fault(at, kind, target, times, skip, near=near)


def _kills(chance: random.Random, at: float) -> list[Fault]:
    if chance.random() < OUTAGE_SHARE:
        skip = _logarithmic(chance, OUTAGE_KILL_CALLS_MAX)
        outage = Fault(at, "kill", "engine", skip=skip, seconds=chance.uniform(*OUTAGE_S))
        again = _near(chance, at + STRUCK_AGAIN_AFTER_S)
        return [outage, again] if chance.random() < STRUCK_AGAIN_SHARE else [outage]
    if chance.random() < NEAR_SHARE:
        return [_near(chance, at)]
    return [Fault(at, "kill", "engine", skip=_logarithmic(chance, KILL_CALLS_MAX))]


def _near(chance: random.Random, at: float) -> Fault:
    call, skip = chance.choice((*SHOP_CALLS, *ERP_CALLS)), _logarithmic(chance, KILL_NEAR_CALLS_MAX) - 1
    return Fault(at, "kill", "engine", skip=skip, near=call)


def _logarithmic(chance: random.Random, most: int) -> int:
    """From 1 to `most`, evenly over orders of magnitude."""
    return round(math.pow(most, chance.random()))


@dataclass(slots=True)
class _Active:
    fault: Fault
    skip: int
    left: int
    near: bool = False  # a kill has met the call it waits for
    until: float | None = None


class Weather:
    """The faults of one day as they come due. `struck` holds those that spoiled something."""

    def __init__(self, faults: Sequence[Fault], now: Callable[[], float]) -> None:
        self._now = now
        self._coming = sorted(faults, key=lambda fault: fault.at, reverse=True)
        self._active: list[_Active] = []
        self.struck: list[Fault] = []

    def over(self) -> None:
        """The bad part of the day has ended."""
        self._coming, self._active = [], []

    def strikes(self, target: str, fitting: Collection[str], call: str = "") -> Fault | None:
        """The fault that spoils this call of the target, if any; each counts the calls for itself."""
        now = self._now()
        while self._coming and self._coming[-1].at <= now:
            fault = self._coming.pop()
            self._active.append(_Active(fault, fault.skip, fault.times))
        for one in list(self._active):
            if one.fault.target == target and one.fault.kind in fitting and self._spoils(one, call, now):
                self.struck.append(one.fault)
                return one.fault
        return None

    def _spoils(self, one: _Active, call: str, now: float) -> bool:
        fault = one.fault
        if fault.near and not one.near:
            if not fault.meant_for(call):
                return False
            if fault.kind == "kill":
                one.near = True
                return False
        if one.skip:
            one.skip -= 1
            return False
        if fault.kind in LASTING:
            one.until = now + fault.seconds if one.until is None else one.until
            if now < one.until:
                return True
            self._active.remove(one)
            return False
        one.left -= 1
        if not one.left:
            self._active.remove(one)
        return True
