"""What people may ask of orders, accounts and products, and what the engine does about it.

Each verb decides inside one store transaction from the row version that the asker's screen showed; what has to happen
outside becomes an effect. The few that must first touch C-Plus write something absolute there: a repeat is harmless.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine import lost_orders
from engine.account import Account
from engine.adoption import verdict
from engine.errors import Param
from engine.orders import MISSING_IN_ERP, Event, Fulfilment, Payment, State, observe
from engine.ports import Erp
from engine.runtime.commands import EVERYONE, OWNER_ONLY, AnyVerb, Ask, AsyncVerb, Outcome, Verb
from engine.store import (
    accounts,
    effects,
    erp_lines,
    listings,
    mirror,
    orders,
    price_wants,
    publications,
    wants,
)
from engine.store.audit import audit
from engine.store.database import Store, touch
from engine.store.effects import Kind
from engine.store.instants import from_text, later, to_text

REASON_CHARS_MAX = 200  # the width of C-Plus' MOTIVOCANCELAMENTO
TRACKING_CHARS_MAX = 60
WITHOUT_TRACKING = ("pickup", "own-driver")

Accounts = Mapping[str, Account]


def _refusal(code: str, **params: Param) -> Outcome:
    return Outcome(error=(code, params))


# --- orders -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Decision:
    """A verb that decides an order: when it may, what it moves, which effect it makes."""

    name: str
    allowed: Callable[[State], bool]
    why_not: str
    event: Event
    effect: Kind
    decision: str | None = None
    columns: Callable[[Ask], Mapping[str, Any]] = lambda _: {}
    args: Callable[[sqlite3.Connection, int, Ask], Mapping[str, Any]] = lambda _db, _order, _ask: {}
    part: Callable[[sqlite3.Connection, int], str] = lambda _db, _order: ""
    check: Callable[[Ask], Outcome | None] = lambda _: None


def _reason(ask: Ask) -> str:
    return " ".join(str(ask.args.get("reason", "")).split())[:REASON_CHARS_MAX]


def _check_reason(ask: Ask) -> Outcome | None:
    return None if _reason(ask) else _refusal("reason-missing")


def _carrier(ask: Ask) -> tuple[str, str, str]:
    """(kind, label for the buyer, tracking code) of a close_shipment."""
    carrier, _, label = str(ask.args.get("carrier", "")).partition(":")
    tracking = "".join(str(ask.args.get("tracking", "")).split()).upper()[:TRACKING_CHARS_MAX]
    names = {"correios": "Correios", "pickup": "Retirada na loja", "own-driver": "Entrega própria"}
    return carrier, label.strip()[:TRACKING_CHARS_MAX] or names.get(carrier, ""), tracking


def _check_shipment(ask: Ask) -> Outcome | None:
    carrier, label, tracking = _carrier(ask)
    if carrier not in ("correios", "carrier", *WITHOUT_TRACKING) or not label:
        return _refusal("carrier-missing")
    if not tracking and carrier not in WITHOUT_TRACKING:
        return _refusal("tracking-missing")
    return None


def _ship_columns(ask: Ask) -> Mapping[str, Any]:
    carrier, label, tracking = _carrier(ask)
    return {"carrier": label, "tracking": "" if carrier in WITHOUT_TRACKING else tracking}


def _ship_args(db: sqlite3.Connection, order_id: int, ask: Ask) -> Mapping[str, Any]:
    shown = _ship_columns(ask)
    return {
        "carrier": _carrier(ask)[0],
        "label": shown["carrier"],
        "tracking": shown["tracking"],
        "lines": erp_lines.to_ship(db, order_id),
    }


_DECISIONS = (
    _Decision(
        "approve",
        lambda s: s.alive and s.payment is Payment.AUTHORIZED,
        "not-authorized",
        Event.APPROVED,
        Kind.CAPTURE,
        "approve",
    ),
    _Decision(
        "confirm_payment",
        lambda s: s.alive and s.payment is Payment.PENDING,
        "payment-not-pending",
        Event.PAYMENT_CONFIRMED,
        Kind.CAPTURE,
        "confirm-payment",
    ),
    _Decision(
        "refuse",
        lambda s: s.alive and not s.committed and s.payment is not Payment.REVIEW,
        "too-late-to-refuse",
        Event.REFUSED,
        Kind.CANCEL,
        "refuse",
        columns=lambda ask: {"decision_reason": _reason(ask)},
        check=_check_reason,
    ),
    _Decision(
        "close_shipment",
        lambda s: s.alive and s.fulfilment in (Fulfilment.INVOICED, Fulfilment.PART_INVOICED) and s.alarm is None,
        "not-invoiced",
        Event.CLOSED,
        Kind.SHIP,
        columns=_ship_columns,
        args=_ship_args,
        part=effects.next_shipment,
        check=_check_shipment,
    ),
)


def find_order(db: sqlite3.Connection, ask: Ask) -> tuple[sqlite3.Row | None, Outcome | None]:
    """The order meant, or why the command cannot be taken."""
    row = orders.get(db, int(ask.args.get("order", 0)))
    if row is None:
        return None, _refusal("no-such-order")
    if ask.row_version is not None and ask.row_version != row["row_version"]:
        newest = db.execute(
            "SELECT who, what FROM order_event WHERE order_id = ? ORDER BY id DESC LIMIT 1", (row["id"],)
        ).fetchone()
        return row, _refusal("stale", order=row["number"], who=newest["who"], what=newest["what"])
    return row, None


def _decide(decision: _Decision, undo_s: Callable[[], int]) -> Callable[[sqlite3.Connection, Ask], Outcome]:
    def apply(db: sqlite3.Connection, ask: Ask) -> Outcome:
        row, refusal = find_order(db, ask)
        if row is None or refusal is not None:
            return refusal or _refusal("no-such-order")
        before = orders.state_of(row)
        if decision.name in ("approve", "refuse") and before.payment is Payment.REVIEW:
            return _refusal("in-review", order=row["number"])
        if not decision.allowed(before):
            return _refusal(decision.why_not, order=row["number"])
        refusal = decision.check(ask)
        if refusal is not None:
            return refusal
        not_before = later(ask.now, undo_s()) if undo_s() else None
        columns: dict[str, Any] = dict(decision.columns(ask))
        if decision.decision:
            columns |= {"decision": decision.decision, "decided_by": ask.who, "decided_at": to_text(ask.now)}
        if decision.effect is Kind.CANCEL:
            effects.withdraw_all_decided(db, row["id"], ask.now)
        if decision.effect is Kind.SHIP and not erp_lines.to_ship(db, row["id"]):
            return _refusal("nothing-to-ship", order=row["number"])
        args, part = decision.args(db, row["id"], ask), decision.part(db, row["id"])
        effects.decide(db, row["id"], decision.effect, ask.now, part=part, args=args, not_before=not_before)
        after = before.after(decision.event)
        orders.move(db, row["id"], after, **columns)
        orders.note_event(db, row["id"], ask.who, decision.name, {k: str(v) for k, v in columns.items()}, ask.now)
        audit(db, ask, decision.name, order_subject(row), _axes(before), _axes(after), _reason(ask))
        return Outcome({"order": row["id"]}, wake=((row["account"], "effects"),))

    return apply


def order_subject(row: sqlite3.Row) -> str:
    return f"order {row['number']}@{row['account']}"


def _axes(state: State) -> dict[str, str]:
    return {"payment": state.payment, "fulfilment": state.fulfilment, "cancellation": state.cancellation}


_UNDONE_BY = {
    Kind.CAPTURE: Event.CAPTURE_FAILED,
    Kind.CANCEL: Event.CANCEL_FAILED,
    Kind.SHIP: Event.SHIP_FAILED,
}


def _withdraw(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Take a decision back that has not left."""
    row, refusal = find_order(db, ask)
    if row is None or refusal is not None:
        return refusal or _refusal("no-such-order")
    before = orders.state_of(row)
    told = orders.told(db, row["account"], row["external_id"])
    for kind, event in (
        (Kind.CAPTURE, Event.CAPTURE_FAILED),
        (Kind.CANCEL, Event.CANCEL_FAILED),
        (Kind.SHIP, Event.SHIP_FAILED),
    ):
        if effects.withdraw(db, row["id"], kind, ask.now):
            after = observe(before.after(event), told)
            if kind is Kind.CANCEL and row["erp_written_at"] is None:
                effects.decide_again(db, row["id"], Kind.ERP_ORDER, ask.now)  # the refusal had withdrawn it
            orders.move(db, row["id"], after, decision=None, decided_by=None, decided_at=None)
            orders.note_event(db, row["id"], ask.who, "withdrawn", {"effect": str(kind)}, ask.now)
            audit(db, ask, "withdraw", order_subject(row), _axes(before), _axes(after))
            return Outcome({"order": row["id"]}, wake=((row["account"], "effects"),))
    return _refusal("nothing-to-take-back", order=row["number"])


