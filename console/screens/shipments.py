"""The packing desk: scan an order, scan the codes of its parcels, next. One line takes the scanner; below it lie the
order and what was closed here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual.containers import Container, VerticalScroll
from textual.widget import Widget

from console.actions import Action
from console.language import _, say
from console.reading.order import order_detail
from console.reading.orders import OrderRow, order_rows
from console.reading.reader import NotReadable
from console.reading.shipments import desk_orders, found_by, waiting_to_ship
from console.reasons import Situation, cannot_ship
from console.safe_text import SafeText, safe
from console.screens.order import OrderScreen
from console.screens.order_page import state_cell
from console.screens.place import Place, bindings
from console.screens.shipments_asking import HandOver, Volumes, WhichCarrier, WhichOrder
from console.screens.shipments_file import ShipmentFile
from console.screens.shipments_page import packing_page
from console.shipping import barcodes, texts
from console.shipping.carriers import carriers
from console.shipping.closing import CLOSE, asked
from console.shipping.desk import Closing, Desk, DeskOrder, Step, chosen, scan
from console.texts import carrier, refusal
from console.widgets.bars import Tabs
from console.widgets.dialogs import Ask
from console.widgets.plain import Page, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.scan_line import ScanLine
from console.widgets.sources import Cell, Memory, Row
from engine.runtime.client import Answer

SCANS_MAX = 50
"""So many scans may wait for the engine; a hand and a scanner make two in a second."""
SCAN_CHARS_MAX = 300
"""The address in the QR code of an NFC-e has about 150."""
CLOSED_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Closed:
    """A shipment that was closed at this desk."""

    number: SafeText
    carrier: SafeText
    codes: SafeText


class Shipments(Place):
    """Scans are worked off one after the other: each finds the desk as the one before has left it."""

    CSS_PATH = "shipments.tcss"
    BINDINGS: ClassVar[list[Any]] = bindings("shipments", "everywhere")
    place = "shipments"
    tab = "shipments"

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self._scans: deque[str] = deque()
        self._working = False
        self._waiting = 0
        self._journal: dict[int, Closed] = {}
        self._rows: Mapping[int, OrderRow] = {}
        self._last: tuple[OrderRow, ...] = ()

    def body(self) -> Iterable[Widget]:
        """The scanner's line, what it led to, the order on the desk, what was closed."""
        yield Plain(id="counts")
        yield ScanLine(say("order, key of the NF-e, or tracking code"), id="scan")
        yield Plain(id="verdict")
        columns = [Column(say("number"), 11), Column(say("carrier and code")), Column(say("state"), 17)]
        yield Container(
            VerticalScroll(Page(id="page"), id="sheet", can_focus=False),
            Rows(columns, empty=say("what you close here is listed, the last one first"), id="closed"),
            id="both",
        )

    def on_mount(self) -> None:
        """A scanner types into the line from the first moment."""
        super().on_mount()
        self.query_one(ScanLine).focus()
        self._say("scan-order", {}, "dim")
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        if self.is_current and self._journal:
            self._show_closed()

    # --- reading and showing ------------------------------------------------------------------------------------------

    async def load(self, topics: frozenset[str]) -> None:
        """How many wait; the order on the desk and those closed here, as they stand now."""
        if not topics & {"*", "orders"}:
            return
        on_desk = [self.desk.order.row.id] if self.desk.order else []
        closed, last = list(self._journal), self.console_app.asking.last
        self._waiting, found, self._rows, rows = await self.console_app.read(
            lambda db: (waiting_to_ship(db), desk_orders(db, on_desk), order_rows(db, closed), order_rows(db, last))
        )
        self._last = tuple(rows.values())
        order = self.desk.order
        if order is not None and found and found[0].row.id == order.row.id and not self._working:
            reason = cannot_ship(found[0].row)
            if reason is not None:
                self.desk = self.desk.cleared()
                self._say("gone", {"number": order.row.number, "reason": reason}, "bad")
            else:
                self.desk = replace(self.desk, order=found[0])
        await self._show()

    async def _show(self) -> None:
        """All but the verdict."""
        if not self.stands:
            return
        by = carrier(self.desk.carrier) if self.desk.carrier else say("by the code")
        counts = say("{n} to ship · carrier: {carrier}", n=self._waiting, carrier=by)
        line = [Piece(counts, "dim")]
        if self.desk.volumes > 1:
            told = say(" · volume {n} of {volumes}", n=len(self.desk.codes) + 1, volumes=self.desk.volumes)
            line.append(Piece(told, "strong"))
        self.query_one("#counts", Plain).show_in_place(line)
        self._show_closed()
        self.offer_keys()
        await self._show_order()

    def _show_closed(self) -> None:
        now = self.console_app.now()
        rows: list[tuple[int, Row]] = []
        for id, closed in reversed(self._journal.items()):
            order = self._rows.get(id)
            state = state_cell(order, now, self.console_app.asking.pending(order)) if order else Cell(SafeText(""))
            code = SafeText(f"{closed.carrier} {closed.codes}")
            rows.append((id, [Cell(closed.number, "strong"), Cell(code), state]))
        self.query_one("#closed", Rows).show(Memory(rows))

    async def _show_order(self) -> None:
        order = self.desk.order
        if order is None:
            self.query_one("#page", Page).show()
            return
        id, scopes = order.row.id, self.console_app.stock_scopes
        try:
            detail = await self.console_app.read(lambda db: order_detail(db, id, scopes))
        except NotReadable:
            return
        if detail is not None and self.stands and self.desk.order is not None and self.desk.order.row.id == id:
            self.query_one("#page", Page).show(*packing_page(detail))

    def _say(self, said: str, params: Mapping[str, object], tone: str) -> None:
        self._tell(texts.told(said, params), tone)

    def _tell(self, text: SafeText, tone: str) -> None:
        """What a scan led to stays until the next one; a refusal is heard."""
        self.query_one("#verdict", Plain).show_in_place([Piece(text, tone)])
        if tone in ("bad", "warn") and self.console_app.settings.console.bell:
            self.app.bell()

    # --- scans --------------------------------------------------------------------------------------------------------

    def on_scan_line_read(self, event: ScanLine.Read) -> None:
        """The scanner ends with Enter."""
        self.scanned(event.text)

    def scanned(self, text: str) -> None:
        """Also from the list below, where the console tells a scanner from a hand."""
        text = safe(text, SCAN_CHARS_MAX).strip()
        if not text:
            return
        if len(self._scans) >= SCANS_MAX:
            self._say("too-many-scans", {"text": text}, "bad")
            return
        self._scans.append(text)
        self._work()

    def _work(self) -> None:
        if not self._working:
            self._working = True
            self.background(self._work_off)

    async def _work_off(self) -> None:
        try:
            while self._scans:
                await self._take(self._scans.popleft())
        finally:
            self._working = False
            self.reload(frozenset({"orders"}))

    async def _take(self, text: str) -> None:
        read = barcodes.scanned(text)
        try:
            found = await self.console_app.read(lambda db: found_by(db, read))
        except NotReadable:
            self.desk = self.desk.cleared()
            self._say("no-engine", {}, "bad")
            return
        step = scan(self.desk, read, found, carriers(self.console_app.settings.console.carriers))
        await self._follow(step)

    async def _follow(self, step: Step) -> None:
        self.desk = step.desk
        self._say(step.said, step.params, step.tone)
        if step.closing is not None:
            await self._close(step.closing)
        else:
            await self._show()
        if step.among:
            self.app.push_screen(WhichOrder(step.among), self._chosen)

    def _chosen(self, order: DeskOrder | None) -> None:
        if order is not None:
            self.background(partial(self._follow, chosen(self.desk, order)))

    async def _close(self, closing: Closing) -> None:
        """The next scan waits for the engine's answer."""
        order, number = closing.order.row, closing.order.row.number
        if not self.console_app.link.state.attached:
            self._say("no-engine", {}, "bad")
            return
        told: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.console_app.asking.look(CLOSE, asked(closing), told.set_result, order.row_version)
        answer = await told
        if not answer.ok:
            self._tell(refusal(answer.code, answer.params), "bad")
            return
        codes = SafeText(" ".join(safe(code) for code in closing.codes))
        self._journal.pop(order.id, None)
        self._journal[order.id] = Closed(number, carrier(closing.carrier), codes or safe(closing.taken_by))
        while len(self._journal) > CLOSED_SHOWN:
            self._journal.pop(next(iter(self._journal)))
        self.console_app.asking.last = [order.id]
        self._say("closed", {"number": number, "carrier": closing.carrier, "code": codes}, "good")
        self.reload(frozenset({"orders"}))

    # --- what is done beside scanning ---------------------------------------------------------------------------------

    def situation(self) -> Situation:
        """The order on the desk; without one, that of the row under the cursor."""
        rows = self.query_one("#closed", Rows)
        under = self._rows.get(rows.key) if rows.has_focus and isinstance(rows.key, int) else None
        order = self.desk.order.row if self.desk.order else under
        return Situation(
            attached=self.console_app.link.state.attached,
            orders=(order,) if order else (),
            last=self._last,
        )

    def _hand_over(self, kind: str) -> None:
        order = self.desk.order
        assert order is not None, "the action's reason said so"

        def answered(taken: tuple[str, str] | None) -> None:
            now = self._still_on_desk(order)
            if taken is not None and now is not None:
                self.desk = self.desk.cleared()
                self.background(partial(self._close, Closing(now, kind, (), *taken)))

        known = carriers(self.console_app.settings.console.carriers)
        self.app.push_screen(HandOver(order.row, kind, known), answered)

    def _still_on_desk(self, order: DeskOrder) -> DeskOrder | None:
        """As it stands by now; None where another one took its place while a question stood open."""
        now = self.desk.order
        return now if now is not None and now.row.id == order.row.id else None

    def do_pick_up(self, action: Action) -> None:
        """Ask who takes it."""
        self._hand_over("pickup")

    def do_own_driver(self, action: Action) -> None:
        """Ask who drives it."""
        self._hand_over("own-driver")

    def do_volumes(self, action: Action) -> None:
        """Ask how many parcels the order on the desk has."""
        order = self.desk.order
        assert order is not None, "the action's reason said so"

        def answered(volumes: int | None) -> None:
            if volumes is not None and self._still_on_desk(order) is not None:
                self.desk = replace(self.desk, volumes=volumes)
                self.background(self._show)

        self.app.push_screen(Volumes(order.row, len(self.desk.codes)), answered)

    def do_one_box(self, action: Action) -> None:
        """The next code may stand on another order too."""
        order = self.desk.order
        assert order is not None, "the action's reason said so"
        self.desk = replace(self.desk, shared=True)
        self._say("one-box", {"number": order.row.number}, "good")
        self.background(self._show)

    def do_which_carrier(self, action: Action) -> None:
        """Ask whose codes are scanned from now on."""

        def answered(chosen: str | None) -> None:
            if chosen is not None:
                self.desk = replace(self.desk, carrier=chosen)
                self.background(self._show)

        known = carriers(self.console_app.settings.console.carriers)
        self.app.push_screen(WhichCarrier(known), answered)

    def do_from_file(self, action: Action) -> None:
        """Ask for the file."""

        def answered(path: str | None) -> None:
            if path:
                self.app.push_screen(ShipmentFile(Path(path).expanduser()))

        told = say("A line for each parcel, with the columns pedido, rastreio and transportadora.")
        question = Ask(say("Which file?"), [[Piece(told, "dim")]], placeholder=say("path of a CSV file"))
        self.app.push_screen(question, answered)

    def do_withdraw_shipment(self, action: Action) -> None:
        """Taking back harms nobody: no question."""
        now = self.situation()
        under = tuple(order for order in now.orders if order.withdrawable)
        orders = under or tuple(order for order in self._last if order.withdrawable)
        self.console_app.asking.send_for_orders("withdraw", {}, orders, _(action.label))

    def do_scan_line(self, action: Action) -> None:
        """Between the scanner's line and the list."""
        line = self.query_one(ScanLine)
        (self.query_one("#closed") if line.has_focus else line).focus()

    def on_descendant_focus(self) -> None:
        """Other keys work in the list; what is typed into the line leads to no other screen."""
        self.offer_keys()
        self.query_one(Tabs).come_after("escape" if self.query_one(ScanLine).has_focus else None)

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """The order's own page."""
        if isinstance(event.key, int):
            self.app.push_screen(OrderScreen(event.key))

    def do_escape(self, action: Action) -> None:
        """The innermost thing first: what is typed, the order on the desk, then the line itself."""
        line, order = self.query_one(ScanLine), self.desk.order
        if line.value:
            line.clear()
        elif order is not None and not self._working:
            self.desk = self.desk.cleared()
            self._say("left", {"number": order.row.number}, "dim")
            self.background(self._show)
        elif line.has_focus:
            self.query_one("#closed").focus()

    def do_back(self, action: Action) -> None:
        """It stands beside the overview, not on it."""
        self.console_app.go("overview")
