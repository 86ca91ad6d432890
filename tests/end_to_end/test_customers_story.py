"""A customer's data on both sides, and the price table that an operator gives him."""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.sandbox.base import registers as r
from engine.store.accounts import OBSERVE, set_mode
from tests.end_to_end.programs import Place
from tests.end_to_end.registered import CPF, in_erp, register
from tests.end_to_end.world import ACCOUNT, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


async def test_a_visitor_who_registers_without_buying_appears_in_the_erp_once(world: World) -> None:
    async with life(world, rested=False) as engine:
        register(world)
        await engine.sync()
        await engine.sync()
        row = in_erp(world)
        assert row["NOMECLI"].strip() == "MARTA AÇUCENA"
        assert row["CIDADE"].strip() == "PELOTAS"
        assert row["CEP"].strip() == "96010000"


async def test_an_address_edited_on_either_side_reaches_the_other(world: World) -> None:
    async with life(world, rested=False) as engine:
        customer = register(world)
        await engine.sync()
        world.shop.storefront.edit_address(
            customer.customer_id, {"street": ["Rua Nova", "22", "", "Fragata"], "city": "Rio Grande"}
        )
        await engine.sync()
        row = in_erp(world)
        assert row["CIDADE"].strip() == "RIO GRANDE"
        assert "RUA NOVA" in row["ENDERECO"]

        world.staff.edit_customer(row["CODCLI"], CIDADE="CANGUÇU")
        await engine.sync()
        shown = world.rest("GET", f"V1/customers/{customer.customer_id}")
        assert shown["addresses"][0]["city"] == "CANGUÇU"
        assert "customer-conflict" not in engine.problems()


async def test_a_shop_that_begins_to_hide_documents_takes_none_away_from_cplus(world: World) -> None:
    async with life(world, rested=False) as engine:
        customer = register(world)
        await engine.sync()
        world.shop.storefront.edit_account(customer.customer_id, {"taxvat": "***.444.777-**"})
        world.shop.storefront.edit_address(customer.customer_id, {"city": "Rio Grande"})
        await engine.sync()
        assert in_erp(world)["CIDADE"].strip() == "RIO GRANDE", "his other fields cross as before"
        world.staff.edit_customer(in_erp(world)["CODCLI"], CIDADE="CANGUÇU")
        assert (await engine.sync()).at_rest
        assert in_erp(world)["CPF"].strip() == "11144477735"
        assert engine.problems() == []


async def test_a_customer_whose_document_was_never_shown_is_known_by_his_email(world: World) -> None:
    world.staff.edit_customer("00000003", CPF="11144477735", CNPJ=None, FLAGFISICA="Y", EMAIL="marta@example.com")
    async with life(world, rested=False) as engine:
        customer = register(world)
        world.shop.storefront.edit_account(customer.customer_id, {"taxvat": "***.444.777-**"})
        await engine.sync()
        world.staff.edit_customer("00000003", CIDADE="CANGUÇU")
        assert (await engine.sync()).at_rest
        assert in_erp(world)["CODCLI"].strip() == "00000003"
        shown = world.rest("GET", f"V1/customers/{customer.customer_id}")
        assert (shown["taxvat"], shown["addresses"][0]["city"]) == ("***.444.777-**", "CANGUÇU")


async def test_a_customer_moved_to_the_wholesale_table_sees_wholesale_prices(world: World) -> None:
    sku = world.stocked(5)
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    world.staff.set_price(sku, r.ATACADO, Decimal("41.00"))
    async with life(world, rested=False) as engine:
        customer = register(world)
        await engine.sync()
        (row,) = engine.rows("SELECT * FROM customer WHERE document = '11144477735'")
        moved = await engine.must("customer_table", customer=row["id"], price_table=r.ATACADO)
        (known,) = engine.rows("SELECT price_table FROM customer WHERE id = ?", row["id"])
        assert known["price_table"] == r.ATACADO, "the console shows it at once"
        await engine.sync()
        assert in_erp(world)["CODPRECO"].strip() == r.ATACADO
        offer = world.shop.storefront.look_at(sku, customer.customer_id)
        assert offer is not None
        assert offer.price == Decimal("41.00")

        former = moved["result"]["before"][str(row["id"])]
        await engine.must("customer_table", customer=row["id"], price_table=former)
        await engine.sync()
        assert in_erp(world)["CODPRECO"].strip() == r.VAREJO
        offer = world.shop.storefront.look_at(sku, customer.customer_id)
        assert offer is not None
        assert offer.price == Decimal("50.00")


