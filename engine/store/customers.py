"""Customers in the store: one person, one row; links to channels; the last agreed value of each field."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence

from engine.identity import document_of, email_of
from engine.model.people import PERSON_FIELDS, ErpCustomer, Person
from engine.store import accounts
from engine.store.database import touch
from engine.store.problems import clear_problem

SEEN_CHARS = 16


def seen_as(row: sqlite3.Row) -> str:
    """A mark of both values that a person saw of a field in conflict: he decides about no others."""
    return hashlib.sha256(f"{row['erp']}\0{row['channel']}".encode()).hexdigest()[:SEEN_CHARS]


def subject_of(customer_id: int) -> str:
    """How problems name a customer of ours."""
    return f"person:{customer_id}"


def fields_of(person: Person) -> dict[str, str]:
    """The fields that both sides keep, by name."""
    return {
        name: str(getattr(person, name) if hasattr(person, name) else getattr(person.address, name))
        for name in PERSON_FIELDS
    }


def recognise(db: sqlite3.Connection, person: Person) -> sqlite3.Row | None:
    """The customer who this person is: by document, else by e-mail where the documents do not contradict."""
    document, email = document_of(person.document), email_of(person.email)
    if document:
        row: sqlite3.Row | None = db.execute("SELECT * FROM customer WHERE document = ?", (document,)).fetchone()
        if row is not None:
            return row
    if email:
        rows = db.execute(
            "SELECT * FROM customer WHERE email = ? AND (document IS NULL OR ? IS NULL) LIMIT 2", (email, document)
        ).fetchall()
        return rows[0] if len(rows) == 1 else None  # an e-mail that several share is nobody's name
    return None


def recognise_or_insert(db: sqlite3.Connection, person: Person) -> int:
    """Our id of this person; a row is made for a new one, and a document learnt is kept."""
    row = recognise(db, person)
    if row is None:
        touch(db, "customers")
        return int(
            db.execute(
                "INSERT INTO customer (document, email, name) VALUES (?, ?, ?) RETURNING id",
                (document_of(person.document), email_of(person.email), person.name),
            ).fetchone()[0]
        )
    if row["document"] is None and document_of(person.document):
        db.execute("UPDATE customer SET document = ? WHERE id = ?", (document_of(person.document), row["id"]))
    return int(row["id"])


def get(db: sqlite3.Connection, customer_id: int) -> sqlite3.Row | None:
    """The customer of our id."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM customer WHERE id = ?", (customer_id,)).fetchone()
    return row


