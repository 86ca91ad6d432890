"""integra adopt: what was in a shop before Integra, and whose it is. Writes nothing to the shop or to C-Plus."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from console.adoption_texts import REASONS, STANDINGS, WRONG
from console.file_faults import why
from console.language import _, say
from console.reading.accounts import all_accounts
from console.reading.adoption import AdoptionRow, adoption_rows
from console.reading.tasks import all_tasks
from console.spreadsheet import NotThatFile
from console.texts import VERDICT, explain, refusal, word
from console.verbs import adopt_file
from console.verbs.adopt_file import Decided
from console.verbs.context import Context, Exit, complain
from console.widths import fit
from engine.runtime.client import EngineClient

FIRST_WRITES = (
    "to_create", "waiting", "to_change", "to_switch_off", "prices_to_change", "orders_to_import", "guests",
    "guests_new",
)  # fmt: skip
"""Of the verdict, in this order."""

SHOWN_MAX = 50
LOOK_S = 0.5
WAIT_S_MAX = 1800.0
"""Fifty thousand products of a slow shop."""
SETTLED_MAX = 2_000
"""What fits into one command with its ids and keys."""


def show(context: Context, account: str, *, again: bool, csv: Path | None) -> int:
    """Print what was found, or write all of it to a file. 1 when something waits for a person."""
    if again or not _is_looked_through(context, account):
        with context.engine() as engine:
            code = _look(context, engine, account, again=again)
        if code is not Exit.DONE:
            return code
    rows = context.read(lambda db: adoption_rows(db, account))
    if csv is not None:
        try:
            adopt_file.write(csv, rows)
        except OSError as error:
            complain(say("{file} cannot be written: {error}", file=csv, error=why(error)))
            return Exit.WRONG_USAGE
        print(say("{file} holds all that was found. Fill in its first column, then:", file=csv))
        print(f"    integra adopt {account} --settle {csv}")
        print(_("    yes = the only proposal; no = leave it alone; or the product's key in C-Plus"))
    else:
        found = context.read(lambda db: _verdict(db, account))
        context.show({"verdict": found, "rows": [asdict(row) for row in rows]}, lambda: _lines(account, found, rows))
    return Exit.NEEDS_PERSON if any(row.open for row in rows) else Exit.DONE


def _is_looked_through(context: Context, account: str) -> bool:
    if not context.has_records():
        return False
    return context.read(lambda db: _adopted(db, account))


def _adopted(db: sqlite3.Connection, account: str) -> bool:
    return any(row.id == account and row.adopted_at is not None for row in all_accounts(db))


def _verdict(db: sqlite3.Connection, account: str) -> dict[str, int]:
    return next((dict(row.verdict or {}) for row in all_accounts(db) if row.id == account), {})


def _look(context: Context, engine: EngineClient, account: str, *, again: bool) -> Exit:
    answer = engine.ask("look_again" if again else "wake", {"account": account, "task": "catalogue"})
    if not answer.ok:
        complain(refusal(answer.code, answer.params))
        return Exit.NEEDS_PERSON
    complain(say("Looking through {account}. Nothing is written there.", account=account))
    began = datetime.now(UTC)
    deadline = time.monotonic() + WAIT_S_MAX
    while not context.read(lambda db: _adopted(db, account)):
        task = next((t for t in context.read(all_tasks) if (t.account, t.name) == (account, "catalogue")), None)
        if task is not None and task.error_code and task.failed_at is not None and task.failed_at >= began:
            complain(explain(task.error_code, task.error_params, task.error_detail))
            return Exit.UNREACHED
        if time.monotonic() > deadline:
            complain(say("{account} is still looking through the shop; try again when it is done.", account=account))
            return Exit.UNREACHED
        time.sleep(LOOK_S)
    return Exit.DONE


def _lines(account: str, found: dict[str, int], rows: Sequence[AdoptionRow]) -> Iterator[str]:
    counts = Counter((row.what, row.standing) for row in rows)
    yield _("Products:")
    for standing in STANDINGS:
        if n := counts["item", standing]:
            yield f"{n:>8}  {word(STANDINGS, standing)}"
    yield _("Customers:")
    for standing in STANDINGS:
        if n := counts["customer", standing]:
            yield f"{n:>8}  {word(STANDINGS, standing)}"
    yield _("The first writes would be:")
    for name in FIRST_WRITES:
        yield f"{found.get(name, 0):>8}  {word(VERDICT, name)}"
    if found.get("to_change"):
        yield _("To keep the shop's own names and texts instead:")
        yield f"    integra adopt {account} --keep-texts"
    yield from _better_key(found)
    waiting = [row for row in rows if row.open]
    for row in waiting[:SHOWN_MAX]:
        ours = ", ".join(f"{key} {name}" for key, name in zip(row.ours, row.names, strict=True)) or "—"
        where = f"{fit(row.shop_sku, 20)} {fit(row.shop_name, 30)}"
        yield f"{where} {word(STANDINGS, row.standing)}, {word(REASONS, row.reason)}: {fit(ours, 60).rstrip()}"
    if len(waiting) > SHOWN_MAX:
        yield say("... and {n} more.", n=len(waiting) - SHOWN_MAX)
    if waiting:
        yield _("To settle them in a spreadsheet:")
        yield f"    integra adopt {account} --csv {account}.csv"


def _better_key(found: dict[str, int]) -> Iterator[str]:
    """Another SKU key that fits many more SKUs of the shop is most likely the right one."""
    hits = {name.removeprefix("skus_by_"): n for name, n in found.items() if name.startswith("skus_by_")}
    best = max(hits, key=lambda name: hits[name], default=None)
    if best is not None and hits[best] > 2 * found.get("matched", 0):
        yield say("SKUs of the shop that would be C-Plus's by sku_key = {key}: {n}", n=hits[best], key=best)


def keep_texts(context: Context, account: str) -> int:
    """Leave the names and texts of adopted products as the shop has them."""
    with context.engine() as engine:
        answer = engine.ask("keep_texts", {"account": account}, timeout_s=None)
    if not answer.ok:
        complain(refusal(answer.code, answer.params))
        return Exit.NEEDS_PERSON
    print(say("Kept as the shop has them: texts of {n} products", n=answer.result["items"]))
    return Exit.DONE


def settle(context: Context, account: str, path: Path) -> int:
    """Read the decisions back: all of them are settled, or none and each wrong line is named."""
    rows = context.read(lambda db: adoption_rows(db, account))
    keys = context.read(_keys)
    try:
        decided = [_with_zeros(one, keys) for one in adopt_file.read(path, rows)]
    except OSError as error:
        complain(say("{file} cannot be read: {error}", file=path, error=why(error)))
        return Exit.WRONG_USAGE
    except NotThatFile as error:
        complain(say("{file} has no column {column}.", file=path, column=error.column))
        return Exit.WRONG_USAGE
    if not decided:
        print(say("{file} decides nothing: fill in the first column.", file=path))
        return Exit.DONE
    if len(decided) > SETTLED_MAX:
        complain(say("At most {n} lines can be settled at once; part the file.", n=SETTLED_MAX))
        return Exit.WRONG_USAGE
    wrong = {one.line: one.wrong for one in decided if one.wrong is not None}
    if not wrong:
        with context.engine() as engine:
            decisions = {one.shop_id: one.item for one in decided}
            answer = engine.ask("settle_adoption", {"account": account, "decisions": decisions})
        if answer.ok:
            print(say("Settled: {n}", n=len(decided)))
            return Exit.DONE
        if answer.code != "adoption-rows-wrong":
            complain(refusal(answer.code, answer.params))
            return Exit.NEEDS_PERSON
        told = json.loads(str(answer.params["wrong"]))
        wrong = {one.line: told[one.shop_id] for one in decided if one.shop_id in told}
    for line, code in sorted(wrong.items()):
        complain(say("{file}, line {line}: {why}", file=path, line=line, why=word(WRONG, str(code))))
    complain(say("Nothing was settled; wrong lines: {n}", n=len(wrong)))
    return Exit.WRONG_USAGE


def _keys(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Keys of C-Plus by what a spreadsheet leaves of them."""
    bare: dict[str, list[str]] = {}
    for (item,) in db.execute("SELECT item FROM erp_key"):
        bare.setdefault(item.lstrip("0"), []).append(item)
    return bare


def _with_zeros(one: Decided, keys: dict[str, list[str]]) -> Decided:
    found = keys.get(one.item.lstrip("0"), [])
    if one.wrong is None and one.item and one.item not in found and len(found) == 1:
        return Decided(one.line, one.shop_id, found[0])
    return one
