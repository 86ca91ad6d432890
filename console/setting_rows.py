"""The rows of the settings screen: what holds now, from what the engine says and from what the store has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.field_texts import ROLES
from console.formats import moment
from console.language import N_, _, say
from console.reading.accounts import AccountRow, Direction
from console.safe_text import SafeText, safe
from console.settings_table import Knob, general, knob_label, of_account, shown, value_at
from console.texts import DIRECTIONS, MODE_REASONS, MODES, word

GENERAL, PEOPLE = "general", "people"
"""Besides these, each account has a pile of its own."""
ROLE_MEANINGS = {
    "owner": N_("owner: everything, settings too"),
    "operator": N_("operator: decides"),
    "viewer": N_("viewer: only looks"),
}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One row: a setting (`knob`), a direction of an account, a person (`person`: what is said of him), or to read."""

    key: str
    label: SafeText
    value: SafeText
    told: SafeText
    tone: str = ""
    knob: Knob | None = None
    now: Any = None
    account: AccountRow | None = None
    direction: Direction | None = None
    person: Mapping[str, Any] | None = None


def rows_of(
    pile: str, settings: Mapping[str, Any], accounts: Sequence[AccountRow], now: datetime
) -> Iterator[SettingRow]:
    """The rows of a pile; `settings` is empty while no engine says what holds, and only the store's are there."""
    if pile == GENERAL:
        yield from (_knob_row(knob, knob.key, value_at(settings, knob.key)) for knob in general() if settings)
    elif pile == PEOPLE:
        for name, person in sorted(settings.get("operators", {}).items()):
            yield _person_row(name, person)
    else:
        account = next((one for one in accounts if one.id == pile), None)
        if account is not None:
            yield _mode_row(account, now)
            yield from (_direction_row(account, direction, now) for direction in account.directions)
        table: Mapping[str, Any] = next((one for one in settings.get("account", ()) if one.get("id") == pile), {})
        for knob in of_account() if settings else ():
            yield _knob_row(knob, f"account.{pile}.{knob.key}", value_at(table, knob.key))


def _knob_row(knob: Knob, key: str, value: Any) -> SettingRow:
    return SettingRow(key, knob_label(knob), shown(knob, value), _(knob.help), knob=knob, now=value)


def _mode_row(account: AccountRow, now: datetime) -> SettingRow:
    if account.observes:
        told = word(MODE_REASONS, account.mode_reason)
        return SettingRow("mode", say("what it may do"), word(MODES, account.mode), told, "warn", account=account)
    told = say("It writes to the shop and into C-Plus.")
    if account.was_live:
        told = say(
            "Live since {when}, approved by {who}.", when=moment(account.approved_at, now), who=account.approved_by
        )
    return SettingRow("mode", say("what it may do"), word(MODES, account.mode), told, "good", account=account)


def _direction_row(account: AccountRow, direction: Direction, now: datetime) -> SettingRow:
    label = say("switch: {direction}", direction=word(DIRECTIONS, direction.name))
    key, told, value, tone = f"direction.{direction.name}", say("It moves."), say("on"), "good"
    if direction.paused(now):
        value, tone = say("paused"), "warn"
        told = say("Paused by {who}: {reason}", who=direction.changed_by, reason=direction.reason)
        if direction.paused_until is not None:
            value = say("until {when}", when=moment(direction.paused_until, now))
    return SettingRow(key, label, value, told, tone, account=account, direction=direction)


def _person_row(name: str, person: Mapping[str, Any]) -> SettingRow:
    role, enabled = str(person.get("role")), bool(person.get("enabled"))
    told = word(ROLE_MEANINGS, role)
    if person.get("shared_login"):
        told = say("{role}. Signs in with a PIN on the login {login}.", role=told, login=person["shared_login"])
    value = word(ROLES, role if enabled else "disabled")
    return SettingRow(name, safe(name), value, told, "" if enabled else "dim", now=role, person=person)
