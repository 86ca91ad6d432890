"""Where settings and state are, what every verb is given, and how it reaches the engine."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, TypeVar

from console import texts
from console.language import _
from console.reading.reader import NotReadable, open_readonly
from console.safe_text import SafeText
from console.wrapping import wrapped
from engine.errors import IntegraError
from engine.runtime.client import EngineClient
from engine.runtime.lock import read_lock
from engine.settings import Settings, load

T = TypeVar("T")

STORE_FILE = "integra.db"
LOG_FILE = "engine.log"
SERVICE_STATE = Path("/var/lib/integra")
FREE_BYTES_MIN = 500_000_000
"""Of the disk with the records: with less a night's orders may be too many."""


class Exit(IntEnum):
    """The exit status of a command."""

    DONE = 0
    NEEDS_PERSON = 1
    WRONG_USAGE = 2
    UNREACHED = 3


def find_settings(environment: Mapping[str, str], here: Path) -> Path:
    """settings.toml as INTEGRA_SETTINGS says, else here, the user's, or the machine's; the first one that exists."""
    if named := environment.get("INTEGRA_SETTINGS"):
        return Path(named)
    own = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    candidates = [here / "settings.toml", own / "integra" / "settings.toml", Path("/etc/integra/settings.toml")]
    return next((path for path in candidates if path.exists()), candidates[0])


def find_state(environment: Mapping[str, str]) -> Path:
    """The state folder as INTEGRA_STATE or the service manager says, else the service's, else the user's own."""
    named = environment.get("INTEGRA_STATE") or environment.get("STATE_DIRECTORY", "").partition(":")[0]
    if named:
        return Path(named)
    if os.access(SERVICE_STATE, os.R_OK):
        return SERVICE_STATE
    return Path(environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "integra"


@dataclass(frozen=True, slots=True)
class Context:
    """What a verb is given."""

    settings_path: Path
    state_dir: Path
    json: bool = False

    def settings(self) -> Settings:
        """The settings. Raises Misconfigured."""
        return load(self.settings_path)

    def has_records(self) -> bool:
        """Whether an engine has ever run with this state folder."""
        return (self.state_dir / STORE_FILE).exists()

    def free_bytes(self) -> int:
        """What is left on the disk of the records, or where they will be made."""
        folder = self.state_dir
        return shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free

    def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Something of the store, read only. Raises NotReadable."""
        with closing(open_readonly(self.state_dir / STORE_FILE)) as db:
            try:
                return query(db)
            except sqlite3.Error as error:
                raise NotReadable(str(error)) from error

    def engine_pid(self) -> int | None:
        """The process that hosts the engine of this state folder, None when nobody does."""
        pid = read_lock(self.state_dir).pid
        if pid is None:
            return None
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return None
        except PermissionError:
            pass
        return pid

    @contextmanager
    def engine(self) -> Iterator[EngineClient]:
        """The engine that runs; where none does, one that this process hosts for as long. Raises IntegraError."""
        from engine.runtime.host import EngineTaken
        from engine.runtime.hosted import HostedEngine
        from engine.runtime.log import to_file
        from engine.systime import system_surroundings

        if self.engine_pid() is not None:
            with EngineClient.connect(self.state_dir) as client:
                yield client
            return
        hosted = HostedEngine(self.settings_path, self.state_dir, system_surroundings())
        self.state_dir.mkdir(parents=True, exist_ok=True, mode=0o2750)
        logging.raiseExceptions = False
        to_file(self.state_dir / LOG_FILE, "info")
        try:
            failure = hosted.start()
            if failure is not None and not isinstance(failure, EngineTaken):
                raise failure
            with EngineClient.connect(self.state_dir) as client:
                yield client
        finally:
            hosted.stop()

    def show(self, value: Any, lines: Callable[[], Iterator[str]]) -> None:
        """Print the value as JSON where that was asked for, else its lines."""
        if self.json:
            print(json.dumps(value, ensure_ascii=False, indent=2, default=str))
        else:
            for line in lines():
                print(line)


def tell(text: SafeText | str = "", mark: str = "") -> None:
    """A sentence on standard output, wrapped behind its mark."""
    for line in wrapped(text, mark):
        print(line)


def complain(text: SafeText | str, mark: str = "") -> None:
    """A sentence on standard error; in a file or a log it stays on one line."""
    for line in wrapped(text, mark) if sys.stderr.isatty() else [mark + text]:
        print(line, file=sys.stderr)


def confirmed(question: str) -> bool:
    """Whether a person says yes; where there is nobody to ask, no."""
    if not sys.stdin.isatty():
        complain(_("Nothing was approved: say --yes where there is nobody to ask."))
        return False
    return input(question).strip().casefold() in ("y", "yes", "s", "sim")


def error_sentence(error: IntegraError) -> SafeText:
    """What went wrong, for people."""
    return texts.explain(error.code, error.params, error.detail)
