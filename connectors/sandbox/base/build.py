"""Builds a sample base, in a file of the embedded engine or on a server; and copies a base that was built before."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from firebird.driver import Connection

from connectors.cplus.base import firebird
from connectors.sandbox.base import customers as people
from connectors.sandbox.base import offers, photos
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.assortment import BRANDS, COLOURS, SECTIONS, SIZES
from connectors.sandbox.base.catalogue import Grid, Item, goods

SHOP_TIME = ZoneInfo("America/Sao_Paulo")
BROKEN_PHOTO = b"Esta nota nao e uma foto.\r\n" * 40
SECOND_PHOTO_EVERY = 4  # products have a second photo
BLOCK_CHARS = 24_000  # of one block of statements: Firebird 3 allows 64 KB of text and of compiled code

COUNTERS = (
    ("CLIENTE", "CODCLI"),
    ("CLIENTE", "CODIGO"),
    ("CLIENTECARACTERISTICA", "CODCLIENTECARACTERISTICA"),
    ("CLIENTEENDERECO", "CODCLIENTEENDERECO"),
    ("COMPOSICAO", "CODCOMPOSICAO"),
    ("DOCUMENTO", "CODDOCUMENTO"),
    ("MOVENDA", "CODMOVENDA"),
    ("MOVENDA", "NUMPED"),
    ("MOVENDAPROD", "CODMOVPROD"),
    ("MOVENDAREC", "ID"),
    ("MOVENDADEVOLUCAO", "CODMOVENDADEVOLUCAO"),
    ("CONFERENCIAPEDIDO", "CODCONFERENCIAPEDIDO"),
    ("NFCELETRONICA", "CODNFCELETRONICA"),
    ("NFELETRONICA", "CODNFELETRONICA"),
    ("ORCAMENTO", "CODORC"),
    ("ORCAMENTO", "NUMEROORCAMENTO"),
    ("ORCAMENTOREC", "CODORCAMENTOREC"),
    ("ORCAMENTOVENDA", "CODORCAMENTOVENDA"),
    ("PRODUTO", "CODPROD"),
    ("PRODUTOCARACTERISTICA", "CODPRODUTOCARACTERISTICA"),
    ("PRODUTOCODIGO", "ID"),
    ("PRODUTOFOTO", "CODPRODFOTO"),
    ("PRODUTOPRECO", "CODPRODUTOPRECO"),
)


class Clock(Protocol):
    """What a base needs of the engine's clock."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""


def local(clock: Clock) -> datetime:
    """The shop's wall clock without a zone, to the second, as C-Plus stamps its rows."""
    return clock.now().astimezone(SHOP_TIME).replace(tzinfo=None, microsecond=0)


def create_base(
    database: firebird.Database,
    seed: int,
    products: int = 300,
    customers: int = 200,
    *,
    clock: Clock,
    with_photos: bool = True,
) -> None:
    """Create the database and fill it: the same arguments and the same time give the same rows.

    `products` counts sellable rows (each cell of a grid is one), `customers` those besides the nameless consumer.
    Raises firebird.driver.DatabaseError where the database exists or cannot be made.
    """
    rows = sample_rows(seed, products, customers, local(clock), with_photos=with_photos)
    connection = firebird.create(database)
    try:
        connection.begin(firebird.WRITE)
        for statement in _schema():
            connection.execute_immediate(statement)
        connection.commit()
        connection.begin(firebird.WRITE)
        for table, table_rows in rows.items():
            _insert(connection, table, table_rows)
        connection.commit()
    finally:
        connection.close()


def sample_rows(seed: int, products: int, customers: int, now: datetime, *, with_photos: bool) -> r.Rows:
    """What stands in a sample base, its counters included. `now` is local to the base."""
    grids, items = goods(seed, products)
    rows = r.rows() | _goods_rows(seed, grids, items, now, with_photos) | offers.rows(items, now.date())
    rows |= people.rows(seed, customers, now)
    rows["CODIGO"] = [_counter(table, column, rows) for table, column in COUNTERS]
    return rows


