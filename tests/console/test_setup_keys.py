"""Which keys of a shop an installer is asked for, and which are used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from connectors.magento import connector as magento
from connectors.openmage import connector as openmage
from console.setup import keys
from console.setup.asking import Ask, Line
from console.setup.draft import Draft
from engine.ports import Connector

T = TypeVar("T")


class Installer:
    """Somebody who says yes or no, types each key's own name, and notes what was asked."""

    def __init__(self, *, has_all: bool | None = None) -> None:
        self.has_all = has_all
        self.asked: list[str] = []

    def tell(self, text: str = "", mark: str = "") -> None: ...

    def show(self, lines: Iterable[str]) -> None: ...

    def text(self, ask: Ask, default: str, check: Callable[[str], T]) -> T:
        raise AssertionError(ask)

    def pick(
        self, ask: Ask, lines: Sequence[Line], default: Sequence[Any], *, several: bool, optional: bool
    ) -> list[Any]:
        raise AssertionError(ask)

    def secret(self, ask: Ask, *, known: bool) -> str | None:
        if known:
            return None
        self.asked.append(ask.key)
        return ask.key

    def yes(self, ask: Ask, default: bool) -> bool:
        return default if self.has_all is None else self.has_all


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return Draft(tmp_path / "settings.toml")


FOUR = ["loja.consumer_key", "loja.consumer_secret", "loja.token", "loja.token_secret"]


@pytest.mark.parametrize(
    ("connector", "has_all", "asked"),
    [(magento, True, FOUR), (magento, None, FOUR), (magento, False, ["loja.token"]), (openmage, None, ["loja.key"])],
)
def test_an_installer_is_asked_for_the_keys_that_he_has(
    draft: Draft, connector: Connector, has_all: bool | None, asked: list[str]
) -> None:
    installer = Installer(has_all=has_all)
    find = keys.ask_for(installer, draft, connector, "loja", refused=False)
    assert installer.asked == asked
    assert [find(name.removeprefix("loja.")) for name in asked] == asked


def test_a_script_with_only_a_token_is_not_asked_for_more(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTEGRA_LOJA_TOKEN", "chave")
    script = Installer()
    find = keys.ask_for(script, draft, magento, "loja", refused=False)
    assert (script.asked, find("token"), find("consumer_key")) == ([], "chave", None)


def test_keys_that_were_refused_are_asked_for_again(draft: Draft) -> None:
    installer = Installer(has_all=True)
    keys.ask_for(installer, draft, magento, "loja", refused=False)
    keys.ask_for(installer, draft, magento, "loja", refused=True)
    assert installer.asked == FOUR * 2
