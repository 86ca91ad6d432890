"""What this C-Plus base looks like: which columns exist, how wide they are, and how a row is written into them.

The vendor adds columns every few months and once changed the kind of some keys, so nothing here is taken for granted
but the few columns named as required. An optional table that the user may not read is as good as missing. (Widths:
RDB$FIELDS.RDB$CHARACTER_LENGTH; kinds: RDB$FIELDS.RDB$FIELD_TYPE.)
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.cplus.base import charsets, rights, text
from connectors.cplus.base.firebird import CODEC
from connectors.cplus.base.session import Session, Value
from engine.errors import Misconfigured, Refused

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "CODIGO": ("NOMETABELA", "NOMECAMPO", "ULTIMOCODIGO"),
    "EMPRESA": ("CODEMPRESA", "CNPJ", "ESTADO"),
    "PRECO": ("CODPRECO", "NOMEPRECO"),
    "PRODUTO": ("CODPROD", "CODIGO", "NOMEPROD", "FLAGINATIVO", "LAST_CHANGE"),
    "PRODUTOCARACTERISTICA": ("CODPRODUTOCARACTERISTICA", "CODCARACTERISTICA", "CODPROD"),
    "PRODUTOCODIGO": ("CODPROD", "CODIGO", "CODTIPOCODIGO"),
    "PRODUTOFOTO": ("CODPRODFOTO", "CODPROD", "FLAGPRINCIPAL", "FOTO"),
    "PRODUTOESTOQUE": ("CODPROD", "CODEMPRESA", "CODSETORESTOQUE", "ESTATU", "RESERVADOORCAMENTO", "LAST_CHANGE"),
    "PRODUTOPRECO": ("CODPRODUTOPRECO", "CODPROD", "CODPRECO", "PRECO"),
    "PRODUTOGRADE": ("CODPRODGRADE", "NOMEPRODUTOGRADE"),
    "ITEMGRADE": ("CODITEMGRADE", "DESCRICAO"),
    "ITEMGRADEDETALHE": ("CODITEMGRADEDETALHE", "CODITEMGRADE", "DESCRICAO"),
    "SECAO": ("CODSEC", "NOMESECAO", "CLASSIFICACAO"),
    "FABRICANTE": ("CODFABRICANTE", "NOMEFABRICANTE"),
    "FORMAPAG": ("CODFP", "DESCRICAO", "FLAGLOJAVIRTUAL"),
    "TIPOMOVIMENTO": ("CODTIPOMOVIMENTO", "CODCFOPDENTROUF", "CODCFOPFORAUF"),
    "CLIENTE": ("CODCLI", "CODIGO", "NOMECLI", "ENDERECO", "CPF", "CNPJ", "EMAIL", "CODPRECO", "LAST_CHANGE"),
    "CLIENTECARACTERISTICA": ("CODCLIENTECARACTERISTICA", "CODCARACTERISTICAPESSOA", "CODCLI"),
    "ORCAMENTO": ("CODORC", "CODCLI", "FLAGRESERVADO", "FLAGCANCELADO", "NUMCUPOM", "VALORTOTALORCAMENTO"),
    "ORCAMENTOPROD": ("CODORCPROD", "CODORC", "CODPROD", "QUANTIDADE", "CODSETORESTOQUE", "CODEMPRESAESTOQUE"),
    "ORCAMENTOVENDA": ("CODORCPROD", "CODMOVPROD", "QUANTIDADEVENDA"),
    "MOVENDAPROD": ("CODMOVPROD", "CODMOVENDA", "CODPROD", "QUANTIDADE"),
    "MOVENDA": ("CODMOVENDA", "NUMPED", "FLAGCANCELADA", "DATA", "CODEMPRESA"),
    "DOCUMENTO": ("CODDOCUMENTO", "NUMEROPEDIDO", "NUMNOTA", "FLAGCANCELADA"),
}  # fmt: skip
OPTIONAL = (
    "NFELETRONICA", "NFCELETRONICA", "MOVENDADEVOLUCAO", "CONFERENCIAPEDIDO", "ORCAMENTOSTATUS", "MOVENDASTATUS",
    "CONTROLELOCK", "ORCAMENTOREC",
    "CIDADE", "COMPOSICAO", "UNIDADE", "MOEDA", "PRODUTOPRECOESCALONADO", "PROMOCAO", "PROMOCAOPRODUTO",
    "PEDIDO", "PEDIDOITEM", "LOCALIZACAO",
)  # fmt: skip

_INTEGERS = frozenset({7, 8, 16})  # SMALLINT, INTEGER, BIGINT (with a scale: NUMERIC)
_TEXTS = frozenset({14, 37})  # CHAR, VARCHAR
_BLOB, _TEXT_BLOB = 261, 1

RECORD_VERSIONS_SINCE = 3.0
"""The first Firebird that tells which transaction wrote a row (RDB$RECORD_VERSION)."""

_COLUMNS = """
SELECT TRIM(r.RDB$RELATION_NAME), TRIM(r.RDB$FIELD_NAME), f.RDB$FIELD_TYPE, f.RDB$FIELD_SUB_TYPE,
       COALESCE(f.RDB$CHARACTER_LENGTH, f.RDB$FIELD_LENGTH), f.RDB$FIELD_SCALE, f.RDB$CHARACTER_SET_ID,
       CASE WHEN f.RDB$COMPUTED_BLR IS NULL THEN 0 ELSE 1 END
