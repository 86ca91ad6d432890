"""What people may ask of products in C-Plus: put one online on an account, or take it off."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.account import Account
from engine.ports import Erp
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, AsyncVerb, Outcome
from engine.store import mirror
from engine.store.audit import audit
from engine.store.database import Store
from engine.verbs.open_for import why_not
from engine.verbs.refusal import refusal


def goods_verbs(store: Store, erp: Erp, by_id: Callable[[], Mapping[str, Account]]) -> list[AnyVerb]:
    """The verbs about products."""

    async def flag_online(ask: Ask) -> Outcome:
        """Add or remove the product's "venda on-line" of an account."""
        account, sku, online = str(ask.args["account"]), str(ask.args["sku"]), bool(ask.args["online"])
        if account not in by_id():
            return refusal("no-such-account", account=account)
        closed = await why_not(by_id()[account], "content")
        if closed is not None:
            return closed
        await erp.set_online(sku, by_id()[account].settings.online_tag, online)
        by_id()[account].reads.wrote("catalogue")
        tag = by_id()[account].settings.online_tag
        await store.write(
            lambda db: audit(db, ask, ask.verb, f"sku {sku}@{account}", mirror.tagged(db, tag, sku), online)
        )
        return Outcome(wake=((account, "catalogue"),))

    return [AsyncVerb("flag_online", EVERYONE, flag_online)]
