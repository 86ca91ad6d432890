"""The command about the people who work with the console: what each may, on which login, whether still."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio.to_thread
import msgspec

from engine.errors import Refused
from engine.runtime.commands import KEPT_NOWHERE, OWNER_ONLY, Ask, AsyncVerb, Outcome
from engine.runtime.pins import PIN_CHARS_MAX, PIN_CHARS_MIN, SECRETS_OWNER, sealed
from engine.runtime.standing import owners
from engine.settings import OperatorSettings, Settings, change_overlay, save_secrets, tried
from engine.store.audit import audit
from engine.store.database import Store

SAID = ("role", "enabled", "shared_login")


def operator_verb(
    path: Path,
    store: Store,
    current: Callable[[], Settings],
    take: Callable[[Settings], None],
    pin_of: Callable[[str], str | None],
) -> AsyncVerb:
    """set_operator {name, role?, enabled?, shared_login?, pin?}: what is left out stays as it is.

    Refuses, besides what the settings refuse: "last-owner" where nobody of those named would be an owner any more,
    "pin-missing" for a shared login without one, "pin-length".
    """

    async def act(ask: Ask) -> Outcome:
        name, pin = str(ask.args.get("name", "")).strip(), ask.args.get(KEPT_NOWHERE)
        said = {key: ask.args[key] for key in SAID if key in ask.args}
        if not name or (not said and pin is None):
            raise Refused("bad-request", key="name", expected="a name and what is said of it")
        former = current()
        change = {"operators": {name: said}}
        planned = tried(path, change)
        if owners(former.operators) and not owners(planned.operators):
            raise Refused("last-owner", who=name)
        if pin is not None:
            if not PIN_CHARS_MIN <= len(str(pin)) <= PIN_CHARS_MAX:
                raise Refused("pin-length", chars_min=PIN_CHARS_MIN, chars_max=PIN_CHARS_MAX)
            kept = await anyio.to_thread.run_sync(sealed, str(pin))
            save_secrets(path, {SECRETS_OWNER: {name: kept}})
        elif planned.operators[name].shared_login and pin_of(name) is None:
            raise Refused("pin-missing", who=name)
        changed = change_overlay(path, change)
        take(changed)
        before, after = _said(former.operators.get(name)), _said(changed.operators[name])
        if pin is not None:
            after["pin"] = "new"
        await store.write(lambda db: audit(db, ask, ask.verb, f"operator {name}", before, after))
        return Outcome()

    return AsyncVerb("set_operator", OWNER_ONLY, act)


def _said(operator: OperatorSettings | None) -> dict[str, Any]:
    return {} if operator is None else dict(msgspec.to_builtins(operator))
