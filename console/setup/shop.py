"""The shop's half: the first account, or none yet."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

import anyio

from console.language import _, say
from console.safe_text import SafeText
from console.setup import questions as words
from console.setup.asking import Ask, Asker, WrongAnswer
from console.setup.base import answer, ask, of_place, tell
from console.setup.draft import Draft
from console.texts import explain
from engine.errors import IntegraError
from engine.ports import Connector
from engine.settings import secret_source
from engine.survey import ACCOUNT, Report
from engine.systime import system_surroundings

T = TypeVar("T")

KIND = "magento"
TOKEN = "token"  # noqa: S105 - the name of the secret
TAG = "online_tag"
DEFAULT_ID, DEFAULT_PREFIX = "loja", "LJ"
ANSWER_S_MAX = 30.0

_ID = re.compile(r"[a-z][a-z0-9-]{0,19}")
_PREFIX = re.compile(r"[A-Z0-9]{1,4}")
_URL = re.compile(r"https?://[^\s/]+(/\S*)?")


def account(asker: Asker, draft: Draft, connector: Connector, report: Report, today: date, *, again: bool) -> None:
    """Ask about the first account. `again`: whether a shop that does not answer may be asked for anew."""
    prompt = _("Set up the shop's account now?")
    help_ = _("Without an account Integra only looks at C-Plus. It can be added later by running init again.")
    if not asker.yes(Ask("account", prompt, help_), default=draft.has_account or again):
        return
    tags = next((question for question in report.questions if question.key == TAG), None)
    if tags is not None and not tags.choices:
        tell(asker, "!!  " + _('Make a characteristic for "venda on-line" in C-Plus first, then run init again.'))
        return
    entry = draft.account
    entry.setdefault("kind", KIND)
    if "id" not in entry:
        entry["id"] = _text(asker, entry, "id", DEFAULT_ID, partial(_like, _ID))
    entry["name"] = _text(asker, entry, "name", entry["id"], str)
    _reachable(asker, draft, connector, entry, again=again)
    entry["order_prefix"] = _text(asker, entry, "order_prefix", DEFAULT_PREFIX, partial(_like, _PREFIX))
    entry["import_orders_since"] = _text(asker, entry, "import_orders_since", today, _day)
    for question in of_place(report, ACCOUNT):
        answer(asker, entry, question, "account")


def _reachable(asker: Asker, draft: Draft, connector: Connector, entry: dict[str, Any], *, again: bool) -> None:
    """Address and token, until the shop answers or the installer goes on without."""
    known = secret_source(draft.path, os.environ)
    owner = entry["id"]
    options = entry.setdefault("options", {})
    while True:
        options["url"] = _text(asker, options, "url", "", partial(_like, _URL))
        found = draft.secrets.get(owner, {}).get(TOKEN) or known(owner, TOKEN)
        given = asker.secret(ask(words.ACCOUNT, TOKEN, f"{owner}.{TOKEN}"), known=bool(found))
        if given is not None:
            draft.secrets.setdefault(owner, {})[TOKEN] = given
        token = given or found
        try:
            shop = anyio.run(_identify, connector, options, token)
        except IntegraError as error:
            tell(asker, f"!!  {explain(error.code, error.params, error.detail)}")
        except TimeoutError:
            tell(asker, "!!  " + say("no answer within {n} s", n=int(ANSWER_S_MAX)))
        else:
            tell(asker, "ok  " + say("{name} {version} answers", name=shop.name, version=shop.version))
            return
        go_on = Ask("account.options.url", _("Go on without having reached the shop?"), SafeText(""))
        if not again or asker.yes(go_on, default=False):
            return


async def _identify(connector: Connector, options: dict[str, Any], token: str | None) -> Any:
    channel = connector.open(options, lambda _name: token, system_surroundings())
    try:
        with anyio.fail_after(ANSWER_S_MAX):
            return await channel.identify()
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
