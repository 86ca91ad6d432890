"""The command line: `integra`, from what was typed to the verb that does it. Textual is loaded only for a screen."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from console import language
from console.arguments import KEEPS, LINK, PICK_LIST, REWRITE, XML, parser
from console.ending import SIGNALS, interrupted_by
from console.language import _, say
from console.safe_text import SafeText
from console.verbs.context import Context, Exit, complain, error_sentence, find_settings, find_state
from engine.errors import IntegraError, Misconfigured


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
        with _ending(asked):
            return int(_run(asked, context) if _has_account(asked, context) else Exit.WRONG_USAGE)
    except KeyboardInterrupt:
        return 128 + 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `integra orders | head`
        return Exit.DONE
    except NotReadable as error:
        if not context.has_records():
            complain(_no_records(context))
            return Exit.UNREACHED
        complain(say("Integra's records cannot be read in {folder}: {error}", folder=context.state_dir, error=error))
        return Exit.UNREACHED
    except IntegraError as error:
        complain(error_sentence(error))
        return Exit.WRONG_USAGE if isinstance(error, Misconfigured) else Exit.UNREACHED


def _no_records(context: Context) -> SafeText:
    """What to do where Integra has no records to read from."""
    folder, settings = context.state_dir, context.settings_path
    if folder.exists() and not folder.is_dir():
        return say("{folder} is a file. Name the folder of Integra's records: --state", folder=folder)
    if not settings.exists():
        return say(
            "Integra has not run here yet, and there is no {settings}. Begin with: integra init", settings=settings
        )
    return say(
        "Integra has not run here yet: no records stand in {folder}. Start it, with the same --settings and --state.",
        folder=folder,
    )


def _ending(asked: argparse.Namespace) -> AbstractContextManager[None]:
    """How signals end this verb: screen and service have their own way, and SIGINT tells a watch to conclude."""
    if asked.engine_only or asked.verb is None or (asked.verb == "demo" and not asked.headless):
        return nullcontext()
    concludes = asked.verb == "cplus" and asked.deed == "watch"
    return interrupted_by([number for number in SIGNALS if not (concludes and number is signal.SIGINT)])


def _has_account(asked: argparse.Namespace, context: Context) -> bool:
    """Whether there is the account that was named, where one was."""
    account = getattr(asked, "account", None)
    if not account:
        return True
    from console.verbs.named_account import is_known

    return is_known(context, account, or_every=asked.verb in ("pause", "resume"))


def _run(asked: argparse.Namespace, context: Context) -> int:  # noqa: PLR0912, PLR0915 - one branch for each verb
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

            return plan.run(context, asked.account, asked.approve, yes=asked.yes)
        case "allow":
            return _run_allow(asked, context)
        case "revert":
            return _run_revert(asked, context)
        case "status":
            from console.verbs import status

            return status.run(context)
        case "why":
            from console.verbs import why

            return why.run(context, asked.name)
        case "audit":
            from console.verbs import audit

            return audit.run(context, asked.since, asked.who, asked.subject, asked.limit)
        case "orders":
            return _run_orders(asked, context)
        case "catalogue":
            from console.verbs import catalogue

            if asked.csv is not None:
                return catalogue.write(context, asked.account, asked.csv)
            if asked.apply is not None:
                return catalogue.apply(context, asked.account, asked.apply, yes=asked.yes, skip_wrong=asked.skip_wrong)
            return catalogue.show(context, asked.account)
        case "shipments":
            from console.verbs import shipments

            return shipments.close(context, asked.file, shared=asked.shared, yes=asked.yes)
        case "customers":
            return _run_customers(asked, context)
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

            if asked.keep_texts:
                return adopt.keep_texts(context, asked.account)
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
        case "backup":
            from console.verbs import backup

            return backup.run(context, asked.file)
        case "doctor":
            from console.verbs import doctor

            return doctor.run(context)
    raise AssertionError(f"argparse let {asked.verb!r} through")


def _run_allow(asked: argparse.Namespace, context: Context) -> int:
    from console.verbs import allow

    if asked.forget is not None:
        return allow.forget(context, asked.forget)
    if asked.account is None:
        return allow.show(context)
    if asked.fall is None or asked.ends is None:
        complain(_("Say how far and until when: --fall 60 --until 2026-11-30T23:59"))
        return Exit.WRONG_USAGE
    wish = allow.Wish(asked.account, asked.products, asked.all, asked.fall, asked.begins, asked.ends)
    return allow.allow(context, wish, yes=asked.yes)


def _run_revert(asked: argparse.Namespace, context: Context) -> int:
    from console.verbs import revert

    where = (asked.account, asked.sku)
    if asked.release or asked.since is not None:
        if asked.facet is None:
            complain(_("Say what: --facet price or --facet content"))
            return Exit.WRONG_USAGE
        if asked.release:
            return revert.release(context, asked.facet, *where, yes=asked.yes)
        return revert.run(context, asked.facet, asked.since, *where, yes=asked.yes)
    return revert.show(context, asked.facet or "", *where)


def _run_orders(asked: argparse.Namespace, context: Context) -> int:
    from console.verbs import orders

    if asked.queue == REWRITE:
        return orders.rewrite(context, asked.number)
    if asked.queue == LINK:
        from console.verbs import link_sale

        return link_sale.run(context, asked.number)
    if asked.queue == PICK_LIST:
        from console.verbs import pick_list

        return pick_list.run(context, asked.number)
    if asked.queue == XML:
        from console.verbs import invoice_xml

        return invoice_xml.run(context, asked.number, asked.output)
    return orders.run(context, asked.queue, asked.limit)


def _run_customers(asked: argparse.Namespace, context: Context) -> int:
    from console.verbs import customers

    if asked.what == "show":
        return customers.show(context)
    if asked.what == "register":
        if asked.id is None or len(asked.words) != 1:
            return customers.to_register(context)
        return customers.register(context, asked.id, asked.words[0])
    if asked.id is None or (asked.what == "choose" and len(asked.words) != 1):
        complain(_("Say which customer: integra customers keep-erp ID, keep-channel ID, or choose ID CODE"))
        return Exit.WRONG_USAGE
    if asked.what == "choose":
        return customers.choose(context, asked.id, asked.words[0])
    return customers.keep(context, KEEPS[asked.what], asked.id, asked.words)


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
