"""Another base answers than yesterday: restored from a backup, or another company's. A person says what holds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from firebird import driver
from firebird.driver import SrvRestoreFlag

from engine.base_watch import ASK_AGAIN_S
from engine.errors import RetryLater
from engine.model.erp import ErpOrder, OrderCodes, WrittenOrder
from engine.ports import Erp
from tests.end_to_end.programs import Place
from tests.end_to_end.world import ACCOUNT, Life, World, life
from tests.firebird_server import FirebirdServer

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


@contextmanager
def _nobody_in(world: World, server: FirebirdServer) -> Iterator[Path]:
    """The server lets go of the base's file: whatever is done to it is found by the next connection."""
    world.close()
    server.kill()
    yield Path(world.database.path)
    server.restart()
    for name in ("till", "receiver", "staff"):
        world.__dict__.pop(name, None)


def _copy(world: World, server: FirebirdServer, target: Path) -> Path:
    with _nobody_in(world, server) as path:
        shutil.copyfile(path, target)
    return target


def _put_back(world: World, server: FirebirdServer, backup: Path) -> None:
    with _nobody_in(world, server) as path:
        shutil.copyfile(backup, path)


def _make_anew(world: World, server: FirebirdServer) -> None:
    """Back the base up and restore it over itself, as maintenance does: all is there, the file is another one."""
    world.close()
    base = Path(world.database.path)
    known = driver.driver_config.get_server(base.stem) or driver.driver_config.register_server(base.stem)
    known.host.value, known.port.value = server.host, str(server.port)
    known.user.value, known.password.value = "SYSDBA", server.password
    with driver.connect_server(base.stem) as services:
        services.database.backup(database=base, backup=base.with_suffix(".fbk"))
        services.wait()
    with _nobody_in(world, server):
        base.unlink()
    with driver.connect_server(base.stem) as services:
        services.database.restore(backup=base.with_suffix(".fbk"), database=base, flags=SrvRestoreFlag.CREATE)
        services.wait()


def _account(engine: Life) -> tuple[str, str]:
    (row,) = engine.rows("SELECT mode, mode_reason FROM account")
    return row["mode"], row["mode_reason"]


async def test_after_a_restore_the_orders_that_the_base_lacks_are_listed_and_a_person_has_them_written_again_once(
    world: World, firebird_server: FirebirdServer, tmp_path: Path
) -> None:
    sku, other = world.stocked(10), world.stocked(10, index=1)
    async with life(world) as engine:
        before = await engine.bought({sku: 1}, payment="pix")
        backup = _copy(world, firebird_server, tmp_path / "backup.fdb")
        await engine.sync()
        lost = world.buy({sku: 2}, payment="pix")
        shipped = await engine.bought({other: 1}, payment="pix")
        for number in (lost, shipped):
            await engine.decide("confirm_payment", number)
        await engine.sync()
        world.staff.invoice(engine.order(shipped)["erp_key"])
        await engine.sync()
        await engine.decide("close_shipment", shipped, carrier="pickup")
        await engine.sync()
        assert engine.order(shipped)["queue"] == "done"
        former = engine.order(lost)["erp_key"]
        salable = world.shop.salable(sku)
        (first_look,) = engine.rows("SELECT adopted_at FROM account")

        _put_back(world, firebird_server, backup)
        world.staff.write(lambda cursor: _type_an_order(cursor, former))  # the counter gives the number once more
        after = await engine.bought({sku: 1}, payment="pix")
        assert _account(engine) == ("observe", "older-base")
        assert "older-base" in engine.problems()
        (look,) = engine.rows("SELECT adopted_at FROM account")
        assert look["adopted_at"] > first_look["adopted_at"], "what a person approves is not of the first day"
        for number in (lost, shipped):
            row = engine.order(number)
            assert (row["queue"], row["parked"], row["erp_key"]) == ("problem", "order-missing-in-erp", None)
        assert engine.order(before)["parked"] is None
        assert len(world.erp_orders()) == 1, "nothing is written by itself"

        await engine.must("go_live", account=ACCOUNT)
        await engine.sync()
        assert _account(engine) == ("live", "")
        assert engine.problems() == []
        assert len(world.erp_orders()) == 2, "the new order only"
        assert engine.order(lost)["parked"] == "order-missing-in-erp", "approving the base writes no order again"
        assert world.shop.salable(sku) == salable - 1, "what the lost order holds is not for sale"
        assert world.shop.salable(other) == 9, "nor what has left the house"

        await engine.decide("rewrite", lost)
        again = await engine.ask("rewrite", order=engine.order(lost)["id"])
        assert again["error"]["code"] == "not-missing"
        await engine.decide("rewrite", shipped)
        await engine.sync()
        audited = engine.rows("SELECT who, subject FROM audit WHERE what = 'rewrite' ORDER BY id")
        assert [tuple(row) for row in audited] == [("operadora", f"order {n}@{ACCOUNT}") for n in (lost, shipped)]
        references = sorted(row["NUMPEDCLIENTE"].strip() for row in world.erp_orders())
        assert references == sorted(f"LJ-{number}" for number in (before, lost, shipped, after))
        assert engine.order(lost)["erp_key"] not in (None, former)
        assert engine.order(lost)["fulfilment"] == "reserved"
        assert world.on_hand_and_reserved(sku) == (10, 4)
        assert world.shop.salable(sku) == salable - 1
        assert engine.problems() == []