async def test_a_table_set_in_the_erp_reaches_the_shop_though_an_order_came_before_the_comparison(
    world: World,
) -> None:
    sku = world.stocked(5)
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    world.staff.set_price(sku, r.ATACADO, Decimal("41.00"))
    world.buyer_document = "11144477735"
    async with life(world, rested=False) as engine:
        customer = register(world)
        await engine.sync()
        world.staff.edit_customer(in_erp(world)["CODCLI"], CODPRECO=r.ATACADO)
        world.buy({sku: 1}, payment="pix")
        await engine.take_in_orders()
        (effects,) = [task for task in engine.engine.tasks() if task.name == "effects"]
        await effects.run()
        (known,) = engine.rows("SELECT price_table FROM customer WHERE document = '11144477735'")
        assert known["price_table"] == r.ATACADO, "the order has noticed"
        await engine.sync()
        offer = world.shop.storefront.look_at(sku, customer.customer_id)
        assert offer is not None
        assert offer.price == Decimal("41.00")


async def test_a_table_that_the_counter_has_just_changed_is_shown_before_it_is_changed_again(world: World) -> None:
    async with life(world, rested=False) as engine:
        register(world)
        await engine.sync()
        (row,) = engine.rows("SELECT * FROM customer WHERE document = '11144477735'")
        world.staff.edit_customer(row["erp_code"], CODPRECO=r.ATACADO)
        answer = await engine.ask("customer_table", row["row_version"], customer=row["id"], price_table="")
        assert (answer["error"]["code"], answer["error"]["params"]["who"]) == ("stale", "C-Plus")
        assert in_erp(world)["CODPRECO"].strip() == r.ATACADO
        (now,) = engine.rows("SELECT price_table, row_version FROM customer WHERE id = ?", row["id"])
        assert now["price_table"] == r.ATACADO
        await engine.must("customer_table", row_version=now["row_version"], customer=row["id"], price_table="")
        assert in_erp(world)["CODPRECO"] is None


async def test_those_of_the_erp_who_may_be_one_person_are_told_as_they_stand_there(world: World) -> None:
    sku = world.stocked(10)
    world.staff.edit_customer("00000003", CPF="529.982.247-25", CNPJ=None, FLAGFISICA="Y", NOMECLI="JOANA PRADO")
    world.staff.edit_customer("00000005", CPF="52998224725", CNPJ=None, FLAGFISICA="Y", NOMECLI="JOANA B PRADO")
    async with life(world) as engine:
        await engine.bought({sku: 1}, payment="pix")
        (person,) = engine.rows("SELECT id FROM customer WHERE document = '52998224725'")
        told = (await engine.must("erp_customers", customer=person["id"]))["result"]["customers"]
        assert [(one["code"], one["name"], one["document"]) for one in told] == [
            ("00000003", "JOANA PRADO", "52998224725"),
            ("00000005", "JOANA B PRADO", "52998224725"),
        ]


async def test_who_is_blocked_in_the_erp_is_known_to_be_before_he_buys_again(world: World) -> None:
    async with life(world, rested=False) as engine:
        register(world)
        await engine.sync()
        world.staff.edit_customer(in_erp(world)["CODCLI"], BLOQUEADO="Y", MOTIVOBLOQUEIO="CHEQUE DEVOLVIDO")
        await engine.sync()
        (known,) = engine.rows("SELECT blocked, block_reason FROM customer WHERE document = '11144477735'")
        assert (known["blocked"], known["block_reason"]) == (1, "CHEQUE DEVOLVIDO")


