"""A shop that sold before Integra came, as adoption leaves it in the store, and texts that people changed there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from engine.adoption.matching import FoundItem, Match, Standing
from engine.adoption.verdict import conclude
from engine.model.goods import ProductKey
from engine.publishing import Content, Facet
from engine.reconcile.content import CHANGED
from engine.store import publications, shop_changes, shop_items
from tests.console.builder import StoreFile

KEYS = (
    ProductKey("000000017", "1700", "7891000315507", "CANECA BRANCA 300ML", "Caneca branca"),
    ProductKey("000000018", "1800", "", "CANECA AZUL", "Caneca azul"),
    ProductKey("000000019", "1900", "", "GARRAFA", "Garrafa térmica"),
    ProductKey("000000020", "2000", "", "CAMISETA P", "Camiseta P", parent="77"),
)
FEW = (
    Match(FoundItem("1", "CANECA-X", "Caneca", ""), Standing.DOUBTFUL, "name", proposals=(("000000017", "name"),)),
    Match(
        FoundItem("2", "AZUL", "Caneca azul clara", "7891000315507"),
        Standing.DOUBTFUL,
        "gtin",
        proposals=(("000000017", "gtin"), ("000000018", "sku")),
    ),
    Match(FoundItem("3", "VALE", "Vale-presente", ""), Standing.ONLY_SHOP, "nothing"),
    Match(FoundItem("4", "000000019", "Garrafa", ""), Standing.SURE, "sku", "000000019"),
    Match(FoundItem("5", "CAMISETA", "Camiseta", "", "grid"), Standing.ONLY_SHOP, "nothing"),
)


def shop_before_us(store: StoreFile, matches: Sequence[Match] = FEW, keys: Iterable[ProductKey] = KEYS) -> None:
    """The account observes, and its shop was looked through; "Garrafa" and a lamp are marked for it in C-Plus."""
    store.account("loja", "Loja Centro", live=False)
    shop_items.store_erp_keys(store.db, keys)
    shop_items.store_matches(store.db, "loja", matches, store.now)
    wanted = [("000000019", "", content("Garrafa térmica")), ("000000021", "", content("Luminária"))]
    publications.want(store.db, "loja", Facet.CONTENT, wanted, store.now)
    conclude(store.db, "loja", "Magento 2.4.6 em loja.example", {}, store.now)


def content(name: str) -> str:
    """What is said of a product."""
    return msgspec.json.encode(Content("simple", name, True)).decode()


def changed_in_shop(store: StoreFile, item: str, field: str, ours: str, shown: str) -> None:
    """Somebody changed a text in the shop's own admin, and it was seen now."""
    now = datetime.now(UTC)
    publications.want(store.db, "loja", Facet.CONTENT, [(item, "", content(f"Produto {item[-3:]}"))], now)
    store.db.execute("UPDATE publication SET confirmed = wanted, confirmed_at = wanted_at WHERE item = ?", [item])
    shop_changes.note(store.db, "loja", item, field, ours, shown, shop_changes.ASKED, now)
    store.problem(CHANGED, f"item:{item}", {"item": item, "name": f"Produto {item[-3:]}", "fields": field})
