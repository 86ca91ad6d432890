"""integra demo: a sample C-Plus and a sample shop on this machine, people trading, and the console on top."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.language import say
from console.reading.accounts import all_accounts
from console.reading.orders import OrderRow, order_ids, order_rows
from console.reading.reader import NotReadable
from console.verbs.context import Context, Exit, complain
from engine.errors import IntegraError
from engine.runtime.client import EngineClient

if TYPE_CHECKING:
    from connectors.sandbox.decider import OrderRow as Due
    from connectors.sandbox.demo import Demo

WORK_QUEUES = ("decide", "pay", "short", "to-ship", "problem")
LOOK_S = 0.5
ADOPTION_S_MAX = 120.0


def run(context: Context, state: Path | None, seed: int, *, headless_s: float | None) -> int:
    """With a screen until it is left; headless for that long, then what was counted. 1 where the two sides differ."""
    try:
        from connectors.sandbox.demo import Demo
    except ImportError as error:
        complain(say("The demo is not installed: {error}", error=error))
        return Exit.UNREACHED
    with _folder(state) as folder, Demo(folder, seed) as demo:
        own = Context(demo.settings_path, folder / "state", context.json)
        if headless_s is None:
            return _with_screen(demo, own)
        counted = _headless(demo, own, seed, headless_s)
    context.show(counted, lambda: (f"{name:<24} {value}" for name, value in counted.items()))
    return Exit.NEEDS_PERSON if counted["differences"] or not counted["at_rest"] else Exit.DONE


@contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    """The folder of this demo: a named one stays, any other goes with it."""
    if named is not None:
        named.mkdir(parents=True, exist_ok=True)
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="integra-demo-") as folder:
        yield Path(folder)


def _with_screen(demo: Demo, context: Context) -> int:
    """The console hosts the engine; the first write of the sample shop is approved, so that something is to be seen."""
    from console.verbs import screen

    over = threading.Event()

    def open_the_shop() -> None:
        with suppress(IntegraError), EngineClient.connect(context.state_dir, patience_s=ADOPTION_S_MAX) as engine:
            _approve(context, engine, over)

    demo.start_trade()
    opener = threading.Thread(target=open_the_shop, name="demo opening", daemon=True)
    opener.start()
    try:
        return screen.run(context)
    finally:
        over.set()


def _headless(demo: Demo, context: Context, seed: int, seconds: float) -> dict[str, Any]:
    from connectors.sandbox.decider import answer_alarms, decide

    with context.engine() as engine:
        _approve(context, engine, threading.Event())
        demo.start_trade()

        def ask(verb: str, args: Mapping[str, Any], row_version: int) -> bool:
            return engine.ask(verb, args, row_version).ok

        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            decide(context.read(_due), ask, seed, tell_office=demo.tell_office)
            time.sleep(min(LOOK_S, left))
        demo.stop_trade()
        rest = _come_to_rest(engine)
        if answer_alarms(context.read(_due), ask, tell_office=demo.tell_office):
            rest = _come_to_rest(engine)
        return {**demo.report(), "at_rest": rest["at_rest"], "stuck": rest["stuck"]}


def _come_to_rest(engine: EngineClient) -> dict[str, Any]:
    answer = engine.ask("sync_once", timeout_s=None)
    return answer.result if answer.ok else {"at_rest": False, "stuck": {"sync_once": answer.code}}


def _approve(context: Context, engine: EngineClient, over: threading.Event) -> None:
    """As soon as adoption has looked through the empty shop."""
    end = time.monotonic() + ADOPTION_S_MAX
    while time.monotonic() < end and not over.wait(LOOK_S):
        with suppress(NotReadable):
            accounts = context.read(all_accounts)
            for account in accounts:
                if account.observes and account.verdict is not None:
                    engine.ask("go_live", {"account": account.id}, account.row_version)
            if accounts and not any(account.observes for account in accounts):
                return


def _due(db: sqlite3.Connection) -> list[Due]:
    """What waits for a person, as the scripted operator sees it."""
    now = datetime.now(UTC)
    found = [row for queue in WORK_QUEUES for row in order_rows(db, order_ids(db, queue)).values()]
    return [_as_seen(row, now) for row in found]


def _as_seen(row: OrderRow, now: datetime) -> Due:
    return {
        "id": row.id,
        "number": row.number,
        "queue": row.queue,
        "payment": row.payment,
        "fulfilment": row.fulfilment,
        "alarm": row.alarm or None,
        "parked": row.parked or None,
        "row_version": row.row_version,
        "payment_method": row.payment_method,
        "shipping_method": row.shipping_method,
        "age_s": (now - row.placed_at).total_seconds() if row.placed_at else 0.0,
    }
