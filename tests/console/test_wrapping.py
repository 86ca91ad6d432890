"""Sentences at a terminal's width: no word and no command to copy is broken."""

from __future__ import annotations

import pytest

from console.wrapping import wrapped


@pytest.fixture(autouse=True)
def _eighty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_a_sentence_breaks_between_words_and_is_aligned_behind_its_mark() -> None:
    lines = wrapped("O caixa pode vender a mercadoria reservada. " * 4, "!!  ")
    assert len(lines) > 1
    assert max(map(len, lines)) <= 80
    assert all(line.startswith("    ") for line in lines[1:])
    assert " ".join(line[4:] for line in lines) == ("O caixa pode vender a mercadoria reservada. " * 4).strip()


@pytest.mark.parametrize("before", range(30, 80))
def test_a_command_in_a_sentence_stays_in_one_piece(before: int) -> None:
    text = "x" * 10 + " y" * (before // 2) + ' run "integra cplus watch CODPROD" and look'
    assert any("integra cplus watch CODPROD" in line for line in wrapped(text))


def test_a_command_that_ends_the_sentence_stands_alone_to_be_copied() -> None:
    lines = wrapped("Who counts is not known. Find out with: integra cplus watch CODPROD", "?   ")
    assert lines == ["?   Who counts is not known. Find out with:", "        integra cplus watch CODPROD"]
    long = "integra doctor --settings /home/somebody/with/a/very/long/path/to/the/settings/of/the/store/settings"
    assert wrapped(f"Next: {long}")[-1].strip() == long


def test_on_a_wide_terminal_lines_stay_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    assert max(map(len, wrapped("word " * 100))) <= 100
