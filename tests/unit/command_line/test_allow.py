"""`integra allow`: a fall of prices is allowed ahead, listed while it holds, and taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.runtime.hosted import HostedEngine
from tests.console.builder import StoreFile
from tests.unit.command_line.verbs import run

ROOT = Path(__file__).parents[3]
VERB_NAMED = r"(?:Verb\(|Decision\(\s*)\"(\w+)\""
AHEAD = ("--fall", "60", "--until", "2d", "--yes")


def known(store: StoreFile, *skus: str) -> None:
    store.db.executemany(
        "INSERT INTO product (sku, code, name, active, data, version) VALUES (?1, 'C' || ?1, ?1, 1, '{}', 1)",
        [(sku,) for sku in skus],
    )


def test_products_are_named_by_code_or_key_and_what_is_allowed_is_listed_and_recorded(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    known(store, "000000017", "000000018")
    assert run(state_folder, "allow", "loja", "17", "C000000018", *AHEAD) == 0
    printed = capsys.readouterr().out
    assert "Prices may fall by up to 60 % from" in printed
    assert "000000017, 000000018" in printed
    assert run(state_folder, "allow") == 0
    assert "2 products" in capsys.readouterr().out
    assert run(state_folder, "allow", "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["items"], one["fall_percent"]) == (["000000017", "000000018"], 60)
    assert run(state_folder, "allow", "--forget", str(one["id"])) == 0
    assert [row[0] for row in store.db.execute("SELECT what FROM audit ORDER BY id")] == [
        "allow_ahead", "withdraw_allowance",
    ]  # fmt: skip
    assert run(state_folder, "allow", "--forget", str(one["id"])) == 1
    assert "taken back already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "exit", "said"),
    [
        (("loja", "17"), 2, "Say how far and until when"),
        (("loja", *AHEAD), 2, "Say which products, or --all"),
        (("loja", "17", "--all", *AHEAD), 2, "Say which products, or --all"),
        (("loja", "999", *AHEAD), 1, "no product called 999"),
        (("loja", "17", "--fall", "60", "--until", "tomorrow", "--yes"), 2, "tomorrow is no time"),
        (("loja", "17", "--fall", "100", "--until", "2d", "--yes"), 1, "by 0 to 99 per cent"),
        (("loja", "17", "--fall", "60", "--until", "2d"), 1, "say --yes where there is nobody to ask"),
    ],
)
def test_what_makes_no_sense_is_refused_and_says_why(
    state_folder: Path,
    store: StoreFile,
    hosted: HostedEngine,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    exit: int,
    said: str,
) -> None:
    known(store, "000000017")
    assert run(state_folder, "allow", *arguments) == exit
    assert said in " ".join(capsys.readouterr().err.split())
    assert store.db.execute("SELECT COUNT(*) FROM price_allowance").fetchone()[0] == 0
