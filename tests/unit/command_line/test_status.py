"""`integra status`: what is wrong, since when, and what to do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.orders import Cancellation, Fulfilment, Payment
from engine.runtime.hosted import HostedEngine
from tests.console.builder import StoreFile, busy_morning
from tests.unit.command_line.verbs import run

ROOT = Path(__file__).parents[3]
VERB_NAMED = r"(?:Verb\(|Decision\(\s*)\"(\w+)\""


def test_status_says_what_is_wrong_since_when_and_what_to_do(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    busy_morning(store)
    assert run(state_folder, "status") == 1
    printed = capsys.readouterr().out
    assert "Engine: STOPPED" in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert "1 order must NOT be dispatched!" in printed
    assert "Decide 4 · Payment 2" in printed
    assert re.search(r"! Product without price \(loja, 2×, \d s ago\)", printed)
    assert "Enter its price in C-Plus." in printed
    assert "If its site does not open either" in printed


def test_status_as_json_has_the_same(state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]) -> None:
    busy_morning(store)
    assert run(state_folder, "status", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["engine"] == {"running": False, "pid": None}
    assert told["orders"]["decide"] == 4
    assert {task["task"] for task in told["tasks"]} >= {"stock", "orders"}
    assert told["problems"][0]["code"] == "product-without-price"
    assert told["accounts"][0]["mode"] == "live"


def test_status_as_json_names_each_order_in_problem_with_both_numbers_since_when_and_what_to_do(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    first = store.order("000000600", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED, alarm="do-not-dispatch")
    for number in range(12):
        store.order(f"00000070{number:02}", parked="erp-unknown-sku")
    in_cplus = "UPDATE sales_order SET erp_number = '000001881', erp_written_at = '2026-11-01' WHERE id = ?"
    store.db.execute(in_cplus, [first])
    event = "INSERT INTO order_event (order_id, at, who, what) VALUES (?, '2026-11-02T10:00:00Z', 'loja', ?)"
    store.db.execute(event, [first, "do-not-dispatch"])
    problem = "INSERT INTO problem (code, subject, params, first_at, last_at) VALUES (?, ?, '{}', '2026', '2026')"
    store.db.execute(problem, ["erp-order-in-edit", f"order:{first}"])
    assert run(state_folder, "status", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert len(told["orders_in_problem"]) == 13, "all of them, not only what a screen has room for"
    shown = told["orders_in_problem"][0]
    text = shown.pop("text")
    assert "Stop the parcel" in text
    assert shown == {
        "subject": f"order:{first}",
        "account": "loja",
        "number": "000000600",
        "erp_number": "000001881",
        "code": "do-not-dispatch",
        "since": "2026-11-02T10:00:00+00:00",
    }
    described = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert [key for key in (*told, *shown) if f"`{key}`" not in described and f'"{key}"' not in described] == []
    (other,) = [problem for problem in told["problems"] if problem["code"] == "erp-order-in-edit"]
    assert (other["number"], other["erp_number"]) == ("000000600", "000001881")
    assert run(state_folder, "status") == 1
    assert "and 3 more" in capsys.readouterr().out


def test_status_of_a_healthy_shop_is_0(
    state_folder: Path, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "status") == 0
    printed = capsys.readouterr().out
    assert "Engine: running" in printed
    assert "No problems." in printed


def test_status_names_the_order_that_must_not_leave_and_what_to_do(
    state_folder: Path, hosted: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    store.order("000000600", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED, alarm="do-not-dispatch")
    assert run(state_folder, "status") == 1
    printed = capsys.readouterr().out
    assert "! 000000600 (loja): DO NOT DISPATCH" in printed
    assert "Stop the parcel" in " ".join(printed.split())
    assert "No problems." not in printed


def test_a_refused_order_is_not_called_reserved(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    store.order("000000700", cancellation=Cancellation.CANCELLED)
    assert run(state_folder, "orders", "done") == 0
    assert "reserved" not in capsys.readouterr().out


def test_with_nothing_to_read_the_status_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "settings.toml"
    assert run(tmp_path / "nowhere", "status", "--settings", str(settings)) == 3
    assert "Begin with: integra init" in capsys.readouterr().err
    settings.touch()
    assert run(tmp_path / "nowhere", "status", "--settings", str(settings)) == 3
    assert "no records stand in" in capsys.readouterr().err
    assert run(settings, "status") == 3
    assert "is a file" in capsys.readouterr().err
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "integra.db").write_text("no database at all " * 100)
    assert run(tmp_path / "broken", "status") == 3
    assert "cannot be read" in capsys.readouterr().err
