"""The real console program with an engine that has neither C-Plus nor a shop: program.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from console import language
from console.verbs import screen
from console.verbs.context import Context
from tests.console.builder import bare_host

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    language.use("pt_BR")
    host = bare_host(folder, folder / "state")
    sys.exit(screen.run(Context(folder / "settings.toml", folder / "state"), host))
