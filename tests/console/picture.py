"""A picture of the console for the documentation: `python -m tests.console.picture FILE.svg`."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from console import language
from tests.console.builder import StoreFile, busy_morning
from tests.console.conftest import console_on, until

SIZE = (120, 32)


async def draw(target: Path) -> None:
    """The orders of a busy morning, as an operator sees them."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        store = StoreFile(state / "integra.db", datetime.now(UTC))
        busy_morning(store)
        async with console_on(Path(folder), state, size=SIZE) as pilot:
            await pilot.press("2")
            await until(pilot, "529.982.247-25")
            picture = pilot.app.export_screenshot(title="Integra")
            # Whoever looks at the README shall not fetch a font from somebody else's server.
            target.write_text(re.sub(r"@font-face\s*{[^}]*}", "", picture), encoding="utf-8")
        store.close()


if __name__ == "__main__":
    language.use("pt_BR")
    asyncio.run(draw(Path(sys.argv[1])))
