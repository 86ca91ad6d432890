"""The settings as they will be: what stands now, what was answered, the difference, and how it is written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import tomli_w

from console.language import DEFAULT_LANGUAGE, LOCALE, language
from console.safe_text import SafeText
from console.survey_report import setting_lines
from engine.settings import Settings, checked, merge, overlay_path, replace_file, save_overlay, save_secrets, tables

TEMPLATE = "settings.toml"
CHECKOUT = Path(__file__).parents[2]
"""Where the English one stands when Integra runs from its sources and not from a wheel."""
PUBLIC = 0o644


class Draft:
    """`options` is [erp.options]; `account` the entry that is being set up, empty while there is none."""

    def __init__(self, path: Path, answers: Mapping[str, Any] | None = None) -> None:
        self.path = path
        self._former = tables(path)
        self._values = merge(deepcopy(self._former), answers or {})
        self._values.setdefault("erp", {}).setdefault("options", {})
        self.secrets: dict[str, dict[str, str]] = {}

    @property
    def kind(self) -> str:
        """The kind of ERP."""
        return str(self._values["erp"].get("kind", "cplus"))

    @property
    def options(self) -> dict[str, Any]:
        """The ERP's options, to be changed in place."""
        options: dict[str, Any] = self._values["erp"]["options"]
        return options

    @property
    def account(self) -> dict[str, Any]:
        """The first account, to be changed in place; made when there is none."""
        accounts: list[dict[str, Any]] = self._values.setdefault("account", [])
        if not accounts:
            accounts.append({})
        return accounts[0]

    @property
    def has_account(self) -> bool:
        """Whether there is one already."""
        return bool(self._values.get("account"))

    def checked(self) -> Settings:
        """The whole, as the engine will read it. Raises Misconfigured."""
        return checked(self._values, self.path)

    def changes(self) -> dict[str, Any]:
        """What is to be written: every value that is new or another one than now."""
        former = {entry.get("id"): entry for entry in self._former.get("account", [])}
        accounts = []
        for entry in self._values.get("account", []):
            if changed := _changed(former.get(entry.get("id"), {}), entry):
                accounts.append({"id": entry["id"]} | changed)
        rest = {key: value for key, value in self._values.items() if key != "account"}
        return _changed(self._former, rest) | ({"account": accounts} if accounts else {})

    def difference(self) -> Iterator[SafeText | str]:
        """The changes for a person: + what is new, - what stood there, by table."""
        changes = self.changes()
        yield from _lines(
            "erp.options", self._former.get("erp", {}).get("options", {}), changes.get("erp", {}).get("options", {})
        )
        former = {entry.get("id"): entry for entry in self._former.get("account", [])}
        for entry in changes.get("account", []):
            yield from _lines(f"account: {entry['id']}", former.get(entry["id"], {}), entry)

    def write(self, now: datetime) -> list[Path]:
        """Write secrets, then settings; tells which files. Each is replaced whole, what stood there is kept beside it.

        A settings.toml that exists is somebody's own and stays as it is: the overlay takes the changes.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        written = []
        if self.secrets:
            save_secrets(self.path, self.secrets)
            written.append(self.path.with_name("secrets.toml"))
        changes = self.changes()
        if not self.path.exists():
            replace_file(self.path, f"{template().rstrip()}\n\n{tomli_w.dumps(changes)}", PUBLIC)
            written.append(self.path)
        elif changes:
            overlay = overlay_path(self.path)
            if overlay.exists():
                shutil.copy2(overlay, overlay.with_name(f"{overlay.name}.{now:%Y%m%d-%H%M%S}"))
            save_overlay(self.path, changes)
            written.append(overlay)
        return written


def template() -> str:
    """The commented settings in the language in use, which stays Integra's own."""
    translated = LOCALE / language() / TEMPLATE
    if translated.is_file():
        return translated.read_text(encoding="utf-8")
    shipped = resources.files("engine").joinpath(TEMPLATE)
    text = (shipped if shipped.is_file() else CHECKOUT / TEMPLATE).read_text(encoding="utf-8")
    return text.replace(f'# language = "{DEFAULT_LANGUAGE}"', f'language = "{language()}"')


def _changed(former: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for key, value in values.items():
        old = former.get(key)
        if isinstance(value, Mapping):
            if inner := _changed(old if isinstance(old, Mapping) else {}, value):
                changed[key] = inner
        elif value != old:
            changed[key] = value
    return changed


def _lines(heading: str, former: Mapping[str, Any], changes: Mapping[str, Any]) -> Iterator[SafeText | str]:
    before = {_name(line): line for key, value in former.items() for line in setting_lines(key, value)}
    after = {_name(line): line for key, value in changes.items() for line in setting_lines(key, value)}
    if after:
        yield f"[{heading}]"
    for name, line in after.items():
        if line == before.get(name):
            continue
        if name in before:
            yield SafeText(f"  - {before[name]}")
        yield SafeText(f"  + {line}")


def _name(line: str) -> str:
    return line.partition(" = ")[0]
