"""Triggers for owners who want them: what the tills feel of them (nothing), what they tell, how they come and go."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Callable
from decimal import Decimal

import anyio
import pytest

from connectors.cplus import settings
from connectors.cplus.base.firebird import Database, connect, writing
from connectors.cplus.changes import doorbell, triggers
from connectors.cplus.changes.triggers import LOG, PARTS, SEQUENCE, WATCHED, State, Triggers, name_of
from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from engine.errors import NeedsPerson, RetryLater
from engine.ports import Surroundings
from tests.contract.cplus_store import OPTIONS, Store, order_for

pytestmark = pytest.mark.anyio

SECOND = 1.0


def nothing() -> None:
    return


def tool(store: Store, clock: object | None = None) -> Triggers:
    database = store.database
    table = {
        **OPTIONS,
        "path": database.path,
        "user": database.user,
        "host": database.host or "",
        "port": database.port,
    }
    return Triggers(settings.parse(table), database.password, Surroundings(store.clock, random.Random(1), lambda: "id"))


async def on(store: Store, work: Callable[[Triggers], object]) -> State:
    opened = tool(store)
    try:
        return await work(opened)  # type: ignore[misc,no-any-return]
    finally:
        await opened.close()


async def install(store: Store) -> State:
    return await on(store, Triggers.install)


@pytest.fixture
async def erp(store: Store) -> AsyncIterator[CPlus]:
    """An engine's connection to a base with triggers, whose first look is over."""
    assert (await install(store)).works
    opened = store.erp(change_log=True)
    first = await opened.changes(nothing)
    assert first is not None
    assert first.parts == PARTS, "what happened before the first look is unknown"
    yield opened
    await opened.close()


class Rings:
    """Who hears the bell."""

    def __init__(self) -> None:
        self._rung = anyio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def one(self) -> None:
        await self._rung.wait()
        self._rung = anyio.Event()


async def parts(erp: CPlus) -> set[str]:
    changes = await erp.changes(nothing)
    assert changes is not None
    assert not changes.faults
    return set(changes.parts)


def log_rows(store: Store) -> int:
    return int(store.rows(f"SELECT COUNT(*) AS N FROM {LOG}")[0]["N"])


# --- what is told -----------------------------------------------------------------------------------------------------


async def test_each_part_of_the_work_learns_of_its_own_changes_only(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 9)
    assert await parts(erp) == {"stock"}
    assert await parts(erp) == set(), "what was told once is not told again"
    assert store.till.sell(sku) is not None
    assert await parts(erp) == {"stock"}, "a counter sale is no order of the shop's"
    store.staff.set_price(sku, r.VAREJO, Decimal("12.34"))
    assert await parts(erp) == {"prices", "catalogue"}
    store.staff.rename(sku, "OUTRO NOME")
    assert await parts(erp) == {"catalogue"}
    store.staff.flag_online(sku, False)
    assert await parts(erp) == {"catalogue"}
    store.staff.replace_photos(sku, b"\x89PNG\r\n\x1a\nx")
    assert await parts(erp) == {"photos"}
    store.staff.edit_customer("00000003", TELEFONE="53 3222-1111")
    assert await parts(erp) == {"customers"}


async def test_what_integra_writes_itself_wakes_nobody(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 9)
    await parts(erp)
    await erp.write_order(await erp.take_order_codes(), order_for("00000002", (sku, 1)))
    assert store.held(sku) == (9, 1)
    assert await parts(erp) == set()
    (order,) = store.staff.open_orders()
    store.staff.invoice(order.key)
    assert await parts(erp) == {"stock", "orders"}


async def test_a_change_rolled_back_is_not_told(store: Store, erp: CPlus) -> None:
    with store.open_transaction() as cursor:
        cursor.execute("UPDATE PRODUTOESTOQUE SET ESTATU = 1 WHERE CODPROD = ?", (store.skus()[0],))
    assert await parts(erp) == set()


async def test_a_till_that_keeps_its_transaction_open_hides_nothing_and_stalls_nobody(store: Store, erp: CPlus) -> None:
    first, second = store.skus()[:2]
    with store.open_transaction() as overnight:
        overnight.execute("UPDATE PRODUTO SET NOMEPROD = 'DA NOITE' WHERE CODPROD = ?", (first,))
        for amount in range(3):
            store.stock(second, amount + 1)
            assert await parts(erp) == {"stock"}, "told while the other transaction is open"
        overnight.connection.commit()
    assert await parts(erp) == {"catalogue"}, "older than what was seen already, and told all the same"


# --- the doorbell -----------------------------------------------------------------------------------------------------


async def test_the_bell_rings_within_a_moment_of_a_counter_sale(store: Store) -> None:
    await install(store)
    sku = store.skus()[0]
    store.stock(sku, 9)
    erp = store.erp(change_log=True)
    rings = Rings()
    await erp.changes(rings.ring)
    with anyio.fail_after(5):
        await rings.one()  # when it is set up
    with anyio.move_on_after(0.2):
        await rings.one()  # what the server counted before
    assert await parts(erp) == set()
    assert await anyio.to_thread.run_sync(lambda: store.till.sell(sku)) is not None
    committed = time.monotonic()
    with anyio.fail_after(SECOND):
        await rings.one()
    assert await parts(erp) == {"stock"}
    assert time.monotonic() - committed < SECOND
    await erp.close()


