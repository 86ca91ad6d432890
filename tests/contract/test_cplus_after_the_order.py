"""What the store does with an order after it was written: sells it, in pieces too, edits, undoes, types it again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from connectors.cplus.erp import CPlus
from connectors.cplus.invoicing import fiscal_key
from engine.model.erp import ErpOrderState, ErpStatus
from tests.contract.cplus_store import Store, order_for

pytestmark = pytest.mark.anyio

CUSTOMER = "00000002"
KEY = "35130612345678000195550010000000011000000015"  # printed on a document that nobody issued; its digit is wrong


@pytest.fixture
async def erp(store: Store) -> AsyncIterator[CPlus]:
    opened = store.erp()
    yield opened
    await opened.close()


async def written(store: Store, erp: CPlus, *lines: tuple[str, int], reference: str = "M1000001") -> str:
    """An order of these lines, with goods enough."""
    for sku, quantity in lines:
        store.stock(sku, quantity + 5)
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, *lines, reference=reference))
    return codes.key


async def state_of(erp: CPlus, key: str, **linked: Any) -> ErpOrderState:
    (state,) = (await erp.snapshot([key], stock=False, **linked)).orders
    return state


def pieces(*quantities: tuple[str, int]) -> tuple[tuple[str, Decimal], ...]:
    return tuple(sorted((sku, Decimal(quantity)) for sku, quantity in quantities))


# --- invoiced in pieces, or something else ----------------------------------------------------------------------------


async def test_an_order_sold_in_two_pieces_is_complete_only_with_the_second(store: Store, erp: CPlus) -> None:
    one, two = store.skus()[:2]
    key = await written(store, erp, (one, 2), (two, 1))
    first = store.staff.invoice(key, only={one: 1})
    state = await state_of(erp, key)
    assert (state.invoiced, state.complete, state.sale_number) == (pieces((one, 1)), False, str(first.number))
    assert state.invoiced_at is not None
    assert state.reserved, "the rest is still reserved in C-Plus"
    second = store.staff.invoice(key)
    state = await state_of(erp, key)
    assert (state.invoiced, state.complete) == (pieces((one, 2), (two, 1)), True)
    assert state.sale_number == str(second.number)
    assert store.held(one) == (5, 0)


async def test_an_order_marked_as_invoiced_with_its_first_piece_still_waits_for_the_rest(
    store: Store, erp: CPlus
) -> None:
    sku = store.skus()[0]
    key = await written(store, erp, (sku, 3))
    store.staff.invoice(key, only={sku: 1})
    store.change("UPDATE ORCAMENTO SET DATAFATURADO = ? WHERE CODORC = ?", store.staff.now(), key)
    state = await state_of(erp, key)
    assert (state.invoiced, state.complete) == (pieces((sku, 1)), False)


async def test_lines_that_staff_lowered_or_struck_out_are_not_waited_for(store: Store, erp: CPlus) -> None:
    one, two = store.skus()[:2]
    key = await written(store, erp, (one, 3), (two, 1))
    store.staff.edit_line(key, one, 2)
    store.staff.edit_line(key, two, 0)
    assert (await state_of(erp, key)).holds == pieces((one, 2))
    store.staff.invoice(key)
    state = await state_of(erp, key)
    assert (state.invoiced, state.complete) == (pieces((one, 2)), True)
    assert store.held(one) == (6, 0)
    assert store.held(two) == (6, 0)


async def test_goods_that_staff_put_into_the_sale_instead_are_what_was_invoiced(store: Store, erp: CPlus) -> None:
    one, two, three = store.skus()[:3]
    key = await written(store, erp, (one, 1), (two, 1))
    sale = store.staff.invoice(key)
    store.change("UPDATE MOVENDAPROD SET CODPROD = ? WHERE CODMOVENDA = ? AND CODPROD = ?", three, sale.key, two)
    state = await state_of(erp, key)
    assert (state.invoiced, state.complete) == (pieces((one, 1), (three, 1)), True)


async def test_of_a_sale_made_from_two_orders_each_gets_its_own(store: Store, erp: CPlus) -> None:
    one, two = store.skus()[:2]
    first = await written(store, erp, (one, 1), reference="M1")
    second = await written(store, erp, (two, 2), reference="M2")
    sale = store.staff.invoice(first)
    other = store.staff.invoice(second)
    store.change("UPDATE MOVENDAPROD SET CODMOVENDA = ? WHERE CODMOVENDA = ?", sale.key, other.key)
    assert (await state_of(erp, first)).invoiced == pieces((one, 1))
    assert (await state_of(erp, second)).invoiced == pieces((two, 2))


def _one_sale_line_for_both(store: Store, sale: str) -> str:
    """Staff sell the two lines of this sale as one; tells its key."""
    kept, dropped = (row["K"] for row in store.rows("SELECT CODMOVPROD AS K FROM MOVENDAPROD ORDER BY CODMOVPROD"))
    store.change("UPDATE ORCAMENTOVENDA SET CODMOVPROD = ?", kept)
    store.change("DELETE FROM MOVENDAPROD WHERE CODMOVPROD = ?", dropped)
    store.change("UPDATE MOVENDAPROD SET CODMOVENDA = ?, QUANTIDADE = 5", sale)
    return str(kept)


async def test_one_sale_line_that_serves_two_orders_is_counted_once(served: Store) -> None:
    erp, sku = served.erp(), served.skus()[0]
    first = await written(served, erp, (sku, 3), reference="M1")
    sale = served.staff.invoice(first, nfe=False)
    second = await written(served, erp, (sku, 2), reference="M2")
    served.staff.invoice(second, nfe=False)
    line = _one_sale_line_for_both(served, sale.key)
    served.staff.take_back(sale.key, sku, 4)
    both = [await state_of(erp, first), await state_of(erp, second)]
    assert [state.invoiced for state in both] == [pieces((sku, 3)), pieces((sku, 2))]
    assert [state.returned for state in both] == [pieces((sku, 3)), pieces((sku, 1))]
    served.change("UPDATE MOVENDAPROD SET QUANTIDADE = 4 WHERE CODMOVPROD = ?", line)
    both = [await state_of(erp, first), await state_of(erp, second)]
    assert [state.invoiced for state in both] == [pieces((sku, 3)), pieces((sku, 1))], "staff sold one less"
    assert [state.complete for state in both] == [True, False]
    await erp.close()


async def test_one_sale_line_that_serves_two_lines_of_an_order_is_shared_between_them(served: Store) -> None:
    erp, sku = served.erp(), served.skus()[0]
    served.stock(sku, 9)
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (sku, 3), (sku, 2)))
    sale = served.staff.invoice(codes.key, nfe=False)
    line = _one_sale_line_for_both(served, sale.key)
    served.change("UPDATE ORCAMENTOVENDA SET QUANTIDADEVENDA = NULL")
    state = await state_of(erp, codes.key)
    assert (state.invoiced, state.complete) == (pieces((sku, 5)), True)
    served.change("UPDATE MOVENDAPROD SET QUANTIDADE = 4 WHERE CODMOVPROD = ?", line)
    state = await state_of(erp, codes.key)
    assert (state.invoiced, state.complete) == (pieces((sku, 4)), False), "one piece is left to invoice"
    await erp.close()


async def test_with_one_of_two_sales_cancelled_its_goods_wait_to_be_invoiced_again(store: Store, erp: CPlus) -> None:
    one, two = store.skus()[:2]
    key = await written(store, erp, (one, 1), (two, 1))
    first = store.staff.invoice(key, only={one: 1})
    second = store.staff.invoice(key)
    store.staff.cancel_sale(second.key, "erro de digitação")
    state = await state_of(erp, key)
    assert (state.invoiced, state.complete, state.sale_cancelled) == (pieces((one, 1)), False, False)
    assert state.sale_number == str(first.number)
    store.staff.cancel_sale(first.key, "desistência")
    state = await state_of(erp, key)
    assert (state.invoiced, state.complete, state.sale_cancelled) == ((), False, True)


async def test_an_order_that_ended_as_a_fiscal_coupon_is_invoiced_without_any_sale_linked(
    store: Store, erp: CPlus
) -> None:
    sku = store.skus()[0]
    key = await written(store, erp, (sku, 2))
    store.change("UPDATE ORCAMENTO SET NUMCUPOM = 4711 WHERE CODORC = ?", key)
    state = await state_of(erp, key)
    assert (state.invoiced, state.complete, state.sale_number) == (pieces((sku, 2)), True, "4711")
    assert state.invoiced_at is not None
    store.change("UPDATE ORCAMENTOPROD SET QUANTIDADETOTALFATURADA = 1 WHERE CODORC = ?", key)
    state = await state_of(erp, key)
    assert (state.invoiced, state.complete) == (pieces((sku, 1)), False)


async def test_where_cplus_linked_nothing_the_sale_is_found_by_the_reference_it_carries(
    store: Store, erp: CPlus
) -> None:
    one, two = store.skus()[:2]
    key = await written(store, erp, (one, 2), (two, 1))
    sale = store.staff.invoice(key)
    linked = await state_of(erp, key)
    store.change("DELETE FROM ORCAMENTOVENDA")
    assert await state_of(erp, key) == linked
    store.change("UPDATE MOVENDAPROD SET QUANTIDADE = 1 WHERE CODMOVENDA = ? AND CODPROD = ?", sale.key, one)
    assert not (await state_of(erp, key)).complete
    store.staff.cancel_sale(sale.key, "erro")
    state = await state_of(erp, key)
    assert (state.sale_cancelled, state.invoiced) == (True, ())
    store.change("UPDATE MOVENDA SET NUMPEDCLIENTE = NULL")
    state = await state_of(erp, key)
    assert (state.complete, state.sale_number) == (True, ""), "then C-Plus's mark on the order is all there is"


async def test_an_order_sold_in_part_without_a_link_is_over_when_staff_cancel_the_rest(
    store: Store, erp: CPlus
) -> None:
    sku = store.skus()[0]
    key = await written(store, erp, (sku, 3))
    store.change("UPDATE ORCAMENTOPROD SET QUANTIDADETOTALFATURADA = 1 WHERE CODORC = ?", key)
    store.change("UPDATE ORCAMENTO SET DATAFATURADO = '2026-11-20' WHERE CODORC = ?", key)
    state = await state_of(erp, key)
    assert (state.sold, state.complete, state.invoiced) == (True, False, pieces((sku, 1)))
    store.change("UPDATE ORCAMENTO SET FLAGCANCELADO = 'Y' WHERE CODORC = ?", key)
    state = await state_of(erp, key)
    assert (state.sold, state.complete, state.invoiced) == (True, True, pieces((sku, 1)))


async def test_a_sale_that_was_deleted_is_undone_like_a_cancelled_one(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    key = await written(store, erp, (sku, 1))
    store.staff.invoice(key, nfe=False)
    store.change("UPDATE ORCAMENTOVENDA SET CODMOVPROD = NULL")
    assert (await state_of(erp, key)).sale_cancelled


# --- what was reserved for it -----------------------------------------------------------------------------------------


async def test_where_cplus_leaves_the_reservation_it_is_given_back_exactly_once(store: Store) -> None:
    one, two = store.skus()[:2]
    erp = store.erp(releases_at_invoicing="integra")
    try:
        key = await written(store, erp, (one, 2), (two, 1))
        assert not (await state_of(erp, key)).release_due
        await erp.release_invoiced(key)
        assert store.held(one) == (7, 2), "an order that waits keeps what is its own"
        store.staff.invoice(key)
        # The sample store's program has released already; C-Plus may leave flag and amount as they were.
        store.change("UPDATE ORCAMENTO SET FLAGRESERVADO = 'Y' WHERE CODORC = ?", key)
        for sku, quantity in ((one, 2), (two, 1)):
            store.change("UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = ? WHERE CODPROD = ?", quantity + 4, sku)
        before = store.held(one)[1]
        assert (await state_of(erp, key)).release_due
        for _ in range(3):
            assert not (await erp.release_invoiced(key)).state.release_due
            assert store.held(one) == (5, before - 2)
    finally:
        await erp.close()


async def test_by_default_cplus_is_trusted_to_release_what_it_invoices(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    key = await written(store, erp, (sku, 1))
    store.staff.invoice(key)
    store.change("UPDATE ORCAMENTO SET FLAGRESERVADO = 'Y' WHERE CODORC = ?", key)
    assert not (await state_of(erp, key)).release_due


# --- returns, packing, status -----------------------------------------------------------------------------------------


async def test_goods_that_came_back_are_known_by_their_product(store: Store, erp: CPlus) -> None:
    one, two = store.skus()[:2]
    key = await written(store, erp, (one, 3), (two, 1))
    sale = store.staff.invoice(key)
    assert (await state_of(erp, key)).returned == ()
    store.staff.take_back(sale.key, one, 2)
    assert (await state_of(erp, key)).returned == pieces((one, 2))


async def test_an_order_is_packed_once_each_of_its_sales_was_checked(store: Store, erp: CPlus) -> None:
    one, two = store.skus()[:2]
    key = await written(store, erp, (one, 1), (two, 1))
    first, second = store.staff.invoice(key, only={one: 1}), store.staff.invoice(key)
    store.staff.pack(first.key)
    assert not (await state_of(erp, key)).packed
    store.staff.pack(second.key)
    assert (await state_of(erp, key)).packed


async def test_a_status_is_told_by_the_stores_own_name_and_by_what_the_installer_says_it_means(store: Store) -> None:
    erp = store.erp(status_map={"000000002": "picking"}, sale_status_map={"000000007": "packed"})
    try:
        key = await written(store, erp, (store.skus()[0], 1))
        state = await state_of(erp, key)
        assert (state.status_name, state.status) == ("ABERTO", None)
        store.change("UPDATE ORCAMENTO SET CODORCAMENTOSTATUS = '000000002' WHERE CODORC = ?", key)
        state = await state_of(erp, key)
        assert (state.status_name, state.status) == ("EM SEPARAÇÃO", ErpStatus.PICKING)
        sale = store.staff.invoice(key)
        store.change("INSERT INTO MOVENDASTATUS VALUES ('000000007', '7', 'EMBALADO')")
        store.change("UPDATE MOVENDA SET CODMOVENDASTATUS = '000000007' WHERE CODMOVENDA = ?", sale.key)
        state = await state_of(erp, key)
        assert (state.status_name, state.status, state.packed) == ("EMBALADO", ErpStatus.PACKED, True)
    finally:
        await erp.close()


async def test_a_base_without_the_newer_tables_tells_what_it_can(served: Store) -> None:
    sku = served.skus()[0]
    erp = served.erp()
    key = await written(served, erp, (sku, 2))
    await erp.close()
    served.staff.invoice(key)
    for table in ("CONFERENCIAPEDIDO", "MOVENDADEVOLUCAO", "NFCELETRONICA"):
        served.change(f"DROP TABLE {table}")
    served.change("ALTER TABLE DOCUMENTO DROP CHAVEACESSONFELETRONICA")
    served.change("ALTER TABLE MOVENDAPROD DROP QUANTIDADEDEVOLVIDA")
    erp = served.erp()
    try:
        state = await state_of(erp, key)
        assert (state.complete, state.packed, state.returned) == (True, False, ())
        assert fiscal_key.valid(state.nfe_key), "from SEFAZ's answer"
        assert await erp.invoice_xml(key) is not None
    finally:
        await erp.close()


# --- fiscal documents -------------------------------------------------------------------------------------------------


def test_a_key_proves_itself_by_its_last_digit_whatever_its_issuer_is_made_of() -> None:
    good = "43260112345678000195550010000012341000012340"
    digit = next(str(d) for d in range(10) if fiscal_key.valid(good[:-1] + str(d)))
    assert fiscal_key.valid(f" {good[:6]} {good[6:-1]}{digit}") == good[:-1] + digit
    assert fiscal_key.number(good[:-1] + digit) == "1234"
    letters = "43260112ABC34501DE35550010000012341000012340"
    assert sum(bool(fiscal_key.valid(letters[:-1] + str(d))) for d in range(10)) == 1
    for wrong in (good[:-1] + str((int(digit) + 1) % 10), good[:-2], "", None, "0" * 43 + "X"):
        assert fiscal_key.valid(wrong) == ""


async def test_a_sale_at_the_till_has_an_nfce_and_its_file_can_be_fetched(store: Store, erp: CPlus) -> None:
    key = await written(store, erp, (store.skus()[0], 1))
    sale = store.staff.invoice(key, nfe=False)
    assert await erp.invoice_xml(key) is None
    nfce = store.staff.issue_nfce(sale.key)
    state = await state_of(erp, key)
    assert (state.nfe_key, state.nfe_number) == (nfce, nfce[25:34].lstrip("0"))
    file = await erp.invoice_xml(key)
    assert file is not None
    assert nfce.encode() in file


async def test_a_file_without_protocol_or_of_another_key_is_not_the_authorised_one(store: Store, erp: CPlus) -> None:
    key = await written(store, erp, (store.skus()[0], 1))
    store.staff.invoice(key)
    file = await erp.invoice_xml(key)
    assert file is not None
    nfe = (await state_of(erp, key)).nfe_key
    for wrong in (
        file.replace(b"<nProt>", b"<xProt>").replace(b"</nProt>", b"</xProt>"),
        file.replace(nfe.encode(), b"4" * 44),
        file[:-5],
        b"<!DOCTYPE x [<!ENTITY y 'z'>]>" + file,
    ):
        store.change("UPDATE NFELETRONICA SET XMLNFELETRONICARET = ?", wrong.decode())
        assert await erp.invoice_xml(key) is None
    store.change("UPDATE NFELETRONICA SET XMLNFELETRONICASIGN = ?", file.decode())
    assert await erp.invoice_xml(key) == file


async def test_an_nfe_cancelled_later_is_noticed_and_another_one_heals_it(store: Store, erp: CPlus) -> None:
    key = await written(store, erp, (store.skus()[0], 1))
    sale = store.staff.invoice(key)
    first = await state_of(erp, key)
    assert first.nfe_key != ""
    assert not first.nfe_cancelled
    store.staff.cancel_nfe(sale.key)
    state = await state_of(erp, key)
    assert (state.nfe_key, state.nfe_cancelled, state.sale_cancelled) == ("", True, False)
    second = store.staff.issue_nfe(sale.key)
    state = await state_of(erp, key)
    assert (state.nfe_key, state.nfe_cancelled) == (second, False)


async def test_a_number_that_is_no_key_is_never_passed_on(store: Store, erp: CPlus) -> None:
    key = await written(store, erp, (store.skus()[0], 1))
    store.staff.invoice(key)
    store.change("UPDATE DOCUMENTO SET CHAVEACESSONFELETRONICA = ?", KEY)
    store.change("UPDATE NFELETRONICA SET CHAVEACESSONFELETRONICA = ?", KEY)
    state = await state_of(erp, key)
    assert (state.nfe_key, state.nfe_number != "") == ("", True)


# --- a sale typed again -----------------------------------------------------------------------------------------------


async def test_a_sale_typed_again_at_the_till_is_offered_with_the_reasons(store: Store, erp: CPlus) -> None:
    sku, other = store.skus()[:2]
    key = await written(store, erp, (sku, 2))
    store.stock(other, 9)
    like = store.till.sell(sku, 2, customer=CUSTOMER)
    assert store.till.sell(other, 2, customer=CUSTOMER), "the same customer buys something else"
    assert store.till.sell(sku, 1), "somebody else buys the same"
    assert like is not None
    (found,) = await erp.sale_candidates(key)
    assert (found.key, found.number, found.total) == (like.key, str(like.number), like.total)
    assert found.reasons == ("document", "products")
    store.change("UPDATE MOVENDA SET VALORTOTALNOTA = 35.92 WHERE CODMOVENDA = ?", like.key)
    (found,) = await erp.sale_candidates(key)
    assert found.reasons == ("document", "value", "products")


async def test_old_cancelled_and_linked_sales_are_no_candidates(store: Store, erp: CPlus) -> None:
    sku, another = store.skus()[:2]
    key = await written(store, erp, (sku, 1))
    old, undone = store.till.sell(sku, 1, customer=CUSTOMER), store.till.sell(sku, 1, customer=CUSTOMER)
    assert old is not None
    assert undone is not None
    other = await written(store, erp, (another, 1), reference="M2")
    sold = store.staff.invoice(other)
    store.change("UPDATE MOVENDAPROD SET CODPROD = ? WHERE CODMOVENDA = ?", sku, sold.key)
    assert [sale.key for sale in await erp.sale_candidates(key)] == [undone.key, old.key]
    store.staff.cancel_sale(undone.key, "erro")
    store.change("UPDATE MOVENDA SET DATA = DATA - 16 WHERE CODMOVENDA = ?", old.key)
    assert await erp.sale_candidates(key) == ()


async def test_a_linked_sale_is_read_as_the_orders_own(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    key = await written(store, erp, (sku, 2))
    sale = store.till.sell(sku, 2, customer=CUSTOMER)
    assert sale is not None
    nfce = store.staff.issue_nfce(sale.key)
    await erp.cancel_order(key, f"Substituido pela venda {sale.number}")
    assert store.held(sku) == (5, 0)
    state = await state_of(erp, key, linked={key: sale.key})
    assert (state.invoiced, state.complete, state.sale_number) == (pieces((sku, 2)), True, str(sale.number))
    assert state.nfe_key == nfce
    assert await erp.invoice_xml(key, sale.key) is not None
    store.staff.cancel_sale(sale.key, "erro")
    assert (await state_of(erp, key, linked={key: sale.key})).sale_cancelled
