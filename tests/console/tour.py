"""The console in pictures, of the real program on a store of a busy morning: `make tour`.

They stand in docs/tour, are what its pages show, and what test_tour compares the console of today with.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from console import language
from console.app import Console
from engine.settings import load
from engine.store.audit import Actor, audit
from tests.console.builder import NOW, StoreFile, bare_host, busy_morning
from tests.console.conftest import shown, until
from tests.console.goods import goods
from tests.console.people import people

FOLDER = Path(__file__).parents[2] / "docs" / "tour"
SIZES = ((80, 24), (120, 40))
LANGUAGES = ("pt_BR", "en")
STILL_S = 0.3
"""Without a change for so long a screen has read all that it shows."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A screen: the keys that lead to it, and a text of the store (of every language) that shows it."""

    name: str
    keys: tuple[str, ...]
    seen: str


STOPS = (
    Stop("1-overview", (), "Loja Centro"),
    Stop("2-orders", ("2",), "529.982.247-25"),
    Stop("2-order", ("2", "enter"), "529.982.247-25"),
    Stop("3-catalogue", ("3",), "Caneca branca"),
    Stop("4-customers", ("4",), "51999990001"),
    Stop("5-packing-desk", ("5",), "NF-e"),
    Stop("6-problems", ("6",), "loja"),
    Stop("7-plan", ("7",), "000000020"),
    Stop("8-settings", ("8",), "engine.interval_s"),
    Stop("9-audit", ("9",), "beto"),
    Stop("help", ("2", "?"), "000000104"),
)


def picture_path(stop: Stop, size: tuple[int, int], said_in: str) -> Path:
    """Where its picture stands."""
    return FOLDER / said_in / f"{stop.name}-{size[0]}x{size[1]}.svg"


async def draw(stop: Stop, size: tuple[int, int], said_in: str) -> str:
    """The picture as SVG: the same on every machine and day."""
    before = language.language()
    language.use(said_in)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            store = StoreFile(folder / "state" / "integra.db", NOW)
            goods(store)
            people(store)
            _decided(store)
            host = bare_host(folder, folder / "state", language=said_in)
            app = Console(load(folder / "settings.toml"), folder / "state", host, now=lambda: NOW)
            async with app.run_test(size=size) as pilot:
                await until(pilot, lambda text: "engine: this window" in text or "motor: nesta janela" in text)
                busy_morning(store)  # an engine that starts forgets the tasks that it has not
                for key in stop.keys:
                    await _still(lambda: shown(app))
                    await pilot.press(key)
                await until(pilot, stop.seen)
                await _still(lambda: shown(app))
                picture = app.export_screenshot(title="Integra")
                await asyncio.to_thread(app.link.stop)
            store.close()
    finally:
        language.use(before)
    # Whoever looks at a page shall not fetch a font from somebody else's server.
    return re.sub(r"@font-face\s*{[^}]*}", "", picture)


def _decided(store: StoreFile) -> None:
    """What two people did this morning."""
    for minutes, who, what, subject, after, why in (
        (50, "ana", "pause", "account loja", {"direction": "stock"}, "balanço"),
        (35, "ana", "resume", "account loja", {"direction": "stock"}, ""),
        (20, "beto", "pass_guard", "account loja", {"rows": 3}, ""),
    ):
        audit(store.db, Actor(who, NOW - timedelta(minutes=minutes)), what, subject, None, after, why)


async def _still(look: Callable[[], str]) -> None:
    before, since = look(), 0.0
    while since < STILL_S:
        await asyncio.sleep(0.05)
        since = since + 0.05 if look() == before else 0.0
        before = look()


def main() -> None:
    """Draw all of them anew."""
    for said_in in LANGUAGES:
        for size in SIZES:
            for stop in STOPS:
                path = picture_path(stop, size, said_in)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(asyncio.run(draw(stop, size, said_in)), encoding="utf-8")
                print(path.relative_to(FOLDER))


if __name__ == "__main__":
    main()
