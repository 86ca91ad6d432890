"""The list draws what is seen: a hundred thousand rows cost no more than thirty."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.strip import Strip

from console.safe_text import SafeText
from console.widgets.rows import Column, Rows
from console.widgets.sources import PAGE_ROWS, Cell, Memory, Pages, Row

pytestmark = pytest.mark.anyio

COLUMNS = [Column(SafeText("id"), 8, right=True), Column(SafeText("name"))]


class Bench(App[None]):
    """One list."""

    def compose(self) -> ComposeResult:
        yield Rows(COLUMNS, empty=SafeText("none"))

    @property
    def rows(self) -> Rows:
        return self.query_one(Rows)

    def lines(self) -> list[str]:
        return ["".join(s.text for s in self.rows.render_line(y)).rstrip() for y in range(self.rows.size.height)]


def drawn(number: int) -> Row:
    return [Cell(SafeText(str(number))), Cell(SafeText(f"row {number}"), "good")]


def in_memory(numbers: Sequence[int]) -> Memory:
    return Memory([(number, drawn(number)) for number in numbers])


async def test_only_pages_around_the_cursor_are_fetched() -> None:
    asked: list[int] = []
    app = Bench()
    async with app.run_test(size=(40, 12)) as pilot:
        pages: Pages[int, int] = Pages(array("q", range(100_000)), asked.extend, drawn)
        app.rows.show(pages)
        app.rows.focus()
        await pilot.pause()
        assert app.lines()[1].strip("▸ ") == "…"  # it says so while it waits
        pages.supply({id: id for id in asked})
        await pilot.press("end")
        assert len(asked) <= 4 * PAGE_ROWS
        pages.supply({id: id for id in asked})
        assert "row 99999" in app.lines()[-1]


@pytest.mark.parametrize(("width", "seen"), [(60, "total age state"), (40, "total state"), (30, "state")])
async def test_a_narrow_list_leaves_out_what_can_be_spared_and_keeps_the_name(width: int, seen: str) -> None:
    columns = [
        Column(SafeText("name")),
        Column(SafeText("total"), 8, spare=True),
        Column(SafeText("age"), 15, spare=True),
        Column(SafeText("state"), 10),
    ]
    app = Bench()
    async with app.run_test(size=(width, 12)) as pilot:
        cells = [Cell(SafeText(text), "good") for text in ("Maria da Silva", "R$ 1", "2 h", "paid")]
        app.rows.show(Memory([(1, cells)]), columns=columns)
        await pilot.pause()
        head, row = app.lines()[:2]
        assert head.split() == ["name", *seen.split()]
        assert "Maria da Silva" in row
        assert "paid" in row


async def test_of_rows_shown_anew_only_the_changed_ones_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Bench()
    async with app.run_test(size=(40, 12)) as pilot:
        app.rows.show(in_memory(range(8)))
        await pilot.pause()
        drawn_lines: list[int] = []
        render = app.rows.render_line

        def watched(y: int) -> Strip:
            drawn_lines.append(y)
            return render(y)

        monkeypatch.setattr(app.rows, "render_line", watched)
        changed = list(in_memory(range(8)).rows)
        changed[3] = (3, [Cell(SafeText("3")), Cell(SafeText("another"))])
        app.rows.show(Memory(changed))
        await pilot.pause()
        assert set(drawn_lines) == {4}
        assert "another" in app.lines()[4]


async def test_the_cursor_stays_on_its_row_when_others_come_and_go() -> None:
    app = Bench()
    async with app.run_test(size=(40, 12)) as pilot:
        app.rows.show(in_memory(range(10)))
        app.rows.focus()
        await pilot.press("down", "down", "down")
        app.rows.show(in_memory([100, 101, *range(10)]))
        assert str(app.rows.key) == "3"
        app.rows.show(in_memory([100, 101, 102]))
        assert str(app.rows.key) == "102"  # its row is gone: the nearest place


async def test_marks_stay_with_their_rows() -> None:
    app = Bench()
    async with app.run_test(size=(40, 12)) as pilot:
        app.rows.show(in_memory(range(10)))
        app.rows.mark()
        app.rows.mark()
        app.rows.show(in_memory(range(9, -1, -1)))
        await pilot.pause()
        assert app.rows.marks == {0, 1}
        assert [line.strip("▸ ")[0] for line in app.lines()[9:11]] == ["●", "●"]


async def test_at_the_edge_the_list_jumps_and_the_cursor_is_seen() -> None:
    app = Bench()
    async with app.run_test(size=(40, 12)) as pilot:
        app.rows.show(in_memory(range(100)))
        app.rows.focus()
        await pilot.pause()
        tops = set()
        for _ in range(60):
            await pilot.press("down")
            tops.add(round(app.rows.scroll_y))
            assert any(line.startswith("▸") for line in app.lines())
        assert len(tops) < 12
        await pilot.press("home")
        assert app.lines()[1].startswith("▸")


async def test_columns_stay_aligned_under_wide_letters() -> None:
    app = Bench()
    async with app.run_test(size=(30, 6)) as pilot:
        rows: list[tuple[Any, Row]] = [
            (1, [Cell(SafeText("1")), Cell(SafeText("漢字" * 20))]),
            (2, [Cell(SafeText("2")), Cell(SafeText("é" * 50))]),
        ]
        app.rows.show(Memory(rows))
        await pilot.pause()
        for y in range(3):
            assert app.rows.render_line(y).cell_length == 30


async def test_an_empty_list_says_why_and_takes_every_key() -> None:
    app = Bench()
    async with app.run_test(size=(40, 6)) as pilot:
        assert "none" in app.lines()[1]
        app.rows.focus()
        await pilot.press("down", "up", "enter", "end", "home", "pagedown", "pageup")
        app.rows.mark()
        assert app.rows.key is None
        assert not app.rows.marks
