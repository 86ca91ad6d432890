"""The sample C-Plus base is a believable shop: what an operator in training, and every other test, relies on."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from stdnum import ean
from stdnum.br import cnpj, cpf

from connectors.cplus.base.firebird import Database, connect, writing
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import COUNTERS, copy_base, create_base, template
from connectors.sandbox.base.catalogue import BAD_DAYS, SPECIALS_FROM, bad_days, goods
from tests.firebird_server import FirebirdServer

SEED = 1
PRODUCTS, CUSTOMERS = 300, 200


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def query(database: Database, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = [tuple(v.rstrip() if isinstance(v, str) else v for v in row) for row in cursor.fetchall()]
    return rows


def ids(rows: list[tuple[Any, ...]]) -> list[Any]:
    return [row[0] for row in rows]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The full base, for tests that only read it."""
    built = template(tmp_path_factory.getbasetemp(), SEED, PRODUCTS, CUSTOMERS, clock=Noon())
    return copy_base(built, tmp_path_factory.mktemp("read") / "base.fdb")


def test_it_has_the_goods_and_customers_that_were_asked_for(base: Database) -> None:
    assert query(base, "SELECT COUNT(*) FROM PRODUTO") == [(PRODUCTS,)]
    assert query(base, "SELECT COUNT(*) FROM CLIENTE WHERE CODCLI <> ?", r.CONSUMER) == [(CUSTOMERS,)]


def test_every_document_of_a_customer_is_valid(base: Database) -> None:
    rows = query(base, "SELECT FLAGFISICA, CPF, CNPJ FROM CLIENTE WHERE CODCLI <> ?", r.CONSUMER)
    documents = [cpf.validate(person) if kind == "Y" else cnpj.validate(company) for kind, person, company in rows]
    assert len(set(documents)) == CUSTOMERS
    kinds = Counter(kind for kind, *_ in rows)
    assert kinds["Y"] > kinds["N"] > 10
    assert any(document.isalnum() and not document.isdigit() for document in documents), "a CNPJ with letters"
    assert any(not person.isdigit() for _, person, _ in rows if person), "a CPF as people type it"


def test_the_company_and_every_bar_code_have_right_check_digits(base: Database) -> None:
    ((company,),) = query(base, "SELECT CNPJ FROM EMPRESA")
    assert cnpj.is_valid(company)
    codes = ids(query(base, "SELECT CODIGO FROM PRODUTOCODIGO WHERE CODTIPOCODIGO = ?", r.CODE_EAN))
    assert len(set(codes)) == PRODUCTS
    assert all(ean.is_valid(code) for code in codes)


def test_every_address_has_a_city_of_its_state_and_eight_digits_of_postcode(base: Database) -> None:
    places = {(city.name, city.state) for city in r.CITIES}
    for table in ("CLIENTE WHERE CODCLI <> '00000001'", "CLIENTEENDERECO"):
        rows = query(base, f"SELECT CIDADE, ESTADO, CEP, ENDERECO FROM {table}")
        assert rows
        for city, state, postcode, street in rows:
            assert (city, state) in places
            assert len(postcode) == 8
            assert postcode.isdigit()
            assert street


def test_the_next_code_of_every_counter_is_free_and_leaves_no_gap(base: Database) -> None:
    for table, column in COUNTERS:
        ((next_code,),) = query(
            base, "SELECT ULTIMOCODIGO FROM CODIGO WHERE NOMETABELA = ? AND NOMECAMPO = ?", table, column
        )
        taken = {int(code) for code in ids(query(base, f"SELECT {column} FROM {table}"))}
        assert next_code == max(taken, default=0) + 1


