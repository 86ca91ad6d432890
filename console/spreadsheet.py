"""Files that people keep in a spreadsheet: columns parted by semicolons or commas, UTF-8 or Windows-1252."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


class NotThatFile(Exception):
    """The file has no column of this name."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


def rows(path: Path, columns: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line of the file, cell by column); a column is found by one of its titles. Raises OSError, NotThatFile."""
    text = _decoded(path.read_bytes())
    delimiter = ";" if text.partition("\n")[0].count(";") else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    places = _places(next(lines, []), columns)
    for number, cells in enumerate(lines, start=2):
        yield number, {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}


def _places(header: Sequence[str], columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
    titles = [title.strip().lstrip("\ufeff").casefold() for title in header]
    places = {}
    for name, wanted in columns.items():
        known = {title.casefold() for title in wanted}
        place = next((index for index, title in enumerate(titles) if title in known), None)
        if place is None:
            raise NotThatFile(wanted[0])
        places[name] = place
    return places


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
