"""What the console's tests share: a language, a filled store, and a console with an engine behind the socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from console import language
from console.app import Console
from engine.settings import load
from tests.console.builder import StoreFile, bare_host

WAIT_S_MAX = 15.0


@pytest.fixture(autouse=True)
def _speak_english() -> Iterator[None]:
    """Sentences of tests are those of the code."""
    language.use("en")
    yield
    language.use(language.DEFAULT_LANGUAGE)


@pytest.fixture
def store(state_folder: Path) -> Iterator[StoreFile]:
    """A store that an engine has left, as of now."""
    file = StoreFile(state_folder / "integra.db", datetime.now(UTC))
    yield file
    file.close()


def shown(app: Console) -> str:
    """What stands on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


async def until(pilot: Pilot[int], seen: str | Callable[[str], bool]) -> str:
    """Wait until the screen shows that text, or something that the function finds right."""
    app = pilot.app
    assert isinstance(app, Console)
    right = seen if callable(seen) else lambda text: seen in text
    for _ in range(int(WAIT_S_MAX / 0.05)):
        text = shown(app)
        if right(text):
            return text
        await asyncio.sleep(0.05)
        await pilot.pause()
    raise AssertionError(f"never seen: {seen if isinstance(seen, str) else 'what was waited for'}\n{shown(app)}")


@asynccontextmanager
async def console_on(
    folder: Path,
    state_folder: Path,
    *,
    size: tuple[int, int] = (80, 24),
    undo_s: int = 0,
    hosting: bool = True,
    scan_gap_s: float = 0,
) -> AsyncIterator[Pilot[int]]:
    """A console on this state folder; hosting, it brings an engine with it. Tests type as fast as a scanner."""
    host = bare_host(folder, state_folder, language=language.language(), undo_s=undo_s)
    app = Console(load(folder / "settings.toml"), state_folder, host if hosting else None, scan_gap_s=scan_gap_s)
    async with app.run_test(size=size) as pilot:
        try:
            if hosting:
                await until(pilot, lambda text: "engine: this window" in text or "motor: nesta janela" in text)
            yield pilot
        finally:
            await asyncio.to_thread(app.link.stop)