async def test_a_lost_order_is_written_again_from_the_command_line(
    world: World, firebird_server: FirebirdServer, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        backup = _copy(world, firebird_server, tmp_path / "backup.fdb")
        number = await engine.bought({sku: 2}, payment="pix")
        _put_back(world, firebird_server, backup)
        await engine.sync()
        await engine.must("go_live", account=ACCOUNT)
    place = Place(world, tmp_path)
    listed = place.run("orders", "problem", "--json")
    assert [(order["number"], order["parked"]) for order in json.loads(listed.stdout)] == [
        (number, "order-missing-in-erp")
    ]
    assert place.run("orders", "rewrite").returncode == 2
    unknown = place.run("orders", "rewrite", "999")
    assert unknown.returncode == 1
    assert "There is no order 999." in unknown.stderr
    told = place.run("orders", "rewrite", number)
    assert told.returncode == 0, told.stderr
    assert f"{number}: is being written again." in told.stdout
    async with life(world):
        pass
    assert [row["NUMPEDCLIENTE"].strip() for row in world.erp_orders()] == [f"LJ-{number}"]
    assert place.run("orders", "rewrite", number).returncode == 1


def _type_an_order(cursor: Any, key: str) -> None:
    cursor.execute(
        "INSERT INTO ORCAMENTO (CODORC, NUMEROORCAMENTO, CODCLI, NOMECLI, FLAGRESERVADO, FLAGCANCELADO,"
        " VALORTOTALORCAMENTO) VALUES (?, ?, (SELECT MIN(CODCLI) FROM CLIENTE), 'BALCAO', 'N', 'N', 7)",
        (key, key),
    )


async def test_another_companys_base_behind_the_address_is_noticed_while_the_engine_runs_before_anything_is_written(
    world: World, firebird_server: FirebirdServer, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        first = await engine.bought({sku: 1}, payment="pix")
        own = _copy(world, firebird_server, tmp_path / "own.fdb")
        world.set_stock(sku, 3)
        world.change("UPDATE EMPRESA SET CNPJ = '11444777000161'")
        world.change("UPDATE ORCAMENTO SET FLAGCANCELADO = 'Y'")
        _make_anew(world, firebird_server)
        await engine.bought({sku: 1}, payment="pix")
        assert _account(engine) == ("observe", "other-base")
        assert world.shop.salable(sku) == 8, "the shop was told nothing of the other base"
        assert len(world.erp_orders()) == 1
        assert engine.order(first)["parked"] is None, "another company's orders are not ours, whatever their number"

        _put_back(world, firebird_server, own)
        await engine.sync()
        assert "other-base" not in engine.problems(), "the right one is back"
        await engine.must("go_live", account=ACCOUNT)
        await engine.sync()
        assert engine.order(first)["fulfilment"] == "reserved"
        assert len(world.erp_orders()) == 2


async def test_a_finished_order_that_staff_delete_stops_nothing_and_a_restore_is_noticed_all_the_same(
    world: World, firebird_server: FirebirdServer, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        backup = _copy(world, firebird_server, tmp_path / "backup.fdb")
        number = await engine.bought({sku: 1}, payment="pix")
        await engine.decide("refuse", number, reason="desistiu")
        await engine.sync()
        assert engine.order(number)["queue"] == "done"
        key = engine.order(number)["erp_key"]
        for table in ("ORCAMENTOPROD", "ORCAMENTO"):
            world.change(f"DELETE FROM {table} WHERE CODORC = ?", key)
        await world.clock.sleep(ASK_AGAIN_S + 1)
        await engine.sync()
        assert (_account(engine), engine.problems()) == (("live", ""), [])

        _put_back(world, firebird_server, backup)
        await engine.sync()
        assert _account(engine) == ("observe", "older-base")


@pytest.mark.long
async def test_a_restore_is_noticed_though_the_tills_have_given_out_all_the_lost_numbers_again(
    world: World, firebird_server: FirebirdServer, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        backup = _copy(world, firebird_server, tmp_path / "backup.fdb")
        number = await engine.bought({sku: 1}, payment="pix")
        key = engine.order(number)["erp_key"]
        _put_back(world, firebird_server, backup)
        world.staff.write(lambda cursor: _type_an_order(cursor, key))
        await engine.sync()
        assert _account(engine) == ("observe", "older-base")
        assert engine.order(number)["parked"] == "order-missing-in-erp"


@pytest.mark.long
async def test_another_cnpj_in_the_same_file_is_found_by_the_clock_while_nobody_reconnects(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        world.change("UPDATE EMPRESA SET CNPJ = '11444777000161'")
        await world.clock.sleep(ASK_AGAIN_S + 1)
        world.set_stock(sku, 3)
        await engine.sync()
        assert _account(engine) == ("observe", "other-base")
        assert world.shop.salable(sku) == 10


@pytest.mark.long
async def test_a_base_made_anew_with_all_orders_in_it_is_asked_about_once_and_then_goes_on(
    world: World, firebird_server: FirebirdServer, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        await engine.bought({sku: 1}, payment="pix")
        _make_anew(world, firebird_server)
        world.till.sell(sku)
        await engine.sync()
        assert _account(engine) == ("observe", "restored-base")
        await engine.must("go_live", account=ACCOUNT)
        await engine.sync()
        assert _account(engine) == ("live", "")
        assert world.shop.salable(sku) == 8
        assert engine.problems() == []


@pytest.mark.long
async def test_an_address_that_the_buyer_gave_after_the_backup_is_written_back_and_not_overwritten_by_the_old_one(
    world: World, firebird_server: FirebirdServer
) -> None:
    async with life(world, rested=False) as engine:
        customer = world.shop.storefront.register(
            {"email": "marta@example.com", "firstname": "Marta", "lastname": "Lima", "taxvat": "111.444.777-35"}
        )
        address = {
            "firstname": "Marta", "lastname": "Lima", "street": ["Rua A", "10", "", "Centro"], "city": "Pelotas",
            "region": {"region_code": "RS", "region": "Rio Grande do Sul"}, "postcode": "96010-000",
            "telephone": "53 98888-1111", "country_id": "BR",
        }  # fmt: skip
        world.shop.storefront.edit_address(customer.customer_id, address)
        await engine.sync()
        backup = _copy(world, firebird_server, world.state / "backup.fdb")
        world.shop.storefront.edit_address(customer.customer_id, {"city": "Rio Grande"})
        await engine.sync()
        _put_back(world, firebird_server, backup)
        (old,) = world.base("SELECT CODCLI, CIDADE FROM CLIENTE WHERE CPF = '11144477735'")
        assert old["CIDADE"].strip() == "PELOTAS"
        world.staff.edit_customer(old["CODCLI"], TELEFONE="53 97777-0000")
        _make_anew(world, firebird_server)
        await engine.sync()
        assert _account(engine)[0] == "observe"
        await engine.must("go_live", account=ACCOUNT)
        await engine.sync()
        (row,) = world.base("SELECT CIDADE FROM CLIENTE WHERE CPF = '11144477735'")
        assert row["CIDADE"].strip() == "RIO GRANDE"
        shown = world.rest("GET", f"V1/customers/{customer.customer_id}")
        assert shown["addresses"][0]["city"] == "Rio Grande"
        assert engine.problems() == []


class _OutOfReach:
    """C-Plus, which gives out codes and then cannot be written to."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.reachable = False

    async def write_order(self, codes: OrderCodes, order: ErpOrder) -> WrittenOrder:
        if not self.reachable:
            raise RetryLater("erp-unreachable")
        return await self._erp.write_order(codes, order)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._erp, name)


@pytest.mark.long
async def test_a_number_that_the_restored_counter_gave_to_another_is_left_to_it(
    world: World, firebird_server: FirebirdServer, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    wrapped: list[_OutOfReach] = []

    def wrap(erp: Erp) -> Any:
        wrapped.append(_OutOfReach(erp))
        return wrapped[0]

    async with life(world, wrap_erp=wrap) as engine:
        backup = _copy(world, firebird_server, tmp_path / "backup.fdb")
        number = world.buy({sku: 1}, payment="pix")
        await engine.supervisor.run_to_rest(limit=2)
        taken = engine.order(number)["erp_key"]
        assert taken is not None
        _put_back(world, firebird_server, backup)
        world.staff.write(lambda cursor: _type_an_order(cursor, taken))
        wrapped[0].reachable = True
        await engine.sync()
        assert engine.order(number)["erp_key"] not in (None, taken)
        assert [row["NUMPEDCLIENTE"].strip() for row in world.erp_orders()] == [f"LJ-{number}"]
        (other,) = world.base("SELECT NOMECLI, NUMPEDCLIENTE FROM ORCAMENTO WHERE CODORC = ?", taken)
        assert (other["NOMECLI"].strip(), other["NUMPEDCLIENTE"]) == ("BALCAO", None)
        assert world.on_hand_and_reserved(sku) == (10, 1)
