"""The PINs of people who share a login: kept as salted scrypt beside the other secrets, tried a few times and no more.

They stand in no table of the store, which every console can read: four digits are guessed from their hash in a minute.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SECRETS_OWNER = "operator_pins"
"""Their table in the secrets; no account can be called so."""
PIN_CHARS_MIN, PIN_CHARS_MAX = 4, 64
FREE_TRIES = 5
"""Wrong ones in a row before anybody has to wait."""
WAIT_S, WAIT_S_MAX = 30.0, 3600.0
"""The wait after that doubles from the one to the other."""

_LOG_N, _R, _P = 14, 8, 1  # 16 MB and some 50 ms
_SALT_BYTES, _HASH_BYTES = 16, 32


def sealed(pin: str) -> str:
    """How a PIN is kept: "scrypt$log2(n)$r$p$salt$hash"."""
    salt = secrets.token_bytes(_SALT_BYTES)
    parts = (_LOG_N, _R, _P, *(base64.b64encode(raw).decode() for raw in (salt, _hash(pin, salt, _LOG_N, _R, _P))))
    return "$".join(("scrypt", *map(str, parts)))


def opens(pin: str, kept: str) -> bool:
    """Whether it is this PIN. Takes some 50 ms of a core."""
    try:
        kind, log_n, r, p, salt, known = kept.split("$")
        raw = base64.b64decode(salt, validate=True), base64.b64decode(known, validate=True)
        return kind == "scrypt" and hmac.compare_digest(_hash(pin, raw[0], int(log_n), int(r), int(p)), raw[1])
    except ValueError:
        return False


def _hash(pin: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=1 << log_n, r=r, p=p, dklen=_HASH_BYTES)


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    not_before: datetime | None = None


@dataclass(slots=True)
class Tries:
    """Wrong PINs by name, as long as this engine lives."""

    _by_name: dict[str, _Tries] = field(default_factory=dict)

    def wait_s(self, name: str, now: datetime) -> float:
        """How long nobody may try this name; 0 when he may."""
        not_before = self._by_name.get(name, _Tries()).not_before
        return max(0.0, (not_before - now).total_seconds()) if not_before else 0.0

    def failed(self, name: str, now: datetime) -> None:
        """One more that was wrong. Counted before it is looked at, or many at once would all be looked at."""
        tries = self._by_name.setdefault(name, _Tries())
        tries.wrong += 1
        if tries.wrong >= FREE_TRIES:
            wait_s = min(WAIT_S_MAX, WAIT_S * 2.0 ** min(tries.wrong - FREE_TRIES, 16))
            tries.not_before = now + timedelta(seconds=wait_s)

    def passed(self, name: str) -> None:
        """It was right after all."""
        self._by_name.pop(name, None)
