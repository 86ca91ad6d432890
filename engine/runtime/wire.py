"""What the engine and its consoles agree on: where the socket is, and one JSON object a line on it.

The engine speaks first: {"hello": {"instance", "version", "role", "who", "pid"}}. Then, one after the other on a
connection: {"id", "verb", "args", "row_version"} is answered by {"id", "ok": true, "result"} or by
{"id", "ok": false, "error": {"code", "params"}}.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.errors import Misconfigured

REQUEST_BYTES_MAX = 64 * 1024
ANSWER_BYTES_MAX = 4 * 1024 * 1024
SOCKET_PATH_BYTES_MAX = 99
"""The kernel takes 107; some tools less."""
SOCKET_MODE = 0o660


def encode(message: Mapping[str, Any]) -> bytes:
    """One line. What JSON does not know (Decimal, datetime) goes as its text."""
    return json.dumps(message, default=str).encode() + b"\n"


def socket_path(state_dir: Path, environment: Mapping[str, str]) -> Path:
    """Where the engine of this state folder binds; a console reads it from the lock file instead.

    Beside the store, or where that path is too long: in the user's runtime folder, else in a private folder under the
    temporary one. Raises Misconfigured("socket-folder") when somebody else owns that.
    """
    state_dir = state_dir.resolve()
    own = state_dir / "engine.sock"
    if _fits(own):
        return own
    short_name = "integra-" + hashlib.sha256(os.fsencode(state_dir)).hexdigest()[:12]
    runtime = environment.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir() and _fits(Path(runtime) / f"{short_name}.sock"):
        return Path(runtime) / f"{short_name}.sock"
    folder = Path(tempfile.gettempdir()) / f"{short_name}-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
    if not private or not _fits(folder / "engine.sock"):
        raise Misconfigured("socket-folder", path=str(folder), expected="a short path to a folder of ours, mode 0700")
    return folder / "engine.sock"


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX
