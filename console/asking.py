"""What the console has asked of the engine: each command until its answer, and one line for all of one key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.formats import duration
from console.language import say, say_n
from console.link import Command
from console.reading.orders import OrderRow
from console.safe_text import SafeText
from console.texts import refusal
from console.widgets.plain import EMPTY
from engine.runtime.client import Answer

PENDING_S_MAX = 15.0
"""An order shows that something was asked of it until its row changes, but no longer than this."""
DECISIONS = {
    "approve",
    "refuse",
    "confirm_payment",
    "accept_payment",
    "deny_payment",
    "refund",
    "credit_short",
    "correct_delivery",
    "close_shipment",
}


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


class Asking:
    """`ask` hands a command to the engine, or answers False; `flash` shows a line, with its level."""

    def __init__(
        self,
        ask: Callable[[Command], bool],
        flash: Callable[[SafeText, str], None],
        *,
        now: Callable[[], datetime],
        make_id: Callable[[], str],
        undo_s: float,
    ) -> None:
        self._hand_over = ask
        self._flash = flash
        self._now = now
        self._make_id = make_id
        self._undo_s = undo_s
        self._pending: dict[int, Pending] = {}
        self._batches: list[Batch] = []
        self._looks: dict[str, Callable[[Answer], None]] = {}
        self.last: list[int] = []
        """The orders of the last decision that the engine took."""

    def send(self, verb: str, args: Mapping[str, Any], *, label: SafeText, row_version: int | None = None) -> None:
        """Ask the engine for one thing."""
        self.send_each([(verb, args, row_version)], label=label)

    def send_all(self, verb: str, asked: Sequence[Mapping[str, Any]], *, label: SafeText) -> None:
        """Ask the engine for the same of several things, and tell of all at once."""
        self.send_each([(verb, args, None) for args in asked], label=label)

    def send_each(self, commands: Sequence[tuple[str, Mapping[str, Any], int | None]], *, label: SafeText) -> None:
        """Ask the engine for several things, each a verb, its args and the row version meant; tell of all at once."""
        batch = Batch(label)
        for verb, args, row_version in commands:
            self._ask(batch, verb, args, row_version)
        self._batches.append(batch)

    def look(
        self, verb: str, args: Mapping[str, Any], then: Callable[[Answer], None], row_version: int | None = None
    ) -> None:
        """Ask the engine for one thing, and go on with its answer."""
        command = Command(self._make_id(), verb, args, row_version)
        if self._hand_over(command):
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
                self._pending[order.id] = Pending(label, order.row_version, self._now())
        self._batches.append(batch)
        return bool(batch.orders)

    def pending(self, order: OrderRow) -> SafeText | None:
        """What was asked of this order and is not seen in its row yet."""
        pending = self._pending.get(order.id)
        if pending is None:
            return None
        if pending.row_version == order.row_version and (self._now() - pending.since).total_seconds() < PENDING_S_MAX:
            return pending.label
        del self._pending[order.id]
        return None

    def answered(self, command: Command, answer: Answer) -> bool:
        """Whether it was one of a batch; when the last of it is answered, one line tells of all."""
        look = self._looks.pop(command.id, None)
        if look is not None:
            look(answer)
            return False
        batch = next((batch for batch in self._batches if command.id in batch.waiting), None)
        if batch is None:
            return False
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
        return True

    def _ask(self, batch: Batch, verb: str, args: Mapping[str, Any], row_version: int | None) -> str | None:
        command = Command(self._make_id(), verb, args, row_version)
        if not self._hand_over(command):
            batch.refused.append(say("too much waits for the engine already"))
            return None
        batch.waiting.add(command.id)
        return command.id

    def _tell(self, batch: Batch) -> None:
        if batch.verb in DECISIONS and batch.decided:
            self.last = batch.decided
        if not batch.refused:
            text = say_n("{action}: done", "{action}: {n} done", batch.done, action=batch.label)
            if batch.subject:
                text = say("{number}: {sentence}", number=batch.subject, sentence=text)
            if batch.verb in DECISIONS and self._undo_s:
                time = duration(self._undo_s)
                text = say("{sentence}. It leaves in {time}; z takes it back.", sentence=text, time=time)
            self._flash(text, "good")
        elif not batch.done:
            self._flash(batch.refused[-1], "bad")
        else:
            text = say("{done} done, {refused} not: {reason}", done=batch.done, refused=len(batch.refused),
                       reason=batch.refused[-1])  # fmt: skip
            self._flash(text, "bad")
