"""The one table of what a person can do with which key: it feeds bindings, footer, help, palette and the printed keys.

An action that is not possible now says why instead of doing nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from console import customer_reasons as of_customers
from console import reasons
from console.language import N_, _
from console.reasons import Situation
from console.safe_text import SafeText


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `keys` as Textual names them; `places` are screens, or "list" for every list.

    A dangerous action asks before it is done, and the question stands on "no". With `verb` it is a command to the
    engine, which takes it from owners only where `owner` says so.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    places: frozenset[str]
    verb: str = ""
    dangerous: bool = False
    footer: bool = True
    why_not: reasons.Reason = reasons.possible
    owner: bool = False

    def hindrance(self, now: Situation) -> SafeText | None:
        """Why it is not possible now, None when it is: whoever may not do it at all is told that."""
        return (reasons.role_forbids(now, owner=self.owner) if self.verb else None) or self.why_not(now)


EVERYWHERE = frozenset({"everywhere"})
LIST = frozenset({"list"})
OVERVIEW = frozenset({"overview"})
ORDERS = frozenset({"orders"})
TRIAGE = frozenset({"orders", "order"})
CATALOGUE = frozenset({"catalogue"})
CUSTOMERS = frozenset({"customers"})
SHIPMENTS = frozenset({"shipments"})
SHIPMENT_FILE = frozenset({"shipment_file"})
ADOPTION = frozenset({"adoption"})
CHANGED_TEXTS = frozenset({"changed_texts"})
PROBLEMS = frozenset({"problems"})
TROUBLES = frozenset({"problems", "affected"})
PAGES = frozenset({"order"})
"""Places that are read like a page; the others have lists."""
PLAN = frozenset({"plan"})
ALLOWANCES = frozenset({"allowances"})
AUDIT = frozenset({"audit"})
SETTINGS = frozenset({"settings"})
PILES = ORDERS | CATALOGUE | CUSTOMERS | ADOPTION | CHANGED_TEXTS | PROBLEMS | PLAN | ALLOWANCES | AUDIT

# --- the table --------------------------------------------------------------------------------------------------------

ACTIONS: tuple[Action, ...] = (
    Action("overview", ("1",), N_("Overview"), N_("Go to the overview."), EVERYWHERE, footer=False),
    Action("orders", ("2",), N_("Orders"), N_("Go to the orders."), EVERYWHERE, footer=False),
    Action("catalogue", ("3",), N_("Catalogue"), N_("Go to the catalogue."), EVERYWHERE, footer=False),
    Action("customers", ("4",), N_("Customers"), N_("Go to the customers."), EVERYWHERE, footer=False),
    Action("shipments", ("5",), N_("Shipments"), N_("Go to the packing desk."), EVERYWHERE, footer=False),
    Action("problems", ("6",), N_("Problems"), N_("Go to all that failed or was skipped."), EVERYWHERE, footer=False),
    Action("plan", ("7",), N_("Plan"), N_("Go to what the next cycle will write."), EVERYWHERE, footer=False),
    Action("settings", ("8",), N_("Settings"), N_("Go to the settings, the switches and the people."), EVERYWHERE,
           footer=False),
    Action("audit", ("9",), N_("Audit"), N_("Go to who did what, when and why."), EVERYWHERE, footer=False),
    # orders
    Action(
        "approve", ("a",), N_("approve"), N_("Approve: the money of the card is taken and the order goes on."), TRIAGE,
        verb="approve", dangerous=True, why_not=reasons.about_orders(reasons.cannot_approve),
    ),
    Action(
        "refuse", ("r",), N_("refuse"), N_("Refuse with a reason: it is cancelled and the goods return."), TRIAGE,
        verb="refuse", dangerous=True, why_not=reasons.about_orders(reasons.cannot_refuse),
    ),
    Action(
        "confirm_payment", ("p",), N_("paid"), N_("Confirm that the money of a boleto, Pix or transfer is there."),
        TRIAGE, verb="confirm_payment", dangerous=True, why_not=reasons.about_orders(reasons.cannot_confirm),
    ),
    Action(
        "accept_payment", ("c",), N_("accept"),
        N_("Accept a payment in review, where the shop has an endpoint for it; a card is approved after that."), TRIAGE,
        verb="accept_payment", dangerous=True, footer=False, why_not=reasons.about_orders(reasons.not_in_review),
    ),
    Action(
        "deny_payment", ("x",), N_("deny"),
        N_("Deny a payment in review with a reason, where the shop has an endpoint for it: the order is cancelled."),
        TRIAGE,
        verb="deny_payment", dangerous=True, footer=False, why_not=reasons.about_orders(reasons.not_in_review),
    ),
    Action(
        "ship", ("f",), N_("ship"), N_("Close the shipment: carrier and tracking code, pick-up or own driver."), TRIAGE,
        verb="close_shipment", dangerous=True, why_not=reasons.about_orders(reasons.cannot_ship),
    ),
    Action(
        "refund", ("e",), N_("credit"),
        N_(
            "Credit in the shop what came back in C-Plus, back in stock. No money moves: give it back where it was"
            " paid."
        ),
        TRIAGE,
        verb="refund", dangerous=True, footer=False, why_not=reasons.about_orders(reasons.nothing_came_back),
    ),
    Action(
        "hold", ("s",), N_("hold"), N_("Put it on hold with a reason and a time; on hold already, take it up again."),
        TRIAGE,
        verb="hold", footer=False, why_not=reasons.about_orders(reasons.cannot_hold),
    ),
    Action(
        "short", ("i",), N_("missing"),
        N_("Missing goods: wait until a day, let a part go first, or credit in the shop what will not come."), TRIAGE,
        verb="wait_for_goods", footer=False, why_not=reasons.about_orders(reasons.lacks_nothing),
    ),
    Action(
        "note", ("o",), N_("note"), N_("A note, and a time at which the order comes back on top of its list."), TRIAGE,
        verb="note", footer=False, why_not=reasons.about_orders(reasons.any_order),
    ),
    Action(
        "correct_delivery", ("t",), N_("address"),
        N_("Correct where it goes to, in C-Plus, as long as it is not invoiced; the state stays."), TRIAGE,
        verb="correct_delivery", dangerous=True, footer=False,
        why_not=reasons.about_one_order(reasons.cannot_go_elsewhere),
    ),
    Action(
        "pick_list", ("m",), N_("pick list"), N_("What is to be fetched for these orders, shelf by shelf."), TRIAGE,
        footer=False, why_not=reasons.needs_orders,
    ),
    Action(
        "link_sale", ("b",), N_("link a sale"),
        N_("Link a sale that was typed again at the till: it becomes the order's invoice."), TRIAGE,
        verb="link_sale", dangerous=True, footer=False, why_not=reasons.about_one_order(reasons.cannot_link),
    ),
    Action(
        "withdraw", ("z",), N_("take back"), N_("Take back a decision that has not left: this one, else the last."),
        TRIAGE,
        verb="withdraw", why_not=reasons.cannot_withdraw,
    ),
    Action("next", ("n",), N_("next"), N_("Go to the next order that waits for a decision."), TRIAGE),
    Action(
        "alarm_seen", ("v",), N_("alarm seen"), N_("Mark the alarm as seen: the parcel was stopped."), TRIAGE,
        verb="acknowledge_alarm", dangerous=True, why_not=reasons.about_orders(reasons.has_no_alarm),
    ),
    Action(
        "unpark", ("d",), N_("put back"), N_("Put an order that stands aside back into its queue."), TRIAGE,
        verb="unpark", dangerous=True, footer=False, why_not=reasons.about_orders(reasons.is_not_parked),
    ),
    Action(
        "rewrite", ("w",), N_("write again"), N_("Write an order again that C-Plus lacks: a new number."),
        TRIAGE,
        verb="rewrite", dangerous=True, footer=False, why_not=reasons.about_orders(reasons.is_not_missing),
    ),
    # the packing desk; letters go to the scanner's line while it is in use
    Action("scan_line", ("tab",), N_("scan"), N_("Between the scanner's line and what was closed."), SHIPMENTS),
    Action(
        "pick_up", ("f2",), N_("picked up"), N_("Handed over at the store: name and document of who takes it."),
        SHIPMENTS, verb="close_shipment", why_not=reasons.at_the_desk,
    ),
    Action(
        "own_driver", ("f3",), N_("driver"), N_("It leaves with a driver of the house, without a code."), SHIPMENTS,
        verb="close_shipment", why_not=reasons.at_the_desk,
    ),
    Action(
        "volumes", ("f4",), N_("volumes"), N_("The order on the desk has several parcels: how many."), SHIPMENTS,
        why_not=reasons.at_the_desk,
    ),
    Action("which_carrier", ("f5",), N_("carrier"), N_("Choose whose codes are scanned from now on."), SHIPMENTS),
    Action("from_file", ("f6",), N_("from a file"), N_("Close the shipments of a carrier's list."), SHIPMENTS),
    Action(
        "one_box", ("f7",), N_("one box"), N_("The order on the desk lies in one box with another order."),
        SHIPMENTS, verb="close_shipment", why_not=reasons.at_the_desk,
    ),
    Action(
        "close_ready", ("f2", "c"), N_("close them"), N_("Close every shipment of the file that is not refused here."),
        SHIPMENT_FILE, verb="close_shipment", dangerous=True, why_not=reasons.about_orders(reasons.cannot_ship),
    ),
    Action(
        "withdraw_shipment", ("f8", "z"), N_("take back"), N_("Take back a shipment that has not left: the last one."),
        SHIPMENTS, verb="withdraw", why_not=reasons.cannot_withdraw,
    ),
    # what the shops show of each product
    Action(
        "edit_listing", ("e",), N_("edit"), N_("Say something of it in this shop in place of C-Plus."), CATALOGUE,
        verb="set_listing", why_not=reasons.about_listings(),
    ),
    Action(
        "return_field", ("m",), N_("as in C-Plus"), N_("A field that is the shop's own says what C-Plus says again."),
        CATALOGUE, verb="set_listing", why_not=reasons.about_listings(reasons.has_nothing_own),
    ),
    Action(
        "withhold", ("x",), N_("withhold"), N_("Keep it from this shop, whatever C-Plus says; again: no longer."),
        CATALOGUE, verb="set_listing", dangerous=True, why_not=reasons.about_listings(),
    ),
    Action(
        "flag_online", ("o",), N_("online"), N_("Write the online mark of this shop into C-Plus, or take it away."),
        CATALOGUE, verb="flag_online", dangerous=True, why_not=reasons.about_listings(reasons.is_a_grid),
    ),
    Action("why", ("w",), N_("why"), N_("The sum behind its stock, and how far each value is."), CATALOGUE),
    Action(
        "undo_listing", ("z",), N_("take back"), N_("What you changed last says again what it said before."), CATALOGUE,
        verb="set_listing", why_not=reasons.nothing_changed,
    ),
    Action(
        "next_account", ("tab",), N_("other shop"), N_("The catalogue of the next shop."), CATALOGUE, footer=False,
        why_not=reasons.only_one_shop,
    ),
    # customers
    Action(
        "price_table", ("t",), N_("table"), N_("Choose the price table in C-Plus; the counter charges it too."),
        CUSTOMERS, verb="customer_table", dangerous=True,
        why_not=of_customers.about_customers(of_customers.has_no_table),
    ),
    Action(
        "settle_fields", ("e",), N_("settle"), N_("Both words side by side: say for each field which one holds."),
        CUSTOMERS, verb="resolve_customer_field",
        why_not=of_customers.about_customers(of_customers.has_no_conflict, one=True),
    ),
    Action(
        "keep_erp", ("c",), N_("C-Plus's"), N_("What C-Plus says of every field in conflict holds."), CUSTOMERS,
        verb="resolve_customer_field", dangerous=True,
        why_not=of_customers.about_customers(of_customers.has_no_conflict),
    ),
    Action(
        "keep_channel", ("s",), N_("the shop's"), N_("What the shop says of every field in conflict holds."), CUSTOMERS,
        verb="resolve_customer_field", dangerous=True,
        why_not=of_customers.about_customers(of_customers.has_no_conflict),
    ),
    Action(
        "choose_customer", ("b",), N_("which one"),
        N_("Side by side, those of C-Plus who may be one person: choose whom orders take. None is merged."), CUSTOMERS,
        verb="choose_customer", why_not=of_customers.about_customers(of_customers.is_alone, one=True),
    ),
    Action(
        "register", ("a",), N_("register"), N_("Let them be registered in the shop, which may write to each of them."),
        CUSTOMERS, verb="register_customers", dangerous=True, owner=True,
        why_not=of_customers.about_customers(of_customers.is_not_waiting),
    ),
    Action(
        "undo_table", ("z",), N_("take back"), N_("Price tables that you changed last are as they were before."),
        CUSTOMERS, verb="customer_table", why_not=reasons.nothing_changed,
    ),
    # what was in the shop before us
    Action(
        "agree", ("s", "y"), N_("this one"), N_("It is the product of C-Plus that is proposed."), ADOPTION,
        verb="settle_adoption", why_not=reasons.about_found(reasons.cannot_agree),
    ),
    Action(
        "choose", ("b",), N_("another"), N_("Look for the product of C-Plus that it is."), ADOPTION,
        verb="settle_adoption", why_not=reasons.about_found(reasons.cannot_settle, one=True),
    ),
    Action(
        "leave_alone", ("n",), N_("none of ours"), N_("It is no product of C-Plus: it is left alone."), ADOPTION,
        verb="settle_adoption", why_not=reasons.about_found(reasons.cannot_leave),
    ),
    Action(
        "reopen", ("z",), N_("take back"), N_("It waits for a person again: this row, else what was settled last."),
        ADOPTION, verb="reopen_adoption", why_not=reasons.cannot_reopen,
    ),
    Action(
        "look_again", ("o",), N_("look again"), N_("Look through the shop once more; what is settled stays."), ADOPTION,
        verb="look_again", footer=False, why_not=reasons.about_account(reasons.any_account),
    ),
    # texts changed in the shop's own admin
    Action(
        "keep_text", ("m",), N_("keep"), N_("The shop's text is what Integra says of it there from now on."),
        CHANGED_TEXTS, verb="settle_change", dangerous=True, why_not=reasons.about_changes,
    ),
    Action(
        "restore_text", ("r",), N_("restore"), N_("Integra's text is sent again; what the shop shows is lost."),
        CHANGED_TEXTS, verb="settle_change", dangerous=True, why_not=reasons.about_changes,
    ),
    Action(
        "leave_text", ("s",), N_("the shop's"), N_("The text is the shop's own from now on: Integra follows it."),
        CHANGED_TEXTS, verb="settle_change", dangerous=True, why_not=reasons.about_changes,
    ),
    # what failed or was skipped
    Action(
        "retry", ("r",), N_("try again"), N_("Try it again now, without waiting for its turn."), TROUBLES,
        verb="retry_problem", why_not=reasons.about_troubles,
    ),
    Action(
        "retry_all", ("R",), N_("try all again"), N_("Try everything again that stands in this list."), PROBLEMS,
        verb="retry_problem", footer=False, why_not=reasons.about_troubles,
    ),
    Action(
        "ignore", ("i",), N_("leave aside"), N_("Leave it aside with a reason, until it changes."), TROUBLES,
        verb="ignore_problem", dangerous=True, why_not=reasons.about_troubles_that_count,
    ),
    Action(
        "attend", ("z",), N_("attend to it"), N_("What was left aside counts again."), TROUBLES,
        verb="attend_problem", why_not=reasons.about_troubles_left_aside,
    ),
    # what the next cycle will write
    Action(
        "let_pass", ("a",), N_("let pass"), N_("Let pass what a guard holds; it is written in the next cycle."), PLAN,
        verb="pass_guard", dangerous=True, why_not=reasons.about_planned, owner=True,
    ),
    # what holds, and who may do what
    Action(
        "edit_setting", ("e",), N_("change"), N_("Change the setting; it holds from the next cycle."), SETTINGS,
        verb="set_setting", owner=True, why_not=reasons.about_setting,
    ),
    Action(
        "reset_setting", ("m",), N_("as in file"), N_("What settings.toml says holds again, else the default."),
        SETTINGS, verb="set_setting", owner=True, why_not=reasons.about_setting,
    ),
    Action(
        "switch", ("p",), N_("switch"), N_("Pause a direction, with a reason and until when; or resume it."),
        SETTINGS, verb="pause", dangerous=True, why_not=reasons.about_direction,
    ),
    Action(
        "new_person", ("n",), N_("new person"), N_("Name somebody who works with the console, and what he may."),
        SETTINGS, verb="set_operator", owner=True, why_not=reasons.about_people,
    ),
    Action(
        "role", ("r",), N_("role"), N_("What the person may: everything, decide, or only look."), SETTINGS,
        verb="set_operator", owner=True, why_not=reasons.about_person,
    ),
    Action(
        "pin", ("i",), N_("PIN"), N_("The PIN of a person on a login that several share."), SETTINGS,
        verb="set_operator", owner=True, footer=False, why_not=reasons.about_person,
    ),
    Action(
        "switch_person", ("x",), N_("off / on"), N_("End a person's consoles at once and let him in no more; or do."),
        SETTINGS, verb="set_operator", dangerous=True, owner=True, why_not=reasons.about_person,
    ),
    # who did what
    Action(
        "undo", ("z",), N_("take back"), N_("Take back what was done, as far as there is a way back."), AUDIT,
        verb="withdraw", dangerous=True, why_not=reasons.about_deeds,
    ),
    Action("allowances", ("p",), N_("allow ahead"), N_("Falls of prices that are allowed ahead; allow another."), PLAN),
    Action(
        "allow_ahead", ("n",), N_("allow"), N_("Let prices fall between two moments: of what, how far, from when."),
        ALLOWANCES, verb="allow_ahead", dangerous=True, owner=True, why_not=reasons.about_allowing,
    ),
    Action(
        "withdraw_allowance", ("z",), N_("take back"), N_("It allows nothing any more; what has passed has passed."),
        ALLOWANCES, verb="withdraw_allowance", owner=True, why_not=reasons.about_allowed,
    ),
    # lists in several piles
    Action("mark", ("space",), N_("mark"), N_("Mark the row and go on; what you do then takes all marked."), PILES),
    Action("mark_all", ("*",), N_("mark all"), N_("Mark every row of the list."), PILES, footer=False),
    Action("unmark", ("u",), N_("unmark"), N_("Remove all marks."), PILES, footer=False),
    Action("filter", ("/",), N_("filter"), N_("Show only rows that have what you type."), PILES | SETTINGS),
    Action("queue_left", ("left", "h"), N_("list"), N_("List to the left."), PILES | SETTINGS, footer=False),
    Action("queue_right", ("right", "l"), N_("list"), N_("List to the right."), PILES | SETTINGS, footer=False),
    # overview
    Action(
        "approve_clear", ("A",), N_("approve clear"),
        N_("Read through the orders that nothing speaks against, and approve them."), OVERVIEW,
        verb="approve", dangerous=True, why_not=reasons.about_clear_orders,
    ),
    Action(
        "sync", ("s",), N_("sync now"), N_("Run the task under the cursor now, or all of its account."), OVERVIEW,
        verb="wake", why_not=reasons.about_account(reasons.any_account),
    ),
    Action(
        "pause", ("p",), N_("pause"), N_("Pause this direction of the account, or all of them, with a reason."),
        OVERVIEW, verb="pause", dangerous=True, why_not=reasons.about_account(reasons.any_account),
    ),
    Action(
        "resume", ("r",), N_("resume"), N_("Let what is paused go on."), OVERVIEW,
        verb="resume", dangerous=True, why_not=reasons.about_account(reasons.cannot_resume),
    ),
    Action(
        "go_live", ("v",), N_("verdict"), N_("Read what adoption found, and approve the account's first write."),
        OVERVIEW | ADOPTION, verb="go_live", dangerous=True, why_not=reasons.about_account(reasons.cannot_go_live),
        owner=True,
    ),
    Action(
        "adoption", ("a",), N_("whose is what"), N_("What was in the shop before Integra, and whose it is."), OVERVIEW,
        why_not=reasons.about_a_shop,
    ),
    Action(
        "changed_texts", ("t",), N_("texts"), N_("Texts that somebody changed in the shop's own admin."), OVERVIEW,
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
    Action("jump", ("g",), N_("go to"), N_("Then a letter or number: to that screen; g once more: to the first row."),
           EVERYWHERE, footer=False),
    Action("help", ("?", "f1"), N_("help"), N_("The keys of this screen, and what they do."), EVERYWHERE),
    Action("sign_in", ("f9",), N_("who you are"), N_("Say who you are, on a login that several people share."),
           EVERYWHERE, footer=False, why_not=reasons.about_signing_in),
    Action("theme", ("ctrl+t",), N_("colours"), N_("Choose the colours of the console."), EVERYWHERE, footer=False),
    Action("redraw", ("ctrl+l",), N_("redraw"), N_("Draw the screen anew."), EVERYWHERE, footer=False),
    Action("back", ("q",), N_("back"), N_("Back; on the overview, it leaves the console."), EVERYWHERE),
    Action("escape", ("escape",), N_("back"), N_("Back, but never out of the console."), EVERYWHERE, footer=False),
    Action("quit", ("ctrl+q", "ctrl+c"), N_("leave"), N_("Leave the console."), EVERYWHERE, footer=False),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}
"""The table with the keys that hold here."""


def with_keys(chosen: Mapping[str, tuple[str, ...]]) -> list[Action]:
    """The table with other keys for some actions."""
    return [replace(action, keys=chosen.get(action.id, action.keys)) for action in ACTIONS]


def choose_keys(chosen: Mapping[str, tuple[str, ...]]) -> None:
    """From now on these keys hold, for footer, help and palette; the application binds them."""
    BY_ID.update({action.id: action for action in with_keys(chosen)})


def actions_at(*places: str) -> list[Action]:
    """The actions of these places, in the order of the table."""
    return [action for action in BY_ID.values() if action.places & set(places)]


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
    (N_("Packing desk"), ("shipments",)),
    (N_("A carrier's list"), ("shipment_file",)),
    (N_("Catalogue"), ("catalogue",)),
    (N_("Customers"), ("customers",)),
    (N_("In the shop before Integra"), ("adoption",)),
    (N_("Texts changed in the shop"), ("changed_texts",)),
    (N_("Problems"), ("problems",)),
    (N_("Plan"), ("plan",)),
    (N_("Falls of prices allowed ahead"), ("allowances",)),
    (N_("Settings"), ("settings",)),
    (N_("Audit"), ("audit",)),
    (N_("What a problem holds up"), ("affected",)),
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
