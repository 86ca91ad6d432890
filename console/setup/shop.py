"""The shop's half: the first account, or none yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

import anyio

from console.language import _, say
from console.safe_text import safe
from console.setup import keys, methods
from console.setup import questions as words
from console.setup.asking import Ask, Asker, Line, WrongAnswer
from console.setup.base import answer, ask, in_order, what_to_do
from console.setup.draft import Draft
from console.setup.methods import Methods
from console.survey_report import MARKS, finding_lines
from engine.errors import IntegraError
from engine.model.channel import ChannelIdentity
from engine.ports import Connector, SalesChannel
from engine.runtime.connectors import channel_kinds
from engine.survey import ACCOUNT, Mark, Report
from engine.systime import system_surroundings

T = TypeVar("T")

KIND = "magento"
KEYS_REFUSED = frozenset({"channel-login", "magento-keys", "openmage-login"})
TOLD = frozenset({"shop", "shop-access"})
"""Topics of a survey whose answers an installer wants to see even where all is right."""
TAG = "online_tag"
DEFAULT_ID, DEFAULT_PREFIX = "loja", "LJ"
ANSWER_S_MAX = 30.0

_ID = re.compile(r"[a-z][a-z0-9-]{0,19}")
_PREFIX = re.compile(r"[A-Z0-9]{1,4}")
_URL = re.compile(r"https?://[^\s/]+(/\S*)?")
_WORD = re.compile(r"\S+")


def account(
    asker: Asker, draft: Draft, find: Callable[[str], Connector], report: Report, today: date, *, again: bool
) -> Methods | None:
    """Ask about the first account; tells how its buyers pay and are delivered to, None where the shop was not reached.

    find: the connector of a kind. again: whether a shop that does not answer may be asked for anew.
    """
    prompt = _("Set up the shop's account now?")
    help_ = _("Without an account Integra only looks at C-Plus. It can be added later by running init again.")
    if not asker.yes(Ask("account", prompt, help_), default=draft.has_account or again):
        return Methods()
    tags = next((question for question in report.questions if question.key == TAG), None)
    if tags is not None and not tags.choices:
        asker.tell(
            _('Make a characteristic for "venda on-line" in C-Plus first, then run init again.'), MARKS[Mark.WRONG]
        )
        return Methods()
    entry = draft.account
    entry["kind"] = _kind(asker, entry.get("kind", KIND))
    if "id" not in entry:
        entry["id"] = _text(asker, entry, "id", DEFAULT_ID, partial(_like, _ID))
    entry["name"] = _text(asker, entry, "name", entry["id"], str)
    found = _reachable(asker, draft, find(entry["kind"]), entry, again=again)
    entry["order_prefix"] = _text(asker, entry, "order_prefix", DEFAULT_PREFIX, partial(_like, _PREFIX))
    entry["import_orders_since"] = _text(asker, entry, "import_orders_since", today, _day)
    for question in in_order([question for question in report.questions if question.place == ACCOUNT]):
        answer(asker, entry, question, "account")
    return found


def _kind(asker: Asker, kind: str) -> str:
    """Which connector; not asked where a package offers only this one."""
    kinds = channel_kinds()
    if kinds == [kind]:
        return kind
    lines = [Line(one, safe(one)) for one in kinds]
    default = [kind] if kind in kinds else []
    (picked,) = asker.pick(ask(words.ACCOUNT, "kind", "account.kind"), lines, default, several=False, optional=False)
    return str(picked)


def _reachable(
    asker: Asker, draft: Draft, connector: Connector, entry: dict[str, Any], *, again: bool
) -> Methods | None:
    """Address and keys, until the shop answers or the installer goes on without: then None."""
    options = entry.setdefault("options", {})
    refused = False
    while True:
        for option in connector.asked:
            options[option] = _text(asker, options, option, "", partial(_like, _URL if option == "url" else _WORD))
        secrets = keys.ask_for(asker, draft, connector, entry["id"], refused=refused)
        try:
            if connector.survey is not None:
                asker.tell(_("Looking at the shop (nothing is changed) ..."))
                _take_over(asker, anyio.run(connector.survey, options, secrets, system_surroundings()), options)
            shop, seen = anyio.run(_look, connector, options, secrets)
        except IntegraError as error:
            asker.tell(what_to_do(error), MARKS[Mark.WRONG])
            refused = error.code in KEYS_REFUSED
        except TimeoutError:
            asker.tell(say("no answer within {n} s", n=int(ANSWER_S_MAX)), MARKS[Mark.WRONG])
        else:
            asker.tell(say("{name} {version} answers", name=shop.name, version=shop.version), MARKS[Mark.OK])
            return seen
        if not again or asker.yes(
            Ask(
                "account.options.url",
                _("Go on without having reached the shop?"),
                _("What was typed is kept; integra doctor tells later whether the shop answers."),
            ),
            default=False,
        ):
            return None


def _take_over(asker: Asker, report: Report, options: dict[str, Any]) -> None:
    """Show how we are let in and what is not as it should be; take over what the shop leaves no choice about."""
    for finding in report.findings:
        if finding.mark is not Mark.OK or finding.topic in TOLD:
            asker.show(finding_lines(finding, options))
    proposed = [proposal for finding in report.findings for proposal in finding.proposals]
    once = [one for one in proposed if sum(other.option == one.option for other in proposed) == 1]
    if once:
        prompt = _("Take over these settings, which the shop shows?")
        help_ = _("Each can be changed later in settings.toml; integra doctor shows what they rest on.")
        if asker.yes(Ask("account.options", prompt, help_), default=True):
            options.update({proposal.option: proposal.value for proposal in once})


async def _look(connector: Connector, options: dict[str, Any], secrets: keys.Find) -> tuple[ChannelIdentity, Methods]:
    """Who answers, and the methods of its last orders, for which alone nobody is kept waiting."""
    channel: SalesChannel = connector.open(options, secrets, system_surroundings())
    try:
        with anyio.fail_after(ANSWER_S_MAX):
            shop = await channel.identify()
        seen = Methods()
        with anyio.move_on_after(ANSWER_S_MAX), suppress(IntegraError):
            seen = await methods.seen(channel)
        return shop, seen
    finally:
        await channel.close()


def _text(asker: Asker, table: dict[str, Any], key: str, default: Any, check: Callable[[str], T]) -> T:
    there = table.get(key, default)
    shown = f"{there:%d/%m/%Y}" if isinstance(there, date) else str(there)
    return asker.text(ask(words.ACCOUNT, key, f"account.{key}"), shown, check)


def _like(pattern: re.Pattern[str], typed: str) -> str:
    if pattern.fullmatch(typed):
        return typed
    raise WrongAnswer(_("That is not in the form asked for; type ? to see it."))


def _day(typed: str) -> date:
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(typed, form).date()  # noqa: DTZ007 - a day of the shop's calendar
        except ValueError:
            continue
    raise WrongAnswer(_("That is not a day: type it as day/month/year."))
