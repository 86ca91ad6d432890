"""What an action would be about, and why it is not possible now: a key that does nothing says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.language import N_, _, say
from console.reading.accounts import AccountRow
from console.reading.allowances import AllowedAhead
from console.reading.audit_trail import Deed
from console.reading.catalogue import ListingRow
from console.reading.customer_list import CustomerRow
from console.reading.orders import OrderRow
from console.reading.planned import BY_PERSON, Planned
from console.reading.shop_changes import ShopChange
from console.reading.shop_items import ShopRow
from console.reading.tasks import TaskRow
from console.reading.undoing import Undo
from console.safe_text import SafeText
from console.setting_rows import PEOPLE, SettingRow
from console.texts import GUARDS, word
from engine.orders import NOT_IN_ERP, RETURNED_IN_ERP
from engine.runtime.commands import OPERATOR, VIEWER


@dataclass(frozen=True, slots=True)
class Situation:
    """What an action would be about: who asks, whether an engine answers, and the rows it would take.

    `role`: as the engine says; `people`: several share the login.
    `reading`: marked rows are still being read, and nothing is done to a part of them.
    `last`, `last_found`: what was decided last here, which may have left the list.
    """

    attached: bool = False
    role: str = ""
    people: bool = False
    orders: tuple[OrderRow, ...] = ()
    reading: bool = False
    last: tuple[OrderRow, ...] = ()
    account: AccountRow | None = None
    task: TaskRow | None = None
    found: tuple[ShopRow, ...] = ()
    last_found: tuple[ShopRow, ...] = ()
    changes: tuple[ShopChange, ...] = ()
    troubles: tuple[PointedAt, ...] = ()
    planned: tuple[Planned, ...] = ()
    allowed: tuple[AllowedAhead, ...] = ()
    listings: tuple[ListingRow, ...] = ()
    customers: tuple[CustomerRow, ...] = ()
    deeds: tuple[Deed, ...] = ()
    setting: SettingRow | None = None
    pile: str = ""
    shops: int = 1
    undoable: bool = False


@dataclass(frozen=True, slots=True)
class PointedAt:
    """A cause of trouble, or one thing that it holds up. `ignored`: somebody leaves it aside."""

    args: Mapping[str, str | None]
    title: SafeText
    ignored: bool


Reason = Callable[[Situation], SafeText | None]


def possible(_now: Situation) -> SafeText | None:
    """Always possible."""
    return None


def role_forbids(now: Situation, *, owner: bool) -> SafeText | None:
    """Why the engine would not take it from whoever asks, whatever it is about."""
    if now.role == VIEWER:
        return say("you only look. Say who you are (F9)") if now.people else say("you only look: your role is viewer")
    if owner and now.role == OPERATOR:
        return say("only an owner may do this")
    return None


def about_signing_in(now: Situation) -> SafeText | None:
    """There must be several people on this login."""
    return None if now.people else say("this login is one person's, or no engine answers")


OrderReason = Callable[[OrderRow], str | None]

ON_HOLD = N_("it is on hold; take it up first (s)")

NO_ENGINE = N_("no engine answers: nothing can be decided now")


def about_orders(reason: OrderReason) -> Reason:
    """Every order that the action would take must allow it; the first that does not is named."""

    def why_not(now: Situation) -> SafeText | None:
        if not now.attached:
            return _(NO_ENGINE)
        if now.reading:
            return say("the marked orders are still being read")
        if not now.orders:
            return say("there is no order here")
        for order in now.orders:
            if (found := reason(order)) is None:
                continue
            if len(now.orders) == 1:
                return say("{number}: {reason}", number=order.number, reason=_(found))
            return say(
                "nothing was sent, for {number} does not fit: {reason}. Unmark it (space) for the others",
                number=order.number,
                reason=_(found),
            )
        return None

    return why_not


def about_clear_orders(now: Situation) -> SafeText | None:
    """There must be an engine, and an undecided order that nothing speaks against."""
    if not now.attached:
        return _(NO_ENGINE)
    return None if now.orders else say("no undecided order is without a sign against it")


def cannot_approve(order: OrderRow) -> str | None:
    """Why the money of its card is not taken."""
    if order.held:
        return ON_HOLD
    if order.payment == "review":
        return N_("the gateway has not decided yet; only its own page can")
    if order.payment == "pending":
        return N_("the money is not there; confirm the payment instead")
    if order.payment != "authorized":
        return N_("there is no authorised card to approve")
    return _is_dead(order)


def cannot_refuse(order: OrderRow) -> str | None:
    """Why it cannot be cancelled."""
    if order.payment == "review":
        return N_("in review the shop ignores a cancel; refuse it on the gateway's page")
    if order.payment == "capturing":
        return N_("the money is being taken")
    if order.fulfilment not in ("received", "reserved", "short"):
        return N_("it is invoiced already: undo the invoice in C-Plus first")
    return _is_dead(order)


def cannot_confirm(order: OrderRow) -> str | None:
    """Why no payment is confirmed."""
    if order.held:
        return ON_HOLD
    if order.payment == "review":
        return N_("the gateway has not decided yet; only its own page can")
    if order.payment != "pending":
        return N_("it does not wait for a payment")
    return _is_dead(order)


def not_in_review(order: OrderRow) -> str | None:
    """Why the gateway has nothing to decide."""
    return N_("its payment is not in review") if order.payment != "review" else _is_dead(order)


def nothing_came_back(order: OrderRow) -> str | None:
    """Why there is nothing to credit."""
    return None if order.parked == RETURNED_IN_ERP else N_("C-Plus booked no return of it that the shop lacks")


def cannot_ship(order: OrderRow) -> str | None:
    """Why its shipment is not closed."""
    if order.alarm:
        return N_("do not dispatch: the buyer cancelled")
    if order.held:
        return ON_HOLD
    if order.fulfilment in ("part-shipping", "shipping", "shipped"):
        return N_("its shipment is closed already")
    if order.fulfilment == "part-shipped":
        return N_("what is invoiced of it has left; the rest is not invoiced in C-Plus yet")
    if order.fulfilment not in ("part-invoiced", "invoiced"):
        return N_("it is not invoiced in C-Plus yet")
    return _is_dead(order)


def cannot_link(order: OrderRow) -> str | None:
    """Why no sale is linked to it."""
    if order.payment not in ("paid", "capturing"):
        return N_("it is not paid")
    if order.fulfilment not in ("reserved", "short"):
        return N_("it does not wait to be invoiced")
    return _is_dead(order)


def cannot_hold(order: OrderRow) -> str | None:
    """Why there is nothing to hold."""
    if order.held:
        return None
    if order.withdrawable:
        return N_("a decision on it is about to leave: take it back first (z)")
    if order.fulfilment in ("shipping", "shipped"):
        return N_("it has left")
    return _is_dead(order)


def lacks_nothing(order: OrderRow) -> str | None:
    """Why nothing is to be decided about missing goods."""
    if order.fulfilment != "short":
        return N_("no goods of it are missing")
    return _is_dead(order)


def cannot_go_elsewhere(order: OrderRow) -> str | None:
    """Why its address is not corrected."""
    if order.fulfilment not in ("received", "reserved", "short"):
        return N_("it is invoiced already: undo the invoice in C-Plus first")
    return _is_dead(order)


def needs_orders(now: Situation) -> SafeText | None:
    """There must be orders; nothing is asked of the engine."""
    if now.reading:
        return say("the marked orders are still being read")
    return None if now.orders else say("there is no order here")


def any_order(_order: OrderRow) -> str | None:
    """Every order allows it."""
    return None


def about_one_order(reason: OrderReason) -> Reason:
    """The same, for one order at a time."""
    about = about_orders(reason)
    return lambda now: say("one order at a time") if len(now.orders) > 1 else about(now)


def _is_dead(order: OrderRow) -> str | None:
    return None if order.cancellation == "none" else N_("it is cancelled")


def at_the_desk(now: Situation) -> SafeText | None:
    """There must be an engine, and an order on the packing desk that may leave."""
    if now.attached and not now.orders:
        return say("scan the order first")
    return about_one_order(cannot_ship)(now)


def withdrawable(now: Situation) -> tuple[OrderRow, ...]:
    """The orders whose decision can still be taken back: those meant, else those decided last."""
    meant = now.orders if now.orders and all(order.withdrawable for order in now.orders) else now.last
    return tuple(order for order in meant if order.withdrawable)


def cannot_withdraw(now: Situation) -> SafeText | None:
    """Why no decision is taken back."""
    if not now.attached:
        return _(NO_ENGINE)
    return None if withdrawable(now) else say("there is no decision that has not left yet")


def has_no_alarm(order: OrderRow) -> str | None:
    """Why there is nothing to have seen."""
    return None if order.alarm else N_("it has no alarm")


def is_not_missing(order: OrderRow) -> str | None:
    """Why it is not written again."""
    return None if order.parked in NOT_IN_ERP else N_("C-Plus does not lack it")


def is_not_parked(order: OrderRow) -> str | None:
    """Why it is not put back."""
    if order.alarm and not order.parked:
        return N_("it is under Problem for its alarm: stop the parcel, then mark it as seen (v)")
    return None if order.parked else N_("it is in its queue already; only an order under Problem is put back there")


def about_account(reason: Callable[[AccountRow], str | None]) -> Reason:
    """There must be an engine and an account, and the account must allow it."""

    def why_not(now: Situation) -> SafeText | None:
        if not now.attached:
            return _(NO_ENGINE)
        if now.account is None:
            return say("choose an account or one of its tasks in the list below")
        found = reason(now.account)
        return None if found is None else say("{account}: {reason}", account=now.account.name, reason=_(found))

    return why_not


def cannot_go_live(account: AccountRow) -> str | None:
    """Why nobody approves its first write."""
    if not account.observes:
        return N_("it is live already")
    if account.verdict is None:
        return N_("it is still looking through the shop; the verdict comes when it is done")
    return None


def cannot_resume(account: AccountRow) -> str | None:
    """Why there is nothing to resume."""
    if any(not direction.enabled for direction in account.directions):
        return None
    return N_("it observes: read the verdict (v) and approve") if account.observes else N_("nothing of it is paused")


def any_account(_account: AccountRow) -> str | None:
    """Every account allows it."""
    return None


# --- what was in the shop before us -----------------------------------------------------------------------------------

FoundReason = Callable[[ShopRow], str | None]


def about_found(reason: FoundReason, *, one: bool = False) -> Reason:
    """Every row that the action would take must allow it; the first that does not is named."""

    def why_not(now: Situation) -> SafeText | None:
        if not now.attached:
            return _(NO_ENGINE)
        if now.reading:
            return say("the marked rows are still being read")
        if not now.found:
            return say("there is no row here")
        if one and len(now.found) > 1:
            return say("one row at a time")
        for row in now.found:
            if (found := reason(row)) is not None:
                return say("{number}: {reason}", number=row.sku or row.id, reason=_(found))
        return None

    return why_not


def cannot_settle(row: ShopRow) -> str | None:
    """Why nobody can say whose the row is."""
    if row.standing == "only-cplus":
        return N_("the shop does not have it: it will be made there")
    return N_("it is adopted: take that back first (z)") if row.taken else None


def cannot_agree(row: ShopRow) -> str | None:
    """Why one key does not take the proposal."""
    if (found := cannot_settle(row)) is not None:
        return found
    if not row.open:
        return N_("it waits for nobody")
    if not row.proposals:
        return N_("nothing is proposed: look for the product (b)")
    return None if len(row.proposals) == 1 else N_("several are proposed: choose one (Enter)")


def cannot_leave(row: ShopRow) -> str | None:
    """Why it is not left alone."""
    if (found := cannot_settle(row)) is not None:
        return found
    return N_("nothing is done to it as it is") if row.standing in ("only-shop", "left-alone") else None


def can_reopen(row: ShopRow) -> bool:
    """Somebody, or the match, has said whose it is."""
    return row.standing != "only-cplus" and (bool(row.item) or bool(row.settled_by))


def reopenable(now: Situation) -> tuple[ShopRow, ...]:
    """The rows that can wait for a person again: those meant, else those settled last."""
    meant = now.found if now.found and all(can_reopen(row) for row in now.found) else now.last_found
    return tuple(row for row in meant if can_reopen(row))


def cannot_reopen(now: Situation) -> SafeText | None:
    """Why nothing waits for a person again."""
    if not now.attached:
        return _(NO_ENGINE)
    if now.reading:
        return say("the marked rows are still being read")
    if now.account is not None and now.account.approved_at is not None:
        return say("{account} is live: what was settled stays", account=now.account.name)
    return None if reopenable(now) else say("nothing was settled here")


def about_changes(now: Situation) -> SafeText | None:
    """There must be an engine and a text that waits."""
    if not now.attached:
        return _(NO_ENGINE)
    if now.reading:
        return say("the marked rows are still being read")
    return None if now.changes else say("no text waits for a person")


def about_a_shop(now: Situation) -> SafeText | None:
    """There must be an account."""
    return None if now.account is not None else say("choose an account or one of its tasks in the list below")


def about_troubles(now: Situation) -> SafeText | None:
    """There must be an engine and something that is wrong."""
    if not now.attached:
        return _(NO_ENGINE)
    if now.reading:
        return say("the marked rows are still being read")
    return None if now.troubles else say("nothing is wrong here")


def about_troubles_that_count(now: Situation) -> SafeText | None:
    """All of it must count as yet."""
    if (found := about_troubles(now)) is not None:
        return found
    return say("it is left aside already") if any(one.ignored for one in now.troubles) else None


def about_troubles_left_aside(now: Situation) -> SafeText | None:
    """All of it must be left aside."""
    if (found := about_troubles(now)) is not None:
        return found
    return None if all(one.ignored for one in now.troubles) else say("it is not left aside")


# --- what the shops show of each product ------------------------------------------------------------------------------


def about_listings(reason: Callable[[ListingRow], str | None] = lambda _row: None) -> Reason:
    """Every product that the action would take must allow it; the first that does not is named."""

    def why_not(now: Situation) -> SafeText | None:
        if not now.attached:
            return _(NO_ENGINE)
        if now.reading:
            return say("the marked rows are still being read")
        if not now.listings:
            return say("there is no product here")
        for row in now.listings:
            if (found := reason(row)) is not None:
                return say("{number}: {reason}", number=row.label, reason=_(found))
        return None

    return why_not


def has_nothing_own(row: ListingRow) -> str | None:
    """Why nothing of it goes back to C-Plus."""
    said = (value for name, value in row.own.items() if name != "withheld")
    return None if any(value is not None for value in said) else N_("all of it is as in C-Plus already")


def is_a_grid(row: ListingRow) -> str | None:
    """Why it is not marked."""
    return N_("a grid is on sale where one of its cells is marked: mark those") if row.is_grid else None


def nothing_changed(now: Situation) -> SafeText | None:
    """Why nothing is taken back."""
    if not now.attached:
        return _(NO_ENGINE)
    return None if now.undoable else say("nothing was changed here")


def only_one_shop(now: Situation) -> SafeText | None:
    """Why there is no other."""
    return None if now.shops > 1 else say("there is one shop only")


def about_allowing(now: Situation) -> SafeText | None:
    """There must be an engine."""
    return None if now.attached else _(NO_ENGINE)


def about_allowed(now: Situation) -> SafeText | None:
    """There must be an engine and something that is allowed."""
    if not now.attached:
        return _(NO_ENGINE)
    return None if now.allowed else say("nothing is allowed ahead here")


def about_planned(now: Situation) -> SafeText | None:
    """There must be an engine, and guards that a person can let pass must hold all of it."""
    if not now.attached:
        return _(NO_ENGINE)
    if now.reading:
        return say("the marked rows are still being read")
    if not now.planned:
        return say("nothing is planned here")
    for row in now.planned:
        if row.held_by is None:
            return say("{number}: {reason}", number=row.item, reason=say("no guard holds it: it is written by itself"))
        if row.held_by not in BY_PERSON:
            return say("{number}: {reason}", number=row.item, reason=word(GUARDS, row.held_by))
    return None


def about_deeds(now: Situation) -> SafeText | None:
    """There must be an engine, and a way back from all of it."""
    if not now.attached:
        return _(NO_ENGINE)
    if now.reading:
        return say("the marked rows are still being read")
    if not now.deeds:
        return say("nothing was done here")
    return next((_(deed.undo) for deed in now.deeds if not isinstance(deed.undo, Undo)), None)


def about_setting(now: Situation) -> SafeText | None:
    """There must be an engine, and a setting under the cursor."""
    if not now.attached:
        return _(NO_ENGINE)
    if now.setting is None or now.setting.knob is None:
        return say("there is no setting under the cursor")
    return None


def about_direction(now: Situation) -> SafeText | None:
    """There must be an engine, and a switch under the cursor."""
    if not now.attached:
        return _(NO_ENGINE)
    if now.setting is None or now.setting.direction is None:
        return say("choose a switch of a shop")
    return None


def about_people(now: Situation) -> SafeText | None:
    """There must be an engine, and the list of people."""
    if not now.attached:
        return _(NO_ENGINE)
    return None if now.pile == PEOPLE else say("go to People first (left)")


def about_person(now: Situation) -> SafeText | None:
    """There must be an engine, and a person under the cursor."""
    if not now.attached:
        return _(NO_ENGINE)
    if now.setting is None or now.setting.person is None:
        return say("choose a person")
    return None