def template(folder: Path, seed: int, products: int = 300, customers: int = 200, *, clock: Clock) -> Path:
    """The file of such a base in `folder`, built when it is not there yet; to be copied, never opened."""
    built = folder / f"sample-{seed}-{products}-{customers}.fdb"
    if not built.exists():
        with tempfile.TemporaryDirectory(dir=folder) as workshop:
            unfinished = Path(workshop) / built.name
            create_base(firebird.Database(str(unfinished)), seed, products, customers, clock=clock)
            unfinished.replace(built)
    return built


def copy_base(template: Path, target: Path) -> firebird.Database:
    """A base of its own from a template: milliseconds instead of a second."""
    shutil.copyfile(template, target)
    return firebird.Database(path=str(target))


def _schema() -> list[str]:
    text = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("--"))
    return [statement.strip() for statement in "\n".join(lines).split(";") if statement.strip()]


def _insert(connection: Connection, table: str, rows: Iterable[r.Row]) -> None:
    """Insert rows of one table: many a statement, written out, since the driver takes its time over each parameter."""
    block: list[str] = []
    with connection.cursor() as cursor:
        for row in rows:
            values = {column: value for column, value in row.items() if value is not None}
            pictures = [value for value in values.values() if isinstance(value, bytes)]
            if pictures:
                cursor.execute(_insert_statement(table, values), pictures)
                continue
            block.append(_insert_statement(table, values))
            if sum(map(len, block)) > BLOCK_CHARS:
                _run_block(connection, block)
                block = []
    if block:
        _run_block(connection, block)


def _insert_statement(table: str, values: Mapping[str, r.Value]) -> str:
    literals = ", ".join("?" if isinstance(value, bytes) else _literal(value) for value in values.values())
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({literals})"  # noqa: S608 - words of our own


def _literal(value: r.Value) -> str:
    if isinstance(value, int | Decimal):
        return str(value)
    text = str(value).replace("'", "''")
    return f"'{text}'"


def _run_block(connection: Connection, statements: list[str]) -> None:
    connection.execute_immediate(f"EXECUTE BLOCK AS BEGIN {'; '.join(statements)}; END")


def _counter(table: str, column: str, rows: Mapping[str, list[r.Row]]) -> r.Row:
    """The counter's row: the next free code, as C-Plus keeps it."""
    highest = max((int(str(row[column])) for row in rows.get(table, ())), default=0)
    return {"NOMETABELA": table, "NOMECAMPO": column, "ULTIMOCODIGO": highest + 1}


# ---------------------------------------------------------------- goods as rows


def _goods_rows(seed: int, grids: Iterable[Grid], items: Iterable[Item], now: datetime, with_photos: bool) -> r.Rows:
    chance = random.Random(f"{seed}:dates")
    base: r.Rows = _section_rows() | {
        "FABRICANTE": [
            {"CODFABRICANTE": r.key(n), "CODIGO": str(n), "NOMEFABRICANTE": name} for n, name in enumerate(BRANDS, 1)
        ],
        **_axis_rows(),
        "PRODUTOGRADE": [
            {
                "CODPRODGRADE": grid.key,
                "NOMEPRODUTOGRADE": grid.name,
                "CODITEMGRADEV": r.AXIS_COLOUR,
                "CODITEMGRADEH": r.AXIS_SIZE,
            }
            for grid in grids
        ],
    }
    sections = {str(row["NOMESECAO"]): row["CODSEC"] for row in base["SECAO"]}
    tables = ("PRODUTO", "PRODUTOCODIGO", "PRODUTOCARACTERISTICA", "COMPOSICAO", "PRODUTOESTOQUE", "PRODUTOPRECO")
    base |= {table: [] for table in (*tables, "PRODUTOFOTO")}
    for item in items:
        changed = datetime.combine(
            now.date() - timedelta(days=chance.randint(2, 900)), time(chance.randint(8, 18), chance.randint(0, 59))
        )
        base["PRODUTO"].append(_product_row(item, sections[item.kind.section[1]], changed))
        for table, row in _rows_of(item, changed):
            base[table].append(row)
        if with_photos:
            base["PRODUTOFOTO"] += _photo_rows(item, len(base["PRODUTOFOTO"]), changed)
    for table, column in (("PRODUTOCARACTERISTICA", "CODPRODUTOCARACTERISTICA"), ("COMPOSICAO", "CODCOMPOSICAO")):
        base[table] = [{column: r.key(n), **row} for n, row in enumerate(base[table], start=1)]
    base["PRODUTOPRECO"] = [{"CODPRODUTOPRECO": r.key(n), **row} for n, row in enumerate(base["PRODUTOPRECO"], start=1)]
    return base


