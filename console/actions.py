"""The one table of what a person can do with which key: it feeds bindings, footer, help, palette and the printed keys.

An action that is not possible now says why instead of doing nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from console.language import N_, _, say
from console.reading.accounts import AccountRow
from console.reading.orders import OrderRow
from console.reading.tasks import TaskRow
from console.safe_text import SafeText
from engine.orders import MISSING_IN_ERP


@dataclass(frozen=True, slots=True)
class Situation:
    """What an action would be about: who asks, whether an engine answers, and the rows it would take.

    `reading`: marked rows are still being read, and nothing is done to a part of them.
    `last`: what was decided last here, which may have left the list.
    """

    attached: bool = False
    orders: tuple[OrderRow, ...] = ()
    reading: bool = False
    last: tuple[OrderRow, ...] = ()
    account: AccountRow | None = None
    task: TaskRow | None = None


Reason = Callable[[Situation], SafeText | None]


def _possible(_now: Situation) -> SafeText | None:
    return None


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `keys` as Textual names them; `places` are screens, or "list" for every list.

    A dangerous action asks before it is done, and the question stands on "no". With `verb` it is a command to the
    engine.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    places: frozenset[str]
    verb: str = ""
    dangerous: bool = False
    footer: bool = True
    why_not: Reason = _possible


EVERYWHERE = frozenset({"everywhere"})
LIST = frozenset({"list"})
OVERVIEW = frozenset({"overview"})
ORDERS = frozenset({"orders"})
TRIAGE = frozenset({"orders", "order"})

# --- why not ----------------------------------------------------------------------------------------------------------

OrderReason = Callable[[OrderRow], str | None]

NO_ENGINE = N_("no engine answers: nothing can be decided now")


def _about_orders(reason: OrderReason) -> Reason:
    """Every order that the action would take must allow it; the first that does not is named."""

    def why_not(now: Situation) -> SafeText | None:
        if not now.attached:
            return _(NO_ENGINE)
        if now.reading:
            return say("the marked orders are still being read")
        if not now.orders:
            return say("there is no order here")
        for order in now.orders:
            if (found := reason(order)) is not None:
                return say("{number}: {reason}", number=order.number, reason=_(found))
        return None

    return why_not


def _cannot_approve(order: OrderRow) -> str | None:
    if order.payment == "review":
        return N_("the gateway has not decided yet; only its own page can")
    if order.payment == "pending":
        return N_("the money is not there; confirm the payment instead")
    if order.payment != "authorized":
        return N_("there is no authorised card to approve")
    return _is_dead(order)


def _cannot_refuse(order: OrderRow) -> str | None:
    if order.payment == "review":
        return N_("in review the shop ignores a cancel; refuse it on the gateway's page")
    if order.payment == "capturing":
        return N_("the money is being taken")
    if order.fulfilment not in ("received", "reserved", "short"):
        return N_("it is invoiced already: undo the invoice in C-Plus first")
    return _is_dead(order)


def _cannot_confirm(order: OrderRow) -> str | None:
    if order.payment == "review":
        return N_("the gateway has not decided yet; only its own page can")
    if order.payment != "pending":
        return N_("it does not wait for a payment")
    return _is_dead(order)


def _cannot_ship(order: OrderRow) -> str | None:
    if order.alarm:
        return N_("do not dispatch: the buyer cancelled")
    if order.fulfilment in ("part-shipping", "shipping", "shipped"):
        return N_("its shipment is closed already")
    if order.fulfilment == "part-shipped":
        return N_("what is invoiced of it has left; the rest is not invoiced in C-Plus yet")
    if order.fulfilment not in ("part-invoiced", "invoiced"):
        return N_("it is not invoiced in C-Plus yet")
    return _is_dead(order)


def _cannot_link(order: OrderRow) -> str | None:
    if order.payment not in ("paid", "capturing"):
        return N_("it is not paid")
    if order.fulfilment not in ("reserved", "short"):
        return N_("it does not wait to be invoiced")
    return _is_dead(order)


def _about_one_order(reason: OrderReason) -> Reason:
    about = _about_orders(reason)
    return lambda now: say("one order at a time") if len(now.orders) > 1 else about(now)


def _is_dead(order: OrderRow) -> str | None:
    return None if order.cancellation == "none" else N_("it is cancelled")


def withdrawable(now: Situation) -> tuple[OrderRow, ...]:
    """The orders whose decision can still be taken back: those meant, else those decided last."""
    meant = now.orders if now.orders and all(order.withdrawable for order in now.orders) else now.last
    return tuple(order for order in meant if order.withdrawable)


def _cannot_withdraw(now: Situation) -> SafeText | None:
    if not now.attached:
        return _(NO_ENGINE)
    return None if withdrawable(now) else say("there is no decision that has not left yet")


def _has_no_alarm(order: OrderRow) -> str | None:
    return None if order.alarm else N_("it has no alarm")


def _is_not_missing(order: OrderRow) -> str | None:
    return None if order.parked == MISSING_IN_ERP else N_("C-Plus does not lack it")


def _is_not_parked(order: OrderRow) -> str | None:
    return None if order.parked else N_("it does not stand aside")


def _about_account(reason: Callable[[AccountRow], str | None]) -> Reason:
    def why_not(now: Situation) -> SafeText | None:
        if not now.attached:
            return _(NO_ENGINE)
        if now.account is None:
            return say("choose an account or one of its tasks in the list below")
        found = reason(now.account)
        return None if found is None else say("{account}: {reason}", account=now.account.name, reason=_(found))

    return why_not


def _cannot_go_live(account: AccountRow) -> str | None:
    if not account.observes:
        return N_("it is live already")
    if account.verdict is None:
        return N_("it is still looking through the shop; the verdict comes when it is done")
    return None


def _cannot_resume(account: AccountRow) -> str | None:
    if any(not direction.enabled for direction in account.directions):
        return None
    return N_("it observes: read the verdict (v) and approve") if account.observes else N_("nothing of it is paused")


def _any_account(_account: AccountRow) -> str | None:
    return None


# --- the table --------------------------------------------------------------------------------------------------------

ACTIONS: tuple[Action, ...] = (
    Action("overview", ("1",), N_("Overview"), N_("Go to the overview."), EVERYWHERE, footer=False),
    Action("orders", ("2",), N_("Orders"), N_("Go to the orders."), EVERYWHERE, footer=False),
    # orders
    Action(
        "approve", ("a",), N_("approve"), N_("Approve: the money of the card is taken and the order goes on."), TRIAGE,
        verb="approve", dangerous=True, why_not=_about_orders(_cannot_approve),
    ),
    Action(
        "refuse", ("r",), N_("refuse"), N_("Refuse with a reason: it is cancelled and the goods return."), TRIAGE,
        verb="refuse", dangerous=True, why_not=_about_orders(_cannot_refuse),
    ),
    Action(
        "confirm_payment", ("p",), N_("paid"), N_("Confirm that the money of a boleto, Pix or transfer is there."),
        TRIAGE, verb="confirm_payment", dangerous=True, why_not=_about_orders(_cannot_confirm),
    ),
    Action(
        "ship", ("f",), N_("ship"), N_("Close the shipment: carrier and tracking code, pick-up or own driver."), TRIAGE,
        verb="close_shipment", dangerous=True, why_not=_about_orders(_cannot_ship),
    ),
    Action(
        "link_sale", ("b",), N_("link a sale"),
        N_("Link a sale that was typed again at the till: it becomes the order's invoice."), TRIAGE,
        verb="link_sale", dangerous=True, footer=False, why_not=_about_one_order(_cannot_link),
    ),
    Action(
        "withdraw", ("z",), N_("take back"), N_("Take back a decision that has not left: this one, else the last."),
        TRIAGE,
        verb="withdraw", why_not=_cannot_withdraw,
    ),
    Action("next", ("n",), N_("next"), N_("Go to the next order that waits for a decision."), TRIAGE),
    Action(
        "alarm_seen", ("v",), N_("alarm seen"), N_("Mark the alarm as seen: the parcel was stopped."), TRIAGE,
        verb="acknowledge_alarm", dangerous=True, footer=False, why_not=_about_orders(_has_no_alarm),
    ),
    Action(
        "unpark", ("d",), N_("put back"), N_("Put an order that stands aside back into its queue."), TRIAGE,
        verb="unpark", dangerous=True, footer=False, why_not=_about_orders(_is_not_parked),
    ),
    Action(
        "rewrite", ("w",), N_("write again"), N_("Write an order again that a restored C-Plus lacks: a new number."),
        TRIAGE,
        verb="rewrite", dangerous=True, footer=False, why_not=_about_orders(_is_not_missing),
    ),
    Action("mark", ("space",), N_("mark"), N_("Mark the order and go on; what you do then takes all marked."), ORDERS),
    Action("mark_all", ("*",), N_("mark all"), N_("Mark every order of the list."), ORDERS, footer=False),
    Action("unmark", ("u",), N_("unmark"), N_("Remove all marks."), ORDERS, footer=False),
    Action("filter", ("/",), N_("filter"), N_("Show only orders with this number, buyer, document or code."), ORDERS),
    Action("queue_left", ("left", "h"), N_("queue"), N_("Queue to the left."), ORDERS, footer=False),
    Action("queue_right", ("right", "l"), N_("queue"), N_("Queue to the right."), ORDERS, footer=False),
    # overview
    Action(
        "sync", ("s",), N_("sync now"), N_("Run the task under the cursor now, or all of its account."), OVERVIEW,
        verb="wake", why_not=_about_account(_any_account),
    ),
    Action(
        "pause", ("p",), N_("pause"), N_("Pause this direction of the account, or all of them, with a reason."),
        OVERVIEW, verb="pause", dangerous=True, why_not=_about_account(_any_account),
    ),
    Action(
        "resume", ("r",), N_("resume"), N_("Let what is paused go on."), OVERVIEW,
        verb="resume", dangerous=True, why_not=_about_account(_cannot_resume),
    ),
    Action(
        "go_live", ("v",), N_("verdict"), N_("Read what adoption found, and approve the account's first write."),
        OVERVIEW, verb="go_live", dangerous=True, why_not=_about_account(_cannot_go_live),
    ),
    Action("other_list", ("tab",), N_("other list"), N_("Move between the two lists."), OVERVIEW, footer=False),
    # lists
    Action("open", ("enter",), N_("open"), N_("Open what is under the cursor."), LIST),
    Action("down", ("down", "j"), N_("down"), N_("One row down."), LIST, footer=False),
    Action("up", ("up", "k"), N_("up"), N_("One row up."), LIST, footer=False),
    Action("page_down", ("pagedown", "ctrl+f"), N_("page down"), N_("One page down."), LIST, footer=False),
    Action("page_up", ("pageup", "ctrl+b"), N_("page up"), N_("One page up."), LIST, footer=False),
    Action("first", ("home",), N_("first"), N_("To the first row."), LIST, footer=False),
    Action("last", ("end", "G"), N_("last"), N_("To the last row."), LIST, footer=False),
    # everywhere
    Action("palette", ("ctrl+p", ":"), N_("actions"), N_("Every action that works here, by name."), EVERYWHERE),
    Action("help", ("?", "f1"), N_("help"), N_("The keys of this screen, and what they do."), EVERYWHERE),
    Action("theme", ("ctrl+t",), N_("colours"), N_("Choose the colours of the console."), EVERYWHERE, footer=False),
    Action("redraw", ("ctrl+l",), N_("redraw"), N_("Draw the screen anew."), EVERYWHERE, footer=False),
    Action("back", ("q",), N_("back"), N_("Back; on the overview, it leaves the console."), EVERYWHERE),
    Action("escape", ("escape",), N_("back"), N_("Back, but never out of the console."), EVERYWHERE, footer=False),
    Action("quit", ("ctrl+q", "ctrl+c"), N_("leave"), N_("Leave the console."), EVERYWHERE, footer=False),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}


def actions_at(*places: str) -> list[Action]:
    """The actions of these places, in the order of the table."""
    return [action for action in ACTIONS if action.places & set(places)]


_KEY_NAMES = {
    "space": N_("Space"),
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
}


def key_name(key: str) -> SafeText:
    """A key as it is written on the keyboard: "ctrl+p" -> "Ctrl+P", "f1" -> "F1"."""
    if key in _KEY_NAMES:
        return _(_KEY_NAMES[key])
    if "+" in key and len(key) > 1:
        return SafeText("+".join(part.capitalize() for part in key.split("+")))
    return SafeText(key.upper() if len(key) > 1 else key)


def key_names(action: Action) -> SafeText:
    """All keys of an action."""
    return SafeText(" ".join(key_name(key) for key in action.keys))


KEY_PAGES = (
    (N_("Overview"), ("overview",)),
    (N_("Orders"), ("orders",)),
    (N_("Every list"), ("list",)),
    (N_("Everywhere"), ("everywhere",)),
)


def keys_page(pages: Sequence[tuple[str, Sequence[str]]] = KEY_PAGES) -> str:
    """The card of keys for the documentation, in Markdown."""
    parts: list[str] = []
    for title, places in pages:
        rows = [f"| `{key_names(action)}` | {_(action.label)} | {_(action.help)} |" for action in actions_at(*places)]
        parts.append("\n".join([f"## {_(title)}", "", "| | | |", "| --- | --- | --- |", *rows]))
    return "\n\n".join(parts) + "\n"
