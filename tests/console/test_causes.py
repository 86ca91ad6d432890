"""Every cause that a screen names has its section in the guide, in both languages, as the screen says it."""

from __future__ import annotations

import pytest

from console import language
from console.problems import PROBLEMS
from console.screens.troubled import GUIDE, page_of
from tests.console.causes import ROOT, page


@pytest.mark.parametrize("tongue", GUIDE)
def test_the_guide_has_the_page_that_the_screen_names(tongue: str) -> None:
    language.use(tongue)
    named = {str(page_of(code)) for code in PROBLEMS}
    text = (ROOT / GUIDE[tongue]).read_text(encoding="utf-8")
    there = {f"{GUIDE[tongue]}#{line[3:]}" for line in text.splitlines() if line.startswith("## ")}
    assert named == there, "run: python -m tests.console.causes"


@pytest.mark.parametrize("tongue", GUIDE)
def test_it_says_there_what_the_screen_says(tongue: str) -> None:
    language.use(tongue)
    assert (ROOT / GUIDE[tongue]).read_text(encoding="utf-8") == page(), "run: python -m tests.console.causes"
