"""integra backup: a copy of Integra's records, whole as of one moment and proven sound, while the engine goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from console.file_faults import why
from console.formats import STORE_TIME
from console.language import _, say
from console.verbs.context import Context, Exit, complain
from engine.store import copies

FOLDER = "backups"


def run(context: Context, named: Path | None) -> int:
    """Write it into this file, or under a name with the time into this folder, or into one beside the records."""
    now = datetime.now(UTC)
    try:
        target = _target(context, named, now)
        context.read(lambda db: copies.make(db, target))
        size = target.stat().st_size
    except FileExistsError as error:
        complain(say("{file} is there already; nothing was written.", file=error.filename))
        return Exit.WRONG_USAGE
    except OSError as error:
        complain(say("{file} cannot be written: {error}", file=named or error.filename, error=why(error)))
        return Exit.UNREACHED
    told = {"file": str(target), "bytes": size, "at": now.isoformat()}
    context.show(told, lambda: _lines(context, target, size))
    return Exit.DONE


def _target(context: Context, named: Path | None, now: datetime) -> Path:
    if named is not None and not named.is_dir():
        return named
    if named is None and context.has_records():
        named = context.state_dir / FOLDER
        named.mkdir(mode=0o700, exist_ok=True)
    return (named or context.state_dir) / f"integra-{now.astimezone(STORE_TIME):%Y%m%d-%H%M%S}.db"


def _lines(context: Context, target: Path, size: int) -> Iterator[str]:
    megabytes = (Decimal(size) / 10**6).quantize(Decimal("0.1"))
    yield say("{file} written and proven sound: {size} MB.", file=target, size=megabytes)
    if context.state_dir.resolve() in target.resolve().parents:
        yield _("It lies on the same disk as the records themselves: keep a copy on another machine.")
