"""What the order's page says of the buyer as C-Plus keeps him, and of an order that a restored C-Plus lacks."""

from __future__ import annotations

import pytest

from console import language
from console.actions import BY_ID
from console.reading.order import order_detail
from console.reasons import Situation
from console.screens.order_page import order_page
from engine.orders import MISSING_IN_ERP, Fulfilment, Payment
from tests.console.builder import StoreFile


@pytest.fixture(autouse=True)
def _speak_portuguese() -> None:
    language.use("pt_BR")


def page(store: StoreFile, order: int) -> str:
    detail = order_detail(store.db, order, {})
    assert detail is not None
    return "\n".join("".join(piece.text for piece in line) for line in order_page(detail, store.now))


def test_a_block_its_reason_the_limit_and_the_price_table_stand_beside_the_buyer(store: StoreFile) -> None:
    order = store.order("000000401")
    assert "BLOQUEADO" not in page(store, order)
    store.db.execute(
        "UPDATE customer SET erp_code = '00000021', price_table = '000000002', blocked = 1,"
        " block_reason = 'CHEQUE DEVOLVIDO', credit_cents = 35050"
        " WHERE id = (SELECT customer_id FROM sales_order WHERE id = ?)",
        (order,),
    )
    text = page(store, order)
    assert "00000021  tabela de preço 000000002  limite de crédito R$ 350,50" in text.replace("\xa0", " ")
    assert "BLOQUEADO no C-Plus: CHEQUE DEVOLVIDO" in text


def test_an_order_that_the_restored_base_lacks_says_what_to_do_and_only_such_a_one_is_written_again(
    store: StoreFile,
) -> None:
    lost = store.order("000000402", payment=Payment.PAID, fulfilment=Fulfilment.RECEIVED, parked=MISSING_IN_ERP)
    store.db.execute("""UPDATE sales_order SET parked_params = '{"number": "871"}' WHERE id = ?""", (lost,))
    other = store.order("000000403")
    text = page(store, lost)
    assert "Falta no C-Plus após restauração" in text
    assert "estava lá como 871" in text
    details = [order_detail(store.db, order, {}) for order in (lost, other)]
    may = [BY_ID["rewrite"].why_not(Situation(attached=True, orders=(detail.row,))) for detail in details if detail]
    assert may[0] is None
    assert "não falta no C-Plus" in str(may[1])
