"""Finding customers when many orders come at once: one look at all of them, instead of one for each buyer.

Documents stand in CLIENTE with and without dots, so no index of the base helps, and a search reads every customer: 50
to 120 ms among 50,000. For one order in a minute that is the right price. In a rush all are read once and kept for half
a minute; who was added meanwhile has a higher key and is looked at each time. A document or e-mail that somebody writes
into an old row within that half minute is what can be missed: it then shows as a customer who stands there twice.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable

from connectors.cplus import text
from connectors.cplus.session import Statements

RUSH_SEARCHES, RUSH_S = 5, 10.0
KEPT_S = 30.0

_ALL = "SELECT c.CODCLI, c.CPF, c.CNPJ, c.EMAIL FROM CLIENTE c"
_NEWER = f"{_ALL} WHERE c.CODCLI > CAST(? AS VARCHAR(20))"


class PeopleIndex:
    """CODCLI by document and by e-mail. Belongs to the thread that reads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._searches: deque[float] = deque(maxlen=RUSH_SEARCHES)
        self._read_at = float("-inf")
        self._incarnation = ""
        self._newest = ""
        self._by_document: dict[str, list[str]] = {}
        self._by_email: dict[str, list[str]] = {}

    def in_rush(self, base: Statements, incarnation: str) -> bool:
        """Whether searches come so fast that the index serves; it is then up to date."""
        now = self._now()
        self._searches.append(now)
        rush = len(self._searches) == RUSH_SEARCHES and now - self._searches[0] <= RUSH_S
        if now - self._read_at <= KEPT_S and incarnation == self._incarnation:
            self._take_in(base.rows(_NEWER, (self._newest,)))
            return True
        self._by_document, self._by_email = defaultdict(list), defaultdict(list)
        self._newest = ""
        if not rush:
            return False
        self._take_in(base.rows(_ALL))
        self._read_at, self._incarnation = now, incarnation
        return True

    def with_document(self, bare: str) -> list[str]:
        """Customers with this document, bare of dots and dashes; none for an empty one."""
        return self._by_document.get(bare, [])

    def with_email(self, email: str) -> list[str]:
        """Customers with this e-mail, in small letters, among their e-mails; none for an empty one."""
        return self._by_email.get(email, [])

    def _take_in(self, rows: Iterable[tuple[str, str | None, str | None, str | None]]) -> None:
        for code, cpf, cnpj, emails in rows:
            key = code.strip()
            self._newest = max(self._newest, key)
            for document in {text.document(cpf), text.document(cnpj)} - {""}:
                self._by_document[document].append(key)
            for email in text.emails(emails):
                self._by_email[email].append(key)
