"""Finding customers when many orders come at once: one look at all of them, instead of one for each buyer.

Documents stand in CLIENTE with and without dots, so no index of the base helps, and a search reads every customer: 50
to 120 ms among 50,000. For one order in a minute that is the right price. In a rush all are read once and kept for half
a minute; the newest keys are looked at each time, some behind them too, since a key may be taken long before its row is
there. A document or e-mail that somebody writes into an old row within that half minute is what can be missed: it then
shows as a customer who stands there twice.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable

from connectors.cplus.base import text
from connectors.cplus.base.session import Statements

RUSH_SEARCHES, RUSH_S = 5, 10.0
KEPT_S = 30.0

BEHIND = 100
"""Keys behind the newest that are looked at again."""

_ALL = "SELECT c.CODCLI, c.CPF, c.CNPJ, c.EMAIL FROM CLIENTE c"
_NEWER = f"{_ALL} WHERE c.CODCLI > CAST(? AS VARCHAR(20))"


class PeopleIndex:
    """CODCLI by document and by e-mail. Belongs to the thread that reads, but for `made`."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._searches: deque[float] = deque(maxlen=RUSH_SEARCHES)
        self._read_at = float("-inf")
        self._incarnation = ""
        self._newest = ""
        self._made: deque[tuple[str, str, str]] = deque()
        self._by_document: dict[str, dict[str, None]] = {}
        self._by_email: dict[str, dict[str, None]] = {}

    def in_rush(self, base: Statements, incarnation: str) -> bool:
        """Whether searches come so fast that the index serves; it is then up to date."""
        now = self._now()
        self._searches.append(now)
        rush = len(self._searches) == RUSH_SEARCHES and now - self._searches[0] <= RUSH_S
        if now - self._read_at <= KEPT_S and incarnation == self._incarnation:
            behind = str(max(0, int(self._newest or 0) - BEHIND)).zfill(len(self._newest))
            self._take_in(base.rows(_NEWER, (behind,)))
            while self._made:
                code, document, email = self._made.popleft()
                self._take_in([(code, document, None, email)])
            return True
        self._made.clear()
        self._by_document, self._by_email = defaultdict(dict), defaultdict(dict)
        self._newest = ""
        if not rush:
            return False
        self._take_in(base.rows(_ALL))
        self._read_at, self._incarnation = now, incarnation
        return True

    def made(self, code: str, document: str, email: str) -> None:
        """A customer of ours is written. From any thread."""
        self._made.append((code, document, email))

    def with_document(self, bare: str) -> list[str]:
        """Customers with this document, bare of dots and dashes; none for an empty one."""
        return list(self._by_document.get(bare, ()))

    def with_email(self, email: str) -> list[str]:
        """Customers with this e-mail, in small letters, among their e-mails; none for an empty one."""
        return list(self._by_email.get(email, ()))

    def _take_in(self, rows: Iterable[tuple[str, str | None, str | None, str | None]]) -> None:
        for code, cpf, cnpj, emails in rows:
            key = code.strip()
            if len(key) == len(code) and key.isdecimal():  # a short key of old times sorts behind all others
                self._newest = max(self._newest, key)
            for document in {text.document(cpf), text.document(cnpj)} - {""}:
                self._by_document[document][key] = None
            for email in text.emails(emails):
                self._by_email[email][key] = None
