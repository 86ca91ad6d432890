"""`integra backup`: a sound copy, beside a running engine or none, and a clear word when there is none."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from engine.runtime.hosted import HostedEngine
from tests.console.builder import StoreFile
from tests.unit.command_line.verbs import run


def orders_in(copy: Path) -> int:
    with closing(sqlite3.connect(copy)) as db:
        return int(db.execute("SELECT COUNT(*) FROM sales_order").fetchone()[0])


def test_a_backup_beside_a_running_engine_has_all_of_it_and_is_for_its_owner_only(
    state_folder: Path, store: StoreFile, hosted: HostedEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.order("000000600")
    target = tmp_path / "nightly.db"
    assert run(state_folder, "backup", str(target), "--json") == 0
    assert json.loads(capsys.readouterr().out)["file"] == str(target)
    assert orders_in(target) == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_backup_without_a_name_lies_beside_the_records_and_says_that_this_is_one_disk(
    state_folder: Path, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    store.order("000000600")
    assert run(state_folder, "backup") == 0
    assert "keep a copy on another machine" in " ".join(capsys.readouterr().out.split())
    (copy,) = (state_folder / "backups").iterdir()
    assert orders_in(copy) == 1


def test_a_backup_into_a_folder_is_named_by_its_time_and_one_never_takes_the_place_of_another(
    state_folder: Path, store: StoreFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    assert run(state_folder, "backup", str(folder)) == 0
    (copy,) = folder.iterdir()
    before = copy.read_bytes()
    assert run(state_folder, "backup", str(copy)) == 2
    assert "is there already" in capsys.readouterr().err
    assert copy.read_bytes() == before


def test_a_backup_that_cannot_be_written_or_of_damaged_records_leaves_nothing_and_says_why(
    state_folder: Path, store: StoreFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(state_folder, "backup", str(tmp_path / "nowhere" / "copy.db")) == 3
    assert "there is no such file or folder" in capsys.readouterr().err
    store.db.execute("INSERT INTO meta (key, value) VALUES ('long', ?)", ["x" * 200_000])
    store.close()
    path = state_folder / "integra.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 4096 * 3)
        file.write(b"\xff" * 4096 * 3)
    assert run(state_folder, "backup", str(tmp_path / "copy.db")) == 2
    assert "cannot be read. Stop Integra" in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.glob("copy*"))


def test_without_records_there_is_nothing_to_back_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "state", "backup") == 3
    assert "has not run here yet" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


def test_status_says_that_the_disk_is_almost_full_for_the_engine_cannot_note_it(
    state_folder: Path, store: StoreFile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = shutil.disk_usage(state_folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=7_000_000))
    assert run(state_folder, "status") == 1
    assert "Disk almost full: 7 MB left" in capsys.readouterr().out
