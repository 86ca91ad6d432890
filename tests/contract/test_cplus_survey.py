"""Looking at a C-Plus base: what an installer learns of it, on what evidence, without a row of it being changed."""

from __future__ import annotations

import random
import string
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from connectors.cplus import connector
from connectors.cplus.base.firebird import Database, connect
from connectors.cplus.base.opening import Opener
from connectors.cplus.base.session import Session
from connectors.cplus.base.when import to_local
from connectors.cplus.settings import parse
from connectors.cplus.survey import asking, server
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import local
from console.survey_texts import FINDINGS
from engine.ports import Surroundings
from engine.survey import Finding, Mark, Question, Report
from tests.contract.cplus_store import HandClock, Store, order_for
from tests.contract.test_cplus_layouts import LAYOUTS, LEGACY, NEWEST, on_paper
from tests.layouts import base as layouts

pytestmark = pytest.mark.anyio

CUSTOMER = "00000002"
READER = "PEEP"
WRITER = "TYPED_RIGHTS"
READER_PASSWORD = "peep1234"


def where(store: Store) -> dict[str, Any]:
    """The options that an installer has typed before the survey."""
    table: dict[str, Any] = {"path": store.database.path, "user": store.database.user}
    if store.database.host is not None:
        table |= {"host": store.database.host, "port": store.database.port}
    return table


async def look(
    store: Store, *, user: str = "", password: str = "", settled: Mapping[str, Any] = MappingProxyType({})
) -> Report:
    assert connector.survey is not None
    surroundings = Surroundings(store.clock, random.Random(1), lambda: "id")
    options = where(store) | ({"user": user} if user else {}) | dict(settled)
    secret = password or store.database.password
    report = await connector.survey(options, lambda _name: secret, surroundings)
    for finding in report.findings:
        said = FINDINGS[finding.code]
        sentence = said if isinstance(said, str) else said.one + said.many
        fields = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert fields <= set(finding.params), finding
        proposed = {proposal.option: proposal.value for proposal in finding.proposals}
        assert not connector.check({**options, **proposed}), finding
    assert not [finding for finding in report.findings if finding.topic == "survey"]
    return report


def found(report: Report) -> Mapping[str, Finding]:
    return {finding.code: finding for finding in report.findings}


def asked(report: Report) -> Mapping[str, Question]:
    return {question.key: question for question in report.questions}


async def test_an_installer_sees_the_store_as_its_vendors_connector_had_it_set_up(store: Store) -> None:
    report = await look(store)
    questions = asked(report)
    assert questions["online_tag"].default == [r.VENDA_ONLINE]
    assert {choice.name for choice in questions["online_tag"].choices} == {"VENDA ON-LINE", "LANÇAMENTO"}
    assert questions["online_tag"].choices[0].notes["products"] == 119
    assert questions["companies"].default == [r.COMPANY]
    assert questions["sectors"].default == [r.LOJA, r.DEPOSITO]
    assert questions["movement_type"].default == [r.SHOP_SALE]
    assert questions["movement_type"].choices[0].notes["cfop"] == "5102/6102"
    assert questions["seller"].default == [r.SELLER_SHOP]
    assert questions["customer_tag"].default == [r.SHOP_CUSTOMER]
    assert report.proposed("payment_forms")["pix"] == "000000002"
    assert report.proposed("ean_kind") == r.CODE_EAN
    assert report.proposed("kit_side") == "CODPROD"
    assert not [finding for finding in report.findings if finding.mark is Mark.WRONG]


async def test_the_base_shows_that_reserved_quantities_are_those_of_the_open_orders(embedded: Store) -> None:
    one, two = embedded.skus()[:2]
    empty = await look(embedded)
    assert "reservation.none-open" in found(empty)
    assert asked(empty)["reservation"].default == []  # nothing speaks for a mode: a person has to decide
    await _reserve(embedded, (one, 2), (two, 1))
    report = await look(embedded)
    assert found(report)["reservation.counts-open"].params == {"places": 2, "equal": 2}
    assert asked(report)["reservation"].default == ["flag+amount"]
    embedded.change("UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = RESERVADOORCAMENTO + 1 WHERE CODPROD = ?", one)
    differing = found(await look(embedded))["reservation.differs"]
    assert "3 / 2" in [str(line).split(": ")[1] for line in differing.evidence if str(line).startswith(one)]
    embedded.change("UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = 0")
    assert "reservation.nobody-counts" in found(await look(embedded))


async def test_invoiced_orders_alone_are_no_sign_that_nobody_counts(embedded: Store) -> None:
    (one,) = embedded.skus()[:1]
    key = await _reserve(embedded, (one, 1))
    embedded.change("UPDATE ORCAMENTO SET DATAFATURADO = CURRENT_TIMESTAMP WHERE CODORC = ?", key)
    embedded.change("UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = 0")
    codes = found(await look(embedded))
    assert "reservation.none-open" in codes
    assert "reservation.nobody-counts" not in codes