def _section_rows() -> r.Rows:
    rows: list[r.Row] = []
    departments = list(dict.fromkeys(department for department, _ in SECTIONS))
    for number, department in enumerate(departments, start=1):
        within = [section for above, section in SECTIONS if above == department]
        for path, name in ((f"{number}", department), *((f"{number}.{n}", s) for n, s in enumerate(within, start=1))):
            code = len(rows) + 1
            rows.append({"CODSEC": r.key(code), "CODIGO": str(code), "NOMESECAO": name, "CLASSIFICACAO": path})
    return {"SECAO": rows}


def _axis_rows() -> r.Rows:
    colours = [(r.AXIS_COLOUR, colour.name, colour.short, n) for n, colour in enumerate(COLOURS, start=1)]
    sizes = [(r.AXIS_SIZE, size, size, n) for n, size in enumerate(SIZES, start=1)]
    return {
        "ITEMGRADE": [
            {"CODITEMGRADE": r.AXIS_COLOUR, "CODIGO": "1", "DESCRICAO": "COR"},
            {"CODITEMGRADE": r.AXIS_SIZE, "CODIGO": "2", "DESCRICAO": "TAMANHO"},
        ],
        "ITEMGRADEDETALHE": [
            {
                "CODITEMGRADEDETALHE": r.key(n),
                "CODITEMGRADE": axis,
                "DESCRICAO": name,
                "SIGLA": short,
                "POSICAO": place,
            }
            for n, (axis, name, short, place) in enumerate(colours + sizes, start=1)
        ],
    }


def _product_row(item: Item, section: r.Value, changed: datetime) -> r.Row:
    kind = item.kind
    height, width, length = kind.box_cm
    return {
        "CODPROD": item.key,
        "CODIGO": item.code,
        "NOMEPROD": item.name,
        "NOMEPRODCURTO": f"{kind.noun} {item.colour.name}",
        "NOMEPRODWEB": item.web_name,
        "DESCRICAOWEB": item.description,
        "APLICACAO": item.note or kind.text,
        "FLAGINATIVO": "N" if item.active else "Y",
        "FLAGNAOVENDER": "N" if item.sellable else "Y",
        "FLAGSERVICO": "N",
        "FLAGCONTROLAESTOQUE": "Y",
        "FLAGCOMPOSTO": "Y" if item.parts else "N",
        "FLAGUSAGRADE": "Y" if item.grid else "N",
        "CODPRODGRADE": item.grid,
        "CODITEMGRADEDETALHEV": r.key(1 + COLOURS.index(item.colour)) if item.grid else None,
        "CODITEMGRADEDETALHEH": r.key(1 + len(COLOURS) + SIZES.index(item.size)) if item.size else None,
        "CODSEC": section,
        "CODFABRICANTE": r.key(1 + BRANDS.index(item.brand)),
        "CODUNIDADE": {"UN": "000000001", "MT": "000000002", "PAR": "000000003"}[kind.unit],
        "UNIDADE": kind.unit,
        "PESOBRUTO": kind.weight_kg,
        "PESOLIQUIDO": (kind.weight_kg * Decimal("0.9")).quantize(Decimal("0.001")),
        "ALTURA": height,
        "LARGURA": width,
        "COMPRIMENTO": length,
        "PRAZOENTREGA": kind.delivery_days,
        "PRECUSTO": item.cost,
        "CUSTOMEDIO": item.cost,
        "CUSTOREAL": item.cost,
        "CFOPDENTROUF": "102",
        "CFOPFORAUF": "102",
        "FLAGORIGEMPRODUTO": "0",
        "DATCAD": changed.date() - timedelta(days=30),
        "DATREAJ": changed.date(),
        "LAST_CHANGE": changed,
        "CODUSER": r.USER_OFFICE,
    }


