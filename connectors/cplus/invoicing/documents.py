"""The fiscal documents of sales: the keys of NF-e and NFC-e, whether they still stand, and their XML.

A fiscal document carries the sale's number in DOCUMENTO.NUMEROPEDIDO, newer ones its key in IDENTIDADEORIGEM. SEFAZ's
answer stands in NFELETRONICA, made from the document or from the sale; an NFC-e names its sale itself.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Statements
from connectors.cplus.base.text import UTF8, yes
from connectors.cplus.invoicing import fiscal_key
from connectors.cplus.invoicing.sales import Sale, trimmed

AUTHORISED = frozenset({"100", "150"})
"""Answers of SEFAZ that mean a document is authorised (150: past its time)."""

CANCELLED = frozenset({"101", "135", "136", "151", "155"})
"""Answers that mean its cancellation was taken (135, 136, 155: as an event; 151, 155: past its time)."""

_DOCUMENTS = """
SELECT d.NUMEROPEDIDO, d.CODDOCUMENTO, d.NUMNOTA, d.FLAGCANCELADA, {columns}
FROM DOCUMENTO d WHERE d.NUMEROPEDIDO IN ({{}}) ORDER BY d.CODDOCUMENTO
"""
_ELECTRONIC = """
SELECT n.NOMEENTIDADEORIGEM, n.IDENTIDADEORIGEM, n.CODIGORETORNONFELETRONICA, n.CHAVEACESSONFELETRONICA
FROM NFELETRONICA n WHERE n.IDENTIDADEORIGEM IN ({})
"""
_CONSUMER = """
SELECT c.CODMOVENDA, c.CHAVEACESSONFCELETRONICA, c.STATUSNFCELETRONICA, {columns}
FROM NFCELETRONICA c WHERE c.CODMOVENDA IN ({{}}) ORDER BY c.CODNFCELETRONICA
"""
# Which of them holds the authorised file is unproven, so each is looked at and its content decides.
_XML_COLUMNS = {
    "NFELETRONICA": (
        "CHAVEACESSONFELETRONICA",
        ("XMLDESTINATARIONFE", "XMLNFELETRONICARET", "XMLNFELETRONICASIGN", "XMLNFELETRONICA"),
    ),
    "NFCELETRONICA": (
        "CHAVEACESSONFCELETRONICA",
        ("XMLNFCELETRONICAAUT", "XMLDESTINATARIONFCE", "XMLNFCELETRONICARET", "XMLNFCELETRONICA"),
    ),
}


class _Answer(NamedTuple):
    """SEFAZ's answer about a document; `number` is empty for an NFC-e, whose key holds it."""

    key: str
    authorised: bool
    cancelled: bool
    number: str = ""


def fill_in(base: Statements, layout: Layout, sales: Sequence[Sale]) -> None:
    """Tell each sale number, key and fate of its NF-e, else of its NFC-e. What SEFAZ has not authorised has no key."""
    known = [sale for sale in sales if sale.code]
    answers = _nfe(base, layout, known)
    for code, found in _nfce(base, layout, [sale.code for sale in known]).items():
        answers[code] += found
    for sale in known:
        of_sale = answers[sale.code]
        good = next((answer for answer in of_sale if answer.authorised and not answer.cancelled), None)
        sale.nfe_cancelled = good is None and any(answer.cancelled for answer in of_sale)
        if good is not None:
            sale.nfe_key = good.key
            sale.nfe_number = good.number or (fiscal_key.number(good.key) if good.key else "")
        elif of_sale and not sale.nfe_cancelled:
            sale.nfe_number = of_sale[0].number


def _nfe(base: Statements, layout: Layout, sales: Sequence[Sale]) -> dict[str, list[_Answer]]:
    """What is known of the NF-e of each sale, the standing ones first, the newest first among them."""
    by_number: dict[str, list[Sale]] = defaultdict(list)
    for sale in sales:
        by_number[sale.number].append(sale)
    by_number.pop("", None)
    columns = layout.select(
        "DOCUMENTO", "d", ("CHAVEACESSONFELETRONICA", "CODEMPRESA", "NOMEENTIDADEORIGEM", "IDENTIDADEORIGEM")
    )
    rows = base.rows_in(_DOCUMENTS.format(columns=columns), sorted(by_number))
    electronic = _electronic(base, layout, [*(trimmed(row[1]) for row in rows), *(sale.code for sale in sales)])
    found: dict[str, list[_Answer]] = defaultdict(list)
    for number, document, note, cancelled, key, company, table, origin in reversed(rows):
        of_others = trimmed(table).upper() == "MOVENDA" and trimmed(origin)
        for sale in by_number[trimmed(number)]:
            if None not in (company, sale.company) and company != sale.company:
                continue
            if of_others and trimmed(origin) != sale.code:
                continue
            answers = electronic.get(("DOCUMENTO", trimmed(document)), []) + electronic.get(("MOVENDA", sale.code), [])
            found[sale.code] += _told(answers, trimmed(key), trimmed(note), yes(cancelled))
    for sale in sales:  # without a document of its own
        if sale.code not in found:
            found[sale.code] += _told(electronic.get(("MOVENDA", sale.code), []), "", "", cancelled=False)
    return found


