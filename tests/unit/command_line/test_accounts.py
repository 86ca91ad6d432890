"""Pausing an account, letting it go live, and one sync of all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.verbs import sync
from console.verbs.moments import until_text
from engine.orders import Payment
from engine.runtime.hosted import HostedEngine
from tests.console.builder import StoreFile
from tests.unit.command_line.held import held
from tests.unit.command_line.verbs import run

ROOT = Path(__file__).parents[3]
VERB_NAMED = r"(?:Verb\(|Decision\(\s*)\"(\w+)\""


def test_a_pause_goes_through_the_running_engine_and_is_audited(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "pause", "loja", "stock", "--reason", "stock-taking", "--until", "2h") == 0
    row = store.db.execute("SELECT * FROM direction WHERE name = 'stock'").fetchone()
    assert (row["enabled"], row["reason"]) == (0, "stock-taking")
    assert row["paused_until"] > datetime.now(UTC).isoformat()
    assert run(state_folder, "resume", "loja", "stock") == 0
    assert store.db.execute("SELECT enabled FROM direction WHERE name = 'stock'").fetchone()[0] == 1
    assert [row[0] for row in store.db.execute("SELECT what FROM audit ORDER BY id")] == ["pause", "resume"]
    assert run(state_folder, "pause", "*", "--reason", "moving") == 0, "all of them"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("30m", "2026-11-24T15:30:00.000000Z"),
        ("1d", "2026-11-25T15:00:00.000000Z"),
        ("2026-11-30T08:00", "2026-11-30T11:00:00.000000Z"),
        ("2026-11-30T08:00+00:00", "2026-11-30T08:00:00.000000Z"),
    ],
)
def test_a_pause_ends_when_people_mean(text: str, kept: str) -> None:
    assert until_text(text, datetime(2026, 11, 24, 15, tzinfo=UTC)) == kept


def test_an_account_goes_live_only_with_a_verdict_and_a_yes(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    store.account("loja", live=False)
    assert run(state_folder, "go-live", "loja", "--yes") == 1
    assert "still looking" in capsys.readouterr().err
    store.db.execute("UPDATE account SET adopted_at = '2026', verdict = '{\"to_create\": 3}'")
    assert run(state_folder, "go-live", "loja") == 1  # nobody there to ask
    assert "would create" in capsys.readouterr().out
    assert run(state_folder, "go-live", "loja", "--yes") == 0
    assert store.db.execute("SELECT mode FROM account").fetchone()[0] == "live"
    assert run(state_folder, "go-live", "loja") == 0  # it is already


def test_an_account_that_was_live_is_approved_again_with_what_c_plus_lost_above_all(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    store.db.execute(
        "UPDATE account SET mode = 'observe', mode_reason = 'older-base', approved_at = '2026', adopted_at = NULL,"
        " verdict = '{\"to_create\": 3}'"
    )
    for number in ("000000600", "000000601"):
        store.order(number, payment=Payment.PAID, parked="order-missing-in-erp")
    assert run(state_folder, "go-live", "loja", "--yes") == 1
    assert "still looking" in capsys.readouterr().err, "the verdict of the first day is shown to nobody"
    store.db.execute("UPDATE account SET adopted_at = '2026'")
    assert run(state_folder, "go-live", "loja", "--yes") == 0
    assert capsys.readouterr().out.startswith("!! 2 orders are gone from C-Plus")


def test_sync_once_answers_what_was_done(
    state_folder: Path, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "sync", "--once", "--json") == 0
    assert json.loads(capsys.readouterr().out)["at_rest"] is True


def test_a_single_sync_names_accounts_that_observe_what_is_held_and_what_is_wrong(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    store.db.execute("UPDATE account SET mode = 'observe', mode_reason = 'older-base'")
    assert run(state_folder, "sync", "--once") == 1
    assert "observing: the C-Plus base is older" in " ".join(capsys.readouterr().out.split())
    store.db.execute("UPDATE account SET mode = 'live', mode_reason = ''")
    held(store, "price", "price-drop", "000000009")
    assert run(state_folder, "sync", "--once") == 1
    assert "1 row of loja held: prices fall further" in capsys.readouterr().out
    store.db.execute("DELETE FROM publication")
    store.problem("product-without-price", "item:000000009", {})
    assert run(state_folder, "sync", "--once") == 1
    assert "Product without price (loja, 1×)" in capsys.readouterr().out


def test_a_task_of_c_plus_is_called_by_its_name_where_it_is_stuck() -> None:
    nothing_else = sync.Left([], [], [], [])
    report = {"stuck": {"watch": "erp-unreachable", "loja/stock": "erp-unreachable"}}
    shown = [" ".join(line.split()) for line in sync._report(report, nothing_else)]
    assert shown[0] == "C-Plus C-Plus watch : STUCK, C-Plus does not answer"
    assert shown[1] == "loja stock : STUCK, C-Plus does not answer"
