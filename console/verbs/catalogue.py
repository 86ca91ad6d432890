"""integra catalogue: how the products of each shop stand, and what is said of them there as a file, out and in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from console.catalogue_texts import PILES
from console.field_texts import LISTING_FIELDS
from console.file_faults import why
from console.language import _, say, say_n
from console.listing_text import batches, said
from console.reading import catalogue
from console.reading.catalogue import ALL, ListingRow
from console.spreadsheet import Damaged, NotThatFile
from console.texts import refusal
from console.verbs import catalogue_file
from console.verbs.catalogue_file import Asked
from console.verbs.context import Context, Exit, complain, confirmed
from engine.settings import AccountSettings
from engine.store import mirror

ROWS_AT_ONCE = 500
NAMED_MAX = 10


def show(context: Context, name: str | None) -> int:
    """Print how many products of each shop stand how. 1 when something waits or is not complete."""
    accounts = [account for account in context.settings().account if name in (None, account.id)]
    if not accounts:
        return _no_account()
    counted = context.read(lambda db: {account.id: catalogue.counts(db, account) for account in accounts})
    context.show(counted, lambda: _lines(accounts, counted))
    waits = any(counts[catalogue.WAITING] or counts[catalogue.INCOMPLETE] for counts in counted.values())
    return Exit.NEEDS_PERSON if waits else Exit.DONE


def _lines(accounts: list[AccountSettings], counted: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for account in accounts:
        yield account.name or account.id
        for pile, count in counted[account.id].items():
            more = "+" if count > catalogue.LISTED_MAX else ""
            yield f"{min(count, catalogue.LISTED_MAX):>8}{more:1} {_(PILES[pile])}"


def write(context: Context, name: str | None, path: Path) -> int:
    """Write a shop's whole catalogue into a file."""
    account = _account(context, name)
    if account is None:
        return _no_account()
    try:
        context.read(
            lambda db: catalogue_file.write(path, _rows(db, account, catalogue.keys(db, account, ALL, most=-1)))
        )
    except OSError as error:
        complain(say("{file} cannot be written: {error}", file=path, error=why(error)))
        return Exit.WRONG_USAGE
    print(say("Written: {file}. Change it, then: integra catalogue {account} --apply {file}", file=path,
              account=account.id))  # fmt: skip
    return Exit.DONE


def _rows(db: sqlite3.Connection, account: AccountSettings, items: list[str]) -> Iterator[ListingRow]:
    for first in range(0, len(items), ROWS_AT_ONCE):
        yield from catalogue.rows(db, account, items[first : first + ROWS_AT_ONCE]).values()


def apply(context: Context, name: str | None, path: Path, *, yes: bool, skip_wrong: bool) -> int:
    """Read a file back: what it changes is shown and asked. With a wrong cell nothing is done, unless it is skipped."""
    account = _account(context, name)
    if account is None:
        return _no_account()
    try:
        lines = catalogue_file.lines(path)
    except OSError as error:
        complain(say("{file} cannot be read: {error}", file=path, error=why(error)))
        return Exit.WRONG_USAGE
    except NotThatFile as error:
        complain(say("{file} has no column {column}.", file=path, column=error.column))
        return Exit.WRONG_USAGE
    except Damaged as error:
        complain(say("{file} cannot be read at line {line}.", file=path, line=error.line))
        return Exit.WRONG_USAGE
    asked, rows = context.read(lambda db: _asked(db, account, lines))
    for one in asked.wrong:
        complain(say("{file}, line {line}, {column}: {why}", file=path, line=one.line, column=one.column, why=one.why))
    if asked.wrong and not skip_wrong:
        complain(say_n("Nothing was changed; {n} cell is wrong.", "Nothing was changed; {n} cells are wrong.",
                       len(asked.wrong)))  # fmt: skip
        return Exit.WRONG_USAGE
    if not asked.changes:
        print(_("The file changes nothing."))
        return Exit.DONE
    for line in _preview(asked, rows):
        print(line)
    n = len(asked.changes)
    if not yes and not confirmed(say_n("Change {n} product? [y/N] ", "Change {n} products? [y/N] ", n)):
        return Exit.NEEDS_PERSON
    return _send(context, account, asked, rows)


def _asked(
    db: sqlite3.Connection, account: AccountSettings, lines: list[tuple[int, dict[str, str]]]
) -> tuple[Asked, dict[str, ListingRow]]:
    items: dict[str, list[str]] = {}
    for item in catalogue.keys(db, account, ALL, most=-1):
        items.setdefault(item.lstrip("0"), []).append(item)
    meant = {catalogue_file.item_of(cells["sku"], items) for _line, cells in lines}
    rows = {row.item: row for row in _rows(db, account, sorted(item for item in meant if item))}
    return catalogue_file.asked(lines, items, rows, mirror.payment_options(db)), rows


def _preview(asked: Asked, rows: Mapping[str, ListingRow]) -> Iterator[str]:
    for item, fields in list(asked.changes.items())[:NAMED_MAX]:
        row = rows[item]
        for field, value in fields.items():
            before, after = said(field, row.own[field]), said(field, value)
            yield f"{row.label}  {row.name}  {_(LISTING_FIELDS[field])}: {before} → {after}"
    if len(asked.changes) > NAMED_MAX:
        yield say("... and {n} more.", n=len(asked.changes) - NAMED_MAX)


def _send(context: Context, account: AccountSettings, asked: Asked, rows: Mapping[str, ListingRow]) -> int:
    changed = 0
    seen = {item: rows[item].seen for item in asked.changes}
    with context.engine() as engine:
        for args in batches(account.id, asked.changes, seen):
            answer = engine.ask("set_listing", args)
            if not answer.ok:
                complain(refusal(answer.code, answer.params))
                complain(say("Changed before that: {n}", n=changed))
                return Exit.NEEDS_PERSON
            changed += len(answer.result["before"])
    print(say_n("{n} product changed", "{n} products changed", changed))
    return Exit.NEEDS_PERSON if asked.wrong else Exit.DONE


def _account(context: Context, name: str | None) -> AccountSettings | None:
    """The named one, which there is, or the only one."""
    accounts = context.settings().account
    if name is None:
        return accounts[0] if len(accounts) == 1 else None
    return next((account for account in accounts if account.id == name), None)


def _no_account() -> int:
    complain(_("Say which account."))
    return Exit.WRONG_USAGE
