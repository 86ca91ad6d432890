"""Whose the items of a shop are: what an operator sees of them, and what happens when he says."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import language
from console.app import Console, LinkChanged
from console.screens.adoption import AdoptionScreen
from engine.adoption.matching import FoundItem, Match, Standing
from engine.adoption.taken_names import NAME_TAKEN
from engine.model.goods import ProductKey
from engine.store import shop_items
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until
from tests.console.shops import shop_before_us

pytestmark = pytest.mark.anyio


def whose(store: StoreFile) -> dict[str, str | None]:
    """What a person has settled: SKU in the shop -> item of ours."""
    rows = store.db.execute("SELECT remote_sku, item FROM shop_item WHERE settled_by IS NOT NULL")
    return dict(map(tuple, rows.fetchall()))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_is_doubtful_is_shown_with_what_it_may_be_and_why(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int]
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder, size=size) as pilot:
        await until(pilot, "items of the shop: whose are they? (Loja Centro)")
        await pilot.press("down", "enter")
        text = await until(pilot, "may be")
        assert "nothing is written there before you approve" in text
        assert "doubtful 2  double 0  only shop 2  only C-Plus 1" in text
        assert "AZUL" in text
        assert text.count("\n") == size[1] - 1
        await pilot.press("down")
        text = await until(pilot, "  by its name only")
        assert "Caneca branca" in text
        assert "1700" in text


async def test_an_account_that_observes_leads_there_with_enter_and_its_verdict_is_one_key_away(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "verdict ready")
        await pilot.press("enter")
        await until(pilot, "doubtful 2")
        await pilot.press("v")
        await until(pilot, "items of the shop that are doubtful")
        await pilot.press("n", "q")
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, "doubtful 2")


async def test_the_last_line_offers_only_what_works_on_the_row_under_the_cursor(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, lambda text: "n none of ours" in text and "s this one" not in text)
        await pilot.press("down")
        await until(pilot, "s this one")
        await pilot.press("up")
        await until(pilot, lambda text: "s this one" not in text)


async def test_one_key_says_that_it_is_the_proposed_one_and_another_takes_that_back(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, "  by its GTIN")
        await pilot.press("s")
        await until(pilot, "several are proposed: choose one")
        await pilot.press("down")
        await until(pilot, "  by its name only")
        await pilot.press("s")
        await until(pilot, "1 row settled; z takes it back")
        await until(pilot, "doubtful 1")
        assert whose(store) == {"CANECA-X": "000000017"}
        await pilot.press("z")
        await until(pilot, "waits for you again")
        await until(pilot, "doubtful 2")
        assert whose(store) == {}


async def test_one_of_several_proposals_is_chosen_from_a_list_that_says_what_speaks_for_each(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, "  by its GTIN")
        await pilot.press("enter")
        text = await until(pilot, "Which product of C-Plus is this?")
        assert "by its SKU" in text
        await pilot.press("down", "enter")
        await until(pilot, "1 row settled")
        assert whose(store) == {"AZUL": "000000018"}


async def test_another_product_is_found_by_a_word_of_its_name_and_a_grid_is_only_a_grid(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, "doubtful 2")
        await pilot.press("b", *"term garraf")
        await until(pilot, lambda text: "Garrafa térmica" in text and "already 000000019 there" in text)
        await pilot.press("enter")
        await until(pilot, "this product of C-Plus is another item of the shop already")
        assert whose(store) == {}
        await pilot.press("right", "right")
        await until(pilot, "a product with a grid")
        await pilot.press("b", *"camiseta")
        await until(pilot, "G77")
        await pilot.press("enter")
        await until(pilot, "1 row settled")
        assert whose(store) == {"CAMISETA": "G77"}


async def test_several_rows_are_left_alone_together_after_a_yes(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, "doubtful 2")
        await pilot.press("*")
        await until(pilot, "2 marked")
        await pilot.press("n")
        text = await until(pilot, "Settle 2 rows?")
        assert "CANECA-X  Caneca: none of ours" in text
        await pilot.press("enter")  # the question stands on no
        assert whose(store) == {}
        await pilot.press("n", "s")
        await until(pilot, "2 rows settled")
        assert whose(store) == {"AZUL": None, "CANECA-X": None}
        await pilot.press("z", "s")
        await until(pilot, "2 rows wait for you again")


async def test_what_somebody_else_settled_meanwhile_is_not_overwritten(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, "  by its GTIN")
        await pilot.press("enter")
        await until(pilot, "Which product")
        shop_items.settle(store.db, "loja", {"2": None}, "bia")
        await pilot.press("enter")
        await until(pilot, "somebody else said otherwise")
        assert whose(store) == {"AZUL": None}


async def test_on_a_live_shop_it_is_asked_before_and_nothing_is_taken_back(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    store.account("loja", "Loja Centro")
    store.db.execute("UPDATE account SET approved_at = adopted_at")
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, "is live")
        await pilot.press("n")
        await until(pilot, "this is written there, and not taken back here")
        await pilot.press("s")
        await until(pilot, "1 row settled")
        await pilot.press("z")
        await until(pilot, "is live: what was settled stays")


async def test_the_piles_and_the_filter_part_what_is_there(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, "doubtful 2")
        await pilot.press("/", *"azul", "enter")
        await until(pilot, lambda text: "AZUL" in text and "CANECA-X" not in text)
        await pilot.press("q")
        await until(pilot, "CANECA-X")
        for _pile in ("double", "only shop"):
            await pilot.press("right")
        await until(pilot, "VALE")
        await pilot.press("s")
        await until(pilot, "this one: CAMISETA: it waits for nobody")
        await pilot.press("right")
        await until(pilot, "Luminária")
        await pilot.press("n")
        await until(pilot, "the shop does not have it")
        await pilot.press("left", "left", "left", "left")
        await until(pilot, "Garrafa térmica")
        await pilot.press("z")  # somebody doubts a sure match
        await until(pilot, "sure 0")


async def test_a_sku_that_another_product_has_leads_to_that_product(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    store.problem(NAME_TAKEN, "item:000000021", {"item": "000000021", "name": "Vale-presente", "shop_id": "3"})
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "SKU taken in the shop")
        await pilot.press("end", "enter")
        await until(pilot, "Give that one another SKU")
        await pilot.press("enter")
        await until(pilot, lambda text: "▸ VALE" in text and "only shop 2" in text)


async def test_thousands_of_rows_are_read_page_by_page(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    doubt = [
        Match(FoundItem(str(n), f"X{n:05}", f"Caneca {n}", ""), Standing.DOUBTFUL, "name", None, ((f"{n:09}", "name"),))
        for n in range(20_000)
    ]
    store.db.execute("BEGIN")
    shop_before_us(store, doubt, [ProductKey(f"{n:09}", str(n), "", f"CANECA {n}") for n in range(20_000)])
    store.db.execute("COMMIT")
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, "doubtful 20000")
        await pilot.press("end")
        await until(pilot, "Caneca 19999")
        await pilot.press("s")
        await until(pilot, "doubtful 19999")
        await pilot.press("/", *"x01234", "enter")
        await until(pilot, lambda text: "▸ X01234" in text and "000001234" in text)


async def test_without_an_engine_everything_is_shown_and_nothing_settled(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        await until(pilot, "engine: STOPPED")
        await until(pilot, "a whose is what")
        await pilot.press("a")
        await until(pilot, "  by its GTIN")
        for key in ("n", "enter", "z"):
            await pilot.press(key)
            await until(pilot, "no engine answers")


async def test_it_speaks_portuguese(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    shop_before_us(store)
    language.use("pt_BR")
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await until(pilot, "itens da loja: de quem são?")
        await pilot.press("a")
        text = await until(pilot, "talvez")
        assert "duvidoso 2" in text
        await pilot.press("n")
        await until(pilot, "1 linha resolvida; z volta atrás.")


async def test_news_while_the_screen_is_still_being_built_does_it_no_harm(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shop_before_us(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "a whose is what")
        assert isinstance(pilot.app, Console)
        built = pilot.app.push_screen(AdoptionScreen("loja"))
        pilot.app.on_link_changed(LinkChanged(pilot.app.link.state))
        await built
        await until(pilot, "may be")
