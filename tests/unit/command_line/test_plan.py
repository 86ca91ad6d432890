"""`integra plan`: what the next cycle would write, and what a guard holds passes as it was shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.verbs import plan
from engine.runtime.hosted import HostedEngine
from tests.console.builder import StoreFile
from tests.unit.command_line.held import held
from tests.unit.command_line.verbs import run

ROOT = Path(__file__).parents[3]
VERB_NAMED = r"(?:Verb\(|Decision\(\s*)\"(\w+)\""


def test_plan_shows_before_and_after_and_what_is_held(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    store.db.execute(
        "INSERT INTO publication (account, item, facet, wanted, confirmed, wanted_at, held_by)"
        " VALUES ('loja', '9', 'price', '4990', '9980', '2026', 'price-drop'),"
        " ('loja', '9', 'stock', NULL, '70000', '2026', NULL)"
    )
    assert run(state_folder, "plan") == 1
    printed = capsys.readouterr().out
    assert "R$ 99.80 → R$ 49.90  HELD: prices fall further than the guard allows" in printed
    assert "7 → —" in printed
    assert "integra plan --approve price-drop   lets 1 row pass" in printed
    assert printed.startswith("loja: 1 price, 1 stock would be written.\n  1 of them is held by a guard.\n")


def number_of(state_folder: Path, capsys: pytest.CaptureFixture[str], item: str) -> str:
    """By which the plan lets a row pass."""
    run(state_folder, "plan", "--json")
    (row,) = [row for row in json.loads(capsys.readouterr().out) if row["item"] == item]
    return str(row["number"])


def still_held(store: StoreFile) -> list[str]:
    return [row[0] for row in store.db.execute("SELECT item FROM publication WHERE held_by IS NOT NULL ORDER BY item")]


def test_what_a_guard_holds_passes_by_its_number_and_what_changed_meanwhile_does_not(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    held(store, "price", "price-drop", "8", "9")
    number, other = (number_of(state_folder, capsys, item) for item in ("9", "8"))
    assert run(state_folder, "plan", "--approve", number) == 1, "nobody was there to ask"
    assert "R$ 99.80 → R$ 49.90" in capsys.readouterr().out, "what would pass is shown"
    assert still_held(store) == ["8", "9"]
    assert run(state_folder, "plan", "--approve", number, "--yes") == 0
    assert still_held(store) == ["8"]
    (entry,) = store.db.execute("SELECT what, subject, after FROM audit").fetchall()
    assert (entry["what"], entry["subject"], entry["after"]) == ("pass_guard", "account loja", '{"rows": 1}')

    store.db.execute("UPDATE publication SET wanted = '100' WHERE item = '8'")
    capsys.readouterr()
    assert run(state_folder, "plan", "--approve", other, "--yes") == 1
    assert f"Nothing that a guard holds has the number {other}." in capsys.readouterr().err
    assert still_held(store) == ["8"]


def test_all_that_one_guard_holds_passes_by_its_name_and_nothing_else_does(
    state_folder: Path, store: StoreFile, hosted: HostedEngine
) -> None:
    held(store, "stock", "many-to-zero", "1", "2", "3")
    held(store, "price", "price-drop", "9")
    assert run(state_folder, "plan", "--approve", "many-to-zero", "--yes") == 0
    assert still_held(store) == ["9"]
    assert run(state_folder, "plan", "--approve", "adoption", "--yes") == 1, "that is settled by integra adopt"


def answer_after(monkeypatch: pytest.MonkeyPatch, store: StoreFile, statement: str) -> None:
    """The person says yes, and by then this has happened."""

    def confirmed(_question: str) -> bool:
        store.db.execute(statement)
        return True

    monkeypatch.setattr(plan, "confirmed", confirmed)


def test_by_the_name_of_a_guard_nothing_passes_that_was_not_shown(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(store, "price", "price-drop", "8", "9")
    answer_after(monkeypatch, store, "UPDATE publication SET wanted = '100' WHERE item = '8'")
    assert run(state_folder, "plan", "--approve", "price-drop") == 1
    assert still_held(store) == ["8", "9"]
    answer_after(
        monkeypatch,
        store,
        "INSERT INTO publication (account, item, facet, wanted, confirmed, wanted_at, held_by)"
        " VALUES ('loja', '7', 'price', '1', '9980', '2026', 'price-drop')",
    )
    assert run(state_folder, "plan", "--approve", "price-drop") == 0
    assert still_held(store) == ["7"]


def test_price_groups_pass_as_they_were_shown_or_not_at_all(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.db.execute(
        "INSERT INTO price_group (account, price_table, external_id, name) VALUES ('loja', 'A', '4', 'Atacado')"
    )
    store.db.execute("INSERT INTO price_group_change (account, price_table, asked_at) VALUES ('loja', 'A', '2026')")
    for item in ("8", "9"):
        store.db.execute(
            "INSERT INTO publication (account, item, facet, part, wanted, confirmed, wanted_at)"
            " VALUES ('loja', ?, 'price', 'A', '4990', '4990', '2026')",
            [item],
        )
    answer_after(monkeypatch, store, "UPDATE publication SET confirmed = '100' WHERE item = '8'")
    approved = "SELECT approved_by IS NOT NULL FROM price_group_change"
    assert run(state_folder, "plan", "--approve", "price-groups") == 1
    assert store.db.execute(approved).fetchone()[0] == 0
    assert run(state_folder, "plan", "--approve", "price-groups", "--yes") == 0
    assert store.db.execute(approved).fetchone()[0] == 1


def test_plan_tells_photos_by_their_places_and_texts_by_what_changes(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    shirt = {"name": "Camiseta", "enabled": True, "description": "azul", "categories": ["A"]}
    changed = {"name": "Camiseta", "enabled": False, "description": "verde", "categories": ["A"]}
    digest = {letter: letter * 64 for letter in "abcd"}
    for item, facet, confirmed, wanted in [
        ("9", "media", [digest["a"], digest["b"]], [digest["a"], digest["c"], digest["d"]]),
        ("10", "media", [digest["a"], digest["b"]], [digest["b"], digest["a"]]),
        ("9", "content", shirt, changed),
        ("11", "content", None, shirt),
    ]:
        store.db.execute(
            "INSERT INTO publication (account, item, facet, confirmed, wanted, wanted_at)"
            " VALUES ('loja', ?, ?, ?, ?, '')",
            [item, facet, confirmed and json.dumps(confirmed), json.dumps(wanted)],
        )
    assert run(state_folder, "plan") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("loja: 2 texts, photos of 2 products would be written.\n")
    assert "2 new photos (2, 3), 1 removed (2)" in printed
    assert "another main photo" in printed
    assert "off the storefront, description" in printed
    assert not any(value in printed for value in digest.values())


def test_plan_with_nothing_to_write_says_so(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "plan") == 0
    assert capsys.readouterr().out == "Nothing would be written.\n"
