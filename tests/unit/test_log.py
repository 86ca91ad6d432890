"""The log: one JSON object a line that a terminal can show, and no secret in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.runtime import log as engine_log
from engine.runtime.log import JsonLines, hiding, printable, set_level, to_file, without_secrets


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """The process's log goes to this file, and back to where it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    for handler in handlers:
        root.removeHandler(handler)
    engine_log._hidden.clear()
    path = tmp_path / "engine.log"
    to_file(path, "info")
    yield path
    engine_log._hidden.clear()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    logging.getLogger("integra").setLevel(logging.NOTSET)


def entries(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_an_entry_is_one_line_with_what_a_program_wants_to_filter_by(file: Path) -> None:
    logging.getLogger("integra.supervisor").warning("%s failed", "loja/stock", extra={"code": "shop-away", "turn": 3})
    (entry,) = entries(file)
    assert entry["at"].endswith("+00:00")
    del entry["at"]
    assert entry == {
        "level": "warning",
        "logger": "integra.supervisor",
        "message": "loja/stock failed",
        "code": "shop-away",
        "turn": 3,
    }


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[2J", "\x1b]52;c;aGk=\x07", "\x9b31m", "\u202egnp.exe", "a\nb", "\x00", "\u200b", "\ud800", "\x7f"],
)
def test_a_customers_name_cannot_speak_to_the_terminal_through_the_log(file: Path, hostile: str) -> None:
    logging.getLogger("integra").error("customer %s", hostile, extra={"customer": hostile})
    (line,) = file.read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    for text in (entry["message"], entry["customer"]):
        assert text.replace(" ", "").isprintable()
        assert "�" in text


def test_accents_and_a_long_texts_beginning_stay(file: Path) -> None:
    assert printable("Ração p/ cães € “x”") == "Ração p/ cães € “x”"
    assert len(printable("x" * 1_000_000)) == engine_log.TEXT_CHARS_MAX


def test_a_secret_that_was_handed_out_appears_nowhere_in_the_log(file: Path) -> None:
    find = hiding(lambda owner, name: "s3cr3t-t0ken" if name == "token" else None)
    assert find("loja", "token") == "s3cr3t-t0ken"
    assert find("loja", "other") is None
    try:
        raise ValueError("401 for Bearer s3cr3t-t0ken")
    except ValueError:
        logging.getLogger("integra.shop").exception("s3cr3t-t0ken", extra={"header": {"t": "s3cr3t-t0ken"}})
    text = file.read_text(encoding="utf-8")
    assert "s3cr3t" not in text
    assert "401 for Bearer ***" in text
    assert without_secrets("a s3cr3t-t0ken b") == "a *** b"


def test_an_exception_is_told_with_its_lines_and_without_its_variables(file: Path) -> None:
    def fails() -> None:
        password = "hidden"
        raise KeyError(len(password))

    try:
        fails()
    except KeyError:
        logging.getLogger("integra").exception("it failed")
    (entry,) = entries(file)
    assert entry["error"][0].startswith("Traceback")
    assert entry["error"][-1] == "KeyError: 6"
    assert not any("hidden" in line for line in entry["error"])


def test_other_libraries_are_heard_only_when_something_is_wrong_and_the_level_can_be_changed(file: Path) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET ...")
    logging.getLogger("integra.shop").debug("too fine")
    set_level("debug")
    logging.getLogger("integra.shop").debug("now wanted")
    logging.getLogger("httpx").warning("odd")
    assert [entry["message"] for entry in entries(file)] == ["now wanted", "odd"]


def test_the_formatter_never_breaks_on_what_it_is_given() -> None:
    record = logging.makeLogRecord({"msg": "x", "levelname": "INFO", "odd": object(), "deep": {"a": [1]}, "none": None})
    entry = json.loads(JsonLines().format(record))
    assert entry["deep"] == "{'a': [1]}"
    assert entry["none"] is None
