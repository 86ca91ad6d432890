"""Reading the goods: products with the tags asked for, their grids, all kits, and the payment options of the shop."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from connectors.cplus.base import charsets, cursors
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.reach import Reach, oldest_active
from connectors.cplus.base.session import Session, Statements, Value
from connectors.cplus.base.text import gtin, html_of, yes
from connectors.cplus.goods import composition
from connectors.cplus.goods.composition import Composition
from connectors.cplus.settings import Options
from engine.model.goods import Catalogue, Grid, GridValue, Product

INLINE_BYTES = 8000
"""Texts up to this length come with their row; a longer one costs a call of its own."""

_UTF8_CHAR_BYTES = 4  # reserved for each, and a row of Firebird 2.5 has 64 KB at most

_PRODUCT = (
    "CODPROD", "CODIGO", "NOMEPROD", "NOMEPRODWEB", "APLICACAO", "CODSEC", "CODFABRICANTE", "UNIDADE", "PESOBRUTO",
    "PESOLIQUIDO", "ALTURA", "LARGURA", "COMPRIMENTO", "PRAZOENTREGA", "FLAGINATIVO", "FLAGNAOVENDER", "CODPRODGRADE",
    "CODITEMGRADEDETALHEV", "CODITEMGRADEDETALHEH", "CODUNIDADE", "FLAGCONTROLAESTOQUE", "FLAGSERVICO", "CODLOC",
)  # fmt: skip

_TAGGED = "FROM PRODUTOCARACTERISTICA c WHERE c.CODCARACTERISTICA IN ({tags})"
_TAG_STATE = f"SELECT COUNT(*), {cursors.hashed('c.CODPROD', 'c.CODCARACTERISTICA || c.CODPROD')} {_TAGGED}"
_TAGS = f"SELECT c.CODPROD, c.CODCARACTERISTICA {_TAGGED}"
_IS_TAGGED = "p.CODPROD IN (SELECT c.CODPROD FROM PRODUTOCARACTERISTICA c WHERE c.CODCARACTERISTICA IN ({tags}))"

_WINDOW = cursors.Window("PRODUTO", "CODPROD")


class _Places(NamedTuple):
    """What a product's keys stand for."""

    sections: Mapping[str, tuple[str, ...]]
    brands: Mapping[str, str]
    shelves: Mapping[str, str]
    grid_values: Mapping[str, GridValue]
    whole_units: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Since:
    """What the last read knew."""

    tags: tuple[str, ...]
    tag_state: list[list[str]]
    reach: Reach
    window_state: list[list[str]]

    @staticmethod
    def of(cursor: str | None) -> _Since | None:
        parts = cursors.read(cursor)
        try:
            reach = Reach.of(parts["reach"])
            return _Since(tuple(parts["tags"]), parts["tag_state"], reach, parts["window_state"])
        except (KeyError, TypeError, ValueError):
            return None

    def cursor(self) -> str:
        return cursors.write(
            tags=self.tags,
            tag_state=self.tag_state,
            reach=self.reach.parts(),
            window_state=self.window_state,
        )


def read(session: Session, options: Options, tags: Sequence[str], cursor: str | None, now: datetime) -> Catalogue:
    """Products with one of the tags; `now` is local to the base.

    Complete when there is no usable cursor, the set of tagged products changed, or the base is an older copy; else
    those stamped since.
    """
    layout = session.layout
    asked = tuple(sorted(set(tags)))
    since = _Since.of(cursor)
    oldest = oldest_active(session)
    with session.reading(snapshot=True) as base:
        tag_state = cursors.checksum(base, _with_tags(_TAG_STATE, asked), _tag_values(layout, asked)) if asked else []
        payments = _payment_options(base, layout)
        made_of = composition.read(base, layout, options)
        if since is not None and since.reach.is_of(base) and (since.tags, since.tag_state) == (asked, tag_state):
            if _WINDOW.state(base, session.layout, since.reach.begins) == since.window_state:
                return Catalogue((), (), payments, complete=False, cursor=since.cursor(), kits=made_of.kits)
            products = tuple(_products(base, layout, options, asked, made_of, since.reach.begins))
            reach = since.reach.moved(base, _WINDOW, oldest, now)
            complete = False
        else:
            products = tuple(_products(base, layout, options, asked, made_of, None)) if asked else ()
            reach = Reach.anew(base, _WINDOW, now)
            complete = True
        grids = _grids(base, layout, {product.parent for product in products if product.parent})
        seen = _Since(asked, tag_state, reach, _WINDOW.state(base, session.layout, reach.begins))
    return Catalogue(products, grids, payments, complete=complete, cursor=seen.cursor(), kits=made_of.kits)


