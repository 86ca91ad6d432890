"""integra doctor: is everything there that Integra needs, does it answer, and what do C-Plus and the shops look like?

Reads only. Each thing that no query can settle is named, with the setting that somebody has to decide.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import anyio

from console import survey_report
from console.language import N_, _, say, say_n
from console.reading.accounts import AccountRow, all_accounts
from console.reading.problems import Cause, causes
from console.reading.reader import NotReadable
from console.safe_text import SafeText, safe
from console.texts import explain, word
from console.verbs import surveys
from console.verbs.context import FREE_BYTES_MIN, Context, Exit
from console.verbs.surveys import Look
from engine.errors import IntegraError
from engine.runtime.connectors import open_ports
from engine.settings import Settings, secret_source
from engine.survey import ERP, Mark
from engine.systime import system_surroundings

ANSWER_S_MAX = 30.0
NO_WAY_IN = frozenset({
    "erp-login-refused", "erp-unreachable", "erp-path-wrong", "channel-unreachable", "channel-no-answer",
})  # fmt: skip
"""What was out of reach is not tried again at once: a second wrong password could lock the user out."""

SETTINGS = "settings"
NAMES = {
    SETTINGS: N_("settings"),
    "state": N_("state folder"),
    "engine": N_("engine"),
    "records": N_("records"),
    "connections": N_("connections"),
    ERP: N_("C-Plus"),
}
"""What is looked at, by the name that a program reads; what is not here is the id of an account."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at (a key of NAMES, or an account), whether it is right, and the sentence about it."""

    name: str
    right: bool
    said: SafeText
    outside: bool = False
    code: str = ""  # of the error that it met

    @property
    def mark(self) -> Mark:
        """As a finding has one."""
        return Mark.OK if self.right else Mark.WRONG

    def lines(self) -> list[str]:
        """For people."""
        return survey_report.marked(self.mark, f"{word(NAMES, self.name)}: {self.said}")


def run(context: Context) -> int:
    """Check and print. 1 when something here is wrong, 3 when something outside does not answer."""
    checks = list(_checks(context))
    looks = list(surveys.looks(context, {check.name for check in checks if check.code in NO_WAY_IN}))
    for look in looks:
        error = look.found
        if isinstance(error, IntegraError) and all(check.right for check in checks if check.name == look.name):
            said = explain(error.code, error.params, error.detail)
            checks.append(Check(look.name, False, said, outside=True))
    told: list[Mapping[str, Any]] = [{"check": check.name, "ok": check.right, "text": check.said} for check in checks]
    for look in looks:
        told += ({**entry, "of": look.name} for entry in survey_report.entries(look.report, look.written))
    context.show(told, lambda: _lines(checks, looks))
    wrong = [check for check in checks if not check.right]
    if any(check.name == SETTINGS for check in wrong):
        return Exit.WRONG_USAGE
    if any(check.outside for check in wrong):
        return Exit.UNREACHED
    found_wrong = any(finding.mark is Mark.WRONG for look in looks for finding in look.report.findings)
    return Exit.NEEDS_PERSON if wrong or found_wrong else Exit.DONE


def _lines(checks: list[Check], looks: list[Look]) -> Iterator[str]:
    """What is right first: what somebody has to see stands last, above the prompt."""
    for check in checks:
        if check.right:
            yield from check.lines()
    for look in looks:
        yield from survey_report.right(look.report, look.written, look.called)
    marks = [check.mark for check in checks] + [mark for look in looks for mark in look.marks()]
    for mark, heading in ((Mark.UNKNOWN, N_("To be decided, or asked")), (Mark.WRONG, N_("To be put right"))):
        if mark in marks:
            yield ""
            yield _(heading)
            yield from (line for check in checks if check.mark is mark for line in check.lines())
            for look in looks:
                yield from survey_report.open_ends(look.report, look.written, mark, look.called)
    yield ""
    yield survey_report.summary(*(marks.count(mark) for mark in (Mark.WRONG, Mark.UNKNOWN, Mark.OK)))


def _checks(context: Context) -> Iterator[Check]:
    try:
        settings = context.settings()
    except IntegraError as error:
        yield Check(SETTINGS, False, explain(error.code, error.params, error.detail))
        return
    told = say_n("{file}, {n} account", "{file}, {n} accounts", len(settings.account), file=context.settings_path)
    yield Check(SETTINGS, True, told)
    yield _state_folder(context)
    pid = context.engine_pid()
    if pid is not None:
        yield Check("engine", True, say("process {pid} runs it; what it sees is told below", pid=pid))
        yield from _seen_by_engine(context)
        return
    yield Check("engine", True, _("none runs"))
    yield from anyio.run(_asked, context, settings)


def _state_folder(context: Context) -> Check:
    folder = context.state_dir
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(there, os.W_OK) and context.engine_pid() is None:
        return Check("state", False, say("{folder} cannot be written by this user", folder=folder))
    free = context.free_bytes()
    said = say("{folder}, {free} GB free", folder=folder, free=(Decimal(free) / 10**9).quantize(Decimal("0.1")))
    return Check("state", free >= FREE_BYTES_MIN, said)


def _seen_by_engine(context: Context) -> Iterator[Check]:
    """A second connection beside a running engine's could lock it out of an embedded base: ask what it knows."""

    def read(db: sqlite3.Connection) -> tuple[list[AccountRow], list[Cause]]:
        return all_accounts(db), causes(db)

    try:
        accounts, found = context.read(read)
    except NotReadable as error:
        yield Check("records", False, safe(error))
        return
    for account in accounts:
        yield Check(account.id, True, account.identity or account.name)
    for cause in found:
        if cause.severity == "problem":
            said = explain(cause.code, cause.params, cause.detail)
            yield Check(cause.account or ERP, False, said, outside=cause.subject.startswith(("task:", "erp:away")))


async def _asked(context: Context, settings: Settings) -> list[Check]:
    """Open what the settings name and ask who answers."""
    surroundings = system_surroundings()
    try:
        secrets = secret_source(context.settings_path, os.environ)
        ports = open_ports(settings, context.settings_path, secrets, surroundings)
    except IntegraError as error:
        return [Check("connections", False, explain(error.code, error.params, error.detail))]
    try:
        checks = [await _ask(ERP, ports.erp.identity, _told_by_erp)]
        for id, channel in ports.channels.items():
            checks.append(await _ask(id, channel.identify, _told_by_channel))
        return checks
    finally:
        await ports.close()


async def _ask(name: str, ask: Callable[[], Awaitable[Any]], told: Callable[[Any], SafeText]) -> Check:
    try:
        with anyio.fail_after(ANSWER_S_MAX):
            return Check(name, True, told(await ask()))
    except IntegraError as error:
        return Check(name, False, explain(error.code, error.params, error.detail), outside=True, code=error.code)
    except TimeoutError:
        return Check(name, False, say("no answer within {n} s", n=int(ANSWER_S_MAX)), outside=True)


def _told_by_erp(base: Any) -> SafeText:
    return say("{version}, base {path}, CNPJ {cnpj}", version=base.version, path=base.path, cnpj=base.cnpj)


def _told_by_channel(shop: Any) -> SafeText:
    if shop.missing_rights:
        rights = ", ".join(shop.missing_rights)
        return say("{name} {version}; rights missing: {rights}", name=shop.name, version=shop.version, rights=rights)
    return SafeText(f"{safe(shop.name)} {safe(shop.version)}")
