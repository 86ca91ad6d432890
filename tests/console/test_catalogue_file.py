"""The catalogue as a file: it survives a spreadsheet, changes what it says and no more; a wrong cell is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.__main__ import main
from engine.runtime.hosted import HostedEngine
from engine.store import listings
from tests.console.builder import StoreFile, bare_host
from tests.console.goods import CHEESE, LAMP, MUG, goods


@pytest.fixture
def hosted(tmp_path: Path, state_folder: Path, store: StoreFile) -> Iterator[HostedEngine]:
    """An engine that runs on that store."""
    goods(store)
    listings.set_columns(store.db, "loja", MUG.sku, name="=Caneca", description="Uma\nDuas", delivery_days=4)
    listings.set_columns(store.db, "loja", CHEESE.sku, short_description="", withheld=1, buffer_e4=2_500)
    engine = bare_host(tmp_path, state_folder)()
    assert engine.start() is None
    yield engine
    assert engine.stop()


def run(state_folder: Path, *arguments: str, language: str = "en") -> int:
    settings = state_folder.parent / "settings.toml"
    asked = ["--language", language, "--settings", str(settings), "--state", str(state_folder)]
    return main([*asked, "catalogue", *arguments])


Row = dict[str, str]


def edited(path: Path, change: Callable[[Row], None], *, encoding: str = "utf-8-sig") -> None:
    """As a spreadsheet saves it."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=";"))
    for row in rows:
        change(row)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding=encoding, newline="")


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_a_file_as_it_was_written_changes_nothing(
    tmp_path: Path, state_folder: Path, hosted: HostedEngine, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    path = tmp_path / "loja.csv"
    assert run(state_folder, "--csv", str(path), language=language) == 0
    assert run(state_folder, "--apply", str(path), language=language) == 0
    told = capsys.readouterr().out
    assert "The file changes nothing." in told or "O arquivo não muda nada." in told
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for line in csv.reader(file, delimiter=";") for cell in line]
    assert "'=Caneca" in cells, "no cell is a formula"


def test_what_a_spreadsheet_changed_is_applied_zeros_and_charset_or_not(
    tmp_path: Path, state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "loja.csv"
    run(state_folder, "--csv", str(path))

    def change(row: Row) -> None:
        row["SKU"] = row["SKU"].lstrip("0")
        if row["SKU"] == "17":
            row |= {"name": "Caneca do João", "categories": "Casa > Chá", "delivery time": ""}
        if row["SKU"] == "18":
            row |= {"buffer": "0,5", "withheld": "não", "payment options": "-"}

    edited(path, change, encoding="cp1252")
    assert run(state_folder, "--apply", str(path), "--yes") == 0
    told = capsys.readouterr().out
    assert "1700  =Caneca  name: =Caneca → Caneca do João" in told
    assert "2 products changed" in told
    mug, cheese = (dict(listings.row(store.db, "loja", sku) or {}) for sku in (MUG.sku, CHEESE.sku))
    assert (mug["name"], mug["categories"], mug["delivery_days"]) == ("Caneca do João", '["Casa","Chá"]', None)
    assert mug["description"] == "Uma\nDuas"
    assert (cheese["buffer_e4"], cheese["withheld"], cheese["payment_options"]) == (5_000, 0, "[]")
    assert cheese["short_description"] == ""
    assert listings.row(store.db, "loja", LAMP.sku) is None


def test_a_wrong_cell_is_named_by_line_and_column_and_nothing_is_done_unless_it_is_skipped(
    tmp_path: Path, state_folder: Path, store: StoreFile, hosted: HostedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "loja.csv"
    path.write_text("SKU;name;buffer\n17;Boa;1,5\n99;Nada;\n18;Queijo;0,5\n18;Duas vezes;\n", encoding="utf-8")
    assert run(state_folder, "--apply", str(path), "--yes") == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "line 2, buffer: expected: a whole number" in told
    assert "line 3, SKU: C-Plus has no product or grid 99" in told
    assert "line 5, SKU: 18 stands here twice" in told
    assert "Nothing was changed; 3 cells are wrong." in told
    assert dict(listings.row(store.db, "loja", MUG.sku) or {})["name"] == "=Caneca"
    assert run(state_folder, "--apply", str(path), "--yes", "--skip-wrong") == 1
    assert dict(listings.row(store.db, "loja", MUG.sku) or {})["name"] == "Boa"
    assert dict(listings.row(store.db, "loja", CHEESE.sku) or {})["buffer_e4"] == 5_000


def test_without_anybody_to_ask_nothing_is_changed(
    tmp_path: Path, state_folder: Path, store: StoreFile, hosted: HostedEngine
) -> None:
    path = tmp_path / "loja.csv"
    path.write_text("SKU;name\n18;Queijo\n", encoding="utf-8")
    assert run(state_folder, "--apply", str(path)) == 1
    assert dict(listings.row(store.db, "loja", CHEESE.sku) or {})["name"] is None


@pytest.mark.parametrize("content", ["price;stock\n1;2\n", "", 'SKU;name\n17;"' + "x" * 200_000 + '"\n'])
def test_another_file_is_refused_with_a_sentence(
    tmp_path: Path, state_folder: Path, hosted: HostedEngine, content: str
) -> None:
    path = tmp_path / "loja.csv"
    path.write_text(content, encoding="utf-8")
    assert run(state_folder, "--apply", str(path), "--yes") == 2
    assert run(state_folder, "--apply", str(tmp_path / "none.csv"), "--yes") == 2


def test_many_products_are_changed_in_several_commands(
    tmp_path: Path, state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    goods(store)
    store.db.executemany(
        "INSERT INTO erp_key (item, code, gtin, name) VALUES (?, ?, '', 'x')",
        [(f"{n:09}", str(n)) for n in range(500, 950)],
    )
    engine = bare_host(tmp_path, state_folder)()
    assert engine.start() is None
    path = tmp_path / "loja.csv"
    path.write_text("SKU;description\n" + "".join(f"{n};{'ç' * 300}\n" for n in range(500, 950)), encoding="utf-8")
    assert run(state_folder, "--apply", str(path), "--yes") == 0
    assert "450 products changed" in capsys.readouterr().out
    assert store.db.execute("SELECT count(*) FROM listing WHERE description IS NOT NULL").fetchone()[0] == 450
    assert engine.stop()


def test_the_piles_of_each_shop_are_counted(
    tmp_path: Path, state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    goods(store)
    bare_host(tmp_path, state_folder)
    assert run(state_folder) == 1
    told = capsys.readouterr().out
    assert "Loja Centro" in told
    assert "       7  All" in told
    assert run(state_folder, "nenhuma") == 2
