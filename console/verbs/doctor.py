"""integra doctor: is everything there that Integra needs, does it answer, and what does its C-Plus look like?

Reads only. Each thing that no query can settle is named, with the setting that somebody has to decide.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio

from console import survey_report
from console.language import _, say
from console.reading.accounts import AccountRow, all_accounts
from console.reading.problems import Cause, causes
from console.reading.reader import NotReadable
from console.safe_text import SafeText, safe
from console.texts import explain
from console.verbs.context import Context, Exit
from engine.errors import IntegraError
from engine.runtime.connectors import installed, open_ports
from engine.settings import Settings, secret_source
from engine.survey import Finding, Mark, Report
from engine.systime import system_surroundings

FREE_BYTES_MIN = 500_000_000
ANSWER_S_MAX = 30.0
NO_WAY_IN = frozenset({"erp-login-refused", "erp-unreachable", "erp-path-wrong"})
"""Where the base was out of reach, it is not tried again at once: a second wrong password could lock the user out."""
ERP_NAME = SafeText("C-Plus")


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is right, and the sentence about it."""

    name: SafeText
    right: bool
    said: SafeText
    outside: bool = False
    code: str = ""  # of the error that it met


def run(context: Context) -> int:
    """Check and print. 1 when something here is wrong, 3 when something outside does not answer."""
    checks = list(_checks(context))
    report = _survey(context, checks)
    told = [{"check": check.name, "ok": check.right, "text": check.said} for check in checks]
    context.show([*told, *survey_report.entries(report)], lambda: _lines(checks, report, context))
    wrong = [check for check in checks if not check.right]
    if any(check.outside for check in wrong):
        return Exit.UNREACHED
    found_wrong = any(finding.mark is Mark.WRONG for finding in report.findings)
    return Exit.NEEDS_PERSON if wrong or found_wrong else Exit.DONE


def _lines(checks: list[Check], report: Report, context: Context) -> Iterator[str]:
    for check in checks:
        yield from survey_report.marked(Mark.OK if check.right else Mark.WRONG, f"{check.name}: {check.said}")
    if report.findings:
        yield from survey_report.lines(report, context.settings().erp.options)
        yield ""
        yield _("ok = as it should be, !! = to be put right, ? = to be decided or asked")


def _survey(context: Context, checks: list[Check]) -> Report:
    """What the base of the settings looks like; what keeps it from being looked at goes to the checks."""
    if any(check.code in NO_WAY_IN for check in checks):
        return Report()
    try:
        settings = context.settings()
        connector = installed(settings.erp.kind)
        options = settings.erp.options
        if connector is None or connector.survey is None or connector.check(options):
            return Report()
        if not options.get("host") and context.engine_pid() is not None:
            return Report((Finding("survey.in-use", Mark.UNKNOWN),))
        secrets = secret_source(context.settings_path, os.environ)
        return anyio.run(connector.survey, options, partial(secrets, "erp"), system_surroundings())
    except IntegraError as error:
        if all(check.right for check in checks):
            checks.append(Check(ERP_NAME, False, explain(error.code, error.params, error.detail), outside=True))
        return Report()


def _checks(context: Context) -> Iterator[Check]:
    name = _("settings")
    try:
        settings = context.settings()
    except IntegraError as error:
        yield Check(name, False, explain(error.code, error.params, error.detail))
        return
    yield Check(name, True, say("{file}, {n} accounts", file=context.settings_path, n=len(settings.account)))
    yield _state_folder(context)
    pid = context.engine_pid()
    if pid is not None:
        yield Check(_("engine"), True, say("process {pid} runs it; what it sees is told below", pid=pid))
        yield from _seen_by_engine(context)
        return
    yield Check(_("engine"), True, _("none runs"))
    yield from anyio.run(_asked, context, settings)


def _state_folder(context: Context) -> Check:
    name, folder = _("state folder"), context.state_dir
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(there, os.W_OK) and context.engine_pid() is None:
        return Check(name, False, say("{folder} cannot be written by this user", folder=folder))
    free = shutil.disk_usage(there).free
    said = say("{folder}, {free} MB free", folder=folder, free=free // 1_000_000)
    return Check(name, free >= FREE_BYTES_MIN, said)


def _seen_by_engine(context: Context) -> Iterator[Check]:
    """A second connection beside a running engine's could lock it out of an embedded base: ask what it knows."""

    def read(db: sqlite3.Connection) -> tuple[list[AccountRow], list[Cause]]:
        return all_accounts(db), causes(db)

    try:
        accounts, found = context.read(read)
    except NotReadable as error:
        yield Check(_("records"), False, safe(error))
        return
    for account in accounts:
        yield Check(account.id, True, account.identity or account.name)
    for cause in found:
        if cause.severity == "problem":
            said = explain(cause.code, cause.params, cause.detail)
            yield Check(cause.account or ERP_NAME, False, said, outside=cause.subject.startswith("task:"))


async def _asked(context: Context, settings: Settings) -> list[Check]:
    """Open what the settings name and ask who answers."""
    surroundings = system_surroundings()
    try:
        secrets = secret_source(context.settings_path, os.environ)
        ports = open_ports(settings, context.settings_path, secrets, surroundings)
    except IntegraError as error:
        return [Check(_("connections"), False, explain(error.code, error.params, error.detail))]
    try:
        checks = [await _ask(ERP_NAME, ports.erp.identity, _told_by_erp)]
        for id, channel in ports.channels.items():
            checks.append(await _ask(safe(id), channel.identify, _told_by_channel))
        return checks
    finally:
        await ports.close()


async def _ask(name: SafeText, ask: Callable[[], Awaitable[Any]], told: Callable[[Any], SafeText]) -> Check:
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
