"""integra shipments close: the shipments of a file, shown line by line, then closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from console.file_faults import why
from console.language import say, say_n
from console.reading.shipments import found_by
from console.safe_text import SafeText, safe
from console.shipping import file
from console.shipping.carriers import carriers
from console.shipping.closing import CLOSE, asked, wrong
from console.shipping.file import Line
from console.spreadsheet import NotThatFile
from console.texts import carrier, refusal
from console.verbs.context import Context, Exit, complain, confirmed
from engine.runtime.client import EngineClient


def close(context: Context, path: Path, *, shared: bool, yes: bool) -> int:
    """Show what each line would do; then do it. What was closed with these codes before is left as it is.

    shared: a code of the file may stand on another order too.
    """
    known = carriers(context.settings().console.carriers)

    def read(db: sqlite3.Connection) -> list[Line]:
        return file.read(path, lambda text: found_by(db, text), known, shared=shared)

    try:
        lines = context.read(read)
    except OSError as error:
        complain(say("{file} cannot be read: {error}", file=path, error=why(error)))
        return Exit.UNREACHED
    except NotThatFile as error:
        complain(say("{file} has no column {column}.", file=path, column=error.column))
        return Exit.WRONG_USAGE
    ready = [line for line in lines if line.ready]
    if not context.json:
        for text in _told(lines):
            print(text)
    refused: dict[int, SafeText] = {}
    if ready and (yes or confirmed(say_n("Close {n} shipment? [y/N] ", "Close {n} shipments? [y/N] ", len(ready)))):
        with context.engine() as engine:
            refused = _close(engine, ready)
    elif ready:
        return Exit.NEEDS_PERSON
    if context.json:
        context.show([_as_json(line, refused.get(line.line)) for line in lines], lambda: iter(()))
    else:
        print(say_n("{n} shipment closed", "{n} shipments closed", len(ready) - len(refused)))
    return Exit.NEEDS_PERSON if refused or any(line.wrong for line in lines) else Exit.DONE


def _close(engine: EngineClient, ready: Sequence[Line]) -> dict[int, SafeText]:
    """Those that the engine refused, by line."""
    refused: dict[int, SafeText] = {}
    for line in ready:
        assert line.order is not None, "a line that is ready has its order"
        answer = engine.ask(CLOSE, asked(line), line.order.row.row_version)
        if not answer.ok:
            refused[line.line] = refusal(answer.code, answer.params)
            complain(say("line {line}: {error}", line=line.line, error=refused[line.line]))
    return refused


def _told(lines: Sequence[Line]) -> Iterator[SafeText]:
    for line in lines:
        codes = safe(" ".join(line.codes))
        number = line.order.row.number if line.order else safe(line.name)
        if line.wrong:
            text = say("line {line}: {number} {codes}: {error}", line=line.line, number=number, codes=codes,
                       error=wrong(line))  # fmt: skip
        elif line.done:
            text = say("line {line}: {number} {codes}: closed already", line=line.line, number=number, codes=codes)
        else:
            text = say("line {line}: {number} {carrier} {codes}", line=line.line, number=number,
                       carrier=carrier(line.carrier), codes=codes)  # fmt: skip
            if line.shared:
                text = say("{line} ({shared})", line=text, shared=wrong(line))
        yield text


def _as_json(line: Line, refused: SafeText | None) -> dict[str, object]:
    """`state`: closed, already, wrong (the file) or refused (by the engine)."""
    state = "wrong" if line.wrong else "already" if line.done else "refused" if refused else "closed"
    return {
        "line": line.line,
        "order": line.order.row.number if line.order else line.name,
        "account": line.order.row.account if line.order else None,
        "carrier": line.carrier,
        "codes": list(line.codes),
        "state": state,
        "code": line.wrong or None,
        "text": refused or (wrong(line) if line.wrong else None),
    }
