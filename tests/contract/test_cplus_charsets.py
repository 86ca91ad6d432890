"""Text of a Windows program in bases of every charset: what it left is read right, and it reads right what we write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.cplus.base.firebird import Database, connect, writing
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import copy_base, local
from engine.errors import Misconfigured
from tests.contract.cplus_store import BUYER, HandClock, Store, order_for
from tests.firebird_server import FirebirdServer
from tests.layouts import base as layouts

pytestmark = pytest.mark.anyio

LATER = "later"  # declared by column, in a base that is declared NONE
CHARSETS = ("NONE", "ISO8859_1", "WIN1252", f"ISO8859_1 {LATER}", "UTF8")
NAME = "AÇÚCAR “UNIÃO” – € 5,00 … à moda"
ODD_BYTES = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""Windows-1252 gives them no meaning; a Windows program keeps them all the same."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("charsets")


@pytest.fixture(params=CHARSETS)
def charset(request: pytest.FixtureRequest) -> str:
    found = request.param
    assert isinstance(found, str)
    return found


@pytest.fixture
def store(charset: str, folder: Path, tmp_path: Path) -> Iterator[Store]:
    found = store_of(charset, folder, tmp_path)
    yield found
    found.close()


def store_of(charset: str, folder: Path, tmp_path: Path) -> Store:
    template = folder / f"{charset}.fdb"
    if not template.exists():
        columns, *later = charset.split()
        layouts.create(Database(str(template)), layouts.read("newest"), local(HandClock()), charset=columns)
        if later:
            with connect(Database(str(template))) as connection:
                connection.begin(writing())
                connection.execute_immediate("ALTER DATABASE SET DEFAULT CHARACTER SET NONE")
                connection.commit()
    return Store(replace(copy_base(template, tmp_path / "store.fdb"), charset=windows(charset)))


def windows(charset: str) -> str:
    """How a Windows program connects: without a charset, save to a UTF8 base, where the server translates for it."""
    return "WIN1252" if charset == "UTF8" else "NONE"


def left_by_windows(store: Store, sql: str, text: bytes, *values: object) -> None:
    """Have a Windows program write the bytes that it holds of a text."""
    connection = connect(store.database)
    try:
        connection.begin(writing())
        with connection.cursor() as cursor:
            if store.database.charset == "NONE":
                cursor.execute(sql.replace("?", f"x'{text.hex()}'", 1), values)
            else:
                cursor.execute(sql, (text.decode("cp1252"), *values))
        connection.commit()
    finally:
        connection.close()


def seen_by_windows(store: Store, column: str, table: str, where: str, *values: object) -> Sequence[bytes]:
    """The bytes that a Windows program receives of a column."""
    raw = store.database.charset == "NONE"
    what = f"CAST({column} AS VARCHAR(500) CHARACTER SET OCTETS)" if raw else column
    rows = store.rows(f"SELECT {what} AS SEEN FROM {table} WHERE {where}", *values)
    return [row["SEEN"] if isinstance(row["SEEN"], bytes) else str(row["SEEN"]).encode("cp1252") for row in rows]


async def test_what_a_windows_program_left_is_read_as_it_was_meant(store: Store, charset: str) -> None:
    erp = store.erp()
    odd = b"" if charset == "UTF8" else ODD_BYTES  # the server translates for it, and has nothing to make of these
    sku = (await erp.catalogue([r.VENDA_ONLINE], None)).products[0].sku
    left_by_windows(store, "UPDATE PRODUTO SET NOMEPROD = ? WHERE CODPROD = ?", NAME.encode("cp1252") + odd, sku)
    left_by_windows(store, "UPDATE PRODUTO SET DESCRICAOWEB = ? WHERE CODPROD = ?", NAME.encode("cp1252"), sku)
    (product,) = [p for p in (await erp.catalogue([r.VENDA_ONLINE], None)).products if p.sku == sku]
    assert product.name == NAME + odd.decode("latin-1")
    assert product.description == NAME
    await erp.close()


async def test_what_we_write_is_what_a_windows_program_sees(store: Store) -> None:
    erp = store.erp()
    code = await erp.take_customer_code()
    await erp.create_customer(code, replace(BUYER, name="Conceição “Zé” – € & Cia…"), None)
    assert seen_by_windows(store, "NOMECLI", "CLIENTE", "CODCLI = ?", code) == [
        "CONCEIÇÃO “ZÉ” – € & CIA…".encode("cp1252")
    ]
    (found,) = await erp.find_customers(BUYER.document, "")
    assert found.person.name == "CONCEIÇÃO “ZÉ” – € & CIA…"
    await erp.update_customer(code, {"city": "São João del-Rei", "email": "joão@exemplo.com.br"})
    assert seen_by_windows(store, "CIDADE", "CLIENTE", "CODCLI = ?", code) == ["SÃO JOÃO DEL-REI".encode("cp1252")]
    assert [one.code for one in await erp.find_customers("", "JOÃO@exemplo.com.br")] == [code]
    await erp.close()


async def test_signs_that_no_windows_program_has_spoil_neither_the_write_nor_its_screens(store: Store) -> None:
    erp = store.erp()
    code = await erp.take_customer_code()
    await erp.create_customer(code, replace(BUYER, name="Łukasz 😀 Nguyễn 日本 Ωmega"), None)
    assert seen_by_windows(store, "NOMECLI", "CLIENTE", "CODCLI = ?", code) == [b"LUKASZ NGUYEN MEGA"]
    sku = (await erp.catalogue([r.VENDA_ONLINE], None)).products[0].sku
    codes = await erp.take_order_codes()
    order = replace(order_for(code, (sku, 1)), note="Presente 🎁 para a vovó – não tocar!", delivery_name="Zoë 😀")
    await erp.write_order(codes, order)
    (remarks,) = seen_by_windows(store, "OBS", "ORCAMENTO", "CODORC = ?", codes.key)
    assert remarks.endswith("Presente  para a vovó – não tocar!".encode("cp1252"))
    await erp.close()


async def test_a_line_that_is_shared_out_keeps_the_bytes_of_its_text(folder: Path, tmp_path: Path) -> None:
    store = store_of("NONE", folder, tmp_path)
    erp = store.erp()
    sku = store.rows("SELECT FIRST 1 CODPROD FROM PRODUTOESTOQUE WHERE CODSETORESTOQUE = ?", r.DEPOSITO)[0]["CODPROD"]
    store.change("UPDATE PRODUTO SET FLAGINATIVO = 'N', FLAGNAOVENDER = 'N' WHERE CODPROD = ?", sku)
    store.change("UPDATE PRODUTOESTOQUE SET ESTATU = 0, RESERVADOORCAMENTO = 0 WHERE CODPROD = ?", sku)
    codes = await erp.take_order_codes()
    assert (await erp.write_order(codes, order_for("00000002", (sku, 3)))).short_skus == (sku,)
    text = NAME.encode("cp1252") + ODD_BYTES
    left_by_windows(store, "UPDATE ORCAMENTOPROD SET DESCRICAOPRODUTO = ? WHERE CODORC = ?", text, codes.key)
    store.stock(sku, 1)
    store.change("UPDATE PRODUTOESTOQUE SET ESTATU = 2 WHERE CODPROD = ? AND CODSETORESTOQUE = ?", sku, r.DEPOSITO)
    assert (await erp.reserve_order(codes.key)).reserved
    assert seen_by_windows(store, "DESCRICAOPRODUTO", "ORCAMENTOPROD", "CODORC = ?", codes.key) == [text, text]
    await erp.close()
    store.close()


async def test_the_base_says_in_which_charset_to_speak(store: Store, charset: str) -> None:
    erp = store.erp()
    spoken = "UTF8" if charset == "UTF8" else "NONE"
    assert (await erp.identity()).version.endswith(f"charset {spoken}")
    await erp.close()
    other = "NONE" if charset == "UTF8" else "UTF8"
    mistaken = store.erp(charset=other)
    with pytest.raises(Misconfigured) as said:
        await mistaken.identity()
    assert (said.value.code, said.value.params["expected"]) == ("erp-charset-wrong", spoken)
    await mistaken.close()


async def test_a_base_of_two_minds_is_refused_naming_its_columns(folder: Path, tmp_path: Path) -> None:
    store = store_of("NONE", folder, tmp_path)
    store.change("ALTER TABLE PRODUTO ADD OBSNOVA VARCHAR(50) CHARACTER SET UTF8")
    store.close()
    erp = store.erp()
    with pytest.raises(Misconfigured) as said:
        await erp.price_tables()
    assert (said.value.code, said.value.params["columns"]) == ("erp-charset-mixed", "PRODUTO.OBSNOVA")
    await erp.close()


async def test_a_utf8_base_on_a_server_has_its_texts_long_and_short(
    firebird_server: FirebirdServer,
) -> None:
    path = firebird_server.create_path("utf8.fdb")
    database = Database(path, firebird_server.host, firebird_server.port, password=firebird_server.password)
    layouts.create(database, layouts.read("newest"), local(HandClock()), charset="UTF8")
    store = Store(replace(database, charset="WIN1252"))
    erp = store.erp()
    short, long = (await erp.catalogue([r.VENDA_ONLINE], None)).products[:2]
    texts = {short.sku: "á" * 900, long.sku: "ção – " * 2000}
    for sku, text in texts.items():
        store.change("UPDATE PRODUTO SET DESCRICAOWEB = ?, OBSSITE = ? WHERE CODPROD = ?", text, text, sku)
    read = {product.sku: product.description for product in (await erp.catalogue([r.VENDA_ONLINE], None)).products}
    assert {sku: read[sku] for sku in texts} == {sku: text.strip() for sku, text in texts.items()}
    await erp.close()
    store.close()