async def test_while_an_account_observes_or_is_paused_no_word_of_a_person_is_written_into_cplus(world: World) -> None:
    sku = world.simple_product()
    async with life(world, rested=False) as engine:
        register(world)
        await engine.sync()
        (row,) = engine.rows("SELECT * FROM customer WHERE document = '11144477735'")

        async def refusals() -> set[str]:
            asked = (
                await engine.ask("customer_table", customer=row["id"], price_table=r.ATACADO),
                await engine.ask("flag_online", account=ACCOUNT, sku=sku, online=False),
            )
            return {answer["error"]["code"] for answer in asked}

        await engine.must("pause", account=ACCOUNT)
        assert await refusals() == {"direction-paused"}
        await engine.must("resume", account=ACCOUNT)
        set_back(world)
        assert await refusals() == {"account-observes"}
        assert in_erp(world)["CODPRECO"].strip() == r.VAREJO
        assert world.base(
            "SELECT 1 AS ONE FROM PRODUTOCARACTERISTICA WHERE CODPROD = ? AND CODCARACTERISTICA = ?",
            sku,
            r.VENDA_ONLINE,
        )


def set_back(world: World) -> None:
    """The account observes, as after a restore."""
    db = sqlite3.connect(world.state / "integra.db")
    with db:
        set_mode(db, ACCOUNT, OBSERVE, "restored-base")
    db.close()


@pytest.mark.parametrize("take", ["channel", "erp"])
async def test_both_sides_edited_to_different_things_waits_for_a_person_who_chooses(world: World, take: str) -> None:
    async with life(world, rested=False) as engine:
        customer = register(world)
        await engine.sync()
        world.shop.storefront.edit_address(customer.customer_id, {"city": "Bagé"})
        world.staff.edit_customer(in_erp(world)["CODCLI"], CIDADE="JAGUARÃO")
        await engine.sync()
        world.shop.storefront.edit_address(customer.customer_id, {"telephone": "53 97777-0000"})
        await engine.sync()
        assert "customer-conflict" in engine.problems(), "another field's edit settles nothing"
        (conflict,) = engine.rows("SELECT * FROM customer_field WHERE conflict")
        assert (conflict["field"], conflict["erp"], conflict["channel"]) == ("city", "JAGUARÃO", "Bagé")
        await engine.must(
            "resolve_customer_field", account="loja", external_id=conflict["external_id"], field="city", take=take
        )
        await engine.sync()
        shown = world.rest("GET", f"V1/customers/{customer.customer_id}")["addresses"][0]["city"]
        there = in_erp(world)["CIDADE"].strip()
        assert (there, shown) == (("BAGÉ", "Bagé") if take == "channel" else ("JAGUARÃO", "JAGUARÃO"))
        assert "customer-conflict" not in engine.problems()