@pytest.mark.parametrize(("given_back", "who"), [(True, "erp"), (False, "integra")])
async def test_an_invoiced_order_shows_who_gives_its_reservation_back(
    embedded: Store, given_back: bool, who: str
) -> None:
    one, two = embedded.skus()[:2]
    await _reserve(embedded, (one, 2), reference="M1")
    key = await _reserve(embedded, (two, 1), reference="M2")
    embedded.change("UPDATE ORCAMENTO SET DATAFATURADO = CURRENT_TIMESTAMP WHERE CODORC = ?", key)
    if given_back:
        embedded.change("UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = 0 WHERE CODPROD = ?", two)
    report = await look(embedded)
    assert report.proposed("releases_at_invoicing") == who
    assert asked(report)["releases_at_invoicing"].default == [who]


async def test_a_trigger_that_moves_the_reserved_quantity_is_found(embedded: Store) -> None:
    embedded.change("""
        CREATE TRIGGER MOVES_IT FOR ORCAMENTOPROD AFTER UPDATE AS BEGIN
            UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = 1 WHERE CODPROD = NEW.CODPROD;
        END""")
    report = await look(embedded)
    assert found(report)["reservation.trigger"].evidence == ["MOVES_IT (ORCAMENTOPROD)"]
    assert report.proposed("reservation") == "flag"
    assert asked(report)["reservation"].default == ["flag"]


async def test_stock_below_its_reservation_shows_that_tills_sell_reserved_goods(embedded: Store) -> None:
    sku = embedded.skus()[0]
    assert "reservation.till-unknown" in found(await look(embedded))
    await _reserve(embedded, (sku, 2))
    embedded.change("UPDATE PRODUTOESTOQUE SET ESTATU = 1 WHERE CODPROD = ?", sku)
    assert found(await look(embedded))["reservation.till-sells-reserved"].params == {"n": 1}


async def test_that_orders_reserve_nothing_stays_wrong_until_it_is_changed(embedded: Store) -> None:
    report = await look(embedded, settled={"reservation": "none"})
    assert [f.code for f in report.findings if f.mark is Mark.WRONG] == ["reservation.none-till-unknown"]
    report = await look(embedded, settled={"reservation": "flag+amount"})
    assert not [f for f in report.findings if f.mark is Mark.WRONG]


async def test_a_former_connectors_order_numbers_are_looked_for_where_it_left_them(embedded: Store) -> None:
    await _reserve(embedded, (embedded.skus()[0], 1))
    embedded.change("UPDATE ORCAMENTO SET ENTREGAREFERENCIA = 'ao lado da igreja', ENTREGATELEFONE = '51 3333-0000'")
    assert (await look(embedded)).proposed("former_reference_columns") is None
    embedded.change("UPDATE ORCAMENTO SET NUMPEDLOJAVIRTUAL = 1001")
    report = await look(embedded)
    assert report.proposed("former_reference_columns") == ["NUMPEDLOJAVIRTUAL"]
    assert "NUMPEDLOJAVIRTUAL (INTEGER): 1" in found(report)["orders.reference"].evidence


async def test_a_base_in_which_orders_reserve_nothing_is_said_so_as_long_as_it_is(embedded: Store) -> None:
    for mode, said in (("none", ["erp-unreserved"]), ("flag+amount", [])):
        erp = embedded.erp(reservation=mode)
        assert [notice.code for notice in await erp.notices()] == said
        await erp.close()


async def test_another_connector_that_worked_this_week_is_a_warning(embedded: Store) -> None:
    now = to_local(embedded.clock.now(), parse({"path": "x"}).zone)
    embedded.change("UPDATE WCPLUS_CONFIGURACAO SET LASTUPDATE = ?", now - timedelta(days=30))
    assert "neighbours.silent" in found(await look(embedded))
    embedded.change("UPDATE WCPLUS_CONFIGURACAO SET LASTUPDATE = ?", now - timedelta(days=2))
    assert found(await look(embedded))["neighbours.alive"].mark is Mark.WRONG


async def test_whether_integras_own_triggers_stand_is_told(embedded: Store) -> None:
    assert found(await look(embedded))["triggers.none"].mark is Mark.OK
    assert found(await look(embedded, settled={"change_log": True}))["triggers.none"].mark is Mark.WRONG
    embedded.change("CREATE TABLE INTEGRA_CHANGE (ID BIGINT)")
    assert found(await look(embedded))["triggers.broken"].mark is Mark.WRONG
    embedded.change("CREATE TRIGGER INTEGRA_PRODUTO FOR PRODUTO AFTER UPDATE AS BEGIN POST_EVENT 'INTEGRA_CHANGE'; END")
    assert found(await look(embedded))["triggers.outdated"].mark is Mark.WRONG


