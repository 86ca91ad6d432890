"""integra cplus install-triggers, remove-triggers, triggers: Integra's own triggers in a base, for who wants them."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

from console.language import N_, _, say, say_n
from console.safe_text import safe
from console.survey_report import setting_lines
from console.texts import refusal
from console.verbs.context import Context, Exit, complain, tell
from engine.errors import IntegraError
from engine.runtime.client import EngineClient
from engine.runtime.connectors import open_erp_tool
from engine.settings import overlay_path, save_overlay, secret_source
from engine.systime import system_surroundings

if TYPE_CHECKING:
    from connectors.cplus.changes.triggers import State, Triggers

T = TypeVar("T")

INSTALL_WORDS = frozenset({"instalar", "install"})
REMOVE_WORDS = frozenset({"remover", "remove"})

TRIGGER_PREFIX = "INTEGRA_"

OUTLINE = (
    N_("Beside them one table of Integra's own is made, INTEGRA_CHANGE, and a counter for it, INTEGRA_CHANGE_ID."),
    N_("Each trigger writes there which row was changed, and no more; if that fails, the sale goes on all the same."),
)
COSTS = (
    N_("What this costs: each sale writes one or two short rows more, a few per cent of the time of its writing."),
    N_("It changes the base of C-Plus, beside its own tables. Ask whoever supports C-Plus for you before you agree."),
    N_("An upgrade of C-Plus may drop the triggers. Integra notices, tells you, and finds changes on the clock then."),
    N_("What it brings: a counter sale is in the shops in less than a second. Without it nothing is lost, only later."),
    N_("Whenever you want, all of it is removed with: integra cplus remove-triggers"),
)


def opened(context: Context, tool: str) -> Any:
    """A tool of the ERP's connector. Raises IntegraError."""
    secrets = secret_source(context.settings_path, os.environ)
    return open_erp_tool(tool, context.settings(), context.settings_path, secrets, system_surroundings())


def state(context: Context) -> int:
    """How the triggers stand. 1 where they should tell and do not."""
    found = _with(context, lambda tool: tool.state())
    wanted = bool(context.settings().erp.options.get("change_log"))
    context.show(_told(found) | {"wanted": wanted}, lambda: _lines(found, wanted))
    return Exit.NEEDS_PERSON if wanted != found.works else Exit.DONE


def install(context: Context, yes: bool) -> int:
    """Show all that would be done, ask, do it, say how it stands."""
    before = _with(context, lambda tool: tool.state())
    if not before.works:
        _explain_installation(before, _with(context, lambda tool: tool.script()))
        if not yes and not _agreed(_("Type the word install to do this: "), INSTALL_WORDS):
            complain(_("Nothing was installed."))
            return Exit.NEEDS_PERSON
        after = _with(context, lambda tool: tool.install())
        if not after.works:
            complain(say("Not all of it stands: {names}.", names=", ".join(after.faults)))
            return Exit.NEEDS_PERSON
    tell(_("The triggers are installed and whole."))
    tell(_("A program of C-Plus that was open before does not fire all of them yet: restart C-Plus on the tills."))
    return write_options(context, {"change_log": True})


def _explain_installation(before: State, script: Sequence[str]) -> None:
    """Each statement, which SQL lets break at any blank; below, beside the question, what it is and what it costs."""
    tell(_("This is executed, word for word:"))
    for statement in script:
        tell()
        for line in f"{statement};".splitlines():
            code = line.lstrip()
            tell(code, "    " + " " * (len(line) - len(code)))
    tell()
    names = sorted((*before.whole, *before.missing, *before.inactive, *before.altered))
    tell(
        say_n(
            "A trigger is put on {n} table of C-Plus:", "A trigger is put on each of {n} tables of C-Plus:", len(names)
        )
    )
    tell(", ".join(name.removeprefix(TRIGGER_PREFIX) for name in names), "    ")
    for sentence in (*OUTLINE, *COSTS):
        tell(_(sentence))
    tell()


def remove(context: Context, yes: bool) -> int:
    """Say what would go, ask, remove it."""
    before = _with(context, lambda tool: tool.state())
    if before.nothing:
        tell(_("There is nothing of Integra's in this base."))
        return write_options(context, {"change_log": False})
    for name in (*before.whole, *before.inactive, *before.altered):
        print(f"  {safe(name)}")
    tell(_("These triggers and their log are removed, and nothing else."))
    if not yes and not _agreed(_("Type the word remove to do this: "), REMOVE_WORDS):
        complain(_("Nothing was removed."))
        return Exit.NEEDS_PERSON
    status = write_options(context, {"change_log": False})
    _with(context, lambda tool: tool.remove())
    tell(_("Removed."))
    return status


def write_options(context: Context, options: Mapping[str, Any]) -> int:
    """Change options of [erp]: by the running engine, else straight into the overlay. Tells what was done."""
    standing = context.settings().erp.options
    changed = {key: value for key, value in options.items() if standing.get(key) != value}
    if not changed:
        return Exit.DONE
    if context.engine_pid() is None:
        save_overlay(context.settings_path, {"erp": {"options": changed}})
    else:
        with EngineClient.connect(context.state_dir) as engine:
            for key, value in changed.items():
                answer = engine.ask("set_setting", {"key": f"erp.options.{key}", "value": value})
                if not answer.ok:
                    complain(refusal(answer.code, answer.params))
                    return Exit.NEEDS_PERSON
        complain(_("Integra is running and takes this at its next start: restart it."))
    complain(say("Written to {file}:", file=overlay_path(context.settings_path)))
    for key, value in changed.items():
        for line in setting_lines(key, value):
            complain(f"    {line}")
    return Exit.DONE


def _with(context: Context, work: Callable[[Triggers], Awaitable[T]]) -> T:
    async def run() -> T:
        tool: Triggers = opened(context, "triggers")
        try:
            return await work(tool)
        finally:
            await tool.close()

    try:
        return anyio.run(run)
    except BaseExceptionGroup as group:
        for error in group.exceptions:
            if isinstance(error, IntegraError):
                raise error from group
        raise


def _agreed(question: str, words: frozenset[str]) -> bool:
    """Nobody agrees by an Enter too many."""
    if not sys.stdin.isatty():
        complain(_("There is nobody to ask: say --yes."))
        return False
    with suppress(EOFError):
        return input(question).strip().casefold() in words
    return False


def _told(found: State) -> dict[str, Any]:
    return {
        "works": found.works,
        "log": found.log,
        "whole": found.whole,
        "missing": found.missing,
        "inactive": found.inactive,
        "altered": found.altered,
    }


def _lines(found: State, wanted: bool) -> Iterator[str]:
    if found.nothing:
        yield _("There is nothing of Integra's in this base.")
    elif found.works:
        n = len(found.whole)
        yield say_n("{n} trigger, installed and whole.", "{n} triggers, installed and whole.", n)
    else:
        yield _("The triggers do not tell everything:")
    if not found.nothing:
        for names, what in (
            (found.missing, N_("missing")),
            (found.inactive, N_("switched off")),
            (found.altered, N_("another text than this version's")),
        ):
            for name in names:
                yield f"!!  {safe(name)}: {_(what)}"
    if wanted != found.works:
        yield _("The settings expect them (change_log).") if wanted else _("The settings do not use them (change_log).")
