"""Where an order goes to is corrected in C-Plus while it is open, and left alone once it is sold or cancelled."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.cplus.erp import CPlus
from engine.errors import Refused
from engine.model.people import Address, Recipient
from tests.contract.cplus_store import Store, order_for

pytestmark = pytest.mark.anyio

CUSTOMER = "00000002"
ELSEWHERE = Recipient(
    "João Lima", "51988887777", Address("Rua Nova", "77", "Fundos", "Centro", "Canoas", "RS", "92010000")
)


@pytest.fixture
async def erp(store: Store) -> AsyncIterator[CPlus]:
    opened = store.erp()
    yield opened
    await opened.close()


async def placed(store: Store, erp: CPlus) -> str:
    sku = store.skus()[0]
    store.stock(sku, 5)
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (sku, 1)))
    return codes.key


def goes_to(store: Store, key: str) -> tuple[object, object, object]:
    row = store.rows("SELECT ENTREGACIDADE, ENTREGACEP, CONTATO FROM ORCAMENTO WHERE CODORC = ?", key)[0]
    return tuple(row.values())


async def test_an_open_order_goes_where_a_person_says_and_keeps_its_goods(store: Store, erp: CPlus) -> None:
    key = await placed(store, erp)
    for _again in range(2):
        stands = await erp.correct_delivery(key, ELSEWHERE)
        assert goes_to(store, key) == ("CANOAS", "92010000", "JOÃO LIMA")
        assert stands.reserved
    assert store.rows("SELECT ENTREGAENDERECO FROM ORCAMENTO WHERE CODORC = ?", key)[0]["ENTREGAENDERECO"].startswith(
        "RUA NOVA"
    )


async def test_what_is_invoiced_or_cancelled_is_left_alone_and_tells_so(store: Store, erp: CPlus) -> None:
    sold, cancelled = await placed(store, erp), await placed(store, erp)
    store.staff.invoice(sold)
    await erp.cancel_order(cancelled, "desistiu")
    was = goes_to(store, sold)
    assert (await erp.correct_delivery(sold, ELSEWHERE)).sold
    assert (await erp.correct_delivery(cancelled, ELSEWHERE)).cancelled
    assert goes_to(store, sold) == goes_to(store, cancelled) == was


async def test_an_order_that_staff_deleted_is_told_as_gone(store: Store, erp: CPlus) -> None:
    with pytest.raises(Refused) as error:
        await erp.correct_delivery("00009999", ELSEWHERE)
    assert error.value.code == "erp-order-gone"
