"""`integra` as its users start it: processes of their own, on a settings.toml that names the world of a test."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pexpect
import tomli_w

from connectors.sandbox.base import registers as r
from engine.runtime.client import Answer, EngineClient
from engine.runtime.lock import read_lock
from tests.end_to_end.world import ACCOUNT, TOKEN, World

PATIENCE_S = 20.0
"""For what a busy machine may delay; a test that sees it pass has failed."""
LOOK_S = 0.05
END_S_MAX = 5.0
LINES, COLUMNS = 24, 80

# CSI sequences, OSC and DCS strings, and two-byte escapes: what a terminal obeys and does not show.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P_^][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_a-z0-9=<>])")


def eventually(true: Callable[[], Any], what: str, seconds: float = PATIENCE_S) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(LOOK_S)


class Place:
    """A settings.toml with its secrets, and the state folder, of one store."""

    def __init__(self, world: World, folder: Path, *, interval_s: int = 1) -> None:
        self.world = world
        self.state = world.state
        self.settings = folder / "settings.toml"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("INTEGRA_", "XDG_", "NOTIFY_", "WATCHDOG_", "COLOR", "NO_COLOR"))
        } | {"HOME": str(folder), "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        self.write(
            {
                "engine": {"interval_s": interval_s, "log_level": "debug"},
                "console": {"language": "en"},
                "erp": {"kind": "cplus", "options": world.erp_options()},
                "account": [
                    {
                        "id": ACCOUNT,
                        "kind": "magento",
                        "order_prefix": "LJ",
                        "online_tag": r.VENDA_ONLINE,
                        "base_price_table": r.VAREJO,
                        "group_price_tables": [r.ATACADO, r.REVENDA],
                        "import_orders_since": date(2020, 1, 1),
                        "options": world.shop_options(),
                    }
                ],
            }
        )
        secrets = folder / "secrets.toml"
        secrets.touch(mode=0o600)
        secrets.write_text(tomli_w.dumps({"erp": {"password": world.database.password}, ACCOUNT: {"token": TOKEN}}))

    def write(self, settings: Mapping[str, Any]) -> None:
        self.settings.write_text(tomli_w.dumps(settings))

    def command(self, *arguments: str) -> list[str]:
        named = ["--settings", str(self.settings), "--state", str(self.state)]
        return [sys.executable, "-m", "console", *named, *arguments]

    def run(self, *arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """A command to its end, without a terminal."""
        return subprocess.run(
            self.command(*arguments), env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=seconds,
        )  # fmt: skip

    def start_command(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that runs beside others; to be waited for by `communicate`."""
        return subprocess.Popen(
            self.command(*arguments), env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def start(self, name: str = "engine") -> Service:
        """`integra --engine-only`, not waited for."""
        return Service(self, self.settings.with_name(f"{name}.log"))

    @contextmanager
    def service(self, name: str = "engine") -> Iterator[Service]:
        """`integra --engine-only`, ready for commands; it is gone after the block, whatever happens."""
        service = self.start(name)
        try:
            service.wait_until_ready()
            yield service
        finally:
            service.kill()

    def ask(self, verb: str, row_version: int | None = None, **args: Any) -> Answer:
        """One command to the engine that runs."""
        with EngineClient.connect(self.state, patience_s=PATIENCE_S) as client:
            return client.ask(verb, args, row_version)

    def go_live(self) -> None:
        """Approve the first write as soon as the shop has been looked through."""
        eventually(lambda: self.ask("go_live", account=ACCOUNT).ok, "the verdict of adoption")

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """What the store says, as a console would read it."""
        reader = sqlite3.connect(f"file:{self.state / 'integra.db'}?mode=ro", uri=True)
        reader.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in reader.execute(sql, values)]
        finally:
            reader.close()

    def order(self, number: str) -> dict[str, Any]:
        """The row of an order; empty where the engine has not seen it."""
        return next(iter(self.rows("SELECT * FROM sales_order WHERE number = ?", number)), {})

    def on_shelf(self, sku: str, quantity: int) -> bool:
        """Whether a visitor can buy so many."""
        return self.world.on_shelf(sku) is not None and self.world.shop.salable(sku) == quantity


class Service:
    """A running `integra --engine-only`."""

    def __init__(self, place: Place, log: Path) -> None:
        self._place = place
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                place.command("--engine-only"),
                env=place.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """The lock names this process, and its socket answers."""
        eventually(
            lambda: read_lock(self._place.state).pid == self.pid or not self.running,
            "the engine gets ready",
        )
        assert self.running, self.log()

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def entries(self) -> list[dict[str, Any]]:
        """Its log; every line of it is a JSON object."""
        lines = self.log().splitlines()
        assert all(line.startswith("{") for line in lines), self.log()
        return [json.loads(line) for line in lines]

    def terminate(self) -> tuple[int, float]:
        """SIGTERM; the exit status, and how many seconds it took."""
        begun = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        return self.wait(), time.monotonic() - begun

    def wait(self) -> int:
        """The exit status of one that ends by itself."""
        return self._process.wait(PATIENCE_S)

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()


class Terminal:
    """A terminal of 80x24 with `integra` in it, and somebody who reads what is written and presses keys."""

    def __init__(self, place: Place, arguments: Sequence[str] = ()) -> None:
        program, *rest = place.command(*arguments)
        self._child = pexpect.spawn(
            program, rest, env=place.environment, dimensions=(LINES, COLUMNS), encoding="utf-8", timeout=PATIENCE_S
        )
        self._new = ""

    def see(self, *texts: str) -> None:
        """Wait until all of this has been written since the last key."""
        deadline = time.monotonic() + PATIENCE_S
        while any(text not in self.shown for text in texts):
            assert time.monotonic() < deadline, f"{texts} in:\n{self.shown}"
            assert self.read(), f"it ended, and {texts} was not in:\n{self.shown}"

    def read(self) -> bool:
        """Take in what has been written; False when it has ended."""
        try:
            self._new += self._child.read_nonblocking(65_536, timeout=LOOK_S)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    @property
    def shown(self) -> str:
        """What was written since the last key, without the terminal's orders."""
        return _ESCAPES.sub("", self._new)

    def press(self, keys: str) -> None:
        self._new = ""
        self._child.send(keys)

    @property
    def running(self) -> bool:
        return bool(self._child.isalive())

    def hang_up(self) -> None:
        """The line drops: the terminal is gone, and nobody is asked anything."""
        os.close(self._child.child_fd)
        self._child.closed = True

    def wait(self) -> int:
        """The exit status of a console that was left."""
        self._child.expect(pexpect.EOF)
        self._child.close()
        assert self._child.exitstatus is not None, f"ended by signal {self._child.signalstatus}"
        return int(self._child.exitstatus)

    def close(self) -> None:
        """Hang up: a console that was not left is killed."""
        self._child.close(force=True)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
