"""The console's application: it hands screens what they read and the engine what people decide, and little else."""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from rich.text import Text
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message
from textual.widgets import Input

from console import status
from console.actions import choose_keys
from console.formats import duration
from console.keys import chosen_keys
from console.language import _, say, say_n
from console.link import Command, Host, Link, LinkState
from console.reading.grace import in_grace, not_left
from console.reading.orders import OrderRow
from console.reading.reader import NotReadable, Reader
from console.safe_text import SafeText, safe
from console.scanning import GAP_S, Scanning
from console.screens.catalogue import Catalogue
from console.screens.leaving import Leaving
from console.screens.order import OrderScreen
from console.screens.orders import Orders
from console.screens.overview import Overview
from console.screens.place import Place
from console.screens.plan import Plan
from console.screens.problems import Problems
from console.screens.shipments import Shipments
from console.status import Status, read_status
from console.texts import refusal
from console.verbs.context import STORE_FILE
from console.widgets.bars import StatusLine
from console.widgets.dialogs import Confirm
from console.widgets.plain import EMPTY, Piece
from engine.runtime.client import Answer
from engine.settings import Settings
from engine.systime import new_id

T = TypeVar("T")

PENDING_S_MAX = 15.0
"""An order shows that something was asked of it until its row changes, but no longer than this."""
LOOKING_S = 1.0
DECISIONS = {"approve", "refuse", "confirm_payment", "accept_payment", "deny_payment", "refund", "close_shipment"}
STATUS_TOPICS = {"*", "tasks", "accounts", "problems"}

log = logging.getLogger("integra.console")


class StoreChanged(Message):
    """These topics moved in the store."""

    def __init__(self, topics: frozenset[str]) -> None:
        super().__init__()
        self.topics = topics


class LinkChanged(Message):
    """The engine came or went."""

    def __init__(self, state: LinkState) -> None:
        super().__init__()
        self.state = state


class Answered(Message):
    """The engine answered a command."""

    def __init__(self, command: Command, answer: Answer) -> None:
        super().__init__()
        self.command = command
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Pending:
    """Something was asked of an order; over when its row version moves."""

    label: SafeText
    row_version: int
    since: datetime


@dataclass(slots=True)
class Batch:
    """Commands that were asked with one key; told about together."""

    label: SafeText
    verb: str = ""
    subject: SafeText = EMPTY
    waiting: set[str] = field(default_factory=set)
    orders: dict[str, int] = field(default_factory=dict)
    decided: list[int] = field(default_factory=list)
    done: int = 0
    refused: list[SafeText] = field(default_factory=list)


