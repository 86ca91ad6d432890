"""On the overview the stock task of a shop says how it keeps up: how stale it is, how often it sold what was gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.store import stock_lag
from engine.store.instants import to_text
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_stock_task_tells_how_long_a_sale_takes_and_that_the_shop_is_defended(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int]
) -> None:
    store.account("loja")
    store.task("stock")
    stock_lag.note(store.db, "loja", store.now.date(), [1.5] * 19 + [40.0])
    link = "INSERT INTO stock_link (account, heard_at, behind_since, defence) VALUES ('loja', ?1, ?1, 'behind')"
    store.db.execute(link, [to_text(store.now)])
    async with console_on(tmp_path, state_folder, size=size, hosting=False) as pilot:
        await until(pilot, "waiting")
        await pilot.press("tab", "down")
        text = await until(pilot, "It was silent for too long")
        assert "A sale is in the shop's stock after 3 s on average" in " ".join(text.split())
        assert all(len(line) <= size[0] for line in text.splitlines())
