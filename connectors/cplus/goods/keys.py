"""What all products of the base are known by, on sale in a shop or not: to match a shop that was there before us."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.cplus.base.session import Session
from connectors.cplus.base.text import gtin, yes
from connectors.cplus.goods.catalogue import bar_codes
from connectors.cplus.settings import Options
from engine.model.goods import ProductKey

_COLUMNS = ("CODPROD", "CODIGO", "NOMEPROD", "NOMEPRODWEB", "CODPRODGRADE", "FLAGINATIVO")


def read(session: Session, options: Options) -> Sequence[ProductKey]:
    """The active products by their keys; a column that this base lacks is empty."""
    layout = session.layout
    with session.reading() as base:
        codes = bar_codes(base, layout, options, None)
        rows = base.rows(f"SELECT {layout.select('PRODUTO', 'p', _COLUMNS)} FROM PRODUTO p ORDER BY p.CODPROD")  # noqa: S608
    found = []
    for row in rows:
        sku, code, name, web_name, parent, inactive = (str(value or "").strip() for value in row)
        if not yes(inactive):
            found.append(ProductKey(sku, code, codes.get(sku) or gtin(code), name, web_name, parent or None))
    return found
