"""The C-Plus half: reaching the base, taking over what it shows, and asking what only a person knows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import anyio

from console.language import _, say, tell
from console.safe_text import SafeText, safe
from console.setup import methods
from console.setup import questions as words
from console.setup.asking import Ask, Asker, Line, WrongAnswer
from console.setup.draft import Draft
from console.setup.questions import Words
from console.survey_report import MARKS, finding_lines
from console.texts import explain, word
from engine.errors import IntegraError
from engine.ports import Connector
from engine.settings import secret_source
from engine.survey import ERP, Mark, Proposal, Question, Report
from engine.systime import system_surroundings

PASSWORD = "password"  # noqa: S105 - the name of the secret
DEFAULT_HOST = "localhost"
DEFAULT_PATH = "C:\\CPlus\\CPLUS.FDB"
DEFAULT_USER = "SYSDBA"
DEFAULT_PORT = 3050
RESERVATION, UNRESERVED = "reservation", "none"
RELEASES = "releases_at_invoicing"

EVERYTHING = ("host", "port", "path", "user", PASSWORD)
TO_CORRECT = {
    "erp-login-refused": ("user", PASSWORD),
    "erp-path-wrong": ("path",),
    "erp-unreachable": ("host", "port"),
}
"""What is asked again after a failure; after any other, everything."""


def reach(asker: Asker, draft: Draft, connector: Connector, *, again: bool) -> Report:
    """Ask where the base is until it answers; `again` False gives up at the first failure. Raises IntegraError."""
    assert connector.survey is not None
    known = secret_source(draft.path, os.environ)
    wanted: Sequence[str] = EVERYTHING
    refused = False
    while True:
        _where(asker, draft, wanted)
        if PASSWORD in wanted:
            # One that was just refused is no answer to fall back on.
            has_password = bool(_password(draft, known)) and not refused
            given = asker.secret(ask(words.CONNECTION, PASSWORD, "erp.password"), known=has_password)
            if given is not None:
                draft.secrets.setdefault(ERP, {})[PASSWORD] = given
        asker.tell(_("Looking at the base (reads only) ..."))
        try:
            settled: dict[str, Any] = {
                key: draft.options[key] for key in ("host", "port", "path", "user") if key in draft.options
            }
            return anyio.run(connector.survey, settled, lambda _name: _password(draft, known), system_surroundings())
        except IntegraError as error:
            if not again:
                raise
            asker.tell(what_to_do(error), MARKS[Mark.WRONG])
            wanted = TO_CORRECT.get(error.code, EVERYTHING)
            refused = PASSWORD in wanted


def take_over(asker: Asker, draft: Draft, report: Report) -> None:
    """Show what is wrong, and take over the settings that the base itself shows, after a yes."""
    for finding in report.findings:
        if finding.mark is Mark.WRONG:
            asker.show(finding_lines(finding, draft.options))
    asked = {question.key.partition(".")[0] for question in report.questions if not question.key.endswith(".*")}
    for mark, prompt in (
        (Mark.OK, _("Take over these settings, which the base shows?")),
        (Mark.UNKNOWN, _("These are likely only. Take them over?")),
    ):
        shown = [
            proposal
            for finding in report.findings
            for proposal in finding.proposals
            if finding.mark is mark and proposal.option not in asked and proposal.option not in draft.options
        ]
        if not shown:
            continue
        for proposal in shown:
            for line in _labelled(proposal, report):
                asker.tell(line, "  ")
        help_ = _("Each can be changed later in settings.toml; integra doctor shows what they rest on.")
        if asker.yes(Ask("erp.options", prompt, help_), default=mark is Mark.OK):
            draft.options.update({proposal.option: proposal.value for proposal in shown})


def decide(asker: Asker, draft: Draft, report: Report) -> None:
    """The questions about the ERP, and the loud word where goods are not reserved."""
    for question in in_order(methods.of_erp(report)):
        if question.key != RELEASES or draft.options.get(RESERVATION) != UNRESERVED:
            answer(asker, draft.options, question, "erp.options")
    if draft.options.get(RESERVATION) == UNRESERVED:
        asker.tell(
            _(
                "WITHOUT RESERVATION the counter sees nothing of the shop's orders: a till can sell the piece that was"
                " sold on-line. Integra keeps it back from the shops only. Find out with: integra cplus watch CODPROD"
            ),
            MARKS[Mark.WRONG],
        )


def answer(asker: Asker, table: dict[str, Any], question: Question, place: str) -> None:
    """Ask one of the survey's questions, or take the only value there is, and put the answer into its table."""
    key, dot, inner = question.key.partition(".")
    target = table.setdefault(key, {}) if dot else table
    name = inner or key
    there = target.get(name)
    default = _as_list(there) if there is not None else list(question.default)
    lines = [Line(choice.value, _line(question, index)) for index, choice in enumerate(question.choices)]
    values = [choice.value for choice in question.choices]
    asked = ask(words.QUESTIONS, question.key, f"{place}.{question.key}", question.subject)
    if not lines:
        asker.tell(say("{prompt}: C-Plus has none yet.", prompt=asked.prompt))
        return
    if len(lines) == 1 and not question.optional:
        asker.tell(f"{asked.prompt}: {lines[0].text}")
        target[name] = values if question.several else values[0]
        return
    default = [value for value in default if value in values]
    picked = asker.pick(asked, lines, default, several=question.several, optional=question.optional)
    if question.several:
        target[name] = picked
    elif picked:
        target[name] = picked[0]
    elif dot:
        target.pop(name, None)
    elif there is not None:
        target[name] = ""
    if dot and not target:
        table.pop(key)


