"""What a filter costs where there are a million products and 200,000 orders, beside reading all of them for it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.reading import search
from console.reading.orders import order_ids
from console.reading.reader import like, open_readonly
from tests.console.builder import StoreFile

pytestmark = pytest.mark.bench

PRODUCTS = int(os.environ.get("INTEGRA_BENCH_PRODUCTS", "1000000"))
ORDERS = PRODUCTS // 5
AGAIN = 3

_NAMES = """'["Ana","Maria","João","Conceição","Otávio","Íris","Cláudio","Souza","Silva","Pacheco","Moura","Salles"]'"""
_GOODS = """'["Camiseta","Caneca","Garrafa","Mochila","Tênis","azul","vermelha","térmica","básica","grande","média"]'"""
_FILL_PRODUCTS = f"""
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO product (sku, code, name, active, data, version)
SELECT printf('%09d', i), i, json_extract({_GOODS}, '$[' || (i % 5) || ']') || ' ' ||
       json_extract({_GOODS}, '$[' || (5 + i / 5 % 6) || ']') || ' ' || (i / 30), 1,
       json_object('sku', printf('%09d', i), 'gtin', 7890000000000 + i, 'description', printf('%.300c', 'x')), 1 FROM n
"""
_FILL_ORDERS = """
WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO sales_order ({names}) SELECT {values} FROM n CROSS JOIN sales_order o WHERE o.id = 1
"""
_BUYER = " || ' ' || ".join(f"json_extract({_NAMES}, '$[' || (i / {step} % 12) || ']')" for step in (1, 12, 144))
_ALL_PRODUCTS = "SELECT sku FROM product WHERE fold(sku || ' ' || code || ' ' || name) LIKE ? ESCAPE '\\'"


def fill(path: Path) -> StoreFile:
    """A store with one real order and copies of it under other names."""
    store = StoreFile(path)
    store.order("000000001")
    db = store.db
    own = {
        "id": "i", "external_id": "i", "number": "100000000 + i", "reference": "'LC-' || i", "erp_number": "i",
        "buyer_name": _BUYER, "buyer_document": "printf('%011d', i * 7919)", "queue": "iif(i % 10, 'done', 'decide')",
        "buyer_email": "'buyer' || i || '@example.com'", "tracking": "'QB' || i || 'BR'",
    }  # fmt: skip
    columns = [row["name"] for row in db.execute("PRAGMA table_info(sales_order)")]
    values = ", ".join(own.get(name, f"o.{name}") for name in columns)
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("BEGIN")
    db.execute(_FILL_PRODUCTS, [PRODUCTS])
    db.execute(_FILL_ORDERS.format(names=", ".join(columns), values=values), [ORDERS])
    db.execute("COMMIT")
    return store


def best_ms(work: Callable[[], Any]) -> float:
    """The shortest of a few runs."""
    found = []
    for _ in range(AGAIN):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return min(found)


def test_figures(state_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = state_folder / "integra.db"
    began = time.perf_counter()
    store = fill(path)
    took_s = time.perf_counter() - began
    lines = [f"{PRODUCTS} products and {ORDERS} orders written, their words with them: {took_s:.0f} s"]
    began = time.perf_counter()
    for index in ("order_search", "product_search", "customer_search"):
        store.db.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
    lines += [f"the index of a store that had none: {time.perf_counter() - began:.0f} s"]
    db = open_readonly(path)

    def skus(typed: str) -> list[Any]:
        return db.execute(f"{search.SKUS} ORDER BY sku LIMIT 128", {"words": search.pattern(typed)}).fetchall()

    whole = best_ms(lambda: db.execute(_ALL_PRODUCTS, [like("caneca 77")]).fetchall())
    lines += [f"  all products read for a word: {whole:.0f} ms"]
    for typed in ("caneca 77", "can", "7890000012345", "12345", "cami azul"):
        assert skus(typed)
        took = best_ms(lambda typed=typed: skus(typed))  # type: ignore[misc]
        lines += [f"  products “{typed}”: {took:.1f} ms"]
        assert took < whole / 10
    for typed in ("conceicao souza", "silva", "100012345", "000.977.600-55", "buyer777@", "QB12345BR"):
        took = best_ms(lambda typed=typed: order_ids(db, "all", typed))  # type: ignore[misc]
        lines += [f"  orders “{typed}”: {took:.1f} ms, {len(order_ids(db, 'all', typed))} found"]
        assert took < whole / 10
    db.close()
    store.close()
    with capsys.disabled():
        print("\n" + "\n".join(lines))
