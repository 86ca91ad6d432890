"""C-Plus over a network that breaks at the worst moment: the order, its customer and its reservation stand once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from connectors.cplus.base.session import Fate
from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from engine.errors import IntegraError, Misconfigured, OutcomeUnknown, RetryLater
from tests.contract.cplus_store import BUYER, Store, order_for
from tests.faulty_link import FaultyLink
from tests.firebird_server import FirebirdServer

pytestmark = pytest.mark.anyio

CUSTOMER = "00000002"
SETTLED_S_MAX = 5.0


@contextmanager
def cut_at_commit(link: FaultyLink, *, applied: bool) -> Iterator[None]:
    """Break the link at the commit of the write that comes next, before or after the server has got it."""
    leaves = Fate.commit

    def armed(fate: Fate) -> None:
        leaves(fate)
        (link.cut_after if applied else link.cut_before)()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Fate, "commit", armed)
        yield


async def read_back(erp: CPlus, reference: str, standing: int) -> None:
    """Until the server has noticed that the client of the first try is gone."""
    for _ in range(int(SETTLED_S_MAX / 0.05)):
        if len(await erp.find_orders(reference)) == standing:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not {standing} orders within {SETTLED_S_MAX} s")


async def written_at_last(erp: CPlus, store: Store, sku: str, codes: object, order: object) -> None:
    """As the engine does: the same codes again until it is told how the order stands."""
    for _ in range(20):
        try:
            written = await erp.write_order(codes, order)  # type: ignore[arg-type]  # handed through
        except (RetryLater, OutcomeUnknown):
            await asyncio.sleep(0.05)
            continue
        assert written.reserved
        return
    raise AssertionError("the order never got through")


@pytest.mark.parametrize("applied", [True, False])
async def test_the_connection_lost_in_the_middle_of_the_commit_leaves_one_order(
    served: Store, link: FaultyLink, applied: bool
) -> None:
    erp = served.erp(port=link.port)
    sku = served.skus()[0]
    served.stock(sku, 5)
    codes = await erp.take_order_codes()
    order = order_for(CUSTOMER, (sku, 2))
    with cut_at_commit(link, applied=applied), pytest.raises(OutcomeUnknown):
        await erp.write_order(codes, order)
    assert link.struck.is_set()
    await read_back(erp, order.reference, int(applied))
    assert served.held(sku) == ((5, 2) if applied else (5, 0))
    await written_at_last(erp, served, sku, codes, order)
    assert len(await erp.find_orders(order.reference)) == 1
    assert served.held(sku) == (5, 2)
    await erp.close()


@pytest.mark.long
async def test_a_cut_at_any_message_of_an_order_leaves_it_once(served: Store, link: FaultyLink) -> None:
    """The order with its customer, cut before and after each of its messages until none is left to cut."""
    erp = served.erp(port=link.port)
    sku = served.skus()[0]
    served.stock(sku, 1000)
    reserved, struck = 0, True
    await erp.fit("name", "x")
    for message in range(1, 400):
        for applied in (True, False):
            order = order_for(CUSTOMER, (sku, 1), reference=f"M{message}{'A' if applied else 'B'}")
            codes = await erp.take_order_codes()
            (link.cut_after if applied else link.cut_before)(message)
            await written_at_last(erp, served, sku, codes, order)
            struck = link.struck.is_set()
            link.disarm()
            reserved += 1
            found = await erp.find_orders(order.reference)
            assert [(state.key, state.reserved) for state in found] == [(codes.key, True)]
        assert served.held(sku) == (1000, reserved)
        if not struck:
            break
    else:
        raise AssertionError("an order takes more messages than thought")
    assert reserved > 4
    assert len(served.rows("SELECT 1 AS ONE FROM ORCAMENTOPROD")) == reserved
    await erp.close()


@pytest.mark.parametrize("applied", [True, False])
async def test_a_customer_created_over_a_broken_link_stands_once(
    served: Store, link: FaultyLink, applied: bool
) -> None:
    erp = served.erp(port=link.port)
    code = await erp.take_customer_code()
    with cut_at_commit(link, applied=applied), pytest.raises(OutcomeUnknown):
        await erp.create_customer(code, BUYER, None)
    for _ in range(100):
        try:
            await erp.create_customer(code, BUYER, None)
            break
        except RetryLater:
            await asyncio.sleep(0.05)
    found = await erp.find_customers(BUYER.document, "")
    assert [customer.code for customer in found] == [code]
    assert len(served.rows("SELECT 1 AS ONE FROM CLIENTECARACTERISTICA WHERE CODCLI = ?", code)) == 1
    await erp.close()


@pytest.mark.parametrize("applied", [True, False])
async def test_a_cancel_cut_in_its_commit_gives_back_once(served: Store, link: FaultyLink, applied: bool) -> None:
    erp = served.erp(port=link.port)
    sku = served.skus()[0]
    served.stock(sku, 5)
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (sku, 2)))
    with cut_at_commit(link, applied=applied), pytest.raises(OutcomeUnknown):
        await erp.cancel_order(codes.key, "")
    for _ in range(100):
        try:
            assert (await erp.cancel_order(codes.key, "")).state.cancelled
            break
        except RetryLater:
            await asyncio.sleep(0.05)
    assert served.held(sku) == (5, 0)
    await erp.close()


async def test_a_server_killed_and_restarted_is_found_again(served: Store, firebird_server: FirebirdServer) -> None:
    erp = served.erp()
    sku = served.skus()[0]
    served.stock(sku, 5)
    served.close()
    codes = await erp.take_order_codes()
    await erp.price_tables()
    firebird_server.kill()
    with pytest.raises(RetryLater) as read:
        await erp.price_tables()
    assert read.value.code == "erp-unreachable"
    with pytest.raises(RetryLater):
        await erp.write_order(codes, order_for(CUSTOMER, (sku, 2)))
    firebird_server.restart()
    assert len(await erp.price_tables()) == 3
    assert (await erp.write_order(codes, order_for(CUSTOMER, (sku, 2)))).reserved
    await erp.close()


async def test_a_connection_that_died_while_idle_is_replaced_unnoticed(served: Store, link: FaultyLink) -> None:
    erp = served.erp(port=link.port)
    await erp.price_tables()
    first = await erp.take_order_codes()
    link.cut_now()
    assert len(await erp.price_tables()) == 3
    assert await erp.take_order_codes() != first
    await erp.close()


async def test_a_line_that_goes_silent_holds_nobody_longer_than_the_timeout(served: Store, link: FaultyLink) -> None:
    erp = served.erp(port=link.port, read_timeout_s=1, write_timeout_s=1)
    sku = served.skus()[0]
    served.stock(sku, 5)
    codes = await erp.take_order_codes()
    await erp.price_tables()
    link.freeze()
    ticks = 0

    async def count() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    counting = asyncio.ensure_future(count())
    for call in (erp.price_tables(), erp.write_order(codes, order_for(CUSTOMER, (sku, 1)))):
        with pytest.raises(RetryLater) as slow:
            await call
        assert slow.value.code == "erp-slow"
    counting.cancel()
    assert ticks > 100, "the loop was blocked"
    for _ in range(100):
        if not any(thread.name.startswith("cplus-") for thread in threading.enumerate()):
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("a thread still hangs in the silent line")
    link.thaw()
    await written_at_last(erp, served, sku, codes, order_for(CUSTOMER, (sku, 1)))
    assert len(await erp.price_tables()) == 3
    await erp.close()


async def test_a_cancelled_wait_does_no_harm_to_the_next_call(served: Store) -> None:
    erp = served.erp()
    for _ in range(20):
        waiting = asyncio.ensure_future(erp.prices(None))
        await asyncio.sleep(0.002)
        waiting.cancel()
        assert len(await erp.price_tables()) == 3
    await erp.close()


@pytest.mark.parametrize(
    ("wrong", "kind", "code"),
    [
        ({"password": "nonsense"}, Misconfigured, "erp-login-refused"),
        ({"path": "/nowhere/CPLUS.FDB"}, Misconfigured, "erp-path-wrong"),
        ({"path": __file__}, Misconfigured, "erp-path-wrong"),
        ({"path": "C:\\CPlus\\CPLUS.FDB"}, Misconfigured, "erp-path-wrong"),
        ({"port": 1}, RetryLater, "erp-unreachable"),
        ({"seller": "000000999"}, Misconfigured, "erp-option-unknown"),
        ({"sectors": ["000000999"]}, Misconfigured, "erp-option-unknown"),
        ({"reference_column": "PEDIDO_DO_SITE"}, Misconfigured, "erp-option-unknown"),
    ],
)
async def test_what_is_wrong_is_said_clearly(
    served: Store, wrong: dict[str, Any], kind: type[IntegraError], code: str
) -> None:
    erp = served.erp(**wrong)
    with pytest.raises(kind) as said:
        await erp.identity()
    assert said.value.code == code
    await erp.close()


async def test_a_base_of_another_layout_is_refused_by_naming_what_it_lacks(embedded: Store) -> None:
    embedded.change("DROP INDEX IDX_MOVENDA_NUMPED")
    embedded.change("ALTER TABLE MOVENDA DROP NUMPED")
    embedded.close()
    erp = embedded.erp()
    with pytest.raises(Misconfigured) as said:
        await erp.identity()
    assert (said.value.code, said.value.params["missing"]) == ("erp-layout-unknown", "MOVENDA.NUMPED")
    await erp.close()


async def test_an_upgrade_that_adds_and_drops_columns_under_us_is_taken_in_stride(store: Store) -> None:
    erp = store.erp()
    sku = store.skus()[0]
    store.stock(sku, 5)
    first, second = await erp.take_order_codes(), await erp.take_order_codes()
    await erp.write_order(first, order_for(CUSTOMER, (sku, 1)))
    await erp.catalogue([r.VENDA_ONLINE], None)
    store.change("ALTER TABLE ORCAMENTO ADD CAMPONOVO VARCHAR(10), ADD OUTROCAMPO INTEGER")
    store.change("ALTER TABLE ORCAMENTO DROP CONTATO, DROP ENTREGABAIRRO")
    store.change("ALTER TABLE PRODUTO DROP PESOBRUTO")
    store.close()
    written = await erp.write_order(second, order_for(CUSTOMER, (sku, 1), reference="M1000002"))
    assert written.reserved
    assert (await erp.catalogue([r.VENDA_ONLINE], None)).products
    assert store.held(sku) == (5, 2)
    await erp.close()


async def test_an_upgrade_that_takes_away_what_is_needed_is_named_under_a_running_engine(store: Store) -> None:
    erp = store.erp()
    assert await erp.price_tables()
    store.change("ALTER TABLE PRECO DROP NOMEPRECO")
    store.close()
    for _ in range(2):
        with pytest.raises(Misconfigured) as said:
            await erp.price_tables()
        assert (said.value.code, said.value.params["missing"]) == ("erp-layout-unknown", "PRECO.NOMEPRECO")
    store.change("ALTER TABLE PRECO ADD NOMEPRECO VARCHAR(40)")
    store.close()
    assert len(await erp.price_tables()) == 3
    await erp.close()


async def test_a_wrong_password_is_tried_once_for_all_connections_and_not_again_for_a_while(
    served_newly: Store, firebird_server: FirebirdServer
) -> None:
    link = FaultyLink(firebird_server.host, firebird_server.port)
    erp = served_newly.erp(port=link.port, user="NOBODY", password="nonsense")
    refusals = await asyncio.gather(erp.price_tables(), erp.take_order_codes(), erp.identity(), return_exceptions=True)
    assert [str(refusal).partition(":")[0] for refusal in refusals] == ["erp-login-refused"] * 3
    assert link.connections == 1
    served_newly.clock.advance(29)
    with pytest.raises(Misconfigured) as said:
        await erp.price_tables()
    assert "tried again from 15:00:30 UTC" in said.value.detail
    assert link.connections == 1
    assert "nonsense" not in said.value.detail
    await erp.close()
    link.close()


async def test_a_login_put_right_on_the_server_is_accepted_at_the_next_try(served_newly: Store) -> None:
    erp = served_newly.erp(user="LATECOMER", password="late1234")
    with pytest.raises(Misconfigured):
        await erp.price_tables()
    for plugin in ("Srp", "Legacy_UserManager"):
        served_newly.change(f"CREATE OR ALTER USER LATECOMER PASSWORD 'late1234' USING PLUGIN {plugin}")
    served_newly.change("GRANT SELECT ON PRECO TO LATECOMER")
    with pytest.raises(Misconfigured):
        await erp.price_tables()
    served_newly.clock.advance(30)
    assert len(await erp.price_tables()) == 3
    for plugin in ("Srp", "Legacy_UserManager"):
        served_newly.change(f"DROP USER LATECOMER USING PLUGIN {plugin}")
    await erp.close()