def _acknowledge_alarm(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """A person has seen the alarm and deals with it."""
    return _clear_flag(db, ask, alarm=None)


def _unpark(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """A person has dealt with the reason; the channel's next word counts, and what waited is tried again now."""
    row, _ = find_order(db, ask)
    if row is not None and row["parked"] == MISSING_IN_ERP and not lost_orders.leave(db, row):
        return _refusal("must-be-written-again", order=row["number"])
    outcome = _clear_flag(db, ask, parked=None)
    if "order" in outcome.result:
        effects.hasten(db, outcome.result["order"])
    return outcome


def _rewrite(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """An order that the restored ERP lacks is written there again."""
    row, refusal = find_order(db, ask)
    if row is None or refusal is not None:
        return refusal or _refusal("no-such-order")
    if row["parked"] != MISSING_IN_ERP:
        return _refusal("not-missing", order=row["number"])
    lost_orders.write_again(db, row["id"], ask.now)
    orders.note_event(db, row["id"], ask.who, ask.verb, {}, ask.now)
    audit(db, ask, ask.verb, order_subject(row), MISSING_IN_ERP, None, _reason(ask))
    return Outcome({"order": row["id"]}, wake=((row["account"], "effects"),))


def _clear_flag(db: sqlite3.Connection, ask: Ask, **flag: None) -> Outcome:
    row, refusal = find_order(db, ask)
    if row is None or refusal is not None:
        return refusal or _refusal("no-such-order")
    before = orders.state_of(row)
    (name,) = flag
    after = State(
        before.payment,
        before.fulfilment,
        before.cancellation,
        parked=None if name == "parked" else before.parked,
        alarm=None if name == "alarm" else before.alarm,
    )
    orders.move(db, row["id"], after)
    orders.note_event(db, row["id"], ask.who, ask.verb, {"was": row[name]}, ask.now)
    audit(db, ask, ask.verb, order_subject(row), row[name], None, _reason(ask))
    return Outcome({"order": row["id"]}, wake=((row["account"], "orders"), (row["account"], "effects")))


# --- accounts ---------------------------------------------------------------------------------------------------------


def _pause(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Switch directions of an account off, until a time or until resumed."""
    until = ask.args.get("until")
    if until is not None:
        from_text(str(until))
    return _switch(db, ask, 0, until, str(ask.args.get("reason", "")))


def _resume(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Switch directions of an account on again."""
    return _switch(db, ask, 1, None, "")


def _switch(db: sqlite3.Connection, ask: Ask, enabled: int, until: Any, reason: str) -> Outcome:
    account, direction = str(ask.args.get("account", "")), str(ask.args.get("direction", "*"))
    changed = db.execute(
        "UPDATE direction SET enabled = ?, paused_until = ?, reason = ?, changed_by = ?, changed_at = ?"
        " WHERE (account = ? OR ? = '*') AND (name = ? OR ? = '*')",
        (enabled, until, reason, ask.who, to_text(ask.now), account, account, direction, direction),
    ).rowcount
    if not changed:
        return _refusal("no-such-direction", account=account, direction=direction)
    audit(db, ask, ask.verb, f"account {account}", None, {"direction": direction, "until": until}, reason)
    touch(db, "accounts")
    return Outcome({"changed": changed}, wake=((account, "*"),))


def _go_live(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Approve the first write of an account after its verdict, or of one that was set back to observing."""
    account = str(ask.args.get("account", ""))
    row = accounts.get(db, account)
    if row is None:
        return _refusal("no-such-account", account=account)
    if row["adopted_at"] is None:
        return _refusal("not-adopted-yet", account=account)
    if ask.row_version is not None and ask.row_version != row["row_version"]:
        return _refusal("stale", order=account, who="engine", what="verdict")
    accounts.set_mode(db, account, accounts.LIVE, "")
    db.execute(
        "UPDATE account SET approved_at = ?, approved_by = ?, base_path = NULL WHERE id = ?",
        (to_text(ask.now), ask.who, account),
    )
    audit(db, ask, "go_live", f"account {account}", row["mode"], {"mode": "live", **verdict(db, account)})
    return Outcome({"account": account}, wake=((account, "*"),))


def _pass_guard(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Let rows pass that a guard held: {account, guard, item?}."""
    account, guard, item = (str(ask.args.get(name, "")) for name in ("account", "guard", "item"))
    if guard not in (price_wants.PRICE_DROP, wants.MANY_TO_ZERO):
        return _refusal("no-such-guard", guard=guard)
    released = db.execute(
        "UPDATE publication SET held_by = NULL, guard_passed = ? WHERE account = ? AND held_by = ?"
        " AND (? = '' OR item = ?)",
        (guard, account, guard, item, item),
    ).rowcount
    audit(db, ask, "pass_guard", f"account {account}", guard, {"rows": released})
    touch(db, "publications")
    return Outcome({"rows": released}, wake=((account, "prices"), (account, "stock")))


def _plan(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """What the next cycle would write."""
    rows = publications.plan(db, ask.args.get("account"))
    return Outcome({"rows": [dict(row) for row in rows]})


# --- products ---------------------------------------------------------------------------------------------------------


def _withhold(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Keep an item from an account, or stop doing so, whatever C-Plus says."""
    account, item, withheld = str(ask.args["account"]), str(ask.args["item"]), bool(ask.args["withheld"])
    before = listings.override(db, account, item).withheld
    listings.set_columns(db, account, item, withheld=int(withheld))
    mirror.mark_changed(db, [item])
    audit(db, ask, "withhold", f"item {item}@{account}", before, withheld)
    return Outcome(wake=((account, "catalogue"),))


def order_verbs(undo_s: Callable[[], int]) -> list[AnyVerb]:
    """The verbs about orders; `undo_s` = how long a decision can be taken back."""
    return [
        *(Verb(decision.name, EVERYONE, _decide(decision, undo_s)) for decision in _DECISIONS),
        Verb("withdraw", EVERYONE, _withdraw),
        Verb("acknowledge_alarm", EVERYONE, _acknowledge_alarm),
        Verb("unpark", EVERYONE, _unpark),
        Verb("rewrite", EVERYONE, _rewrite),
    ]


def account_verbs() -> list[AnyVerb]:
    """The verbs about accounts and what is published."""
    return [
        Verb("pause", EVERYONE, _pause, owner_if=lambda args: args.get("account") == "*"),
        Verb("resume", EVERYONE, _resume, owner_if=lambda args: args.get("account") == "*"),
        Verb("go_live", OWNER_ONLY, _go_live),
        Verb("pass_guard", OWNER_ONLY, _pass_guard),
        Verb("plan", EVERYONE, _plan, recorded=False),
        Verb("withhold", EVERYONE, _withhold),
    ]


def erp_verbs(store: Store, erp: Erp, by_id: Callable[[], Accounts]) -> list[AnyVerb]:
    """The verbs that write one absolute thing into C-Plus, which masters it."""

    async def flag_online(ask: Ask) -> Outcome:
        """Add or remove the product's "venda on-line" of an account."""
        account, sku, online = str(ask.args["account"]), str(ask.args["sku"]), bool(ask.args["online"])
        if account not in by_id():
            return _refusal("no-such-account", account=account)
        await erp.set_online(sku, by_id()[account].settings.online_tag, online)
        by_id()[account].reads.wrote("catalogue")
        await store.write(lambda db: audit(db, ask, "flag_online", f"sku {sku}@{account}", not online, online))
        return Outcome(wake=((account, "catalogue"),))

    return [AsyncVerb("flag_online", EVERYONE, flag_online)]
