"""Records that cannot be written: whoever starts Integra is told in a sentence why, and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from engine.disk import not_written
from engine.errors import RetryLater
from engine.runtime.lock import acquire
from engine.store.database import open_store
from tests.unit.command_line.verbs import run

pytestmark = pytest.mark.anyio


async def test_a_store_that_cannot_be_opened_for_writing_is_no_damaged_one(state_folder: Path) -> None:
    path = state_folder / "integra.db"
    path.mkdir()
    with pytest.raises(RetryLater) as caught:
        async with open_store(path):
            pass
    assert (caught.value.code, caught.value.params["path"]) == ("store-closed", str(path))


def test_a_state_folder_that_cannot_be_made_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert run(tmp_path / "file" / "state", "--engine-only") == 3
    assert "Integra may not write" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "store-closed"),
        (errno.EROFS, "store-closed"),
        (errno.ENOSPC, "store-disk"),
        (errno.EIO, "store-disk"),
    ],
)
def test_a_full_disk_and_a_closed_folder_are_told_apart(
    number: int, code: str, state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(RetryLater) as caught:
        acquire(state_folder)
    monkeypatch.undo()
    assert caught.value.code == code
    assert not_written(state_folder, OSError(number, "")).code == code
