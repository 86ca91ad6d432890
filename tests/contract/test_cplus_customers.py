"""Customers in C-Plus: recognised however they were typed, created once, changed both ways, held as the base can."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connectors.cplus.erp import CPlus
from connectors.cplus.people.index import RUSH_SEARCHES
from connectors.sandbox.base import registers as r
from engine.errors import CodeTaken, Refused, StillOpen
from engine.model.people import PERSON_FIELDS, Address, Person
from tests.contract.cplus_store import BUYER, Store

pytestmark = pytest.mark.anyio


@pytest.fixture
async def erp(store: Store) -> AsyncIterator[CPlus]:
    opened = store.erp()
    yield opened
    await opened.close()


async def test_a_customer_typed_with_dots_in_his_cpf_is_recognised(store: Store, erp: CPlus) -> None:
    store.staff.edit_customer("00000003", CPF="529.982.247-25", CNPJ=None, FLAGFISICA="Y")
    found = await erp.find_customers("52998224725", "")
    assert [customer.code for customer in found] == ["00000003"]
    assert found[0].person.document == "52998224725"


async def test_a_company_with_letters_in_its_cnpj_is_recognised(store: Store, erp: CPlus) -> None:
    store.staff.edit_customer("00000003", CNPJ="12.abc.345/01de-35", CPF=None, FLAGFISICA="N")
    found = await erp.find_customers("12ABC34501DE35", "")
    assert [(customer.code, customer.person.document) for customer in found] == [("00000003", "12ABC34501DE35")]


async def test_without_a_document_the_email_decides_and_is_found_among_several(store: Store, erp: CPlus) -> None:
    store.staff.edit_customer("00000003", EMAIL="Loja@Example.com; financeiro@example.com")
    store.staff.edit_customer("00000004", EMAIL="outraloja@example.com.br")
    assert [customer.code for customer in await erp.find_customers("", "loja@example.com")] == ["00000003"]
    assert [customer.code for customer in await erp.find_customers("99999999999", "LOJA@example.com")] == ["00000003"]
    assert await erp.find_customers("", "") == []
    assert await erp.find_customers("", f"{'x' * 300}@example.com") == []


async def test_the_customers_of_a_characteristic_are_told_once_each_however_often_they_have_it(
    store: Store, erp: CPlus
) -> None:
    store.staff.write(
        lambda cursor: cursor.execute(
            "INSERT INTO CARACTERISTICAPESSOA (CODCARACTERISTICAPESSOA, CODIGO, NOMECARACTERISTICAPESSOA)"
            " VALUES ('000000777', '777', 'LOJA VIRTUAL')"
        )
    )
    one, other = "000009991", "000009992"
    for key in (one, other):
        store.staff.write(
            lambda cursor, key=key: cursor.execute(  # type: ignore[misc]
                "INSERT INTO CLIENTECARACTERISTICA (CODCLIENTECARACTERISTICA, CODCLI, CODCARACTERISTICAPESSOA)"
                " VALUES (?, '00000003', '000000777')",
                (key,),
            )
        )
    (marked,) = await erp.marked_customers("000000777")
    assert marked == await erp.customer("00000003")
    assert await erp.marked_customers("000000778") == []


async def test_a_new_customer_is_held_as_the_base_can_and_marked_as_the_shops(store: Store, erp: CPlus) -> None:
    code = await erp.take_customer_code()
    await erp.create_customer(code, BUYER, r.ATACADO)
    customer = await erp.customer(code)
    assert customer is not None
    assert customer.person == Person(
        name="MARIA DAS GRAÇAS NGUYEN",
        email="maria.nguyen@example.com",
        phone="(51) 99999-0001",
        document="52998224725",
        address=Address("RUA DAS FLORES", "100", "APTO 201", "CENTRO", "PORTO ALEGRE", "RS", "90010000"),
    )
    assert (customer.price_table, customer.for_shop, customer.blocked) == (r.ATACADO, True, False)
    row = store.rows("SELECT * FROM CLIENTE WHERE CODCLI = ?", code)[0]
    assert (row["FLAGFISICA"], row["CPF"], row["INDIEDEST"], row["LIMITECRED"]) == ("Y", "52998224725", "9", 0)
    assert row["CODIGO"] == "000014", "as many digits as the base's users write"
    tags = store.rows("SELECT CODCARACTERISTICAPESSOA AS TAG FROM CLIENTECARACTERISTICA WHERE CODCLI = ?", code)
    assert [tag["TAG"] for tag in tags] == [r.SHOP_CUSTOMER]


async def test_what_the_base_would_hold_is_said_beforehand(store: Store, erp: CPlus) -> None:
    code = await erp.take_customer_code()
    long = replace(
        BUYER, name="João " + "Ninguém " * 20 + "🙂", address=replace(BUYER.address, city="Łódź – “capital”")
    )
    await erp.create_customer(code, long, None)
    customer = await erp.customer(code)
    assert customer is not None
    stored, address = customer.person, customer.person.address
    given = {
        **{name: getattr(long, name) for name in ("name", "email", "phone", "document")},
        **{name: getattr(long.address, name) for name in PERSON_FIELDS[4:]},
    }
    for field in PERSON_FIELDS:
        held = getattr(stored, field) if hasattr(stored, field) else getattr(address, field)
        assert await erp.fit(field, given[field]) == held
        assert await erp.fit(field, held) == held
    assert len(stored.name) <= 50
    assert address.city == "LÓDZ – “CAPITAL”"


async def test_creating_again_is_done_and_anothers_key_is_told_apart(store: Store, erp: CPlus) -> None:
    code = await erp.take_customer_code()
    await erp.create_customer(code, BUYER, None)
    await erp.create_customer(code, BUYER, None)
    assert len(await erp.find_customers(BUYER.document, "")) == 1
    with pytest.raises(CodeTaken):
        await erp.create_customer(code, replace(BUYER, document="11144477735"), None)


async def test_while_the_first_try_is_open_the_customer_waits(store: Store, erp: CPlus) -> None:
    code = await erp.take_customer_code()
    with store.open_transaction() as first_try:
        first_try.execute("INSERT INTO CLIENTE (CODCLI, CODIGO, NOMECLI) VALUES (?, '1', 'X')", (code,))
        with pytest.raises(StillOpen):
            await erp.create_customer(code, BUYER, None)
    await erp.create_customer(code, BUYER, None)


async def test_an_address_changed_in_the_shop_is_written_and_read_back(store: Store, erp: CPlus) -> None:
    store.clock.advance(3600)
    nobody, cursor = await erp.customers(None)
    assert list(nobody) == []
    assert await erp.customers(cursor) == ((), cursor)
    await erp.update_customer(
        "00000003", {"street": "Rua Nova", "number": "7", "complement": "", "postcode": "01310-100"}
    )
    changed, later = await erp.customers(cursor)
    (address,) = (customer.person.address for customer in changed if customer.code == "00000003")
    assert (address.street, address.number, address.complement, address.postcode) == ("RUA NOVA", "7", "", "01310100")
    assert await erp.customers(later) == ((), later)


async def test_what_staff_change_is_brought_with_the_next_look(store: Store, erp: CPlus) -> None:
    store.clock.advance(3600)
    _, cursor = await erp.customers(None)
    store.staff.edit_customer("00000005", ENDERECO="AVENIDA BRASIL", CODPRECO=r.REVENDA)
    changed, _ = await erp.customers(cursor)
    assert ("00000005", "AVENIDA BRASIL", r.REVENDA) in [
        (customer.code, customer.person.address.street, customer.price_table) for customer in changed
    ]


async def test_a_customer_is_moved_to_the_wholesale_table(store: Store, erp: CPlus) -> None:
    await erp.update_customer("00000003", {"price_table": r.ATACADO})
    customer = await erp.customer("00000003")
    assert customer is not None
    assert customer.price_table == r.ATACADO
    with pytest.raises(Refused) as unknown:
        await erp.update_customer("00000003", {"price_table": "000000099"})
    assert unknown.value.code == "erp-price-table-unknown"
    with pytest.raises(Refused) as gone:
        await erp.update_customer("00999999", {"name": "X"})
    assert gone.value.code == "erp-customer-gone"
    assert await erp.customer("00999999") is None


async def test_where_number_and_complement_have_no_column_they_stand_in_the_street(embedded: Store) -> None:
    for column in ("NUMEROLOGRADOURO", "COMPLEMENTOLOGRADOURO"):
        embedded.change(f"ALTER TABLE CLIENTE DROP {column}")
    embedded.close()
    erp = embedded.erp()
    code = await erp.take_customer_code()
    await erp.create_customer(code, BUYER, None)
    assert embedded.rows("SELECT ENDERECO FROM CLIENTE WHERE CODCLI = ?", code)[0]["ENDERECO"] == (
        "RUA DAS FLORES, 100 - APTO 201"
    )
    await erp.update_customer(code, {"number": "102"})
    customer = await erp.customer(code)
    assert customer is not None
    address = customer.person.address
    assert (address.street, address.number, address.complement) == ("RUA DAS FLORES", "102", "APTO 201")
    await erp.close()


async def test_a_new_company_is_exempt_and_carries_the_installers_defaults_and_the_shops_number(store: Store) -> None:
    erp = store.erp(customer_payment_form=r.AT_SIGHT, customer_shop_id=True)
    code = await erp.take_customer_code()
    company = replace(BUYER, name="Padaria Sol Ltda", document="12ABC34501DE35")
    await erp.create_customer(code, company, None, "4711")
    (row,) = store.rows("SELECT * FROM CLIENTE WHERE CODCLI = ?", code)
    assert (row["FLAGFISICA"], row["CNPJ"], row["CPF"]) == ("N", "12ABC34501DE35", None)
    assert row["INDIEDEST"] == "2", "no shop asks for the state registration"
    assert (row["CODTIPOMOVIMENTO"], row["CODFP"], row["CODPRECO"]) == (r.SHOP_SALE, r.AT_SIGHT, r.VAREJO)
    assert row["CODCLILOJAVIRTUAL"] == "4711"
    assert [found.code for found in await erp.find_customers("12.ABC.345/01DE-35", "")] == [code]
    await erp.close()


async def test_the_shops_number_and_the_payment_form_are_written_only_where_the_installer_wants_them(
    store: Store, erp: CPlus
) -> None:
    code = await erp.take_customer_code()
    await erp.create_customer(code, BUYER, None, "4711")
    (row,) = store.rows("SELECT * FROM CLIENTE WHERE CODCLI = ?", code)
    assert (row["CODCLILOJAVIRTUAL"], row["CODFP"]) == (None, None)
    flags = ("FLAGREVENDA", "FLAGREVENDAMASTER", "FLAGTRANSFER", "BLOQTABLET", "FLAGNAOVENDER", "BLOQUEADO")
    assert [row[flag] for flag in flags] == ["N"] * len(flags)
    assert (row["FLAGLOJAVIRTUAL"], row["FLAGFRETE"]) == ("Y", "P")
    assert not store.rows("SELECT 1 AS ONE FROM CLIENTEENDERECO WHERE CODCLI = ?", code)


@pytest.mark.parametrize(
    ("registration", "kind", "options"),
    [
        ("123.456-7", "1", {}),
        ("ISENTO", "2", {"company_without_registration": "9"}),
        (None, "2", {}),
        (None, "9", {"company_without_registration": "9"}),
    ],
    ids=["registered", "isento", "none", "none-as-no-contributor"],
)
async def test_a_document_corrected_in_the_shop_sets_what_the_nfe_says_of_the_buyer(
    embedded: Store, registration: str | None, kind: str, options: dict[str, Any]
) -> None:
    erp = embedded.erp(**options)
    embedded.staff.edit_customer("00000003", INSCR=registration, CPF="52998224725", CNPJ=None, FLAGFISICA="Y")
    await erp.update_customer("00000003", {"document": "12ABC34501DE35"})
    (row,) = embedded.rows("SELECT * FROM CLIENTE WHERE CODCLI = '00000003'")
    assert (row["FLAGFISICA"], row["CPF"], row["INDIEDEST"]) == ("N", None, kind)
    await erp.update_customer("00000003", {"document": "52998224725"})
    (row,) = embedded.rows("SELECT * FROM CLIENTE WHERE CODCLI = '00000003'")
    assert (row["FLAGFISICA"], row["CNPJ"], row["INDIEDEST"]) == ("Y", None, "9")
    await erp.close()


async def test_a_block_is_told_with_its_reason_and_the_limit_of_credit(store: Store, erp: CPlus) -> None:
    store.staff.edit_customer("00000003", FLAGNAOVENDER="Y", MOTIVOBLOQUEIO="SO A VISTA", LIMITECRED=Decimal("99.90"))
    customer = await erp.customer("00000003")
    assert customer is not None
    assert (customer.blocked, customer.block_reason, customer.credit_limit) == (True, "SO A VISTA", Decimal("99.90"))


async def test_several_with_one_document_are_all_told_however_they_were_typed(store: Store, erp: CPlus) -> None:
    store.staff.edit_customer("00000003", CPF="529.982.247-25", CNPJ=None, FLAGFISICA="Y")
    store.staff.edit_customer("00000005", CPF="52998224725", CNPJ=None, FLAGFISICA="Y")
    found = await erp.find_customers("52998224725", "")
    assert sorted(customer.code for customer in found) == ["00000003", "00000005"]


async def test_whoever_keeps_a_transaction_open_for_hours_is_named_with_since_when(served: Store) -> None:
    patient, impatient = served.erp(), served.erp(open_transaction_notice_min=0)
    served.close()
    assert await impatient.notices() == ()
    with served.open_transaction() as till:
        till.execute("UPDATE CLIENTE SET NOMECLI = NOMECLI WHERE CODCLI = '00000003'")
        (notice,) = await impatient.notices()
        assert notice.code == "erp-open-transaction"
        assert notice.params["user"] == "SYSDBA"
        assert notice.params["since"].startswith("20")
        assert "127.0.0.1" in notice.params["client"]
        assert await patient.notices() == ()
    for erp in (patient, impatient):
        await erp.close()


async def test_a_city_that_the_register_lacks_is_told_apart_accents_and_case_aside(store: Store, erp: CPlus) -> None:
    assert await erp.knows_city("porto  alegre", "RS") is True
    assert await erp.knows_city("Porto Alegre do Norte", "RS") is False
    assert await erp.knows_city("Porto Alegre", "ZZ") is None
    store.change("DELETE FROM CIDADE")
    assert await erp.knows_city("Porto Alegre", "RS") is None


async def test_in_a_rush_of_orders_buyers_are_found_as_ever_and_who_was_just_added_too(
    store: Store, erp: CPlus
) -> None:
    [known] = store.rows("SELECT FIRST 1 CODCLI, CPF, EMAIL FROM CLIENTE WHERE CPF IS NOT NULL ORDER BY CODCLI")
    store.change("UPDATE CLIENTE SET EMAIL = 'um@example.com; Dois@Example.com' WHERE CODCLI = ?", known["CODCLI"])
    calm = [customer.code for customer in await erp.find_customers(known["CPF"], "")]
    for _ in range(RUSH_SEARCHES):
        assert [customer.code for customer in await erp.find_customers(known["CPF"], "")] == calm
    assert [customer.code for customer in await erp.find_customers("", "dois@example.com")] == [known["CODCLI"]]
    assert await erp.find_customers("39053344705", "") == []

    code = await erp.take_customer_code()
    await erp.create_customer(code, replace(BUYER, document="39053344705"), None)
    assert [customer.code for customer in await erp.find_customers("390.533.447-05", "")] == [code]
    assert await erp.find_customers("", "") == []


async def test_in_a_rush_old_short_keys_hide_no_customer_who_was_just_made(store: Store, erp: CPlus) -> None:
    store.change("INSERT INTO CLIENTE (CODCLI, CODIGO, NOMECLI) VALUES ('99999', '99999', 'DE OUTROS TEMPOS')")
    for _ in range(RUSH_SEARCHES):
        assert await erp.find_customers("39053344705", "") == []
    late = await erp.take_customer_code()
    soon = await erp.take_customer_code()
    await erp.create_customer(soon, replace(BUYER, document="52998224725"), None)
    store.change(
        "INSERT INTO CLIENTE (CODCLI, CODIGO, NOMECLI, CPF) VALUES (?, ?, 'DO BALCAO', '390.533.447-05')", late, late
    )
    assert [customer.code for customer in await erp.find_customers("52998224725", "")] == [soon]
    assert [customer.code for customer in await erp.find_customers("39053344705", "")] == [late]