def test_a_grid_reads_as_three_sizes_in_two_colours_each_with_its_own_stock_and_price(base: Database) -> None:
    rows = query(
        base,
        "SELECT G.NOMEPRODUTOGRADE, V.DESCRICAO, H.DESCRICAO, H.POSICAO, P.CODPROD, C.PRECO, "
        "(SELECT SUM(E.ESTATU) FROM PRODUTOESTOQUE E WHERE E.CODPROD = P.CODPROD) "
        "FROM PRODUTO P JOIN PRODUTOGRADE G ON G.CODPRODGRADE = P.CODPRODGRADE "
        "JOIN ITEMGRADEDETALHE V ON V.CODITEMGRADEDETALHE = P.CODITEMGRADEDETALHEV "
        "AND V.CODITEMGRADE = G.CODITEMGRADEV "
        "JOIN ITEMGRADEDETALHE H ON H.CODITEMGRADEDETALHE = P.CODITEMGRADEDETALHEH "
        "AND H.CODITEMGRADE = G.CODITEMGRADEH "
        "JOIN PRODUTOPRECO C ON C.CODPROD = P.CODPROD AND C.CODPRECO = ? "
        "WHERE P.FLAGUSAGRADE = 'Y' ORDER BY P.CODPROD",
        r.VAREJO,
    )
    assert len(rows) == PRODUCTS * 2 // 5
    first = rows[:6]
    assert {row[0] for row in first} == {"Camiseta Algodão Pima Gola V"}
    assert [row[1:3] for row in first] == [
        (colour, size) for colour in ("AZUL-MARINHO", "BRANCO") for size in ("P", "M", "G")
    ]
    assert first[0][5] < first[2][5], "the large one costs more"
    assert len({row[6] for row in first}) > 1
    per_grid = Counter(row[0] for row in rows)
    assert set(per_grid.values()) == {6}


def test_nearly_all_goods_are_online_with_a_price_in_each_of_three_tables(base: Database) -> None:
    online = set(
        ids(query(base, "SELECT CODPROD FROM PRODUTOCARACTERISTICA WHERE CODCARACTERISTICA = ?", r.VENDA_ONLINE))
    )
    assert len(online) >= PRODUCTS * 9 // 10
    prices = query(base, "SELECT CODPROD, CODPRECO, PRECO FROM PRODUTOPRECO WHERE PRECO > 0")
    whole = [product for product, tables in Counter(row[0] for row in prices).items() if tables == 3]
    assert len(whole) >= PRODUCTS * 9 // 10
    by_table = {(product, table): price for product, table, price in prices}
    for product in whole:
        assert by_table[product, r.VAREJO] > by_table[product, r.ATACADO] > by_table[product, r.REVENDA]


def test_goods_have_what_a_shop_shows(base: Database) -> None:
    rows = query(
        base,
        "SELECT NOMEPROD, NOMEPRODWEB, DESCRICAOWEB, APLICACAO, PESOBRUTO, ALTURA, LARGURA, COMPRIMENTO, PRAZOENTREGA, "
        "S.CLASSIFICACAO, F.NOMEFABRICANTE FROM PRODUTO P JOIN SECAO S ON S.CODSEC = P.CODSEC "
        "JOIN FABRICANTE F ON F.CODFABRICANTE = P.CODFABRICANTE",
    )
    assert len(rows) == PRODUCTS
    assert all(name and use and brand for name, _, _, use, *_, brand in rows)
    assert all(min(row[4:9]) > 0 for row in rows)
    assert PRODUCTS * 7 // 10 < sum(web is not None and html is not None for _, web, html, *_ in rows) < PRODUCTS
    assert {section.count(".") for *_, section, _ in rows} == {1}, "each hangs on a section of a department"
    assert len({row[0] for row in rows}) == PRODUCTS


def test_the_photo_of_a_cell_shows_the_cells_colour(base: Database) -> None:
    rows = query(
        base, "SELECT CODPROD, FOTO FROM PRODUTOFOTO WHERE CODPROD <= '000000006' AND FLAGPRINCIPAL = 'Y' ORDER BY 1"
    )
    middles = []
    for _, photo in rows:
        assert 3_000 < len(photo) < 20_000
        picture = Image.open(io.BytesIO(photo))
        assert (picture.format, picture.size) == ("JPEG", (440, 440))
        middles.append(picture.convert("RGB").getpixel((220, 220)))
    navy, white = middles[:3], middles[3:]
    assert all(isinstance(pixel, tuple) and max(pixel) < 120 for pixel in navy)
    assert all(isinstance(pixel, tuple) and min(pixel) > 220 for pixel in white)


