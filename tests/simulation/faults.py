"""What goes wrong, drawn from the seed before the day begins: a list, so that a failure can be told with less of it."""

from __future__ import annotations

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
    "shuffled": "lista os pedidos fora de ordem e em dobro",
    "hiding": "ainda não lista os pedidos mais novos",
}
ERP: dict[str, str] = {
    "conflict": "está ocupado: outra transação veio antes",
    "cut": "perde a conexão antes de gravar",
    "unsure-done": "grava, e a confirmação se perde",
    "unsure-undone": "perde a conexão na confirmação, sem ter gravado",
}
OURS: dict[str, str] = {
    "kill": "é morta à força numa chamada de entrada ou saída",
    "clock": "vê o relógio da máquina saltar",
}
SAYS = {**HTTP, **ERP, **OURS}

WEIGHTS: dict[str, int] = {
    "refused": 3, "silent": 3, "late": 4, "lost": 5, "half": 3, "busy": 2, "down": 2, "html": 2, "crash": 3,
    "shuffled": 2, "hiding": 2, "conflict": 3, "cut": 3, "unsure-done": 4, "unsure-undone": 3, "clock": 1,
}  # fmt: skip
SKIP_MAX = 60
TIMES_MAX = 4
KILL_CALLS_MAX = 400
"""A kill strikes at the n-th call of the engine after its time; n is drawn evenly over orders of magnitude, because
what fails between two calls of one piece of work is found there, and not by killing at any moment."""
CLOCK_S = (-7200, -600, -60, 60, 600, 7200)


@dataclass(frozen=True, slots=True)
class Fault:
    """One misfortune: from second `at` on it lets `skip` calls of its target pass and spoils the next `times`."""

    at: float
    kind: str
    target: str
    times: int = 1
    skip: int = 0
    seconds: float = 0.0

    def told(self, when: Callable[[float], str]) -> str:
        """In a person's words."""
        strikes = f", na {self.skip + 1}ª chamada" if self.skip else ""
        again = f", {self.times} vezes" if self.times > 1 else ""
        jump = f" {self.seconds:+.0f} s" if self.seconds else ""
        return f"{when(self.at)}  {self.target} {SAYS[self.kind]}{jump}{strikes}{again}"


def drawn(seed: int, day: int, seconds: float, shops: Sequence[str], faults: int, kills: int) -> list[Fault]:
    """A day's misfortunes, in the order of their times."""
    chance = random.Random(f"{seed}:{day}:faults")
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    found = [_one(chance, chance.choices(kinds, weights)[0], chance.uniform(0, seconds), shops) for _ in range(faults)]
    for _ in range(kills):
        skip = round(KILL_CALLS_MAX ** chance.random())
        found.append(Fault(chance.uniform(0, seconds), "kill", "engine", skip=skip))
    return sorted(found, key=lambda fault: fault.at)


def _one(chance: random.Random, kind: str, at: float, shops: Sequence[str]) -> Fault:
    if kind == "clock":
        return Fault(at, kind, "engine", seconds=chance.choice(CLOCK_S))
    target = chance.choice(shops) if kind in HTTP else "cplus"
    return Fault(at, kind, target, times=chance.randint(1, TIMES_MAX), skip=round(SKIP_MAX ** chance.random()) - 1)


@dataclass(slots=True)
class _Active:
    fault: Fault
    skip: int
    left: int


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

    def strikes(self, target: str, fitting: Collection[str]) -> Fault | None:
        """The fault that spoils this call of the target, if any; each counts the calls for itself."""
        while self._coming and self._coming[-1].at <= self._now():
            fault = self._coming.pop()
            self._active.append(_Active(fault, fault.skip, fault.times))
        for one in self._active:
            if one.fault.target != target or one.fault.kind not in fitting:
                continue
            if one.skip:
                one.skip -= 1
                continue
            one.left -= 1
            if not one.left:
                self._active.remove(one)
            self.struck.append(one.fault)
            return one.fault
        return None
