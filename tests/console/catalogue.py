"""The catalogue's upkeep: `python -m tests.console.catalogue` takes new sentences in and compiles the rest."""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from console.language import DOMAIN, LOCALE

CONSOLE = LOCALE.parent
KEYWORDS = {"_": None, "N_": None, "say": None, "say_n": (1, 2), "Counted": (2, 3)}
PO = LOCALE / "pt_BR" / "LC_MESSAGES" / f"{DOMAIN}.po"
MO = PO.with_suffix(".mo")


def sentences() -> Catalog:
    """Every sentence that the code says."""
    catalog = Catalog(locale="pt_BR", domain=DOMAIN, fuzzy=False)
    for _file, _line, message, comments, context in extract_from_dir(CONSOLE, [("**.py", "python")], keywords=KEYWORDS):
        catalog.add(message, auto_comments=comments, context=context)
    return catalog


def translated(path: Path = PO) -> Catalog:
    """The catalogue as it stands."""
    with path.open("rb") as file:
        return read_po(file, locale="pt_BR", domain=DOMAIN)


def compiled(catalog: Catalog) -> bytes:
    """What belongs into the .mo file."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def main() -> None:
    """Take new sentences in, drop those that nobody says any more, compile."""
    catalog = translated() if PO.exists() else Catalog(locale="pt_BR", domain=DOMAIN, fuzzy=False)
    catalog.update(sentences(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for message in catalog:
        message.locations = []
    with PO.open("wb") as file:
        write_po(file, catalog, width=120, no_location=True, omit_header=False, sort_output=True, ignore_obsolete=True)
    MO.write_bytes(compiled(translated()))
    for message in translated():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(texts):
            print("not translated:", message.id)


if __name__ == "__main__":
    main()
