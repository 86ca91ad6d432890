"""What people and the engine did, in words: the entries of the audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from console.field_texts import ROLES
from console.formats import moment
from console.language import N_, _, say
from console.reading.audit import Entry
from console.reading.reader import fold
from console.safe_text import SafeText, safe
from console.texts import CANCELLATIONS, DIRECTIONS, FULFILMENTS, GUARDS, MODES, PAYMENTS, VERDICT, refusal, word

REFUSED = "refused:"
ENGINE = "engine"
"""Who acted where nobody asked for it."""

DEEDS = {
    "approve": N_("approved"),
    "refuse": N_("refused"),
    "confirm_payment": N_("payment confirmed"),
    "accept_payment": N_("payment accepted"),
    "deny_payment": N_("payment denied"),
    "refund": N_("credited in the shop"),
    "correct_delivery": N_("delivery address corrected"),
    "credit_short": N_("credited in the shop what was short"),
    "hold": N_("put on hold"),
    "take_up": N_("taken off hold"),
    "wait_for_goods": N_("waits for its goods"),
    "part_first": N_("what is there goes first"),
    "short_again": N_("missing goods open again"),
    "note": N_("note"),
    "close_shipment": N_("shipment closed"),
    "withdraw": N_("decision taken back"),
    "send_now": N_("decisions sent without their grace time"),
    "acknowledge_alarm": N_("alarm seen"),
    "unpark": N_("put back"),
    "rewrite": N_("written into C-Plus again"),
    "link_sale": N_("linked to a sale of C-Plus"),
    "pause": N_("paused"),
    "resume": N_("let go on"),
    "go_live": N_("first write approved"),
    "observe": N_("set to observe"),
    "pass_guard": N_("let pass what a guard held"),
    "allow_ahead": N_("allowed a fall of prices ahead"),
    "withdraw_allowance": N_("took back what prices were allowed ahead"),
    "revert": N_("former price or text sent back"),
    "release_reverted": N_("C-Plus counts again"),
    "retry_problem": N_("problem tried again"),
    "ignore_problem": N_("problem left aside"),
    "attend_problem": N_("problem attended to again"),
    "set_listing": N_("said something of it in the shop"),
    "flag_online": N_("marked in C-Plus for the shop"),
    "settle_change": N_("said whose a text is"),
    "register_customers": N_("registration of customers approved"),
    "register": N_("customer registered"),
    "settle_adoption": N_("adoption settled"),
    "reopen_adoption": N_("adoption opened again"),
    "look_again": N_("looked through the shop again"),
    "keep_texts": N_("kept the shop's texts"),
    "resolve_customer_field": N_("customer's field settled"),
    "choose_customer": N_("customer of C-Plus chosen"),
    "customer_table": N_("customer's price table"),
    "set_setting": N_("setting changed"),
    "set_operator": N_("operator changed"),
    "sign_in": N_("signed in"),
    "wake": N_("cycle asked for"),
    "sync_once": N_("single sync"),
}

SUBJECT_KINDS = {
    "order": N_("order"),
    "sku": N_("product"),
    "item": N_("product"),
    "account": N_("account"),
    "problem": N_("problem"),
    "customer": N_("customer"),
    "setting": N_("setting"),
    "key": N_("setting"),
    "operator": N_("operator"),
}

_FIELDS = VERDICT | {
    "payment": N_("payment"),
    "fulfilment": N_("goods"),
    "cancellation": N_("cancellation"),
    "role": N_("role"),
    "enabled": N_("may come in"),
    "shared_login": N_("shared login"),
    "pin": "PIN",
}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "payment": PAYMENTS,
    "fulfilment": FULFILMENTS,
    "cancellation": CANCELLATIONS,
    "mode": MODES,
    "direction": DIRECTIONS,
    "guard": GUARDS,
    "role": ROLES,
    "pin": {"new": N_("a new one")},
}
_NOTHING = "—"


def deeds_called(text: str) -> frozenset[str]:
    """The deeds that have this in their name, as it is shown."""
    wanted = fold(text)
    return frozenset(deed for deed, name in DEEDS.items() if wanted in fold(_(name)))


def is_refused(entry: Entry) -> bool:
    """It was asked for and not done."""
    return entry.what.startswith(REFUSED)


def deed_of(entry: Entry) -> SafeText:
    """What was done, or asked for and refused."""
    deed = word(DEEDS, entry.what.removeprefix(REFUSED))
    return say("NOT DONE: {deed}", deed=deed) if is_refused(entry) else deed


def about(entry: Entry) -> SafeText:
    """On what."""
    kind, _space, name = entry.subject.partition(" ")
    return SafeText(f"{word(SUBJECT_KINDS, kind)} {name}") if kind in SUBJECT_KINDS and name else entry.subject


def outcome_lines(entry: Entry) -> Iterator[SafeText]:
    """What became of it, and why where somebody said so."""
    if is_refused(entry) and isinstance(entry.after, dict):
        yield refusal(str(entry.after.get("code")), entry.after.get("params") or {})
    else:
        yield from map(SafeText, _changes(entry.before, entry.after))
    if entry.why:
        yield say("why: {reason}", reason=entry.why)


def entry_lines(entry: Entry, now: datetime) -> Iterator[SafeText]:
    """When, who, what and on what; below, what became of it."""
    yield SafeText(f"{moment(entry.at, now)}  {entry.who}  {about(entry)}  {deed_of(entry)}")
    yield from (SafeText(f"    {line}") for line in outcome_lines(entry))


def _changes(before: Any, after: Any) -> Iterator[str]:
    if not isinstance(before, dict) and not isinstance(after, dict):
        if before is not None or after is not None:
            yield f"{_said('', before)} → {_said('', after)}"
        return
    was = before if isinstance(before, dict) else {}
    now = after if isinstance(after, dict) else {}
    for name in was | now:
        field = word(_FIELDS, name)
        if name not in was and type(now[name]) is int and now[name] == 0:
            continue  # a count of nothing, of which a verdict has many
        if name not in was:
            yield f"{field}: {_said(name, now[name])}"
        elif was[name] != now.get(name):
            yield f"{field}: {_said(name, was[name])} → {_said(name, now.get(name))}"


def _said(field: str, value: Any) -> str:
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return word(_VALUES.get(field, {}), value) or _NOTHING if isinstance(value, str) else safe(str(value))
