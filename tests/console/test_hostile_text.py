"""Names that attack a terminal or a markup parser are shown as harmless text, on every screen and in every widget."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

import console
from console.app import Console
from console.safe_text import MARKS_MAX, safe, safe_lines
from engine.adoption.matching import FoundItem, Match, Standing
from engine.erp_customer import DUPLICATES
from engine.model.goods import PriceTable, ProductKey
from engine.model.people import ErpCustomer, Person
from engine.store import allowances, customers, registrations
from engine.store import outages as outage_table
from engine.store.accounts import ERP
from engine.store.allowances import Allowance
from engine.store.audit import Actor, audit
from engine.store.price_mirror import store_price_tables
from engine.store.registrations import Candidate
from engine.store.said import Said, say_of
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, shown, until
from tests.console.people import disputed
from tests.console.shops import changed_in_shop, shop_before_us

HOSTILE = [
    "[red]x[/]",
    "[/foo]",
    "[@click=app.quit]x[/]",
    "[link=http://a.example]x[/link]",
    "\x1b]52;c;aGFjaw==\x07",
    "\x1b]8;;http://a.example\x1b\\x\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[31m",
    "\x9b31m",
    "\x00\x08\x0b\x0c\x7f",
    "a\r\nb\tc",
    "\u202etxt.exe",
    "\u2066a\u2069",
    "\u200b\u200d\ufeffx",
    "e" + "\u0301" * 40,
    "👨\u200d👩\u200d👧 ❤\ufe0f",
    "漢字漢字漢字漢字",
    "\ud800x",
    "%s %(x)s {name} {0.__class__}",
]
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufe0f]")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    cleaned = safe(text)
    assert not FORBIDDEN.search(cleaned)
    assert "\n" not in cleaned
    assert safe(cleaned) == cleaned


def test_what_people_write_stays_as_it_is() -> None:
    for text in ("João da Conceição", "Rua 7, nº 3 – fundos", "50 % “promoção”", "[Kit] 3/4"):
        assert safe(text) == text
    assert safe("Joa\u0303o") == "João"
    assert safe("e" + "\u0301\u0302" * 20).count("\u0302") <= MARKS_MAX


def test_a_text_without_end_is_cut() -> None:
    assert len(safe("x" * 100_000)) == 500
    assert sum(len(line) for line in safe_lines("line\n" * 100_000)) < 20_000


def hostile_shop(store: StoreFile, texts: Sequence[str]) -> None:
    """What people typed into a shop's admin and into C-Plus."""
    keys = [ProductKey(text + "3", text, text, text) for text in texts]
    doubt = [
        Match(FoundItem(text, text, text, text), Standing.DOUBTFUL, "name", None, ((text + "3", "name"),))
        for text in texts
    ]
    shop_before_us(store, doubt, keys)
    for text in texts:
        changed_in_shop(store, text, "name", text, text + text)


def hostile_people(store: StoreFile, texts: Sequence[str]) -> None:
    """What they wrote of themselves, and staff of them."""
    db = store.db
    store_price_tables(db, [PriceTable(text + "9", text) for text in texts])
    for text in texts:
        id = db.execute("INSERT INTO customer (email, name) VALUES (?, ?) RETURNING id", [text, text]).fetchone()[0]
        there = ErpCustomer(text + "4", Person(text), text + "9", blocked=True, block_reason=text)
        customers.know_in_erp(db, id, there)
        customers.link(db, id, "loja", text, text)
        disputed(db, text, city=(text, text + "a", text + "b"))
        store.problem(DUPLICATES, customers.subject_of(id), {"codes": text, "chosen": text}, ERP)
    registrations.keep(db, "loja", [Candidate(text + "8", text, text) for text in texts], store.now)


def hostile_file(folder: Path, texts: Sequence[str]) -> Path:
    """A list of parcels of which every cell is hostile."""
    file = folder / "f.csv"
    with file.open("w", encoding="utf-8", errors="replace", newline="") as lines:
        writer = csv.writer(lines, delimiter=";")
        writer.writerows([("pedido", "rastreio", "transportadora"), *((text + "9", text, text) for text in texts)])
    return file


