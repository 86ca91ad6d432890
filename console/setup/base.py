"""The C-Plus half: reaching the base, taking over what it shows, and asking what only a person knows."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import anyio

from console.language import _, say
from console.safe_text import SafeText, safe
from console.setup import questions as words
from console.setup.asking import Ask, Asker, Line, WrongAnswer
from console.setup.draft import Draft
from console.setup.questions import Words
from console.survey_report import WIDTH, finding_lines, setting_lines
from console.texts import explain
from engine.errors import IntegraError
from engine.ports import Connector
from engine.settings import secret_source
from engine.survey import ERP, Mark, Question, Report
from engine.systime import system_surroundings

PASSWORD = "password"  # noqa: S105 - the name of the secret
DEFAULT_HOST = "localhost"
DEFAULT_PATH = "C:\\CPlus\\CPLUS.FDB"
DEFAULT_USER = "SYSDBA"
DEFAULT_PORT = 3050
RESERVATION, UNRESERVED = "reservation", "none"


def reach(asker: Asker, draft: Draft, connector: Connector, *, again: bool) -> Report:
    """Ask where the base is until it answers; `again` False gives up at the first failure. Raises IntegraError."""
    assert connector.survey is not None
    known = secret_source(draft.path, os.environ)
    while True:
        _where(asker, draft)
        has_password = bool(_password(draft, known))
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
            tell(asker, f"!!  {explain(error.code, error.params, error.detail)}")


def take_over(asker: Asker, draft: Draft, report: Report) -> None:
    """Show what is wrong, and take over the settings that the base itself shows, after a yes."""
    for finding in report.findings:
        if finding.mark is Mark.WRONG:
            for line in finding_lines(finding, draft.options):
                asker.tell(line)
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
            for line in setting_lines(proposal.option, proposal.value):
                asker.tell(f"  {line}")
        help_ = _("Each can be changed later in settings.toml; integra doctor shows what they rest on.")
        if asker.yes(Ask("erp.options", prompt, help_), default=mark is Mark.OK):
            draft.options.update({proposal.option: proposal.value for proposal in shown})


def decide(asker: Asker, draft: Draft, report: Report) -> None:
    """The questions about the ERP, and the loud word where goods are not reserved."""
    for question in of_place(report, ERP):
        answer(asker, draft.options, question, "erp.options")
    if draft.options.get(RESERVATION) == UNRESERVED:
        tell(
            asker,
            "!!  "
            + _(
                "WITHOUT RESERVATION the counter sees nothing of the shop's orders: a till can sell the piece that was"
                " sold on-line. Integra keeps it back from the shops only. Find out with: integra cplus watch CODPROD"
            ),
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
    asked = ask(words.QUESTIONS, question.key, f"{place}.{question.key}")
    if not lines:
        tell(asker, say("{prompt}: C-Plus has none yet.", prompt=asked.prompt))
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


def of_place(report: Report, place: str) -> list[Question]:
    """The questions of one half, in the order in which they are best asked."""
    rank = {key: number for number, key in enumerate(words.ORDER)}
    found = [question for question in report.questions if question.place == place]
    return sorted(found, key=lambda question: rank.get(question.key, len(rank)))


def ask(table: dict[str, Words], name: str, key: str) -> Ask:
    """A question in the operator's language; one that has no words shows its key."""
    known = table.get(name)
    return Ask(key, _(known.prompt), _(known.help)) if known else Ask(key, safe(key), SafeText(""))


def tell(asker: Asker, text: str) -> None:
    """A sentence, wrapped."""
    for line in textwrap.wrap(text, WIDTH, subsequent_indent="    "):
        asker.tell(line)


def _where(asker: Asker, draft: Draft) -> None:
    options = draft.options
    one = partial(ask, words.CONNECTION)
    options["host"] = asker.text(one("host", "erp.options.host"), options.get("host", DEFAULT_HOST), str)
    port = str(options.get("port", DEFAULT_PORT))
    options["port"] = asker.text(one("port", "erp.options.port"), port, _port)
    options["path"] = asker.text(one("path", "erp.options.path"), options.get("path", DEFAULT_PATH), _some)
    options["user"] = asker.text(one("user", "erp.options.user"), options.get("user", DEFAULT_USER), _some)


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
    said = words.CHOICES.get((question.key, str(choice.value)))
    if said:
        return _(said)
    notes = ", ".join(say(words.NOTES[name], **{name: value}) for name, value in choice.notes.items())
    text = f"{safe(choice.value)}  {safe(choice.name)}".rstrip()
    return SafeText(f"{text}  ({notes})" if notes else text)
