"""The command that changes a setting: into the overlay beside settings.toml, and at once where the engine asks anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import Refused
from engine.runtime.commands import OWNER_ONLY, READERS, Ask, AsyncVerb, Outcome, Verb
from engine.settings import Settings, change_overlay
from engine.store.audit import audit
from engine.store.database import Store


def setting_verb(
    path: Path, store: Store, current: Callable[[], Settings], take: Callable[[Settings], None]
) -> AsyncVerb:
    """set_setting {key, value}: key is dotted, an account's by its id ("engine.interval_s", "account.loja.buffer").

    A value of None takes the key out of the overlay: what settings.toml says holds again. The result's "restart" says
    whether it holds only from the engine's next start. Refuses what `load` would not accept, with the same error.
    `take` gets the new settings.
    """

    async def act(ask: Ask) -> Outcome:
        key, value = str(ask.args.get("key", "")), ask.args.get("value")
        if not key or "value" not in ask.args or key.partition(".")[0] == "operators":  # those have rules of their own
            raise Refused("bad-request", key="key", expected="a key and a value")
        former = current()
        before = _value_at(former, key)
        changed = change_overlay(path, _change(key, value))
        take(changed)
        after = _value_at(changed, key)
        await store.write(lambda db: audit(db, ask, ask.verb, f"setting {key}", before, after))
        return Outcome({"restart": _opened_with(former) != _opened_with(changed)}, wake=(("*", "*"),))

    return AsyncVerb("set_setting", OWNER_ONLY, act)


def settings_verb(current: Callable[[], Settings]) -> Verb:
    """settings: what holds now, without the connectors' own options, for a console that may not read the files."""

    def look(_db: sqlite3.Connection, _ask: Ask) -> Outcome:
        told: dict[str, Any] = msgspec.to_builtins(current())
        for table in (told["erp"], *told["account"]):
            del table["options"]
        return Outcome({"settings": told})

    return Verb("settings", READERS, look, recorded=False)


def _opened_with(settings: Settings) -> Any:
    """What is only looked at when the ports are opened."""
    return settings.erp, [(account.id, account.kind, account.options) for account in settings.account]


def _change(key: str, value: Any) -> dict[str, Any]:
    first, *rest = key.split(".")
    if first == "account" and len(rest) > 1:
        return {"account": [{"id": rest[0], **_nested(rest[1:], value)}]}
    return _nested([first, *rest], value)


def _nested(path: list[str], value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return value  # type: ignore[no-any-return]


def _value_at(settings: Settings, key: str) -> Any:
    """The value under a dotted key, None where there is none."""
    found: Any = msgspec.to_builtins(settings, builtin_types=())
    for name in key.split("."):
        if isinstance(found, list):
            found = next((entry for entry in found if entry.get("id") == name), None)
        else:
            found = found.get(name) if isinstance(found, dict) else None
    return found
