"""A survey's report as lines of a terminal: grouped, marked, with the evidence and the setting that follows."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import tomli_w

from console.language import _, say
from console.safe_text import SafeText, safe
from console.survey_texts import FINDINGS, TOPICS
from engine.survey import Finding, Mark, Report

WIDTH = 80
LINE_MAX = 1_000
MARKS = {Mark.OK: "ok", Mark.WRONG: "!!", Mark.UNKNOWN: "? "}
EVIDENCE_INDENT = "      "


def sentence(finding: Finding) -> SafeText:
    """What was found, in the operator's language; a code that has no sentence shows itself."""
    known = FINDINGS.get(finding.code)
    return say(known, **finding.params) if known else safe(f"{finding.code} {dict(finding.params) or ''}".strip())


def lines(report: Report, options: Mapping[str, Any]) -> Iterator[str]:
    """The whole report at 80 columns; of the settings that follow from it, those set so in `options` are told."""
    for topic, findings in groupby(report.findings, lambda finding: finding.topic):
        yield ""
        yield str(_(TOPICS[topic]) if topic in TOPICS else safe(topic))
        for finding in findings:
            yield from finding_lines(finding, options)


def finding_lines(finding: Finding, options: Mapping[str, Any]) -> Iterator[str]:
    """One finding with what it rests on."""
    yield from marked(finding.mark, sentence(finding))
    for evidence in finding.evidence:
        shown = safe(evidence)
        yield from textwrap.wrap(shown, WIDTH, initial_indent=EVIDENCE_INDENT, subsequent_indent=EVIDENCE_INDENT + "  ")
    for proposal in finding.proposals:
        there = set(setting_lines(proposal.option, options[proposal.option])) if proposal.option in options else set()
        for line in setting_lines(proposal.option, proposal.value):
            yield f"    {'ok' if line in there else '->'} {line}"


def marked(mark: Mark, text: str) -> list[str]:
    """A sentence behind its mark, wrapped."""
    return textwrap.wrap(text, WIDTH, initial_indent=f"{MARKS[mark]}  ", subsequent_indent="    ")


def entries(report: Report) -> list[Mapping[str, Any]]:
    """The findings for a program; `ok` is null where somebody has to decide or to ask."""
    return [
        {
            "check": finding.topic,
            "code": finding.code,
            "ok": {Mark.OK: True, Mark.WRONG: False, Mark.UNKNOWN: None}[finding.mark],
            "text": sentence(finding),
            "params": dict(finding.params),
            "evidence": list(finding.evidence),
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


def _toml(value: Any) -> str:
    return tomli_w.dumps({"x": value}).strip().removeprefix("x = ")
