"""The spreadsheet of adoption: what people decide survives Excel, and a wrong line is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console import language
from console.reading.adoption import AdoptionRow
from console.spreadsheet import NotThatFile
from console.verbs import adopt_file
from console.verbs.adopt_file import Decided

ROWS = [
    AdoptionRow(
        "item", "doubtful", "gtin", "7", "CANECA", "=HYPERLINK(1)", "", ("000000017", "000000018"), ("1", "2"),
        ("A", "B"),
    ),
    AdoptionRow("item", "doubtful", "name", "8", "PRATO", "Prato; raso", "", ("000000019",), ("3",), ("PRATO RASO",)),
    AdoptionRow("item", "only-shop", "nothing", "9", "-X", "Vale", "", ()),
    AdoptionRow("customer", "sure", "email", "7", "a@example.com", "Ana", "", ("000000001",)),
]  # fmt: skip


@pytest.fixture(params=language.LANGUAGES)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    language.use(request.param)
    file = tmp_path / "loja.csv"
    adopt_file.write(file, ROWS)
    yield file
    language.use(language.DEFAULT_LANGUAGE)


def decide(path: Path, *decisions: str, encoding: str = "utf-8-sig", delimiter: str = ";") -> None:
    """Fill in the first column, and save as a spreadsheet may."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    filled = [lines[0], *(f"{word}{line}" for word, line in zip(decisions, lines[1:], strict=False))]
    path.write_text("\n".join(filled).replace(";", delimiter), encoding=encoding)


def test_a_file_as_it_was_written_decides_nothing(path: Path) -> None:
    assert adopt_file.read(path, ROWS) == []


def test_yes_no_and_a_key_are_decisions(path: Path) -> None:
    decide(path, "000000018", "sim", "NÃO")
    assert adopt_file.read(path, ROWS) == [
        Decided(2, "7", "000000018"),
        Decided(3, "8", "000000019"),
        Decided(4, "9"),
    ]


def test_a_spreadsheet_that_saves_as_windows_1252_is_understood(path: Path) -> None:
    decide(path, "", "", "não", encoding="cp1252")
    assert adopt_file.read(path, ROWS) == [Decided(4, "9")]


def test_lines_that_cannot_be_meant_are_named_by_their_number(path: Path) -> None:
    decide(path, "yes", "", "", "yes")
    assert [(one.line, one.wrong) for one in adopt_file.read(path, ROWS)] == [(2, "no-proposal"), (5, "customer-row")]


def test_no_cell_of_the_shops_is_a_formula(path: Path) -> None:
    cells = [cell for line in path.read_text(encoding="utf-8-sig").splitlines() for cell in line.split(";")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_another_file_is_no_such_file(path: Path) -> None:
    path.write_text("sku;price\n1;2\n")
    with pytest.raises(NotThatFile):
        adopt_file.read(path, ROWS)
