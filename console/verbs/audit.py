"""integra audit: who did what, when, what it was before and after, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from console.audit_texts import entry_lines
from console.language import _, say_n
from console.reading.audit import Entry, audited
from console.verbs.context import Context, Exit, complain
from console.verbs.moments import since_text
from console.wrapping import wrapped


def run(context: Context, since: str | None, who: str, subject: str, limit: int) -> int:
    """Print it, the newest first."""
    now = datetime.now(UTC)
    try:
        from_when = None if since is None else since_text(since, now)
    except (ValueError, OverflowError):
        complain(_("--since takes a time such as 30m, 2h, 7d, 2026-11-30 or 2026-11-30T08:00"))
        return Exit.WRONG_USAGE
    entries = context.read(lambda db: audited(db, since=from_when, who=who, subject=subject, limit=limit))
    context.show(
        [asdict(entry) | {"at": entry.at and entry.at.isoformat()} for entry in entries], lambda: _lines(entries, now)
    )
    return Exit.DONE


def _lines(entries: Sequence[Entry], now: datetime) -> Iterator[str]:
    for entry in entries:
        for line in entry_lines(entry, now):
            yield from wrapped(line, rest="    ")
    yield say_n("{n} entry", "{n} entries", len(entries))
