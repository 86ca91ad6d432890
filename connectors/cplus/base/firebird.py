"""Firebird as C-Plus uses it: loading the client, a synchronous connection, transactions, what an error means.

One client serves both ways: a server over TCP (wire protocol 12 of Firebird 2.5 and later) and the embedded engine of
the firebird-embedded wheel (demo, tests). Connections are synchronous and belong to one thread at a time.
"""

from __future__ import annotations

import codecs
import ctypes
import decimal
import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firebird import driver
from firebird.driver import Connection, core, fbapi
from firebird.driver.types import DatabaseError, SQLDataType

from engine.errors import Misconfigured

if TYPE_CHECKING:
    from typing_extensions import Buffer

# ---------------------------------------------------------------- text

CODEC = "cplus-1252"
"""Windows-1252 as Delphi programs leave it: the five bytes that the code page lacks stand for their Latin-1 control
characters, so one odd byte never fails a whole fetch, and what was read can be written back. Encoding is strict."""

_DECODING = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
_ENCODING = codecs.charmap_build(_DECODING)


def _decode(data: Buffer, errors: str = "strict") -> tuple[str, int]:
    return codecs.charmap_decode(data, errors, _DECODING)


def _encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    return codecs.charmap_encode(text, errors, _ENCODING)


def _find_codec(name: str) -> codecs.CodecInfo | None:
    return codecs.CodecInfo(_encode, _decode, name=CODEC) if name.replace("_", "-") == CODEC else None


codecs.register(_find_codec)
# A connection of charset NONE receives the bytes of a NONE, ISO8859_1 or WIN1252 base untouched, and only there do all
# characters of a Windows till survive: the server's own transliteration loses or refuses the euro sign and the dashes.
core.CHARSET_MAP["NONE"] = CODEC


def _is_text(value: object, column: object, drivers_own: Callable[..., bool] = core._is_str_param) -> bool:
    return value is not None and drivers_own(value, column)


# The driver sends the NULL of a text column as the four letters "None" marked as absent, which the engine of Firebird 5
# refuses for columns of three letters and less, so for every flag, state and payment kind of C-Plus.
core._is_str_param = _is_text


def _pack_input(
    cursor: core.Cursor,
    meta: Any,
    buffer: Any,
    parameters: Sequence[object],
    drivers_own: Callable[..., tuple[Any, Any]] = core.Cursor._pack_input,
) -> tuple[Any, Any]:
    texts = (SQLDataType.TEXT, SQLDataType.VARYING)
    absent = [place for place, value in enumerate(parameters) if value is None and meta.get_type(place) in texts]
    if not absent:
        return drivers_own(cursor, meta, buffer, parameters)
    with meta.get_builder() as builder:
        for place in absent:
            builder.set_length(place, 1)
        shorter = builder.get_metadata()
    with shorter:
        return drivers_own(cursor, shorter, buffer, parameters)


# And the engine of Firebird 5 measures what stands where a text is absent: in UTF8 the zeros of nine characters of four
# bytes are 36 characters, too long for their column.
core.Cursor._pack_input = _pack_input

# ---------------------------------------------------------------- transactions

_VERSION, _READ, _WRITE, _SNAPSHOT, _WAIT, _NO_WAIT, _READ_COMMITTED = 3, 8, 9, 2, 6, 7, 15
_REC_VERSION, _NO_REC_VERSION, _LOCK_TIMEOUT = 17, 18, 21

LOCK_TIMEOUT_S = 3

SNAPSHOT_READ_ONLY = bytes([_VERSION, _READ, _SNAPSHOT, _NO_WAIT])
"""One moment of the whole base; for short batches only, since it holds back the server's garbage collection."""

READ_ONLY_COMMITTED = bytes([_VERSION, _READ, _READ_COMMITTED, _REC_VERSION, _NO_WAIT])
"""Never waits for a till and never holds anything back: the only form that may stay open."""


def writing(lock_timeout_s: int = LOCK_TIMEOUT_S) -> bytes:
    """Transaction block of a writer: read committed without record versions, waiting at most `lock_timeout_s` seconds.

    Without record versions a guarded UPDATE that met a till's open change waits, reads the row anew and judges it
    again; with them Firebird 3.0 reports a conflict after the wait.
    """
    assert 0 < lock_timeout_s < 2**31
    timeout = bytes([_LOCK_TIMEOUT, 4]) + lock_timeout_s.to_bytes(4, "little")
    return bytes([_VERSION, _WRITE, _READ_COMMITTED, _NO_REC_VERSION, _WAIT]) + timeout


WRITE = writing()

# ---------------------------------------------------------------- the client library