class Console(App[int]):
    """`host` makes the engine that this process hosts when none runs; None attaches only."""

    TITLE = "Integra"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  as Textual declares it
    BINDINGS: ClassVar[list[Any]] = []
    ESCAPE_TO_MINIMIZE: ClassVar[bool] = False

    def __init__(
        self,
        settings: Settings,
        state_dir: Path,
        host: Host | None,
        *,
        theme: str = "textual-dark",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        make_id: Callable[[], str] = new_id,
        scan_gap_s: float = GAP_S,
        driver_class: type[Driver] | None = None,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self.settings = settings
        self._wanted_theme = theme
        self.now = now
        self._make_id = make_id
        self._scanning = Scanning(scan_gap_s, self._act, self._scanned, self.set_timer)
        self._reader = Reader(state_dir / STORE_FILE, lambda topics: self._post(StoreChanged(topics)))
        self.link = Link(
            state_dir,
            host,
            lambda state: self._post(LinkChanged(state)),
            lambda command, answer: self._post(Answered(command, answer)),
        )
        self.stock_scopes = {account.id: (account.all_companies, account.all_sectors) for account in settings.account}
        self._instance = ""
        self._status = Status()
        self._pending: dict[int, Pending] = {}
        self._batches: list[Batch] = []
        self._console_id = make_id()
        self._asking_others = False
        self._others: Mapping[int, tuple[str, ...]] = {}
        self._looks: dict[str, Callable[[Answer], None]] = {}
        self.places: dict[str, Place] = {}
        self.last: list[int] = []
        """The orders of the last decision that the engine took."""

    def _post(self, message: Message) -> None:
        if self.is_running:
            self.post_message(message)

    def on_mount(self) -> None:
        """Show the overview at once; the engine is looked for meanwhile."""
        chosen = chosen_keys(self.settings.console.keys)
        choose_keys(chosen)
        self.set_keymap({id: ",".join(keys) for id, keys in chosen.items()})
        if self._wanted_theme in self.available_themes:
            self.theme = self._wanted_theme
        self.places = {
            "overview": Overview(),
            "orders": Orders(),
            "catalogue": Catalogue(),
            "shipments": Shipments(),
            "problems": Problems(),
            "plan": Plan(),
        }
        self._reader.start()
        self.link.start()
        for name, place in self.places.items():
            self.install_screen(place, name)
        self.push_screen("overview")
        self.set_interval(LOOKING_S, self._tell_what_is_open)
        gc.freeze()

    def on_unmount(self) -> None:
        """Let the file go."""
        self._reader.stop()

    # --- reading -----------------------------------------------------------------------------------------------------

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """The query's result from the reader's thread. Raises NotReadable."""
        return await asyncio.wrap_future(self._reader.read(query))

    async def on_store_changed(self, event: StoreChanged) -> None:
        """The screen reads anew what hangs on it; the status line too."""
        if event.topics & STATUS_TOPICS:
            try:
                self._status = await self.read(read_status)
            except NotReadable:
                return
            self._show_status_everywhere()
        places, stack = self._standing(), self.screen_stack
        if stack and isinstance(stack[-1], Place):
            places = [place for place in places if place is stack[-1]]
        for place in places:  # while a question stands in front, what is behind it goes on living
            place.reload(event.topics)

    def on_link_changed(self, event: LinkChanged) -> None:
        """Another life of the engine may have another file."""
        state = event.state
        if state.hello and state.hello.instance != self._instance:
            self._instance = state.hello.instance
            self._reader.reopen()
        self._show_status_everywhere()
        self.places["overview"].reload(frozenset({"link"}))

    def _standing(self) -> list[Place]:
        """The screens that can be drawn on. One that is being built reads what there is when it stands."""
        return [screen for screen in self.screen_stack if isinstance(screen, Place) and screen.stands]

    def _show_status_everywhere(self) -> None:
        for place in self._standing():
            self.show_status(place)

    def show_status(self, screen: Place) -> None:
        """Draw the status line of a screen."""
        parts = status.parts(self._status, self.link.state, screen.marked(), self.now())
        screen.query_one(StatusLine).show_parts(parts)

    # --- who else has an order open ---------------------------------------------------------------------------------

    def _tell_what_is_open(self) -> None:
        """And hear what others have open. One question at a time: a busy engine is not asked more often."""
        if not self.link.state.attached:
            self._others_are({})
        elif not self._asking_others:
            self._asking_others = True
            order = next((page.order for page in self.screen_stack if isinstance(page, OrderScreen)), None)
            self.look("looking_at", {"console": self._console_id, "order": order}, self._heard_of_others)

    def _heard_of_others(self, answer: Answer) -> None:
        self._asking_others = False
        others: dict[int, list[str]] = {}
        for order, who in answer.result["others"] if answer.ok else ():
            others.setdefault(order, []).append(who)
        self._others_are({order: tuple(whose) for order, whose in others.items()})

    def _others_are(self, others: Mapping[int, tuple[str, ...]]) -> None:
        if others != self._others:
            self._others = others
            for place in self._standing():
                place.others_moved()

    def opened_by(self, order: int) -> SafeText | None:
        """Who else has this order open, None for nobody."""
        hello = self.link.state.hello
        names = {
            _("you") if hello is not None and who == hello.who else safe(who) for who in self._others.get(order, ())
        }
        return SafeText(", ".join(sorted(names))) if names else None

    # --- asking ------------------------------------------------------------------------------------------------------

    def send(self, verb: str, args: Mapping[str, Any], *, label: SafeText, row_version: int | None = None) -> None:
        """Ask the engine for one thing."""
        batch = Batch(label)
        self._ask(batch, verb, args, row_version)
        self._batches.append(batch)

    def send_all(self, verb: str, asked: Sequence[Mapping[str, Any]], *, label: SafeText) -> None:
        """Ask the engine for the same of several things, and tell of all at once."""
        batch = Batch(label)
        for args in asked:
            self._ask(batch, verb, args, None)
        self._batches.append(batch)

    def look(
        self, verb: str, args: Mapping[str, Any], then: Callable[[Answer], None], row_version: int | None = None
    ) -> None:
        """Ask the engine for one thing, and go on with its answer."""
        command = Command(self._make_id(), verb, args, row_version)
        if self.link.send(command):
            self._looks[command.id] = then
        else:
            then(Answer(False, code="outcome-unknown"))

    def send_for_orders(
        self, verb: str, args: Mapping[str, Any], orders: tuple[OrderRow, ...], label: SafeText
    ) -> bool:
        """Ask the same for each of these orders, from the version that was shown."""
        subject = orders[0].number if len(orders) == 1 else EMPTY
        batch = Batch(label, verb, subject)
        for order in orders:
            command_id = self._ask(batch, verb, {"order": order.id, **args}, order.row_version)
            if command_id:
                batch.orders[command_id] = order.id
                self._pending[order.id] = Pending(label, order.row_version, self.now())
        self._batches.append(batch)
        return bool(batch.orders)

    def _ask(self, batch: Batch, verb: str, args: Mapping[str, Any], row_version: int | None) -> str | None:
        command = Command(self._make_id(), verb, args, row_version)
        if not self.link.send(command):
            batch.refused.append(say("too much waits for the engine already"))
            return None
        batch.waiting.add(command.id)
        return command.id

    def on_answered(self, event: Answered) -> None:
        """When the last of a batch is answered, one line tells of all."""
        command, answer = event.command, event.answer
        look = self._looks.pop(command.id, None)
        if look is not None:
            look(answer)
            return
        batch = next((batch for batch in self._batches if command.id in batch.waiting), None)
        if batch is None:
            return
        batch.waiting.discard(command.id)
        if answer.ok:
            batch.done += 1
            batch.decided += [batch.orders[command.id]] if command.id in batch.orders else []
        else:
            batch.refused.append(refusal(answer.code, answer.params))
            self._pending.pop(batch.orders.get(command.id, 0), None)
        if not batch.waiting:
            self._batches.remove(batch)
            self._tell(batch)
        if isinstance(self.screen, Place):
            self.screen.reload(frozenset({"orders"}))

    def _tell(self, batch: Batch) -> None:
        screen = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Place)), None)
        if screen is None:
            return
        if batch.verb in DECISIONS and batch.decided:
            self.last = batch.decided
        if not batch.refused:
            text = say_n("{action}: done", "{action}: {n} done", batch.done, action=batch.label)
            if batch.subject:
                text = say("{number}: {sentence}", number=batch.subject, sentence=text)
            if batch.verb in DECISIONS and self.settings.engine.undo_s:
                time = duration(self.settings.engine.undo_s)
                text = say("{sentence}. It leaves in {time}; z takes it back.", sentence=text, time=time)
            screen.flash(text)
        elif not batch.done:
            screen.flash(batch.refused[-1], "bad")
        else:
            text = say("{done} done, {refused} not: {reason}", done=batch.done, refused=len(batch.refused),
                       reason=batch.refused[-1])  # fmt: skip
            screen.flash(text, "bad")

    def pending(self, order: OrderRow) -> SafeText | None:
        """What was asked of this order and is not seen in its row yet."""
        pending = self._pending.get(order.id)
        if pending is None:
            return None
        if pending.row_version == order.row_version and (self.now() - pending.since).total_seconds() < PENDING_S_MAX:
            return pending.label
        del self._pending[order.id]
        return None

    # --- keys and scans ----------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes outside an input may be a scan."""
        typed = isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded
        if not typed or isinstance(self.focused, Input):
            await super().on_event(event)
        elif isinstance(event, events.Key):
            await self._scanning.take(event)
        elif isinstance(event, events.Paste):
            self._scanned(event.text)

    async def _act(self, key: events.Key) -> None:
        """What a key does, unless one before it waits for it."""
        if not (isinstance(self.screen, Place) and self.screen.takes(key)):
            await super().on_event(key)

    def _scanned(self, text: str) -> None:
        if isinstance(self.screen, Place) and text.strip():
            self.screen.scanned(text.strip())
        else:
            self.bell()  # a question stands open: nothing is answered by a scanner

    # --- going about -------------------------------------------------------------------------------------------------

    def go(self, name: str, *, queue: str | None = None, order: int | None = None, text: str = "") -> None:
        """To a main screen, leaving pages that stand on another; to the orders of a queue that have a text."""
        place = self.places[name]
        while len(self.screen_stack) > 1 and self.screen not in self.places.values():
            self.pop_screen()
        if self.screen is not place:
            self.switch_screen(name)
        if queue and isinstance(place, Orders):
            self.call_after_refresh(place.come_to, queue, order, text)

    def open_order(self, order: int) -> None:
        """The page of an order; behind it stands the list."""
        self.go("orders")
        self.push_screen(OrderScreen(order))

    def next_undecided(self) -> None:
        """From the page of an order to the next one."""
        orders = self.places["orders"]
        assert isinstance(orders, Orders), "the place of that name"
        orders.action_do("next")

    def keep_theme(self, name: str | None) -> None:
        """Keep these colours for the next start, where this user may change settings."""
        if name is not None and self.link.state.attached:
            self.send("set_setting", {"key": "console.theme", "value": name}, label=_("colours"))

    def redraw(self) -> None:
        """Draw everything anew."""
        self.refresh(layout=True)

    def leave(self) -> None:
        """End the console; hosting, only after a question: the shop stands still then."""
        if self.link.hosts:
            self.run_worker(self._ask_to_leave(), exclusive=True)
        else:
            self.exit(0)

    async def _ask_to_leave(self) -> None:
        try:
            decisions = await self.read(lambda db: in_grace(db, self.now()))
        except NotReadable:
            decisions = []

        def answered(yes: bool | None) -> None:
            if yes:
                self.exit(0)

        if decisions:
            self.push_screen(Leaving(decisions, self.now, self._send_now, self._not_left), answered)
            return
        note = say(
            "This window hosts the engine: when it closes, stock, prices and orders are no longer synchronised."
            " To go on around the clock, run integra --engine-only as a service."
        )
        self.push_screen(Confirm(say("Stop synchronising and leave?"), [[Piece(note)]], _("leave")), answered)

    def _send_now(self) -> None:
        self.send("send_now", {}, label=say("send now"))

    async def _not_left(self, effects: Sequence[int]) -> int:
        return await self.read(lambda db: not_left(db, effects))

    async def action_quit(self) -> None:
        """Textual's own way out takes ours."""
        self.leave()

    def _handle_exception(self, error: Exception) -> None:
        """A mistake of ours: into the log without local values, which hold customers' data, and a line for people."""
        log.error("the console failed", exc_info=error)
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        name = type(error).__name__
        text = say("The console failed ({name}); the log in the state folder says where. Start it again.", name=name)
        self._exit_renderables.append(Text(text))
        self._close_messages_no_wait()
