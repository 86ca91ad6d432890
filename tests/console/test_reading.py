"""The console's own reading: it sees changes at once, cannot write, and asks nothing that grows with the whole shop."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.reading import orders, problems
from console.reading.orders import order_ids, order_rows, queue_counts
from console.reading.reader import NotReadable, Reader, open_readonly
from tests.console.builder import StoreFile, busy_morning


@contextmanager
def reading(path: Path) -> Iterator[tuple[Reader, list[frozenset[str]], threading.Event]]:
    told: list[frozenset[str]] = []
    heard = threading.Event()

    def changed(topics: frozenset[str]) -> None:
        told.append(topics)
        heard.set()

    reader = Reader(path, changed)
    reader.start()
    try:
        yield reader, told, heard
    finally:
        reader.stop()


def test_a_change_is_heard_within_a_second_and_names_its_topic(store: StoreFile) -> None:
    with reading(store.path) as (reader, told, heard):
        assert heard.wait(2)
        assert "orders" in told[0]  # at first everything is news
        heard.clear()
        before = time.monotonic()
        store.problem("channel-busy", "task:stock", {})
        assert heard.wait(1)
        assert time.monotonic() - before < 1
        assert told[1] == {"problems"}
        assert reader.read(problems.problem_count).result(2) == 1


def test_a_store_that_comes_later_is_found(tmp_path: Path) -> None:
    path = tmp_path / "later" / "integra.db"
    with reading(path) as (reader, _told, heard):
        with pytest.raises(NotReadable):
            reader.read(queue_counts).result(2)
        late = StoreFile(path)
        assert heard.wait(2)
        assert reader.read(queue_counts).result(2)["all"] == 0
        late.close()


def test_a_file_that_was_replaced_is_read_anew_after_another_engines_hello(store: StoreFile) -> None:
    store.order("000000100")
    with reading(store.path) as (reader, _told, heard):
        assert heard.wait(2)
        store.close()
        for leftover in store.path.parent.glob("integra.db*"):
            leftover.unlink()
        StoreFile(store.path).close()
        reader.reopen()
        assert reader.read(queue_counts).result(2)["all"] == 0


def test_the_connection_can_only_read(store: StoreFile) -> None:
    db = open_readonly(store.path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("UPDATE account SET mode = 'live'")
    db.close()


def test_a_query_that_fails_leaves_the_reader_alive(store: StoreFile) -> None:
    with reading(store.path) as (reader, _told, _heard):
        with pytest.raises(NotReadable):
            reader.read(lambda db: db.execute("SELECT * FROM nothing").fetchall()).result(2)
        with pytest.raises(ZeroDivisionError):
            reader.read(lambda db: 1 // 0).result(2)
        assert reader.read(queue_counts).result(2)["all"] == 0


def test_work_waits_oldest_first_and_what_is_over_newest_first(store: StoreFile) -> None:
    busy_morning(store)
    db = open_readonly(store.path)
    rows = order_rows(db, order_ids(db, "all"))

    def times(queue: str) -> list[str]:
        return [str(rows[id].placed_at) for id in order_ids(db, queue)]

    assert times("decide") == sorted(times("decide"))
    assert times("all") == sorted(times("all"), reverse=True)
    assert {rows[id].queue for id in order_ids(db, "problem")} == {"problem"}
    db.close()


def test_a_filter_takes_its_wildcards_literally(store: StoreFile) -> None:
    store.order("000000100", buyer="100% Algodão_Ltda")
    store.order("000000101", buyer="Outra Loja")
    db = open_readonly(store.path)
    assert len(order_ids(db, "decide", "100%")) == 1
    assert len(order_ids(db, "decide", "ALGODAO_")) == 1
    assert len(order_ids(db, "decide", "_utra")) == 0
    assert len(order_ids(db, "decide", "%")) == 0
    db.close()


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (orders._COUNTS, []),
        (orders._IDS_OF_QUEUE.format(matching=""), {"queue": "decide"}),
        (orders._IDS_OF_DONE.format(matching=""), {"queue": "done"}),
        (orders._IDS_OF_QUEUE.format(matching=orders._MATCHING), {"queue": "decide", "words": '"ana"*'}),
        (orders._IDS_OF_ALL.format(matching=""), []),
        (orders._PAGE, ["[1,2,3]"]),
        (orders._ALARMS, []),
        (problems._REFUSED, []),
        (problems._HELD, []),
    ],
)
def test_lists_are_read_from_an_index(store: StoreFile, statement: str, values: list[str] | dict[str, str]) -> None:
    plan = [row["detail"] for row in store.db.execute("EXPLAIN QUERY PLAN " + statement, values)]
    small = ("json_each", "SCAN problem", "SCAN trouble")  # the problems of a store, and the view over them
    scans = [line for line in plan if line.startswith("SCAN") and "INDEX" not in line]
    assert not [line for line in scans if not any(name in line for name in small)], plan
    groups = "GROUP BY" in statement  # a handful, sorted by their number
    assert groups or not [line for line in plan if "TEMP B-TREE FOR ORDER BY" in line], plan
