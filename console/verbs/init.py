"""integra init: settings.toml by questions and answers, from what the C-Plus base itself shows.

Ctrl-C and the end of input leave everything as it was; running it again shows what was answered before as defaults.
"""

from __future__ import annotations

import os
import shlex
from datetime import datetime
from functools import partial
from pathlib import Path

from console.file_faults import why
from console.language import _, say
from console.setup import base, methods, shop
from console.setup.asking import NOTHING, Ask, Asker, Terminal, Unattended
from console.setup.draft import Draft
from console.survey_report import MARKS
from console.texts import explain
from console.verbs import cplus_watch
from console.verbs.context import Context, Exit, complain, find_state
from engine.errors import Misconfigured, Refused
from engine.ports import Connector
from engine.runtime.connectors import installed
from engine.settings import read_toml
from engine.survey import Mark

WATCH = "watch"
WATCH_MINUTES = 30.0


def run(context: Context, answers: Path | None) -> int:
    """Ask, show, write. With an answers file (the form of settings.toml) nobody is asked. Raises IntegraError."""
    asker: Asker = Terminal() if answers is None else Unattended(str(answers))
    try:
        given = None if answers is None else read_toml(answers)
    except OSError as error:
        complain(say("{file} cannot be read: {error}", file=answers, error=why(error)))
        return Exit.WRONG_USAGE
    draft = Draft(context.settings_path, given)
    try:
        return _go_through(context, asker, draft, again=answers is None)
    except (KeyboardInterrupt, EOFError):
        complain("")
        complain(_("Left: nothing was written."))
        return Exit.NEEDS_PERSON


def _go_through(context: Context, asker: Asker, draft: Draft, *, again: bool) -> int:
    erp = _connector(draft.kind, draft.path)
    if erp.survey is None:
        expected = "a connector that can look at its base"
        raise Misconfigured("settings", file=str(draft.path), key="erp.kind", expected=expected)
    if again:
        asker.tell(_("Enter takes what stands in brackets, ? explains, Ctrl-C leaves without writing anything."))
        asker.tell()
    report = base.reach(asker, draft, erp, again=again)
    base.take_over(asker, draft, report)
    base.decide(asker, draft, report)
    asker.tell()
    today = datetime.now().astimezone().date()
    seen = shop.account(asker, draft, partial(_connector, path=draft.path), report, today, again=again)
    for question in methods.questions(report, seen or methods.Methods()):
        base.answer(asker, draft.options, question, "erp.options")
    _check(draft, erp)
    status = _write(context, asker, draft)
    if status == Exit.DONE and again and WATCH in erp.tools and draft.options.get(base.RESERVATION) == base.UNRESERVED:
        status = _find_out(context, asker)
    if status == Exit.DONE and seen is None:
        complain(
            _(
                "The settings are kept, but the shop was not reached: put right what is said of it above, then: integra"
                " doctor"
            ),
            MARKS[Mark.WRONG],
        )
        return Exit.NEEDS_PERSON
    return status


def _find_out(context: Context, asker: Asker) -> int:
    """Offer to watch C-Plus reserve one piece, which settles what the installer left open."""
    prompt = _("CODPROD of a product to find out right now who counts reservations")
    help_ = _('You reserve, cancel and invoice one piece of it in C-Plus, Integra watches. "-" leaves it for later.')
    while sku := asker.text(Ask(base.RESERVATION, prompt, help_), NOTHING, str):
        try:
            return cplus_watch.run(context, sku, WATCH_MINUTES)
        except Refused as error:
            asker.tell(explain(error.code, error.params, error.detail), "  ")
    return Exit.DONE


def _write(context: Context, asker: Asker, draft: Draft) -> int:
    """Show the difference, ask, and write."""
    asker.tell()
    asker.show(draft.difference())
    for owner, secrets in draft.secrets.items():
        asker.tell(say("secrets.toml: {names} of {owner} (not shown)", names=", ".join(secrets), owner=owner))
    if not draft.changes() and not draft.secrets:
        asker.tell(_("Nothing changes."))
        return Exit.DONE
    if not asker.yes(Ask("write", _("Write this?"), _("Until now nothing was written.")), default=True):
        asker.tell(_("Left: nothing was written."))
        return Exit.NEEDS_PERSON
    try:
        for path in draft.write(datetime.now().astimezone()):
            asker.tell(say("written: {path}", path=path))
    except OSError as error:
        complain(say("Cannot be written: {error}", error=why(error)))
        return Exit.UNREACHED
    if context.engine_pid() is not None:
        asker.tell(_("The engine that runs still has the old settings: restart it."))
    options = "" if context.settings_path == Path("settings.toml") else f" --settings {_quoted(context.settings_path)}"
    if context.state_dir != find_state(os.environ):
        options += f" --state {_quoted(context.state_dir)}"
    asker.tell(_("Next:"))
    asker.show([f"    integra doctor{options}", f"    integra{options}"])
    return Exit.DONE


def _check(draft: Draft, erp: Connector) -> None:
    """What the engine would refuse is refused before it is written."""
    draft.checked()
    for option, expected in erp.check(draft.options):
        raise Misconfigured("settings", file=str(draft.path), key=f"erp.options.{option}", expected=expected)


def _connector(kind: str, path: Path) -> Connector:
    found = installed(kind)
    if found is None:
        raise Misconfigured("settings", file=str(path), key="kind", expected=f"an installed connector, not {kind!r}")
    return found


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
