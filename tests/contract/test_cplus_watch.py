"""An installer reserves, cancels and invoices one piece in C-Plus; Integra finds out who counts what is reserved."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from connectors.cplus import settings
from connectors.cplus.settings import Reservation
from connectors.cplus.survey.habit import Proposal, Seen, Step
from connectors.cplus.survey.watch import Movement, Watch
from engine.errors import Refused
from engine.ports import Surroundings
from tests.contract.cplus_office import Keeper, Office
from tests.contract.cplus_store import OPTIONS, Store

pytestmark = pytest.mark.anyio

IDLE_LOOKS = 3


def watch_of(store: Store) -> Watch:
    database = store.database
    table = {
        **OPTIONS,
        "path": database.path,
        "user": database.user,
        "host": database.host or "",
        "port": database.port,
    }
    surroundings = Surroundings(store.clock, random.Random(1), lambda: "id")
    return Watch(settings.parse(table), database.password, surroundings)


class Watched:
    """A watch that is under way; `after` lets somebody act and looks until the step is over."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.movements: list[Movement] = []

    async def after(self, act: Callable[[], object]) -> list[Seen]:
        act()
        return await self.looks()

    async def looks(self, times: int = IDLE_LOOKS) -> list[Seen]:
        seen: list[Seen] = []
        for _ in range(times):
            look = await self.watch.look()
            self.movements += look.movements
            seen += look.seen
        return seen


@asynccontextmanager
async def watching(store: Store, sku: str) -> AsyncIterator[Watched]:
    watch = watch_of(store)
    try:
        await watch.begin(sku)
        yield Watched(watch)
    finally:
        await watch.close()


async def go_through(office: Office, watched: Watched, sku: str) -> Proposal:
    """The three steps of the guide."""
    first, second = office.quote(sku), office.quote(sku)
    await watched.looks()
    assert [seen.step for seen in await watched.after(lambda: office.reserve(first))] == [Step.RESERVED]
    assert [seen.step for seen in await watched.after(lambda: office.cancel(first))] == [Step.CANCELLED]
    assert [seen.step for seen in await watched.after(lambda: office.reserve(second))] == [Step.RESERVED]
    assert [seen.step for seen in await watched.after(lambda: office.invoice(second))] == [Step.INVOICED]
    return watched.watch.finish()


@pytest.mark.parametrize(
    ("keeper", "mode"),
    [
        (Keeper.PROGRAM, Reservation.FLAG_AND_AMOUNT),
        (Keeper.TRIGGER, Reservation.FLAG),
        (Keeper.NOBODY, Reservation.NONE),
    ],
)
async def test_who_counts_the_reserved_pieces_is_found_out_by_three_steps_in_c_plus(
    store: Store, keeper: Keeper, mode: Reservation
) -> None:
    sku = store.skus()[0]
    store.stock(sku, 5)
    with Office(store.database, store.clock, keeper) as office:
        async with watching(store, sku) as watched:
            proposal = await go_through(office, watched, sku)
    assert proposal.reservation is mode
    assert proposal.releases_at_invoicing == (None if keeper is Keeper.NOBODY else "erp")
    assert proposal.triggers == (("ORCAMENTO_RESERVA",) if keeper is Keeper.TRIGGER else ())
    moved = [(m.column, m.before, m.after) for m in watched.movements if m.table == "PRODUTOESTOQUE"]
    assert (("RESERVADOORCAMENTO", "0.0000", "1.0000") in moved) is (keeper is not Keeper.NOBODY)
    assert ("ESTATU", "5.0000", "4.0000") in moved
    flags = [(m.before, m.after) for m in watched.movements if (m.table, m.column) == ("ORCAMENTO", "FLAGRESERVADO")]
    assert flags[0] == ("N", "Y")
    assert not any("JOANA" in str(m.after) for m in watched.movements), "who bought it shows nothing about reservations"


async def test_what_stays_reserved_after_the_invoice_is_for_integra_to_give_back(embedded: Store) -> None:
    sku = embedded.skus()[0]
    embedded.stock(sku, 5)
    with Office(embedded.database, embedded.clock, Keeper.PROGRAM, releases=False) as office:
        async with watching(embedded, sku) as watched:
            proposal = await go_through(office, watched, sku)
    assert proposal.settings == {"reservation": "flag+amount", "releases_at_invoicing": "integra"}


async def test_a_trigger_that_only_checks_the_amount_is_not_taken_for_one_that_moves_it(embedded: Store) -> None:
    sku = embedded.skus()[0]
    embedded.stock(sku, 5)
    with Office(embedded.database, embedded.clock, Keeper.PROGRAM, check=True) as office:
        async with watching(embedded, sku) as watched:
            proposal = await go_through(office, watched, sku)
    assert proposal.reservation is Reservation.FLAG_AND_AMOUNT


async def test_a_till_that_sells_the_reserved_piece_is_noticed(embedded: Store) -> None:
    sku = embedded.skus()[0]
    embedded.stock(sku, 1)
    with Office(embedded.database, embedded.clock, Keeper.PROGRAM) as office:
        order = office.quote(sku)
        async with watching(embedded, sku) as watched:
            await watched.after(lambda: office.reserve(order))
            assert embedded.till.sell(sku) is None, "this till heeds what is reserved"
            await watched.looks()
            assert watched.watch.finish().till_kept is None, (
                "a refusal leaves no trace in the base: a person must say it"
            )
            (sold,) = await watched.after(lambda: embedded.careless_till.sell(sku))
            assert (sold.step, int(sold.on_hand), int(sold.free_before)) == (Step.SOLD, -1, 0)
            assert watched.watch.finish().till_kept is False


async def test_an_amount_that_follows_its_flag_seconds_later_belongs_to_the_same_step(embedded: Store) -> None:
    sku = embedded.skus()[0]
    embedded.stock(sku, 5)
    with Office(embedded.database, embedded.clock, Keeper.NOBODY) as office:
        order = office.quote(sku)
        async with watching(embedded, sku) as watched:
            await watched.after(lambda: office.reserve(order))
            late = (
                "UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = 1 WHERE CODPROD = ? AND CODSETORESTOQUE = '000000001'"
            )
            (seen,) = await watched.after(lambda: embedded.change(late, sku))
            assert (seen.step, int(seen.reserved)) == (Step.RESERVED, 1)
            assert watched.watch.finish().reservation is Reservation.FLAG_AND_AMOUNT


async def test_two_things_at_once_prove_nothing(embedded: Store) -> None:
    sku = embedded.skus()[0]
    embedded.stock(sku, 5)
    with Office(embedded.database, embedded.clock, Keeper.PROGRAM) as office:
        first, second = office.quote(sku), office.quote(sku)
        async with watching(embedded, sku) as watched:
            office.reserve(first)
            await watched.after(lambda: office.reserve(second))
            assert watched.watch.finish().reservation is None


async def test_a_product_that_c_plus_does_not_have_is_refused(embedded: Store) -> None:
    watch = watch_of(embedded)
    with pytest.raises(Refused, match="erp-no-such-product"):
        await watch.begin("999999999")
    with pytest.raises(Refused, match="erp-no-such-product"):
        await watch.begin("não é código")
    await watch.close()