def _rows_of(item: Item, changed: datetime) -> Iterable[tuple[str, r.Row]]:
    """What hangs on a product besides its photos; keys that count within their table are given later."""
    yield (
        "PRODUTOCODIGO",
        {
            "ID": item.key,
            "CODPROD": item.key,
            "CODIGO": item.ean,
            "CODTIPOCODIGO": r.CODE_EAN,
            "FATORCONVERSAO": 1,
            "LAST_CHANGE": changed,
        },
    )
    if item.online:
        tag: r.Row = {
            "CODCARACTERISTICA": r.VENDA_ONLINE,
            "CODPROD": item.key,
            "DATACARACTERISTICA": changed.date(),
        }
        yield "PRODUTOCARACTERISTICA", tag
    for part, quantity in item.parts:
        yield "COMPOSICAO", {"CODPROD": item.key, "REFERCODPROD": part, "QUANTIDADE": quantity}
    for sector, (on_hand, at_workshop) in item.stock.items():
        # Nobody ever reserved most of the goods: C-Plus leaves NULL there, which counts as nothing.
        untouched = int(item.key) % 2 == 0
        yield (
            "PRODUTOESTOQUE",
            {
                "CODPROD": item.key,
                "CODEMPRESA": r.COMPANY,
                "CODSETORESTOQUE": sector,
                "ESTATU": on_hand,
                "RESERVADOORCAMENTO": None if untouched else Decimal(0),
                "RESERVADOOS": at_workshop or (None if untouched else Decimal(0)),
                "QTDEMIN": 2,
                "LAST_CHANGE": changed,
            },
        )
    for table, price in item.prices.items():
        yield "PRODUTOPRECO", price_row(item.key, table, price, item.cost, changed.date())


def price_row(product: str, table: str, price: Decimal, cost: Decimal, day: date) -> r.Row:
    """A price without its key; MARGEM is the percentage on the cost."""
    margin = ((price / cost - 1) * 100).quantize(Decimal("0.0001")) if cost else Decimal(0)
    return {"CODPROD": product, "CODPRECO": table, "PRECO": price, "MARGEM": margin, "DATAREAJUSTE": day}


def _photo_rows(item: Item, before: int, changed: datetime) -> list[r.Row]:
    number = int(item.key)
    drawing, colour = item.kind.drawing, item.colour.rgb
    match item.photo:
        case "none":
            pictures = []
        case "broken":
            pictures = [BROKEN_PHOTO]
        case "png":
            pictures = [photos.draw_png(drawing, colour, number)]
        case _:
            variants = (number, -number) if number % SECOND_PHOTO_EVERY == 0 else (number,)
            pictures = [photos.draw(drawing, colour, variant) for variant in variants]
    return [
        {
            "CODPRODFOTO": r.key(before + place + 1),
            "CODPROD": item.key,
            "FLAGPRINCIPAL": "N" if place else "Y",
            "FOTO": picture,
            "LAST_CHANGE": changed,
        }
        for place, picture in enumerate(pictures)
    ]
