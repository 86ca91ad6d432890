"""What each cause of trouble is called, and the sentence that tells a person what to do about it."""

from __future__ import annotations

from typing import NamedTuple

from console.language import N_


class Text(NamedTuple):
    """A few words for a list, and the sentence: what is wrong, whose doing, what to do, whether waiting is safe."""

    title: str
    sentence: str


PROBLEMS: dict[str, Text] = {
    # --- this machine and Integra itself
    "settings": Text(
        N_("Wrong setting"),
        N_("Setting {key} in {file} is not right; expected: {expected}. Correct it and start again."),
    ),
    "secrets-file-open": Text(
        N_("Secrets readable by others"),
        N_("{file} holds passwords and others can read it. Run: chmod 600 {file}"),
    ),
    "store-disk": Text(
        N_("Disk full or failing"),
        N_("Integra cannot write {path}. Free some space on the disk; nothing acknowledged is lost."),
    ),
    "store-damaged": Text(
        N_("Integra's records are damaged"),
        N_("{path} cannot be read. Restore the last backup, or begin with an empty state folder and adopt again."),
    ),
    "store-newer": Text(
        N_("Records of a newer version"),
        N_("{path} was written by a newer Integra ({found}, this one knows {known}). Install that version again."),
    ),
    "socket-folder": Text(
        N_("Folder for the socket"),
        N_("{path} belongs to somebody else or is open to others; expected: {expected}."),
    ),
    "connector-broken": Text(
        N_("Connector does not load"),
        N_("The connector for {kind} cannot be loaded. Reinstall Integra, or the package that brought it."),
    ),
    "unexpected": Text(
        N_("Unexpected error"),
        N_("An error nobody foresaw ({type}). The rest goes on and this is tried again; send the log to support."),
    ),
    "engine-starting": Text(N_("Engine starting"), N_("The engine is still starting. Try again in a moment.")),
    "engine-taken": Text(
        N_("Another engine runs"),
        N_("Process {pid} already runs the engine of this state folder. Attach a console to it, or stop it first."),
    ),
    "engine-unreachable": Text(
        N_("No engine answers"),
        N_("No engine answers for this state folder (process {pid} holds it)."),
    ),
    "engine-lost": Text(
        N_("Engine lost"),
        N_("The connection to the engine broke. The command is asked again as soon as it answers, and done only once."),
    ),
    # --- C-Plus
    "firebird-client-missing": Text(
        N_("Firebird library missing"),
        N_("The Firebird library {library} is not installed. Run: {command}"),
    ),
    "firebird-no-embedded": Text(
        N_("Embedded Firebird missing"),
        N_("The embedded Firebird is not installed. Run: {command}"),
    ),
    "firebird-lock-folder": Text(
        N_("Firebird's lock folder"),
        N_("{folder} belongs to another user. Run Integra as that user, or remove the folder."),
    ),
    "erp-unreachable": Text(
        N_("C-Plus does not answer"),
        N_("The Firebird server of C-Plus does not answer. Is the machine on, and the network up? Waiting is safe."),
    ),
    "erp-login": Text(
        N_("C-Plus refuses the login"),
        N_("Firebird refuses user or password. Correct the secret of [erp]; nothing is synchronised until then."),
    ),
    "erp-busy": Text(
        N_("C-Plus is busy"),
        N_("Somebody in C-Plus holds the row that is needed. It is tried again; waiting is safe."),
    ),
    # --- the shop
    "channel-unreachable": Text(
        N_("Shop does not answer"),
        N_("The shop cannot be reached. If its site does not open either, call the hosting company. Waiting is safe."),
    ),
    "channel-no-answer": Text(
        N_("Shop did not answer in time"),
        N_("The shop did not answer in time. Integra looks before it sends again. Waiting is safe."),
    ),
    "channel-busy": Text(
        N_("Shop asks to wait"),
        N_("The shop is overloaded or limits requests. Integra waits as long as it asks. Waiting is safe."),
    ),
    "channel-conflict": Text(
        N_("Shop was changing the same"),
        N_("The shop was changing the same thing at that moment. It is tried again; waiting is safe."),
    ),
    "channel-not-json": Text(
        N_("Shop answers with a page"),
        N_("The shop answers with a web page: maintenance, a firewall, or a wrong address. Waiting is safe."),
    ),
    "channel-address": Text(
        N_("Wrong address of the shop"),
        N_("The shop's address is not right ({status}, points to {location}). Correct base_url in settings.toml."),
    ),
    "channel-login": Text(
        N_("Shop refuses the token"),
        N_("The shop refuses the access token. Make a new one in its admin and put it in the secrets."),
    ),
    "channel-rights": Text(
        N_("Token lacks a right"),
        N_("The access token may not use {resource}. Give the integration that right in the shop's admin."),
    ),
    "channel-batch-limit": Text(
        N_("Shop limits the batch"),
        N_("The shop takes at most {limit} rows at once. Lower the batch size in the account's options."),
    ),
    "channel-refused": Text(
        N_("Shop refuses"),
        N_("The shop refuses this ({status}): {message}. Correct it; it is sent again when it changes."),
    ),
    "magento-attribute-set": Text(
        N_("Attribute set"),
        N_("Attribute set {attribute_set} of the shop has no groups. Choose another in the account's options."),
    ),
    "magento-axis": Text(
        N_("Grid axis"),
        N_("The grid axis {axis} needs a drop-down attribute; {attribute} is none. Map another in the options."),
    ),
    "magento-root-category": Text(
        N_("Root category"),
        N_("The shop has no category {root_category}. Correct root_category in the account's options."),
    ),
    "magento-option": Text(
        N_("Attribute value"),
        N_("The shop did not take the value {label} of {attribute}. Create it in the shop's admin."),
    ),
    # --- products
    "no-price": Text(
        N_("Product without price"),
        N_("No price in the price table, so it is not published (missing is not zero). Enter its price in C-Plus."),
    ),
    "no-photo": Text(N_("Product without photo"), N_("It has no photo in C-Plus. It is published without one.")),
    "bad-photo": Text(
        N_("Photo that is no picture"),
        N_("A photo in C-Plus is no picture the shop can show. Replace it in C-Plus; the rest of the product is sent."),
    ),
    "unknown-sku": Text(
        N_("Unknown SKU in an order"),
        N_("The order has SKU {sku}, which C-Plus does not know. Create it in C-Plus or refuse the order."),
    ),
    "charset": Text(
        N_("Text C-Plus cannot hold"),
        N_("A text has characters that C-Plus cannot hold; they were replaced. Check it in C-Plus."),
    ),
    # --- orders
    "unknown-status": Text(
        N_("Status nobody knows"),
        N_("The shop shows a status unknown to Integra. Look at the order in the shop's admin, then put it back."),
    ),
    "on-hold-in-channel": Text(
        N_("On hold in the shop"),
        N_("Somebody put the order on hold in the shop. Release it there; it goes on by itself."),
    ),
    "do-not-dispatch": Text(
        N_("DO NOT DISPATCH"),
        N_("Do not dispatch: the buyer cancelled or was refunded after approval or invoice. Stop the parcel, undo the"
           " invoice in C-Plus, then mark the alarm as seen."),
    ),
    "total-differs": Text(
        N_("Totals differ"),
        N_("The total in C-Plus is not the shop's. Compare both before invoicing."),
    ),
}  # fmt: skip

REFUSALS: dict[str, str] = {
    "stale": N_("Not done: the order changed meanwhile ({changed}). Look again, then decide."),
    "stale-version": N_("Not done: it changed meanwhile. Look again, then decide."),
    "not-allowed": N_("Not done: your role ({role}) may not do this."),
    "unknown-verb": N_("Not done: the running engine does not know this command. Is it an older version?"),
    "bad-request": N_("Not done: the engine did not understand the command."),
    "id-reused": N_("Not done: this command was already asked in another form."),
    "outcome-unknown": N_("It is not known whether this was done. Look at the order before you ask again."),
    "unknown-order": N_("Not done: the order is not there any more."),
    "already-left": N_("Too late to take back: it has already left."),
    "not-possible": N_("Not done: the order's state does not allow it."),
}
