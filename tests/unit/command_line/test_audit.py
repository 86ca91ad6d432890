"""`integra audit`: who did what, when, and why."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.audit_texts import DEEDS
from console.verbs.moments import since_text
from engine.orders import Payment
from engine.runtime.client import EngineClient
from engine.runtime.hosted import HostedEngine
from tests.console.builder import StoreFile
from tests.unit.command_line.verbs import run

ROOT = Path(__file__).parents[3]
VERB_NAMED = r"(?:Verb\(|Decision\(\s*|Saying\(\s*)\"(\w+)\""


def test_the_audit_tells_who_did_what_before_and_after_and_why(
    state_folder: Path, hosted: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    order = store.order("000000600", payment=Payment.AUTHORIZED)
    with EngineClient.connect(state_folder) as engine:
        assert engine.ask("pause", {"account": "loja", "direction": "stock", "reason": "contagem"}).ok
        assert engine.ask("refuse", {"order": order, "reason": "fraude"}).ok
        assert not engine.ask("confirm_payment", {"order": order}).ok
    assert run(state_folder, "audit") == 0
    printed = capsys.readouterr().out
    _before, refused, decided = printed.split("order 000000600@loja")
    assert "NOT DONE: payment confirmed" in refused
    assert "cancellation: — → being cancelled" in decided
    assert "why: fraude" in decided
    assert "account loja  paused" in printed
    assert "why: contagem" in printed
    assert run(state_folder, "audit", "--subject", "loja", "--limit", "1", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["what"], told["subject"]) == ("refused:confirm_payment", "order 000000600@loja")
    for nothing in (["--who", "nobody"], ["--since", "2999-01-01"], ["--subject", "order 1@"]):
        assert run(state_folder, "audit", *nothing) == 0
        assert capsys.readouterr().out == "0 entries\n"
    assert run(state_folder, "audit", "--since", "yesterday") == 2


def test_a_time_ago_is_as_long_before_now_as_the_same_words_are_after_it() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert since_text("2h", now) == "2026-11-24T10:00:00.000000Z"
    assert since_text("2026-11-20", now) == "2026-11-20T03:00:00.000000Z", "by the store's clock"


def test_every_command_of_the_engine_has_its_word_in_the_audit() -> None:
    named = {name for file in (ROOT / "engine").rglob("*.py") for name in re.findall(VERB_NAMED, file.read_text())}
    assert len(named) > 20
    not_audited = {"erp_customers", "invoice_xml", "sale_candidates", "looking_at", "settings", "at_screen"}
    assert named <= DEEDS.keys() | not_audited
