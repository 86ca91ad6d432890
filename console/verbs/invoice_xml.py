"""integra orders xml: the NF-e or NFC-e of an order as a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from console.file_faults import why
from console.language import _, say
from console.texts import refusal
from console.verbs.context import Context, Exit, complain
from console.verbs.named_order import named_order


def run(context: Context, arguments: Sequence[str], output: Path | None) -> int:
    """Its bytes on standard output, or in a file."""
    if len(arguments) != 1:
        complain(_("Say which order: integra orders xml NUMBER [--output FILE]"))
        return Exit.WRONG_USAGE
    named = named_order(context, arguments[0])
    if named is None:
        return Exit.NEEDS_PERSON
    with context.engine() as engine:
        answer = engine.ask("invoice_xml", {"order": named[0]})
    if not answer.ok:
        complain(refusal(answer.code, answer.params))
        return Exit.NEEDS_PERSON
    file = str(answer.result["xml"]).encode()
    if output is None:
        sys.stdout.buffer.write(file)
        return Exit.DONE
    try:
        output.write_bytes(file)
    except OSError as error:
        complain(say("{file} cannot be written: {error}", file=output, error=why(error)))
        return Exit.UNREACHED
    return Exit.DONE
