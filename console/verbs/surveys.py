"""A closer look at C-Plus's base and at each shop, by what their connectors ask."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio

from console import survey_report
from console.safe_text import SafeText, safe
from console.verbs.context import Context
from engine.errors import IntegraError
from engine.runtime.connectors import installed
from engine.settings import secret_source, tables
from engine.survey import ERP, Finding, Mark, Report
from engine.systime import system_surroundings


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at one place: ERP, or the id of an account. `called` goes before its headings.

    written: the settings that somebody wrote, since a default answers no question; found: the report, or what kept the
    place from being looked at.
    """

    name: str
    called: SafeText
    written: Mapping[str, Any]
    found: Report | IntegraError

    @property
    def report(self) -> Report:
        """Empty where nothing was seen."""
        return self.found if isinstance(self.found, Report) else Report()

    def marks(self) -> list[Mark]:
        """One for each finding."""
        return [survey_report.mark_of(finding, self.written) for finding in self.report.findings]


def looks(context: Context, out_of_reach: Collection[str]) -> Iterator[Look]:
    """C-Plus first, then the accounts; those that were found out of reach are not tried again."""
    try:
        settings = context.settings()
    except IntegraError:
        return  # told already
    written = tables(context.settings_path)
    accounts: list[Mapping[str, Any]] = written.get("account", [])
    places = [(ERP, SafeText(""), settings.erp.kind, settings.erp.options, _of_erp(written, accounts))]
    for account in settings.account:
        own = next((entry for entry in accounts if entry.get("id") == account.id), {})
        called = safe(account.name or account.id)
        places.append((account.id, called, account.kind, account.options, own.get("options", {})))
    for name, called, kind, options, told in places:
        if name not in out_of_reach and (found := _found(context, name, kind, options)) is not None:
            yield Look(name, called, told, found)


def _of_erp(written: Mapping[str, Any], accounts: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The ERP's options, and the keys of accounts that answer its questions: of several, what all of them have."""
    common = set.intersection(*(set(account) for account in accounts)) if accounts else set()
    options: dict[str, Any] = written.get("erp", {}).get("options", {})
    return {key: accounts[0][key] for key in common} | options


def _found(context: Context, name: str, kind: str, options: Mapping[str, Any]) -> Report | IntegraError | None:
    """None where this connector does not look, or its options are refused anyway."""
    connector = installed(kind)
    if connector is None or connector.survey is None or connector.check(options):
        return None
    if name == ERP and not options.get("host") and context.engine_pid() is not None:
        return Report((Finding("survey.in-use", Mark.UNKNOWN),))
    try:
        secrets = secret_source(context.settings_path, os.environ)
        return anyio.run(connector.survey, options, partial(secrets, name), system_surroundings())
    except IntegraError as error:
        return error
