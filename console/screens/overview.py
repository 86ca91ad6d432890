"""The overview: what needs a person, and every task of every account, live."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar

from textual.widget import Widget

from console import letting_pass
from console.actions import Action
from console.keeping_up_text import keeping_up_lines
from console.language import _, say, say_n
from console.reading.accounts import AccountRow, all_accounts
from console.reading.affected import CauseKey
from console.reading.keeping_up import KeepingUp, keeping_up
from console.reading.planned import planned
from console.reading.reader import NotReadable
from console.reading.tasks import TaskRow, all_tasks
from console.reasons import NO_ENGINE, Situation
from console.safe_text import SafeText
from console.screens import overview_cards, overview_rows
from console.screens import overview_questions as questions
from console.screens.adoption import AdoptionScreen
from console.screens.affected import AffectedScreen
from console.screens.changed_texts import ChangedTexts
from console.screens.go_live import ask_to_go_live
from console.screens.overview_cards import Card, Cards, Standing, read_cards
from console.screens.overview_rows import Needs, read_needs
from console.screens.pausing import ask_to_pause, ask_to_resume
from console.screens.place import Place, bindings
from console.widgets.dialogs import Confirm
from console.widgets.plain import Line, Page, Piece, Sentence
from console.widgets.rows import Column, Rows
from console.widgets.sources import Memory
from engine.reconcile.content import CHANGED

TICK_S = 1.0
"""Times such as "12 s ago" move once a second; what the engine does shows up to four times a second."""

DIRECTION_OF_TASK = {
    "catalogue": "content",
    "media": "media",
    "prices": "prices",
    "stock": "stock",
    "customers": "customers",
    "orders": "orders",
    "effects": "orders",
    "invoices": "orders",
    "shipments": "orders",
}
"""Any other task serves several directions."""

NEEDS_TOPICS = {"*", "orders", "problems", "publications", "accounts"}
CARD_TOPICS = {"*", "orders", "attendance", "outages", "link"}
TASK_TOPICS = {"*", "tasks", "accounts"}
KEEPING_UP_TOPICS = {"*", "stock-link"}


class Overview(Place):
    """A card while it has something to tell; two lists, between them the sentence about the row under the cursor."""

    CSS_PATH = "overview.tcss"
    BINDINGS: ClassVar[list[Any]] = bindings("overview", "everywhere")
    place = "overview"

    def __init__(self) -> None:
        super().__init__()
        self._tasks: list[TaskRow] = []
        self._accounts: list[AccountRow] = []
        self._needs = Needs()
        self._cards = Cards()
        self._card: Card | None = None
        self._put_away: set[Hashable] = set()
        self._keeping_up: dict[SafeText, KeepingUp] = {}
        self._empty = say("looking …")

    def body(self) -> Iterable[Widget]:
        """The card, what needs a person, the sentence, the tasks."""
        card = Page(id="card")
        card.display = False
        yield card
        yield Rows(
            [Column(say("count"), 6, right=True), Column(say("needs you")), Column(say("since"), 12, spare=True)],
            empty=say("looking …"),
            id="needs",
        )
        yield Sentence(id="hint")
        yield Rows(
            [
                Column(say("task")),
                Column(say("state"), 17),
                Column(say("last run"), 11, spare=True),
                Column(say("next"), 9, spare=True),
                Column(say("lag"), 7, right=True),
                Column(say("to do"), 6, right=True, spare=True),
                Column(say("rows/s"), 7, right=True, spare=True),
                Column(say("last hour"), 12, spare=True),
            ],
            empty=say("no task has run yet"),
            id="tasks",
        )

    def on_mount(self) -> None:
        """Begin with the tasks under the eyes and the cursor on what needs a person."""
        super().on_mount()
        self.query_one("#needs").focus()
        self.set_interval(TICK_S, self._tick)

    # --- reading and showing -----------------------------------------------------------------------------------------

    async def load(self, topics: frozenset[str]) -> None:
        """Read what the topics touch."""
        if topics & NEEDS_TOPICS:
            self._needs = await self.console_app.read(read_needs)
            self._empty = say("nothing needs you now")
        if topics & KEEPING_UP_TOPICS:
            now = self.console_app.now()
            told = await self.console_app.read(lambda db: keeping_up(db, now))
            self._keeping_up = {one.account: one for one in told}
        if topics & CARD_TOPICS:
            hello, now = self.console_app.link.state.hello, self.console_app.now()
            who = None if hello is None else hello.who
            self._cards = await self.console_app.read(lambda db: read_cards(db, who, now))
        if topics & TASK_TOPICS:
            self._tasks, self._accounts = await self.console_app.read(lambda db: (all_tasks(db), all_accounts(db)))
        self._show()

    def _tick(self) -> None:
        if self.is_current:
            self._show()

    def _show(self) -> None:
        now = self.console_app.now()
        needs = overview_rows.needs_rows(self._needs, self._accounts, self.console_app.link.state, now)
        self.query_one("#needs", Rows).show(Memory(needs), empty=self._empty)
        tasks = overview_rows.task_rows(self._tasks, self._accounts, now)
        self.query_one("#tasks", Rows).show(Memory(tasks))
        self._show_card(now)
        self._show_choice()

    def _show_card(self, now: datetime) -> None:
        worked = [task.succeeded_at for task in self._tasks if task.succeeded_at]
        gone = self.console_app.link.state.kind == "gone"
        standing = Standing(
            self._accounts,
            short=self._needs.counts.get("short", 0),
            stopped_at=max(worked, default=None) if gone else None,
        )
        self._card = overview_cards.card(self._cards, standing, now, self._put_away)
        card = self.query_one("#card", Page)
        card.display = self._card is not None
        self.set_class(self._card is not None, "-card")
        if self._card is not None:
            card.show(*self._card.lines)

    def on_rows_moved(self, _event: Rows.Moved) -> None:
        """Another row, another sentence."""
        self._show_choice()

    def on_descendant_focus(self) -> None:
        """Another list, another sentence."""
        self._show_choice()

    def _list(self) -> Rows:
        tasks = self.query_one("#tasks", Rows)
        return tasks if tasks.has_focus else self.query_one("#needs", Rows)

    def _show_choice(self) -> None:
        """What the row under the cursor means, and the keys that do something with it."""
        self.offer_keys()
        self._show_hint()

    def _show_hint(self) -> None:
        key = self._list().key
        now = self.console_app.now()
        if not isinstance(key, tuple):
            hint: Line = []
        elif key[0] == "account":
            hint = overview_rows.account_hint(self._account(key[1]), now)
        elif key[0] == "task":
            hint = overview_rows.task_hint(self._task_row(key[1], key[2]), now)
            if key[2] == "stock" and key[1] in self._keeping_up:
                hint = [*hint, *(Piece(SafeText(f" {line}")) for line in keeping_up_lines(self._keeping_up[key[1]]))]
        else:
            hint = [Piece(overview_rows.need_hint(key, self._needs, self.console_app.link.state))]
        self.query_one("#hint", Sentence).tell(hint)

    # --- what can be done --------------------------------------------------------------------------------------------

    def _account(self, id: str) -> AccountRow | None:
        return next((account for account in self._accounts if account.id == id), None)

    def _task_row(self, account: str, name: str) -> TaskRow | None:
        return next((task for task in self._tasks if (task.account, task.name) == (account, name)), None)

    def situation(self) -> Situation:
        """The account, and the task, under the cursor; the only account where there is one."""
        key = self._list().key
        account: AccountRow | None = None
        task: TaskRow | None = None
        if isinstance(key, tuple) and key[0] in (
            "account",
            "task",
            "observe",
            "open_items",
            "cause",
            "held",
            "refused",
        ):
            account = self._account(str(key[1]))
            task = self._task_row(str(key[1]), str(key[2])) if key[0] == "task" else None
        if account is None and len(self._accounts) == 1:
            account = self._accounts[0]
        return Situation(
            attached=self.console_app.link.state.attached, account=account, task=task, orders=self._needs.clear
        )

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """Go where the row points to."""
        key = event.key
        if not isinstance(key, tuple):
            return
        if key[0] == "clear":
            self.action_do("approve_clear")
        elif key[0] in ("queue", "alarm", "lapse", "back"):
            self.console_app.go("orders", queue=str(key[1]), order=int(key[2]) if len(key) > 2 else None)
        elif key[0] in ("observe", "open_items", "account"):
            self.app.push_screen(AdoptionScreen(str(key[1])))
        elif key == ("cause", key[1], CHANGED):
            self.app.push_screen(ChangedTexts(str(key[1])))
        elif key[0] == "held":
            self._ask_to_pass(str(key[1]), str(key[2]))
        elif key[0] == "cause":
            self.app.push_screen(AffectedScreen(CauseKey("problem", str(key[1]), str(key[2]))))
        elif key[0] == "refused":
            self.app.push_screen(AffectedScreen(CauseKey("refused", *map(str, key[1:]))))
        elif key[0] == "task" and (task := self._task_row(str(key[1]), str(key[2]))) and task.error_code:
            self.app.push_screen(AffectedScreen(CauseKey("problem", task.account, task.error_code)))

    def do_other_list(self, action: Action) -> None:
        """To the other list."""
        other = "#needs" if self.query_one("#tasks", Rows).has_focus else "#tasks"
        self.query_one(other).focus()

    def do_sync(self, action: Action) -> None:
        """Wake the task under the cursor, or all of its account."""
        now = self.situation()
        assert now.account is not None, "the table of actions asked for an account"
        account, task = (now.task.account, now.task.name) if now.task else (now.account.id, "*")
        self.console_app.asking.send(action.verb, {"account": account, "task": task}, label=_(action.label))

    def _direction(self, now: Situation) -> str:
        return DIRECTION_OF_TASK.get(now.task.name, "*") if now.task else "*"

    def do_pause(self, action: Action) -> None:
        """Ask why, then pause."""
        now = self.situation()
        account, direction = now.account, self._direction(now)
        assert account is not None, "the table of actions asked for an account"
        ask_to_pause(self, account, direction, action)

    def do_resume(self, action: Action) -> None:
        """Resume the direction of the task, or all."""
        now = self.situation()
        account, direction = now.account, self._direction(now)
        assert account is not None, "the table of actions asked for an account"
        ask_to_resume(self, account, direction)

    def do_approve_clear(self, action: Action) -> None:
        """Show all of them, and take the money of all."""
        orders = self._needs.clear

        def answered(yes: bool | None) -> None:
            if yes:
                self.console_app.asking.send_for_orders(action.verb, {}, orders, _(action.label))

        title = say_n("Approve {n} order?", "Approve {n} orders?", len(orders))
        lines = questions.clear_lines(orders, self.console_app.now())
        self.app.push_screen(Confirm(title, lines, say("approve")), answered)

    def do_escape(self, action: Action) -> None:
        """The card has been read."""
        if self._card is not None and self._card.key is not None:
            self._put_away.add(self._card.key)
            self._show_card(self.console_app.now())

    def do_go_live(self, action: Action) -> None:
        """Show the verdict, and ask for the first write."""
        account = self.situation().account
        assert account is not None, "the table of actions asked for an account"
        ask_to_go_live(self, account, action)

    def do_adoption(self, action: Action) -> None:
        """What was in the shop before Integra."""
        account = self.situation().account
        assert account is not None, "the table of actions asked for an account"
        self.app.push_screen(AdoptionScreen(account.id))

    def do_changed_texts(self, action: Action) -> None:
        """Texts that somebody changed in a shop."""
        self.app.push_screen(ChangedTexts())

    def _ask_to_pass(self, account: str, guard: str) -> None:
        if not self.console_app.link.state.attached:
            self.flash(say("{action}: {reason}", action=say("let pass"), reason=_(NO_ENGINE)), "warn")
            return

        async def ask() -> None:
            with suppress(NotReadable):
                rows = await self.console_app.read(lambda db: planned(db, account, guard))

                def answered(yes: bool | None) -> None:
                    if yes:
                        asks = list(letting_pass.asks(rows))
                        self.console_app.asking.send_all(letting_pass.VERB, asks, label=say("let pass"))

                title = say_n(
                    "Let {n} row of {account} pass?", "Let {n} rows of {account} pass?", len(rows), account=account
                )
                self.app.push_screen(Confirm(title, questions.held_lines(guard, rows), say("let pass")), answered)

        self.background(ask)