ICU_VERSIONS = range(99, 59, -1)

_loading = threading.Lock()


def load_client() -> None:
    """Load the Firebird client once for the process: the firebird-embedded wheel's, else the system's.

    Raises Misconfigured ("firebird-client-missing") naming what is missing (`library`) and what brings it (`command`).
    """
    with _loading:
        if fbapi.has_api():
            return
        precision = decimal.getcontext().prec
        try:
            fbapi.load_api(_wheel_client())
        except (OSError, RuntimeError) as error:
            raise _missing("libfbclient.so.2", "pip install firebird-embedded", error) from error
        finally:
            # The driver widens the calling thread's decimal context to 34 digits; sums elsewhere must not depend on it.
            decimal.getcontext().prec = precision


def _wheel_client() -> Any:
    """The wheel's runtime with its libraries preloaded; None without the wheel: the system's client is used."""
    try:
        provider = import_module("firebird.embedded.provider").FirebirdProvider()
    except ImportError:
        return None
    _use_own_lock_folder()
    # The wheel's libtomcrypt knows no path to libtommath, nor the engine one to libtomcrypt: both must be there before.
    _preload_tommath()
    try:
        ctypes.CDLL(str(provider.root / "libtomcrypt.so.1"), ctypes.RTLD_GLOBAL)
    except OSError as error:
        raise _missing("libtomcrypt.so.1", "pip install --force-reinstall firebird-embedded", error) from error
    return provider


def _preload_tommath() -> None:
    name = "libtommath.so.1"
    tried: OSError | None = None
    for candidate in (name, *_beside_the_environment(name)):
        try:
            ctypes.CDLL(candidate, ctypes.RTLD_GLOBAL)
            return
        except OSError as error:
            tried = error
    assert tried is not None
    raise _missing(name, "apt-get install libtommath1", tried) from tried


def _preload_icu() -> None:
    """ICU, which only the embedded engine asks for; it searches by name and finds what is loaded already."""
    for part in ("libicudata", "libicuuc", "libicui18n"):
        for library in _beside_the_environment(f"{part}.so.[0-9][0-9]"):
            ctypes.CDLL(library, ctypes.RTLD_GLOBAL)
    tried: OSError | None = None
    for version in ICU_VERSIONS:
        try:
            ctypes.CDLL(f"libicuuc.so.{version}")
            return
        except OSError as error:
            tried = error
    assert tried is not None
    raise _missing("libicuuc.so", "apt-get install libicu72", tried) from tried


def _beside_the_environment(pattern: str) -> list[str]:
    """Where somebody who may not install packages has unpacked them."""
    return sorted(map(str, (Path(sys.prefix) / "native").rglob(pattern)))


def _use_own_lock_folder() -> None:
    """Point the embedded engine's lock files away from /tmp/firebird, which belongs to the system's Firebird server.

    Shared, whichever starts first makes the folder with its own owner and the other can no longer start.
    """
    if "FIREBIRD_LOCK" in os.environ:
        return
    folder = Path(tempfile.gettempdir()) / f"integra-firebird-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise Misconfigured("firebird-lock-folder", f"{folder} belongs to another user", folder=str(folder))
    os.environ["FIREBIRD_LOCK"] = str(folder)


def _missing(library: str, command: str, error: Exception) -> Misconfigured:
    detail = f"{library} cannot be loaded ({error}); run: {command}"
    return Misconfigured("firebird-client-missing", detail, library=library, command=command)


# ---------------------------------------------------------------- connecting


@dataclass(frozen=True, slots=True)
class Database:
    """Where a C-Plus base is and who asks.

    `host` None opens the file by the embedded engine, which lets one process at a time have it. `path` is the server's
    path (or alias). `charset` is the connection's; NONE is right for every base that is not UTF8.
    """

    path: str
    host: str | None = None
    port: int = 3050
    user: str = "SYSDBA"
    password: str = field(default="", repr=False)
    charset: str = "NONE"
    role: str | None = None
    connect_timeout_s: int = 10


_names: dict[Database, str] = {}
_naming = threading.Lock()


def connect(database: Database) -> Connection:
    """Open a connection whose default transaction is READ_ONLY_COMMITTED: who writes begins with `writing()`.

    Raises firebird.driver.DatabaseError (see `classify`) and Misconfigured where the client library is missing.
    """
    load_client()
    connection = driver.connect(_target(database), **_credentials(database))
    connection.default_tpb = READ_ONLY_COMMITTED
    connection.main_transaction.default_tpb = READ_ONLY_COMMITTED
    return connection


