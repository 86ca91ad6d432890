"""What C-Plus says: goods, prices, photos, stock, how orders stand; and whether anything moved at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from connectors.cplus.base import identity
from connectors.cplus.base.firebird import WRITE
from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from engine.model.goods import Grid, GridValue
from tests.contract.cplus_store import Store, order_for

pytestmark = pytest.mark.anyio

ONLINE = [r.VENDA_ONLINE]
CUSTOMER = "00000002"


@pytest.fixture
async def erp(store: Store) -> AsyncIterator[CPlus]:
    opened = store.erp()
    yield opened
    await opened.close()


async def test_the_catalogue_is_what_is_marked_for_the_shop(store: Store, erp: CPlus) -> None:
    read = await erp.catalogue(ONLINE, None)
    marked = store.rows("SELECT CODPROD FROM PRODUTOCARACTERISTICA WHERE CODCARACTERISTICA = ?", r.VENDA_ONLINE)
    assert read.complete
    assert [product.sku for product in read.products] == sorted(row["CODPROD"] for row in marked)
    assert all(product.tags == {r.VENDA_ONLINE} for product in read.products)
    assert "PIX" in read.payment_options
    assert "FATURADO 30/60/90" not in read.payment_options
    assert (await erp.catalogue(["000000099"], None)).products == ()
    assert (await erp.catalogue([], None)).products == ()


async def test_a_product_comes_with_texts_measures_section_and_brand(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.staff.edit_product(
        sku,
        NOMEPROD="CALÇA JEANS",
        NOMEPRODWEB="Calça jeans – “slim”",
        DESCRICAOWEB="<p>" + "Denim de algodão. " * 1000 + "</p>",
        APLICACAO="Dia a dia",
        PESOBRUTO=Decimal("0.75"),
        ALTURA=Decimal(5),
        LARGURA=Decimal(30),
        COMPRIMENTO=Decimal(40),
        PRAZOENTREGA=4,
    )
    product = next(p for p in (await erp.catalogue(ONLINE, None)).products if p.sku == sku)
    assert (product.name, product.web_name) == ("CALÇA JEANS", "Calça jeans – “slim”")
    assert product.description.startswith("<p>Denim de algodão.")
    assert len(product.description) > 8000
    assert product.short_description == "Dia a dia"
    assert (product.weight_kg, product.height_cm, product.width_cm, product.length_cm) == (
        Decimal("0.75"),
        Decimal(5),
        Decimal(30),
        Decimal(40),
    )
    assert product.delivery_days == 4
    assert len(product.categories) == 2
    assert product.brand
    assert product.active


async def test_measures_in_grams_and_metres_become_kilograms_and_centimetres(embedded: Store) -> None:
    erp = embedded.erp(measure_factors={"weight": "0.001", "height": 100})
    sku = embedded.skus()[0]
    embedded.staff.edit_product(sku, PESOBRUTO=Decimal(750), PESOLIQUIDO=None, ALTURA=Decimal("0.05"), LARGURA=0)
    product = next(p for p in (await erp.catalogue(ONLINE, None)).products if p.sku == sku)
    assert (product.weight_kg, product.height_cm, product.width_cm) == (Decimal("0.75"), Decimal(5), None)
    await erp.close()


async def test_a_grid_is_one_parent_with_a_cell_for_each_size_and_colour(store: Store, erp: CPlus) -> None:
    read = await erp.catalogue(ONLINE, None)
    grid = read.grids[0]
    assert isinstance(grid, Grid)
    assert len(grid.axes) == 2
    cells = [product for product in read.products if product.parent == grid.key]
    assert len(cells) > 2
    places = {cell.grid for cell in cells}
    assert len(places) == len(cells)
    for place in places:
        assert all(isinstance(value, GridValue) for value in place)
        assert tuple(value.axis for value in place) == grid.axes
    assert {product.parent for product in read.products if product.parent} == {known.key for known in read.grids}


async def test_the_bar_code_is_a_valid_one_or_none(store: Store, erp: CPlus) -> None:
    good, pack, wrong, own = store.skus()[:4]
    for sku in (good, pack, wrong, own):
        store.change("DELETE FROM PRODUTOCODIGO WHERE CODPROD = ?", sku)
        store.staff.edit_product(sku, CODIGO=f"REF{sku}")
    codes = "INSERT INTO PRODUTOCODIGO (ID, CODPROD, CODIGO, CODTIPOCODIGO, FATORCONVERSAO) VALUES (?, ?, ?, ?, ?)"
    store.change(codes, "000009001", good, "7891000315507", r.CODE_EAN, 1)
    store.change(codes, "000009002", pack, "7891000315507", r.CODE_EAN, 12)
    store.change(codes, "000009003", wrong, "7891000315508", r.CODE_EAN, 1)
    store.staff.edit_product(own, CODIGO="7894900011517")
    by_sku = {product.sku: product.gtin for product in (await erp.catalogue(ONLINE, None)).products}
    assert [by_sku[sku] for sku in (good, pack, wrong, own)] == ["7891000315507", "", "", "7894900011517"]


async def test_a_second_look_brings_only_what_changed(store: Store, erp: CPlus) -> None:
    sku = store.skus()[3]
    store.clock.advance(3600)
    cursor = (await erp.catalogue(ONLINE, None)).cursor
    quiet = await erp.catalogue(ONLINE, cursor)
    assert (quiet.products, quiet.complete, quiet.cursor) == ((), False, cursor)
    assert quiet.payment_options
    for name in ("NOVO NOME", "OUTRO NOME NO MESMO SEGUNDO"):
        store.staff.rename(sku, name)
        changed = await erp.catalogue(ONLINE, cursor)
        assert not changed.complete
        assert sku in [product.sku for product in changed.products]
        assert next(product.name for product in changed.products if product.sku == sku) == name
        cursor = changed.cursor
    assert (await erp.catalogue(ONLINE, cursor)).products == ()


async def test_a_till_whose_clock_runs_behind_is_not_overlooked(store: Store, erp: CPlus) -> None:
    sku = store.skus()[3]
    store.clock.advance(3600)
    store.staff.rename(store.skus()[0], "HORA CERTA")
    cursor = (await erp.catalogue(ONLINE, None)).cursor
    store.clock.advance(-600)
    store.staff.rename(sku, "DEZ MINUTOS ATRASADO")
    store.clock.advance(600)
    assert sku in [product.sku for product in (await erp.catalogue(ONLINE, cursor)).products]


async def test_a_change_that_was_stamped_before_the_look_and_committed_after_is_seen(store: Store, erp: CPlus) -> None:
    sku = store.skus()[3]
    with store.open_transaction() as slow:
        slow.execute(
            "UPDATE PRODUTO SET NOMEPROD = 'DEMORADO', LAST_CHANGE = ? WHERE CODPROD = ?", (store.till.now(), sku)
        )
        cursor = (await erp.catalogue(ONLINE, None)).cursor
        store.clock.advance(60)
        assert (await erp.catalogue(ONLINE, cursor)).products == ()
        slow.transaction.commit()
    assert sku in [product.sku for product in (await erp.catalogue(ONLINE, cursor)).products]


async def test_marking_and_unmarking_a_product_brings_the_whole_catalogue(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    cursor = (await erp.catalogue(ONLINE, None)).cursor
    store.staff.flag_online(sku, False)
    gone = await erp.catalogue(ONLINE, cursor)
    assert gone.complete
    assert sku not in [product.sku for product in gone.products]
    for _ in range(2):
        await erp.set_online(sku, r.VENDA_ONLINE, True)
    back = await erp.catalogue(ONLINE, gone.cursor)
    assert back.complete
    assert sku in [product.sku for product in back.products]
    where = "WHERE CODPROD = ? AND CODCARACTERISTICA = ?"
    assert len(store.rows(f"SELECT 1 AS ONE FROM PRODUTOCARACTERISTICA {where}", sku, r.VENDA_ONLINE)) == 1
    await erp.set_online(sku, r.VENDA_ONLINE, False)
    assert store.rows(f"SELECT 1 AS ONE FROM PRODUTOCARACTERISTICA {where}", sku, r.VENDA_ONLINE) == []


async def test_prices_of_all_tables_come_in_cents_and_only_when_one_changed(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.staff.set_price(sku, r.VAREJO, Decimal("10.0050"))
    store.staff.set_price(sku, r.ATACADO, Decimal("9.9949"))
    store.staff.set_price(sku, r.REVENDA, None)
    assert [table.key for table in await erp.price_tables() if table.active] == [r.VAREJO, r.ATACADO, r.REVENDA]
    found, cursor = await erp.prices(None)
    assert found is not None
    prices = found.prices
    assert {price.table: price.cents for price in prices if price.sku == sku} == {r.VAREJO: 1001, r.ATACADO: 999}
    assert all(price.cents > 0 for price in prices)
    assert await erp.prices(cursor) == (None, cursor)
    store.staff.set_price(sku, r.VAREJO, Decimal(0))
    found, cursor = await erp.prices(cursor)
    assert found is not None
    prices = found.prices
    assert {price.table for price in prices if price.sku == sku} == {r.ATACADO}
    one, two = store.skus()[1:3]
    first, second = (next(p.cents for p in prices if (p.sku, p.table) == (key, r.VAREJO)) for key in (one, two))
    store.staff.set_price(one, r.VAREJO, Decimal(second) / 100)
    store.staff.set_price(two, r.VAREJO, Decimal(first) / 100)
    swapped, _ = await erp.prices(cursor)
    assert swapped is not None


async def test_photos_are_stamped_without_their_bytes_and_read_one_by_one(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.staff.replace_photos(sku, b"first picture", b"second picture")
    stamps, cursor = await erp.photo_stamps(None)
    assert stamps is not None
    of_sku = [stamp for stamp in stamps if stamp.sku == sku]
    assert [(stamp.position, stamp.main) for stamp in of_sku] == [(0, True), (1, False)]
    assert await erp.photo(of_sku[1].key) == b"second picture"
    assert await erp.photo("000099999") is None
    assert await erp.photo_stamps(cursor) == (None, cursor)
    store.change("UPDATE PRODUTOFOTO SET FOTO = ? WHERE CODPRODFOTO = ?", b"third  picture", of_sku[1].key)
    again, _ = await erp.photo_stamps(cursor)
    assert again is not None
    unchanged, changed = (stamp for stamp in again if stamp.sku == sku)
    assert unchanged == of_sku[0]
    assert changed.stamp != of_sku[1].stamp
    store.staff.replace_photos(sku, b"x" * 300_000)
    stamps, _ = await erp.photo_stamps(None)
    assert stamps is not None
    assert await erp.photo(next(stamp.key for stamp in stamps if stamp.sku == sku)) == b"x" * 300_000


async def test_stock_counts_the_configured_sectors_with_absent_amounts_as_nothing(store: Store) -> None:
    sku = store.skus()[0]
    store.stock(sku, 7)
    store.change("UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = NULL, RESERVADOOS = 2 WHERE CODPROD = ?", sku)
    store.change("UPDATE PRODUTOESTOQUE SET ESTATU = 1.5 WHERE CODPROD = ? AND CODSETORESTOQUE = ?", sku, r.DEPOSITO)
    erp = store.erp(sectors=[r.LOJA])
    levels = [level for level in (await erp.snapshot([])).stock if level.sku == sku]
    assert [(level.sector, level.on_hand_e4, level.reserved_e4) for level in levels] == [(r.LOJA, 70_000, 20_000)]
    assert (await erp.snapshot([], stock=False)).stock == ()
    await erp.close()


async def test_an_order_is_seen_reserved_then_invoiced_with_its_nfe_then_undone(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 5)
    codes = await erp.take_order_codes()
    order = order_for(CUSTOMER, (sku, 2))
    await erp.write_order(codes, order)
    (state,) = (await erp.snapshot([codes.key, "000999999"])).orders
    assert (state.reserved, state.cancelled, state.invoiced_at, state.invoiced) == (True, False, None, ())
    assert (state.number, state.reference, state.total) == (codes.number, order.reference, order.total)
    store.clock.advance(7200)
    sale = store.staff.invoice(codes.key, nfe=False)
    (state,) = (await erp.snapshot([codes.key], stock=False)).orders
    assert state.invoiced_at == store.clock.now()
    assert (state.invoiced, state.sale_number, state.nfe_key) == (((sku, Decimal(2)),), str(sale.number), "")
    key = store.staff.issue_nfe(sale.key)
    (state,) = (await erp.snapshot([codes.key], stock=False)).orders
    assert (state.nfe_key, state.nfe_number, state.sale_cancelled) == (key, str(int(key[25:34])), False)
    store.staff.cancel_sale(sale.key, "devolvido")
    (state,) = (await erp.snapshot([codes.key], stock=False)).orders
    assert (state.sale_cancelled, state.invoiced) == (True, ())


async def test_an_nfe_that_the_tax_office_refused_is_no_nfe(embedded: Store) -> None:
    erp = embedded.erp()
    sku = embedded.skus()[0]
    embedded.stock(sku, 5)
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (sku, 1)))
    embedded.staff.invoice(codes.key)
    embedded.change("UPDATE NFELETRONICA SET CODIGORETORNONFELETRONICA = '204'")
    (state,) = (await erp.snapshot([codes.key], stock=False)).orders
    assert (state.nfe_key, bool(state.nfe_number)) == ("", True)
    await erp.close()


async def test_flags_of_programs_that_write_s_for_yes_count(embedded: Store) -> None:
    erp = embedded.erp()
    embedded.change("INSERT INTO ORCAMENTO (CODORC, FLAGRESERVADO, FLAGCANCELADO) VALUES ('000000901', 'S', 's')")
    (state,) = (await erp.snapshot(["000000901"], stock=False)).orders
    assert (state.reserved, state.cancelled) == (True, True)
    await erp.close()


async def test_more_orders_than_an_in_list_takes_are_read_at_once(embedded: Store) -> None:
    erp = embedded.erp()
    for number in (1, 1200):
        embedded.change("INSERT INTO ORCAMENTO (CODORC) VALUES (?)", f"{number:09d}")
    read = (await erp.snapshot([f"{number:09d}" for number in range(1, 1201)], stock=False)).orders
    assert [state.key for state in read] == ["000000001", "000001200"]
    await erp.close()


async def test_the_pulse_stands_still_while_only_we_work_and_moves_when_a_till_sells(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    store.stock(sku, 5)
    await erp.write_order(await erp.take_order_codes(), order_for(CUSTOMER, (sku, 1), reference="M1"))
    before = await erp.pulse()
    assert await erp.pulse() == before
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (sku, 1), reference="M2"))
    await erp.snapshot([codes.key])
    await erp.catalogue(ONLINE, None)
    await erp.cancel_order(codes.key, "")
    await erp.customers(None)
    assert await erp.pulse() == before
    store.till.sell(sku)
    moved = await erp.pulse()
    assert moved != before
    assert await erp.pulse() == moved


async def test_the_pulse_moves_when_a_till_commits_and_keeps_its_transaction(store: Store, erp: CPlus) -> None:
    with store.open_transaction() as till:  # as Delphi programs do: CommitRetaining
        till.execute("SELECT COUNT(*) FROM PRODUTO")
        assert till.fetchone()
        before = await erp.pulse()
        assert await erp.pulse() == before
        till.execute("UPDATE PRODUTO SET NOMEPROD = 'X' WHERE CODPROD = ?", (store.skus()[0],))
        till.connection.commit(retaining=True)
        moved = await erp.pulse()
        assert moved != before
        assert await erp.pulse() == moved


async def test_the_pulse_sees_the_last_of_many_open_transactions_end(
    store: Store, erp: CPlus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.open_transaction() as till:
        many = [till.connection.transaction_manager(WRITE) for _ in range(60)]
        for one in many:
            one.begin()
        before = await erp.pulse()
        assert await erp.pulse() == before
        with monkeypatch.context() as patched:
            patched.setattr(identity, "OPEN_BYTES_MAX", 200)
            assert await erp.pulse() != await erp.pulse(), "too many to be listed: nothing counts as unmoved"
        with many[-1].cursor() as cursor:
            cursor.execute("UPDATE PRODUTO SET NOMEPROD = 'X' WHERE CODPROD = ?", (store.skus()[0],))
        many[-1].commit()
        assert await erp.pulse() != before


async def test_the_pulse_moves_when_a_transaction_open_since_before_is_committed(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    sale = "UPDATE PRODUTOESTOQUE SET ESTATU = ESTATU - 1 WHERE CODPROD = ?"
    with store.open_transaction() as till:
        till.execute(sale, (sku,))
        till.transaction.commit()  # the server begins one more of its own after the first commit of a connection
        till.transaction.begin(WRITE)
        till.execute(sale, (sku,))
        open_still = await erp.pulse()
        assert await erp.pulse() == open_still
        till.transaction.commit()
        assert await erp.pulse() != open_still


async def test_the_identity_names_the_base_and_its_last_order(store: Store, erp: CPlus) -> None:
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (store.skus()[0], 1)))
    identity = await erp.identity()
    assert (identity.cnpj, identity.path) == (r.COMPANY_CNPJ, store.database.path)
    assert identity.last_order_code == codes.key
    assert identity.epoch
    assert identity.version.startswith("Firebird ")
    assert await erp.identity() == identity


@pytest.mark.parametrize("kept_by", ["next", "last", "generator"])
async def test_the_last_order_given_out_is_known_after_staff_deleted_it(store: Store, kept_by: str) -> None:
    counter = "WHERE NOMETABELA = 'ORCAMENTO' AND NOMECAMPO = 'CODORC'"
    options: dict[str, Any] = {}
    if kept_by == "last":
        options["counters"] = {"ORCAMENTO.CODORC": "last"}
        store.change(f"UPDATE CODIGO SET ULTIMOCODIGO = ULTIMOCODIGO - 1 {counter}")
    elif kept_by == "generator":
        options["generators"] = {"ORCAMENTO.CODORC": "SEQ_CODORC"}
        store.change(f"DELETE FROM CODIGO {counter}")
        store.change("CREATE SEQUENCE SEQ_CODORC")
        store.change("SET GENERATOR SEQ_CODORC TO 700")
    erp = store.erp(**options)
    codes = await erp.take_order_codes()
    await erp.write_order(codes, order_for(CUSTOMER, (store.skus()[0], 1)))
    for table in ("ORCAMENTOPROD", "ORCAMENTO"):
        store.change(f"DELETE FROM {table} WHERE CODORC = ?", codes.key)
    assert (await erp.identity()).last_order_code == codes.key
    await erp.close()
