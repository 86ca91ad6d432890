"""This machine, and Integra itself: settings, records, the running engine."""

from __future__ import annotations

from console.language import N_, Counted
from console.problems.text import Text

TEXTS: dict[str, Text] = {
    "operator-disabled": Text(
        N_("Operator switched off"),
        N_("{who} was switched off here by an owner and can neither look nor decide. Ask whoever runs the shop."),
    ),
    "settings": Text(
        N_("Wrong setting"),
        N_("Setting {key} in {file} is not right; expected: {expected}. Correct it and start again."),
    ),
    "settings-syntax": Text(
        N_("Settings that cannot be read"),
        N_("{file}, line {line}: {wrong}. Correct that line and start again."),
    ),
    "settings-charset": Text(
        N_("Settings in another charset"),
        N_("{file} is not written in UTF-8. Save it as UTF-8 and start again."),
    ),
    "settings-closed": Text(
        N_("Settings closed to this user"),
        N_("{file} cannot be opened by this user. Let him read it and start again."),
    ),
    "keys-unknown-action": Text(
        N_("Keys for an unknown action"),
        N_("Settings, [console] keys: there is no action called {action}. There are: {known}."),
    ),
    "keys-none": Text(
        N_("Action without a key"),
        N_("Settings, [console] keys: {action} gets no key at all. Name at least one, or leave the line out."),
    ),
    "keys-unusable": Text(
        N_("Key that never arrives"),
        N_("Settings, [console] keys: “{key}”, chosen for {action}, is no key, or terminals keep it. Choose another."),
    ),
    "keys-doubled": Text(
        N_("One key for two actions"),
        N_("Settings, [console] keys: “{key}” would do both {one} and {other} ({screen}). Choose another one."),
    ),
    "settings-missing": Text(
        N_("No settings"),
        N_("There is no {file}. Run: integra init"),
    ),
    "secrets-file-open": Text(
        N_("Secrets readable by others"),
        N_("{file} holds passwords and others can read it. Run: chmod 600 {file}"),
    ),
    "store-disk": Text(
        N_("Disk full or failing"),
        N_("Integra cannot write {path}. Free some space on the disk; nothing acknowledged is lost."),
    ),
    "store-closed": Text(
        N_("Records that may not be written"),
        N_(
            "Integra may not write {path}: the file or its folder belongs to another user, or the disk only lets itself"
            " be read. Start Integra as the user that owns the folder, or have the disk looked at. Nothing acknowledged"
            " is lost."
        ),
    ),
    "store-damaged": Text(
        N_("Integra's records are damaged"),
        N_(
            "{path} cannot be read. Stop Integra, put the file aside and the last backup in its place, then start it"
            " again. Without a backup start it with no file there: orders and links are found again."
        ),
    ),
    "restored-store": Text(
        N_("Integra's records put back from a backup"),
        N_(
            "Integra's records are those of {copied_at}. Orders since then are found again and none is written twice;"
            " decisions, texts and settings of products made since then are gone. The account only observes until a"
            " person approves it (go-live)."
        ),
    ),
    "lost-store": Text(
        N_("Integra's own records are gone"),
        Counted(
            "orders",
            "An order of ours stands in C-Plus and Integra has no records. Is there a backup? Put it back before you"
            " approve: own texts of products, decisions and the audit are only there. Without one, approve (go-live):"
            " the order is linked and not written again.",
            "{orders} orders of ours stand in C-Plus and Integra has no records. Is there a backup? Put it back before"
            " you approve: own texts of products, decisions and the audit are only there. Without one, approve"
            " (go-live): the orders are linked and not written again.",
        ),
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
    "no-engine": Text(
        N_("No engine runs"),
        N_("No engine runs for this state folder, and this user may not host one. Start the service."),
    ),
    "engine-lost": Text(
        N_("Engine lost"),
        N_("The connection to the engine broke. The command is asked again as soon as it answers, and done only once."),
    ),
}