def create(database: Database) -> Connection:
    """Create the database (charset NONE, dialect 3, as C-Plus's) and connect to it like `connect`."""
    load_client()
    driver.create_database(_target(database), **_credentials(database)).close()
    return connect(database)


def _credentials(database: Database) -> dict[str, str | None]:
    password = database.password or None
    return {"user": database.user, "password": password, "role": database.role, "charset": database.charset}


def _target(database: Database) -> str:
    """What the driver shall open: the file itself, or the name of a configuration; only that sets a time to connect."""
    if database.host is None:
        _check_embedded()
        return database.path
    with _naming:
        if database not in _names:
            name = f"integra-{len(_names)}"
            known = core.driver_config.register_database(name)
            host = f"[{database.host}]" if ":" in database.host else database.host
            known.dsn.value = f"{host}/{database.port}:{database.path}"
            known.config.value = f"ConnectionTimeout = {database.connect_timeout_s}"
            _names[database] = name
        return _names[database]


@cache
def _check_embedded() -> None:
    """Without its engine or ICU the client tries a server on this machine instead and reports that it found none."""
    if not any((Path(fbapi.get_api().provider.root) / "plugins").glob("libEngine*.so")):
        command = "pip install firebird-embedded"
        detail = f"this Firebird client has no embedded engine; run: {command}"
        raise Misconfigured("firebird-no-embedded", detail, command=command)
    _preload_icu()


# ---------------------------------------------------------------- what an error means


class Kind(StrEnum):
    """What an error of the driver asks for."""

    CONFLICT = "conflict"  # another transaction came first: repeat the whole transaction
    LOCK_TIMEOUT = "lock-timeout"  # another transaction stayed open longer than we wait: repeat later
    UNIQUE = "unique"  # the key exists, or is being inserted by an open transaction
    REFERENCE = "reference"  # a foreign key has no row, or rows hang on the one to delete
    CONNECTION_LOST = "connection-lost"  # a commit under way has an unknown outcome
    LOGIN_REFUSED = "login-refused"  # user or password
    FORBIDDEN = "forbidden"  # logged in, but without the right
    DISK = "disk"  # the server cannot write its file: full, or failing; a commit under way has an unknown outcome
    UNAVAILABLE = "unavailable"  # no server, no file, not a base of this server
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error's kind, and for UNIQUE and REFERENCE the constraint (or index) and table that were hit, when known."""

    kind: Kind
    constraint: str = ""
    table: str = ""


# Read from top to bottom, the first that matches wins: a lock timeout also says "conflict", and a failed connect also
# says "network error". Codes and texts: Firebird's message file (facility JRD, 335544320 + number).
_KINDS: tuple[tuple[Kind, frozenset[int]], ...] = (
    (Kind.LOCK_TIMEOUT, frozenset({335544510})),
    (Kind.UNIQUE, frozenset({335544665, 335544349})),
    (Kind.REFERENCE, frozenset({335544466, 335544838})),
    (Kind.CONFLICT, frozenset({335544336, 335544451, 335545096, 335544345})),
    (Kind.LOGIN_REFUSED, frozenset({335544472, 335545106, 335545029})),
    (Kind.FORBIDDEN, frozenset({335544352})),
    # connect failed, host unknown (two), no answer in time
    (Kind.UNAVAILABLE, frozenset({335544722, 335544704, 335544706, 335544421})),
    # an error of the file that came from writing
    (Kind.DISK, frozenset({335544737})),
    # unavailable, file error, not a base, other on-disk structure, held by another process, shut down
    (Kind.UNAVAILABLE, frozenset({335544375, 335544344, 335544323, 335544379, 335545107, 335544528})),
    # network, read, write, lost
    (Kind.CONNECTION_LOST, frozenset({335544721, 335544726, 335544727, 335544741})),
    # connection shut down, pipe lost, handle invalid, killed by the administrator, idle too long
    (Kind.CONNECTION_LOST, frozenset({335544856, 335544648, 335544324, 335545130, 335545131})),
)

_NAMED = re.compile(r'(?:constraint|unique index) "([^"]+)"(?: on table "([^"]+)")?', re.IGNORECASE)


def classify(error: BaseException) -> Trouble:
    """Judge an error by its gds codes (SQLCODE and exception class say too little); anything unknown is OTHER."""
    if not isinstance(error, DatabaseError):
        return Trouble(Kind.OTHER)
    codes = set(error.gds_codes)
    kind = next((kind for kind, known in _KINDS if codes & known), Kind.OTHER)
    if kind in (Kind.UNIQUE, Kind.REFERENCE) and (named := _NAMED.search(str(error))):
        return Trouble(kind, constraint=named[1], table=named[2] or "")
    return Trouble(kind)
