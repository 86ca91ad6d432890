"""`integra why SKU`: the sum that people are told is the engine's own, and what is missing is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from console import language
from console.reading.why_goods import WhyGoods, goods_named, why_goods
from console.why_goods_text import account_lines, adds_held, publishable_e4
from engine.settings import AccountSettings
from engine.store import accounts, wants
from engine.store.database import migrate
from engine.store.instants import to_text
from tests.unit.test_stock_ledger import NOW, SECTOR, insert, order, product_on_sale, shown, stock

ACCOUNT = AccountSettings(
    id="loja",
    kind="magento",
    order_prefix="LJ",
    online_tag="T",
    companies=[1],
    sectors=[SECTOR],
    import_orders_since=date(2026, 1, 1),
)


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    language.use("en")
    yield
    language.use(language.DEFAULT_LANGUAGE)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "integra.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "integra.db")
    for account in ("loja", "outra"):
        accounts.ensure(connection, account, "magento", account)
        accounts.set_mode(connection, account, "live", "")
    product_on_sale(connection, "A")
    insert(connection, "product_tag", tag="T", sku="A")
    yield connection
    connection.close()


def why(db: sqlite3.Connection, account: AccountSettings = ACCOUNT) -> WhyGoods:
    found = why_goods(db, "A", [account])
    assert found is not None
    return found


def told(db: sqlite3.Connection, account: AccountSettings = ACCOUNT) -> str:
    found = why(db, account)
    return "\n".join(account_lines(found, found.accounts[0], NOW))


def sent(db: sqlite3.Connection) -> None:
    """The shop has confirmed what was wanted of the stock."""
    db.execute("UPDATE publication SET confirmed = wanted, confirmed_at = ? WHERE facet = 'stock'", [to_text(NOW)])


def test_the_sum_is_told_with_what_is_held_and_when_it_was_sent(db: sqlite3.Connection) -> None:
    order(db, "loja", "A", 1)
    stock(db, ("A", 10, 4))
    assert shown(db, "A", buffer=2) == 4
    sent(db)
    account = msgspec.structs.replace(ACCOUNT, buffer=Decimal(2))
    lines = told(db, account)
    assert "Stock: 10 on hand - 4 reserved - 1 promised - 2 buffer = 3" in lines
    assert "1 held for its own open orders, which the shop subtracts itself: 4 are sent" in lines
    assert "stock default: 4 sent 09:00:00, confirmed" in lines


@pytest.mark.parametrize(
    "case",
    ["plain", "buffer", "negative", "promised", "whole", "uncounted", "kit", "faulty kit", "other sector", "held"],
)
def test_the_sum_that_people_are_told_is_the_engines_own(db: sqlite3.Connection, case: str) -> None:
    buffer, uncounted, counts_own = 0, 0, case == "held"
    stock(db, ("A", 10, 4), ("B", 7, 1))
    match case:
        case "buffer":
            buffer = 3
        case "negative":
            buffer = 50
        case "promised":
            order(db, "outra", "A", 2)
        case "whole":
            db.execute("UPDATE product SET whole = 1")
            db.execute("UPDATE stock_level SET on_hand_e4 = on_hand_e4 + 5000")
        case "uncounted":
            uncounted = 99
            db.execute("UPDATE product SET counted = 0")
        case "kit" | "faulty kit":
            insert(db, "kit_part", kit="A", part="B", quantity_e4=20_000, counted=1)
            if case == "faulty kit":
                insert(db, "kit_fault", kit="A", code="kit-part-missing", skus="B")
        case "other sector":
            insert(db, "stock_level", sku="A", company=1, sector="9", on_hand_e4=990_000, reserved_e4=0)
        case "held":
            order(db, "loja", "A", 2)
    wanted_e4 = 10_000 * shown(db, "A", buffer=buffer, uncounted=uncounted, counts_own=counts_own)
    account = msgspec.structs.replace(ACCOUNT, buffer=Decimal(buffer), uncounted_stock=Decimal(uncounted))
    found = why(db, account)
    own = found.accounts[0]
    assert publishable_e4(found, own) + (own.held_e4 if adds_held(found, own) else 0) == wanted_e4
    assert "engine's last sum" not in told(db, account)


@pytest.mark.parametrize(
    ("defence", "on_hand", "kept_back"),
    [("often", 3, 1), ("often", 1, 1), ("often", 0, 0), ("often", 9, 0), ("behind", 3, 1)],
)
def test_what_is_kept_back_from_a_shop_that_was_silent_is_told(
    db: sqlite3.Connection, defence: str, on_hand: int, kept_back: int
) -> None:
    insert(db, "stock_link", account="loja", heard_at=to_text(NOW), defence=defence)
    stock(db, ("A", on_hand, 0))
    defended = wants.Defended(10_000, 50_000, every_item=defence == "often")
    wanted_e4 = 10_000 * shown(db, "A", defended=defended)
    found = why(db)
    assert publishable_e4(found, found.accounts[0]) == wanted_e4 == 10_000 * (on_hand - kept_back)
    assert (f"Stock: {on_hand} on hand - 0 reserved - 1 kept back =" in told(db)) is (kept_back == 1)
    assert "engine's last sum" not in told(db)


def test_a_shop_that_is_back_and_shows_what_there_is_keeps_nothing_back(db: sqlite3.Connection) -> None:
    stock(db, ("A", 3, 0))
    shown(db, "A")
    sent(db)
    insert(db, "stock_link", account="loja", heard_at=to_text(NOW), defence="behind")
    shown(db, "A", defended=wants.Defended(10_000, 50_000, every_item=False))
    assert "Stock: 3 on hand - 0 reserved = 3" in told(db)


def test_a_sum_that_has_moved_since_is_not_passed_off_as_the_engines(db: sqlite3.Connection) -> None:
    stock(db, ("A", 10, 4))
    shown(db, "A")
    stock(db, ("A", 8, 4))
    assert "The engine's last sum came to 6" in told(db)


def test_what_keeps_a_product_from_a_shop_is_named(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM product_tag")
    db.execute("INSERT INTO listing (account, item, withheld) VALUES ('loja', 'A', 1)")
    accounts.set_mode(db, "loja", "observe", "new")
    problem = "INSERT INTO problem (account, code, subject, first_at, last_at) VALUES ('loja', ?, 'item:A', '', '')"
    db.execute(problem, ["product-without-price"])
    lines = told(db)
    assert "not marked for this shop" in lines
    assert "withheld it" in lines
    assert "Product without price" in lines
    assert "Nothing is written there: new account" in lines


def test_what_waits_is_in_flight_held_or_refused_says_so(db: sqlite3.Connection) -> None:
    stock(db, ("A", 10, 4))
    shown(db, "A")
    assert "stock default: 6 waits to be sent" in told(db)
    soon = to_text(NOW + timedelta(seconds=30))
    db.execute("UPDATE publication SET error_code = 'x-y', error_detail = 'no', attempts = 2, next_at = ?", [soon])
    assert "stock default: 6 REFUSED (x-y no), 2 tries, again in 30 s" in told(db)
    db.execute("UPDATE publication SET error_code = NULL, held_by = 'many-to-zero'")
    assert "stock default: 6 HELD, too many items would fall to zero at once" in told(db)
    db.execute("UPDATE publication SET held_by = NULL, in_flight_version = 1, settles_at = ?", [soon])
    assert "stock default: 6 sent, outcome not known yet; looked at again in 30 s" in told(db)


def test_a_product_is_found_by_key_by_code_and_without_its_zeros(db: sqlite3.Connection) -> None:
    insert(db, "product", sku="000000009", code="CAN-1", name="Caneca", active=1, data="{}", version=1)
    for name in ("000000009", "9", "CAN-1"):
        assert goods_named(db, name) == ["000000009"]
    assert goods_named(db, "0") == []
    insert(db, "product", sku="77", code="M-P", name="Manto P", active=1, data="{}", version=1, parent="000000009")
    insert(db, "product", sku="78", code="M-M", name="Manto M", active=1, data="{}", version=1, parent="000000500")
    assert goods_named(db, "000000009") == ["000000009"]
    assert goods_named(db, "000000500") == ["78"], "of a grid its cells"