def test_each_bad_day_is_there_once_and_can_be_found(base: Database) -> None:
    where = bad_days(PRODUCTS)
    assert set(where) == set(BAD_DAYS)
    rows_of = {
        "without price": "SELECT CODPRECO FROM PRODUTOPRECO WHERE CODPROD = ?",
        "price in one table only": "SELECT CODPRECO FROM PRODUTOPRECO WHERE CODPROD = ?",
        "price of zero": f"SELECT PRECO FROM PRODUTOPRECO WHERE CODPROD = ? AND CODPRECO = '{r.VAREJO}'",
        "without photo": "SELECT CODPRODFOTO FROM PRODUTOFOTO WHERE CODPROD = ?",
        "sold out": "SELECT SUM(ESTATU) FROM PRODUTOESTOQUE WHERE CODPROD = ?",
        "without stock row": "SELECT ESTATU FROM PRODUTOESTOQUE WHERE CODPROD = ?",
        "reserved by a service order": "SELECT MAX(RESERVADOOS) FROM PRODUTOESTOQUE WHERE CODPROD = ?",
        "inactive though online": "SELECT FLAGINATIVO FROM PRODUTO WHERE CODPROD = ?",
        "not for sale though online": "SELECT FLAGNAOVENDER FROM PRODUTO WHERE CODPROD = ?",
        "without texts": "SELECT NOMEPRODWEB FROM PRODUTO WHERE CODPROD = ?",
        "text with dashes and an odd byte": "SELECT APLICACAO FROM PRODUTO WHERE CODPROD = ?",
    }
    found = {case: ids(query(base, sql, where[case])) for case, sql in rows_of.items()}
    assert found == {
        "without price": [],
        "price in one table only": [r.ATACADO],
        "price of zero": [Decimal(0)],
        "without photo": [],
        "sold out": [Decimal(0)],
        "without stock row": [],
        "reserved by a service order": [Decimal(2)],
        "inactive though online": ["Y"],
        "not for sale though online": ["Y"],
        "without texts": [None],
        "text with dashes and an odd byte": ["Preço “de fábrica” – 10 € a menos \x81"],
    }
    ((price,),) = query(
        base,
        "SELECT PRECO FROM PRODUTOPRECO WHERE CODPROD = ? AND CODPRECO = ?",
        where["price of four decimals"],
        r.ATACADO,
    )
    assert price != price.quantize(Decimal("0.01"))
    ((broken,),) = query(base, "SELECT FOTO FROM PRODUTOFOTO WHERE CODPROD = ?", where["photo that is no picture"])
    with pytest.raises(OSError):
        Image.open(io.BytesIO(broken))
    ((png,),) = query(base, "SELECT FOTO FROM PRODUTOFOTO WHERE CODPROD = ?", where["photo as PNG"])
    assert Image.open(io.BytesIO(png)).format == "PNG"
    assert query(base, "SELECT DESCRICAOWEB FROM PRODUTO WHERE CODPROD = ?", where["text as RTF"])[0][0].startswith(
        r"{\rtf"
    )


def test_nothing_starts_below_zero_or_with_more_reserved_than_there_is(base: Database) -> None:
    rows = query(base, "SELECT ESTATU, COALESCE(RESERVADOORCAMENTO, 0) + COALESCE(RESERVADOOS, 0) FROM PRODUTOESTOQUE")
    assert all(on_hand >= reserved >= 0 for on_hand, reserved in rows)
    assert any(on_hand != on_hand.to_integral() for on_hand, _ in rows), "some goods are sold by the metre"
    nothing = query(base, "SELECT CODPROD FROM PRODUTOESTOQUE GROUP BY CODPROD HAVING SUM(ESTATU) = 0")
    assert 5 <= len(nothing) < PRODUCTS // 5


