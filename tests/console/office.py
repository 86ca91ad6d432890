"""Of C-Plus only its customers: they are as the store knows them, and Joana a second time."""

from __future__ import annotations

from collections.abc import Mapping

from engine.model.people import Address, ErpCustomer, Person
from engine.store import customers
from engine.store.database import Store

JOANA = ErpCustomer(
    "00000005", Person("JOANA B PRADO", "joana@example.com", "5133330000", "52998224725", Address(city="PELOTAS"))
)


class Office:
    """Answers for them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def customer(self, code: str) -> ErpCustomer | None:
        row = await self._store.read(lambda db: customers.by_erp_code(db, code))
        if row is None:
            return JOANA if code == JOANA.code else None
        there = Person(row["name"].upper(), row["email"], document=row["document"] or "")
        return ErpCustomer(code, there, row["price_table"], bool(row["blocked"]))

    async def update_customer(self, code: str, changes: Mapping[str, str]) -> None:
        """The store keeps it."""
