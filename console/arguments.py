"""What `integra` and its verbs take, in the language in use. Words that people type stand as the screens show them."""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from console import language
from console.language import N_, _, say
from console.texts import DIRECTIONS, QUEUES

# argparse's own words, so that help is all in one language.
ARGPARSE_WORDS = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("expected one argument"),
    N_("invalid %(type)s value: %(value)r"),
)

REWRITE, LINK, XML, PICK_LIST = "rewrite", "link", "xml", "picklist"
KEEPS = {"keep-erp": "erp", "keep-channel": "channel"}


def version() -> str:
    """The version of Integra that is installed."""
    try:
        return metadata.version("integra")
    except metadata.PackageNotFoundError:
        return "0"


def parser() -> argparse.ArgumentParser:
    """All that `integra` takes, in the language in use."""
    root = argparse.ArgumentParser(
        prog="integra",
        description=_("Keeps C-Plus and the online shops telling the same story. Without a verb: the console."),
    )
    told = _("show program's version number and exit")
    root.add_argument("--version", action="version", version=f"integra {version()}", help=told)
    root.add_argument("--engine-only", action="store_true", help=_("the engine without a screen, for a service"))
    _common(root, defaults=True)
    verbs = root.add_subparsers(dest="verb", metavar=_("verb"))

    demo = _verb(verbs, "demo", _("a sample C-Plus and a sample shop on this machine, with the console on top"))
    demo.add_argument("--headless", action="store_true", help=_("without a screen; a scripted operator decides"))
    demo.add_argument(
        "--for", dest="seconds", type=float, default=60.0, metavar=_("SECONDS"), help=_("how long, when headless")
    )
    demo.add_argument(
        "--seed", type=int, default=1, metavar=_("NUMBER"), help=_("the same seed gives the same customers")
    )
    _json(demo)

    sync = _verb(verbs, "sync", _("every task until nothing is left to do, then a summary"))
    sync.add_argument("--once", action="store_true", required=True, help=_("run to rest, then end"))
    _json(sync)

    _json(_verb(verbs, "status", _("what is wrong, since when, and what to do")))

    _planned(verbs)
    _explained(verbs)
    _orders(verbs)
    _catalogue(verbs)
    shipments = _verb(verbs, "shipments", _("close the shipments of a file: columns order, tracking, carrier"))
    shipments.add_argument("deed", choices=("close",), metavar="close")
    shipments.add_argument("file", type=Path, metavar=_("FILE"), help=_("a table with a line for each parcel"))
    shipments.add_argument("--shared", action="store_true", help=_("a code may stand on several orders: one box"))
    shipments.add_argument("--yes", action="store_true", help=_("close them without asking"))
    _json(shipments)
    customers = _verb(verbs, "customers", _("customers that wait for a person; settle what both sides changed"))
    customers.add_argument("what", nargs="?", default="show", choices=("show", *KEEPS, "choose", "register"))
    customers.add_argument("id", nargs="?", type=int, metavar=_("NUMBER"), help=_("the number in the list"))
    customers.add_argument(
        "words",
        nargs="*",
        metavar=_("FIELD|CODE|ACCOUNT"),
        help=_("fields to settle, the code in C-Plus, or the account where so many are to be registered"),
    )
    _json(customers)

    pause = _verb(verbs, "pause", _("stop a direction of an account, or all of them"))
    pause.add_argument("account", metavar=_("ACCOUNT"))
    _direction(pause)
    pause.add_argument("--reason", default="", metavar=_("WHY"), help=_("shown to everybody until it is resumed"))
    pause.add_argument(
        "--until", metavar=_("WHEN"), help=_("30m, 2h, 1d or 2026-11-30T08:00; without it, until resumed")
    )

    resume = _verb(verbs, "resume", _("let what was paused go on"))
    resume.add_argument("account", metavar=_("ACCOUNT"))
    _direction(resume)

    live = _verb(verbs, "go-live", _("read what adoption found and approve an account's first write"))
    live.add_argument("account", metavar=_("ACCOUNT"))
    live.add_argument("--yes", action="store_true", help=_("approve without asking"))

    _what_the_shop_had(verbs)

    init = _verb(verbs, "init", _("write the settings by questions and answers, from what C-Plus shows"))
    init.add_argument("--answers", type=Path, metavar=_("FILE"), help=_("take the answers from here and ask nobody"))

    backup = _verb(verbs, "backup", _("a copy of Integra's records, while the engine goes on; never over another file"))
    backup.add_argument("file", nargs="?", type=Path, metavar=_("FILE"), help=_("a new file, or a folder for it"))
    _json(backup)

    _json(_verb(verbs, "doctor", _("check settings, folders and connections; reads only")))
    _cplus(verbs)
    return root