def by_erp_code(db: sqlite3.Connection, code: str) -> sqlite3.Row | None:
    """The customer of an ERP key."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM customer WHERE erp_code = ?", (code,)).fetchone()
    return row


def keep_taken_code(db: sqlite3.Connection, customer_id: int, code: str | None) -> None:
    """Remember the ERP key that was taken for this customer, before he is written."""
    db.execute("UPDATE customer SET erp_code_taken = ? WHERE id = ?", (code, customer_id))


def know_in_erp(db: sqlite3.Connection, customer_id: int, found: ErpCustomer) -> None:
    """This customer is that one of the ERP, with what it says of him. Two rows that turn out to be one are joined.

    With another price table his groups are in doubt, in every channel: each compares him again.
    """
    was = get(db, customer_id)
    other = by_erp_code(db, found.code)
    if other is not None and other["id"] != customer_id and not _speaks_for(other, found):
        forget_in_erp(db, other["id"])  # a restored ERP gave the key of one that it lost to somebody else
    elif other is not None and other["id"] != customer_id:
        db.execute("UPDATE sales_order SET customer_id = ? WHERE customer_id = ?", (customer_id, other["id"]))
        db.execute("UPDATE customer_link SET customer_id = ? WHERE customer_id = ?", (customer_id, other["id"]))
        db.execute("DELETE FROM customer WHERE id = ?", (other["id"],))
        clear_problem(db, accounts.ERP, None, subject_of(other["id"]))
    changed = db.execute(
        "UPDATE customer SET erp_code = ?1, chosen_as = CASE WHEN erp_code IS ?1 THEN chosen_as END,"
        " erp_code_taken = NULL, price_table = ?2, blocked = ?3, credit_cents = ?4,"
        " block_reason = ?5, row_version = row_version + 1 WHERE id = ?6 AND (erp_code IS NOT ?1 OR"
        " (price_table, blocked, credit_cents, block_reason) IS NOT (?2, ?3, ?4, ?5))",
        (
            found.code,
            found.price_table,
            found.blocked,
            int(found.credit_limit * 100),
            found.block_reason,
            customer_id,
        ),
    ).rowcount
    if changed:
        touch(db, "customers")
    if changed and was is not None and was["price_table"] != found.price_table:
        db.execute("UPDATE customer_link SET channel_group = NULL WHERE customer_id = ?", (customer_id,))


def _speaks_for(row: sqlite3.Row, found: ErpCustomer) -> bool:
    """Whether anything says that this customer of ours may be that one of the ERP."""
    person, document, email = found.person, row["document"], row["email"]
    same_document = document is not None and document == document_of(person.document)
    same_email = bool(email) and email in person.email.lower()
    return same_document or same_email or person.name.upper() in {row["name"].upper(), (row["chosen_as"] or "").upper()}


def hear_of(db: sqlite3.Connection, changed: Collection[ErpCustomer]) -> None:
    """What the ERP says now of these, as far as we know them."""
    by_code = {found.code: found for found in changed}
    known = db.execute(
        "SELECT id, erp_code FROM customer WHERE erp_code IN (SELECT value FROM json_each(?))",
        (json.dumps(list(by_code)),),
    )
    for row in known.fetchall():
        know_in_erp(db, row["id"], by_code[row["erp_code"]])


def choose_in_erp(db: sqlite3.Connection, customer_id: int, found: ErpCustomer) -> None:
    """A person says that this customer is that one of the ERP, whatever else speaks for it."""
    know_in_erp(db, customer_id, found)
    db.execute("UPDATE customer SET chosen_as = ? WHERE id = ?", (found.person.name, customer_id))


def forget_in_erp(db: sqlite3.Connection, customer_id: int) -> None:
    """The ERP's row under the key we knew is gone, or is somebody else's."""
    db.execute(
        "UPDATE customer SET erp_code = NULL, chosen_as = NULL, row_version = row_version + 1 WHERE id = ?",
        (customer_id,),
    )
    touch(db, "customers")


def link(db: sqlite3.Connection, customer_id: int, account: str, external_id: str, group: str | None) -> None:
    """The customer has this account at the channel."""
    db.execute(
        "INSERT INTO customer_link (customer_id, account, external_id, channel_group) VALUES (?, ?, ?, ?) ON CONFLICT"
        " (account, external_id) DO UPDATE SET channel_group = excluded.channel_group",
        (customer_id, account, external_id, group),
    )


def doubt_groups(db: sqlite3.Connection, account: str, tables: Iterable[str]) -> None:
    """These price tables have other groups by now: whoever buys by them is compared again when all are looked at."""
    db.execute(
        "UPDATE customer_link SET channel_group = NULL WHERE account = ? AND customer_id IN"
        " (SELECT id FROM customer WHERE price_table IN (SELECT value FROM json_each(?)))",
        (account, json.dumps(list(tables))),
    )


def link_of(db: sqlite3.Connection, account: str, external_id: str) -> sqlite3.Row | None:
    """The link of a channel's customer, with our row of him."""
    row: sqlite3.Row | None = db.execute(
        "SELECT l.*, c.erp_code, c.price_table FROM customer_link l JOIN customer c ON c.id = l.customer_id"
        " WHERE l.account = ? AND l.external_id = ?",
        (account, external_id),
    ).fetchone()
    return row


def accounts_of(db: sqlite3.Connection, customer_id: int) -> list[str]:
    """The accounts that know the customer: registered there, or a buyer."""
    rows = db.execute(
        "SELECT account FROM customer_link WHERE customer_id = ?1"
        " UNION SELECT account FROM sales_order WHERE customer_id = ?1 ORDER BY account",
        (customer_id,),
    )
    return [row[0] for row in rows]