async def test_of_two_customers_with_one_cpf_the_same_is_always_taken_and_a_person_may_choose_the_other(
    world: World, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    world.staff.edit_customer("00000003", CPF="529.982.247-25", CNPJ=None, FLAGFISICA="Y", NOMECLI="JOANA PRADO")
    world.staff.edit_customer("00000005", CPF="52998224725", CNPJ=None, FLAGFISICA="Y", NOMECLI="JOANA B PRADO")
    async with life(world) as engine:
        first, second = world.buy({sku: 1}, payment="pix"), world.buy({sku: 1}, payment="pix")
        await engine.sync()
        assert [row["CODCLI"].strip() for row in world.erp_orders()] == ["00000003"] * 2
        assert engine.problems() == ["customer-duplicates"]
        (notice,) = engine.rows("SELECT severity, params FROM problem")
        told = json.loads(notice["params"])
        assert (notice["severity"], told["codes"], told["chosen"]) == ("notice", "00000003, 00000005", "00000003")
        assert engine.order(first)["fulfilment"] == engine.order(second)["fulfilment"] == "reserved", "nothing waits"

        listed = Place(world, tmp_path).run("customers")
        assert listed.returncode == 1
        assert "00000003, 00000005; orders take 00000003" in listed.stdout
        refused = await engine.ask("choose_customer", customer=told["id"], code="00000002")
        assert refused["error"]["code"] == "another-document"
        await engine.must("choose_customer", customer=told["id"], code="00000005")
        third = await engine.bought({sku: 1}, payment="pix")
        assert [row["CODCLI"].strip() for row in world.erp_orders()] == ["00000003", "00000003", "00000005"]
        assert engine.order(third)["fulfilment"] == "reserved"
        assert engine.problems() == []
        assert len(world.base("SELECT 1 AS ONE FROM CLIENTE WHERE CPF IN ('52998224725', '529.982.247-25')")) == 2


async def test_a_customer_blocked_in_the_erp_since_his_last_order_is_held_with_the_reason_and_heals(
    world: World, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        await engine.bought({sku: 1}, payment="pix")
        (known,) = engine.rows("SELECT * FROM customer WHERE document = ?", world.buyer_document)
        world.staff.edit_customer(
            known["erp_code"], BLOQUEADO="Y", MOTIVOBLOQUEIO="CHEQUE DEVOLVIDO", LIMITECRED=Decimal("350.50")
        )
        number = await engine.bought({sku: 1}, payment="pix")
        row = engine.order(number)
        assert (row["parked"], row["queue"]) == ("customer-blocked", "problem")
        assert json.loads(row["parked_params"])["reason"] == "CHEQUE DEVOLVIDO"
        place = Place(world, tmp_path)
        (shown,) = [o for o in json.loads(place.run("orders", "--json").stdout) if o["number"] == number]
        assert shown["customer"] == {
            "code": known["erp_code"],
            "price_table": r.VAREJO,
            "blocked": True,
            "block_reason": "CHEQUE DEVOLVIDO",
            "credit_limit_cents": 35050,
        }
        world.staff.edit_customer(known["erp_code"], BLOQUEADO="N")
        await engine.sync()
        assert engine.order(number)["fulfilment"] == "reserved"
        assert engine.order(number)["parked"] is None


async def test_an_email_that_several_customers_share_names_none_of_them_until_a_person_does(
    world: World, tmp_path: Path
) -> None:
    sku = world.stocked(10)
    for code in ("00000003", "00000005"):
        world.staff.edit_customer(code, EMAIL="joana@example.com", CPF=None, CNPJ=None)
    world.buyer_document = ""
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="pix")
        (order,) = world.erp_orders()
        assert order["CODCLI"].strip() not in ("00000003", "00000005")
        assert engine.order(number)["fulfilment"] == "reserved"
        assert engine.problems() == ["customer-email-shared"]
        listed = Place(world, tmp_path).run("customers")
        assert listed.returncode == 1
        assert (
            f"00000003, 00000005 of C-Plus have the same e-mail; orders take {order['CODCLI'].strip()}" in listed.stdout
        )
        (person,) = engine.rows("SELECT id FROM customer WHERE email = 'joana@example.com'")
        await engine.must("choose_customer", customer=person["id"], code="00000005")
        await engine.bought({sku: 1}, payment="pix")
        assert world.erp_orders()[-1]["CODCLI"].strip() == "00000005"
        assert engine.problems() == []


async def test_whom_a_person_chose_he_stays_though_nothing_else_speaks_for_it_until_the_row_is_another_persons(
    world: World,
) -> None:
    sku = world.stocked(10)
    world.staff.edit_customer("00000005", EMAIL=None, CPF=None, CNPJ=None, NOMECLI="JO DA PADARIA")
    async with life(world) as engine:
        await engine.bought({sku: 1}, payment="pix")
        (known,) = engine.rows("SELECT id, erp_code FROM customer WHERE document = ?", world.buyer_document)
        await engine.must("choose_customer", customer=known["id"], code="00000005")
        await engine.bought({sku: 1}, payment="pix")
        assert world.erp_orders()[-1]["CODCLI"].strip() == "00000005"
        world.staff.edit_customer("00000005", CPF="11144477735", FLAGFISICA="Y")
        await engine.bought({sku: 1}, payment="pix")
        assert world.erp_orders()[-1]["CODCLI"].strip() == known["erp_code"], "a document says that he is not"


async def test_a_city_that_the_erp_does_not_list_is_told_in_the_orders_history_and_holds_nothing_up(
    world: World,
) -> None:
    sku = world.stocked(10)
    world.change("UPDATE CIDADE SET NOMECIDADE = 'OUTRA' WHERE CODUF = 'RS'")
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="pix")
        assert engine.order(number)["fulfilment"] == "reserved"
        (event,) = engine.rows("SELECT params FROM order_event WHERE what = 'customer-city-unknown'")
        assert json.loads(event["params"]) == {"city": "Porto Alegre", "state": "RS"}


