"""Somebody whom the demo has not: who brings goods back over the counter."""

from __future__ import annotations

import random

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.people import Receiver
from connectors.sandbox.taste import favourite

_BY_THE_PIECE = (
    "SELECT P.CODPROD FROM PRODUTO P JOIN PRODUTOCARACTERISTICA C ON C.CODPROD = P.CODPROD AND C.CODCARACTERISTICA = ? "
    "WHERE P.UNIDADE <> 'MT' AND COALESCE(P.FLAGCOMPOSTO, 'N') = 'N' ORDER BY P.CODPROD"
)


class Returns:
    """At the counter: somebody brings one piece back, and it lies on the shelf again."""

    def __init__(self, receiver: Receiver, chance: random.Random) -> None:
        self._receiver = receiver
        self._chance = chance

    def step(self) -> bool:
        """One of the favourites."""
        goods = self._receiver.read(_BY_THE_PIECE, r.VENDA_ONLINE)
        if goods:
            self._receiver.receive(favourite(goods, self._chance)["CODPROD"], 1)
        return bool(goods)