def test_a_kit_is_made_of_goods_that_exist(base: Database) -> None:
    parts = query(
        base,
        "SELECT K.NOMEPROD, P.NOMEPROD, C.QUANTIDADE FROM COMPOSICAO C JOIN PRODUTO K ON K.CODPROD = C.CODPROD "
        "JOIN PRODUTO P ON P.CODPROD = C.REFERCODPROD WHERE K.FLAGCOMPOSTO = 'Y' ORDER BY K.CODPROD, P.CODPROD",
    )
    assert [quantity for *_, quantity in parts] == [1, 1, 2, 2, 3, 3]
    assert {part.split()[0] for _, part, _ in parts} == {"CANECA", "PRATO"}


@pytest.mark.parametrize("seed", [1, 7])
def test_the_smallest_base_with_kits_has_goods_to_put_in_them(seed: int) -> None:
    _, items = goods(seed, SPECIALS_FROM)
    keys = {item.key for item in items if not item.parts}
    kits = [item for item in items if item.parts]
    assert len(kits) == 3
    for kit in kits:
        assert len({part for part, _ in kit.parts} & keys) == 2


def test_some_ways_to_pay_are_offered_in_the_shop_and_some_are_not(base: Database) -> None:
    offered = dict(query(base, "SELECT DESCRICAO, FLAGLOJAVIRTUAL FROM FORMAPAG"))
    assert offered["PIX"] == "Y"
    assert offered["CREDIÁRIO DA LOJA 5X"] == "N"


def every_row(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    tables = "SELECT TRIM(RDB$RELATION_NAME) FROM RDB$RELATIONS WHERE RDB$SYSTEM_FLAG = 0"
    with connect(database) as connection, connection.cursor() as cursor:
        names = ids(cursor.execute(tables).fetchall())
        return {name: sorted(cursor.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}


def test_the_same_seed_makes_the_same_shop_and_another_seed_another(tmp_path: Path) -> None:
    shops = []
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        database = Database(str(tmp_path / f"{name}.fdb"))
        create_base(database, seed, products=72, customers=20, clock=Noon())
        shops.append(every_row(database))
    one, again, other = shops
    assert one == again
    for table in ("PRODUTO", "PRODUTOESTOQUE", "PRODUTOPRECO", "CLIENTE"):
        assert one[table] != other[table]


def test_a_template_is_built_once_and_copied_into_bases_of_their_own(tmp_path: Path) -> None:
    built = template(tmp_path, SEED, 12, 5, clock=Noon())
    written = built.stat().st_mtime_ns
    again = template(tmp_path, SEED, 12, 5, clock=Noon())
    one, other = (copy_base(again, tmp_path / name) for name in ("one.fdb", "other.fdb"))
    with connect(one) as connection:
        connection.begin(writing())
        connection.execute_immediate("DELETE FROM PRODUTOFOTO")
        connection.commit()
    assert (again, again.stat().st_mtime_ns) == (built, written)
    assert query(one, "SELECT COUNT(*) FROM PRODUTOFOTO") == [(0,)]
    assert query(other, "SELECT COUNT(*) FROM PRODUTOFOTO") > [(11,)]


def test_a_small_base_has_sound_goods_only(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "small.fdb"))
    create_base(database, SEED, products=12, customers=5, clock=Noon())
    assert bad_days(12) == {}
    assert query(database, "SELECT COUNT(*) FROM PRODUTO WHERE FLAGUSAGRADE = 'Y'") == [(6,)]
    assert query(database, "SELECT COUNT(*) FROM PRODUTOPRECO WHERE PRECO > 0") == [(36,)]
    assert query(database, "SELECT COUNT(DISTINCT CODPROD) FROM PRODUTOFOTO") == [(12,)]


def test_a_server_gets_the_same_base_as_a_file(firebird_server: FirebirdServer, tmp_path: Path) -> None:
    server = firebird_server
    remote = Database(server.create_path("sample.fdb"), server.host, server.port, password=server.password)
    local = Database(str(tmp_path / "local.fdb"))
    for database in (remote, local):
        create_base(database, SEED, products=12, customers=5, clock=Noon())
    assert every_row(remote) == every_row(local)
