"""The audit: who did what to what, found by person, deed or subject, and taken back where there is a way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console import language
from console.app import Console
from console.audit_texts import deeds_called
from console.reading import audit_trail
from console.reading.reader import open_readonly
from console.reading.undoing import OVERTAKEN, Undo
from console.screens.audit import Audit
from engine.store import listings
from engine.store.audit import Actor, audit
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until
from tests.console.goods import goods

pytestmark = pytest.mark.anyio


def done(store: StoreFile, who: str, what: str, subject: str, before: object = None, after: object = None) -> None:
    audit(store.db, Actor(who, store.now), what, subject, before, after)


def some_days(store: StoreFile) -> None:
    """What three people and the engine did."""
    store.order("000000101")
    done(store, "ana", "approve", "order 000000101@loja", {"payment": "authorized"}, {"payment": "capturing"})
    done(store, "bento", "set_setting", "setting engine.interval_s", 180, 60)
    done(store, "engine", "register", "customer 7", None, "7")
    done(store, "ana", "refused:refuse", "order 1", None, {"code": "too-late-to-refuse", "params": {"order": "x"}})


def keys_of(store: StoreFile, pile: str, text: str = "") -> list[str]:
    db = open_readonly(store.path)
    found = audit_trail.keys(db, pile, [(word, deeds_called(word)) for word in text.split()])
    whats: list[str] = [audit_trail.rows(db, [key])[key].entry.what for key in found]
    db.close()
    return whats


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("tongue", ["en", "pt_BR"])
async def test_the_newest_stands_on_top_with_all_that_is_known_of_it(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int], tongue: str
) -> None:
    some_days(store)
    language.use(tongue)
    words = ("All 4", "Not done 1", "NOT DONE") if tongue == "en" else ("Todos 4", "Não feito 1", "NÃO FEITO")
    async with console_on(tmp_path, state_folder, size=size) as pilot:
        await pilot.press("9")
        text = await until(pilot, words[2])
        assert not [word for word in words if word not in text]
        lines = text.splitlines()
        assert max(map(len, lines)) <= size[0]
        people = [name for line in lines for name in ("ana", "bento") if f" {name} " in line]
        assert people[:3] == ["ana", "bento", "ana"]
        tabs = lines[0]
        assert all(f" {number} " in tabs for number in "12356789")


def test_an_entry_is_found_by_its_person_its_deed_as_it_is_called_and_what_it_is_about(store: StoreFile) -> None:
    some_days(store)
    assert keys_of(store, "all", "bento") == ["set_setting"]
    assert keys_of(store, "all", "ana approved") == ["approve"]
    assert keys_of(store, "all", "000000101") == ["refused:refuse", "approve"], "what was refused by our own id, too"
    assert keys_of(store, "settings", "ana") == []
    assert keys_of(store, "refused") == ["refused:refuse"]
    language.use("pt_BR")
    assert keys_of(store, "all", "aprovado") == ["approve"]


async def test_a_decision_that_has_not_left_is_taken_back(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    order = store.order("000000101")
    async with console_on(tmp_path, state_folder, undo_s=600) as pilot:
        await pilot.press("2", "a", "s")
        await until(pilot, "z takes it back")
        await pilot.press("9")
        await until(pilot, "z takes it back.")
        await pilot.press("z", "enter")  # the question stands on no
        decision = "SELECT decision FROM sales_order WHERE id = ?"
        assert store.db.execute(decision, [order]).fetchone()[0] == "approve"
        await pilot.press("z")
        await until(pilot, "Take 1 entry back?")
        await pilot.press("s")
        await until(pilot, "decision taken back")
        assert store.db.execute(decision, [order]).fetchone()[0] is None
        await pilot.press("z")
        await until(pilot, "something else was said of it since")
        await pilot.press("home", "z")
        await until(pilot, "there is no way back from this")


async def test_what_was_paused_goes_on_and_says_who_did_it(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        app = pilot.app
        assert isinstance(app, Console)
        app.asking.send("pause", {"account": "loja", "direction": "stock", "reason": "contagem"}, label=language._("x"))
        await pilot.press("9")
        await until(pilot, "why: contagem")
        await pilot.press("z", "s")
        await until(pilot, "Shops 2")
        off = store.db.execute("SELECT count(*) FROM direction WHERE NOT enabled").fetchone()[0]
        assert off == 0


def undo_of_newest(store: StoreFile) -> Undo | str:
    db = open_readonly(store.path)
    (key, *_others) = audit_trail.keys(db, "all", [])
    found = audit_trail.rows(db, [key])[key].undo
    db.close()
    return found


def test_a_text_goes_back_only_while_nobody_has_said_another_since(store: StoreFile) -> None:
    listings.set_columns(store.db, "loja", "000000017", name="Caneca nova")
    done(store, "ana", "set_listing", "item 000000017@loja", {"name": None}, {"name": "Caneca nova"})
    undo = undo_of_newest(store)
    assert isinstance(undo, Undo)
    assert undo.args["changes"] == {"000000017": {"name": None}}
    assert undo.args["seen"] == {"000000017": 2}
    listings.set_columns(store.db, "loja", "000000017", name="Caneca de ontem")
    assert undo_of_newest(store) == OVERTAKEN


async def test_an_order_is_opened_from_what_was_done_to_it(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000101")
    done(store, "ana", "approve", "order 000000101@loja")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("9")
        await until(pilot, "000000101@loja")
        await pilot.press("enter")
        await until(pilot, "529.982.247-25")


async def test_a_product_is_opened_in_the_catalogue_of_its_shop(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    done(store, "ana", "set_listing", "item 000000018@loja", {"name": None}, {"name": "Queijo"})
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("9")
        await until(pilot, "000000018@loja")
        await pilot.press("enter")
        await until(pilot, lambda text: any("▸" in line and "1800" in line for line in text.splitlines()))


async def test_nothing_done_yet_says_what_would_be_here(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("9")
        await until(pilot, "Whatever people and Integra decide or change")
        assert isinstance(pilot.app.screen, Audit)


def test_the_newest_of_a_kind_are_read_from_an_index(store: StoreFile) -> None:
    db = open_readonly(store.path)
    asked = {"kinds": json.dumps(["order"]), "most": 5, "ids": "[1]"}
    for statement in (audit_trail._NEWEST.format(which=audit_trail._OF_KINDS), audit_trail._COUNT, audit_trail._ROWS):
        plan = [row["detail"] for row in db.execute("EXPLAIN QUERY PLAN " + statement, asked)]
        scanned = [line for line in plan if line.startswith("SCAN") and "VIRTUAL" not in line]
        assert not [line for line in scanned if "subquery" not in line]
    db.close()
