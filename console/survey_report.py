"""A survey's report as lines of a terminal: what is right by topic, then what is to be put right or to be decided.

Each finding has a mark, what it rests on, and the settings that follow from it. `written` holds the settings as they
are written: options of the ERP, and the keys that an account has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import tomli_w

from console.language import _, number, say, tell
from console.safe_text import SafeText, safe
from console.survey_texts import FINDINGS, TOPICS
from console.wrapping import wrapped
from engine.survey import Amounts, Finding, Mark, Report

LINE_MAX = 1_000
MARKS = {Mark.OK: "ok  ", Mark.WRONG: "!!  ", Mark.UNKNOWN: "?   "}
EVIDENCE_INDENT = " " * 6


def mark_of(finding: Finding, written: Mapping[str, Any]) -> Mark:
    """Its mark; what the settings answer is not asked any more."""
    settled = finding.settled_by and all(option in written for option in finding.settled_by)
    return Mark.OK if settled and finding.mark is Mark.UNKNOWN else finding.mark


def sentence(finding: Finding) -> SafeText:
    """What was found, in the operator's language; a code that has no sentence shows itself."""
    known = FINDINGS.get(finding.code)
    return tell(known, finding.params) if known else safe(f"{finding.code} {dict(finding.params) or ''}".strip())


def right(report: Report, written: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """What is as it should be, by topic; `place` is whose topics they are, where there are several."""
    findings = (finding for finding in report.findings if mark_of(finding, written) is Mark.OK)
    for topic, group in groupby(findings, lambda finding: finding.topic):
        yield ""
        yield _heading(topic, place)
        for finding in group:
            yield from finding_lines(finding, written)


def open_ends(report: Report, written: Mapping[str, Any], mark: Mark, place: str = "") -> Iterator[str]:
    """What has this mark, each finding with its topic."""
    for finding in report.findings:
        if mark_of(finding, written) is mark:
            yield from finding_lines(finding, written, f"{_heading(finding.topic, place)}: ")


def finding_lines(finding: Finding, written: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """One finding with what it rests on."""
    yield from marked(mark_of(finding, written), before + sentence(finding))
    for evidence in finding.evidence:
        yield from wrapped(_shown(evidence), EVIDENCE_INDENT, EVIDENCE_INDENT + "  ")
    proposed = {proposal.option for proposal in finding.proposals}
    for proposal in finding.proposals:
        there = set(setting_lines(proposal.option, written[proposal.option])) if proposal.option in written else set()
        for line in setting_lines(proposal.option, proposal.value):
            yield f"    {'ok' if line in there else '->'} {line}"
    for option in finding.settled_by:
        if option in written and option not in proposed:
            yield from (f"    ok {line}" for line in setting_lines(option, written[option]))


def marked(mark: Mark, text: str) -> list[str]:
    """A sentence behind its mark, wrapped."""
    return wrapped(text, MARKS[mark])


def summary(wrong: int, undecided: int, fine: int) -> SafeText:
    """How many of each, in one line."""
    return say(
        "To be put right (!!): {wrong}.  To be decided or asked (?): {undecided}.  Right (ok): {fine}.",
        wrong=wrong,
        undecided=undecided,
        fine=fine,
    )


def entries(report: Report, written: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The findings for a program; `ok` is null where somebody has to decide or to ask."""
    return [
        {
            "check": finding.topic,
            "code": finding.code,
            "ok": {Mark.OK: True, Mark.WRONG: False, Mark.UNKNOWN: None}[mark_of(finding, written)],
            "text": sentence(finding),
            "params": dict(finding.params),
            "evidence": [str(line) for line in finding.evidence],
            "settings": {proposal.option: proposal.value for proposal in finding.proposals},
        }
        for finding in report.findings
    ]


def setting_lines(option: str, value: Any) -> Iterator[SafeText]:
    """A setting as it stands under its table's heading; what is a table itself has a line for each of its keys."""
    if isinstance(value, Mapping):
        for key, entry in value.items():
            quoted = tomli_w.dumps({key: 0}).partition(" = ")[0]
            yield from setting_lines(f"{option}.{quoted}", entry)
    elif isinstance(value, list | tuple):
        yield safe(f"{option} = [{', '.join(_toml(entry) for entry in value)}]", limit=LINE_MAX)
    else:
        yield safe(f"{option} = {_toml(value)}", limit=LINE_MAX)


def _heading(topic: str, place: str) -> str:
    known = _(TOPICS[topic]) if topic in TOPICS else safe(topic)
    return f"{place}, {known}" if place else known


def _shown(evidence: str | Amounts) -> SafeText:
    if isinstance(evidence, Amounts):
        return safe(evidence.text.format(*(number(value) for value in evidence.values)))
    return safe(evidence)


def _toml(value: Any) -> str:
    return tomli_w.dumps({"x": value}).strip().removeprefix("x = ")
