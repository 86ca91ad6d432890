"""A verb as somebody types it."""

from __future__ import annotations

from pathlib import Path

from console.__main__ import main

ROOT = Path(__file__).parents[2]
VERB_NAMED = r"(?:Verb\(|Decision\(\s*)\"(\w+)\""


def run(state_folder: Path, *arguments: str) -> int:
    settings = state_folder.parent / "settings.toml"
    return main(["--language", "en", "--settings", str(settings), "--state", str(state_folder), *arguments])