@pytest.mark.anyio
@pytest.mark.parametrize("number", [0, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 2))])
async def test_hostile_names_pass_every_screen(
    tmp_path: Path, state_folder: Path, store: StoreFile, number: int
) -> None:
    """A third of the strings each; what they say is buyer, message, product, reason, problem and account at once."""
    for index, text in enumerate(HOSTILE[number::3]):
        storable = text.encode("utf-8", "replace").decode()
        id = store.order(f"00000010{index}", buyer=storable, note=storable, payment_label=storable, raw_status=storable)
        store.db.execute("UPDATE order_line SET name = ?, sku = ? WHERE order_id = ?", [storable, storable + "2", id])
        say_of(store.db, id, Said.NOTE, storable, None, storable, store.now)
        store.db.execute("UPDATE order_event SET who = ?, params = json_object('number', ?)", [storable, storable])
        store.problem(storable, storable, {storable: storable}, storable)
        by, said = Actor(storable, store.now), {storable: storable}
        audit(store.db, by, storable, f"order {storable}@{storable}", said, said, storable)
        audit(store.db, by, f"refused:{storable}", storable, None, {"code": storable, "params": said}, storable)
        store.account("loja", storable)
        span = (store.now - timedelta(hours=1), store.now + timedelta(hours=9))
        allowances.add(store.db, Allowance("loja", (storable + "2",), 5, *span), storable, store.now)
        store.db.execute("UPDATE direction SET enabled = 0, reason = ?, changed_by = ?", [storable, storable])
        store.task("stock", error=(storable, {"type": storable}))
        outage_table.begins(store.db, storable, store.now - timedelta(minutes=5))
    hostile_shop(store, [text.encode("utf-8", "replace").decode() for text in HOSTILE[number::3]])
    hostile_people(store, [text.encode("utf-8", "replace").decode() for text in HOSTILE[number::3]])
    store.db.execute("UPDATE sales_order SET erp_number = '9' || id")
    store.db.execute("UPDATE sales_order SET payment = 'paid', fulfilment = 'invoiced' WHERE number = '000000100'")
    store.db.execute("UPDATE order_line SET invoiced_e4 = ordered_e4, reserved_e4 = 0")
    parcels = hostile_file(tmp_path, HOSTILE[number::3])
    async with console_on(tmp_path, state_folder, size=(120, 40), hosting=False) as pilot:
        app = pilot.app
        assert isinstance(app, Console)
        seen = []
        await until(pilot, "orders wait for a decision")
        for key in "end enter q tab down question_mark q 2 down down enter end q".split():
            await pilot.press(key)
            await pilot.pause(0.2)
            seen.append(shown(app))
        await pilot.press("/", *"[/foo]")
        await pilot.pause(0.2)
        seen.append(shown(app))
        await pilot.press("escape", "escape", "1")
        for key in "a down down enter slash x enter q q t down m q".split():
            await pilot.press(key)
            await pilot.pause(0.15)
            seen.append(shown(app))
        for key in "4 end t right down e right down b right down a q".split():
            await pilot.press(key)
            await pilot.pause(0.15)
            seen.append(shown(app))
        assert any("blocked in C-Plus" in text and "agreed last" in text for text in seen)
        assert any("waits for your word" in text for text in seen)
        await pilot.press("5", *"000000100", "enter")
        await pilot.pause(0.15)
        seen.append(shown(app))
        await pilot.press("f6", *str(parcels), "enter")
        await pilot.pause(0.15)
        seen.append(shown(app))
        assert any("now the tracking code" in text for text in seen)
        assert any("no order has this number" in text for text in seen)
        for key in "1 6 down enter down q right right i x escape r 7 down right a q".split():
            await pilot.press(key)
            await pilot.pause(0.15)
            seen.append(shown(app))
        assert any("may be" in text for text in seen)
        assert any("To put right" in text for text in seen)
        assert any("before → after" in text for text in seen)
        for key in "7 p down enter n escape q".split():
            await pilot.press(key)
            await pilot.pause(0.15)
            seen.append(shown(app))
        assert any("allowed by" in text for text in seen)
        assert any("Texts changed in the shop" in text for text in seen)
        for key in "9 down enter z down left 8 right down p escape down e escape 1".split():
            await pilot.press(key)
            await pilot.pause(0.15)
            seen.append(shown(app))
        assert any("what was done" in text for text in seen)
        assert any("switch:" in text for text in seen)
        everything = "\n".join(seen)
        assert not FORBIDDEN.search(everything)
        assert app.is_running


@pytest.mark.anyio
async def test_what_is_pasted_into_a_field_is_cleaned(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    from textual import events

    store.order("000000100")
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        await pilot.press("2", "/")
        field = pilot.app.screen.query_one(Input)
        field.post_message(events.Paste("\x1b]52;c;aGFjaw==\x07joão\u202e"))
        await pilot.pause(0.1)
        assert not FORBIDDEN.search(field.value)
        assert "joão" in field.value


# --- no other way to the screen ---------------------------------------------------------------------------------------

FOLDER = Path(console.__file__).parent
TAKES_MARKUP = {"Static", "Label", "Button", "Option", "OptionList", "Select", "Tree", "DataTable", "Markdown", "Log"}
CALLS = {"notify", "from_markup", "markup"}


def test_no_widget_of_ours_parses_markup() -> None:
    """Foreign text reaches the screen through `Plain`, `Page`, `Rows` and `Field` only."""
    found = []
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in TAKES_MARKUP | CALLS or name in {"border_title", "border_subtitle"}:
                    found.append(f"{path.name}:{node.lineno} {name}")
    assert not found
