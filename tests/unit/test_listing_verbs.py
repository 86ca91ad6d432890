"""What people say of an item on an account: all of it or nothing, each value judged, and always a way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from console.field_texts import EXPECTED as SENTENCES
from console.field_texts import LISTING_FIELDS
from engine.account import Account
from engine.listing_fields import (
    EXPECTED,
    FIELDS,
    NO_OWN_STOCK,
    NOT_A_BUFFER,
    NOT_A_FLAG,
    NOT_A_NAME,
    NOT_A_TEXT,
    NOT_CATEGORIES,
    NOT_DAYS,
    NOT_OPTIONS,
    NOT_PIECES,
)
from engine.model.goods import Catalogue, Grid, GridValue, Product
from engine.runtime.commands import OPERATOR, Ask, Commands
from engine.store import accounts, listings, mirror
from engine.verbs.listing import ITEMS_MAX, listing_verbs
from tests.console.builder import ACCOUNT
from tests.unit.virtual_time import InlineStore, VirtualClock, inline_store

pytestmark = pytest.mark.anyio

MUG = Product("000000017", "1700", "CANECA", whole=True)
CHEESE = Product("000000018", "1800", "QUEIJO", unit="KG")
SHIRT = Product("000000020", "2000", "CAMISETA P", parent="77", grid=(GridValue("TAMANHO", "P", 1),))
OPTIONS = ("Pix", "Boleto", "Cartão")


class Desk:
    """A store with three products, and a person who asks."""

    def __init__(self, store: InlineStore) -> None:
        self.db = store._db
        self.woken: set[str] = set()
        self._asked = 0
        account = cast("Account", SimpleNamespace(settings=ACCOUNT))
        self._commands = Commands(store, listing_verbs(lambda: {"loja": account}), lambda _, task: self.woken.add(task))

    async def ask(self, changes: dict[str, dict[str, Any]], **args: Any) -> dict[str, Any]:
        self._asked += 1
        asked = {"account": "loja", "changes": changes, **args}
        return await self._commands.ask(
            Ask(f"c{self._asked}", "set_listing", asked, "maria", OPERATOR, None, VirtualClock().now())
        )

    def version(self, sku: str) -> int:
        return int(self.db.execute("SELECT version FROM product WHERE sku = ?", [sku]).fetchone()[0])

    def of(self, item: str) -> dict[str, Any]:
        row = listings.row(self.db, "loja", item)
        return {} if row is None else dict(row)


@pytest.fixture
def desk(state_folder: Path) -> Iterator[Desk]:
    with inline_store(state_folder) as store:
        accounts.ensure(store._db, "loja", "magento", "Loja")
        read = Catalogue((MUG, CHEESE, SHIRT), (Grid("77", "CAMISETA"),), OPTIONS, complete=True, cursor="")
        mirror.store_catalogue(store._db, read, ["T"])
        mirror.store_payment_options(store._db, OPTIONS)
        yield Desk(store)


async def test_what_is_said_is_kept_computed_anew_and_on_record(desk: Desk) -> None:
    before = desk.version(MUG.sku)
    said = {
        "name": " Caneca do café ",
        "categories": ["Casa", "Cozinha"],
        "delivery_days": 3,
        "payment_options": ["Cartão", "Pix"],
        "buffer": "2.0",
        "withheld": True,
    }
    answer = await desk.ask({MUG.sku: said})
    assert answer["ok"]
    override = listings.override(desk.db, "loja", MUG.sku)
    assert (override.name, override.categories, override.delivery_days) == ("Caneca do café", ("Casa", "Cozinha"), 3)
    assert override.payment_options == ("Pix", "Cartão")
    assert override.withheld
    assert desk.of(MUG.sku)["buffer_e4"] == 20_000
    assert desk.version(MUG.sku) > before
    assert desk.woken == {"catalogue", "stock"}
    entry = desk.db.execute("SELECT subject, before, after, who FROM audit").fetchone()
    assert (entry["subject"], entry["who"]) == (f"item {MUG.sku}@loja", "maria")
    assert '"Caneca do café"' in entry["after"]
    assert '"name":null' in entry["before"].replace(" ", "")


async def test_the_answer_sent_back_undoes_it_unless_somebody_was_there_meanwhile(desk: Desk) -> None:
    await desk.ask({MUG.sku: {"name": "Caneca"}})
    answer = await desk.ask({MUG.sku: {"name": "Xícara", "buffer": "1"}, CHEESE.sku: {"buffer": "0.250"}})
    undo = answer["result"]
    assert undo["before"] == {MUG.sku: {"name": "Caneca", "buffer": None}, CHEESE.sku: {"buffer": None}}
    assert (await desk.ask(undo["before"], seen=undo["seen"]))["ok"]
    assert listings.override(desk.db, "loja", MUG.sku).name == "Caneca"
    assert desk.of(CHEESE.sku)["buffer_e4"] is None
    late = await desk.ask(undo["before"], seen=undo["seen"])
    assert late["error"] == {"code": "listing-changed", "params": {"item": MUG.sku}}


async def test_saying_what_is_said_already_changes_nothing_and_wakes_nobody(desk: Desk) -> None:
    await desk.ask({MUG.sku: {"name": "Caneca"}})
    desk.woken.clear()
    before = desk.version(MUG.sku)
    answer = await desk.ask({MUG.sku: {"name": "Caneca", "description": None}})
    assert answer["result"]["before"] == {}
    assert desk.version(MUG.sku) == before
    assert not desk.woken


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("name", "", NOT_A_NAME),
        ("name", "x" * 256, NOT_A_NAME),
        ("name", "a\x1b[2J", NOT_A_NAME),
        ("name", "duas\nlinhas", NOT_A_NAME),
        ("short_description", "x" * 20_001, NOT_A_TEXT),
        ("description", 7, NOT_A_TEXT),
        ("categories", "Casa", NOT_CATEGORIES),
        ("categories", [], NOT_CATEGORIES),
        ("categories", ["Casa", " "], NOT_CATEGORIES),
        ("delivery_days", 366, NOT_DAYS),
        ("delivery_days", -1, NOT_DAYS),
        ("delivery_days", True, NOT_DAYS),
        ("payment_options", ["Cheque"], NOT_OPTIONS),
        ("payment_options", ["Pix", "Pix"], NOT_OPTIONS),
        ("payment_options", [{}], NOT_OPTIONS),
        ("buffer", "-1", NOT_A_BUFFER),
        ("buffer", "NaN", NOT_A_BUFFER),
        ("buffer", "0.00001", NOT_A_BUFFER),
        ("buffer", "1.5", NOT_PIECES),
        ("withheld", None, NOT_A_FLAG),
    ],
)
async def test_a_value_out_of_order_is_refused_by_name_and_nothing_of_the_rest_is_done(
    desk: Desk, field: str, value: Any, expected: str
) -> None:
    answer = await desk.ask({CHEESE.sku: {"name": "Queijo"}, MUG.sku: {field: value}})
    params = {"item": MUG.sku, "fields": field, "expected": expected}
    assert answer["error"] == {"code": "listing-value", "params": params}
    assert desk.of(CHEESE.sku) == {}


async def test_a_grid_has_texts_but_no_buffer_and_its_cells_are_computed_anew(desk: Desk) -> None:
    before = desk.version(SHIRT.sku)
    assert (await desk.ask({"G77": {"name": "Camiseta", "withheld": True}}))["ok"]
    assert desk.version(SHIRT.sku) > before
    answer = await desk.ask({"G77": {"buffer": "1"}})
    assert answer["error"]["params"]["expected"] == NO_OWN_STOCK


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"000009999": {"name": "x"}}, "no-such-item"),
        ({"G99": {"name": "x"}}, "no-such-item"),
        ({MUG.sku: {"preço": "1"}}, "no-such-field"),
        ({}, "listing-items"),
        ({str(n): {"name": "x"} for n in range(ITEMS_MAX + 1)}, "listing-items"),
    ],
)
async def test_what_is_not_there_is_refused(desk: Desk, changes: dict[str, dict[str, Any]], code: str) -> None:
    assert (await desk.ask(changes))["error"]["code"] == code


async def test_what_a_person_says_is_taken_back_from_the_shop_and_so_is_what_he_leaves_to_c_plus(desk: Desk) -> None:
    kept = '["description", "name", "photos"]'
    listings.set_columns(desk.db, "loja", MUG.sku, name="Da loja", description="Da loja", shop_keeps=kept)
    await desk.ask({MUG.sku: {"name": "Da loja", "description": None}})
    assert listings.kept_by_shop(desk.db, "loja", MUG.sku) == {"photos"}
    assert listings.override(desk.db, "loja", MUG.sku).description is None


def test_every_field_and_every_expectation_has_words() -> None:
    assert LISTING_FIELDS.keys() == FIELDS.keys()
    assert set(EXPECTED) <= SENTENCES
