"""C-Plus's own locks: a row of CONTROLELOCK says that somebody has a record open on his screen.

What he sees there he writes back whole, so a change of ours made meanwhile would be lost. That is inferred from the
table's columns (entity, key, connection); `settings.EditLocks` says how far to believe it.
"""

from __future__ import annotations

from connectors.cplus.base.session import Session
from connectors.cplus.settings import EditLocks, Options
from engine.errors import InUse

_CODES = {"ORCAMENTO": "erp-order-in-edit", "CLIENTE": "erp-customer-in-edit"}
_LOCK = "SELECT {connection} FROM CONTROLELOCK l WHERE UPPER(TRIM(l.NOMEENTIDADE)) = ? AND l.IDENTIDADE = ?"
_ATTACHED = "SELECT MON$USER, MON$REMOTE_ADDRESS FROM MON$ATTACHMENTS WHERE MON$ATTACHMENT_ID = ?"
# Firebird shows other users' connections only to these.
_SEES_ALL = "SELECT 1 FROM RDB$DATABASE WHERE CURRENT_USER = 'SYSDBA' OR CURRENT_ROLE = 'RDB$ADMIN'"


def heed(session: Session, options: Options, entity: str, key: str) -> None:
    """Raises InUse ("erp-order-in-edit", "erp-customer-in-edit") naming who has this record of C-Plus open.

    Before a writing transaction and not in it: there, a row of CONTROLELOCK that some till has not committed yet would
    make us wait, whatever record it is about.
    """
    layout = session.layout
    if options.edit_locks is EditLocks.NEVER or not layout.has("CONTROLELOCK", "NOMEENTIDADE", "IDENTIDADE"):
        return
    with session.reading() as base:
        locks = base.rows(_LOCK.format(connection=layout.select("CONTROLELOCK", "l", ("IDCONEXAO",))), (entity, key))
        for (connection,) in locks:
            attached = None if connection is None else base.row(_ATTACHED, (connection,))
            stale = connection is not None and attached is None and base.row(_SEES_ALL) is not None
            if stale and options.edit_locks is EditLocks.WHILE_CONNECTED:
                continue
            who = " ".join(str(part).strip() for part in attached or () if part) or f"IDCONEXAO {connection}"
            raise InUse(_CODES[entity], f"{entity} {key}: {who}", key=key, who=who)
