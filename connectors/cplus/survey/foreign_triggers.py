"""Triggers of the base itself: which of them set a column. Integra's own (`changes.triggers`) are not among them."""

from __future__ import annotations

import re

from connectors.cplus.base.session import Statements

# A trigger may leave the work to a procedure; one that no trigger calls is a program's. The sources of a shipped base
# can be blanked; then the dependency that the server keeps has to do. (RDB$DEPENDENT_TYPE: 2 trigger, 5 procedure.)
_DEPENDENT = """
SELECT TRIM(d.RDB$DEPENDENT_NAME), t.RDB$TRIGGER_SOURCE, t.RDB$TRIGGER_INACTIVE, p.RDB$PROCEDURE_SOURCE
FROM RDB$DEPENDENCIES d
LEFT JOIN RDB$TRIGGERS t ON t.RDB$TRIGGER_NAME = d.RDB$DEPENDENT_NAME AND d.RDB$DEPENDENT_TYPE = 2
LEFT JOIN RDB$PROCEDURES p ON p.RDB$PROCEDURE_NAME = d.RDB$DEPENDENT_NAME AND d.RDB$DEPENDENT_TYPE = 5
WHERE d.RDB$DEPENDED_ON_NAME = ? AND d.RDB$FIELD_NAME = ? AND (d.RDB$DEPENDENT_TYPE = 2 OR d.RDB$DEPENDENT_TYPE = 5
AND EXISTS (SELECT 1 FROM RDB$DEPENDENCIES c WHERE c.RDB$DEPENDENT_TYPE = 2 AND c.RDB$DEPENDED_ON_TYPE = 5
            AND c.RDB$DEPENDED_ON_NAME = d.RDB$DEPENDENT_NAME))
"""


def setting(base: Statements, table: str, column: str) -> tuple[str, ...]:
    """Names of active triggers, and of procedures they call, that seem to set it; one that reads it does not."""
    assigned = re.compile(
        rf'(?:\bSET\s+(?:\w+\.)?|,\s*(?:\w+\.)?|\bNEW\s*\.\s*)"?{re.escape(column)}"?\s*=', re.IGNORECASE
    )
    found: set[str] = set()
    for name, trigger, inactive, procedure in base.rows(_DEPENDENT, (table, column)):
        source = trigger or procedure
        if not inactive and (source is None or assigned.search(str(source))):
            found.add(str(name).strip())
    return tuple(sorted(found))