def links(db: sqlite3.Connection, account: str, codes: Sequence[str]) -> list[sqlite3.Row]:
    """The links of an account whose customers stand in the ERP under these keys."""
    return db.execute(
        "SELECT l.*, c.erp_code, c.price_table, c.document FROM customer_link l JOIN customer c ON c.id = l.customer_id"
        " WHERE l.account = ? AND c.erp_code IN (SELECT value FROM json_each(?)) ORDER BY l.external_id",
        (account, json.dumps(list(codes))),
    ).fetchall()


def agreed_fields(db: sqlite3.Connection, account: str, external_id: str) -> dict[str, sqlite3.Row]:
    """What was last agreed of a link, by field."""
    rows = db.execute("SELECT * FROM customer_field WHERE account = ? AND external_id = ?", (account, external_id))
    return {row["field"]: row for row in rows}


def decide(db: sqlite3.Connection, account: str, external_id: str, field: str, take: str) -> None:
    """A person settled a conflict: "erp" or "channel" holds, and its value is to be carried across."""
    db.execute(
        "UPDATE customer_field SET decided = ? WHERE account = ? AND external_id = ? AND field = ? AND conflict",
        (take, account, external_id, field),
    )


def channel_holds(db: sqlite3.Connection, account: str) -> None:
    """The ERP was restored: what it says of the account's customers is old news, and the channel has the newest."""
    db.execute(
        "UPDATE customer_field SET decided = 'channel' WHERE account = ? AND NOT conflict AND decided IS NULL",
        (account,),
    )


def decided(db: sqlite3.Connection, account: str, tried: Collection[str], limit: int) -> list[sqlite3.Row]:
    """Links of an account with fields of which it is settled which side holds, not yet carried across.

    What people settled comes first. tried: by the channel's id, those that had their turn.
    """
    return db.execute(
        "SELECT DISTINCT l.*, c.erp_code, c.document FROM customer_field f JOIN customer_link l USING (account,"
        " external_id) JOIN customer c ON c.id = l.customer_id WHERE f.account = ? AND f.decided IS NOT NULL"
        " AND f.external_id NOT IN (SELECT value FROM json_each(?)) ORDER BY NOT f.conflict, f.external_id LIMIT ?",
        (account, json.dumps(sorted(tried)), limit),
    ).fetchall()


def carried_across(db: sqlite3.Connection, account: str, external_id: str, taken: Mapping[str, str]) -> None:
    """What was settled (field -> side) holds on both sides now."""
    db.executemany(
        "UPDATE customer_field SET decided = NULL WHERE account = ? AND external_id = ? AND field = ? AND decided = ?",
        [(account, external_id, field, side) for field, side in taken.items()],
    )


def left_the_channel(db: sqlite3.Connection, account: str, external_id: str) -> None:
    """The channel has this customer no more: nothing of him is to be settled."""
    db.execute(
        "UPDATE customer_field SET decided = NULL, conflict = 0 WHERE account = ? AND external_id = ?",
        (account, external_id),
    )
    touch(db, "customers")


def agree(
    db: sqlite3.Connection,
    account: str,
    external_id: str,
    values: Mapping[str, tuple[str, str]],
    *,
    conflict: bool = False,
) -> None:
    """Keep per field the pair (ERP's, channel's) as agreed, or as being in conflict."""
    db.executemany(
        "INSERT INTO customer_field (account, external_id, field, agreed, erp, channel, conflict)"
        " VALUES (?1, ?2, ?3, ?5, ?4, ?5, ?6) ON CONFLICT (account, external_id, field) DO UPDATE SET"
        " agreed = CASE WHEN excluded.conflict THEN agreed ELSE excluded.agreed END,"
        " erp = excluded.erp, channel = excluded.channel, conflict = excluded.conflict, decided = NULL",
        [(account, external_id, field, erp, channel, int(conflict)) for field, (erp, channel) in values.items()],
    )
    if values:
        touch(db, "customers")
