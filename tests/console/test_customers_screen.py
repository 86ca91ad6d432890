"""The customers: what each pays, whose word holds, whom orders take, who is registered; decided with a key each."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import language
from engine.store import customers
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until
from tests.console.people import RETAIL, STAFF, WHOLESALE, people

pytestmark = pytest.mark.anyio


def table_of(store: StoreFile, id: int) -> str | None:
    return store.db.execute("SELECT price_table FROM customer WHERE id = ?", [id]).fetchone()[0]  # type: ignore[no-any-return]


def taken(store: StoreFile) -> dict[str, str | None]:
    return dict(store.db.execute("SELECT field, decided FROM customer_field WHERE conflict").fetchall())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("tongue", ["en", "pt_BR"])
async def test_each_row_says_what_he_pays_and_how_he_stands(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int], tongue: str
) -> None:
    people(store)
    language.use(tongue)
    blocked, both = ("blocked in C-Plus", "2 fields in conflict")
    if tongue == "pt_BR":
        blocked, both = ("bloqueado no C-Plus", "2 campos em conflito")
    async with console_on(tmp_path, state_folder, size=size) as pilot:
        await pilot.press("4")
        text = await until(pilot, lambda text: blocked in text and "111.444.777-35" in text)
        assert any("Bia Comércio" in line and "ATACADO" in line and blocked in line for line in text.splitlines())
        assert any("Caio Nunes" in line and both in line for line in text.splitlines())
        assert all(len(line) <= size[0] for line in text.splitlines())
        await pilot.press("down")
        await until(pilot, lambda text: "CHEQUE DEVOLVIDO" in text and "R$ 350" in text)


async def test_a_table_is_chosen_by_what_it_does_in_the_shop_and_taken_back(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    ana = people(store)["ana"]
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("4")
        await until(pilot, "VAREJO")
        await pilot.press("t")
        text = await until(pilot, "Loja Centro: group Atacado")
        assert "Loja Centro: does not show this table" in text
        await pilot.press("home", "enter")  # ATACADO is the first by its name
        await until(pilot, "the counter charges it too")
        await pilot.press("enter")  # the question stands on no
        assert table_of(store, ana) == RETAIL
        await pilot.press("t", "home", "enter")
        await until(pilot, "the counter charges it too")
        await pilot.press("s")
        await until(pilot, "1 customer changed; z takes it back")
        assert table_of(store, ana) == WHOLESALE
        group = store.db.execute("SELECT channel_group FROM customer_link WHERE customer_id = ?", [ana]).fetchone()[0]
        assert group is None, "the next cycle gives him the group of the table"
        await pilot.press("z")
        await until(pilot, "1 customer is as before")
        assert table_of(store, ana) == RETAIL
        assert [row["what"] for row in store.db.execute("SELECT what FROM audit")].count("customer_table") == 2


async def test_a_whole_selection_moves_to_a_table_and_back_each_to_his_own(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    ids = people(store)
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("4")
        await until(pilot, "VAREJO")
        await pilot.press("space", "space", "space")
        await until(pilot, "3 marked")
        await pilot.press("t")
        await until(pilot, "3 customers")
        await pilot.press("home", "down", "enter")
        await until(pilot, "3 customers change.")
        await pilot.press("s")
        await until(pilot, "3 customers changed")
        assert {table_of(store, ids[name]) for name in ("ana", "bia", "caio")} == {STAFF}
        await pilot.press("z")
        await until(pilot, "3 customers are as before")
        assert [table_of(store, ids[name]) for name in ("ana", "bia", "caio")] == [RETAIL, WHOLESALE, RETAIL]


async def test_who_is_not_in_cplus_gets_no_table_and_the_key_says_why(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    people(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("4")
        await until(pilot, "VAREJO")
        await pilot.press("end", "t")
        await until(pilot, "it is not in C-Plus yet")


async def test_a_table_that_somebody_else_changed_meanwhile_is_not_overwritten(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    ana = people(store)["ana"]
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("4")
        await until(pilot, "VAREJO")
        await pilot.press("t", "home", "enter")
        await until(pilot, "the counter charges it too")
        store.db.execute("UPDATE customer SET row_version = 9, price_table = ? WHERE id = ?", [STAFF, ana])
        await pilot.press("s")
        await until(pilot, "was changed meanwhile")
        assert table_of(store, ana) == STAFF


async def test_of_each_field_in_conflict_one_word_is_chosen(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    people(store)
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("4", "right")
        await until(pilot, "JAGUARÃO in C-Plus, Bagé")
        await pilot.press("e")
        await until(pilot, lambda text: all(word in text for word in ("holds", "PELOTAS", "JAGUARÃO", "Bagé")))
        await pilot.press("enter")
        await until(pilot, "Say first whose word holds")
        await pilot.press("right", "left", "enter")
        await until(pilot, "settle: 2 done")
        assert taken(store) == {"city": "channel", "district": "erp"}
        await until(pilot, "Conflicts 0")


@pytest.mark.parametrize(("key", "side"), [("c", "erp"), ("s", "channel")])
async def test_one_side_holds_for_all_fields_after_a_yes(
    tmp_path: Path, state_folder: Path, store: StoreFile, key: str, side: str
) -> None:
    people(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("4", "right")
        await until(pilot, "Caio Nunes")
        await pilot.press(key)
        await until(pilot, lambda text: "word holds for 2 fields?" in text and "more line" not in text)
        await pilot.press("s")
        await until(pilot, "2 done")
        assert set(taken(store).values()) == {side}


async def test_a_word_that_changed_once_more_is_not_taken_unseen(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    people(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("4", "right")
        await until(pilot, "Caio Nunes")
        await pilot.press("s")
        await until(pilot, "word holds for 2 fields?")
        customers.agree(store.db, "loja", "3", {"city": ("JAGUARÃO", "Herval")}, conflict=True)
        await pilot.press("s")
        await until(pilot, "says something else by now")
        assert taken(store)["city"] is None


async def test_those_who_may_be_one_person_stand_side_by_side_and_orders_take_the_chosen_one(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    joana = people(store)["joana"]
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("4", "right", "right")
        await until(pilot, "several in C-Plus: 00000004,")
        await pilot.press("b")
        text = await until(pilot, "JOANA B PRADO")
        assert "JOANA PRADO" in text
        assert "orders take this one now" in text
        await pilot.press("down", "enter")
        await until(pilot, "take customer 00000005 from now on?")
        await pilot.press("s")
        await until(pilot, "which one: done")
        row = customers.get(store.db, joana)
        assert row is not None
        assert row["erp_code"] == "00000005"
        await until(pilot, "More than once 0")


async def test_who_waits_to_be_registered_is_let_be_after_a_yes(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    people(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("4", "right", "right", "right")
        await until(pilot, "MERCADO DO BAIRRO")
        await pilot.press("a")
        await until(pilot, "Register 1 customer in the shop?")
        await pilot.press("s")
        await until(pilot, "register: done")
        rows = store.db.execute("SELECT erp_code, standing, approved_by IS NOT NULL FROM registration").fetchall()
        assert [tuple(row) for row in rows] == [("00000010", "approved", 1), ("00000011", "unfit", 0)]


async def test_enter_leads_to_his_orders(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    people(store)
    for number in ("000000100", "000000101"):
        store.order(number, buyer="Joana Prado")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("4")
        await until(pilot, "VAREJO")
        await pilot.press("enter")
        await until(pilot, "Ana Beatriz Moura has no order")
        await pilot.press("/", *"joana", "enter")
        await until(pilot, "2 orders (Enter)")
        await pilot.press("enter")
        await until(pilot, lambda text: "000000100" in text and "000000101" in text and "All 2" in text)


async def test_an_empty_pile_says_what_would_be_here(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("4")
        await until(pilot, "Whoever buys or registers")
        await pilot.press("right")
        await until(pilot, "No conflict")
