"""Keys that settings choose: they work, they are shown, and a choice that cannot be is refused at the start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.actions import choose_keys
from console.keys import chosen_keys
from console.texts import explain
from engine.errors import Misconfigured
from engine.settings import Settings
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    yield
    choose_keys({})


@pytest.mark.parametrize(
    ("chosen", "code", "named"),
    [
        ({"aprove": ["A"]}, "keys-unknown-action", ["aprove", "approve"]),
        ({"approve": []}, "keys-none", ["approve"]),
        ({"approve": ["f11"]}, "keys-unusable", ["f11", "approve"]),
        ({"approve": ["~"]}, "keys-unusable", ["~"]),
        ({"approve": ["hyper+x"]}, "keys-unusable", ["hyper+x"]),
        ({"approve": ["r"]}, "keys-doubled", ["“r”", "approve", "refuse"]),
        ({"approve": ["j"]}, "keys-doubled", ["“j”", "down"]),
        ({"filter": ["F"], "palette": ["F"]}, "keys-doubled", ["“F”", "filter", "palette"]),
    ],
)
def test_a_choice_that_cannot_be_is_refused_by_name(chosen: dict[str, list[str]], code: str, named: list[str]) -> None:
    with pytest.raises(Misconfigured) as raised:
        chosen_keys(chosen)
    assert raised.value.code == code
    sentence = explain(raised.value.code, raised.value.params, "")
    for part in named:
        assert part in sentence


def test_a_key_may_mean_two_things_on_two_screens_and_keys_may_change_places() -> None:
    assert chosen_keys({"approve": ["P", "f6"], "pause": ["P"]}) == {"approve": ("P", "f6"), "pause": ("P",)}
    assert chosen_keys({"approve": ["r"], "refuse": ["a"]})
    assert not chosen_keys(Settings().console.keys)


@pytest.mark.anyio
async def test_chosen_keys_work_and_are_shown_and_the_former_ones_do_nothing(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100")
    overlay = '[console]\nkeys = { approve = ["r"], refuse = ["%"], down = ["ctrl+n"], filter = ["F"] }\n'
    (tmp_path / "settings.local.toml").write_text(overlay, encoding="utf-8")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, lambda text: "Decide 1" in text and "r approve  % refuse" in text and "F filter" in text)
        await pilot.press("a", "slash")
        await pilot.pause(0.2)
        await until(pilot, "Decide 1")
        await pilot.press("r")
        await until(pilot, "approve?")
        await pilot.press("escape")
        await pilot.press("percent_sign")
        await until(pilot, "suspected fraud")
        await pilot.press("escape", "question_mark")
        await until(pilot, lambda text: re.search(r"\br +approve ", text) is not None)
