"""What an order gives back is what it had taken, whatever became of its products and its sales in the meantime."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.cplus.erp import CPlus
from tests.contract.cplus_store import Store, order_for

pytestmark = pytest.mark.anyio

CUSTOMER = "00000002"


@pytest.fixture
async def erp(served: Store) -> AsyncIterator[CPlus]:
    opened = served.erp()
    yield opened
    await opened.close()


async def written(store: Store, erp: CPlus, *lines: tuple[str, int], reference: str = "M1") -> str:
    """A reserved order of these lines; the stock is what it was."""
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, order_for(CUSTOMER, *lines, reference=reference))).reserved
    return codes.key


def control(store: Store, sku: str, *, controlled: bool) -> None:
    store.change("UPDATE PRODUTO SET FLAGCONTROLAESTOQUE = ? WHERE CODPROD = ?", "Y" if controlled else "N", sku)


# --- a product whose stock control is switched in between -------------------------------------------------------------


async def test_goods_whose_stock_control_was_switched_off_since_are_given_back(served: Store, erp: CPlus) -> None:
    sku = served.skus()[0]
    served.stock(sku, 5)
    key = await written(served, erp, (sku, 2))
    control(served, sku, controlled=False)
    await erp.cancel_order(key, "")
    assert served.held(sku) == (5, 0)


async def test_what_took_nothing_gives_nothing_back_when_its_stock_is_controlled_since(
    served: Store, erp: CPlus
) -> None:
    sku = served.skus()[0]
    served.stock(sku, 5)
    control(served, sku, controlled=False)
    free = await written(served, erp, (sku, 2))
    control(served, sku, controlled=True)
    await written(served, erp, (sku, 3), reference="M2")
    await erp.release_order(free, [sku])
    assert served.held(sku) == (5, 3), "another order's goods stay its own"


async def test_an_order_read_back_tells_again_what_takes_no_goods(served: Store, erp: CPlus) -> None:
    service, goods = served.skus()[:2]
    control(served, service, controlled=False)
    served.stock(goods, 1)
    codes, order = await erp.take_order_codes(), order_for(CUSTOMER, (service, 1), (goods, 1))
    for _ in range(2):
        told = await erp.write_order(codes, order)
        assert (told.reserved, told.uncontrolled_skus) == (True, (service,))
    assert (await erp.reserve_order(codes.key)).uncontrolled_skus == (service,)
    await erp.cancel_order(codes.key, "", [service])
    told = await erp.reserve_order(codes.key)
    assert (told.reserved, told.uncontrolled_skus) == (False, (service,))


async def test_goods_whose_stock_row_is_gone_are_named(served: Store, erp: CPlus) -> None:
    gone, there = served.skus()[:2]
    served.stock(gone, 2)
    served.stock(there, 2)
    key = await written(served, erp, (gone, 2), (there, 1))
    served.change("DELETE FROM PRODUTOESTOQUE WHERE CODPROD = ?", gone)
    let_go = await erp.cancel_order(key, "")
    assert let_go.skus_without_row == (gone,)
    assert let_go.state.cancelled
    assert served.held(there) == (2, 0)
    assert (await erp.cancel_order(key, "")).skus_without_row == (), "told once, when it happens"


# --- a sale that was undone -------------------------------------------------------------------------------------------


async def test_an_order_whose_sale_was_cancelled_can_be_cancelled(served: Store, erp: CPlus) -> None:
    sku = served.skus()[0]
    served.stock(sku, 5)
    key = await written(served, erp, (sku, 2))
    sale = served.staff.invoice(key)
    assert not (await erp.cancel_order(key, "")).state.cancelled, "sold"
    served.staff.cancel_sale(sale.key, "erro")
    state = (await erp.cancel_order(key, "")).state
    assert (state.cancelled, state.sold) == (True, False)
    assert served.held(sku) == (5, 0)


async def test_of_an_order_whose_partial_sale_was_cancelled_only_the_rest_is_still_held(
    served: Store, erp: CPlus
) -> None:
    sku = served.skus()[0]
    served.stock(sku, 9)
    key = await written(served, erp, (sku, 3))
    await written(served, erp, (sku, 4), reference="M2")
    served.clock.advance(60)
    sale = served.staff.invoice(key, only={sku: 1})
    assert served.held(sku) == (8, 6)
    await erp.release_order(key)
    assert served.held(sku) == (8, 6), "a sale of it stands"
    served.staff.cancel_sale(sale.key, "erro")
    assert served.held(sku) == (9, 6), "the invoice gave its piece back"
    await erp.release_order(key)
    assert served.held(sku) == (9, 4), "the other order's goods stay its own"


async def test_an_order_whose_sale_is_known_by_its_reference_and_was_cancelled_can_be_cancelled(
    served: Store, erp: CPlus
) -> None:
    sku = served.skus()[0]
    served.stock(sku, 5)
    key = await written(served, erp, (sku, 2))
    sale = served.staff.invoice(key)
    served.change("DELETE FROM ORCAMENTOVENDA")  # C-Plus left no link, or a layout has none
    assert (await erp.cancel_order(key, "")).state.sold, "while it stands, it is nobody's to cancel"
    served.staff.cancel_sale(sale.key, "erro")
    told = await erp.cancel_order(key, "")
    assert (told.state.cancelled, told.state.sold) == (True, False)


async def test_an_order_reserved_anew_after_its_sale_was_cancelled_gives_all_of_it_back(
    served: Store, erp: CPlus
) -> None:
    sku = served.skus()[0]
    served.stock(sku, 9)
    key = await written(served, erp, (sku, 3))
    served.clock.advance(60)
    sale = served.staff.invoice(key, only={sku: 1})
    served.staff.cancel_sale(sale.key, "erro")
    await erp.release_order(key)
    served.clock.advance(60)
    assert (await erp.reserve_order(key)).reserved
    assert served.held(sku) == (9, 3)
    await erp.cancel_order(key, "")
    assert served.held(sku) == (9, 0)


async def test_what_cplus_still_calls_invoiced_is_not_reserved_again(served: Store, erp: CPlus) -> None:
    sku = served.skus()[0]
    served.stock(sku, 5)
    key = await written(served, erp, (sku, 2))
    sale = served.staff.invoice(key)
    served.staff.cancel_sale(sale.key, "erro")
    assert not (await erp.reserve_order(key)).reserved
    assert served.held(sku) == (5, 0)
