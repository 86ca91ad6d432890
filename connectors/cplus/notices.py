"""What people should know of a base, though nothing is wrong with the work: who keeps a transaction open for hours,
that orders reserve nothing in it, which of its tables Integra has no right to read."""

from __future__ import annotations

from connectors.cplus.base.session import Session
from connectors.cplus.settings import Options, Reservation
from engine.model.erp import ErpNotice

OPEN_TRANSACTION = "erp-open-transaction"
UNRESERVED = "erp-unreserved"
UNREADABLE = "erp-tables-unreadable"

# Each open transaction is a row, with a statement under way or not; a reader that reads committed rows holds nothing
# back (modes 2 and up). Who may not see other people's connections (neither SYSDBA nor the owner) finds only his own.
_OLDEST = """
SELECT FIRST 1 a.MON$USER, a.MON$REMOTE_ADDRESS, a.MON$REMOTE_PROCESS, t.MON$TIMESTAMP
FROM MON$TRANSACTIONS t JOIN MON$ATTACHMENTS a ON a.MON$ATTACHMENT_ID = t.MON$ATTACHMENT_ID
WHERE a.MON$ATTACHMENT_ID <> CURRENT_CONNECTION AND (t.MON$READ_ONLY = 0 OR t.MON$ISOLATION_MODE < 2)
  AND DATEDIFF(MINUTE FROM t.MON$TIMESTAMP TO CURRENT_TIMESTAMP) >= ?
ORDER BY t.MON$TIMESTAMP
"""


def read(session: Session, options: Options) -> tuple[ErpNotice, ...]:
    """All that there is to say now; times as the server's clock has them."""
    return tuple(
        notice for notice in (_oldest(session, options), _unreserved(options), _unreadable(session, options)) if notice
    )


def _oldest(session: Session, options: Options) -> ErpNotice | None:
    with session.reading() as base:
        row = base.row(_OLDEST, (options.open_transaction_notice_min,))
    if row is None:
        return None
    user, address, process, since = (str(value or "").strip() for value in row)
    client = " ".join(filter(None, (address, process.replace("\\", "/").rpartition("/")[2])))
    return ErpNotice(OPEN_TRANSACTION, {"user": user, "client": client or "?", "since": since[:16]})


def _unreserved(options: Options) -> ErpNotice | None:
    return ErpNotice(UNRESERVED, {}) if options.reservation is Reservation.NONE else None


def _unreadable(session: Session, options: Options) -> ErpNotice | None:
    tables = session.layout.unreadable
    return ErpNotice(UNREADABLE, {"user": options.user, "tables": ", ".join(sorted(tables))}) if tables else None
