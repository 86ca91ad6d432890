"""What a survey found, as the installer reads it: a sentence for each code, marks, nothing wider than a terminal."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from connectors.cplus.survey.shape import LOSSES
from console.survey_report import entries, lines, setting_lines
from console.survey_texts import FINDINGS, TOPICS
from engine.survey import Finding, Mark, Proposal, Report
from tests.console.test_hostile_text import HOSTILE

SURVEY = Path(__file__).parents[2] / "connectors" / "cplus" / "survey"


def codes() -> set[str]:
    """Every "topic.name" that stands in the survey as a text of its own."""
    found = set()
    for file in SURVEY.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                topic, dot, name = node.value.partition(".")
                if dot and topic in TOPICS and re.fullmatch(r"[a-z-]*[a-z]", name):
                    found.add(node.value)
    return found | {f"shape.lost-{loss}" for _table, _column, loss in LOSSES}


def test_every_finding_has_a_sentence_and_its_topic_a_heading() -> None:
    found = codes()
    assert len(found) > 50
    assert not found - set(FINDINGS)
    assert {code.partition(".")[0] for code in FINDINGS} <= set(TOPICS)


def test_a_report_is_grouped_and_marked_and_fits_eighty_columns() -> None:
    finding = Finding(
        "prices.formula",
        Mark.UNKNOWN,
        {"n": 2},
        ["000000003 REVENDA " + "x" * 90],
        (Proposal("payment_forms", {"pix": "000000002", "*": "000000001"}), Proposal("companies", [1, 2])),
    )
    shown = list(lines(Report((finding, Finding("stock.negative", Mark.WRONG, {"n": 3}))), {"companies": [1, 2]}))
    assert max(map(len, shown)) <= 80
    assert [line[:2] for line in shown if line[:2].strip() in ("?", "!!")] == ["? ", "!!"]
    assert '    -> payment_forms.pix = "000000002"' in shown
    assert '    -> payment_forms."*" = "000000001"' in shown
    assert "    ok companies = [1, 2]" in shown  # set so already


def test_names_in_the_base_cannot_command_the_terminal() -> None:
    for text in HOSTILE:
        finding = Finding("goods.tags", Mark.OK, {"n": 1}, [text], (Proposal("charset", text),))
        assert all(line.isprintable() for line in lines(Report((finding,)), {}))
    assert list(setting_lines("seller", 'a"\x1b[2J')) == [r'seller = "a\"\u001b[2J"']


def test_a_program_can_tell_what_is_left_to_decide() -> None:
    (entry,) = entries(Report((Finding("orders.taxes", Mark.UNKNOWN),)))
    assert (entry["check"], entry["code"], entry["ok"]) == ("orders", "orders.taxes", None)