def in_order(questions: Sequence[Question]) -> list[Question]:
    """The questions in the order in which they are best asked."""
    rank = {key: number for number, key in enumerate(words.ORDER)}
    return sorted(questions, key=lambda question: rank.get(question.key.partition(".")[0], len(rank)))


def ask(table: Mapping[str, Words], name: str, key: str, subject: str = "") -> Ask:
    """A question in the operator's language; one that has no words shows its key.

    name: as the table has it, itself or the option that it is an entry of.
    """
    known = table.get(name) or table.get(name.partition(".")[0])
    return Ask(key, say(known.prompt, subject=subject), _(known.help)) if known else Ask(key, safe(key), SafeText(""))


def what_to_do(error: IntegraError) -> SafeText:
    """What went wrong, for somebody who sits at the prompt and can put it right."""
    known = words.REFUSED.get(error.code)
    return _(known) if known else explain(error.code, error.params, error.detail)


def _where(asker: Asker, draft: Draft, wanted: Sequence[str]) -> None:
    options = draft.options
    for name, default, check in (
        ("host", DEFAULT_HOST, str),
        ("port", DEFAULT_PORT, _port),
        ("path", DEFAULT_PATH, _some),
        ("user", DEFAULT_USER, _some),
    ):
        if name in wanted:
            asked = ask(words.CONNECTION, name, f"erp.options.{name}")
            options[name] = asker.text(asked, str(options.get(name, default)), check)


def _password(draft: Draft, known: Callable[[str, str], str | None]) -> str | None:
    return draft.secrets.get(ERP, {}).get(PASSWORD) or known(ERP, PASSWORD)


def _port(typed: str) -> int:
    if typed.isdecimal() and 0 < int(typed) < 65_536:
        return int(typed)
    raise WrongAnswer(_("A port is a number from 1 to 65535."))


def _some(typed: str) -> str:
    if typed:
        return typed
    raise WrongAnswer(_("An answer is needed here."))


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _line(question: Question, index: int) -> SafeText:
    choice = question.choices[index]
    said = words.CHOICES.get((question.key.partition(".")[0], str(choice.value)))
    if said:
        return _(said)
    notes = ", ".join(tell(words.NOTES[name], {name: value}) for name, value in choice.notes.items())
    text = f"{safe(choice.value)}  {safe(choice.name)}".rstrip()
    return SafeText(f"{text}  ({notes})" if notes else text)


def _labelled(proposal: Proposal, report: Report) -> Iterator[SafeText]:
    """A setting as people call it, with what C-Plus calls the value; a line for each entry of a table."""
    label = words.LABELS.get(proposal.option, proposal.option)
    names = {
        choice.value: choice.name
        for question in report.questions
        if question.key.partition(".")[0] == proposal.option
        for choice in question.choices
    }
    entries = proposal.value if isinstance(proposal.value, Mapping) else {"": proposal.value}
    for key, value in entries.items():
        called = ", ".join(
            f"{word(words.LABEL_VALUES, str(each))} {safe(names.get(each, ''))}".rstrip() for each in _as_list(value)
        )
        yield SafeText(f"{say(label, key=word(words.LABEL_VALUES, key))}: {called}")
