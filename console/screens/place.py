"""What every screen has: the lines around it, its keys from the table of actions, and news of what changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.events import Key
from textual.screen import Screen
from textual.widget import Widget

from console.actions import BY_ID, Action, actions_at
from console.language import _, say
from console.reading.orders import ALL, orders_scanned
from console.reading.quick_open import Found, quick_open
from console.reading.reader import NotReadable, fold
from console.reasons import Situation
from console.safe_text import SafeText, safe
from console.widgets.bars import FLASH_S, KeysLine, StatusLine, Tabs
from console.widgets.rows import Rows

if TYPE_CHECKING:
    from console.app import Console

SCAN_CHARS_MAX = 60
"""The key of an NF-e has 44."""


def bindings(*places: str) -> list[Any]:
    """The keys of these places; the footer is ours, so Textual shows none."""
    return [
        Binding(",".join(action.keys), f"do('{action.id}')", show=False, id=action.id) for action in actions_at(*places)
    ]


def jumps(places: Iterable[str]) -> dict[str, str]:
    """The keys after g, and where each leads: the places' own keys, and of each name the first letter still free."""
    ways: dict[str, str] = {}
    for name in places:
        action = BY_ID[name]
        ways |= dict.fromkeys(action.keys, name)
        letters = [char for char in fold(_(action.label)) if char.isalpha() and char != "g" and char not in ways]
        ways |= dict.fromkeys(letters[:1], name)
    return ways


