"""The console's application: it hands screens what they read and the engine what people decide, and little else."""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
from collections.abc import Callable, Sequence
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
from console.asking import Asking
from console.attendance import Attendance
from console.keys import chosen_keys
from console.language import _, say
from console.link import TURNED_AWAY, Command, Host, Link, LinkState
from console.presence import LOOKING_S, Presence
from console.reading.grace import in_grace, not_left
from console.reading.orders import newest_order
from console.reading.reader import NotReadable, Reader
from console.safe_text import SafeText
from console.scanning import GAP_S, Scanning
from console.screens.audit import Audit
from console.screens.catalogue import Catalogue
from console.screens.customers import Customers
from console.screens.leaving import Leaving
from console.screens.order import OrderScreen
from console.screens.orders import Orders
from console.screens.overview import Overview
from console.screens.place import Place
from console.screens.plan import Plan
from console.screens.problems import Problems
from console.screens.settings import Settings
from console.screens.shipments import Shipments
from console.screens.sign_in import SignIn
from console.status import Status, read_status
from console.texts import refusal
from console.verbs.context import STORE_FILE
from console.widgets.bars import StatusLine
from console.widgets.dialogs import Confirm
from console.widgets.plain import EMPTY, Piece
from engine.runtime.client import Answer
from engine.settings import Settings as Loaded
from engine.systime import new_id

T = TypeVar("T")

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
        settings: Loaded,
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
        self._newest_order: int | None = None
        self._status = Status()
        self.asking = Asking(self.link.send, self._flash, now=now, make_id=make_id, undo_s=settings.engine.undo_s)
        self._presence = Presence(self.asking.look, self._others_moved, make_id())
        self._attendance = Attendance(self.asking.look, now)
        self.places: dict[str, Place] = {}

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
            "customers": Customers(),
            "shipments": Shipments(),
            "problems": Problems(),
            "plan": Plan(),
            "settings": Settings(self.settings),
            "audit": Audit(),
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
        if "orders" in event.topics and self.settings.console.bell_for_orders:
            await self._ring_for_new_orders()
        places, stack = self._standing(), self.screen_stack
        if stack and isinstance(stack[-1], Place):
            places = [place for place in places if place is stack[-1]]
        for place in places:  # while a question stands in front, what is behind it goes on living
            place.reload(event.topics)

    async def _ring_for_new_orders(self) -> None:
        """Somebody who looks elsewhere hears that one came in; those that were there at the start are no news."""
        try:
            newest = await self.read(newest_order)
        except NotReadable:
            return
        if self._newest_order is not None and newest > self._newest_order:
            self.bell()
        self._newest_order = newest

    def on_link_changed(self, event: LinkChanged) -> None:
        """Another life of the engine may have another file."""
        state = event.state
        if state.hello and state.hello.instance != self._instance:
            self._instance = state.hello.instance
            self._reader.reopen()
        if state.code == TURNED_AWAY:
            self.exit(1, 1, Text(refusal(state.code, state.params)))
            return
        self._show_status_everywhere()
        for place in self._standing():
            place.offer_keys()
        self.places["overview"].reload(frozenset({"link"}))
        if state.hello and state.hello.people and state.hello.who not in state.hello.people:
            self.sign_in()

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
        if self.link.state.attached:
            self._attendance.tell()
            self._presence.tell(next((page.order for page in self.screen_stack if isinstance(page, OrderScreen)), None))
        else:
            self._presence.forget()

    def _others_moved(self) -> None:
        for place in self._standing():
            place.others_moved()

    def opened_by(self, order: int) -> SafeText | None:
        """Who else has this order open, None for nobody."""
        hello = self.link.state.hello
        return self._presence.of(order, None if hello is None else hello.who)

    # --- asking ------------------------------------------------------------------------------------------------------

    def on_answered(self, event: Answered) -> None:
        """The screen in front shows what has become of its orders."""
        if self.asking.answered(event.command, event.answer) and isinstance(self.screen, Place):
            self.screen.reload(frozenset({"orders"}))

    def _flash(self, text: SafeText, tone: str) -> None:
        screen = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Place)), None)
        if screen is not None:
            screen.flash(text, tone)

    def sign_in(self, told: SafeText = EMPTY) -> None:
        """Ask who sits here; what goes wrong is told where it is asked again."""
        hello = self.link.state.hello
        if hello is None or isinstance(self.screen, SignIn):
            return

        def chosen(answer: tuple[str, str] | None) -> None:
            if answer is not None:
                name, pin = answer
                verb, args = ("sign_in", {"name": name, "pin": pin}) if name else ("sign_out", {})
                self.asking.look(verb, args, self._signed)

        self.push_screen(SignIn(hello.people, hello.who, told), chosen)

    def _signed(self, answer: Answer) -> None:
        if answer.ok:
            self._flash(say("you are {who} now", who=answer.result["who"]), "good")
        else:
            self.sign_in(refusal(answer.code, answer.params))

    # --- keys and scans ----------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes outside an input may be a scan."""
        typed = isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded
        if typed:
            self._attendance.pressed()
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

    def open_item(self, account: str, item: str) -> None:
        """An item in the catalogue of an account."""
        place = self.places["catalogue"]
        assert isinstance(place, Catalogue), "the place of that name"
        self.go("catalogue")
        self.call_after_refresh(place.come_to_item, account, item)

    def next_undecided(self) -> None:
        """From the page of an order to the next one."""
        orders = self.places["orders"]
        assert isinstance(orders, Orders), "the place of that name"
        orders.action_do("next")

    def keep_theme(self, name: str | None) -> None:
        """Keep these colours for the next start, where this user may change settings."""
        if name is not None and self.link.state.attached:
            self.asking.send("set_setting", {"key": "console.theme", "value": name}, label=_("colours"))

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
        self.asking.send("send_now", {}, label=say("send now"))

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
