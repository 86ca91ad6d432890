"""The engine's log: one JSON object a line, safe to print on a terminal, without secrets."""

from __future__ import annotations

import json
import logging
import logging.handlers
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.settings import SecretSource

ROOT = "integra"
"""The engine's and the connectors' loggers are named integra.<part>; others are heard from WARNING on."""
TEXT_CHARS_MAX = 8_000
FILE_BYTES_MAX = 5_000_000
FILES_KEPT = 3
SECRET_CHARS_MIN = 4
"""Shorter ones (a test's "x") would blank out half of every line."""

# C0, DEL, C1, zero-width, bidirectional controls, line separators, lone surrogates, byte-order mark.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_hidden: set[str] = set()  # logging belongs to the process, and so does what it must not say


def hiding(secrets: SecretSource) -> SecretSource:
    """The same source; every secret that it hands out is left out of the log from then on."""

    def find(owner: str, name: str) -> str | None:
        value = secrets(owner, name)
        if value is not None and len(value) >= SECRET_CHARS_MIN:
            _hidden.add(value)
        return value

    return find


def without_secrets(text: str) -> str:
    """The text with every secret handed out so far replaced by asterisks."""
    for secret in _hidden:
        text = text.replace(secret, "***")
    return text


def printable(text: str) -> str:
    """The text as one line that no terminal takes for orders: control characters become U+FFFD; cut when very long."""
    return _UNPRINTABLE.sub("�", without_secrets(text)[:TEXT_CHARS_MAX])


class JsonLines(logging.Formatter):
    """at, level, logger, message, what the caller gave as `extra`, and of an exception its lines, without locals."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its newline."""
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": printable(record.getMessage()),
        }
        entry |= {key: _plain(value) for key, value in vars(record).items() if key not in _OWN_FIELDS}
        if record.exc_info:
            entry["error"] = [printable(line) for line in _lines(self.formatException(record.exc_info))]
        return json.dumps(entry, ensure_ascii=False)


def to_stderr(level: str) -> None:
    """Log to standard error, as a service does. `level` as in settings: debug, info, warning, error."""
    _set_up(logging.StreamHandler(), level)


def to_file(path: Path, level: str) -> None:
    """Log to a file that is turned over when it grows, where standard error belongs to a screen."""
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=FILE_BYTES_MAX, backupCount=FILES_KEPT, encoding="utf-8", delay=True
    )
    _set_up(handler, level)


def set_level(level: str) -> None:
    """From now on at this level."""
    logging.getLogger(ROOT).setLevel(level.upper())


def _set_up(handler: logging.Handler, level: str) -> None:
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for former in list(root.handlers):
        root.removeHandler(former)
        former.close()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    set_level(level)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    return printable(value if isinstance(value, str) else repr(value))


def _lines(text: str) -> Iterator[str]:
    return (line for line in text.split("\n") if line.strip())
