"""The console as its pictures in the guide show it: every screen, at two sizes, in both languages."""

from __future__ import annotations

import pytest

from tests.console.tour import LANGUAGES, SIZES, STOPS, Stop, draw, picture_path

pytestmark = pytest.mark.anyio

IN_SHORT = {("pt_BR", SIZES[0])}
"""Drawn by `make test` too; the others by `make test-all`."""


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
@pytest.mark.parametrize(
    ("said_in", "size"),
    [
        pytest.param(said_in, size, marks=() if (said_in, size) in IN_SHORT else pytest.mark.long)
        for said_in in LANGUAGES
        for size in SIZES
    ],
)
async def test_a_screen_looks_as_the_guide_shows_it(stop: Stop, said_in: str, size: tuple[int, int]) -> None:
    kept = picture_path(stop, size, said_in)
    drawn = await draw(stop, size, said_in)
    assert drawn == kept.read_text(encoding="utf-8"), "another picture: make tour, and look"
