"""The command line: `integra`, and what its verbs take. Textual is loaded only where a screen is shown."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from console import language
from console.language import N_, _, say
from console.verbs.context import Context, Exit, complain, error_sentence, find_settings, find_state
from engine.errors import IntegraError, Misconfigured

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

QUEUES = ("decide", "pay", "short", "to-invoice", "to-ship", "problem", "done", "all")
REWRITE, LINK, XML = "rewrite", "link", "xml"
KEEPS = {"keep-erp": "erp", "keep-channel": "channel"}
DIRECTIONS = ("orders", "stock", "prices", "content", "media", "customers", "*")


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
        "--for", dest="seconds", type=float, default=60.0, metavar="SECONDS", help=_("how long, when headless")
    )
    demo.add_argument("--seed", type=int, default=1, help=_("the same seed gives the same customers"))
    _json(demo)

    sync = _verb(verbs, "sync", _("every task until nothing is left to do, then a summary"))
    sync.add_argument("--once", action="store_true", required=True, help=_("run to rest, then end"))
    _json(sync)

    _json(_verb(verbs, "status", _("what is wrong, since when, and what to do")))

    plan = _verb(verbs, "plan", _("what the next cycle would write; writes nothing"))
    plan.add_argument("account", nargs="?", help=_("only of this account"))
    _json(plan)

    _orders(verbs)
    customers = _verb(verbs, "customers", _("customers that wait for a person; settle what both sides changed"))
    customers.add_argument("what", nargs="?", default="show", choices=("show", *KEEPS, "choose"))
    customers.add_argument("id", nargs="?", type=int, help=_("the number in the list"))
    customers.add_argument("words", nargs="*", metavar="FIELD|CODE", help=_("fields to settle, or the code in C-Plus"))
    _json(customers)

    pause = _verb(verbs, "pause", _("stop a direction of an account, or all of them"))
    pause.add_argument("account")
    pause.add_argument("direction", nargs="?", default="*", choices=DIRECTIONS)
    pause.add_argument("--reason", default="", help=_("shown to everybody until it is resumed"))
    pause.add_argument("--until", help=_("30m, 2h, 1d or 2026-11-30T08:00; without it, until resumed"))

    resume = _verb(verbs, "resume", _("let what was paused go on"))
    resume.add_argument("account")
    resume.add_argument("direction", nargs="?", default="*", choices=DIRECTIONS)

    live = _verb(verbs, "go-live", _("read what adoption found and approve an account's first write"))
    live.add_argument("account")
    live.add_argument("--yes", action="store_true", help=_("approve without asking"))

    _what_the_shop_had(verbs)

    init = _verb(verbs, "init", _("write the settings by questions and answers, from what C-Plus shows"))
    init.add_argument("--answers", type=Path, metavar="FILE", help=_("take the answers from here and ask nobody"))

    _json(_verb(verbs, "doctor", _("check settings, folders and connections; reads only")))
    _cplus(verbs)
    return root


def _orders(verbs: Any) -> None:
    orders = _verb(verbs, "orders", _("the orders of a queue; or: rewrite lost ones, link a sale, the xml of an NF-e"))
    orders.add_argument("queue", nargs="?", default="all", choices=(*QUEUES, REWRITE, LINK, XML))
    orders.add_argument(
        "number",
        nargs="*",
        help=_("the shop's number of the order, or with rewrite of several; with link the sale's too, once chosen"),
    )
    orders.add_argument("--output", type=Path, metavar="FILE", help=_("with xml: the file to write, else it is shown"))
    orders.add_argument("--limit", type=int, default=50, help=_("at most so many"))
    _json(orders)


def _what_the_shop_had(verbs: Any) -> None:
    """What was in a shop before Integra, and what people change there."""
    adopt = _verb(verbs, "adopt", _("what was in a shop before Integra, and whose it is; writes nothing there"))
    adopt.add_argument("account")
    adopt.add_argument("--again", action="store_true", help=_("look through the shop once more"))
    adopt.add_argument("--csv", type=Path, metavar="FILE", help=_("write all of it for a spreadsheet"))
    adopt.add_argument("--settle", type=Path, metavar="FILE", help=_("take what people decided in that file"))
    _json(adopt)

    changes = _verb(verbs, "changes", _("texts changed in the shop's own admin; say whose they are"))
    changes.add_argument("what", nargs="?", default="show", choices=("show", "keep", "restore", "shop"))
    changes.add_argument("item", nargs="?", help=_("the product, as the list names it"))
    changes.add_argument("field", nargs="*", help=_("only these texts of it: name, short_description, description"))
    changes.add_argument("--account", help=_("only of this account"))
    _json(changes)


def _cplus(verbs: Any) -> None:
    """What there is to do in the base of C-Plus itself."""
    own = _verb(verbs, "cplus", _("look into the base of C-Plus; install what makes Integra quicker"))
    deeds = own.add_subparsers(dest="deed", metavar=_("verb"), required=True)

    watch = _verb(
        deeds, "watch", _("find out how C-Plus reserves, while you reserve, cancel and invoice one piece there")
    )
    watch.add_argument("product", metavar="CODPROD")
    watch.add_argument("--minutes", type=float, default=30.0, help=_("the longest; Ctrl-C ends it sooner"))
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
    parser.add_argument("--settings", type=Path, default=default, metavar="FILE", help=_("settings.toml to read"))
    parser.add_argument("--state", type=Path, default=default, metavar="DIR", help=_("folder of Integra's records"))
    parser.add_argument("--language", choices=language.LANGUAGES, default=default, help=_("pt_BR or en"))


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("print JSON"))


def _early(argv: Sequence[str]) -> tuple[Path, str]:
    """Settings file and language, wanted before anything can be said; help and mistakes come later."""
    scout = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    scout.add_argument("--settings", type=Path)
    scout.add_argument("--language")
    try:
        found, _rest = scout.parse_known_args(list(argv))
    except (argparse.ArgumentError, SystemExit):
        found = argparse.Namespace(settings=None, language=None)
    path = found.settings or find_settings(os.environ, Path.cwd())
    if found.language in language.LANGUAGES:
        return path, found.language
    try:
        from engine.settings import load

        return path, load(path).console.language
    except Misconfigured:
        return path, language.DEFAULT_LANGUAGE


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the answer is its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    settings_path, tongue = _early(argv)
    language.use(tongue)
    vars(argparse)["_"] = _
    asked = parser().parse_args(list(argv))
    context = Context(settings_path, asked.state or find_state(os.environ), getattr(asked, "json", False))
    from console.reading.reader import NotReadable

    try:
        return int(_run(asked, context))
    except KeyboardInterrupt:
        return 128 + 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `integra orders | head`
        return Exit.DONE
    except NotReadable as error:
        if not context.has_records():
            folder = context.state_dir
            complain(say("Integra has not run here yet: {folder} is empty. Start it: integra", folder=folder))
            return Exit.UNREACHED
        complain(say("Integra's records cannot be read in {folder}: {error}", folder=context.state_dir, error=error))
        return Exit.UNREACHED
    except IntegraError as error:
        complain(error_sentence(error))
        return Exit.WRONG_USAGE if isinstance(error, Misconfigured) else Exit.UNREACHED


def _run(asked: argparse.Namespace, context: Context) -> int:  # noqa: PLR0912 - one branch for each verb
    """Each verb's own file does the rest."""
    if asked.engine_only:
        from console.verbs import engine_only

        return engine_only.run(context)
    match asked.verb:
        case None:
            from console.verbs import screen

            return screen.run(context)
        case "demo":
            from console.verbs import demo

            return demo.run(context, asked.state, asked.seed, headless_s=asked.seconds if asked.headless else None)
        case "sync":
            from console.verbs import sync

            return sync.once(context)
        case "plan":
            from console.verbs import plan

            return plan.run(context, asked.account)
        case "status":
            from console.verbs import status

            return status.run(context)
        case "orders":
            from console.verbs import orders

            if asked.queue == REWRITE:
                return orders.rewrite(context, asked.number)
            if asked.queue == LINK:
                from console.verbs import link_sale

                return link_sale.run(context, asked.number)
            if asked.queue == XML:
                from console.verbs import invoice_xml

                return invoice_xml.run(context, asked.number, asked.output)
            return orders.run(context, asked.queue, asked.limit)
        case "customers":
            from console.verbs import customers

            if asked.what == "show":
                return customers.show(context)
            if asked.id is None or (asked.what == "choose" and len(asked.words) != 1):
                complain(_("Say which customer: integra customers keep-erp ID, keep-channel ID, or choose ID CODE"))
                return Exit.WRONG_USAGE
            if asked.what == "choose":
                return customers.choose(context, asked.id, asked.words[0])
            return customers.keep(context, KEEPS[asked.what], asked.id, asked.words)
        case "pause":
            from console.verbs import accounts

            return accounts.pause(context, asked.account, asked.direction, asked.reason, asked.until)
        case "resume":
            from console.verbs import accounts

            return accounts.resume(context, asked.account, asked.direction)
        case "go-live":
            from console.verbs import accounts

            return accounts.go_live(context, asked.account, asked.yes)
        case "adopt":
            from console.verbs import adopt

            if asked.settle is not None:
                return adopt.settle(context, asked.account, asked.settle)
            return adopt.show(context, asked.account, again=asked.again, csv=asked.csv)
        case "changes":
            from console.verbs import changes

            if asked.what == "show":
                return changes.show(context)
            if asked.item is None:
                complain(_("Say which product: integra changes keep ITEM, restore ITEM, or shop ITEM"))
                return Exit.WRONG_USAGE
            return changes.settle(context, asked.what, asked.item, asked.account, asked.field)
        case "init":
            from console.verbs import init

            return init.run(context, asked.answers)
        case "cplus":
            return _run_cplus(asked, context)
        case "doctor":
            from console.verbs import doctor

            return doctor.run(context)
    raise AssertionError(f"argparse let {asked.verb!r} through")


def _run_cplus(asked: argparse.Namespace, context: Context) -> int:
    from console.verbs import cplus, cplus_watch

    match asked.deed:
        case "watch":
            return cplus_watch.run(context, asked.product, asked.minutes)
        case "install-triggers":
            return cplus.install(context, asked.yes)
        case "remove-triggers":
            return cplus.remove(context, asked.yes)
        case "triggers":
            return cplus.state(context)
    raise AssertionError(f"argparse let {asked.deed!r} through")


if __name__ == "__main__":
    sys.exit(main())
