"""The command that changes a setting: into the overlay beside settings.toml, and at once where the engine asks anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import Misconfigured, Refused
from engine.runtime.commands import OWNER_ONLY, Ask, AsyncVerb, Outcome
from engine.settings import Settings, load, overlay_path, save_overlay
from engine.store.audit import audit
from engine.store.database import Store


def setting_verb(
    path: Path, store: Store, current: Callable[[], Settings], take: Callable[[Settings], None]
) -> AsyncVerb:
    """set_setting {key, value}: key is dotted, an account's by its id ("engine.interval_s", "account.loja.buffer").

    The result's "restart" says whether it holds only from the engine's next start. Refuses what `load` would not
    accept, with the same error, and leaves the overlay as it was then. `take` gets the new settings.
    """

    async def act(ask: Ask) -> Outcome:
        key, value = str(ask.args.get("key", "")), ask.args.get("value")
        if not key or value is None:
            raise Refused("bad-request", key="key", expected="a key and a value")
        former = current()
        before = _value_at(former, key)
        changed = _saved(path, _change(key, value))
        take(changed)
        await store.write(lambda db: audit(db, ask, ask.verb, f"setting {key}", before, value))
        return Outcome({"restart": _opened_with(former) != _opened_with(changed)}, wake=(("*", "*"),))

    return AsyncVerb("set_setting", OWNER_ONLY, act)


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


def _saved(path: Path, change: dict[str, Any]) -> Settings:
    """The settings with this change, which stands in the overlay; raises Misconfigured and keeps nothing if wrong."""
    overlay = overlay_path(path)
    former = overlay.read_bytes() if overlay.exists() else None
    save_overlay(path, change)
    try:
        return load(path)
    except Misconfigured:
        if former is None:
            overlay.unlink()
        else:
            overlay.write_bytes(former)
        raise


def _value_at(settings: Settings, key: str) -> Any:
    """The value under a dotted key, None where there is none."""
    found: Any = msgspec.to_builtins(settings, builtin_types=())
    for name in key.split("."):
        if isinstance(found, list):
            found = next((entry for entry in found if entry.get("id") == name), None)
        else:
            found = found.get(name) if isinstance(found, dict) else None
    return found
