"""Customers: finding one by document or e-mail, reading those that changed, creating and changing."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from firebird.driver.types import DatabaseError

from connectors.cplus.base import cursors, locks, text
from connectors.cplus.base.counters import take_key, take_number
from connectors.cplus.base.firebird import Kind, classify
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.reach import Reach, oldest_active
from connectors.cplus.base.session import Row, Session, Statements, Value
from connectors.cplus.people import mapping
from connectors.cplus.people.index import PeopleIndex
from connectors.cplus.settings import Options
from engine.errors import CodeTaken, Refused, StillOpen
from engine.model.people import ErpCustomer, Person

_BESIDE = ("CODCLI", "CODPRECO", "BLOQUEADO", "FLAGNAOVENDER", "LIMITECRED", "FLAGLOJAVIRTUAL", "MOTIVOBLOQUEIO")
_WINDOW = cursors.Window("CLIENTE", "CODCLI")

_BY_CODE = "c.CODCLI = CAST(? AS VARCHAR(20))"

# Rows typed in C-Plus carry dots and dashes, those written by programs do not.
_BARE = "REPLACE(REPLACE(REPLACE(REPLACE(UPPER({}), '.', ''), '-', ''), '/', ''), ' ', '')"
_BY_DOCUMENT = f"CAST(? AS VARCHAR(60)) IN ({_BARE.format('c.CPF')}, {_BARE.format('c.CNPJ')})"

_HABITS: Mapping[str, Value] = {
    "LIMITECRED": Decimal(0),
    "FLAGNAOVENDER": "N", "BLOQUEADO": "N", "FLAGLOJAVIRTUAL": "Y", "FLAGFRETE": "P", "FLAGREVENDA": "N",
    "FLAGREVENDAMASTER": "N", "FLAGTRANSFER": "N", "BLOQTABLET": "N", "FLAGUSAALIQICMSDIFERENCIADA": "N",
}  # fmt: skip
"""What the programs seen writing customers put into the columns that no person fills."""

# INDIEDEST: of a person, of a company with a state registration, of one that says it is exempt from having one
_NO_CONTRIBUTOR, _CONTRIBUTOR, _EXEMPT = "9", "1", "2"
_SAYS_EXEMPT = "ISENT"  # ISENTO, ISENTA


class New(NamedTuple):
    """A customer to create under a key taken before; `channel_id` is what the shop calls him."""

    code: str
    person: Person
    price_table: str | None = None
    channel_id: str = ""


def changed(session: Session, options: Options, cursor: str | None, now: datetime) -> tuple[Sequence[ErpCustomer], str]:
    """Customers stamped since the cursor; none without a usable one: from now on. `now` is local to the base."""
    reach = _since(cursor)
    oldest = oldest_active(session)
    with session.reading(snapshot=True) as base:
        if reach is not None and _WINDOW.state(base, session.layout, reach.begins) == cursors.read(cursor)["state"]:
            return (), cursor or ""
        if reach is None:
            found: Sequence[ErpCustomer] = ()
            reach = Reach.anew(base, _WINDOW, now)
        else:
            found = _read(base, session.layout, options, "c.LAST_CHANGE >= ?", (reach.begins,))
            reach = reach.moved(base, _WINDOW, oldest, now)
        seen = cursors.write(reach=reach.parts(), state=_WINDOW.state(base, session.layout, reach.begins))
    return found, seen


def one(session: Session, options: Options, code: str) -> ErpCustomer | None:
    """The customer under this CODCLI."""
    with session.reading() as base:
        found = _read(base, session.layout, options, _BY_CODE, (code,))
    return found[0] if found else None


def find(session: Session, options: Options, index: PeopleIndex, document: str, email: str) -> Sequence[ErpCustomer]:
    """Customers with this document, by its letters and digits; when there is none, with this e-mail."""
    layout = session.layout
    bare, wanted = text.document(document), text.line(email).lower()
    with session.reading() as base:
        if index.in_rush(base, session.incarnation):
            keys = index.with_document(bare) or index.with_email(wanted)
            return [customer for key in keys for customer in _read(base, layout, options, _BY_CODE, (key,))]
        if bare and (found := _read(base, layout, options, _BY_DOCUMENT, (bare[:60],))):
            return found
        if not wanted:
            return []
        candidates = _read(base, layout, options, "c.EMAIL CONTAINING CAST(? AS VARCHAR(250))", (wanted[:250],))
    return [customer for customer in candidates if wanted in text.emails(customer.person.email)]


def marked(session: Session, options: Options, tag: str) -> Sequence[ErpCustomer]:
    """Customers with this characteristic, each once. Marking one need not move the stamp of his row: all are read."""
    layout = session.layout
    sql = (
        f"{_select(layout)} JOIN CLIENTECARACTERISTICA m ON m.CODCLI = c.CODCLI"
        " WHERE m.CODCARACTERISTICAPESSOA = ? ORDER BY c.CODCLI"
    )
    own = layout.fit("CLIENTECARACTERISTICA", "CODCARACTERISTICAPESSOA", options.customer_tag)
    wanted = layout.fit("CLIENTECARACTERISTICA", "CODCARACTERISTICAPESSOA", tag)
    with session.reading() as base:
        found = [_customer(layout, row) for row in base.rows(sql, (own, wanted))]
    return list({customer.code: customer for customer in found}.values())


def take_code(session: Session, options: Options) -> str:
    """A free CODCLI."""
    return take_key(session, options, "CLIENTE", "CODCLI")


def create(session: Session, options: Options, new: New, now: datetime) -> None:
    """Insert the customer and its tag under this key. Raises CodeTaken, StillOpen; our own row there = done."""
    layout = session.layout
    number = take_number(session, options, "CLIENTE", "CODIGO", _number_digits(session))
    values = _new_row(layout, options, new, number, now)
    tag = options.customer_tag
    tag_key = take_key(session, options, "CLIENTECARACTERISTICA", "CODCLIENTECARACTERISTICA") if tag else ""

    def work(base: Statements) -> None:
        try:
            base.execute(*layout.insert("CLIENTE", values))
        except DatabaseError as error:
            if classify(error).kind in (Kind.UNIQUE, Kind.LOCK_TIMEOUT, Kind.CONFLICT):
                raise _KeyMet from error
            raise
        if tag:
            row = {
                "CODCLIENTECARACTERISTICA": tag_key,
                "CODCLI": new.code,
                "CODCARACTERISTICAPESSOA": tag,
                "DATACARACTERISTICA": now.date(),
            }
            base.execute(*layout.insert("CLIENTECARACTERISTICA", row))

    try:
        session.write(work)
    except _KeyMet:
        _settle(session, options, new.code, new.person)


def update(session: Session, options: Options, code: str, changes: Mapping[str, str], now: datetime) -> None:
    """Write these fields. Raises Refused: "erp-customer-gone", "erp-price-table-unknown"; InUse."""
    locks.heed(session, options, "CLIENTE", code)
    layout = session.layout

    def work(base: Statements) -> None:
        fields = {field: value for field, value in changes.items() if field != "price_table"}
        if any(field in fields for field in ("street", "number", "complement")):
            fields = _whole_street(base, layout, code) | fields
        values = mapping.person_columns(layout, fields)
        if "document" in fields:
            values["INDIEDEST"] = _tax_kind(options, values["FLAGFISICA"], _registration(base, layout, code))
        if "price_table" in changes:
            table = changes["price_table"] or None
            if table and base.row("SELECT 1 FROM PRECO WHERE CODPRECO = CAST(? AS VARCHAR(20))", (table,)) is None:
                raise Refused("erp-price-table-unknown", table, table=table)
            values["CODPRECO"] = table
        fitted = layout.fitted("CLIENTE", values | {"LAST_CHANGE": now})
        columns = ", ".join(f"{column} = ?" for column in fitted)
        if base.execute(f"UPDATE CLIENTE SET {columns} WHERE CODCLI = ?", (*fitted.values(), code)) != 1:
            raise Refused("erp-customer-gone", code, customer=code)

    session.write(work)


def _tax_kind(options: Options, natural: Value, registration: str) -> str:
    """INDIEDEST, what an NF-e says of the buyer: by his state registration, as somebody typed it."""
    if natural == "Y":
        return _NO_CONTRIBUTOR
    if any(sign.isdigit() for sign in registration):
        return _CONTRIBUTOR
    return _EXEMPT if registration.upper().startswith(_SAYS_EXEMPT) else options.company_without_registration


def _registration(base: Statements, layout: Layout, code: str) -> str:
    """The state registration, or "ISENTO", as staff typed it."""
    row = base.row(f"SELECT {layout.select('CLIENTE', 'c', ('INSCR',))} FROM CLIENTE c WHERE c.CODCLI = ?", (code,))
    return str((row or ("",))[0] or "").strip()


class _KeyMet(Exception):
    """The key is there already, or in a transaction that has not ended."""


def _settle(session: Session, options: Options, code: str, person: Person) -> None:
    """Whose is the row under the key that was to be ours?"""
    layout = session.layout
    found = one(session, options, code)
    if found is None:
        raise StillOpen("erp-customer-open", code)
    there = found.person
    wanted = {field: mapping.fit(layout, field, value) for field, value in mapping.fields_of(person).items()}
    same = (
        text.document(there.document) == wanted["document"]
        if wanted["document"]
        else (there.name, there.email) == (wanted["name"], wanted["email"])
    )
    if not same:
        raise CodeTaken("erp-code-taken", code)


def _new_row(layout: Layout, options: Options, new: New, number: str, now: datetime) -> dict[str, Value]:
    columns = mapping.person_columns(layout, mapping.fields_of(new.person))
    return {
        **_HABITS,
        **columns,
        "CODCLI": new.code,
        "CODIGO": number,
        "NOMECLI": columns["NOMECLI"] or "?",  # NOT NULL
        "INDIEDEST": _tax_kind(options, columns["FLAGFISICA"], ""),  # no shop asks for the registration
        "CODEMPRESA": options.order_company,
        "CODVENDED": options.seller or None,
        "CODUSER": options.user_code or None,
        "CODPC": options.account_plan or None,
        "CODTIPOMOVIMENTO": options.customer_movement_type or options.movement_type or None,
        "CODFP": options.customer_payment_form or None,
        "CODCLILOJAVIRTUAL": (new.channel_id or None) if options.customer_shop_id else None,
        "CODPRECO": new.price_table or options.default_price_table or None,
        "DATCAD": now.date(),
        "LAST_CHANGE": now,
    }


def _read(
    base: Statements, layout: Layout, options: Options, where: str, values: Sequence[Value] = ()
) -> list[ErpCustomer]:
    tag = layout.fit("CLIENTECARACTERISTICA", "CODCARACTERISTICAPESSOA", options.customer_tag)
    return [_customer(layout, row) for row in base.rows(f"{_select(layout)} WHERE {where}", (tag, *values))]


def _select(layout: Layout) -> str:
    columns = layout.select("CLIENTE", "c", (*_BESIDE, *mapping.READ_COLUMNS))
    tagged = "SELECT 1 FROM CLIENTECARACTERISTICA t WHERE t.CODCLI = c.CODCLI AND t.CODCARACTERISTICAPESSOA = ?"
    return f"SELECT CASE WHEN EXISTS ({tagged}) THEN 1 ELSE 0 END, {columns} FROM CLIENTE c"


def _customer(layout: Layout, row: Row) -> ErpCustomer:
    tagged, code, price_table, blocked, not_sold_to, limit, in_shop, reason = row[: len(_BESIDE) + 1]
    return ErpCustomer(
        code=code.strip(),
        person=mapping.person_of(layout, row[len(_BESIDE) + 1 :]),
        price_table=(price_table or "").strip() or None,
        blocked=text.yes(blocked) or text.yes(not_sold_to),
        credit_limit=Decimal(limit or 0),
        for_shop=bool(tagged) or text.yes(in_shop),
        block_reason=str(reason or "").strip(),
    )


def _since(cursor: str | None) -> Reach | None:
    parts: dict[str, Any] = cursors.read(cursor)
    try:
        return Reach.of(parts["reach"]) if "state" in parts else None
    except (KeyError, TypeError, ValueError):
        return None


def _whole_street(base: Statements, layout: Layout, code: str) -> dict[str, str]:
    """Where street, number and complement share a column, changing one needs the others."""
    if layout.has("CLIENTE", mapping.HOME.number):
        return {}
    row = base.row(
        f"SELECT {layout.select('CLIENTE', 'c', mapping.READ_COLUMNS)} FROM CLIENTE c WHERE c.CODCLI = ?", (code,)
    )
    if row is None:
        return {}
    address = mapping.person_of(layout, row).address
    return {"street": address.street, "number": address.number, "complement": address.complement}


def _number_digits(session: Session) -> int:
    """How many digits this base's users write of CLIENTE.CODIGO: as the last customer has."""
    if session.customer_digits is None:
        # No index runs from the last key down: the server sorts all customers for this.
        with session.reading() as base:
            row = base.row("SELECT FIRST 1 CHAR_LENGTH(TRIM(CODIGO)) FROM CLIENTE ORDER BY CODCLI DESC")
        session.customer_digits = int(row[0]) if row is not None else 1
    return session.customer_digits