@pytest.mark.long
async def test_a_customer_open_on_a_screen_of_the_erp_waits_alone_and_is_written_when_it_is_closed(
    world: World,
) -> None:
    world.more_erp_options = {"edit_locks": "always"}
    async with life(world, rested=False) as engine:
        marta = register(world)
        other = world.shop.storefront.register(
            {"email": "rita@example.com", "firstname": "Rita", "lastname": "Melo", "taxvat": "529.982.247-25"}
        )
        await engine.sync()
        code = in_erp(world)["CODCLI"]
        lock = "INSERT INTO CONTROLELOCK (NOMEENTIDADE, IDENTIDADE, IDCONEXAO) VALUES ('CLIENTE', ?, 7)"
        world.staff.write(lambda cursor: cursor.execute(lock, (code,)))
        world.shop.storefront.edit_address(marta.customer_id, {"city": "Rio Grande"})
        world.shop.storefront.edit_account(other.customer_id, {"lastname": "Melo Dias"})
        await engine.sync()
        assert in_erp(world)["CIDADE"].strip() == "PELOTAS"
        (rita,) = world.base("SELECT NOMECLI FROM CLIENTE WHERE CPF = '52998224725'")
        assert rita["NOMECLI"].strip() == "RITA MELO DIAS", "the others go on"
        assert [row["severity"] for row in engine.rows("SELECT severity FROM problem")] == ["notice"]
        world.change("DELETE FROM CONTROLELOCK")
        await engine.sync()
        assert in_erp(world)["CIDADE"].strip() == "RIO GRANDE"
        assert engine.problems() == []


@pytest.mark.long
async def test_what_the_erp_cuts_and_writes_in_capitals_is_no_edit_and_never_comes_back_to_the_shop(
    world: World,
) -> None:
    long = "Zoë 🦄 Łukasz " + "Figueiredo " * 5
    async with life(world, rested=False) as engine:
        customer = world.shop.storefront.register(
            {"email": "ZOE@example.com", "firstname": long, "lastname": "不 Prado", "taxvat": CPF}
        )
        address = {
            "firstname": "Zoë", "lastname": "Prado", "street": ["Rua – da “Praia”", "1", "", "Centro"],
            "city": "São José do Rio Preto", "region": {"region_code": "SP", "region": "São Paulo"},
            "postcode": "15015-000", "telephone": "17 99999-0000", "country_id": "BR",
        }  # fmt: skip
        world.shop.storefront.edit_address(customer.customer_id, address)
        await engine.sync()
        asked = len(world.shop.calls("PUT", "V1/customers/{id}"))
        for _ in range(2):
            await world.clock.sleep(3600)
            await engine.sync()
        world.staff.edit_customer(in_erp(world)["CODCLI"], BAIRRO="BOA VISTA")
        await engine.sync()
        shown = world.rest("GET", f"V1/customers/{customer.customer_id}")
        assert shown["firstname"].strip() == long.strip()
        assert shown["lastname"] == "不 Prado"
        assert shown["addresses"][0]["city"] == "São José do Rio Preto"
        assert shown["addresses"][0]["street"] == ["Rua – da “Praia”", "1", "", "BOA VISTA"]
        assert len(world.shop.calls("PUT", "V1/customers/{id}")) == asked + 1, "only what staff changed is sent"
        assert engine.problems() == []


@pytest.mark.long
async def test_a_cpf_corrected_in_the_shop_is_corrected_in_the_erp_and_makes_no_second_customer(world: World) -> None:
    async with life(world, rested=False) as engine:
        customer = register(world)
        await engine.sync()
        code = in_erp(world)["CODCLI"]
        world.shop.storefront.edit_account(customer.customer_id, {"taxvat": "529.982.247-25"})
        await world.clock.sleep(3600)
        await engine.sync()
        rows = world.base("SELECT CODCLI, CPF FROM CLIENTE WHERE CPF IN ('11144477735', '52998224725')")
        assert [(row["CODCLI"], row["CPF"]) for row in rows] == [(code, "52998224725")]
        assert engine.problems() == []
