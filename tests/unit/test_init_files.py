"""integra init and the files that it is given, in the words of whoever types."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import language
from console.__main__ import main
from console.setup.asking import Terminal
from console.setup.draft import Draft
from console.verbs import init
from console.verbs.context import Context


@pytest.fixture
def anyhow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question is answered with yes."""
    monkeypatch.setattr("builtins.input", lambda _prompt: "s")


def test_a_missing_answers_file_is_named_in_portuguese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "respostas.toml"
    settings = tmp_path / "settings.toml"
    assert main(["--language", "pt_BR", "--settings", str(settings), "init", "--answers", str(missing)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "respostas.toml" in said.replace(" ", "")
    assert "esse arquivo ou pasta não existe" in said
    assert "Errno" not in said


def test_the_next_steps_name_the_state_folder_that_was_given(
    tmp_path: Path, anyhow: None, capsys: pytest.CaptureFixture[str]
) -> None:
    language.use("pt_BR")
    settings, state = tmp_path / "settings.toml", tmp_path / "the state"
    draft = Draft(settings)
    draft.options["path"] = "CPLUS"
    assert init._write(Context(settings, state), Terminal(), draft) == 0
    assert f"integra doctor --settings {settings} --state '{state}'" in capsys.readouterr().out
