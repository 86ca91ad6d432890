"""What a start loads: a server without a screen must not pay for one, and a command must answer at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

needs_console = pytest.mark.skipif(
    not (ROOT / "console" / "__main__.py").exists(), reason="console.__main__ is not written yet"
)


def modules_loaded_by(code: str) -> set[str]:
    """The top-level modules in memory after `code` has run in an interpreter of its own."""
    code += "\nimport sys; print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("LOADED")[2].split())


def run_without_leaving(arguments: list[str]) -> str:
    """Code that runs the command line and lives on after its exit."""
    return (
        f"import sys; sys.argv = ['integra', *{arguments!r}]\n"
        "from console.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass"
    )


@needs_console
@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["status", "--help"]])
def test_a_server_without_a_screen_loads_no_textual(arguments: list[str]) -> None:
    assert not modules_loaded_by(run_without_leaving(arguments)) & {"textual", "rich"}


@needs_console
def test_asking_for_the_version_loads_neither_the_shop_nor_the_erp() -> None:
    loaded = modules_loaded_by(run_without_leaving(["--version"]))
    assert "console" in loaded
    assert not loaded & {"httpx", "firebird", "PIL", "starlette", "uvicorn"}


@pytest.mark.parametrize("package", ["engine", "connectors"])
def test_engine_and_connectors_start_without_a_screen(package: str) -> None:
    code = (
        "import importlib, pkgutil\n"
        f"import {package}\n"
        f"for module in pkgutil.walk_packages({package}.__path__, '{package}.'): importlib.import_module(module.name)"
    )
    assert not modules_loaded_by(code) & {"textual", "console"}
