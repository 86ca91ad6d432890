"""One engine per state folder: an flock held while it lives, and in the locked file where and who it is."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from engine.disk import not_written

FOLDER_MODE = 0o2750  # operators of the store's group may read, and new files belong to that group
FILE_MODE = 0o640


@dataclass(frozen=True, slots=True)
class Taken:
    """Another process holds the lock. What it says of itself is None until it has bound its socket."""

    pid: int | None = None
    socket: str | None = None
    version: str | None = None


class Held:
    """The lock is ours until `release`, or until the process ends, however it ends."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @property
    def file(self) -> str:
        """Which file of this machine is locked: another one in every copy of the state folder."""
        return _name(os.fstat(self._handle))

    def tell(self, socket: Path, version: str) -> None:
        """Say in the file where the engine answers. To be called when the socket is bound."""
        self._write(json.dumps({"socket": str(socket), "pid": os.getpid(), "version": version, "file": self.file}))

    def release(self) -> None:
        """Give the lock back. The file stays: another may already wait on it."""
        self._write("")
        os.close(self._handle)

    def _write(self, text: str) -> None:
        # In place, not by renaming: the lock is on this very file.
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, text.encode(), 0)


def lock_path(state_dir: Path) -> Path:
    """Where the lock of a state folder is."""
    return state_dir / "engine.lock"


def acquire(state_dir: Path) -> Held | Taken:
    """Take the lock of this state folder, making the folder where there is none. Does not wait.

    Raises RetryLater (see `engine.disk`) where neither can be made.
    """
    try:
        with contextlib.suppress(FileExistsError):
            state_dir.mkdir(parents=True)
            state_dir.chmod(FOLDER_MODE)  # mkdir itself would drop the setgid bit
        handle = os.open(lock_path(state_dir), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    except OSError as error:
        raise not_written(lock_path(state_dir), error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return read_lock(state_dir)
    except BaseException:
        os.close(handle)
        raise
    held = Held(handle)
    with contextlib.suppress(OSError):  # on a full disk the engine may still run, and free some
        held._write("")  # what a killed holder left there is not true any more
    return held


def read_lock(state_dir: Path) -> Taken:
    """What the lock file says. A file without a holder, one being written, or a copy of another says nothing."""
    try:
        path = lock_path(state_dir)
        said = json.loads(path.read_text(encoding="utf-8"))
        here = _name(path.stat())
        if said.get("file", here) != here:  # of a copied folder: commands would go to the engine of the original
            return Taken()
        return Taken(int(said["pid"]), str(said["socket"]), str(said["version"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Taken()


def _name(found: os.stat_result) -> str:
    return f"{found.st_dev}:{found.st_ino}"