FROM RDB$RELATION_FIELDS r JOIN RDB$FIELDS f ON f.RDB$FIELD_NAME = r.RDB$FIELD_SOURCE
WHERE r.RDB$RELATION_NAME IN ({})
"""
_GENERATORS = "SELECT TRIM(RDB$GENERATOR_NAME) FROM RDB$GENERATORS WHERE COALESCE(RDB$SYSTEM_FLAG, 0) = 0"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `width` in characters for text, `integer` for whole numbers."""

    name: str
    is_text: bool
    is_blob: bool
    is_integer: bool
    width: int
    computed: bool = False


class Layout:
    """The columns of one base, and values made fit for them; `charset` is the one in which to speak to it."""

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Column]],
        generators: frozenset[str],
        charset: str,
        *,
        has_record_versions: bool,
        unreadable: frozenset[str] = frozenset(),
    ) -> None:
        self._tables = tables
        self.generators = generators
        self.charset = charset
        self.has_record_versions = has_record_versions
        self.unreadable = unreadable
        """Optional tables that are there, and that the Firebird user may not read."""

    @property
    def encoding(self) -> str:
        """The Python codec of the bytes of texts, as they come over the connection."""
        return text.UTF8 if self.charset == charsets.UTF8 else CODEC

    def has(self, table: str, *columns: str) -> bool:
        """Whether the table exists with all these columns."""
        known = self._tables.get(table)
        return known is not None and all(column in known for column in columns)

    def columns(self, table: str) -> tuple[str, ...]:
        """All columns of a table that take a value."""
        return tuple(name for name, column in self._tables[table].items() if not column.computed)

    def is_binary(self, table: str, column: str) -> bool:
        """Whether the column holds a picture or another file."""
        known = self._tables[table][column]
        return known.is_blob and not known.is_text

    def width(self, table: str, column: str) -> int:
        """The width of a text column, the longest it can be for one that is not there or has none."""
        known = self._tables[table].get(column)
        return known.width if known is not None and known.is_text and not known.is_blob else 32_765

    def is_integer(self, table: str, column: str) -> bool:
        """Whether a key is a number here (older layouts) and not text."""
        return self._tables[table][column].is_integer

    def could_be_key(self, table: str, column: str, value: str) -> bool:
        """Whether a key from outside could be one of this column; as a parameter any other would fail its query."""
        return value.isascii() and value.isprintable() and 0 < len(value) <= self.width(table, column)

    def select(self, table: str, alias: str, columns: Iterable[str]) -> str:
        """A select list of these columns, NULL for those that do not exist."""
        known = self._tables[table]
        return ", ".join(f"{alias}.{column}" if column in known else "NULL" for column in columns)

    def fit(self, table: str, column: str, value: Value) -> Value:
        """The value as the column takes it: text held and cut, keys as number or text. Refused for a long key."""
        known = self._tables[table][column]
        if known.is_integer and isinstance(value, str):
            return int(value) if value.strip().isdigit() else None
        if not known.is_text or value is None:
            return value
        if not isinstance(value, str):
            value = str(value)
        if known.is_blob:
            return text.hold(value)
        held = text.line(value)
        if len(held) > known.width and column.startswith("COD"):
            detail = f"{table}.{column} takes {known.width} characters, not {held!r}"
            raise Refused("erp-code-too-long", detail, table=table, column=column, value=held)
        return text.cut(held, known.width)

    def fitted(self, table: str, values: Mapping[str, Value]) -> dict[str, Value]:
        """The values of those columns that exist, each made fit."""
        known = self._tables[table]
        return {column: self.fit(table, column, value) for column, value in values.items() if column in known}

    def insert(self, table: str, values: Mapping[str, Value]) -> tuple[str, list[Value]]:
        """An INSERT of those columns that exist, and its parameters."""
        sql, [parameters] = self.insert_all(table, [values])
        return sql, parameters

    def insert_all(self, table: str, rows: Sequence[Mapping[str, Value]]) -> tuple[str, list[list[Value]]]:
        """The same for several rows of the same columns."""
        fitted = [self.fitted(table, row) for row in rows]
        columns = list(fitted[0])
        marks = ", ".join("?" * len(columns))
        return (
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
            [[row[column] for column in columns] for row in fitted],
        )


def read(session: Session) -> Layout:
    """Ask the base. Raises Misconfigured: "erp-layout-unknown" naming missing columns, "erp-charset-mixed"."""
    with session.reading() as base:
        rows = base.rows_in(_COLUMNS, [*REQUIRED, *OPTIONAL])
        generators = frozenset(str(name) for (name,) in base.rows(_GENERATORS))
        unreadable = rights.unreadable(base, {row[0]: row[1] for row in rows if row[0] in OPTIONAL})
    tables: dict[str, dict[str, Column]] = {}
    declared: dict[str, int] = {}
    for table, name, kind, sub_type, width, scale, charset, computed in rows:
        if table in unreadable:
            continue
        blob = kind == _BLOB and sub_type == _TEXT_BLOB
        if kind in _TEXTS or blob:
            declared[f"{table}.{name}"] = charset
        tables.setdefault(table, {})[name] = Column(
            name=name,
            is_text=kind in _TEXTS or blob,
            is_blob=kind == _BLOB,
            is_integer=kind in _INTEGERS and not scale,
            width=int(width or 0),
            computed=bool(computed),
        )
    missing = [
        f"{table}.{column}"
        for table, columns in REQUIRED.items()
        for column in columns
        if column not in tables.get(table, {})
    ]
    if missing:
        raise Misconfigured("erp-layout-unknown", f"missing: {', '.join(missing)}", missing=", ".join(missing))
    engine = session.connection.info.engine_version
    return Layout(
        tables,
        generators,
        charsets.spoken(declared),
        has_record_versions=engine >= RECORD_VERSIONS_SINCE,
        unreadable=unreadable,
    )
