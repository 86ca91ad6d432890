"""How an installer is asked: lists by number, by key or by word; what will not do is asked again, with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console import language
from console.safe_text import SafeText
from console.setup.asking import Ask, Line, Terminal, Unattended
from console.setup.draft import Draft, template
from engine.errors import Misconfigured
from engine.settings import load

CARRIERS = [Line(f"{n:09d}", SafeText(f"{n:09d}  CARRIER {n}")) for n in range(1, 41)]
ASK = Ask("erp.options.carriers", SafeText("Carrier"), SafeText("Who brings it."))

Typing = Callable[..., None]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    language.use("en")
    yield
    language.use(language.DEFAULT_LANGUAGE)


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Typing:
    """What the installer will type, line by line; then the input ends."""

    def types(*typed: str) -> None:
        waiting = list(typed)

        def read(_prompt: str) -> str:
            if not waiting:
                raise EOFError
            return waiting.pop(0)

        monkeypatch.setattr("builtins.input", read)

    return types


def pick(default: Sequence[Any] = (), *, several: bool = False, optional: bool = False) -> list[Any]:
    return Terminal().pick(ASK, CARRIERS, default, several=several, optional=optional)


def test_a_list_takes_numbers_keys_and_a_word_to_search(typing: Typing, capsys: pytest.CaptureFixture[str]) -> None:
    typing("carrier 3", "33")
    assert pick() == ["000000033"]
    shown = capsys.readouterr().out
    assert "25 more" in shown  # the whole list is not thrown at him
    assert shown.count("CARRIER 33") == 1
    typing("000000007")
    assert pick() == ["000000007"]
    typing("12, 4")
    assert pick(several=True) == ["000000012", "000000004"]


def test_a_list_that_stands_above_is_not_shown_again(typing: Typing, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    typing("1", "2", "1")
    for lines in (CARRIERS[:3], CARRIERS[:3], CARRIERS[3:5]):
        terminal.pick(ASK, lines, [], several=False, optional=False)
    shown = capsys.readouterr().out
    assert shown.count("CARRIER 1") == 1
    assert shown.count("CARRIER 4") == 1


def test_enter_takes_the_default_in_its_order_and_a_dash_takes_nothing(typing: Typing) -> None:
    typing("")
    assert pick(["000000009", "000000002"], several=True) == ["000000009", "000000002"]
    typing("-")
    assert pick(["000000009"], optional=True) == []


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("", "needed"), ("-", "needed"), ("41", "not in the list"), ("0", "not in the list"), ("1 2", "Only one")],
)
def test_what_will_not_do_is_asked_again_with_the_reason(
    typed: str, reason: str, typing: Typing, capsys: pytest.CaptureFixture[str]
) -> None:
    typing(typed, "5")
    assert pick() == ["000000005"]
    assert reason in capsys.readouterr().out


def test_a_question_mark_explains_and_the_end_of_input_leaves(
    typing: Typing, capsys: pytest.CaptureFixture[str]
) -> None:
    typing("?")
    with pytest.raises(EOFError):
        pick()
    assert "Who brings it." in capsys.readouterr().out


def test_only_yes_is_yes(typing: Typing, capsys: pytest.CaptureFixture[str]) -> None:
    typing("perhaps", "Y")
    assert Terminal().yes(ASK, default=False)
    assert "Type y or n" in capsys.readouterr().out


def test_with_nobody_there_what_only_a_person_knows_is_named() -> None:
    with pytest.raises(Misconfigured) as refused:
        Unattended("answers.toml").pick(ASK, CARRIERS, [], several=False, optional=False)
    assert refused.value.params["key"] == "erp.options.carriers"
    assert refused.value.params["file"] == "answers.toml"


def test_a_value_that_stands_already_is_no_change(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[erp.options]\npath = "a.fdb"\nsectors = ["1"]\n[[account]]\nid = "loja"\nname = "A"\n')
    draft = Draft(path)
    draft.options["sectors"] = ["1"]
    draft.account["name"] = "B"
    assert draft.changes() == {"account": [{"id": "loja", "name": "B"}]}
    assert list(draft.difference()) == ["[account: loja]", '  - name = "A"', '  + name = "B"']


def test_the_settings_are_explained_in_each_language_with_the_same_keys_and_defaults() -> None:
    english = template()
    language.use("pt_BR")
    portuguese = template()
    key = re.compile(r"^(?:# )?(\[.*\]|[a-z_]+ = .*)$", re.MULTILINE)
    assert key.findall(portuguese.replace('"pt_BR"', '"en"')) == key.findall(english)
    assert len(key.findall(english)) > 30
    assert "the accounts" not in portuguese


def test_what_init_writes_is_explained_in_the_language_it_was_asked_in(tmp_path: Path) -> None:
    for tongue, word in (("pt_BR", "O Integra lê este arquivo"), ("en", "Integra reads this file")):
        language.use(tongue)
        draft = Draft(tmp_path / tongue / "settings.toml")
        draft.options["path"] = "a.fdb"
        draft.write(datetime(2026, 11, 24, tzinfo=UTC))
        assert word in draft.path.read_text(encoding="utf-8")
        assert load(draft.path).console.language == tongue
        assert load(draft.path).erp.options == {"path": "a.fdb"}