def _catalogue(verbs: Any) -> None:
    """What is said of products in the shops."""
    goods = _verb(verbs, "catalogue", _("how the products of a shop stand; what is said of them there, as a file"))
    goods.add_argument("account", nargs="?", metavar=_("ACCOUNT"), help=_("only of this account"))
    one = goods.add_mutually_exclusive_group()
    one.add_argument("--csv", type=Path, metavar=_("FILE"), help=_("write all of it into a file for a spreadsheet"))
    one.add_argument("--apply", type=Path, metavar=_("FILE"), help=_("read the file back, show what changes, and ask"))
    goods.add_argument("--yes", action="store_true", help=_("change it without asking"))
    goods.add_argument("--skip-wrong", action="store_true", help=_("change the rest where a cell is wrong"))
    _json(goods)


def _planned(verbs: Any) -> None:
    """What will be shown, and back to what was."""
    plan = _verb(verbs, "plan", _("what the next cycle would write; --approve lets pass what a guard holds"))
    plan.add_argument("account", nargs="?", metavar=_("ACCOUNT"), help=_("only of this account"))
    plan.add_argument(
        "--approve", metavar=_("NUMBER|GUARD"), help=_("let pass what a guard holds: numbers of the plan, or a guard")
    )
    plan.add_argument("--yes", action="store_true", help=_("approve without asking"))
    _json(plan)

    allow = _verb(verbs, "allow", _("let prices fall between two moments, ahead; without a name: what is allowed"))
    allow.add_argument("account", nargs="?", metavar=_("ACCOUNT"), help=_("whose prices"))
    allow.add_argument("products", nargs="*", metavar="SKU", help=_("the keys or codes of the products, or of a grid"))
    allow.add_argument("--all", action="store_true", help=_("every product of the account"))
    allow.add_argument("--fall", type=int, metavar=_("PER_CENT"), help=_("by how much at most; 0 for what only rises"))
    allow.add_argument("--from", dest="begins", default="", metavar=_("WHEN"), help=_("now, when it is left out"))
    allow.add_argument("--until", dest="ends", metavar=_("WHEN"), help=_("2h, 1d, or 2026-11-30T23:59"))
    allow.add_argument("--forget", type=_from_one, metavar=_("NUMBER"), help=_("take one back, by its number"))
    allow.add_argument("--yes", action="store_true", help=_("allow it without asking"))
    _json(allow)

    revert = _verb(verbs, "revert", _("send back the prices or texts of a time; without a time: what was sent back"))
    revert.add_argument("--facet", choices=("price", "content"), help=_("prices, or texts with all that is said"))
    revert.add_argument("--since", metavar=_("WHEN"), help=_("what was shown then: 14:05, 30m ago, 2026-11-30T08:00"))
    revert.add_argument("--account", default="", metavar=_("ACCOUNT"), help=_("only of this account"))
    revert.add_argument("--sku", default="", metavar="SKU", help=_("only of this product"))
    revert.add_argument("--release", action="store_true", help=_("let what C-Plus says count again"))
    revert.add_argument("--yes", action="store_true", help=_("do it without asking"))
    _json(revert)


def _explained(verbs: Any) -> None:
    """Why something is as it is, and who made it so."""
    why = _verb(verbs, "why", _("the sum behind a product's stock in each shop, or each step of an order"))
    why.add_argument("name", metavar=_("SKU|ORDER"), help=_("the product's key or code, or either number of the order"))
    _json(why)

    audit = _verb(verbs, "audit", _("who did what, when, what it was before and after, and why"))
    audit.add_argument("--since", metavar=_("WHEN"), help=_("30m, 2h, 7d ago, or 2026-11-30T08:00"))
    audit.add_argument("--who", default="", metavar=_("NAME"), help=_("only of this person, or of engine"))
    audit.add_argument("--subject", default="", metavar=_("TEXT"), help=_("only of this order, product or account"))
    audit.add_argument("--limit", type=_from_one, default=100, metavar=_("NUMBER"), help=_("at most so many"))
    _json(audit)


def _orders(verbs: Any) -> None:
    orders = _verb(verbs, "orders", _("a queue's orders; or: rewrite lost ones, link a sale, xml of an NF-e, picklist"))
    words = QUEUES | {deed: deed for deed in (REWRITE, LINK, XML, PICK_LIST)}
    orders.add_argument(
        "queue",
        nargs="?",
        default="all",
        type=_one_of(words),
        metavar=_("QUEUE"),
        help=say("one of: {words}", words=", ".join(_said(words))),
    )
    orders.add_argument(
        "number",
        nargs="*",
        metavar=_("ORDER"),
        help=_("the shop's number of the order; rewrite, picklist: of several; link: the sale's too, once chosen"),
    )
    orders.add_argument(
        "--output", type=Path, metavar=_("FILE"), help=_("with xml: the file to write, else it is shown")
    )
    orders.add_argument("--limit", type=_from_one, default=50, metavar=_("NUMBER"), help=_("at most so many"))
    _json(orders)


