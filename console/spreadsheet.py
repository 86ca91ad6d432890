"""Files that people keep in a spreadsheet: columns parted by semicolons or commas, UTF-8 or Windows-1252."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet, whoever wrote it."""


class NotThatFile(Exception):
    """The file has no column of this name."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


class Damaged(Exception):
    """No table can be read there."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def write(path: Path, titles: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Semicolons, and a mark by which spreadsheets see UTF-8; no cell is a formula. Raises OSError."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(titles)
        writer.writerows([_harmless(cell) for cell in cells] for cells in lines)


def _harmless(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def meant(cell: str) -> str:
    """A cell without the mark that kept it from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(DANGEROUS) else cell


def rows(
    path: Path, columns: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]] | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line of the file, cell by column); a column is found by one of its titles.

    A column that is `optional` and not there has no cells. Raises OSError, NotThatFile, Damaged.
    """
    text = _decoded(path.read_bytes())
    delimiter = ";" if text.partition("\n")[0].count(";") else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        places = _places(next(lines, []), columns, optional or {})
        for number, cells in enumerate(lines, start=2):
            yield number, {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
    except csv.Error as error:
        raise Damaged(lines.line_num) from error


def _places(
    header: Sequence[str], columns: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    titles = [title.strip().lstrip("\ufeff").casefold() for title in header]
    places = {}
    for name, wanted in {**columns, **optional}.items():
        known = {title.casefold() for title in wanted}
        place = next((index for index, title in enumerate(titles) if title in known), None)
        if place is not None:
            places[name] = place
        elif name not in optional:
            raise NotThatFile(wanted[0])
    return places


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
