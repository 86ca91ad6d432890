"""The base of C-Plus: reaching it, what it is, and what its settings name."""

from __future__ import annotations

from console.language import N_, Counted
from console.problems.text import Text

TEXTS: dict[str, Text] = {
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
    "erp-connection-lost": Text(
        N_("Connection to C-Plus broke"),
        N_("The connection to the Firebird server broke. It is opened again by itself; waiting is safe."),
    ),
    "erp-login-refused": Text(
        N_("C-Plus refuses the login"),
        N_(
            "Firebird refuses user or password. Correct the secret of [erp]; nothing is synchronised until then. So"
            " that nobody gets locked out it is tried again every few minutes only."
        ),
    ),
    "erp-forbidden": Text(
        N_("Right missing in C-Plus"),
        N_("The Firebird user may not read or write a table of C-Plus. Give it that right."),
    ),
    "erp-path-wrong": Text(
        N_("C-Plus base not found"),
        N_("Firebird answers and finds no base under that path. Correct path in [erp.options]."),
    ),
    "erp-layout-unknown": Text(
        N_("C-Plus base looks different"),
        N_("This base lacks what Integra needs ({missing}). Is it C-Plus, in a version Integra knows? Ask support."),
    ),
    "erp-charset-wrong": Text(
        N_("Charset of the base"),
        N_("The charset of the C-Plus base is another one. Set charset to {expected} in [erp.options]."),
    ),
    "erp-charset-mixed": Text(
        N_("Two charsets in the base"),
        N_(
            "Some text columns of the C-Plus base are UTF8 while others have no charset, and no connection reads both:"
            " {columns}. Nothing is read or written. Ask support."
        ),
    ),
    "erp-option-unknown": Text(
        N_("C-Plus lacks what a setting names"),
        N_("C-Plus has no {value} in {table}, which {option} names. Correct it in [erp.options]."),
    ),
    "erp-triggers-gone": Text(
        N_("Triggers missing in C-Plus"),
        N_(
            "Of Integra's triggers in C-Plus these are gone, changed or switched off: {names}. An upgrade of C-Plus may"
            " do that. Changes are found on the clock until then; run: integra cplus install-triggers"
        ),
    ),
    "erp-triggers-outdated": Text(
        N_("Triggers of an earlier version"),
        N_(
            "The triggers in C-Plus are those of an earlier version of Integra, or were rewritten: {names}. Changes are"
            " found on the clock until they are renewed; run: integra cplus install-triggers"
        ),
    ),
    "erp-trigger-name-taken": Text(
        N_("Trigger name taken"),
        N_("C-Plus has triggers of somebody else under these names: {names}. Nothing was installed; ask support."),
    ),
    "erp-log-in-use": Text(
        N_("Integra's log still in use"),
        N_(
            "The triggers are gone. Their log ({table}) stays while somebody who has sold meanwhile is connected:"
            " close C-Plus on the tills and run it again."
        ),
    ),
    "erp-disk": Text(
        N_("Disk of the C-Plus server"),
        N_(
            "The machine of C-Plus cannot write the base: its disk is full or failing. Free some space there. Nothing"
            " is lost, and it goes on by itself."
        ),
    ),
    "erp-unreserved": Text(
        N_("Orders reserve nothing in C-Plus"),
        N_(
            "The setting is reservation = none: a till can sell the goods of the shop's orders. Find out who counts"
            " with: integra cplus watch CODPROD"
        ),
    ),
    "erp-tables-unreadable": Text(
        N_("Tables of C-Plus that may not be read"),
        N_(
            "The Firebird user {user} has no right to read {tables}: what these hold (kits, promotions, goods on order"
            " and the like) counts as not there. Whoever keeps the base can give it: GRANT SELECT ON table TO {user}"
        ),
    ),
    "erp-open-transaction": Text(
        N_("Somebody keeps C-Plus open"),
        N_(
            "{user} ({client}) has kept one transaction of C-Plus open since {since}. All goes on, but the base grows"
            " slow: close C-Plus there."
        ),
    ),
    "erp-slow": Text(
        N_("C-Plus is slow"),
        N_("C-Plus took too long to answer. It is tried again; waiting is safe."),
    ),
    "erp-unknown-tag": Text(
        N_("Characteristic missing in C-Plus"),
        N_("C-Plus has no characteristic {tag}. Create it, or correct online_tag of the account."),
    ),
    "erp-price-table-unknown": Text(
        N_("Price table missing in C-Plus"),
        N_("C-Plus has no price table {table}. Correct it in the account's settings."),
    ),
    "other-base": Text(
        N_("Another C-Plus base"),
        N_(
            "{path} (CNPJ {cnpj}) answers, and this account is bound to {known}. It only observes until a person"
            " approves again."
        ),
    ),
    "older-base": Text(
        N_("Older C-Plus base"),
        Counted(
            "missing",
            "The base {path} was restored from a backup: an order that stood there is gone and waits in Problem. The"
            " account only observes. If this is the base to work with, approve it (go-live), then have the order"
            " written again.",
            "The base {path} was restored from a backup: {missing} orders that stood there are gone and wait in"
            " Problem. The account only observes. If this is the base to work with, approve it (go-live), then have"
            " them written again.",
        ),
    ),
    "restored-base": Text(
        N_("C-Plus base made anew"),
        N_(
            "The file {path} was made anew (backup and restore); every order of ours is in it. The account only"
            " observes until a person approves it (go-live)."
        ),
    ),
    "erp-other-engine": Text(
        N_("Another Integra writes into this C-Plus"),
        N_(
            "The Integra on {host} (process {pid}, address {address}) has been connected to this C-Plus base since"
            " {since}, and writes there. This one writes nothing, neither into C-Plus nor to the shops, or everything"
            " would be done twice. Stop the one that should not be: the other goes on by itself within a minute."
        ),
    ),
    "erp-base-changed": Text(
        N_("C-Plus base was exchanged"),
        N_("Another file stands where the C-Plus base was. Integra looks which one it is before it writes anything."),
    ),
}
