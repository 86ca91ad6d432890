"""What a survey found, as the installer reads it: a sentence for each code, marks, nothing wider than a terminal."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.cplus.survey.shape import LOSSES
from connectors.magento.survey import rights as magento
from connectors.openmage.survey import rights as openmage
from console import language
from console.setup.questions import LABELS
from console.survey_report import entries, finding_lines, mark_of, open_ends, right, setting_lines
from console.survey_texts import FINDINGS, TOPICS
from engine.survey import Amounts, Finding, Mark, Proposal, Report
from tests.console.test_hostile_text import HOSTILE

SURVEY = Path(__file__).parents[2] / "connectors" / "cplus" / "survey"


@pytest.fixture(autouse=True)
def _eighty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def codes(folder: Path = SURVEY) -> set[str]:
    """Every "topic.name" that stands in a survey as a text of its own."""
    found = set()
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                topic, dot, name = node.value.partition(".")
                if dot and topic in TOPICS and re.fullmatch(r"[a-z-]*[a-z]", name):
                    found.add(node.value)
    return found


def test_every_finding_has_a_sentence_and_its_topic_a_heading() -> None:
    found = codes() | {f"shape.lost-{loss}" for _table, _column, loss in LOSSES}
    assert len(found) > 50
    assert not found - set(FINDINGS)
    assert {code.partition(".")[0] for code in FINDINGS} <= set(TOPICS)


@pytest.mark.parametrize(("kind", "needs"), [("magento", magento.NEEDS), ("openmage", openmage.NEEDS)])
def test_every_finding_in_a_shop_has_a_sentence(kind: str, needs: Sequence[Any]) -> None:
    found = codes(SURVEY.parents[1] / kind / "survey") | {f"shop-rights.no-{need.what}" for need in needs}
    assert len(found) > 25
    assert not found - set(FINDINGS)


def test_every_setting_that_the_base_shows_is_called_by_a_name() -> None:
    proposed = {
        node.args[0].value
        for file in SURVEY.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Proposal"
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert "payment_forms" in proposed
    assert proposed == set(LABELS)


def test_a_report_is_marked_and_fits_eighty_columns() -> None:
    finding = Finding(
        "prices.formula",
        Mark.UNKNOWN,
        {"n": 2},
        ["000000003 REVENDA " + "x" * 90],
        (Proposal("payment_forms", {"pix": "000000002", "*": "000000001"}), Proposal("companies", [1, 2])),
    )
    report = Report((finding, Finding("stock.negative", Mark.WRONG, {"n": 3})))
    written = {"companies": [1, 2]}
    shown = [line for mark in (Mark.UNKNOWN, Mark.WRONG) for line in open_ends(report, written, mark)]
    assert max(map(len, shown)) <= 80
    assert [line[:2] for line in shown if line[:2].strip() in ("?", "!!")] == ["? ", "!!"]
    assert '    -> payment_forms.pix = "000000002"' in shown
    assert '    -> payment_forms."*" = "000000001"' in shown
    assert "    ok companies = [1, 2]" in shown  # set so already


def test_names_in_the_base_cannot_command_the_terminal() -> None:
    for text in HOSTILE:
        evidence: list[str | Amounts] = [text, Amounts(text.replace("{", "").replace("}", "") + "{}", [Decimal(1)])]
        finding = Finding("goods.tags", Mark.OK, {"n": 1}, evidence, (Proposal("charset", text),))
        assert all(line.isprintable() for line in finding_lines(finding, {}))
    assert list(setting_lines("seller", 'a"\x1b[2J')) == [r'seller = "a\"\u001b[2J"']


def test_a_program_can_tell_what_is_left_to_decide() -> None:
    (entry,) = entries(Report((Finding("orders.taxes", Mark.UNKNOWN),)), {})
    assert (entry["check"], entry["code"], entry["ok"]) == ("orders", "orders.taxes", None)


def test_what_the_settings_answer_is_not_asked_again() -> None:
    finding = Finding("orders.movements", Mark.UNKNOWN, {"n": 2}, settled_by=("movement_type",))
    assert mark_of(finding, {}) is Mark.UNKNOWN
    written = {"movement_type": "000000007"}
    assert mark_of(finding, written) is Mark.OK
    assert '    ok movement_type = "000000007"' in list(right(Report((finding,)), written))
    both = Finding("reservation.none-open", Mark.UNKNOWN, settled_by=("reservation", "releases_at_invoicing"))
    assert mark_of(both, {"reservation": "flag"}) is Mark.UNKNOWN
    assert mark_of(Finding("stock.negative", Mark.WRONG, settled_by=("buffer",)), {"buffer": "1"}) is Mark.WRONG


def test_quantities_and_plurals_are_those_of_the_readers_language() -> None:
    finding = Finding(
        "stock.scope", Mark.OK, {"n": 1}, [Amounts("1/001: 3 / {} / {}", [Decimal("1234.5"), Decimal(0)])]
    )
    language.use("pt_BR")
    said, evidence = finding_lines(finding, {})
    assert "em 1 lugar." in said
    assert evidence.strip() == "1/001: 3 / 1.234,5 / 0"
    language.use("en")
    try:
        said, evidence = finding_lines(finding, {})
        assert "in 1 place." in said
        assert evidence.strip() == "1/001: 3 / 1,234.5 / 0"
    finally:
        language.use(language.DEFAULT_LANGUAGE)
