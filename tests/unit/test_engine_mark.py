"""Which of the engines that an ERP's server shows as connected cannot be alive: a run before ours, and no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.engine_mark import EngineMark
from engine.runtime.lock import Held, acquire
from engine.runtime.mark import engine_mark, network_cards
from engine.store.database import open_store
from engine.systime import new_id

OURS = EngineMark("life2", "store", "machine", "cards", "boot", "8:17", "balcao", 412)


@pytest.mark.parametrize(
    ("other", "same_address", "gone"),
    [
        (replace(OURS), False, True),
        (replace(OURS, life="life1", pid=1), False, True),
        (replace(OURS, life="life1", boot="boot0", folder="9:17"), True, True),
        (replace(OURS, life="life1", folder="8:99"), True, False),
        (replace(OURS, life="life1", store="another"), True, False),
        (replace(OURS, life="life1", machine="laptop", boot="boot9"), False, False),
        (replace(OURS, life="life1", boot="boot9"), False, False),
        (replace(OURS, life="life1", boot="boot9", cards="others"), True, False),
    ],
    ids=[
        "our own other connection", "we were restarted", "the machine was restarted", "a copied folder on this machine",
        "another store on this machine", "a folder copied to another machine", "a cloned machine",
        "a cloned disk behind the same address",
    ],
)  # fmt: skip
def test_only_a_run_before_ours_is_taken_for_gone(other: EngineMark, same_address: bool, gone: bool) -> None:
    assert OURS.outlives(other, same_address=same_address) is gone


def test_where_the_machine_tells_nothing_of_itself_nobody_is_taken_for_gone() -> None:
    ours = replace(OURS, machine="", boot="")
    assert not ours.outlives(replace(ours, life="life1"), same_address=True)
    ours = replace(OURS, cards="")
    assert not ours.outlives(replace(ours, life="life1", boot="boot1"), same_address=True)


def test_a_mark_comes_back_as_it_was_written_and_fits_a_variable_of_firebird() -> None:
    for mark in (OURS, replace(OURS, machine="", cards="", boot="")):
        assert EngineMark.parse(str(mark)) == mark
    widest = EngineMark("f" * 32, "f" * 32, "f" * 16, "f" * 16, "f" * 16, "f" * 16, "h" * 60, 4194304)
    assert len(f"holding {widest}") < 255
    with pytest.raises(ValueError):
        EngineMark.parse("1")


def test_a_machine_is_known_by_the_cards_that_are_part_of_it(tmp_path: Path) -> None:
    def card(name: str, address: str, *, assigned: str = "0", has_device: bool = True) -> None:
        (tmp_path / name).mkdir()
        (tmp_path / name / "address").write_text(f"{address}\n", encoding="ascii")
        (tmp_path / name / "addr_assign_type").write_text(f"{assigned}\n", encoding="ascii")
        if has_device:
            (tmp_path / name / "device").mkdir()

    assert network_cards(tmp_path) == network_cards(tmp_path / "not a Linux") == ""
    card("lo", "00:00:00:00:00:00", has_device=False)
    card("docker0", "02:42:9c:11:22:33", assigned="1", has_device=False)
    card("wlan0", "da:a1:19:00:00:01", assigned="3")
    assert network_cards(tmp_path) == "", "an address that is made up anew each time tells nothing"
    card("eth0", "52:54:00:00:00:01")
    assert network_cards(tmp_path) == "52:54:00:00:00:01"
    card("ens1", "52:54:00:00:00:00")
    assert network_cards(tmp_path) == "52:54:00:00:00:00 52:54:00:00:00:01", "however they are named this time"


@pytest.mark.anyio
async def test_a_copied_state_folder_has_the_stores_id_and_is_told_apart(tmp_path: Path) -> None:
    async def started(state: Path) -> EngineMark:
        held = acquire(state)
        assert isinstance(held, Held)
        async with open_store(state / "integra.db") as store:
            mark = await engine_mark(store, held, new_id)
        held.release()
        return mark

    first, again = await started(tmp_path / "state"), await started(tmp_path / "state")
    assert again.outlives(first, same_address=False)
    (tmp_path / "copy").mkdir()
    for file in (tmp_path / "state").iterdir():
        (tmp_path / "copy" / file.name).write_bytes(file.read_bytes())
    copied = await started(tmp_path / "copy")
    assert copied.store == first.store
    assert not copied.outlives(again, same_address=True)
