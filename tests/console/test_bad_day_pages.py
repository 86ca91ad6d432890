"""The pages on bad days name what the console shows, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.console.catalogue import sentences, translated

DOCS = Path(__file__).parents[2] / "docs"
FOLDERS = {"bad-days": "en", "dias-ruins": "pt_BR"}


def _shown(language: str) -> set[str]:
    """Everything the console says in this language."""
    if language == "en":
        return {str(message.id) for message in sentences()}
    return {str(message.string) for message in translated()}


def _pages(folder: str) -> list[Path]:
    return sorted(path for path in (DOCS / folder).glob("*.md") if path.name != "README.md")


def test_each_bad_day_has_a_page_in_both_languages() -> None:
    english, portuguese = (_pages(folder) for folder in FOLDERS)
    assert len(english) == len(portuguese) >= 10


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_index_lists_every_page_under_its_title(folder: str) -> None:
    index = (DOCS / folder / "README.md").read_text(encoding="utf-8")
    for page in _pages(folder):
        title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert f"* [{title}]({page.name})" in index


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_page_quotes_only_titles_that_the_console_shows(folder: str) -> None:
    shown = _shown(FOLDERS[folder])
    for page in _pages(folder):
        text = " ".join(page.read_text(encoding="utf-8").split())
        quoted = [words for words in re.findall(r"`([^`]+)`", text) if words[0].isupper()]
        assert not [words for words in quoted if words not in shown], page.name