async def test_a_bell_that_has_died_is_noticed_by_what_the_clock_finds_and_set_up_anew(
    store: Store, erp: CPlus, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings = Rings()
    await erp.close()
    with monkeypatch.context() as silence:
        silence.setattr(doorbell._Told, "events_arrived", lambda *_: None)
        await erp.changes(rings.ring)
        with anyio.fail_after(5):
            await rings.one()  # when it is set up
        assert await parts(erp) == set()
        store.stock(store.skus()[0], 4)
        with anyio.move_on_after(0.3):
            await rings.one()
            pytest.fail("nothing can be heard")
    assert await parts(erp) == {"stock"}, "found by the clock"
    with anyio.fail_after(5):
        await rings.one()  # set up anew


# --- what the tills feel ----------------------------------------------------------------------------------------------


async def test_a_till_user_without_any_right_on_the_log_sells_and_is_logged(served: Store) -> None:
    await install(served)
    sku = served.skus()[0]
    for plugin in ("Srp", "Legacy_UserManager"):  # as a till of today logs in, and one of Firebird 2.5
        served.change(f"CREATE USER CAIXA PASSWORD 'caixa123' USING PLUGIN {plugin}")
    served.change("GRANT SELECT, UPDATE ON PRODUTOESTOQUE TO CAIXA")
    base = served.database
    with connect(Database(base.path, base.host, base.port, user="CAIXA", password="caixa123")) as till:
        till.begin(writing(1))
        with till.cursor() as cursor:
            cursor.execute("UPDATE PRODUTOESTOQUE SET ESTATU = 3 WHERE CODPROD = ?", (sku,))
        till.commit()
    for plugin in ("Srp", "Legacy_UserManager"):
        served.change(f"DROP USER CAIXA USING PLUGIN {plugin}")
    assert log_rows(served) > 0


async def test_two_tills_that_touch_one_product_at_once_do_not_wait_for_each_other_on_the_log(store: Store) -> None:
    await install(store)
    sku = store.skus()[0]
    with store.open_transaction() as one, store.open_transaction() as other:
        one.execute("UPDATE PRODUTO SET NOMEPROD = 'A' WHERE CODPROD = ?", (sku,))
        other.execute("UPDATE PRODUTOPRECO SET MARGEM = 1 WHERE CODPROD = ?", (sku,))
        one.connection.commit()
        other.connection.commit()
    assert log_rows(store) >= 2


async def test_a_sale_goes_through_when_the_log_takes_nothing(store: Store) -> None:
    await install(store)
    sku = store.skus()[0]
    store.stock(sku, 5)
    # Whatever may go wrong with the log: here no row fits it any more.
    store.change(f"ALTER TABLE {LOG} ADD CONSTRAINT INTEGRA_TEST CHECK (ID < 0)")
    before = log_rows(store)
    assert store.till.sell(sku) is not None
    assert log_rows(store) == before
    assert store.held(sku)[0] == 4


# --- coming and going -------------------------------------------------------------------------------------------------

OBJECTS = """
SELECT TRIM(RDB$TRIGGER_NAME) AS NAME, RDB$TRIGGER_INACTIVE AS STATE FROM RDB$TRIGGERS WHERE RDB$SYSTEM_FLAG = 0
UNION ALL SELECT TRIM(RDB$RELATION_NAME), 0 FROM RDB$RELATIONS WHERE RDB$SYSTEM_FLAG = 0
UNION ALL SELECT TRIM(RDB$GENERATOR_NAME), 0 FROM RDB$GENERATORS WHERE RDB$SYSTEM_FLAG = 0
UNION ALL SELECT TRIM(RDB$INDEX_NAME), 0 FROM RDB$INDICES WHERE RDB$SYSTEM_FLAG = 0
"""


def objects(store: Store) -> set[tuple[str, int]]:
    return {(row["NAME"], row["STATE"] or 0) for row in store.rows(OBJECTS)}


async def test_removing_leaves_the_base_as_it_was_and_c_plus_own_triggers_alone(store: Store) -> None:
    store.change("CREATE TRIGGER INTEGRACAO_BI FOR PRODUTO ACTIVE BEFORE UPDATE POSITION 0 AS BEGIN END")
    before = objects(store)
    store.staff.close()  # a till that has sold meanwhile keeps the log in use until it leaves: see below
    state = await install(store)
    assert state.works
    tables = {name for name, _ in objects(store)}
    assert set(state.whole) == {name_of(watched.table) for watched in WATCHED if watched.table in tables}
    store.staff.close()
    assert (await on(store, Triggers.remove)).nothing
    assert objects(store) == before


async def test_a_log_that_a_till_still_uses_is_removed_by_the_next_call(store: Store) -> None:
    # Firebird up to 3.0 keeps it while a connection stays that has used it, 4.0 and 5.0 while such a transaction does.
    await install(store)
    sku = store.skus()[0]
    store.stock(sku, 5)
    with store.open_transaction() as till:
        till.execute("UPDATE PRODUTO SET NOMEPROD = 'A' WHERE CODPROD = ?", (sku,))
        with pytest.raises(RetryLater, match="erp-log-in-use"):
            await on(store, Triggers.remove)
        assert store.till.sell(sku) is not None, "without triggers the other tills sell on"
        assert not (await on(store, Triggers.state)).whole
    store.till.close()
    store.staff.close()
    assert (await on(store, Triggers.remove)).nothing


async def test_installing_again_puts_right_what_was_dropped_altered_or_switched_off(store: Store) -> None:
    await install(store)
    store.change(f"DROP TRIGGER {name_of('PRODUTO')}")
    store.change(f"ALTER TRIGGER {name_of('PRECO')} INACTIVE")
    store.change(f"ALTER TRIGGER {name_of('ORCAMENTO')} AS BEGIN POST_EVENT '{LOG}'; END")
    state = await on(store, Triggers.state)
    assert (state.missing, state.inactive, state.altered) == (
        (name_of("PRODUTO"),),
        (name_of("PRECO"),),
        (name_of("ORCAMENTO"),),
    )
    assert not state.works
    assert (await install(store)).works


@pytest.mark.parametrize("mended", [Triggers.install, Triggers.remove])
async def test_what_a_hand_left_of_the_log_hinders_neither_a_new_installation_nor_the_removal(
    store: Store, mended: Callable[[Triggers], object]
) -> None:
    store.staff.close()
    store.till.close()
    await install(store)
    assert (await on(store, Triggers.remove)).nothing
    store.change(f"CREATE SEQUENCE {SEQUENCE}")
    assert not (await on(store, Triggers.state)).nothing
    state = await on(store, mended)
    assert state.works if mended is Triggers.install else state.nothing


async def test_a_trigger_of_somebody_elses_under_our_name_is_left_alone(embedded: Store) -> None:
    theirs = f"CREATE TRIGGER {name_of('PRODUTO')} FOR PRODUTO ACTIVE BEFORE UPDATE POSITION 0 AS BEGIN END"
    embedded.change(theirs)
    before = objects(embedded)
    with pytest.raises(NeedsPerson, match="erp-trigger-name-taken"):
        await install(embedded)
    assert (await on(embedded, Triggers.remove)).missing
    assert objects(embedded) == before


async def test_triggers_that_an_upgrade_dropped_are_missed_and_told_when_they_are_back(
    store: Store, erp: CPlus
) -> None:
    store.change(f"DROP TRIGGER {name_of('PRODUTOESTOQUE')}")
    store.clock.advance(60)
    changes = await erp.changes(nothing)
    assert changes is not None
    assert changes.faults == (name_of("PRODUTOESTOQUE"),)
    store.stock(store.skus()[0], 3)
    await install(store)
    store.clock.advance(60)
    assert await parts(erp) == PARTS, "what happened in between is unknown"


async def test_triggers_of_an_earlier_version_are_told_apart_from_lost_ones_and_renewed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:  # it watched less, and did not ring
        earlier.setattr(triggers, "WATCHED", WATCHED[:-2])
        today = triggers.source_of
        earlier.setattr(triggers, "source_of", lambda watched: today(watched).replace("POST_EVENT", "-- "))
        assert (await install(store)).works
    erp = store.erp(change_log=True)
    changes = await erp.changes(nothing)
    assert changes is not None
    assert changes.outdated
    assert set(changes.faults) >= {name_of("PRODUTO"), name_of("NFELETRONICA")}
    assert (await install(store)).works
    store.change(f"DROP TRIGGER {name_of('PRODUTO')}")
    store.clock.advance(60)
    changes = await erp.changes(nothing)
    assert changes is not None
    assert (changes.faults, changes.outdated) == ((name_of("PRODUTO"),), False)
    await erp.close()


async def test_a_log_removed_under_a_running_engine_is_missed_and_told_when_it_is_back(
    store: Store, erp: CPlus
) -> None:
    store.staff.close()
    store.till.close()
    assert (await on(store, Triggers.remove)).nothing, "the engine keeps nobody from it"
    for _ in range(2):  # at the first look, not after half a minute
        changes = await erp.changes(nothing)
        assert changes is not None
        assert LOG in changes.faults
    await install(store)
    store.clock.advance(60)
    assert await parts(erp) == PARTS, "what happened in between is unknown"
    store.stock(store.skus()[0], 3)
    assert await parts(erp) == {"stock"}


async def test_what_was_read_is_deleted_from_the_log(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    for amount in range(1, 6):
        store.stock(sku, amount)
    assert await parts(erp) == {"stock"}
    assert log_rows(store) > 0
    store.clock.advance(120)
    await parts(erp)
    store.stock(sku, 7)
    store.clock.advance(120)
    assert await parts(erp) == {"stock"}
    assert log_rows(store) < 10


async def test_where_nobody_asked_for_it_the_base_is_not_even_looked_at(store: Store) -> None:
    erp = store.erp()
    assert await erp.changes(nothing) is None
    await erp.close()
