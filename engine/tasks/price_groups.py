"""Which group of a channel carries which price table: as the settings ask, once a person has seen what that writes.

Before an account's first write its verdict is approved as a whole; from then on each change is told with its numbers
and waits. Until it is approved the tables stay where they are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from engine.account import Account
from engine.errors import IntegraError, Misconfigured, Param, Refused
from engine.publishing import PriceGroup
from engine.settings import AccountSettings
from engine.store import accounts, customers, price_groups
from engine.store.instants import to_text
from engine.store.price_groups import Carried, Change
from engine.store.problems import keep_problems_of, raise_problem
from engine.tasks.customers import COMPARE_AT

ADDED, MOVED, DROPPED, TWICE = "price-group-added", "price-group-moved", "price-group-dropped", "price-group-twice"
FIRST_WRITE = "first write"


async def settle_groups(account: Account) -> None:
    """Ask for what the settings say and is not so yet, and carry out what is approved.

    Raises Misconfigured or Refused where the channel cannot make a group, once the others are carried.
    """
    if not account.channel.capabilities.price_groups:
        return
    asked = await account.store.write(lambda db: _ask(db, account))
    approved = [change for change in asked if change.approved]
    if approved and await account.may_write("prices"):
        groups, refusal = await _groups(account, approved)
        ready = [change for change in approved if change.group_name is None or change.table in groups]
        await account.store.write(lambda db: _carry_out(db, account, ready, groups))
        account.wake(account.id, "customers")
        if refusal is not None:
            raise refusal


def wished(
    settings: AccountSettings, carried: Mapping[str, Carried], names: Mapping[str, str]
) -> dict[str, str | None]:
    """Table -> name of its group (None = none any more) where that is not so yet. `names`: of the tables in use."""
    found: dict[str, str | None] = dict.fromkeys(carried.keys() - set(settings.group_price_tables))
    for table, own_name in names.items():
        name, one = settings.group_name(table, own_name), carried.get(table)
        if one is None or _is_another(one, settings.price_group_names.get(table, ""), name):
            found[table] = name
    return found


def _is_another(one: Carried, asked_name: str, name: str) -> bool:
    """A table or a group that was only renamed stays where it is: the settings have to say otherwise."""
    return asked_name != one.asked_name and name.casefold() != one.group.name.casefold()


def _ask(db: sqlite3.Connection, account: Account) -> Sequence[Change]:
    settings, carried = account.settings, price_groups.carried(db, account.id)
    names = price_groups.names_of_tables(db, settings.group_price_tables)
    wishes = wished(settings, carried, names)
    row = accounts.get(db, account.id)
    approved_by = None if row is not None and row["approved_at"] is not None else FIRST_WRITE
    price_groups.ask(db, account.id, wishes, approved_by, account.now())
    for table, one in carried.items():
        asked_name = settings.price_group_names.get(table, "")
        if table not in wishes and asked_name != one.asked_name:
            price_groups.keep_asked_name(db, account.id, table, asked_name)
    asked = price_groups.changes(db, account.id)
    _tell(db, account, asked, carried)
    return asked


def _tell(db: sqlite3.Connection, account: Account, asked: Sequence[Change], carried: Mapping[str, Carried]) -> None:
    told: dict[str, set[str]] = {ADDED: set(), MOVED: set(), DROPPED: set()}
    for change in asked:
        if change.approved:
            continue
        one = carried.get(change.table)
        code = DROPPED if change.group_name is None else ADDED if one is None else MOVED
        sets, takes_away = price_groups.count_plan(db, account.id, change.table)
        params: dict[str, Param] = {
            "table": change.table,
            "group": change.group_name or "",
            "former": one.group.name if one else "",
            "sets": sets,
            "takes_away": takes_away,
        }
        subject = f"price-group:{change.table}"
        raise_problem(db, account.id, code, subject, params, "", "problem", account.now())
        told[code].add(subject)
    for code, subjects in told.items():
        keep_problems_of(db, account.id, code, subjects)
    keep_problems_of(db, account.id, TWICE, {f"price-group:{change.table}" for change in asked})


async def _groups(account: Account, approved: Sequence[Change]) -> tuple[dict[str, PriceGroup], IntegraError | None]:
    """The groups that the changes name, by table; those that the channel lacks are made, or why one was not."""
    by_name = {group.name.casefold(): group for group in await account.channel.price_groups()}
    found: dict[str, PriceGroup] = {}
    refusal: IntegraError | None = None
    for change in approved:
        if change.group_name is None:
            continue
        try:
            known = by_name.get(change.group_name.casefold())
            found[change.table] = known or await account.channel.create_price_group(change.group_name)
        except (Misconfigured, Refused) as error:
            refusal = error
    return found, refusal


def _carry_out(
    db: sqlite3.Connection, account: Account, approved: Sequence[Change], groups: Mapping[str, PriceGroup]
) -> None:
    """All leave before any arrives, so that two tables can change places; their customers are looked at after them."""
    moving = {change.table for change in approved}
    taken = {
        one.group.external_id: table
        for table, one in price_groups.carried(db, account.id).items()
        if table not in moving
    }
    free = []
    for change in approved:
        group, subject = groups.get(change.table), f"price-group:{change.table}"
        if group is not None and group.external_id in taken:
            params = {"table": change.table, "group": group.name, "other": taken[group.external_id]}
            raise_problem(db, account.id, TWICE, subject, params, "", "problem", account.now())
            continue
        free.append((change.table, group))
        if group is not None:
            taken[group.external_id] = change.table
    for table, _ in free:
        price_groups.leave(db, account.id, table)
    for table, group in free:
        if group is not None:
            asked_name = account.settings.price_group_names.get(table, "")
            price_groups.carry(db, account.id, table, group, asked_name)
        price_groups.settled(db, account.id, table)
    customers.doubt_groups(db, account.id, [table for table, _ in free])
    accounts.set_cursor(db, account.id, COMPARE_AT, to_text(account.now()))