def _told(answers: Sequence[tuple[str, str]], key: str, note: str, cancelled: bool) -> list[_Answer]:
    """A document with SEFAZ's answers to it; without any, a key that stands on the document counts as authorised."""
    if not answers:
        own = fiscal_key.valid(key)
        return [_Answer(own, bool(own), cancelled and bool(own), note)] if note or own else []
    return [
        _Answer(
            own := fiscal_key.valid(theirs) or fiscal_key.valid(key),
            bool(own) and code in AUTHORISED,
            code in CANCELLED or (cancelled and code in AUTHORISED),
            note,
        )
        for code, theirs in reversed(answers)
    ]


def _electronic(
    base: Statements, layout: Layout, origins: Iterable[str]
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """SEFAZ's answer and the key, by table and key of what the NF-e was made from."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    if layout.has("NFELETRONICA", "NOMEENTIDADEORIGEM", "CODIGORETORNONFELETRONICA", "CHAVEACESSONFELETRONICA"):
        for table, origin, answer, key in base.rows_in(_ELECTRONIC, sorted(set(origins))):
            found[trimmed(table).upper(), trimmed(origin)].append((trimmed(answer), trimmed(key)))
    return found


def _nfce(base: Statements, layout: Layout, codes: Sequence[str]) -> dict[str, list[_Answer]]:
    """The NFC-e of each sale (STATUSNFCELETRONICA 'A': authorised), the newest first."""
    found: dict[str, list[_Answer]] = defaultdict(list)
    if not layout.has("NFCELETRONICA", "CODMOVENDA", "CHAVEACESSONFCELETRONICA", "STATUSNFCELETRONICA"):
        return found
    columns = layout.select("NFCELETRONICA", "c", ("CODIGORETORNONFCELETRONICA", "NUMEROPROTOCOLOCANCELAMENTO"))
    rows = base.rows_in(_CONSUMER.format(columns=columns), codes)
    for code, key, status, answer, cancel_protocol in reversed(rows):
        own = fiscal_key.valid(key)
        cancelled = bool(trimmed(cancel_protocol)) or trimmed(answer) in CANCELLED
        found[trimmed(code)].append(_Answer(own, bool(own) and trimmed(status) == "A", cancelled))
    return found


# --- the XML ----------------------------------------------------------------------------------------------------------


def authorised_xml(base: Statements, layout: Layout, key: str) -> bytes | None:
    """The file of the document with this key, as it was authorised; None when no column holds it with its protocol."""
    for table, (key_column, columns) in _XML_COLUMNS.items():
        present = [column for column in columns if layout.has(table, key_column, column)]
        if not present:
            continue
        names = ", ".join(present)
        for row in base.rows(f"SELECT {names} FROM {table} WHERE {key_column} = CAST(? AS VARCHAR(50))", (key,)):
            for stored in row:
                file = _file(stored, layout.encoding)
                if file is not None and _proves(file, key):
                    return file
    return None


def _file(stored: str | bytes | None, encoding: str) -> bytes | None:
    """A file's bytes out of a text column, which were UTF-8 unless the program stored them in the base's code page."""
    if not stored:
        return None
    data = stored if isinstance(stored, bytes) else stored.encode(encoding, "replace")
    try:
        data.decode(UTF8)
    except UnicodeDecodeError:
        return data.decode(encoding, "replace").encode(UTF8)
    return data


def _proves(file: bytes, key: str) -> bool:
    """Whether the file holds the document and SEFAZ's protocol of its authorisation."""
    if b"<!DOCTYPE" in file:  # no fiscal document declares entities
        return False
    try:
        root = ElementTree.fromstring(file)  # noqa: S314 - without a DOCTYPE there are no entities
    except (ElementTree.ParseError, ValueError):
        return False
    document = root.find(".//{*}infNFe")
    protocol = root.find(".//{*}protNFe/{*}infProt")
    return (
        document is not None
        and document.get("Id", "") == f"NFe{key}"
        and protocol is not None
        and (protocol.findtext("{*}chNFe") or "").strip() == key
        and bool((protocol.findtext("{*}nProt") or "").strip())
        and (protocol.findtext("{*}cStat") or "").strip() in AUTHORISED
    )
