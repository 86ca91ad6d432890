"""A new map of categories sends again what it moves: all of it, a piece at a time, also where it was broken off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store import category_maps
from engine.store.instants import to_text
from tests.console.builder import NOW, StoreFile

FIRST, SECOND, THIRD = ((("camisas",), "A"),), ((("camisas",), "B"),), ((("camisas",), "B"), (("meias",), "C"))
SHIRTS = [f"CAM-{number}" for number in range(1, 6)]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreFile]:
    monkeypatch.setattr(category_maps, "ITEMS_PER_TRANSACTION", 2)
    file = StoreFile(tmp_path / "integra.db")
    file.account()
    file.db.execute("UPDATE account SET approved_at = ?", [to_text(NOW)])
    for item in (*SHIRTS, "MEI-1"):
        content = json.dumps({"categories": ["Camisas" if item in SHIRTS else "Meias", "Polo"]})
        file.db.execute(
            "INSERT INTO publication (account, item, facet, wanted, wanted_at, confirmed, confirmed_at)"
            " VALUES ('loja', ?, 'content', ?, ?, ?, ?)",
            [item, content, to_text(NOW), content, to_text(NOW)],
        )
    category_maps.replace_map(file.db, "loja", FIRST, NOW)
    yield file
    file.close()


def to_send(store: StoreFile) -> list[str]:
    return [row["item"] for row in store.db.execute("SELECT item FROM publication WHERE todo ORDER BY item")]


def test_what_it_moves_is_sent_again_a_piece_at_a_time(store: StoreFile) -> None:
    category_maps.replace_map(store.db, "loja", SECOND, NOW)
    assert to_send(store) == [], "nothing that takes as long as the shop is large"
    seen = []
    while category_maps.send_moved(store.db, "loja"):
        seen.append(len(to_send(store)))
    assert seen == [2, 4, 5]
    assert to_send(store) == SHIRTS
    assert not category_maps.send_moved(store.db, "loja")


def test_a_map_that_comes_between_does_not_lose_what_the_one_before_it_had_moved(store: StoreFile) -> None:
    category_maps.replace_map(store.db, "loja", SECOND, NOW)
    assert category_maps.send_moved(store.db, "loja")
    category_maps.replace_map(store.db, "loja", THIRD, NOW)
    while category_maps.send_moved(store.db, "loja"):
        pass
    assert to_send(store) == [*SHIRTS, "MEI-1"]


def test_the_first_map_and_the_same_one_again_move_nothing(store: StoreFile) -> None:
    category_maps.replace_map(store.db, "loja", FIRST, NOW)
    assert not category_maps.send_moved(store.db, "loja")
    assert to_send(store) == []
