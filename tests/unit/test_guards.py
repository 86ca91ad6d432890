"""What is held until a person looks, and nothing besides: falls, many prices, many texts, many products that leave."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from engine.model.goods import Price, PriceList
from engine.publishing import Content, Facet
from engine.runtime.commands import OPERATOR, OWNER, Ask, Commands
from engine.store import accounts, allowances, content_guards, price_mirror, price_wants, publications
from engine.store.content_guards import MANY_LEAVING, MANY_TEXTS, ContentLimits
from engine.store.database import migrate
from engine.store.instants import to_text
from engine.store.price_guards import MANY_PRICES, PRICE_DROP, PriceLimits
from engine.verbs.accounts import account_verbs
from engine.verbs.allowances import allowance_verbs
from tests.unit.virtual_time import inline_store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BASE = "000000001"
ITEMS = [f"{number:03}" for number in range(40)]
HOUR = timedelta(hours=1)
HALF = PriceLimits(drop=50, changing=50)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "integra.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, tmp_path / "integra.db")
    on_sale(connection)
    yield connection
    connection.close()


def on_sale(db: sqlite3.Connection) -> None:
    """Forty products at R$ 100, all of it as the shop shows it."""
    accounts.ensure(db, "loja", "magento", "")
    for sku in ITEMS:
        db.execute(
            "INSERT INTO product (sku, code, name, active, data, version) VALUES (?1, ?1, ?1, 1, '{}', 1)", (sku,)
        )
        says(db, sku, f"Caneca {sku}")
    erp_says(db, dict.fromkeys(ITEMS, 10_000))
    db.execute("UPDATE publication SET confirmed = wanted, confirmed_at = wanted_at")


def says(db: sqlite3.Connection, sku: str, name: str, *, enabled: bool = True, gtin: str = "") -> None:
    content = msgspec.json.encode(Content("simple", name, enabled, gtin=gtin)).decode()
    publications.want(db, "loja", Facet.CONTENT, [(sku, "", content)], NOW)


def erp_says(db: sqlite3.Connection, cents: dict[str, int], at: datetime = NOW, limits: PriceLimits = HALF) -> None:
    found = PriceList(tuple(Price(sku, BASE, value) for sku, value in cents.items()), (), ())
    price_mirror.store_prices(db, found, at)
    terms = price_wants.PriceTerms(BASE, (), limits, quantities=False, specials=False, today=at.date())
    price_wants.want_prices(db, "loja", terms, at, allowances.allowed(db, "loja", at))


def held(db: sqlite3.Connection) -> dict[str, str]:
    return dict(db.execute("SELECT item, held_by FROM publication WHERE todo AND held_by IS NOT NULL").fetchall())


def leaves_for_shop(db: sqlite3.Connection, facet: Facet = Facet.PRICE) -> list[str]:
    return sorted(row.item for row in publications.sendable(db, "loja", facet, 100, NOW))


def allowed(
    db: sqlite3.Connection, *items: str, fall: int, begins: datetime = NOW - HOUR, ends: datetime = NOW + HOUR
) -> int:
    return allowances.add(db, allowances.Allowance("loja", items, fall, begins, ends), "ana", NOW)


# --- many prices ------------------------------------------------------------------------------------------------------


def test_a_price_list_gone_wrong_is_held_and_a_single_products_price_is_not(db: sqlite3.Connection) -> None:
    erp_says(db, dict.fromkeys(ITEMS, 10_000) | {"000": 12_000})
    assert leaves_for_shop(db) == ["000"]
    erp_says(db, dict.fromkeys(ITEMS, 100_000) | dict.fromkeys(ITEMS[:19], 10_000))
    assert held(db) == dict.fromkeys(ITEMS[19:], MANY_PRICES)


def test_what_was_held_with_many_others_waits_for_a_person_though_the_others_passed(db: sqlite3.Connection) -> None:
    dear = dict.fromkeys(ITEMS, 11_000)
    erp_says(db, dear)
    for sku in ITEMS[:30]:
        assert publications.let_pass(db, "loja", MANY_PRICES, sku, "", "11000")
    erp_says(db, dear)
    assert leaves_for_shop(db) == ITEMS[:30]
    assert held(db) == dict.fromkeys(ITEMS[30:], MANY_PRICES)
    erp_says(db, dear | dict.fromkeys(ITEMS[30:], 10_000))
    assert held(db) == {}, "the ERP took it back"


def test_a_fall_too_far_is_named_as_such_among_many_changes(db: sqlite3.Connection) -> None:
    erp_says(db, dict.fromkeys(ITEMS, 11_000) | {"007": 100})
    assert held(db) == dict.fromkeys(ITEMS, MANY_PRICES) | {"007": PRICE_DROP}


def test_the_first_prices_of_a_shop_are_no_change(db: sqlite3.Connection) -> None:
    db.execute("UPDATE publication SET confirmed = NULL WHERE facet = 'price'")
    erp_says(db, dict.fromkeys(ITEMS, 11_000))
    assert held(db) == {}


def test_a_limit_of_a_hundred_holds_nothing(db: sqlite3.Connection) -> None:
    erp_says(db, dict.fromkeys(ITEMS, 11_000), limits=PriceLimits(50, 100))
    assert len(leaves_for_shop(db)) == len(ITEMS)


# --- allowed ahead ----------------------------------------------------------------------------------------------------


def test_prices_may_fall_as_far_as_was_allowed_and_no_further(db: sqlite3.Connection) -> None:
    allowed(db, "001", "002", fall=70)
    erp_says(db, dict.fromkeys(ITEMS, 10_000) | {"001": 3_000, "002": 2_999, "003": 3_000})
    assert leaves_for_shop(db) == ["001"]
    assert held(db) == {"002": PRICE_DROP, "003": PRICE_DROP}


def test_what_is_allowed_holds_between_its_two_moments(db: sqlite3.Connection) -> None:
    allowed(db, "001", fall=70, begins=NOW + HOUR, ends=NOW + 2 * HOUR)
    cheap = dict.fromkeys(ITEMS, 10_000) | {"001": 3_000}
    erp_says(db, cheap)
    assert held(db) == {"001": PRICE_DROP}
    erp_says(db, cheap, NOW + HOUR)
    assert leaves_for_shop(db) == ["001"]
    erp_says(db, cheap | {"001": 2_900, "002": 3_000}, NOW + 2 * HOUR)
    assert held(db) == {"001": PRICE_DROP, "002": PRICE_DROP}


def test_what_passed_in_its_time_leaves_though_the_shop_was_away_until_after(db: sqlite3.Connection) -> None:
    allowed(db, "001", fall=70)
    cheap = dict.fromkeys(ITEMS, 10_000) | {"001": 3_000}
    erp_says(db, cheap)
    erp_says(db, cheap | {"002": 9_000}, NOW + 5 * HOUR)
    assert leaves_for_shop(db) == ["001", "002"]


def test_a_readjustment_of_everything_is_allowed_ahead(db: sqlite3.Connection) -> None:
    allowed(db, fall=0)
    erp_says(db, dict.fromkeys(ITEMS, 10_500) | {"007": 9_000, "008": 4_000})
    assert held(db) == {"008": PRICE_DROP}, "one fall within the usual limit is no readjustment of many"


# --- the catalogue ----------------------------------------------------------------------------------------------------


def test_products_that_leave_by_the_dozen_stay_until_a_person_looks(db: sqlite3.Connection) -> None:
    for sku in ITEMS[:25]:
        says(db, sku, f"Caneca {sku}", enabled=False)
    says(db, "030", "Caneca lisa")
    content_guards.hold(db, "loja", ContentLimits(leaving=30, texts=50))
    assert held(db) == dict.fromkeys(ITEMS[:25], MANY_LEAVING)
    assert leaves_for_shop(db, Facet.CONTENT) == ["030"]


def test_names_lost_in_an_import_stay_as_they_were(db: sqlite3.Connection) -> None:
    for sku in ITEMS:
        says(db, sku, "SEM NOME")
    content_guards.hold(db, "loja", ContentLimits(leaving=30, texts=50))
    assert held(db) == dict.fromkeys(ITEMS, MANY_TEXTS)


def test_other_facts_may_change_for_all_products_at_once(db: sqlite3.Connection) -> None:
    for sku in ITEMS:
        says(db, sku, f"Caneca {sku}", gtin="7891234567895")
    content_guards.hold(db, "loja", ContentLimits(leaving=30, texts=50))
    assert held(db) == {}


def test_a_value_let_pass_once_is_no_pass_for_the_next_one(db: sqlite3.Connection) -> None:
    for sku in ITEMS:
        says(db, sku, "SEM NOME")
    limits = ContentLimits(leaving=30, texts=50)
    content_guards.hold(db, "loja", limits)
    publications.let_all_pass(db, "loja", MANY_TEXTS)
    content_guards.hold(db, "loja", limits)
    assert held(db) == {}
    for sku in ITEMS:
        says(db, sku, "?")
    content_guards.hold(db, "loja", limits)
    assert held(db) == dict.fromkeys(ITEMS, MANY_TEXTS)


# --- as commands ------------------------------------------------------------------------------------------------------

AHEAD = {"account": "loja", "items": ["001"], "fall": 70, "from": to_text(NOW), "until": to_text(NOW + HOUR)}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"account": "praia"}, "no-such-account"),
        ({"items": ["999"]}, "no-such-item"),
        ({"fall": 100}, "allowance-fall"),
        ({"fall": True}, "allowance-fall"),
        ({"until": to_text(NOW)}, "allowance-time"),
        ({"until": to_text(NOW + timedelta(days=93))}, "allowance-time"),
        ({"from": to_text(NOW - 2 * HOUR), "until": to_text(NOW - HOUR)}, "allowance-time"),
    ],
)
async def test_an_allowance_without_sense_is_refused(tmp_path: Path, wrong: dict[str, object], code: str) -> None:
    with inline_store(tmp_path) as store:
        await store.write(on_sale)
        commands = Commands(store, allowance_verbs(), lambda _account, _task: None)
        answer = await commands.ask(Ask("1", "allow_ahead", AHEAD | wrong, "ana", OWNER, None, NOW))
        assert answer["error"]["code"] == code


@pytest.mark.anyio
async def test_the_owner_allows_ahead_and_takes_it_back(tmp_path: Path) -> None:
    woken: list[tuple[str, str]] = []
    with inline_store(tmp_path) as store:
        await store.write(on_sale)
        commands = Commands(store, allowance_verbs(), lambda account, task: woken.append((account, task)))
        refused = await commands.ask(Ask("1", "allow_ahead", AHEAD, "bia", OPERATOR, None, NOW))
        assert refused["error"]["code"] == "not-allowed"
        answer = await commands.ask(Ask("2", "allow_ahead", AHEAD, "ana", OWNER, None, NOW))
        assert woken == [("loja", "prices")]
        found = await store.read(lambda db: allowances.allowed(db, "loja", NOW))
        assert found.named == {"001": 70}
        number = answer["result"]["allowance"]
        await commands.ask(Ask("3", "withdraw_allowance", {"allowance": number}, "ana", OWNER, None, NOW))
        assert await store.read(lambda db: allowances.allowed(db, "loja", NOW)) == allowances.NOTHING
        again = await commands.ask(Ask("4", "withdraw_allowance", {"allowance": number}, "ana", OWNER, None, NOW))
        assert again["error"]["code"] == "no-such-allowance"


@pytest.mark.anyio
async def test_who_approves_the_first_write_has_read_how_many_prices_change(tmp_path: Path) -> None:
    with inline_store(tmp_path) as store:

        def adopted(db: sqlite3.Connection) -> None:
            on_sale(db)
            db.execute("UPDATE publication SET confirmed = '9900' WHERE facet = 'price'")
            db.execute("UPDATE publication SET confirmed = '90000' WHERE facet = 'price' AND item = '007'")
            db.execute("UPDATE account SET adopted_at = '2026'")
            erp_says(db, dict.fromkeys(ITEMS, 10_000))

        await store.write(adopted)
        commands = Commands(store, account_verbs(), lambda _account, _task: None)
        assert len(await store.read(held)) == len(ITEMS)
        answer = await commands.ask(Ask("1", "go_live", {"account": "loja"}, "ana", OWNER, None, NOW))
        assert answer["ok"]
        assert await store.read(held) == {"007": PRICE_DROP}, "one number does not tell of this"
