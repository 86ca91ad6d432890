"""The catalogue: what an operator sees of each product in each shop, and what happens when he says otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from console import language
from engine.publishing import Facet
from engine.store import listings, mirror, publications
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, shown, until
from tests.console.goods import CHEESE, MUG, SHIRT, goods, want
from tests.console.test_hostile_text import FORBIDDEN, HOSTILE

pytestmark = pytest.mark.anyio


def own(store: StoreFile, item: str) -> dict[str, Any]:
    """What is kept of an item."""
    row = listings.row(store.db, "loja", item)
    return {} if row is None else dict(row)


def paste(pilot: Pilot[int], text: str) -> None:
    pilot.app.post_message(events.Paste(text))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_each_product_shows_what_it_shall_show_and_its_sheet_where_that_comes_from(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int]
) -> None:
    goods(store)
    async with console_on(tmp_path, state_folder, size=size) as pilot:
        await pilot.press("3")
        text = await until(pilot, "description         Porcelana.  C-Plus")
        assert "All 7  On sale 2  To be sent 2  Not complete 1  Withheld 0  Not marked 2" in text
        assert "R$ 49.90 on sale" in text
        assert "no price" in text
        assert "The shop shows all of it" in text
        assert text.count("\n") == size[1] - 1
        await pilot.press("down", "down")
        await until(pilot, lambda text: all(word in text for word in ("no photo ·", "no weight", "bar code")))


async def test_what_the_shop_shows_now_stands_beside_what_it_shall_show(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    listings.set_columns(store.db, "loja", MUG.sku, name="Caneca do café")
    publications.want(store.db, "loja", Facet.PRICE, [(MUG.sku, "", "5990")], store.now)
    store.db.execute(
        "UPDATE publication SET wanted = json_set(wanted, '$.name', 'Caneca do café')"
        " WHERE item = ? AND facet = 'content'",
        [MUG.sku],
    )
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("3")
        text = await until(pilot, "Caneca branca →")
        assert "R$ 49.90 → R$ 59.90" in text
        assert "* Caneca do café" in text
        assert "own; C-Plus: Caneca" in text


async def test_a_field_is_changed_in_place_marked_as_own_and_taken_back_by_one_key(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("3")
        await until(pilot, "1700")
        await pilot.press("e")
        await until(pilot, "▸ name")
        await pilot.press("enter")
        await until(pilot, "as the shop shall call it")
        await pilot.press("enter")  # as it stands: nothing of it becomes the shop's own
        await pilot.press("e")
        await until(pilot, "▸ name")
        await pilot.press("enter")
        await until(pilot, "as the shop shall call it")
        assert own(store, MUG.sku) == {}
        await pilot.press(*"Caneca do João", "enter")
        await until(pilot, "1 product changed; z takes it back")
        await until(pilot, "* Caneca do João")
        assert own(store, MUG.sku)["name"] == "Caneca do João"
        await pilot.press("z")
        await until(pilot, "1 product is as it was")
        assert own(store, MUG.sku)["name"] is None
        await pilot.press("z")
        await until(pilot, "nothing was changed here")


async def test_one_key_has_a_field_say_what_c_plus_says_again(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    listings.set_columns(store.db, "loja", MUG.sku, name="Caneca", delivery_days=9)
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("3")
        await until(pilot, "9  own; C-Plus: 2")
        await pilot.press("m", "down", "enter")
        await until(pilot, "1 product changed")
        assert own(store, MUG.sku)["delivery_days"] is None
        await pilot.press("m")  # the only one left
        await until(pilot, lambda _: own(store, MUG.sku)["name"] is None)
        await until(pilot, lambda text: "▸ 1700 " in text and "Caneca branca  " in text)
        await pilot.press("m")
        await until(pilot, "as in C-Plus: 1700: all of it is as in C-Plus already")


async def test_what_is_out_of_order_is_refused_in_the_dialog_and_can_be_corrected_there(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        await until(pilot, "1700")
        await pilot.press("e")
        await until(pilot, "▸ name")
        await pilot.press(*["down"] * 6, "enter", *"1,5", "enter")
        await until(pilot, "a whole number: it is sold by")
        await pilot.press("backspace", "backspace", "enter")
        await until(pilot, "1 product changed")
        assert own(store, MUG.sku)["buffer_e4"] == 10_000
        await pilot.press("down", "e")
        await until(pilot, "▸ name")
        await pilot.press(*["down"] * 6, "enter", *"1,5", "enter")
        await until(pilot, lambda _: own(store, CHEESE.sku).get("buffer_e4") == 15_000)


async def test_several_are_changed_together_after_one_sees_what_that_does(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    listings.set_columns(store.db, "loja", CHEESE.sku, delivery_days=4)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        await until(pilot, "1700")
        await pilot.press("*")
        await until(pilot, "7 marked")
        await pilot.press("e")
        text = await until(pilot, "differs")
        assert "short description" not in text.split("field")[1].split("Enter:")[0]
        await pilot.press("down", "enter", "4", "enter")
        text = await until(pilot, "6 products change.")
        assert "1 stays as it is." in text
        assert "1700  delivery time: as in C-Plus → 4" in text
        await pilot.press("enter")  # the question stands on no
        assert own(store, MUG.sku) == {}
        await pilot.press("e", "down", "enter", "4", "enter", "s")
        await until(pilot, "6 products changed; z takes it back")
        assert own(store, MUG.sku)["delivery_days"] == 4
        await pilot.press("z")
        await until(pilot, "6 products are as they were")
        assert own(store, MUG.sku)["delivery_days"] is None
        assert own(store, CHEESE.sku)["delivery_days"] == 4


async def test_a_product_is_withheld_after_a_yes_and_lies_in_its_pile(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        await until(pilot, "1700")
        await pilot.press("x")
        await until(pilot, "1700  withheld: no → yes")
        await pilot.press("s")
        await until(pilot, "Withheld 1")
        await pilot.press("right", "right", "right", "right")
        await until(pilot, lambda text: "1700" in text and "1800" not in text)
        await pilot.press("x", "s")
        await until(pilot, "Nothing is withheld.")


async def test_a_pasted_list_marks_its_products_and_names_those_that_are_not_there(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        await until(pilot, "1700")
        paste(pilot, "1700\n18;000000020\r\nXYZ-9\n\x1b[31m")
        text = await until(pilot, "2 not found:")
        assert "XYZ-9" in text
        await pilot.press("q")
        text = await until(pilot, "3 products of the pasted list; Esc: all")
        assert "3 marked" in text
        assert "1900" not in text
        await pilot.press("escape")
        await until(pilot, "1900")
        paste(pilot, "2100")
        await until(pilot, "▸ 2100")


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        await until(pilot, "1700")
        await pilot.press("e")
        await until(pilot, "▸ name")
        await pilot.press("enter")
        await until(pilot, "as the shop shall call it")
        listings.set_columns(store.db, "loja", MUG.sku, name="De outra pessoa")
        await pilot.press(*"Minha", "enter")
        await until(pilot, "somebody changed 000000017 meanwhile")
        assert own(store, MUG.sku)["name"] == "De outra pessoa"


async def test_why_tells_the_sum_and_how_far_each_value_is(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        await until(pilot, "1700")
        await pilot.press("w")
        text = await until(pilot, "10 on hand - 4 reserved = 6")
        assert "confirmed" in text
        await pilot.press("w")
        await until(pilot, "▸ 1700")


async def test_piles_and_filter_part_them_and_a_grid_is_found_by_its_name(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        await until(pilot, "1700")
        await pilot.press("/", *"camis", "enter")
        await until(pilot, lambda text: "G77" in text and SHIRT.code in text and "1700" not in text)
        await pilot.press("down")
        await until(pilot, "A grid: stock and price are its cells'.")
        await pilot.press("o")
        await until(pilot, "online: G77: a grid is on sale where one of its cells is marked")
        await pilot.press("escape", "left")
        await until(pilot, lambda text: "2300" in text and "1700" not in text)
        await pilot.press("o")
        await until(pilot, "Mark as online in C-Plus (characteristic VENDA ON-LINE)?")


async def test_the_mark_of_a_product_is_taken_away_where_all_have_it(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        await until(pilot, "1700")
        await pilot.press("o")
        await until(pilot, "Take the online mark away in C-Plus (characteristic VENDA")


async def test_without_an_engine_everything_is_shown_and_nothing_changed(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    goods(store)
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        await until(pilot, "engine: STOPPED")
        await pilot.press("3")
        await until(pilot, "1700")
        for key in ("e", "m", "x", "o", "z"):
            await pilot.press(key)
            await until(pilot, "no engine answers")


async def test_an_empty_catalogue_says_what_would_be_here(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        await until(pilot, "No product is known yet.")


async def test_it_speaks_portuguese(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    goods(store)
    language.use("pt_BR")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        text = await until(pilot, "Todos 7")
        assert "à venda" in text
        assert "sem preço" in text
        await pilot.press("e")
        await until(pilot, "▸ nome")
        await pilot.press(*["down"] * 4, "enter", "9", "enter")
        await until(pilot, "1 produto alterado; z volta atrás")
        assert own(store, MUG.sku)["delivery_days"] == 9


@pytest.mark.parametrize("texts", [HOSTILE[::2], HOSTILE[1::2]], ids=["even", "odd"])
async def test_hostile_texts_of_products_are_shown_as_harmless_ones(
    tmp_path: Path, state_folder: Path, store: StoreFile, texts: list[str]
) -> None:
    storable = [text.encode("utf-8", "replace").decode() for text in texts]
    hostile = [
        replace(MUG, sku=text + "1", code=text, name=text, web_name=text, description=text, categories=(text, text))
        for text in storable
    ]
    goods(store, *hostile)
    mirror.store_payment_options(store.db, storable)
    for product, text in zip(hostile, storable, strict=True):
        listings.set_columns(store.db, "loja", product.sku, short_description=text, payment_options=json.dumps([text]))
        want(store, product)
        store.db.execute("UPDATE publication SET confirmed = wanted WHERE item = ?", [product.sku])
        want(store, replace(product, web_name=text + text, brand=text))
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("3")
        await until(pilot, "On sale")
        seen = []
        for keys in ("down", "enter q", "w q", "e down down enter", "escape", "* m", "escape", "x", "n", "o", "n"):
            for key in keys.split():
                await pilot.press(key)
                await pilot.pause(0.15)
                seen.append(shown(pilot.app))  # type: ignore[arg-type]
        paste(pilot, "\n".join(texts))
        await pilot.pause(0.5)
        seen.append(shown(pilot.app))  # type: ignore[arg-type]
        assert any("→" in text for text in seen)
        assert any("not found" in text or "marked" in text for text in seen)
        assert not FORBIDDEN.search("\n".join(seen))
        assert pilot.app.is_running


async def test_what_came_while_the_piles_were_not_counted_is_counted_when_their_time_comes(
    tmp_path: Path, state_folder: Path, store: StoreFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    goods(store)
    monkeypatch.setattr("console.screens.catalogue.COUNTING_SHARE", 0.0005)  # as if there were a million products
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("3")
        await until(pilot, "Withheld 0")
        listings.set_columns(store.db, "loja", MUG.sku, withheld=1)
        await until(pilot, "R$ 49.90 withheld")
        await until(pilot, "Withheld 1")