def _what_the_shop_had(verbs: Any) -> None:
    """What was in a shop before Integra, and what people change there."""
    adopt = _verb(verbs, "adopt", _("what was in a shop before Integra, and whose it is; writes nothing there"))
    adopt.add_argument("account", metavar=_("ACCOUNT"))
    adopt.add_argument("--again", action="store_true", help=_("look through the shop once more"))
    adopt.add_argument("--csv", type=Path, metavar=_("FILE"), help=_("write all of it for a spreadsheet"))
    adopt.add_argument(
        "--keep-texts", action="store_true", help=_("keep the names and texts of adopted products as the shop has them")
    )
    adopt.add_argument("--settle", type=Path, metavar=_("FILE"), help=_("take what people decided in that file"))
    _json(adopt)

    changes = _verb(verbs, "changes", _("texts changed in the shop's own admin; say whose they are"))
    changes.add_argument("what", nargs="?", default="show", choices=("show", "keep", "restore", "shop"))
    changes.add_argument("item", nargs="?", metavar=_("PRODUCT"), help=_("the product, as the list names it"))
    changes.add_argument(
        "field", nargs="*", metavar=_("FIELD"), help=_("only these texts of it: name, short_description, description")
    )
    changes.add_argument("--account", metavar=_("ACCOUNT"), help=_("only of this account"))
    _json(changes)


def _cplus(verbs: Any) -> None:
    """What there is to do in the base of C-Plus itself."""
    own = _verb(verbs, "cplus", _("look into the base of C-Plus; install what makes Integra quicker"))
    deeds = own.add_subparsers(dest="deed", metavar=_("verb"), required=True)

    watch = _verb(
        deeds, "watch", _("find out how C-Plus reserves, while you reserve, cancel and invoice one piece there")
    )
    watch.add_argument("product", metavar="CODPROD")
    watch.add_argument(
        "--minutes", type=float, default=30.0, metavar=_("MINUTES"), help=_("the longest; Ctrl-C ends it sooner")
    )
    _json(watch)

    install = _verb(deeds, "install-triggers", _("let C-Plus tell of changes at once; shows all of it and asks"))
    remove = _verb(deeds, "remove-triggers", _("remove what install-triggers made, and nothing else"))
    for deed in (install, remove):
        deed.add_argument("--yes", action="store_true", help=_("do it without asking"))
    _json(_verb(deeds, "triggers", _("how the triggers in C-Plus stand")))


def _verb(verbs: Any, name: str, text: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    _common(verb, defaults=False)
    return verb


def _common(parser: argparse.ArgumentParser, *, defaults: bool) -> None:
    """What stands before the verb may stand after it too."""
    default: Any = None if defaults else argparse.SUPPRESS
    parser.add_argument("--settings", type=Path, default=default, metavar=_("FILE"), help=_("settings.toml to read"))
    parser.add_argument(
        "--state", type=Path, default=default, metavar=_("FOLDER"), help=_("folder of Integra's records")
    )
    parser.add_argument("--language", choices=language.LANGUAGES, default=default, help=_("pt_BR or en"))


def _direction(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "direction",
        nargs="?",
        default="*",
        type=_one_of(DIRECTIONS),
        metavar=_("DIRECTION"),
        help=say("one of: {words}", words=", ".join(_said(DIRECTIONS))),
    )


def _one_of(words: Mapping[str, str]) -> Callable[[str], str]:
    """Takes one of these as the screens call it, accents and capitals or not, or its code, which scripts know."""

    def code_of(typed: str) -> str:
        for code, said in zip(words, _said(words), strict=True):
            if _folded(typed) in (code, _folded(said)):
                return code
        raise argparse.ArgumentTypeError(say("{typed} is none of: {words}", typed=typed, words=", ".join(_said(words))))

    return code_of


def _from_one(typed: str) -> int:
    """A whole number from 1 on."""
    if not typed.isdecimal() or int(typed) < 1:
        raise argparse.ArgumentTypeError(say("{typed} is no whole number from 1 on", typed=typed))
    return int(typed)


def _said(words: Mapping[str, str]) -> list[str]:
    return [_(said).casefold() for said in words.values()]


def _folded(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(char))


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("print JSON"))
