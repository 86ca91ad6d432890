"""Who is registered in the shop, and who of the ERP that is: by a valid document, then by the e-mail. Links nobody yet.

After the approval the customers' task finds or makes each of them by the same rules; this says beforehand what it does.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.account import Account
from engine.adoption.matching import Standing
from engine.identity import document_of, email_of
from engine.model.people import FIRST_DAY, ErpCustomer, Person
from engine.store import accounts, shop_customers
from engine.store.shop_customers import FoundCustomer


async def look_at_customers(account: Account) -> None:
    """Match everybody who is registered, page by page. Of an account that is live it would say nothing new."""
    row = await account.store.read(lambda db: accounts.get(db, account.id))
    if row is None or row["approved_at"] is not None:
        return
    await account.store.write(lambda db: shop_customers.clear(db, account.id))
    async for page in account.shop.customers(FIRST_DAY):
        found = []
        for customer in page:
            standing, reason, codes = await judged(account, customer.person)
            found.append(FoundCustomer(customer.external_id, customer.person, standing, reason, codes))
        await account.store.write(
            lambda db, found=found: shop_customers.store(db, account.id, found)  # type: ignore[misc]
        )


async def judged(account: Account, person: Person) -> tuple[Standing, str, tuple[str, ...]]:
    """What a person of the shop is to the ERP, asked now."""
    document, email = document_of(person.document), email_of(person.email)
    return judge(person, await account.erp.find_customers(document or "", email) if document or email else ())


def judge(person: Person, known: Sequence[ErpCustomer]) -> tuple[Standing, str, tuple[str, ...]]:
    """What a person of the shop is to the ERP: (standing, why, the ERP's keys)."""
    document = document_of(person.document)
    if document is None and not email_of(person.email):
        return Standing.DOUBTFUL, "unidentified", ()
    same = tuple(one.code for one in known if document and document_of(one.person.document) == document)
    if same:
        return (Standing.SURE if len(same) == 1 else Standing.DOUBLE), "document", same
    # A shared e-mail does not make two taxpayers one: whoever has another document there is somebody else.
    free = tuple(one.code for one in known if document is None or document_of(one.person.document) is None)
    if free:
        return (Standing.SURE if len(free) == 1 else Standing.DOUBTFUL), "email", free
    return Standing.ONLY_SHOP, "nothing", ()