async def test_a_counter_tells_the_next_code_from_the_last_one(embedded: Store) -> None:
    embedded.change("UPDATE CODIGO SET ULTIMOCODIGO = ULTIMOCODIGO - 1 WHERE NOMETABELA = 'CLIENTE'")
    embedded.change("DELETE FROM CODIGO WHERE NOMECAMPO = 'NUMEROORCAMENTO'")
    report = await look(embedded)
    assert report.proposed("counters") == {"CLIENTE.CODCLI": "last"}
    assert found(report)["counters.missing"].evidence == ["ORCAMENTO.NUMEROORCAMENTO"]


async def test_measures_in_metres_and_grams_and_kits_on_the_other_side_are_seen(embedded: Store) -> None:
    embedded.change("UPDATE PRODUTO SET ALTURA = ALTURA / 100, PESOBRUTO = PESOBRUTO * 1000")
    embedded.change("UPDATE COMPOSICAO SET CODPROD = REFERCODPROD, REFERCODPROD = CODPROD")
    report = await look(embedded)
    assert report.proposed("measure_factors") == {"weight": "0.001", "height": "100", "width": "1", "length": "1"}
    assert report.proposed("kit_side") == "REFERCODPROD"


async def test_orders_that_the_program_writes_otherwise_than_integra_are_shown(embedded: Store) -> None:
    await _reserve(embedded, (embedded.skus()[0], 1))
    assert "orders.flags" in found(await look(embedded))
    embedded.change("UPDATE ORCAMENTO SET FLAGPALM = 2, FLAGSTATUS = 'A'")
    report = found(await look(embedded))
    assert report["orders.flags-differ"].params == {"columns": "FLAGPALM"}
    assert report["orders.letters-strange"].evidence == ["A: 1 / 0 / 0"]


async def test_a_price_table_by_formula_is_named_and_not_offered(embedded: Store) -> None:
    embedded.change("UPDATE PRECO SET FLAGUSAFORMULA = 'Y' WHERE CODPRECO = ?", r.ATACADO)
    report = await look(embedded)
    assert found(report)["prices.formula"].evidence == [f"{r.ATACADO} ATACADO"]
    assert r.ATACADO not in [choice.value for choice in asked(report)["base_price_table"].choices]


async def test_a_transaction_that_a_program_keeps_open_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LONG_MINUTES", 0)
    assert "server.transaction-long" not in found(await look(store))
    with store.open_transaction() as cursor:
        cursor.execute("UPDATE CODIGO SET ULTIMOCODIGO = 5 WHERE NOMECAMPO = 'CODORC'")
        if store.database.host is not None:  # the embedded engine shows the connections of one process as itself
            assert found(await look(store))["server.transaction-long"].params["n"] == 1


async def test_a_user_who_may_only_read_sees_everything_and_is_told_which_rights_are_missing(served: Store) -> None:
    for plugin in ("Srp", "Legacy_UserManager"):
        served.change(f"CREATE OR ALTER USER {READER} PASSWORD '{READER_PASSWORD}' USING PLUGIN {plugin}")
    _may_read_all_but(served, READER, "PRODUTOFOTO")
    as_owner = found(await look(served))
    report = found(await look(served, user=READER, password=READER_PASSWORD))
    missing = report["rights.missing"].evidence
    assert f"GRANT SELECT ON PRODUTOFOTO TO {READER};" in missing
    assert f"GRANT UPDATE ON PRODUTOESTOQUE TO {READER};" in missing
    assert f"GRANT DELETE ON PRODUTOCARACTERISTICA TO {READER};" in missing
    assert f"GRANT USAGE ON SEQUENCE SEQ_CODORCPROD TO {READER};" in missing
    assert f"GRANT SELECT ON PRODUTO TO {READER};" not in missing
    # Who may write nothing gets the same answers: nothing is written to find them.
    assert set(as_owner) - set(report) == {"rights.enough", "server.transactions", "server.engines-seen"}
    assert report["server.engines-unseen"].params == {"user": READER}
    assert "server.transactions-unseen" in report


