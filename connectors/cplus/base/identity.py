"""Which base this is, whether its configured keys exist, and whether anybody but us has done anything in it."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

import ctypes

from firebird.driver.types import DbInfoCode

from connectors.cplus.base.counters import last_key
from connectors.cplus.base.session import BeginCount, Session
from connectors.cplus.base.text import document
from connectors.cplus.settings import Options
from engine.errors import Misconfigured
from engine.model.erp import ErpIdentity

ASKING_BEGINS = 1
"""Transactions that the server itself begins to list the open ones (isc_info_active_transactions; 3.0.11 and 5.0.4)."""

OPEN_BYTES_MAX = 32_000
"""About 3,000 open transactions, at 7 to 11 bytes each."""

_END = 1  # isc_info_end

# option, table, key
_REGISTERS = (
    ("seller", "VENDEDOR", "CODVENDED"),
    ("user_code", "USUARIO", "CODUSER"),
    ("movement_type", "TIPOMOVIMENTO", "CODTIPOMOVIMENTO"),
    ("order_status", "ORCAMENTOSTATUS", "CODORCAMENTOSTATUS"),
    ("customer_tag", "CARACTERISTICAPESSOA", "CODCARACTERISTICAPESSOA"),
    ("account_plan", "PLANOCONTA", "CODPC"),
    ("default_price_table", "PRECO", "CODPRECO"),
)
_MAPPED = (
    ("payment_forms", "FORMAPAG", "CODFP"),
    ("payment_kinds", "RECEBIMENTO", "CODREC"),
    ("carriers", "TRANSPORTADORA", "CODTRANS"),
    ("movement_types", "TIPOMOVIMENTO", "CODTIPOMOVIMENTO"),
    ("intermediaries", "INTERMEDIADOR", "CODINTERMEDIADOR"),
)
_STATUSES = (
    ("status_map", "ORCAMENTOSTATUS", "CODORCAMENTOSTATUS"),
    ("sale_status_map", "MOVENDASTATUS", "CODMOVENDASTATUS"),
)


def read(session: Session, options: Options) -> ErpIdentity:
    """Name the base. Raises Misconfigured("erp-option-unknown") for the first configured key that it does not have."""
    layout = session.layout
    info = session.connection.info
    with session.reading() as base:
        company = base.row("SELECT CNPJ FROM EMPRESA WHERE CODEMPRESA = ?", (options.order_company,))
        if company is None:
            raise _unknown("order_company", str(options.order_company), "EMPRESA")
        wanted = [(option, table, key, getattr(options, option)) for option, table, key in _REGISTERS]
        wanted += [("sectors", "SETORESTOQUE", "CODSETORESTOQUE", sector) for sector in options.sectors]
        wanted += [(*register, code) for register in _MAPPED for code in getattr(options, register[0]).values()]
        wanted += [(*register, code) for register in _STATUSES for code in getattr(options, register[0])]
        for option, table, key, code in wanted:
            if code and base.row(f"SELECT 1 FROM {table} WHERE TRIM({key}) = CAST(? AS VARCHAR(20))", (code,)) is None:
                raise _unknown(option, code, table)
        columns = (options.reference_column, *options.former_reference_columns)
        for column in columns:
            if not layout.has("ORCAMENTO", column):
                raise _unknown("reference_column", column, "ORCAMENTO")
        last_order = last_key(base, layout, options, "ORCAMENTO", "CODORC")
    return ErpIdentity(
        server=f"{options.host}:{options.port}" if options.host else "",
        path=options.path,
        cnpj=document(company[0]),
        epoch=epoch(session),
        last_order_code=last_order,
        version=f"Firebird {info.version}, ODS {info.ods}, charset {layout.charset}",
    )


def epoch(session: Session) -> str:
    """When the file was created: a restore from a backup creates it anew."""
    return str(session.connection.info.creation_date)


def pulse(session: Session, begins: BeginCount, unlike: str) -> str:
    """Equal to an earlier one when nobody but us began a transaction since and none of theirs ended meanwhile.

    The number of a transaction of our own is the next one of the base; from it goes what our connections began. Those
    of others that stand open are named: one that commits later would otherwise change rows unseen. `unlike` is given
    when the number means nothing, because another connection of ours was just beginning a transaction.
    """
    before = begins.settled
    with session.reading() as base:
        first = base.number
    others = _open_transactions(session)
    begins.add(ASKING_BEGINS)
    with session.reading() as base:
        last = base.number
    after = begins.settled
    quiet = before is not None and after == before + ASKING_BEGINS + 2
    if after is None or not quiet or last - first <= ASKING_BEGINS or others is None:
        return f"{epoch(session)}|{unlike}"
    return f"{epoch(session)}|{last - after}|{','.join(others)}"


def _open_transactions(session: Session) -> list[str] | None:
    """The numbers of all that stand open; None when they are too many to list.

    The driver's own call takes 256 bytes: beyond 36 transactions, as 20 tills may have, it fails or leaves some out.
    """
    buffer = ctypes.create_string_buffer(OPEN_BYTES_MAX)
    session.connection._att.get_info(bytes([DbInfoCode.ACTIVE_TRANSACTIONS]), buffer)
    listed, found, at = buffer.raw, list[str](), 0
    while listed[at] == DbInfoCode.ACTIVE_TRANSACTIONS:  # code, length in 2 bytes, number
        length = int.from_bytes(listed[at + 1 : at + 3], "little")
        found.append(str(int.from_bytes(listed[at + 3 : at + 3 + length], "little")))
        at += 3 + length
    return found if listed[at] == _END else None


def _unknown(option: str, value: str, table: str) -> Misconfigured:
    detail = f"{option} = {value!r} is not in {table}"
    return Misconfigured("erp-option-unknown", detail, option=option, value=value, table=table)