def _products(
    base: Statements,
    layout: Layout,
    options: Options,
    tags: tuple[str, ...],
    made_of: Composition,
    since: datetime | None,
) -> Iterator[Product]:
    where = _with_tags(_IS_TAGGED, tags)
    values = _tag_values(layout, tags)
    if since is not None:
        where += " AND p.LAST_CHANGE >= ?"
        values = [*values, since]
    texts = [column for column in options.description_columns if layout.has("PRODUTO", column)]
    inline = "".join(f", OCTET_LENGTH(p.{column}), {_inline(layout, column)}" for column in texts)
    columns = layout.select("PRODUTO", "p", _PRODUCT)
    rows = base.rows(f"SELECT {columns}{inline} FROM PRODUTO p WHERE {where} ORDER BY p.CODPROD", values)
    if not rows:
        return
    places = _Places(
        _sections(base), _brands(base), _shelves(base, layout), _grid_values(base, layout), _whole_units(base, layout)
    )
    skus = [str(row[0]) for row in rows] if since is not None else None
    carried = _tags_by_sku(base, layout, tags)
    codes = bar_codes(base, layout, options, skus)
    uncounted = made_of.uncounted()
    for row in rows:
        description = _description(base, str(row[0]), texts, row[len(_PRODUCT) :])
        product = _product(row, description, places, carried, codes, options)
        weight = made_of.weights.get(product.sku)
        yield replace(
            product,
            weight_kg=product.weight_kg or _measure(weight, options.measure_factors.weight),
            counted=product.counted and product.sku not in uncounted,
        )


def _product(
    row: Sequence[Value],
    description: str,
    places: _Places,
    carried: Mapping[str, frozenset[str]],
    codes: Mapping[str, str],
    options: Options,
) -> Product:
    values: list[Value] = [value.strip() if isinstance(value, str) else value for value in row[: len(_PRODUCT)]]
    (sku, code, name, web_name, short, section, brand, unit, gross, net, height, width, length, days, inactive,
     not_sold, parent, vertical, horizontal, unit_key, controlled, service, shelf) = values  # fmt: skip
    factors = options.measure_factors
    grid = tuple(places.grid_values[key] for key in (vertical, horizontal) if key in places.grid_values)
    return Product(
        sku=sku,
        code=code or "",
        name=name or "",
        web_name=web_name or "",
        short_description=short or "",
        description=description,
        categories=places.sections.get(_key(section), ()),
        brand=places.brands.get(_key(brand), ""),
        shelf=places.shelves.get(_key(shelf), ""),
        unit=unit or "",
        gtin=codes.get(sku) or gtin(code),
        weight_kg=_measure(gross or net, factors.weight),
        height_cm=_measure(height, factors.height),
        width_cm=_measure(width, factors.width),
        length_cm=_measure(length, factors.length),
        delivery_days=days,
        active=not yes(inactive) and not yes(not_sold),
        counted=composition.is_counted(controlled, service),
        whole=_key(unit_key) in places.whole_units or (unit or "").upper() not in options.fraction_units,
        parent=parent if parent and grid else None,
        grid=grid if parent else (),
        tags=carried.get(sku, frozenset()),
    )


def _inline(layout: Layout, column: str) -> str:
    width = INLINE_BYTES // _UTF8_CHAR_BYTES if layout.charset == charsets.UTF8 else INLINE_BYTES
    return f"CASE WHEN OCTET_LENGTH(p.{column}) <= {width} THEN CAST(p.{column} AS VARCHAR({width})) END"


def _description(base: Statements, sku: str, texts: Sequence[str], values: Sequence[Value]) -> str:
    """The first text that is not empty; `values` are pairs of length and inline text."""
    for column, length, inline in zip(texts, values[::2], values[1::2], strict=True):
        text = inline
        if length and inline is None:
            row = base.row(f"SELECT {column} FROM PRODUTO WHERE CODPROD = ?", (sku,))
            text = row[0] if row is not None else None
        if text and text.strip():
            return html_of(str(text).strip())
    return ""


def _measure(value: Decimal | None, factor: Decimal) -> Decimal | None:
    """C-Plus writes 0 where nobody measured."""
    return None if not value or value <= 0 else (value * factor).normalize() + Decimal(0)


def _sections(base: Statements) -> dict[str, tuple[str, ...]]:
    """The path of each section, outermost first; CLASSIFICACAO is dotted: 1, 1.1, 1.1.3."""
    rows = base.rows("SELECT CODSEC, NOMESECAO, CLASSIFICACAO FROM SECAO")
    names = {(path or "").strip().rstrip("."): name.strip() for _, name, path in rows if (path or "").strip()}
    found = {}
    for key, name, path in rows:
        parts = (path or "").strip().rstrip(".").split(".")
        above = [".".join(parts[:depth]) for depth in range(1, len(parts))]
        found[_key(key)] = (*(names[outer] for outer in above if outer in names), name.strip())
    return found


def _brands(base: Statements) -> dict[str, str]:
    rows = base.rows("SELECT CODFABRICANTE, NOMEFABRICANTE FROM FABRICANTE")
    return {_key(key): (name or "").strip() for key, name in rows}


