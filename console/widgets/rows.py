"""The list that every screen uses: it draws only the lines that are seen, whatever the number of rows behind them.

Textual's DataTable takes 18 s to load 100,000 rows and 50 ms for a page; drawing lines from a source takes 6 ms at a
million. At the edge the list jumps two thirds of a page: a tenth of the bytes of scrolling line by line.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.actions import LIST, actions_at
from console.safe_text import SafeText
from console.widgets.plain import EMPTY
from console.widgets.sources import Cell, Memory, Row, Source
from console.widths import fit

JUMP = 2 / 3
GAP = 1
HEAD_LINES = 1
MARGIN_CELLS = 2
FLEX_CELLS_MIN = 14


@dataclass(frozen=True, slots=True)
class Column:
    """A column of that many cells; width 0 takes what the others leave.

    Spare ones are left out, the last first, where that would be less than FLEX_CELLS_MIN.
    """

    title: SafeText
    width: int = 0
    right: bool = False
    spare: bool = False


class Rows(ScrollView, can_focus=True):
    """A list with a cursor, and marks that stay with their rows."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding(",".join(action.keys), f"list('{action.id}')", show=False, id=action.id) for action in actions_at(*LIST)
    ]
    TONES: ClassVar[tuple[str, ...]] = ("dim", "good", "warn", "bad", "strong", "head", "cursor", "blurred", "marked")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"rows--{tone}" for tone in TONES}
    DEFAULT_CSS = """
    Rows { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; background: $background; }
    Rows > .rows--dim { color: $text-muted; }
    Rows > .rows--good { color: $text-success; }
    Rows > .rows--warn { color: $text-warning; }
    Rows > .rows--bad { color: $text-error; text-style: bold; }
    Rows > .rows--strong { text-style: bold; }
    Rows > .rows--marked { text-style: bold; color: $text-accent; }
    Rows > .rows--head { color: $text-muted; text-style: underline; }
    Rows > .rows--cursor { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    Rows > .rows--blurred { background: $boost; text-style: bold; }
    """

    class Moved(Message):
        """The cursor stands on another row, or the row under it was shown anew; key None = the list is empty."""

        def __init__(self, rows: Rows, key: Hashable | None) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> Rows:
            """The list."""
            return self.rows

    class Opened(Moved):
        """Enter was pressed on a row."""

    def __init__(self, columns: Sequence[Column], *, empty: SafeText = EMPTY, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._columns = tuple(columns)
        self._empty = empty
        self.source: Source = Memory()
        self.cursor = 0
        self.marks: set[Hashable] = set()
        self._told: Hashable | None = None

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, source: Source, empty: SafeText | None = None, columns: Sequence[Column] | None = None) -> None:
        """Show these rows. The cursor stays on its row, or at its place when that row is gone; so do the marks."""
        was, before, place = self.key, self.source, self.cursor
        if empty is not None:
            self._empty = empty
        if columns is not None:
            self._columns = tuple(columns)
        self.source = source
        found = None if was is None else source.index_of(was)
        self.cursor = found if found is not None else max(0, min(self.cursor, len(source) - 1))
        self.virtual_size = Size(self.size.width, len(source) + HEAD_LINES)
        self._keep_in_view()
        moved = source.differing(before) if isinstance(source, Memory) and columns is None else None
        if moved is None or self.cursor != place or not len(source):
            self.refresh()
        else:  # what stays as it is costs nothing on a slow line
            for index in moved:
                self._refresh_row(index)
        self._tell()

    @property
    def key(self) -> Hashable | None:
        """The key of the row under the cursor."""
        return self.source.key(self.cursor) if self.cursor < len(self.source) else None

    def go_to(self, key: Hashable) -> bool:
        """Put the cursor on that row; False when it is not in the list."""
        index = self.source.index_of(key)
        if index is not None:
            self._move(index)
        return index is not None

    # --- keys --------------------------------------------------------------------------------------------------------

    def action_list(self, name: str) -> None:
        """A key of every list."""
        page = max(1, self.size.height - HEAD_LINES - 1)
        last = len(self.source) - 1
        if name == "open":
            if self.key is not None:
                self.post_message(self.Opened(self, self.key))
            return
        steps = {"down": 1, "up": -1, "page_down": page, "page_up": -page, "first": -last - 1, "last": last + 1}
        self._move(self.cursor + steps[name])

    def mark(self) -> None:
        """Mark the row, or unmark it, and go on."""
        if self.key is not None:
            self.marks ^= {self.key}
            self._refresh_row(self.cursor)
            self._move(self.cursor + 1)

    def mark_all(self) -> None:
        """Mark every row of the list."""
        self.marks = {self.source.key(index) for index in range(len(self.source))}
        self.refresh()

    def unmark(self) -> None:
        """Remove all marks."""
        self.marks.clear()
        self.refresh()

    def _move(self, index: int) -> None:
        index = max(0, min(index, len(self.source) - 1))
        if index == self.cursor or not len(self.source):
            return
        before, self.cursor = self.cursor, index
        self._keep_in_view()
        self._refresh_row(before)
        self._refresh_row(index)
        self._tell()

    def _tell(self) -> None:
        if self.key is not None or self._told is not None:
            self.post_message(self.Moved(self, self.key))
        self._told = self.key

    def _keep_in_view(self) -> None:
        seen = self.size.height - HEAD_LINES
        if seen <= 0:
            return
        top = round(self.scroll_y)
        jump = max(1, int(seen * JUMP))
        if self.cursor < top:
            top = min(self.cursor, max(0, top - jump))
        elif self.cursor >= top + seen:
            top = max(self.cursor - seen + 1, min(top + jump, len(self.source) - seen))
        else:
            return
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def _refresh_row(self, index: int) -> None:
        self.refresh(Region(0, index - round(self.scroll_y) + HEAD_LINES, self.size.width, 1))

    # --- drawing -----------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """The cursor stays in view."""
        self.virtual_size = Size(self.size.width, len(self.source) + HEAD_LINES)
        self._keep_in_view()
        self.refresh()

    def on_focus(self) -> None:
        """The cursor is drawn stronger."""
        self._refresh_row(self.cursor)

    def on_blur(self) -> None:
        """The cursor is drawn weaker."""
        self._refresh_row(self.cursor)

    def render_line(self, y: int) -> Strip:
        """A line of the screen: the heading, or a row."""
        width = self.scrollable_content_region.width
        columns = self._fitting(width)
        if y < HEAD_LINES:
            titles = [Cell(column.title) for column in self._columns]
            return self._strip("".join(self._fitted(titles, columns, "  ", width)), "head", width)
        index = round(self.scroll_y) + y - HEAD_LINES
        if index >= len(self.source):
            empty = not len(self.source) and y == HEAD_LINES
            return self._strip(f"  {self._empty}" if empty else "", "dim", width)
        cells = self.source.row(index)
        marked = self.source.key(index) in self.marks
        first = f"{'▸' if index == self.cursor else ' '}{'●' if marked else ' '}"
        texts = [first, "…"] if cells is None else list(self._fitted(cells, columns, first, width))
        if index == self.cursor:
            return self._strip("".join(texts), "cursor" if self.has_focus else "blurred", width)
        if marked or cells is None:
            return self._strip("".join(texts), "marked" if marked else "dim", width)
        tones = ["", *(cells[number].tone for number in columns)]
        runs = groupby(zip(texts, tones, strict=True), key=lambda pair: pair[1])
        segments = [Segment("".join(text for text, _ in run), self._style(tone)) for tone, run in runs]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _strip(self, text: str, tone: str, width: int) -> Strip:
        style = self._style(tone)
        return Strip([Segment(fit(text, width), style)]).adjust_cell_length(width, style)

    def _style(self, tone: str) -> Any:
        return self.get_component_rich_style(f"rows--{tone}") if tone else self.rich_style

    def _fitting(self, width: int) -> list[int]:
        """The columns for which there is room."""
        columns = list(range(len(self._columns)))
        spare = [number for number in columns if self._columns[number].spare]
        while spare and self._flex_cells(columns, width) < FLEX_CELLS_MIN:
            columns.remove(spare.pop())
        return columns

    def _flex_cells(self, columns: Sequence[int], width: int) -> int:
        """What these columns leave for the one without a width."""
        return width - MARGIN_CELLS - GAP * (len(columns) - 1) - sum(self._columns[number].width for number in columns)

    def _fitted(self, cells: Row, columns: Sequence[int], first: str, width: int) -> Iterator[str]:
        """The texts of a line, each in the width of its column; `first` stands in the margin."""
        yield first
        for number in columns:
            column = self._columns[number]
            own = column.width or max(0, self._flex_cells(columns, width))
            gap = " " * GAP if number != columns[-1] else ""
            yield fit(cells[number].text, own, right=column.right) + gap
