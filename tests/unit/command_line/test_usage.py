"""How the command line is used: mistakes, help, languages, and what it needs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from console import language
from console.__main__ import main
from console.arguments import parser
from console.verbs.context import find_settings, find_state
from engine.runtime.hosted import HostedEngine
from engine.store.accounts import DIRECTIONS
from tests.console.builder import StoreFile
from tests.unit.command_line.verbs import run

ROOT = Path(__file__).parents[3]
VERB_NAMED = r"(?:Verb\(|Decision\(\s*)\"(\w+)\""


def test_wrong_settings_name_file_key_and_what_is_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "settings.toml").write_text("[engine]\ninterval_s = 'soon'\n", encoding="utf-8")
    assert run(tmp_path / "state", "--engine-only") == 2
    said = capsys.readouterr().err
    assert "interval_s" in said
    assert "settings.toml" in said
    assert "expected" in said
    assert run(tmp_path / "state", "doctor") == 2
    assert "interval_s" in capsys.readouterr().out


def test_a_second_engine_says_who_runs_the_first(
    state_folder: Path, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "--engine-only") == 3
    assert "already runs the engine" in capsys.readouterr().err


def test_doctor_beside_a_running_engine_tells_what_that_one_sees(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "doctor") == 0
    assert "Magento 2.4.6" in capsys.readouterr().out
    store.problem("secret-missing", "item:1", {"name": "token"})
    assert run(state_folder, "doctor", "--json") == 1
    assert json.loads(capsys.readouterr().out)[-1]["ok"] is False


@pytest.mark.parametrize("arguments", [["bogus"], ["sync"], ["orders", "nowhere"], ["pause"], ["--language", "fr"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2


@pytest.mark.parametrize(
    "arguments",
    [("plan", "loja2"), ("pause", "loja2"), ("resume", "loja2"), ("go-live", "loja2"), ("catalogue", "loja2"),
     ("adopt", "loja2"), ("changes", "--account", "loja2"), ("revert", "--account", "loja2")],
)  # fmt: skip
def test_an_account_that_nobody_has_is_refused_with_those_that_there_are(
    state_folder: Path, hosted: HostedEngine, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert run(state_folder, *arguments) == 2
    assert "There is no account loja2. There are: loja." in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["audit", "orders"])
@pytest.mark.parametrize("limit", ["-3", "0", "many"])
def test_a_limit_is_a_number_from_one_on(verb: str, limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--language", "en", verb, f"--limit={limit}"])
    assert left.value.code == 2
    assert "is no whole number from 1 on" in capsys.readouterr().err


def test_help_and_mistakes_are_in_portuguese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--language", "pt_BR", "--help"])
    printed = capsys.readouterr().out
    assert printed.startswith("uso: integra")
    assert "mostra esta ajuda e termina" in printed
    assert "show " not in printed


def test_directions_and_queues_of_the_command_line_are_the_engines() -> None:
    from console.reading.orders import QUEUES
    from console.texts import DIRECTIONS as OFFERED
    from console.texts import QUEUES as OFFERED_QUEUES

    assert set(OFFERED) == {*DIRECTIONS, "*"}
    assert tuple(OFFERED_QUEUES) == QUEUES
    assert parser().prog == "integra"


@pytest.mark.parametrize(
    ("tongue", "typed", "meant"),
    [
        ("pt_BR", ["orders", "faturar"], "to-invoice"),
        ("pt_BR", ["orders", "Pagamento"], "pay"),
        ("pt_BR", ["orders", "to-invoice"], "to-invoice"),  # what scripts have always said
        ("pt_BR", ["orders", "rewrite", "1"], "rewrite"),
        ("en", ["orders", "invoice"], "to-invoice"),
        ("pt_BR", ["pause", "loja", "precos"], "prices"),
        ("pt_BR", ["resume", "loja"], "*"),
    ],
)
def test_queues_and_directions_are_typed_as_the_screens_call_them(tongue: str, typed: list[str], meant: str) -> None:
    language.use(tongue)
    asked = parser().parse_args(typed)
    assert meant == (asked.queue if asked.verb == "orders" else asked.direction)


def test_the_help_of_every_verb_is_in_portuguese_whole(capsys: pytest.CaptureFixture[str]) -> None:
    verbs = (
        "demo", "sync", "status", "plan", "orders", "customers", "pause", "resume", "go-live", "adopt", "changes",
        "init", "doctor", "cplus", "cplus watch", "cplus install-triggers",
    )  # fmt: skip
    for verb in verbs:
        with pytest.raises(SystemExit):
            main(["--language", "pt_BR", *verb.split(), "--help"])
    printed = set(re.findall(r"\b[A-Z]{3,}\b", capsys.readouterr().out))
    assert "FILA" in printed
    assert not printed & {"FILE", "DIR", "FOLDER", "ACCOUNT", "ORDER", "NUMBER", "LIMIT", "SEED", "UNTIL", "REASON"}


def test_without_a_terminal_the_console_names_the_way_to_run_without() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console", "--language", "en"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "integra --engine-only" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout


@pytest.mark.parametrize("arguments", [["--engine-only", "--help"], ["status", "--state", "/nowhere"], ["--version"]])
def test_what_needs_no_screen_loads_no_textual(arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['integra', *{arguments!r}]\n"
        "from console.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert not set(done.stdout.rpartition("LOADED")[2].split()) & {"textual", "rich", "httpx", "firebird"}


def test_settings_and_state_are_found_where_people_put_them(tmp_path: Path) -> None:
    own = tmp_path / "config" / "integra" / "settings.toml"
    own.parent.mkdir(parents=True)
    own.touch()
    environment = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "state")}
    assert find_settings(environment, tmp_path) == own
    (tmp_path / "settings.toml").touch()
    assert find_settings(environment, tmp_path) == tmp_path / "settings.toml"
    assert find_settings({"INTEGRA_SETTINGS": "/x.toml"}, tmp_path) == Path("/x.toml")
    assert find_state(environment) == tmp_path / "state" / "integra"
    assert find_state({"STATE_DIRECTORY": "/var/lib/a:/var/lib/b"}) == Path("/var/lib/a")