async def test_the_rights_that_are_missing_are_said_as_what_an_owner_types_and_it_is_enough(served: Store) -> None:
    for plugin in ("Srp", "Legacy_UserManager"):
        served.change(f"CREATE OR ALTER USER {WRITER} PASSWORD '{READER_PASSWORD}' USING PLUGIN {plugin}")
    _may_read_all_but(served, WRITER, "PRODUTOFOTO")
    served.change("CREATE SEQUENCE SEQ_CODORC")
    served.change("CREATE SEQUENCE SEQ_OF_OTHERS")
    named = {"generators": {"ORCAMENTO.CODORC": "SEQ_CODORC", "CLIENTE.CODCLI": "SEQ_THAT_IS_NOT_THERE"}}
    missing = found(await look(served, user=WRITER, password=READER_PASSWORD, settled=named))["rights.missing"]
    sequences = [line for line in missing.evidence if "SEQUENCE" in str(line)]
    assert sequences == [f"GRANT USAGE ON SEQUENCE {name} TO {WRITER};" for name in ("SEQ_CODORC", "SEQ_CODORCPROD")]
    for line in missing.evidence:
        served.change(str(line).rstrip(";"))
    again = found(await look(served, user=WRITER, password=READER_PASSWORD, settled=named))
    assert again["rights.enough"].params["user"] == WRITER


def _may_read_all_but(store: Store, user: str, kept_from_him: str) -> None:
    tables = store.rows("SELECT TRIM(RDB$RELATION_NAME) AS NAME FROM RDB$RELATIONS WHERE RDB$SYSTEM_FLAG = 0")
    for table in {row["NAME"] for row in tables} - {kept_from_him}:
        store.change(f"GRANT SELECT ON {table} TO {user}")


@pytest.mark.parametrize("name", LAYOUTS)
async def test_every_layout_is_looked_at_whatever_columns_it_lacks(name: str, tmp_path: Path) -> None:
    clock = HandClock()
    database = Database(str(tmp_path / "base.fdb"))
    layouts.create(database, on_paper(name), local(clock))
    store = Store(database, clock)
    try:
        report = await look(store)  # asserts that no question failed
    finally:
        store.close()
    codes = found(report)
    assert "shape.complete" in codes
    assert ("shape.number-keys" in codes) == (name == LEGACY)
    assert bool([code for code in codes if code.startswith("shape.lost-")]) == (name != NEWEST)
    # A number in the older layouts, digits with zeros elsewhere: the same characteristic, on the same products.
    assert asked(report)["online_tag"].choices[0].value == r.VENDA_ONLINE
    assert int(asked(report)["online_tag"].choices[0].notes["products"] or 0) > 10


async def test_names_are_read_right_in_a_base_of_utf8_too(tmp_path: Path) -> None:
    clock = HandClock()
    database = Database(str(tmp_path / "base.fdb"))
    layouts.create(database, layouts.read("newest"), local(clock), charset="UTF8")
    store = Store(database, clock)
    try:
        report = await look(store)
    finally:
        store.close()
    assert "DEPÓSITO" in {choice.name for choice in asked(report)["sectors"].choices}
    assert str(found(report)["server.charset"].evidence[0]).startswith("UTF8: ")


async def test_a_base_that_lacks_what_is_needed_is_named_by_its_columns(embedded: Store) -> None:
    embedded.change("ALTER TABLE ORCAMENTO DROP NUMCUPOM")
    surroundings = Surroundings(embedded.clock, random.Random(1), lambda: "id")
    assert connector.survey is not None
    report = await connector.survey(where(embedded), lambda _name: None, surroundings)
    assert found(report)["shape.missing"].evidence == ["ORCAMENTO.NUMCUPOM"]
    assert "goods.tags" in found(report)


async def test_a_question_that_would_be_felt_at_the_tills_is_given_up_and_the_next_one_is_answered(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "STATEMENT_S_MAX", 0.3)
    options = parse(where(store))
    surroundings = Surroundings(store.clock, random.Random(1), lambda: "id")
    opener = Opener(options, store.database.password, surroundings)
    session = Session(connect(opener.database), opener.begins, 1, random.Random(1))
    try:
        base = asking.Base(session, options, to_local(store.clock.now(), options.zone))
        began = time.monotonic()
        with pytest.raises(asking.TooSlow):
            base.rows("SELECT COUNT(*) FROM RDB$FIELDS a, RDB$FIELDS b, RDB$FIELDS c, RDB$FIELDS d")
        assert time.monotonic() - began < 3
        assert base.row("SELECT COUNT(*) FROM EMPRESA") == (1,)
    finally:
        session.close()


async def _reserve(store: Store, *lines: tuple[str, int], reference: str = "M1000001") -> str:
    """An order that reserves its goods, as C-Plus's own program might write it."""
    erp = store.erp()
    try:
        for sku, quantity in lines:
            store.stock(sku, quantity)
        codes = await erp.take_order_codes()
        written = await erp.write_order(codes, order_for(CUSTOMER, *lines, reference=reference))
        assert written.reserved
        return codes.key
    finally:
        await erp.close()