def _shelves(base: Statements, layout: Layout) -> dict[str, str]:
    """What the store calls each shelf, by the key in PRODUTO.CODLOC; none where they cannot be read."""
    if not layout.has("LOCALIZACAO", "CODLOC", "DESCRICAO", "CODIGO"):
        return {}
    rows = base.rows("SELECT CODLOC, DESCRICAO, CODIGO FROM LOCALIZACAO")
    return {_key(key): (name or "").strip() or code.strip() for key, name, code in rows}


def _whole_units(base: Statements, layout: Layout) -> frozenset[str]:
    """Units that the store has marked as sold by the piece only."""
    if not layout.has("UNIDADE", "CODUNIDADE", "FLAGQUANTIDADEUNITARIA"):
        return frozenset()
    rows = base.rows("SELECT CODUNIDADE FROM UNIDADE WHERE FLAGQUANTIDADEUNITARIA IN ('Y', 'S')")
    return frozenset(_key(key) for (key,) in rows)


def _grid_values(base: Statements, layout: Layout) -> dict[str, GridValue]:
    position = layout.select("ITEMGRADEDETALHE", "d", ("POSICAO",))
    rows = base.rows(
        f"SELECT d.CODITEMGRADEDETALHE, i.DESCRICAO, d.DESCRICAO, {position}"
        " FROM ITEMGRADEDETALHE d JOIN ITEMGRADE i ON i.CODITEMGRADE = d.CODITEMGRADE"
    )
    return {_key(key): GridValue((axis or "").strip(), (value or "").strip(), at or 0) for key, axis, value, at in rows}


def _grids(base: Statements, layout: Layout, keys: set[str]) -> tuple[Grid, ...]:
    """The grids of these products; their axes, vertical first as on C-Plus's screen."""
    columns = layout.select("PRODUTOGRADE", "g", ("CODITEMGRADEV", "CODITEMGRADEH"))
    rows = base.rows_in(
        f"SELECT g.CODPRODGRADE, g.NOMEPRODUTOGRADE, {columns} FROM PRODUTOGRADE g WHERE g.CODPRODGRADE IN ({{}})"
        " ORDER BY g.CODPRODGRADE",
        sorted(keys),
    )
    if not rows:
        return ()
    names = {
        _key(key): (name or "").strip() for key, name in base.rows("SELECT CODITEMGRADE, DESCRICAO FROM ITEMGRADE")
    }
    return tuple(
        Grid(_key(key), (name or "").strip(), tuple(names[_key(axis)] for axis in axes if _key(axis) in names))
        for key, name, *axes in rows
    )


def _tags_by_sku(base: Statements, layout: Layout, tags: tuple[str, ...]) -> dict[str, frozenset[str]]:
    as_asked = {_key(value): tag for value, tag in zip(_tag_values(layout, tags), tags, strict=True)}
    carried: dict[str, set[str]] = defaultdict(set)
    for sku, tag in base.rows(_with_tags(_TAGS, tags), _tag_values(layout, tags)):
        carried[_key(sku)].add(as_asked[_key(tag)])
    return {sku: frozenset(found) for sku, found in carried.items()}


def bar_codes(base: Statements, layout: Layout, options: Options, skus: Sequence[str] | None) -> dict[str, str]:
    """The first valid GTIN of each product among its bar codes for one piece; of all products when `skus` is None."""
    if not options.ean_kind:
        return {}
    factor = layout.select("PRODUTOCODIGO", "b", ("FATORCONVERSAO",))
    sql = f"SELECT b.CODPROD, b.CODIGO, b.CODTIPOCODIGO, {factor} FROM PRODUTOCODIGO b"
    rows = base.rows(sql) if skus is None else base.rows_in(f"{sql} WHERE b.CODPROD IN ({{}})", skus)
    codes: dict[str, str] = {}
    for sku, code, kind, pieces in rows:
        if _key(kind) == options.ean_kind and (pieces or 1) == 1 and (valid := gtin(code)):
            codes.setdefault(_key(sku), valid)
    return codes


def _payment_options(base: Statements, layout: Layout) -> tuple[str, ...]:
    """The payment terms that C-Plus offers in the shop."""
    active = "AND COALESCE(FLAGATIVO, 'Y') IN ('Y', 'S')" if layout.has("FORMAPAG", "FLAGATIVO") else ""
    rows = base.rows(f"SELECT DESCRICAO FROM FORMAPAG WHERE FLAGLOJAVIRTUAL IN ('Y', 'S') {active} ORDER BY CODFP")
    return tuple(name.strip() for (name,) in rows if name and name.strip())


def _with_tags(sql: str, tags: Sequence[str]) -> str:
    return sql.replace("{tags}", ", ".join("?" * len(tags)))


def _tag_values(layout: Layout, tags: Sequence[str]) -> list[Value]:
    return [layout.fit("PRODUTOCARACTERISTICA", "CODCARACTERISTICA", tag) for tag in tags]


def _key(value: Value) -> str:
    return "" if value is None else str(value).strip()
