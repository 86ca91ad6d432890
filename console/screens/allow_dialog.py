"""What is asked for a fall of prices to be allowed ahead: whose, of what, how far, from when until when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.coming import coming
from console.language import say
from console.safe_text import SafeText
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import Field, Piece, Plain
from engine.verbs.allowances import FALL_MAX

EVERY = "*"
TYPED_CHARS_MAX = 20_000

Find = Callable[[Sequence[str]], Awaitable[Mapping[str, Sequence[str]]]]
"""The SKUs that each of these names means."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall be allowed; no items = every product."""

    account: str
    items: tuple[str, ...]
    fall: int
    begins: datetime
    ends: datetime


class AllowAhead(ModalScreen[Wish | None]):
    """Answers None when nothing shall happen. What cannot be understood is said here already."""

    DEFAULT_CSS = DIALOG_CSS.format(name="AllowAhead") + "AllowAhead Field { margin-top: 0; }"
    BINDINGS: ClassVar[list[Any]] = [Binding("escape", "leave", show=False)]

    def __init__(
        self, accounts: Sequence[str], products: Sequence[str], find: Find, now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self._accounts = accounts
        self._products = products
        self._find = find
        self._now = now

    def compose(self) -> ComposeResult:
        """The fields, in the order in which one thinks of them."""
        with Vertical():
            yield Plain([[Piece(say("Let prices fall, ahead"), "strong")]])
            yield Field(say("shop: one of {names}", names=", ".join(self._accounts)), id="account")
            yield Field(say("products: keys or codes with spaces between, or * for every one"), id="products")
            yield Field(say("by how many per cent at most; 0 for what only rises"), id="fall")
            yield Field(say("from when: 27/11 00:00, 14:30, 2h; empty = now"), id="begins")
            yield Field(say("until when: 30/11 23:59, 3d"), id="ends")
            yield Plain(classes="missing")
            yield Plain([[Piece(say("Enter: next, then it is shown and asked · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """With what is known already; one shop is not asked for."""
        account, products = self.query_one("#account", Field), self.query_one("#products", Field)
        account.value = self._accounts[0]
        account.display = len(self._accounts) > 1
        products.value = SafeText(" ".join(self._products)[:TYPED_CHARS_MAX])
        (account if account.display else products).focus()

    async def on_input_submitted(self, event: Field.Submitted) -> None:
        """On to the next; from the last one it is read."""
        fields = [field for field in self.query(Field) if field.display]
        place = fields.index(event.input)  # type: ignore[arg-type]  # all of them are ours
        if place + 1 < len(fields):
            fields[place + 1].focus()
            return
        wish = await self._read()
        if wish is not None:
            self.dismiss(wish)

    async def _read(self) -> Wish | None:
        """What was typed; None, and said why, where it cannot be understood."""
        typed = {field.id: field.value.strip() for field in self.query(Field)}
        if typed["account"] not in self._accounts:
            return self._refuse("account", say("shop: one of {names}", names=", ".join(self._accounts)))
        names = typed["products"].replace(",", " ").replace(";", " ").split()
        if not names:
            return self._refuse("products", say("products: keys or codes with spaces between, or * for every one"))
        found = {} if names == [EVERY] else await self._find(names)
        for name, skus in found.items():
            if not skus:
                return self._refuse("products", say("Integra knows no product called {name}.", name=name))
        fall = typed["fall"].rstrip("%").strip()
        if not fall.isdecimal() or int(fall) > FALL_MAX:
            return self._refuse("fall", say("per cent: from 0 to {n_max}", n_max=FALL_MAX))
        now = self._now()
        begins = now if not typed["begins"] else self._moment(typed["begins"])
        ends = self._moment(typed["ends"])
        if begins is None:
            return self._refuse("begins", say("from when: 27/11 00:00, 14:30, 2h; empty = now"))
        if ends is None or ends <= max(begins, now):
            return self._refuse("ends", say("not a time after that: 14:30, 05/12, 05/12 14:30, 3d"))
        items = tuple(dict.fromkeys(sku for skus in found.values() for sku in skus))
        return Wish(typed["account"], items, int(fall), begins, ends)

    def _moment(self, typed: str) -> datetime | None:
        try:
            return coming(typed, self._now())
        except (ValueError, OverflowError):
            return None

    def _refuse(self, field: str, said: SafeText) -> Wish | None:
        self.query_one(".missing", Plain).show([Piece(said, "warn")])
        self.query_one(f"#{field}", Field).focus()
        return None

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)
