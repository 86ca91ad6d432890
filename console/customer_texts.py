"""The words of the customers' screen: its piles, how a customer stands, and what a price table does in the shops."""

from __future__ import annotations

from collections.abc import Sequence

from console.language import N_, say
from console.reading import customer_list
from console.reading.customer_card import Table
from console.safe_text import SafeText, safe
from engine.erp_customer import ALIKE, DUPLICATES
from engine.settings import AccountSettings

PILES = {
    customer_list.ALL: N_("All"),
    customer_list.CONFLICTS: N_("Conflicts"),
    customer_list.DUPLICATED: N_("More than once"),
    customer_list.WAITING: N_("Waiting"),
    customer_list.UNLINKED: N_("No shop account"),
}
NOTHING = {
    customer_list.ALL: N_("No customer is known yet. Whoever buys or registers in a shop is listed here."),
    customer_list.CONFLICTS: N_("No conflict. Fields that C-Plus and a shop changed to different things wait here."),
    customer_list.DUPLICATED: N_("Nobody stands in C-Plus more than once. Whoever does is listed here."),
    customer_list.WAITING: N_(
        "Nobody waits. Those of C-Plus who shall be registered in a shop, and those who ask there to be resellers, are"
        " listed here."
    ),
    customer_list.UNLINKED: N_("Everybody has an account in a shop. Who bought without one is listed here."),
}
SEVERAL = {
    DUPLICATES: N_("several in C-Plus"),
    ALIKE: N_("e-mail of several"),
}
NO_TABLE = N_("none")


def shown_in_shops(table: Table | None, accounts: Sequence[AccountSettings]) -> list[SafeText]:
    """What a customer of this table pays in each shop; None = of no table."""
    return [_shown_in(table, account) for account in accounts]


def _shown_in(table: Table | None, account: AccountSettings) -> SafeText:
    name = safe(account.name or account.id)
    if table is not None and account.id in table.groups:
        return say("{account}: group {group}", account=name, group=table.groups[account.id])
    if table is None or table.key == account.base_price_table:
        return say("{account}: base price", account=name)
    return say("{account}: does not show this table, so base price", account=name)
