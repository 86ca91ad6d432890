"""The trade of the demo: people sell, buy, receive and invoice by themselves, and go home when told to."""

from __future__ import annotations

import random
import stat
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

import connectors.cplus
import connectors.magento
from connectors.cplus.base import firebird
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import copy_base, template
from connectors.sandbox.base.people import Receiver, Staff, Till
from connectors.sandbox.demo import ACCOUNT, TERMS, Demo
from connectors.sandbox.hands import Billing, Cashier, Storekeeper, cancel_as_told
from connectors.sandbox.shop import Shop
from connectors.sandbox.trade import Trade, something_to_sell
from connectors.sandbox.wall_clock import WallClock
from engine.errors import Misconfigured
from engine.settings import load, secret_source
from tests.unit.demo_pair import buy, flag_only, publish, set_source, set_stock, write_order

MUG, PLATE, BOWL = "000000008", "000000009", "000000010"


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def base(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> firebird.Database:
    return copy_base(template(tmp_path_factory.getbasetemp(), 1, 12, 5, clock=Noon()), tmp_path / "base.fdb")


@pytest.fixture
def staff(base: firebird.Database) -> Iterator[Staff]:
    with Staff(base, WallClock()) as office:
        flag_only(office, MUG, PLATE, BOWL)
        for sku in (MUG, PLATE, BOWL):
            set_stock(office, sku, 40, 40)
        yield office


@pytest.fixture
def shop(staff: Staff) -> Shop:
    shop = Shop(WallClock().now)
    publish(staff, shop, MUG, PLATE, BOWL)
    return shop


def until(seen: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not seen() and time.monotonic() < deadline:
        time.sleep(0.02)
    return seen()


def demo_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("demo ")]


# ---------------------------------------------------------------- a trading day


def test_a_little_trade_brings_sales_and_orders_and_ends_cleanly(
    base: firebird.Database, staff: Staff, shop: Shop
) -> None:
    trade = Trade(base, shop, WallClock(), 1, order_prefix="LJ", known_customers=5, pace=0.04)
    trade.start()
    enough = {"till-1": 3, "till-2": 3, "buyers": 6, "office": 2}
    assert until(lambda: all(trade.done[who] >= count for who, count in enough.items()), 30)
    trade.stop()
    assert demo_threads() == []
    (sales,) = staff.read("SELECT COUNT(*) AS MANY FROM MOVENDA WHERE FLAGVENDAPDV = 'Y'")
    assert sales["MANY"] == trade.done["till-1"] + trade.done["till-2"]
    assert len(shop.orders.by_id) == trade.done["buyers"]
    negative = staff.read("SELECT CODPROD FROM PRODUTOESTOQUE WHERE ESTATU < 0")
    assert negative == []


def test_nobody_trades_before_something_is_on_the_shelf(base: firebird.Database, staff: Staff, shop: Shop) -> None:
    for sku in (MUG, PLATE, BOWL):
        set_source(shop, sku, 0)
    assert not something_to_sell(shop)
    trade = Trade(base, shop, WallClock(), 1, order_prefix="LJ", pace=0.01)
    trade.start()
    assert not until(lambda: any(trade.done.values()), 0.6)
    set_source(shop, MUG, 5)
    assert until(lambda: trade.done["till-1"] > 0)
    trade.stop()


def test_a_bug_in_the_trade_is_told_when_it_ends(base: firebird.Database, staff: Staff, shop: Shop) -> None:
    staff.write(lambda cursor: cursor.execute("DROP TABLE MOVENDAREC"))
    trade = Trade(base, shop, WallClock(), 1, order_prefix="LJ", pace=0.01)
    trade.start()
    until(lambda: "demo till-1" not in demo_threads() and "demo till-2" not in demo_threads())
    with pytest.raises(ExceptionGroup) as told:
        trade.stop()
    notes = [note for bug in told.value.exceptions for note in bug.__notes__]
    assert "in the demo's trade: till-1, seed 1" in notes
    assert demo_threads() == []


# ---------------------------------------------------------------- single hands


def test_a_till_leaves_what_is_reserved_for_the_web(base: firebird.Database, staff: Staff, shop: Shop) -> None:
    flag_only(staff, MUG)
    set_stock(staff, MUG, 3)
    write_order(staff, shop, buy(shop, {MUG: 2}))
    with Till(base, WallClock()) as till:
        cashier = Cashier(till, random.Random(1))
        assert [cashier.step() for _ in range(5)].count(True) == 1
    (left,) = staff.read("SELECT ESTATU FROM PRODUTOESTOQUE WHERE CODPROD = ? AND CODSETORESTOQUE = ?", MUG, r.LOJA)
    assert left["ESTATU"] == 2


def test_goods_arrive_where_they_run_low_and_a_new_price_stays_near_the_old(
    base: firebird.Database, staff: Staff
) -> None:
    before = {row["CODPRECO"]: row["PRECO"] for row in staff.read("SELECT * FROM PRODUTOPRECO WHERE CODPROD = ?", MUG)}
    swings = []
    with Receiver(base, WallClock()) as receiver:
        storekeeper = Storekeeper(receiver, random.Random(2))
        assert not storekeeper.step(), "there is enough of everything"
        for _ in range(12):
            set_stock(staff, MUG, 1)
            for table, price in before.items():
                staff.set_price(MUG, table, price)
            assert storekeeper.step()
            (now,) = staff.read("SELECT PRECO FROM PRODUTOPRECO WHERE CODPROD = ? AND CODPRECO = ?", MUG, r.VAREJO)
            swings.append(now["PRECO"] / before[r.VAREJO])
            (stock,) = staff.read("SELECT SUM(ESTATU) AS PIECES FROM PRODUTOESTOQUE WHERE CODPROD = ?", MUG)
            assert 6 <= stock["PIECES"] <= 21
    assert any(swing != 1 for swing in swings)
    assert all(Decimal("0.89") < swing < Decimal("1.11") for swing in swings)


def test_only_paid_and_reserved_orders_of_the_shop_are_invoiced(staff: Staff, shop: Shop) -> None:
    billing = Billing(staff, shop, WallClock(), "LJ", random.Random(1))
    numbers = [buy(shop, {MUG: 1}) for _ in range(3)]
    paid, short, unpaid = (write_order(staff, shop, n, reserve=n != numbers[1]) for n in numbers)
    assert not billing.step()
    for number in numbers[:2]:
        shop.documents.invoice(shop.orders.by_increment(number).order_id)
    assert billing.step()
    assert not billing.step()
    assert [order.key for order in staff.open_orders()] == [short, unpaid]
    (sold,) = staff.read("SELECT DATAFATURADO FROM ORCAMENTO WHERE CODORC = ?", paid)
    assert sold["DATAFATURADO"] is not None


def test_the_office_cancels_what_the_operator_rings_about_and_nothing_else(staff: Staff, shop: Shop) -> None:
    cancelled, alive = buy(shop, {MUG: 1}), buy(shop, {MUG: 1})
    for number in (cancelled, alive):
        write_order(staff, shop, number)
    assert shop.storefront.cancel_order(cancelled)
    assert not cancel_as_told(staff, shop, "LJ", alive)
    assert cancel_as_told(staff, shop, "LJ", cancelled)
    assert not cancel_as_told(staff, shop, "LJ", cancelled), "once is enough"
    assert [order.reference for order in staff.open_orders()] == [f"LJ-{alive}"]


# ---------------------------------------------------------------- the world around


def test_a_demo_is_ready_to_be_synchronised_and_leaves_nothing_running(tmp_path: Path) -> None:
    with Demo(tmp_path, products=12, customers=5) as demo:
        settings = load(demo.settings_path)
        (account,) = settings.account
        assert (account.id, account.kind, account.order_prefix) == (ACCOUNT, "magento", TERMS.order_prefix)
        assert connectors.cplus.connector.check(settings.erp.options) == []
        assert connectors.magento.connector.check(account.options) == []
        secrets = tmp_path / "secrets.toml"
        assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
        token = secret_source(demo.settings_path, {})(ACCOUNT, "token")
        assert token
        assert token not in demo.settings_path.read_text(encoding="utf-8")
        url = f"{account.options['url']}/rest/V1/store/storeConfigs"
        assert httpx.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert httpx.get(url).status_code == 401
        report = demo.report()
        assert report["orders_placed"] == report["receipts"] == report["products_published"] == 0
        assert {each["what"] for each in report["differences"]} == {"missing"}
        demo.start_trade()
    assert demo_threads() == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_the_same_seed_makes_the_same_settings_but_for_the_address(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        with Demo(folder, 7, products=12, customers=5):
            settings = tomllib.loads((folder / "settings.toml").read_text(encoding="utf-8"))
            settings["account"][0]["options"] = settings["erp"]["options"]["path"] = None
            written.append((settings, (folder / "secrets.toml").read_text(encoding="utf-8")))
    assert written[0] == written[1]


def test_a_folder_with_a_base_in_it_is_not_taken_for_a_demo(tmp_path: Path) -> None:
    (tmp_path / "cplus.fdb").write_bytes(b"somebody's")
    with pytest.raises(Misconfigured) as refused, Demo(tmp_path, products=12, customers=5):
        pass
    assert refused.value.code == "demo-folder-in-use"
    assert (tmp_path / "cplus.fdb").read_bytes() == b"somebody's"
