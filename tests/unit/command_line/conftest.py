"""A store as an engine left it, and an engine that runs on it; people read English here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console import language
from engine.runtime.hosted import HostedEngine
from tests.console.builder import StoreFile, bare_host

ROOT = Path(__file__).parents[2]
VERB_NAMED = r"(?:Verb\(|Decision\(\s*)\"(\w+)\""


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    language.use("en")
    yield
    language.use(language.DEFAULT_LANGUAGE)


@pytest.fixture
def store(state_folder: Path) -> Iterator[StoreFile]:
    """A store as an engine left it."""
    file = StoreFile(state_folder / "integra.db", datetime.now(UTC))
    yield file
    file.close()


@pytest.fixture
def hosted(tmp_path: Path, state_folder: Path, store: StoreFile) -> Iterator[HostedEngine]:
    """An engine that runs on that store."""
    engine = bare_host(tmp_path, state_folder)()
    assert engine.start() is None
    yield engine
    assert engine.stop()