class Place(Screen[None]):
    """A screen of the console. `place` is its name in the table of actions."""

    place: ClassVar[str] = ""
    tab: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self._news: frozenset[str] = frozenset()
        self._reading = False
        self._blamed: Hashable | None = None
        self._jump_until: datetime | None = None

    @property
    def console_app(self) -> Console:
        """The application."""
        return cast("Console", self.app)

    @property
    def stands(self) -> bool:
        """Its widgets are there: it has been built, and is not being taken away."""
        return self.is_mounted and self.is_attached and not self._pruning

    def actions(self) -> list[Action]:
        """What can be done here: the screen's own first."""
        return [*actions_at(self.place), *actions_at("list"), *actions_at("everywhere")]

    def compose(self) -> ComposeResult:
        """Tabs above; status and keys below."""
        yield Tabs(self.tab or self.place)
        yield from self.body()
        yield StatusLine()
        yield KeysLine(self.actions())

    def body(self) -> Iterable[Widget]:
        """What is between the lines."""
        return ()

    def on_mount(self) -> None:
        """Show what there is."""
        self.console_app.show_status(self)
        self.reload(frozenset({"*"}))

    def on_screen_resume(self) -> None:
        """It was covered: the news passed it by."""
        self.console_app.show_status(self)
        self.reload(frozenset({"*"}))

    def reload(self, topics: frozenset[str]) -> None:
        """Read anew what hangs on these topics; "*" is all of them. News during a read cause one more."""
        self._news |= topics
        if not self._reading and self.is_attached:
            self._reading = True
            self.background(self._catch_up)

    def background(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do this beside the screen. As a function, so that nothing is left unawaited when the screen goes first."""
        self.run_worker(work)  # type: ignore[arg-type]  # mypy cannot choose among the three forms of work

    async def _catch_up(self) -> None:
        try:
            while self._news:
                topics, self._news = self._news, frozenset()
                try:
                    await self.load(topics)
                except NotReadable:
                    pass  # it is not there yet; its coming is news
                except NoMatches:
                    if self.stands:
                        raise
                    return  # taken away while it read
        finally:
            self._reading = False

    async def load(self, topics: frozenset[str]) -> None:
        """Read and show."""

    def situation(self) -> Situation:
        """What an action would be about now."""
        return Situation(attached=self.console_app.link.state.attached)

    def standing(self) -> Situation:
        """The same, with who asks."""
        hello = self.console_app.link.state.hello
        now = self.situation()
        return now if hello is None else replace(now, role=hello.role, people=bool(hello.people))

    def offer_keys(self) -> None:
        """The last line offers what is possible now, with the rows that an action would take."""
        now = self.standing()
        self.query_one(KeysLine).offer([action for action in self.actions() if action.hindrance(now) is None])

    def marked(self) -> int:
        """How many rows are marked."""
        return 0

    def flash(self, text: SafeText, tone: str = "good") -> None:
        """Say something on the last line. What is not good is about the row under the cursor, and goes with it."""
        self.query_one(KeysLine).flash(text, tone)
        self._blamed = self.focused.key if tone != "good" and isinstance(self.focused, Rows) else None

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """A refusal must not stand under another row that a person went to; Textual calls this beside the screen's own.

        Where its row has left the list by itself, the refusal says why, and stays for its time.
        """
        blamed = self._blamed
        if blamed is not None and event.key != blamed and event.rows.source.index_of(blamed) is not None:
            self._blamed = None
            self.query_one(KeysLine).end_flash()

    def others_moved(self) -> None:
        """Somebody else has opened an order, or closed it."""

    def scanned(self, text: str) -> None:
        """A scanner typed this, or it was pasted: here the number of an order, the key of its NF-e, a tracking code."""
        self.background(partial(self._open_scanned, safe(text, SCAN_CHARS_MAX)))

    async def _open_scanned(self, text: SafeText) -> None:
        try:
            orders = await self.console_app.read(lambda db: orders_scanned(db, text))
        except NotReadable:
            return
        if len(orders) == 1:
            self.console_app.open_order(orders[0])
        elif orders:
            self.console_app.go("orders", queue=ALL, text=text)
        else:
            self.app.bell()
            self.flash(say("“{text}”: no order has this number, NF-e key or tracking code", text=text), "warn")

    def action_do(self, id: str) -> None:
        """Do an action of the table, or say why it cannot be done."""
        action = BY_ID[id]
        reason = action.hindrance(self.standing())
        if reason is not None:
            self.flash(say("{action}: {reason}", action=_(action.label), reason=reason), "warn")
            return
        getattr(self, f"do_{id}")(action)

    def do_overview(self, action: Action) -> None:
        """To the overview."""
        self.console_app.go("overview")

    def do_orders(self, action: Action) -> None:
        """To the orders."""
        self.console_app.go("orders")

    def do_catalogue(self, action: Action) -> None:
        """To what the shops show of each product."""
        self.console_app.go("catalogue")

    def do_customers(self, action: Action) -> None:
        """To the customers."""
        self.console_app.go("customers")

    def do_shipments(self, action: Action) -> None:
        """To the packing desk."""
        self.console_app.go("shipments")

    def do_problems(self, action: Action) -> None:
        """To all that failed or was skipped."""
        self.console_app.go("problems")

    def do_jump(self, action: Action) -> None:
        """Say where to, and wait for the next key: a question in front would cost fifty times the bytes."""
        self._jump_until = self.console_app.now() + timedelta(seconds=FLASH_S)
        ways = jumps(self.console_app.places)
        named = [SafeText(f"{key} {_(BY_ID[name].label)}") for key, name in ways.items() if not key.isdigit()]
        self.flash(say("go to: {places} · g first row", places=SafeText(" · ".join(named))))

    def takes(self, key: Key) -> bool:
        """Whether this key ends a jump that was begun, and is nothing else then."""
        begun, self._jump_until = self._jump_until, None
        if begun is None or self.console_app.now() > begun:
            return False
        self.query_one(KeysLine).end_flash()
        name = jumps(self.console_app.places).get(key.character or "")
        if name is not None:
            self.console_app.go(name)
        elif key.character == "g":
            self.focused_list_action("first")
        return True

    def do_plan(self, action: Action) -> None:
        """To what the next cycle will write."""
        self.console_app.go("plan")

    def do_settings(self, action: Action) -> None:
        """To what holds, and who may do what."""
        self.console_app.go("settings")

    def do_audit(self, action: Action) -> None:
        """To who did what."""
        self.console_app.go("audit")

    def do_palette(self, action: Action) -> None:
        """Every action by its name."""
        from console.screens.palette import Palette

        def find(typed: str) -> Awaitable[list[Found]]:
            return self.console_app.read(lambda db: quick_open(db, typed))

        self.app.push_screen(Palette(self.actions(), self.standing(), find), self._picked)

    def _picked(self, id: str | Found | None) -> None:
        if isinstance(id, Found):
            self._open_found(id)
        elif id is not None:
            if id == "open" or id in {action.id for action in actions_at("list")}:
                self.focused_list_action(id)
            else:
                self.action_do(id)

    def _open_found(self, found: Found) -> None:
        if found.kind == "order":
            self.console_app.open_order(int(found.key))
        else:
            self.console_app.go("orders", queue=ALL, text=found.key)

    def focused_list_action(self, id: str) -> None:
        """A key of every list, chosen by its name."""
        if isinstance(self.focused, Rows):
            self.focused.action_list(id)

    def do_help(self, action: Action) -> None:
        """The keys of this screen."""
        from console.screens.help import Help

        self.app.push_screen(Help(self.actions(), self.standing()))

    def do_theme(self, action: Action) -> None:
        """Choose the colours; they are shown while one chooses."""
        from console.screens.colours import Colours

        self.app.push_screen(Colours(), self.console_app.keep_theme)

    def do_sign_in(self, action: Action) -> None:
        """Say who sits here."""
        self.console_app.sign_in()

    def do_redraw(self, action: Action) -> None:
        """Draw the screen anew."""
        self.console_app.redraw()

    def do_back(self, action: Action) -> None:
        """A main screen has nothing behind it: leave."""
        self.console_app.leave()

    def do_escape(self, action: Action) -> None:
        """Nothing is behind a main screen, and Esc pressed once too often must not end a day's work."""

    def do_quit(self, action: Action) -> None:
        """Leave the console."""
        self.console_app.leave()
